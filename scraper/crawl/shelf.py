"""What is remembered of feeds, sitemaps and section pages, so that one that has not changed costs one request."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import Final, Literal, Protocol

from scraper.fetchers.messages import Validators
from scraper.frontier import Frontier, Resource, is_stamped_now, parse_stamp, trusts
from scraper.model import Page, Target

_HOUR_S: Final = 3600.0
_DAY_S: Final = 86_400.0
_LONGEST_S: Final = 7 * _DAY_S
_DRAWN_S: Final = 1800.0
"""For so long an equal page is taken to have drawn the same list."""

ReadAs = Literal["sent", "index", "built", "drawn"]
"""What a body was read as, which is kept with its hash, for an equal one may name other things.

One read as it was sent does not, nor one that was built and whose links were all in what was sent; an index may at any
time, and a page whose scripts drew links, after a while."""


class Shelf(Protocol):
    """Remembers resources by their addresses."""

    def validators(self, url: str, *, is_built: bool = False) -> Validators | None:
        """Return what its last answer was recognised by, if that is enough for what `is_built` in a browser."""

    def moved_to(self, url: str) -> str | None:
        """Return where it has moved for good; None if nowhere, and now and then to see whether that still holds."""

    def is_due(self, sitemap: Target) -> bool:
        """Tell whether a sitemap that an index names is worth a request."""

    def is_new(self, url: str, page: Page, *, is_built: bool = False) -> bool:
        """Tell whether an answer, as sent, is to be read: it is another one than the last, or what may name others."""

    def keep(self, url: str, page: Page, *, targets: Sequence[Target] = (), read_as: ReadAs | None = None) -> None:
        """Write down an answer, as sent, whose rows are all taken; a run that ends before that reads it once more.

        Without `read_as` it is one that was not new.
        """

    def trusts(self, url: str, targets: Iterable[Target]) -> bool:
        """Tell whether the dates that a resource gives its rows are worth following."""


class NoShelf:
    """Remembers nothing: everything is fetched and read."""

    def validators(self, url: str, *, is_built: bool = False) -> Validators | None:
        return None

    def moved_to(self, url: str) -> str | None:
        return None

    def is_due(self, sitemap: Target) -> bool:
        return True

    def is_new(self, url: str, page: Page, *, is_built: bool = False) -> bool:
        return True

    def keep(self, url: str, page: Page, *, targets: Sequence[Target] = (), read_as: ReadAs | None = None) -> None:
        return None

    def trusts(self, url: str, targets: Iterable[Target]) -> bool:
        return False


class FrontierShelf:
    """Remembers in the frontier. `unix_now` gives the time in seconds since 1970."""

    def __init__(self, frontier: Frontier, *, unix_now: Callable[[], float]) -> None:
        self._resources, self._now = frontier.resources, unix_now

    def validators(self, url: str, *, is_built: bool = False) -> Validators | None:
        known = self._resources.get(url)
        if known is None or not self._holds(known, is_built):
            return None
        return Validators(etag=known.etag, last_modified=known.last_modified)

    def moved_to(self, url: str) -> str | None:
        known = self._resources.get(url)
        if known is None or known.moved_at is None:
            return None
        return known.moved_to if 0 <= self._now() - known.moved_at < _LONGEST_S else None

    def is_due(self, sitemap: Target) -> bool:
        """A sitemap that its index dates before the last look, or that rests, is due more rarely, weekly at last."""
        known = self._resources.get(sitemap.url)
        if known is None or known.fetched_at is None or known.fetched_at > self._now():  # the clock was set back
            return True
        stamp = _last_moment(sitemap.modified)
        if stamp is not None and trusts(known):
            rested_long = known.fetched_at + _LONGEST_S <= self._now()  # an index's date may stand still
            return stamp > known.fetched_at or rested_long
        return known.next_due is None or known.next_due <= self._now()

    def is_new(self, url: str, page: Page, *, is_built: bool = False) -> bool:
        if page.status == 304:
            return False
        known = self._resources.get(url)
        return known is None or not self._holds(known, is_built) or _read(known)[1] != _body_hash(page)

    def keep(self, url: str, page: Page, *, targets: Sequence[Target] = (), read_as: ReadAs | None = None) -> None:
        now = self._now()
        before = self._resources.get(url)
        body_hash = None
        if page.status != 304:
            body_hash = _marked(_body_hash(page), read_as or (_read(before)[0] if before else "sent"))
        is_new = body_hash is not None and (before is None or body_hash != before.body_hash)
        rested_s = now - (before.fetched_at or now) if before and not is_new else 0.0
        next_due = now + min(max(2 * rested_s, _HOUR_S), _LONGEST_S)
        if read_as == "drawn":
            next_due = now + _DRAWN_S
        elif read_as is None and before and _read(before)[0] == "drawn":
            next_due = before.next_due or now
        self._resources.checked(
            url,
            now=now,
            body_hash=body_hash,
            etag=page.header("etag"),
            last_modified=page.header("last-modified"),
            next_due=next_due,
            stamped_now=is_stamped_now((target.modified for target in targets), now) if targets else None,
            moved_to=page.moved_to,
            is_elsewhere=page.url != url,
        )

    def _holds(self, known: Resource, is_built: bool) -> bool:
        """Tell whether an answer equal to the last one names nothing else."""
        match _read(known)[0]:
            case "built":
                return True
            case "drawn":
                return is_built and 0 < (known.next_due or 0) - self._now() <= _DRAWN_S
            case "index":
                return False
        return not is_built

    def trusts(self, url: str, targets: Iterable[Target]) -> bool:
        stamped = is_stamped_now((target.modified for target in targets), self._now())
        return not stamped and trusts(self._resources.get(url))


def _read(known: Resource) -> tuple[str, str | None]:
    """Return what the last body was read as, and its hash."""
    read_as, found, body_hash = (known.body_hash or "").partition(":")
    return (read_as, body_hash) if found else ("sent", known.body_hash)


def _marked(body_hash: str, read_as: str) -> str:
    return body_hash if read_as == "sent" else f"{read_as}:{body_hash}"


def _body_hash(page: Page) -> str:
    return hashlib.sha256(page.body).hexdigest()


def _last_moment(modified: str | None) -> float | None:
    """Return the last moment that a date may mean: one without a time holds until midnight."""
    stamp = parse_stamp(modified)
    is_day = stamp is not None and len((modified or "").strip()) <= len("2024-05-01")
    return stamp + _DAY_S if stamp is not None and is_day else stamp
