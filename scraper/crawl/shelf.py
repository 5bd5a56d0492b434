"""What is remembered of feeds, sitemaps and section pages, so that one that has not changed costs one request."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Protocol

from scraper.fetchers.messages import Validators
from scraper.frontier import Frontier, is_stamped_now, parse_stamp, trusts
from scraper.model import Page, Target

_HOUR_S: Final = 3600.0
_DAY_S: Final = 86_400.0
_LONGEST_S: Final = 7 * _DAY_S
_INDEX: Final = "index:"
"""Marks the body of an index, so that it is equal to none: what it names may have changed though it has not."""


class Shelf(Protocol):
    """Remembers resources by their addresses."""

    def validators(self, url: str) -> Validators | None:
        """Return what its last answer was recognised by."""

    def moved_to(self, url: str) -> str | None:
        """Return where it has moved for good; None if nowhere, and now and then to see whether that still holds."""

    def is_due(self, sitemap: Target) -> bool:
        """Tell whether a sitemap that an index names is worth a request."""

    def is_new(self, url: str, page: Page) -> bool:
        """Tell whether an answer is to be read: it is another one than the last, or an index of what may be."""

    def keep(self, url: str, page: Page, *, targets: Sequence[Target] = (), is_index: bool = False) -> None:
        """Write down an answer whose rows are all taken; a run that ends before that reads it once more."""

    def trusts(self, url: str, targets: Iterable[Target]) -> bool:
        """Tell whether the dates that a resource gives its rows are worth following."""


class NoShelf:
    """Remembers nothing: everything is fetched and read."""

    def validators(self, url: str) -> Validators | None:
        return None

    def moved_to(self, url: str) -> str | None:
        return None

    def is_due(self, sitemap: Target) -> bool:
        return True

    def is_new(self, url: str, page: Page) -> bool:
        return True

    def keep(self, url: str, page: Page, *, targets: Sequence[Target] = (), is_index: bool = False) -> None:
        return None

    def trusts(self, url: str, targets: Iterable[Target]) -> bool:
        return False


class FrontierShelf:
    """Remembers in the frontier. `unix_now` gives the time in seconds since 1970."""

    def __init__(self, frontier: Frontier, *, unix_now: Callable[[], float]) -> None:
        self._resources, self._now = frontier.resources, unix_now

    def validators(self, url: str) -> Validators | None:
        known = self._resources.get(url)
        if known is None or (known.body_hash or "").startswith(_INDEX):
            return None
        return Validators(etag=known.etag, last_modified=known.last_modified)

    def moved_to(self, url: str) -> str | None:
        known = self._resources.get(url)
        if known is None or known.moved_at is None:
            return None
        return known.moved_to if 0 <= self._now() - known.moved_at < _LONGEST_S else None

    def is_due(self, sitemap: Target) -> bool:
        """A sitemap whose index dates it before the last look is not due; one that rests is due ever more rarely."""
        known = self._resources.get(sitemap.url)
        if known is None or known.fetched_at is None or known.fetched_at > self._now():  # the clock was set back
            return True
        stamp = _last_moment(sitemap.modified)
        if stamp is not None and trusts(known):
            return stamp > known.fetched_at
        return known.next_due is None or known.next_due <= self._now()

    def is_new(self, url: str, page: Page) -> bool:
        known = self._resources.get(url)
        return page.status != 304 and (known is None or known.body_hash != _body_hash(page))

    def keep(self, url: str, page: Page, *, targets: Sequence[Target] = (), is_index: bool = False) -> None:
        now = self._now()
        before = self._resources.get(url)
        body_hash = (_INDEX if is_index else "") + _body_hash(page) if page.status != 304 else None
        is_new = body_hash is not None and (before is None or body_hash != before.body_hash)
        rested_s = now - (before.fetched_at or now) if before and not is_new else 0.0
        self._resources.checked(
            url,
            now=now,
            body_hash=body_hash,
            etag=page.header("etag"),
            last_modified=page.header("last-modified"),
            next_due=now + min(max(2 * rested_s, _HOUR_S), _LONGEST_S),
            stamped_now=is_stamped_now((target.modified for target in targets), now) if targets else None,
            moved_to=page.moved_to,
            is_elsewhere=page.url != url,
        )

    def trusts(self, url: str, targets: Iterable[Target]) -> bool:
        stamped = is_stamped_now((target.modified for target in targets), self._now())
        return not stamped and trusts(self._resources.get(url))


def _body_hash(page: Page) -> str:
    return hashlib.sha256(page.body).hexdigest()


def _last_moment(modified: str | None) -> float | None:
    """Return the last moment that a date may mean: one without a time holds until midnight."""
    stamp = parse_stamp(modified)
    is_day = stamp is not None and len((modified or "").strip()) <= len("2024-05-01")
    return stamp + _DAY_S if stamp is not None and is_day else stamp
