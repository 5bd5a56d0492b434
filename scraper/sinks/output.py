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
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from scraper.model import Exchanged, Page, Rejected, Value
from scraper.sinks.aside import put_aside, sync_folder
from scraper.sinks.manifest import Latest, Manifest
from scraper.sinks.names import ARTICLES, REJECTED, REQUESTS, WARC, Names, is_ours
from scraper.sinks.part import NO_LIMIT, SUFFIX, Part, Rotation, sink_error
from scraper.sinks.publish import drop_leftovers, publish_part
from scraper.sinks.published import Published
from scraper.sinks.warc import encode_exchange, encode_info
from scraper.sinks.whole import make_folder, write_whole
from scraper.version import VERSION

SUMMARY: Final = "summary.json"
LATEST: Final = "LATEST"
"""Names the newest run, its manifest and its files."""
RUNS: Final = "runs"
MANIFEST: Final = ".manifest.json"
BUGS: Final = "bugs"
ALARMS: Final = "alarms"


class Length(Value, frozen=True, kw_only=True):
    """How far a part has come, on the disk."""

    sink: str
    file: str
    bytes: int
    records: int


class OutputFolder:
    """Where one run writes. A part is made with its first line: a run without articles leaves no file of articles.

    A part that is full, or of a day (UTC) that is over, is complete and the next one is begun. `taken` are names of
    parts that were used before and may have been carried away. Raises SinkError, one sentence, whenever the system does
    not take what is written.
    """

    def __init__(
        self,
        folder: Path,
        *,
        began: datetime,
        taken: Iterable[str] = (),
        rotation: Rotation = NO_LIMIT,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        self.folder = folder
        make_folder(folder)
        self._rotation, self._now = rotation, now or (lambda: began)
        self._began, self._day = began, began.astimezone(UTC).date()
        self._run = _free_run(folder / RUNS, began)
        self._names = Names(folder, taken=taken)
        self._names.first(self._day)
        self._open: dict[str, _Open] = {}
        self._complete: list[tuple[str, Part]] = []

    def write_article(self, line: bytes) -> None:
        """Append one encoded article, its line feed included."""
        self._append(ARTICLES, line)

    def write_rejected(self, rejected: Rejected) -> None:
        """Append one rejection."""
        self._append(REJECTED, msgspec.json.encode(rejected) + b"\n")

    def write_request(self, line: msgspec.Struct) -> None:
        """Append one line of the request log."""
        self._append(REQUESTS, msgspec.json.encode(line) + b"\n")

    def write_exchange(self, exchanged: Exchanged) -> None:
        """Append a request and its answer to the archive."""
        self._append(WARC, encode_exchange(exchanged))

    def sync(self) -> tuple[Length, ...]:
        """Bring to the disk what was written so far; return how long the parts are there, the complete ones first."""
        parts = [*self._complete, *((sink, open_.part) for sink, open_ in self._open.items())]
        for _, part in parts:
            part.sync()
        return tuple(Length(sink=sink, file=part.name, bytes=part.size, records=part.count) for sink, part in parts)

    def finish(self) -> None:
        """Let every part be complete: the run is over."""
        for sink in list(self._open):
            self._complete_part(sink)

    def take_complete(self) -> list[str]:
        """Return the names of the parts that are complete, and speak of them no more: who calls publishes them.

        Call it when their lengths, as `sync` told them, are written down.
        """
        taken = [part.name for _, part in self._complete]
        for _, part in self._complete:
            part.close()
        self._complete.clear()
        return taken

    def publish(self) -> tuple[Length, ...]:
        """Give all files their names, now; doing it twice is doing it once."""
        self.finish()
        lengths = self.sync()
        for file in self.take_complete():
            publish_part(self.folder, file)
        return lengths

    def close(self) -> None:
        """Let go of the files as they are: the run ended in disorder, and the next one recovers them."""
        self.finish()
        self.take_complete()

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

    def write_manifest(self, files: Sequence[Published], *, finished: datetime | None = None) -> None:
        """Write what the run has published so far. `finished`: the run is over, and what LATEST names from now on."""
        manifest = Manifest(run=self._run, version=VERSION, started=self._began, finished=finished, files=tuple(files))
        make_folder(self.folder / RUNS)
        path = self.folder / RUNS / f"{self._run}{MANIFEST}"
        write_whole(path, msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")
        if finished is not None:
            latest = Latest(
                run=self._run,
                finished=finished,
                manifest=f"{RUNS}/{path.name}",
                summary=f"{RUNS}/{self._run}.json",
                files=tuple(each.file for each in files),
            )
            write_whole(self.folder / LATEST, msgspec.json.format(msgspec.json.encode(latest)) + b"\n")

    def _append(self, sink: str, line: bytes) -> None:
        self._day = max(self._day, self._now().astimezone(UTC).date())
        found = self._open.get(sink)
        if found is not None and (found.day != self._day or not found.part.has_room(line, self._rotation)):
            self._complete_part(sink)
            found = None
        if found is None:
            found = self._open[sink] = self._begin_part(sink)
        found.part.append(line)

    def _begin_part(self, sink: str) -> _Open:
        path = self.folder
        try:
            path = self.folder / self._names.next(sink, self._day)
            part = Part(path)
            sync_folder(self.folder)
        except OSError as error:
            raise sink_error(path, error) from error
        if sink == WARC:
            part.append(encode_info(path.name, self._now()))
        return _Open(part, self._day)

    def _complete_part(self, sink: str) -> None:
        self._complete.append((sink, self._open.pop(sink).part))


def run_name(began: datetime) -> str:
    """Return the name under which the files of a run are kept: when it began, in UTC."""
    return began.strftime("%Y-%m-%dT%H%M%SZ")


def sample_path(folder: Path, host: str, run: str) -> Path:
    """Return where a page is kept of a host that has changed."""
    return folder / ALARMS / f"{re.sub(r'[^A-Za-z0-9.-]', '_', host)[:100]}-{run}.html"


def _free_run(runs: Path, began: datetime) -> str:
    """Return by which name the files of a run stand in `runs/`: another one for each run, also within one second."""
    name = run = run_name(began)
    number = 1
    while (runs / f"{run}.json").exists() or (runs / f"{run}{MANIFEST}").exists():
        number += 1
        run = f"{name}-{number}"
    return run


class _Open(NamedTuple):
    """A part that takes lines, and the day whose name it bears."""

    part: Part
    day: date


def put_unknown_parts_aside(folder: Path) -> Path | None:
    """Move parts that no state knows to `earlier/`; return where, or None if there were none."""
    try:
        if not folder.is_dir():
            return None
        _settle_packing(folder)
        return put_aside(folder, folder.glob(f"*{SUFFIX}"))
    except OSError as error:
        raise sink_error(folder, error) from error


def start_over(folder: Path, memory: Iterable[Path]) -> Path | None:
    """Move everything that earlier runs left, their `memory` included, to `earlier/`; return where."""
    try:
        if folder.is_dir():
            _settle_packing(folder)
        found = [path for path in folder.iterdir() if is_ours(path.name)] if folder.is_dir() else []
        found += [path for name in (SUMMARY, LATEST, RUNS, BUGS, ALARMS) if (path := folder / name).exists()]
        return put_aside(folder, [*found, *memory])
    except OSError as error:
        raise sink_error(folder, error) from error


def _settle_packing(folder: Path) -> None:
    """Let no line stand there twice, where a kill came while a part was packed."""
    for part in list(folder.glob(f"*{SUFFIX}")):
        drop_leftovers(part.with_name(part.name.removesuffix(SUFFIX)))
