"""Files that are there as a whole or not at all."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path

from scraper.sinks.aside import sync_folder
from scraper.sinks.part import sink_error


def make_folder(folder: Path) -> None:
    """Make a folder and those above it. Raises SinkError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise sink_error(folder, error) from error


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there as a whole or not at all. Raises SinkError."""
    beside = path.with_name(path.name + ".tmp")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        with suppress(OSError):  # a file system that is read-only refuses to remove what is not there, too
            beside.unlink()
        raise sink_error(path, error) from error


def write_named(path: Path, content: bytes) -> None:
    """Write the file that somebody named as a whole or not at all: what stood there is lost to nothing but that.

    What a link leads to is written, not the link, and who may read a file stays as it is; straight into what is no
    plain file, such as a pipe, or stands in a folder that takes no other. Raises SinkError.
    """
    if path.is_file() and os.access(path.resolve().parent, os.W_OK):
        mode = path.stat().st_mode
        write_whole(path.resolve() if path.is_symlink() else path, content)
        path.chmod(stat.S_IMODE(mode))
    elif not path.exists():
        write_whole(path, content)
    else:
        try:
            path.write_bytes(content)
        except OSError as error:
            raise sink_error(path, error) from error
