"""Which of the names and days that readers see on a page are the page's own, by the kind of page. Pure."""

from __future__ import annotations

from collections import Counter
from typing import Final

from scraper.model import Byline, Candidate, Crumb, PageType

_SHOPS: Final = frozenset({"product", "collection"})
_SHOWN: Final = "dom"
_SAID: Final = "dom.byline"
_LINKED: Final = "dom.rel=author"
_MAX_DAYS: Final = 3
"""A listing that shows more of them dates its entries. One, or a few, may say when it was put together."""


def own_days(kind: PageType, candidates: tuple[Candidate, ...]) -> tuple[Candidate, ...]:
    """Return the dates without those of something else: a shop's of reviews and deliveries, a listing's of entries.

    What is declared for machines stays.
    """
    shown = Counter(origin for origin, _ in {(c.origin, c.value) for c in candidates if c.origin.startswith(_SHOWN)})
    foreign = kind in _SHOPS or (kind == "listing" and max(shown.values(), default=0) > _MAX_DAYS)
    return tuple(c for c in candidates if not (foreign and c.origin.startswith(_SHOWN)))


def own_bylines(kind: PageType, bylines: tuple[Byline, ...], crumbs: tuple[Crumb, ...]) -> tuple[Byline, ...]:
    """Return the bylines without those of reviewers and brands in a shop, and of the entries of a list.

    A bare name beside the date that is also a step of the trail is a topic.
    """
    steps = {crumb.name.casefold() for crumb in crumbs}
    bylines = tuple(b for b in bylines if b.origin != _SHOWN or not _is_topic(b, steps))
    if kind in _SHOPS:
        return tuple(b for b in bylines if not b.origin.startswith(_SHOWN) or _is_signed(b))
    return tuple(byline for byline in bylines if kind != "listing" or byline.origin != _LINKED)


def _is_signed(byline: Byline) -> bool:
    """Whether a line names people with links to their pages, as a test of products does."""
    return byline.origin == _SAID and bool(byline.names) and all(name.url for name in byline.names)


def _is_topic(byline: Byline, steps: set[str]) -> bool:
    return bool(byline.names) and all(name.name.strip("# ").casefold() in steps for name in byline.names)
