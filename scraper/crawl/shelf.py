"""What is remembered of feeds, sitemaps and section pages, so that one that has not changed costs one request."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import Final, Protocol

from scraper.fetchers.exchange import Validators
from scraper.frontier import Frontier, is_stamped_now, parse_stamp, trusts
from scraper.model import Page, Target

_HOUR_S: Final = 3600.0
_LONGEST_S: Final = 7 * 86_400.0
_INDEX: Final = "index:"


class Shelf(Protocol):
    """Remembers resources by their addresses."""

    def validators(self, url: str) -> Validators | None:
        """Return what its last answer was recognised by."""

    def is_due(self, sitemap: Target) -> bool:
        """Tell whether a sitemap that an index names is worth a request."""

    def is_new(self, url: str, page: Page) -> bool:
        """Write down an answer; tell whether it brought another body than the one before."""

    def trusts(self, url: str, targets: Iterable[Target]) -> bool:
        """Tell whether the dates that a resource gives its rows are worth following."""


class NoShelf:
    """Remembers nothing: everything is fetched and read."""

    def validators(self, url: str) -> Validators | None:
        return None

    def is_due(self, sitemap: Target) -> bool:
        return True

    def is_new(self, url: str, page: Page) -> bool:
        return True

    def trusts(self, url: str, targets: Iterable[Target]) -> bool:
        return False


class FrontierShelf:
    """Remembers in the frontier. `unix_now` gives the time in seconds since 1970."""

    def __init__(self, frontier: Frontier, *, unix_now: Callable[[], float]) -> None:
        self._resources, self._now = frontier.resources, unix_now

    def validators(self, url: str) -> Validators | None:
        known = self._resources.get(url)
        if known is None or (known.body_hash or "").startswith(_INDEX):
            return None  # of an index that has not changed, what it names may have
        return Validators(etag=known.etag, last_modified=known.last_modified)

    def is_due(self, sitemap: Target) -> bool:
        """A sitemap whose index dates it before the last look is not due; one that rests is due ever more rarely."""
        known = self._resources.get(sitemap.url)
        if known is None or known.fetched_at is None:
            return True
        stamp = parse_stamp(sitemap.modified)
        if stamp is not None and trusts(known):
            return stamp > known.fetched_at
        return known.next_due is None or known.next_due <= self._now()

    def is_new(self, url: str, page: Page) -> bool:
        now = self._now()
        before = self._resources.get(url)
        body_hash = _body_hash(page) if page.status != 304 else None
        is_new = body_hash is not None and (before is None or body_hash != before.body_hash)
        rested_s = now - (before.fetched_at or now) if before and not is_new else 0.0
        self._resources.checked(
            url,
            now=now,
            body_hash=body_hash,
            etag=page.header("etag"),
            last_modified=page.header("last-modified"),
            next_due=now + min(max(2 * rested_s, _HOUR_S), _LONGEST_S),
        )
        return is_new

    def trusts(self, url: str, targets: Iterable[Target]) -> bool:
        known = self._resources.get(url)
        stamped = is_stamped_now((target.modified for target in targets), self._now())
        if known is not None and known.stamped_now != stamped:
            self._resources.checked(url, now=self._now(), stamped_now=stamped, next_due=known.next_due)
        return not stamped and trusts(known)


def is_index(page: Page) -> bool:
    """Tell whether a resource is a sitemap index: a look at its beginning."""
    return b"<sitemapindex" in page.body[:2000]


def _body_hash(page: Page) -> str:
    mark = _INDEX if is_index(page) else ""
    return mark + hashlib.sha256(page.body).hexdigest()
