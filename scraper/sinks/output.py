"""The output folder of one run: parts of articles and rejections, the request log, the summary, pages that are kept.

The promises, and how they are kept:

- A reader never sees half a line, nor half a file. While a run goes on its lines stand in files that end in `.part`;
  when it ends in any orderly way (done, a limit, Ctrl-C, SIGTERM) they are synced and renamed.
- Nothing is overwritten, and no name is used twice: `articles-2026-11-22-0001.jsonl`, then `-0002`. Names sort by time.
- Who calls says which lines count. `lengths` tells how long each part is on the disk after `sync`; of a run that was
  killed, `recover_part` keeps as much as was written down then, and not a byte more.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from scraper.errors import SinkError
from scraper.model import Page, Rejected, Value
from scraper.sinks.aside import EARLIER, put_aside, sync_folder
from scraper.sinks.part import SUFFIX, Part, part_of, sink_error

ARTICLES: Final = "articles"
REJECTED: Final = "rejected"
REQUESTS: Final = "requests"
SUMMARY: Final = "summary.json"
RUNS: Final = "runs"
BUGS: Final = "bugs"
ALARMS: Final = "alarms"
_SINKS: Final = (ARTICLES, REJECTED, REQUESTS)
_NAME: Final = re.compile(rf"(?:{'|'.join(_SINKS)})-(\d{{4}}-\d\d-\d\d)-(\d{{4,}})\.jsonl(?:\.part)?")


class Length(Value, frozen=True, kw_only=True):
    """How far a part has come, on the disk."""

    sink: str
    file: str
    bytes: int
    records: int


class OutputFolder:
    """Where one run writes. A part is made with its first line: a run without articles leaves no file of articles.

    `taken` are names of parts that were used before and may have been carried away. Raises SinkError, one sentence,
    whenever the system does not take what is written.
    """

    def __init__(self, folder: Path, *, began: datetime, taken: Iterable[str] = ()) -> None:
        self.folder = folder
        make_folder(folder)
        day = began.strftime("%Y-%m-%d")
        found = (*folder.iterdir(), *folder.glob(f"{EARLIER}/*/*"))
        names = [*taken, *(path.name for path in found)]
        used = [int(match[2]) for name in names if (match := _NAME.fullmatch(name)) and match[1] == day]
        self._suffix = f"{day}-{max(used, default=0) + 1:04}.jsonl"
        self._run = run_name(began)
        self._parts: dict[str, Part] = {}

    def write_article(self, line: bytes) -> None:
        """Append one encoded article, its line feed included."""
        self._part(ARTICLES).append(line)

    def write_rejected(self, rejected: Rejected) -> None:
        """Append one rejection."""
        self._part(REJECTED).append(msgspec.json.encode(rejected) + b"\n")

    def write_request(self, line: msgspec.Struct) -> None:
        """Append one line of the request log."""
        self._part(REQUESTS).append(msgspec.json.encode(line) + b"\n")

    def sync(self) -> tuple[Length, ...]:
        """Bring to the disk what was written so far; return how long the parts are there."""
        for part in self._parts.values():
            part.sync()
        return tuple(
            Length(sink=sink, file=part.name, bytes=part.size, records=part.count) for sink, part in self._parts.items()
        )

    def publish(self) -> tuple[Length, ...]:
        """Give the files their names; nothing can be written after it, and doing it twice is doing it once."""
        lengths = self.sync()
        try:
            for part in self._parts.values():
                part.publish()
            sync_folder(self.folder)
        except OSError as error:
            raise sink_error(self.folder, error) from error
        self._parts.clear()
        return lengths

    def close(self) -> None:
        """Let go of the files as they are: the run ended in disorder, and the next one recovers them."""
        for part in self._parts.values():
            part.close()

    def keep_sample(self, host: str, body: bytes) -> Path:
        """Keep a page of a host that has changed; return where."""
        make_folder(self.folder / ALARMS)
        path = sample_path(self.folder, host, self._run)
        write_whole(path, body)
        return path

    def keep_page(self, page: Page, known: object) -> Path:
        """Keep the bytes of a page that broke the extraction, and what is known of it; return where."""
        name = hashlib.sha256(page.url.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        path = self.folder / BUGS / f"{name}.html"
        told = {"known": known, "final_url": page.final_url, "headers": page.headers, "at": page.fetched_at}
        try:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(page.body)
            path.with_suffix(".json").write_bytes(msgspec.json.format(msgspec.json.encode(told)))
        except OSError as error:
            raise sink_error(path, error) from error
        return path

    def write_summary(self, summary: msgspec.Struct) -> None:
        """Write the summary of the run under its own name, then as summary.json, the latest one; each whole or not."""
        text = msgspec.json.format(msgspec.json.encode(summary)) + b"\n"
        make_folder(self.folder / RUNS)
        write_whole(self.folder / RUNS / f"{self._run}.json", text)
        write_whole(self.folder / SUMMARY, text)

    def _part(self, sink: str) -> Part:
        part = self._parts.get(sink)
        if part is None:
            path = self.folder / f"{sink}-{self._suffix}"
            try:
                part = self._parts[sink] = Part(path)
                sync_folder(self.folder)
            except OSError as error:
                raise sink_error(path, error) from error
        return part


def run_name(began: datetime) -> str:
    """Return the name under which the files of a run are kept: when it began, in UTC."""
    return began.strftime("%Y-%m-%dT%H%M%SZ")


def sample_path(folder: Path, host: str, run: str) -> Path:
    """Return where a page is kept of a host that has changed."""
    return folder / ALARMS / f"{re.sub(r'[^A-Za-z0-9.-]', '_', host)[:100]}-{run}.html"


def recover_part(folder: Path, file: str, length: int) -> None:
    """Publish a part of a run that was killed, cut to the length that was written down.

    Doing it twice is doing it once. Raises SinkError if the file is shorter than that.
    """
    path = folder / file
    part = part_of(path)
    try:
        if not part.exists():
            return  # published before the run was killed, or carried away since
        if part.stat().st_size < length:
            raise SinkError(f"{part}: is shorter than the {length:,} bytes written to it; the file is damaged.")
        os.truncate(part, length)
        if length:
            part.rename(path)
        else:
            part.unlink()
        sync_folder(folder)
    except OSError as error:
        raise sink_error(part, error) from error


def put_unknown_parts_aside(folder: Path) -> Path | None:
    """Move parts that no state knows to `earlier/`; return where, or None if there were none."""
    try:
        return put_aside(folder, folder.glob(f"*{SUFFIX}")) if folder.is_dir() else None
    except OSError as error:
        raise sink_error(folder, error) from error


def start_over(folder: Path, memory: Iterable[Path]) -> Path | None:
    """Move everything that earlier runs left, their `memory` included, to `earlier/`; return where."""
    try:
        found = [path for path in folder.iterdir() if _NAME.fullmatch(path.name)] if folder.is_dir() else []
        found += [path for name in (SUMMARY, RUNS, BUGS, ALARMS) if (path := folder / name).exists()]
        return put_aside(folder, [*found, *memory])
    except OSError as error:
        raise sink_error(folder, error) from error


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
        beside.unlink(missing_ok=True)
        raise sink_error(path, error) from error
