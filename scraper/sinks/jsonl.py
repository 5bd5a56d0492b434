"""articles.jsonl, rejected.jsonl and summary.json in one folder.

The promises, and how they are kept:

- Whole lines. A line is handed to the system in one piece, on a descriptor that only appends. If the disk takes less
  than the line, the file is cut back to the line before. Who reads while the run goes on reads up to the last line
  feed: file systems such as ext4 let a file grow page by page within one write.
- Nothing mixed, nothing lost. A run starts with empty files; what an earlier run left in the folder is moved to
  `earlier/<when it ended>/`, a line torn by a power cut or a kill removed from its end.
- The summary is there as a whole or not at all: written beside, synced, renamed.
"""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import msgspec

from scraper.errors import SinkError
from scraper.model import Page, Rejected

ARTICLES: Final = "articles.jsonl"
REJECTED: Final = "rejected.jsonl"
SUMMARY: Final = "summary.json"
_LOOK_BACK_BYTES: Final = 65_536


class JsonlSink:
    """The output folder of one run. A context manager; leaving it syncs and closes the files.

    Raises SinkError, one sentence, whenever the system does not take what is written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.moved_to = _put_aside(folder)
            self._articles = _Lines(folder / ARTICLES)
            self._rejected = _Lines(folder / REJECTED)
        except OSError as error:
            raise _sink_error(folder, error) from error

    def __enter__(self) -> JsonlSink:
        return self

    def __exit__(self, *_: object) -> None:
        self._articles.close()
        self._rejected.close()

    def write_article(self, line: bytes) -> None:
        """Append one encoded article, its line feed included."""
        self._articles.append(line)

    def write_rejected(self, rejected: Rejected) -> None:
        """Append one rejection."""
        self._rejected.append(msgspec.json.encode(rejected) + b"\n")

    def keep_page(self, page: Page, rejected: Rejected) -> Path:
        """Keep the bytes of a page that broke the extraction, and what is known of it; return where."""
        name = hashlib.sha256(page.url.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        path = self.folder / "bugs" / f"{name}.html"
        known = {"rejected": rejected, "final_url": page.final_url, "headers": page.headers, "at": page.fetched_at}
        try:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(page.body)
            path.with_suffix(".json").write_bytes(msgspec.json.format(msgspec.json.encode(known)))
        except OSError as error:
            raise _sink_error(path, error) from error
        return path

    def write_summary(self, summary: msgspec.Struct) -> None:
        """Write summary.json, after everything that it counts is on the disk."""
        path = self.folder / SUMMARY
        beside = path.with_suffix(".json.tmp")
        self._articles.sync()
        self._rejected.sync()
        try:
            with beside.open("wb") as file:
                file.write(msgspec.json.format(msgspec.json.encode(summary)) + b"\n")
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
            _sync_folder(self.folder)
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise _sink_error(path, error) from error


class _Lines:
    """A file that only ever holds whole lines."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        self._size = 0

    def append(self, line: bytes) -> None:
        rest = memoryview(line)
        try:
            while rest:
                rest = rest[os.write(self._fd, rest) :]
        except OSError as error:
            os.ftruncate(self._fd, self._size)
            raise _sink_error(self._path, error) from error
        self._size += len(line)

    def sync(self) -> None:
        try:
            os.fsync(self._fd)
        except OSError as error:
            raise _sink_error(self._path, error) from error

    def close(self) -> None:
        os.close(self._fd)


def _sink_error(path: Path, error: OSError) -> SinkError:
    return SinkError(f"{path}: cannot be written ({error.strerror}); everything written before is intact.")


def _put_aside(folder: Path) -> Path | None:
    """Move the results of an earlier run into a folder of their own; return it, or None if there were none."""
    names = [name for name in (ARTICLES, REJECTED, SUMMARY, "bugs") if (folder / name).exists()]
    if not names:
        return None
    ended = datetime.fromtimestamp(max((folder / name).stat().st_mtime for name in names), UTC)
    aside = _free_name(folder / "earlier" / ended.strftime("%Y-%m-%dT%H%M%SZ"))
    aside.mkdir(parents=True)
    for name in names:
        (folder / name).rename(aside / name)
        if name.endswith(".jsonl"):
            cut_torn_line(aside / name)
    return aside


def _free_name(path: Path) -> Path:
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_name(f"{path.name}-{number}")
    return free


def cut_torn_line(path: Path) -> int:
    """Remove what stands after a file's last line feed; return how many bytes that was."""
    with path.open("r+b") as file:
        size = keep = file.seek(0, os.SEEK_END)
        while keep:
            start = max(0, keep - _LOOK_BACK_BYTES)
            file.seek(start)
            found = file.read(keep - start).rfind(b"\n")
            if found >= 0:
                keep = start + found + 1
                break
            keep = start
        if keep < size:
            file.truncate(keep)
    return size - keep


def _sync_folder(folder: Path) -> None:
    """Make a rename durable: the folder's own entry is what must reach the disk."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
