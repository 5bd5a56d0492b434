"""What the markup itself says a part of the page is: by tag, role and the names people give to such boxes.

Names are a hint, not a verdict: a box that holds much of the page's plain text is no zone, whatever it is called
(`share-wrapper` around a whole article is a common sight).
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib import resources
from typing import Final, Literal

import numpy as np

from scraper.extractors.layout import Layout
from scraper.extractors.tags import CAPTION, FOOTER, HEADING, NAV
from scraper.model import Value

Zone = Literal[
    "", "breadcrumb", "consent", "comment", "share", "newsletter", "paywall", "bio", "tags", "caption", "byline",
    "dateline", "lead", "subtitle", "kicker", "ad", "related", "navigation", "footer",
]  # fmt: skip

_STRONG: Final = frozenset({"breadcrumb", "consent", "comment", "share", "newsletter", "paywall", "ad", "caption"})
_NAMED_BY_TAG: Final = CAPTION | NAV | FOOTER
_MIN_SLUG_JOINTS: Final = 3
_MAX_SHARE: Final = 0.2
"""A box with more of the page's unlinked text than this is no zone. Judged on the development pages."""


def find_zones(layout: Layout) -> list[Zone]:
    """Return for each element the zone it stands in, the innermost named one; "" for none."""
    plain = _plain_chars(layout)
    limit = max(400, plain[0] * _MAX_SHARE) if plain else 0
    zones: list[Zone] = []
    names: dict[str, Zone] = {"": ""}
    rows = zip(layout.tokens, layout.parents, layout.flags, plain, strict=True)
    for token, parent, flags, chars in rows:
        own = _zone_of(_without_slugs(token)) if token and flags & HEADING else names.get(token)
        if own is None:
            own = names[token] = _zone_of(token)
        if not own and flags & _NAMED_BY_TAG:
            new = flags & ~layout.flags[parent] if parent >= 0 else flags
            own = "caption" if new & CAPTION else "navigation" if new & NAV else "footer" if new & FOOTER else ""
        zone: Zone = zones[parent] if parent >= 0 else ""
        if own and chars <= limit and (zone not in _STRONG or own in _STRONG):
            zone = zone if zone == "footer" and own == "navigation" else own
        zones.append(zone)
    return zones


def _without_slugs(token: str) -> str:
    """Return the names in a heading but for what its own words were made into ("how-to-share-a-boat")."""
    return " ".join(word for word in token.split() if word.count("-") + word.count("_") < _MIN_SLUG_JOINTS)


class _Names(Value, frozen=True, kw_only=True):
    """The names of one zone by where the `*` stands: nowhere, behind, in front, on both sides."""

    zone: Zone
    whole: frozenset[str]
    starts: tuple[str, ...]
    ends: tuple[str, ...]
    parts: tuple[str, ...]

    def match(self, word: str, bare: str) -> bool:
        """Whether one of the names is this word, given as written and without its hyphens."""
        if bare in self.whole or bare.startswith(self.starts):
            return True
        return word.endswith(self.ends) or any(part in bare for part in self.parts)


@cache
def _zone_names() -> tuple[_Names, ...]:
    text = (resources.files("scraper.extractors") / "zones.toml").read_text(encoding="utf-8")
    return tuple(_names_of(zone, names) for zone, names in tomllib.loads(text).items())  # type: ignore[arg-type]


@cache
def _all_names() -> tuple[frozenset[str], tuple[str, ...], tuple[str, ...], re.Pattern[str]]:
    """Return the names of all zones together: most words of most pages are none of them."""
    every = _zone_names()
    return (
        frozenset(name for names in every for name in names.whole),
        tuple(name for names in every for name in names.starts),
        tuple(name for names in every for name in names.ends),
        _any_of([name for names in every for name in names.parts]),
    )


def _any_of(names: list[str]) -> re.Pattern[str]:
    """Return what finds any of the names; by their first letters, so that a search can skip to the next of these."""
    rests: dict[str, list[str]] = {}
    for name in names:
        rests.setdefault(name[0], []).append(re.escape(name[1:]))
    return re.compile("|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in rests.items()))


def _names_of(zone: Zone, names: list[str]) -> _Names:
    def cores(before: bool, after: bool) -> list[str]:
        return [n.strip("*") for n in names if (n.startswith("*"), n.endswith("*")) == (before, after)]

    return _Names(
        zone=zone,
        whole=frozenset(name.replace("-", "") for name in cores(False, False)),
        starts=tuple(name.replace("-", "") for name in cores(False, True)),
        ends=tuple(cores(True, False)),
        parts=tuple(name.replace("-", "") for name in cores(True, True)),
    )


@lru_cache(maxsize=8_192)
def _zone_of(token: str) -> Zone:
    """Return the zone of an element's names: the one that stands first in the file."""
    found = {zone for word in token.split() if (zone := _zone_of_word(word))}
    if len(found) > 1:
        return next(names.zone for names in _zone_names() if names.zone in found)
    return found.pop() if found else ""


@lru_cache(maxsize=16_384)
def _zone_of_word(word: str) -> Zone:
    word = word.replace("_", "-")
    bare = word.replace("-", "")
    whole, starts, ends, parts = _all_names()
    if not (bare in whole or bare.startswith(starts) or word.endswith(ends) or parts.search(bare)):
        return ""
    return next((names.zone for names in _zone_names() if names.match(word, bare)), "")


def _plain_chars(layout: Layout) -> list[float]:
    """Return for each element the characters of unlinked text in it."""
    plain = [len(run.text) - run.link_chars for run in layout.runs]
    before = np.zeros(len(layout.tags) + 1)
    if plain:
        np.cumsum(np.bincount([run.element for run in layout.runs], plain, len(layout.tags)), out=before[1:])
    below: list[float] = (before[layout.ends] - before[:-1]).tolist()
    return below
