"""What an earlier life of an output folder left: moved into a folder of its own, whole lines only."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from scraper.sinks.members import cut_torn_member
from scraper.sinks.names import EARLIER, is_warc
from scraper.sinks.part import SUFFIX, cut_torn_line


def put_aside(folder: Path, found: Iterable[Path]) -> Path | None:
    """Move files and folders to `earlier/<when the newest was written>/`; return that, or None if there were none.

    Parts that nobody completed lose what is torn at their end and get their real name on the way. Nothing is ever
    overwritten.
    """
    found = sorted(found)
    if not found:
        return None
    ended = datetime.fromtimestamp(max(path.stat().st_mtime for path in found), UTC)
    aside = _free_name(folder / EARLIER / ended.strftime("%Y-%m-%dT%H%M%SZ"))
    aside.mkdir(parents=True)
    for path in found:
        if is_warc(path.name):
            cut_torn_member(path)
        elif path.name.endswith((".jsonl", SUFFIX)):
            cut_torn_line(path)
        shutil.move(path, _free_name(aside / path.name.removesuffix(SUFFIX)))
    sync_folder(aside)
    sync_folder(folder)
    return aside


def _free_name(path: Path) -> Path:
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}-{number}")
    return free


def sync_folder(folder: Path) -> None:
    """Make a rename durable: the folder's own entry is what must reach the disk."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
