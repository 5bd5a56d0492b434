"""Files that are there as a whole or not at all."""

from __future__ import annotations

import os
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
