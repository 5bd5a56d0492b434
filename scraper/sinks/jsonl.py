"""articles.jsonl, rejected.jsonl, requests.jsonl and summary.json in one folder.

The promises, and how they are kept:

- A reader never sees half a line, nor half a file. While a run goes on its lines stand in `articles.jsonl.part` and
  `rejected.jsonl.part`; when it ends in any orderly way (done, a limit, Ctrl-C, SIGTERM, a full disk) they are synced
  and renamed. `articles.jsonl` is there as a whole or not at all, and so is `summary.json`, which comes last.
- Nothing acknowledged is lost. Lines are brought to the disk in batches (`sync`; `durable` says how many are there).
  After a kill or a power cut the parts are still there: the next run cuts the torn last line and keeps the rest.
- Nothing mixed. A run starts with empty files; what an earlier run left, complete or killed, is moved to
  `earlier/<when it ended>/`, where it has its real name.
- One run at a time: a second one in the same folder ends before it touches anything.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Final

import msgspec

from scraper.errors import SinkError
from scraper.model import Page, Rejected
from scraper.sinks.aside import put_aside, sync_folder
from scraper.sinks.lock import FolderLock
from scraper.sinks.part import Part, sink_error

ARTICLES: Final = "articles.jsonl"
REJECTED: Final = "rejected.jsonl"
REQUESTS: Final = "requests.jsonl"
SUMMARY: Final = "summary.json"
BUGS: Final = "bugs"


class JsonlSink:
    """The output folder of one run. A context manager; leaving it publishes the files, whatever the reason.

    Raises SinkError, one sentence, whenever the system does not take what is written; LockedError if another run has
    the folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock = FolderLock(folder)
        except OSError as error:
            raise sink_error(folder, error) from error
        try:
            self.moved_to = put_aside(folder, (ARTICLES, REJECTED, REQUESTS, SUMMARY, BUGS))
            self._articles = Part(folder / ARTICLES)
            self._rejected = Part(folder / REJECTED)
            self._requests = Part(folder / REQUESTS)
        except OSError as error:
            self._lock.release()
            raise sink_error(folder, error) from error

    def __enter__(self) -> JsonlSink:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            self.publish()
        except SinkError:
            if kind is None:
                raise  # else the run ends with what went wrong first
        finally:
            self._lock.release()

    def write_article(self, line: bytes) -> None:
        """Append one encoded article, its line feed included."""
        self._articles.append(line)

    def write_rejected(self, rejected: Rejected) -> None:
        """Append one rejection."""
        self._rejected.append(msgspec.json.encode(rejected) + b"\n")

    def write_request(self, line: msgspec.Struct) -> None:
        """Append one line of the request log."""
        self._requests.append(msgspec.json.encode(line) + b"\n")

    def sync(self) -> None:
        """Bring to the disk what was written so far; may be called from another thread."""
        self._articles.sync()
        self._rejected.sync()
        self._requests.sync()

    @property
    def durable(self) -> int:
        """Articles that are on the disk for good."""
        return self._articles.durable

    def publish(self) -> None:
        """Give the files their names; nothing can be written after it, and doing it twice is doing it once."""
        try:
            try:
                self._articles.publish()
            finally:
                try:
                    self._rejected.publish()
                finally:
                    self._requests.publish()
            sync_folder(self.folder)
        except OSError as error:
            raise sink_error(self.folder, error) from error

    def keep_page(self, page: Page, rejected: Rejected) -> Path:
        """Keep the bytes of a page that broke the extraction, and what is known of it; return where."""
        name = hashlib.sha256(page.url.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        path = self.folder / BUGS / f"{name}.html"
        known = {"rejected": rejected, "final_url": page.final_url, "headers": page.headers, "at": page.fetched_at}
        try:
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(page.body)
            path.with_suffix(".json").write_bytes(msgspec.json.format(msgspec.json.encode(known)))
        except OSError as error:
            raise sink_error(path, error) from error
        return path

    def write_summary(self, summary: msgspec.Struct) -> None:
        """Publish the files, then write summary.json: who sees it finds everything that it counts."""
        path = self.folder / SUMMARY
        beside = path.with_suffix(".json.tmp")
        self.publish()
        try:
            with beside.open("wb") as file:
                file.write(msgspec.json.format(msgspec.json.encode(summary)) + b"\n")
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
            sync_folder(self.folder)
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise sink_error(path, error) from error
