"""Feeds, sitemaps and section pages: their validators, how often they change, and what their dates are worth."""

from __future__ import annotations

from typing import Final

from scraper.frontier.names import Names
from scraper.frontier.packing import clean_text, pack, unpack
from scraper.frontier.store import Store
from scraper.model import Value
from scraper.web.urls import host_key

_MIN_STAMPS: Final = 10
"""Fetches for a date's sake after which their outcome counts."""
_MIN_SHARE: Final = 0.2
"""Tuned on nothing: a date that leads to something new in one of five fetches is still worth following."""


class Resource(Value, frozen=True, kw_only=True):
    """What is remembered of one feed, sitemap or section page. Times are unix seconds."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    fetched_at: float | None = None
    body_hash: str | None = None
    checks: int = 0
    changes: int = 0
    next_due: float | None = None
    stamps: int = 0
    """Fetches of pages for the sake of a newer date given here."""
    useful: int = 0
    """Those that found the page changed."""
    stamped_now: bool = False
    """All its rows carried the moment of the fetch (`stamps.is_stamped_now`)."""
    moved_to: str | None = None
    """Where it has moved for good."""
    moved_at: float | None = None
    """When `url` itself said so last."""


def trusts(resource: Resource | None) -> bool:
    """Tell whether the dates that a resource gives its rows are worth a fetch. One never seen has trust to lose."""
    if resource is None:
        return True
    if resource.stamped_now:
        return False
    return resource.stamps < _MIN_STAMPS or resource.useful >= _MIN_SHARE * resource.stamps


class Resources:
    """Keeps a row for each resource, by its address as it is fetched."""

    def __init__(self, store: Store, hosts: Names) -> None:
        self._store, self._hosts = store, hosts

    def get(self, url: str) -> Resource | None:
        """Return what is known of a resource, or None."""
        row = self._store.row(
            "SELECT etag, last_modified, fetched_at, body_hash, checks, changes, next_due, stamps, useful, stamped_now,"
            " moved_to, moved_at FROM resource WHERE url = ?",
            (clean_text(url),),
        )
        if row is None:
            return None
        return Resource(
            url=url,
            etag=row[0],
            last_modified=row[1],
            fetched_at=row[2],
            body_hash=unpack(row[3]),
            checks=row[4],
            changes=row[5],
            next_due=row[6],
            stamps=row[7],
            useful=row[8],
            stamped_now=bool(row[9]),
            moved_to=row[10],
            moved_at=row[11],
        )

    def put(self, resource: Resource) -> None:
        """Remember a resource as it is given."""
        values = (
            clean_text(resource.url),
            clean_text(resource.etag),
            clean_text(resource.last_modified),
            resource.fetched_at,
            pack(resource.body_hash),
            resource.checks,
            resource.changes,
            resource.next_due,
            resource.stamps,
            resource.useful,
            resource.stamped_now,
            clean_text(resource.moved_to),
            resource.moved_at,
        )
        with self._store.transaction():
            host = self._hosts.number(host_key(resource.url))
            self._store.run(
                "INSERT OR REPLACE INTO resource (url, etag, last_modified, fetched_at, body_hash, checks, changes,"
                " next_due, stamps, useful, stamped_now, moved_to, moved_at, host)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (*values, host),
            )

    def checked(
        self,
        url: str,
        *,
        now: float,
        body_hash: str | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
        next_due: float | None = None,
        stamped_now: bool | None = None,
        moved_to: str | None = None,
        is_elsewhere: bool = False,
    ) -> Resource:
        """Write down a fetch, and return what is known now; without a `body_hash` it found nothing new (304).

        A fetch that brought a body replaces the validators; one that did not keeps those that it does not name. With
        `is_elsewhere` it was asked for where it has moved to: that holds on, unless it leads further.
        """
        with self._store.transaction():
            old = self.get(url) or Resource(url=url)
            is_new = body_hash is not None and body_hash != old.body_hash
            has_body = body_hash is not None
            new = Resource(
                url=url,
                etag=etag if has_body else etag or old.etag,
                last_modified=last_modified if has_body else last_modified or old.last_modified,
                fetched_at=now,
                body_hash=body_hash or old.body_hash,
                checks=old.checks + 1,
                changes=old.changes + is_new,
                next_due=next_due,
                stamps=old.stamps,
                useful=old.useful,
                stamped_now=old.stamped_now if stamped_now is None else stamped_now,
                moved_to=moved_to or (old.moved_to if is_elsewhere else None),
                moved_at=old.moved_at if is_elsewhere else now if moved_to else None,
            )
            self.put(new)
        return new

    def judge(self, url: str, *, useful: bool) -> None:
        """Write down whether a page that was fetched for the sake of a date given here had changed."""
        self._store.run(
            "UPDATE resource SET stamps = stamps + 1, useful = useful + ? WHERE url = ?", (useful, clean_text(url))
        )
