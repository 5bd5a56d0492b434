"""A folder that appears as a whole or not at all: filled beside its place, then renamed into it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from scraper.errors import SinkError, UsageError
from scraper.records.formats import PARTITIONED
from scraper.records.partition import KEYS

_FOLDER: Final = re.compile(rf"(?:{'|'.join(KEYS)})=.+")
_FILE: Final = re.compile(rf"part-\d{{4,}}\.(?:{'|'.join(map(re.escape, PARTITIONED))})|_SUCCESS")


def publish_folder(to: Path, fill: Callable[[Path], int], *, force: bool) -> int:
    """Have a folder filled, give it its name, and return what filling it returned.

    What is there already is replaced by force only, and only if every file in it is of an earlier export. Raises
    UsageError, SinkError, and what filling raises.
    """
    place = to.resolve()
    _check_place(place, to, force=force)
    beside, aside = (place.with_name(f".{place.name}.{os.getpid()}.{ending}") for ending in ("part", "old"))
    try:
        beside.mkdir()
        count = fill(beside)
        if place.exists():
            place.rename(aside)
        beside.rename(place)
    except OSError as error:
        raise SinkError(f"{to}: cannot be written ({error.strerror or error}).") from error
    finally:
        if aside.exists() and not place.exists():
            aside.rename(place)
        shutil.rmtree(beside, ignore_errors=True)
        shutil.rmtree(aside, ignore_errors=True)
    return count


def _check_place(place: Path, to: Path, *, force: bool) -> None:
    """Raises UsageError for a place that holds something which is not to be replaced."""
    if not place.exists():
        return
    if not place.is_dir():
        raise UsageError(f"{to}: is a file; --partition-by writes a folder.")
    inside = _files_below(place)
    if not force and next(inside, None) is not None:
        raise UsageError(f"{to}: is there already; --force overwrites it.")
    foreign = next((name for name in inside if not is_of_an_export(name)), None)
    if foreign is not None:
        raise UsageError(f"{to}: holds {foreign}, which no export wrote; name another folder.")


def _files_below(folder: Path) -> Iterator[str]:
    """Yield the path of each file, and of each link, below the folder; the nearest come first."""
    for path, folders, files in os.walk(folder):
        links = [name for name in folders if Path(path, name).is_symlink()]
        yield from (Path(path, name).relative_to(folder).as_posix() for name in sorted(files + links))


def is_of_an_export(name: str) -> bool:
    """Return whether a file, by its path below the target, is one that a partitioned export writes."""
    *folders, file = name.split("/")
    return _FILE.fullmatch(file) is not None and all(map(_FOLDER.fullmatch, folders))
