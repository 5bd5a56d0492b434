"""A complete part gets its name, as it is or packed; after a kill, as far as it had come."""

from __future__ import annotations

import gzip
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final, Literal, cast

import msgspec

from scraper.errors import SinkError
from scraper.sinks.aside import sync_folder
from scraper.sinks.names import index_name, is_warc
from scraper.sinks.part import part_of, sink_error
from scraper.sinks.published import Archive, Contents, Hashed, Published, Writer
from scraper.sinks.whole import write_whole

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Compression = Literal["none", "gzip", "zstd"]
_ENDINGS: Final[dict[Compression, str]] = {"none": "", "gzip": ".gz", "zstd": ".zst"}
_GZIP_LEVEL: Final = 6
"""9 takes twice the time for one percent."""
_BUFFER_BYTES: Final = 1 << 20


def publish_part(folder: Path, file: str, compression: Compression = "none") -> Published:
    """Give a part that is complete, and on the disk, its name: that of the file, or with the ending of its packing.

    At any moment exactly one of the part, the plain and the packed file counts: the packed one gets its name when it is
    on the disk as a whole, and from then on the part is a leftover (see `drop_leftovers`). If it cannot be packed, for
    want of room, it is published plain. A WARC file is packed already, and gets its index first. Raises SinkError.
    """
    path = folder / file
    try:
        if is_warc(file):
            return _publish_archive(path)
        packed = _publish_packed(path, compression) if compression != "none" else None
        return packed or _publish_plain(path)
    except OSError as error:
        raise sink_error(path, error) from error


def recover_part(folder: Path, file: str, length: int, compression: Compression = "none") -> Published | None:
    """Publish a part of a run that was killed, cut to the length that was written down; return what became of it.

    Doing it twice is doing it once. None: there is nothing of it, or it was carried away. Raises SinkError if the file
    is shorter than that.
    """
    path = folder / file
    part = part_of(path)
    try:
        drop_leftovers(path)
        if not part.exists():
            return _found(path)  # published before the run was killed, or carried away since
        if part.stat().st_size < length:
            raise SinkError(
                f"{part}: is shorter than the {length:,} bytes written to it, so it is damaged; "
                "move it to another folder and start again."
            )
        os.truncate(part, length)
        if not length:
            part.unlink()
            sync_folder(folder)
            return None
    except OSError as error:
        raise sink_error(part, error) from error
    return msgspec.structs.replace(publish_part(folder, file, compression), recovered=True)


def drop_leftovers(path: Path) -> None:
    """Remove what a kill while packing has left: a packed file in the making, or the part behind a packed file."""
    packed = [path.with_name(path.name + ending) for ending in _ENDINGS.values() if ending]
    for each in packed:
        _in_making(each).unlink(missing_ok=True)
    if any(each.exists() for each in packed):
        part_of(path).unlink(missing_ok=True)


def _publish_plain(path: Path) -> Published:
    hashed = Hashed()
    with part_of(path).open("rb", buffering=_BUFFER_BYTES) as lines:
        contents = Contents(lines, hashed)
    part_of(path).rename(path)
    sync_folder(path.parent)
    return contents.published(path.name, hashed)


def _publish_archive(path: Path) -> Published:
    with part_of(path).open("rb") as file:
        archive = Archive(file, path.name)
    with suppress(SinkError):  # a full disk shall not keep the file from its name; any tool makes an index again
        write_whole(path.with_name(index_name(path.name)), archive.index)
    hashed = _hash(part_of(path))
    part_of(path).rename(path)
    sync_folder(path.parent)
    return archive.published(hashed)


def _publish_packed(path: Path, compression: Compression) -> Published | None:
    """Publish a part as a packed file; return None if the system does not take that, and leave the part."""
    part, packed = part_of(path), path.with_name(path.name + _ENDINGS[compression])
    try:
        with part.open("rb", buffering=_BUFFER_BYTES) as lines, _in_making(packed).open("wb") as file:
            hashed = Hashed(file)
            with _packing(cast(BinaryIO, hashed), compression) as writer:
                contents = Contents(lines, writer)
            file.flush()
            os.fsync(file.fileno())
        _in_making(packed).rename(packed)
    except OSError:
        _in_making(packed).unlink(missing_ok=True)
        return None
    sync_folder(path.parent)
    part.unlink()
    sync_folder(path.parent)
    return contents.published(packed.name, hashed)


@contextmanager
def _packing(file: BinaryIO, compression: Compression) -> Iterator[Writer]:
    if compression == "gzip":
        with gzip.GzipFile("", "wb", _GZIP_LEVEL, file, 0) as writer:
            yield writer
    else:
        with zstd.ZstdFile(file, "wb", options={zstd.CompressionParameter.checksum_flag: 1}) as packed:
            yield packed


def _found(path: Path) -> Published | None:
    """Return what a file holds that is published already, packed or not; None if it is not there."""
    for compression, ending in _ENDINGS.items():
        found = path.with_name(path.name + ending)
        if found.exists():
            return msgspec.structs.replace(_look_at(found, compression), recovered=True)
    return None


def _look_at(path: Path, compression: Compression) -> Published:
    hashed = _hash(path)
    if is_warc(path.name):
        with path.open("rb") as file:
            return Archive(file, path.name).published(hashed)
    return Contents(_unpacked(path, compression), Hashed()).published(path.name, hashed)


def _hash(path: Path) -> Hashed:
    hashed = Hashed()
    with path.open("rb") as file:
        while chunk := file.read(_BUFFER_BYTES):
            hashed.write(chunk)
    return hashed


def _unpacked(path: Path, compression: Compression) -> Iterable[bytes]:
    opener = {"none": open, "gzip": gzip.open, "zstd": zstd.open}[compression]
    with opener(path, "rb") as lines:  # type: ignore[operator]
        yield from lines


def _in_making(packed: Path) -> Path:
    return packed.with_name(packed.name + ".tmp")
