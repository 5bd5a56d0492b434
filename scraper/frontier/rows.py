"""An address as the frontier knows it."""

from __future__ import annotations

from typing import Final, Literal, get_args

from scraper.frontier.packing import unpack, unpack_text
from scraper.frontier.store import Row
from scraper.model import Target, Value

Status = Literal["pending", "leased", "done", "rejected", "failed", "gone"]
"""Waits for its first or next fetch; handed out; gave an article; gave none; could not be fetched; is no more."""
STATUSES: Final[tuple[Status, ...]] = get_args(Status)
CODES: Final = {status: code for code, status in enumerate(STATUSES)}
PENDING, LEASED = CODES["pending"], CODES["leased"]


class UrlRow(Value, frozen=True, kw_only=True):
    """All that is remembered of one address. Times are unix seconds."""

    key: bytes
    target: Target
    """As it was first named; `modified` is the newest trusted one."""
    host: str
    status: Status
    priority: int
    first_seen: float
    due_at: float | None = None
    """When it is to be fetched (again); None if never."""
    attempts: int = 0
    """Fetches that came to nothing since the last that did: failed, put off, or ended with the whole process."""
    checks: int = 0
    """Fetches that were settled."""
    changes: int = 0
    """Those that brought something new."""
    last_fetched: float | None = None
    last_changed: float | None = None
    reason: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    content_hash: str | None = None
    article_id: str | None = None


class Lease(UrlRow, frozen=True, kw_only=True):
    """An address handed out to this run, until it is settled or released. `status` is the one it had before."""


SELECT_URL: Final = (
    "SELECT url.key, url.url, host.name, url.status, url.rank, url.first_seen, url.due_at, url.attempts, url.checks,"
    " url.changes, url.last_fetched, url.last_changed, url.reason, url.etag, url.last_modified, url.content_hash,"
    " url.article_id, url.source, place.name, url.depth, url.published, url.modified, url.title, url.id"
    " FROM url JOIN host ON host.id = url.host LEFT JOIN place ON place.id = url.place "
)


def read_row(row: Row, kind: type[UrlRow] = UrlRow) -> UrlRow:
    """Return a row of SELECT_URL as a value."""
    return kind(
        key=row[0],
        target=Target(
            url=unpack_text(row[1]),
            source=row[17],
            found_at=row[18],
            depth=row[19],
            published=row[20],
            modified=row[21],
            title=row[22],
        ),
        host=row[2],
        status=STATUSES[row[3]],
        priority=-row[4],
        first_seen=row[5],
        due_at=row[6],
        attempts=row[7],
        checks=row[8],
        changes=row[9],
        last_fetched=row[10],
        last_changed=row[11],
        reason=row[12],
        etag=row[13],
        last_modified=row[14],
        content_hash=unpack(row[15]),
        article_id=unpack(row[16]),
    )
