"""Files held against the manifest of the run that published them: is each there, and is it the same, byte for byte?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from scraper.errors import UsageError
from scraper.model import Value

_RUNS: Final = "runs"


class _Listed(Value, frozen=True, kw_only=True):
    file: str
    bytes: int
    sha256: str


class _Manifest(Value, frozen=True, kw_only=True):
    """A manifest, or LATEST, which names one. The run's name is text there, and a number in a summary."""

    run: str
    files: tuple[_Listed | str, ...] = ()
    manifest: str | None = None


class Listing(Value, frozen=True, kw_only=True):
    """The files that a manifest names, and the folder that they are in."""

    folder: Path
    files: tuple[_Listed, ...]

    def faults(self) -> Iterator[tuple[Path, str]]:
        """Yield each file that is not there, or is another one, and what is wrong."""
        for listed in self.files:
            path = self.folder / listed.file
            try:
                size = path.stat().st_size
                if size != listed.bytes:
                    yield path, f"has {size:,} bytes; the manifest says {listed.bytes:,}"
                elif (found := _sha256(path)) != listed.sha256:
                    yield path, f"its sha256 is {found}; the manifest says {listed.sha256}"
            except OSError as error:
                yield path, f"is in the manifest, and cannot be read ({error.strerror})"


def load_listing(path: Path) -> Listing:
    """Return what a manifest lists, or the manifest that LATEST names; `path` is either. Raises UsageError."""
    found = _read(path)
    if found.manifest is not None:
        path = path.parent / found.manifest
        found = _read(path)
    folder = path.parent.parent if path.absolute().parent.name == _RUNS else path.parent
    return Listing(folder=folder, files=tuple(each for each in found.files if isinstance(each, _Listed)))


def _read(path: Path) -> _Manifest:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Manifest)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}).") from error
    except msgspec.DecodeError as error:
        raise UsageError(f"{path}: is neither runs/<when>.manifest.json nor LATEST ({error}).") from error


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
