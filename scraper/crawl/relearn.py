"""What the records say to a crawl whose memory is gone: which articles were written, from where, and in which revision.

A state folder may be lost: left out of a backup, on a disk that was not kept, moved away because it was damaged. The
records beside it still say which articles there are, and so none of them is written a second time.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec

from scraper.config import CrawlConfig
from scraper.crawl.gist import hash_fields, published_s
from scraper.crawl.progress import Progress
from scraper.crawl.schedule import after_article
from scraper.errors import RecordsError, UsageError
from scraper.frontier import ArticleRow, Frontier
from scraper.model import Access, Author, Image, PageType, SourceKind, Target, Value
from scraper.normalizers.minhash import minhash
from scraper.records.files import ENDINGS, read_lines
from scraper.sinks.names import ARTICLES, is_ours
from scraper.web.urls import url_key

_BATCH: Final = 200
"""Records a transaction, and between two looks at whether somebody has pressed Ctrl-C."""


class _Fetch(Value, frozen=True):
    fetched_at: datetime | None = None
    etag: str | None = None
    last_modified: str | None = None
    source: SourceKind = "command"


class _Record(Value, frozen=True):
    """What counts of a line; it stands in records of both profiles."""

    id: str
    url: str
    content_hash: str
    text: str
    revision: int = 1
    page_type: PageType = "article"
    title: str | None = None
    subtitle: str | None = None
    lead: str | None = None
    authors: tuple[Author, ...] = ()
    published_date: date | None = None
    published_at: datetime | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    language: str | None = None
    images: tuple[Image, ...] = ()
    access: Access | None = None
    fetch: _Fetch = _Fetch()


_DECODE: Final = msgspec.json.Decoder(_Record).decode


async def relearn(frontier: Frontier, out: Path, config: CrawlConfig, progress: Progress, *, now: float) -> None:
    """Take in the articles of the folder's records, if the memory that belongs to them was lost; else do nothing.

    A line that is no record is named and passed over. May be cancelled between records; what is known already is not
    taken in twice.
    """
    memory = frontier.path
    if _is_lost(memory, frontier, out):
        await _learn(frontier, out, config, progress, memory=memory, now=now)


@asynccontextmanager
async def as_relearnt(
    frontier: Frontier | None, out: Path, config: CrawlConfig, progress: Progress, *, memory: Path, now: float
) -> AsyncIterator[Frontier | None]:
    """Yield what `relearn` would make of a memory, which stays as it is: where it was lost, a copy that is not kept.

    `memory` is the file of the frontier, or where it would be if there is none.
    """
    if not _is_lost(memory, frontier, out):
        yield frontier
        return
    with TemporaryDirectory(prefix="scraper-plan-") as folder:
        if frontier is not None:
            frontier.copy_to(Path(folder))
        with Frontier(Path(folder)) as learnt:
            await _learn(learnt, out, config, progress, memory=memory, now=now)
            yield learnt


def _is_lost(memory: Path, frontier: Frontier | None, out: Path) -> bool:
    """Tell whether the folder has records, and the memory that belongs to them was lost.

    It was if it is not there, or no run ever began by it; one that is there and cannot be read is not lost. Only a
    memory inside the folder belongs to its records: what stands elsewhere may be one of several that write here.
    """
    is_known = bool(frontier.runs.last(1)) if frontier is not None else memory.exists()
    return not is_known and _belongs_to(out, memory) and bool(_files(out))


async def _learn(
    frontier: Frontier, out: Path, config: CrawlConfig, progress: Progress, *, memory: Path, now: float
) -> None:
    progress.say(f"{memory} is new, and {out} holds records: reading them, so that no article comes twice.")
    for path in _files(out):
        records = _records(path, progress)
        while batch := list(islice(records, _BATCH)):
            with frontier.transaction():
                for record in batch:
                    _take_in(frontier, record, config, now)
            await asyncio.sleep(0)


def _files(out: Path) -> list[Path]:
    """Return the files of articles that are complete, the oldest first; none where there is no folder."""
    names = sorted(path.name for path in out.iterdir()) if out.is_dir() else []
    return [out / name for name in names if name.startswith(ARTICLES) and name.endswith(ENDINGS) and is_ours(name)]


def _belongs_to(out: Path, memory: Path) -> bool:
    return memory.resolve().is_relative_to(out.resolve())


def _records(path: Path, progress: Progress) -> Iterator[_Record]:
    lines = enumerate(read_lines(path), 1)
    while True:
        try:
            number, line = next(lines)
            yield _DECODE(line)
        except StopIteration:
            return
        except msgspec.DecodeError as error:
            progress.warn(f"{path}, line {number}: no record ({error}); its article may come again.")
        except (RecordsError, UsageError) as error:
            progress.warn(f"{str(error).rstrip('.')}; articles from there on may come again.")
            return


def _take_in(frontier: Frontier, record: _Record, config: CrawlConfig, now: float) -> None:
    """Remember one article as the run that wrote it did, unless it was forgotten since."""
    before, key = frontier.articles.get(record.id), url_key(record.url)
    past = before or frontier.articles.forgotten(record.id, key)
    if past is not None and past.revision >= record.revision:
        return
    at = min(record.fetch.fetched_at.timestamp(), now) if record.fetch.fetched_at else now
    frontier.articles.put(
        ArticleRow(
            article_id=record.id,
            revision=record.revision,
            content_hash=record.content_hash,
            fields=hash_fields(record),
            url_key=key,
            first_seen=before.first_seen if before else at,
            last_changed=at,
        )
    )
    if signature := minhash(record.text):
        frontier.near.put(record.id, signature)
    frontier.urls.add([Target(url=record.url, source=record.fetch.source)], now=at)
    frontier.leases.settle(
        key,
        "done",
        now=at,
        due_at=_due_again(frontier, record, config, at, now=now),
        etag=record.fetch.etag,
        last_modified=record.fetch.last_modified,
        content_hash=record.content_hash,
        article_id=record.id,
        changed=True,
    )


def _due_again(frontier: Frontier, record: _Record, config: CrawlConfig, at: float, *, now: float) -> float | None:
    """Return when the article is looked at again, counted from today: the looks that a lost memory missed are over."""
    row = frontier.urls.known(record.url)
    if row is None or record.fetch.source == "file":
        return None
    row = msgspec.structs.replace(row, last_changed=at)
    is_live = record.page_type == "live_blog"
    return after_article(row, config, now=now, published=published_s(record), changed=False, is_live=is_live)
