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

from scraper.extractors.layout import Layout
from scraper.extractors.tags import CAPTION, FOOTER, NAV

Zone = Literal[
    "", "breadcrumb", "consent", "comment", "share", "newsletter", "paywall", "bio", "tags", "caption", "byline",
    "dateline", "lead", "subtitle", "kicker", "ad", "related", "navigation", "footer",
]  # fmt: skip

_STRONG: Final = frozenset({"breadcrumb", "consent", "comment", "share", "newsletter", "paywall", "ad", "caption"})
_MAX_SHARE: Final = 0.2
"""A box with more of the page's unlinked text than this is no zone. Judged on the development pages."""


def find_zones(layout: Layout) -> list[Zone]:
    """Return for each element the zone it stands in, the innermost named one; "" for none."""
    plain = _plain_chars(layout)
    limit = max(400, plain[0] * _MAX_SHARE) if plain else 0
    zones: list[Zone] = []
    names: dict[str, Zone] = {"": ""}
    for element, token in enumerate(layout.tokens):
        own = names.get(token)
        if own is None:
            own = names[token] = _zone_of(token)
        if not own:
            flags, parent = layout.flags[element], layout.parents[element]
            new = flags & ~layout.flags[parent] if parent >= 0 else flags
            own = "caption" if new & CAPTION else "navigation" if new & NAV else "footer" if new & FOOTER else ""
        if own and plain[element] > limit:
            own = ""
        above: Zone = zones[layout.parents[element]] if layout.parents[element] >= 0 else ""
        zones.append(above if not own or (above in _STRONG and own not in _STRONG) else own)
    return zones


@cache
def _names() -> re.Pattern[str]:
    """Return one pattern of all names, a group a zone, tried in the file's order."""
    text = (resources.files("scraper.extractors") / "zones.toml").read_text(encoding="utf-8")
    groups = (f"(?P<{zone}>{'|'.join(map(_glob, names))})" for zone, names in tomllib.loads(text).items())
    return re.compile(rf"(?:{'|'.join(groups)})")


def _glob(name: str) -> str:
    return re.escape(name).replace(r"\-", "[-_]{0,2}").replace(r"\*", r"[\w-]*")


def _zone_of(token: str) -> Zone:
    """Return the zone of an element's names: the one that stands first in the file."""
    found = [zone for word in token.split() if (zone := _zone_of_word(word))]
    return min(found, key=list(_names().groupindex).index) if len(found) > 1 else found[0] if found else ""


@lru_cache(maxsize=32_768)
def _zone_of_word(word: str) -> Zone:
    match = _names().fullmatch(word)
    return match.lastgroup if match else ""  # type: ignore[return-value]


def _plain_chars(layout: Layout) -> list[int]:
    """Return for each element the characters of unlinked text in it."""
    chars = [0] * len(layout.tags)
    for run in layout.runs:
        chars[run.element] += max(0, len(run.text) - run.link_chars)
    for element in range(len(chars) - 1, 0, -1):
        chars[layout.parents[element]] += chars[element]
    return chars
