"""The section of a story: one name, and neither the site's nor that of a kind of page. Pure and total."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from scraper.model import Candidate
from scraper.normalizers.candidates import pick_first
from scraper.normalizers.text import clean_text
from scraper.normalizers.titles import fold_name

_SHOWN: Final = frozenset({"breadcrumbs", "dom.kicker", "rule"})
"""Where a reader sees the name, it is one; elsewhere systems write lists and paths."""
_LETTER: Final = re.compile(r"[^\W\d_]")
_ADDRESS: Final = re.compile(r"(?:https?:)?//|www\.|/", re.I)
_COMMA: Final = re.compile(r"\s*,(?!\d)\s*")
_BARE_COMMA: Final = re.compile(r",(?![\s\d])")
_AND: Final = re.compile(r"&|\b(?:and|und|et|y|e|og|och|en|ja|i|и|và|dan)\b", re.I)
_MAX_CHARS: Final = 80
_MAX_IN_NAME: Final = 3
"""A name like "Arts, Books & Films" has so many parts; a list may have more."""
_SLUGS: Final = re.compile(r"[a-z0-9-]+(?:[/|][a-z0-9-]+)+")
_NO_SECTIONS: Final = frozenset(
    (
        "article",
        "articles",
        "post",
        "posts",
        "page",
        "story",
        "uncategorized",
        "uncategorised",
        "default",
        "none",
        "null",
    )
)
"""What systems write where no section was chosen."""


def pick_section(candidates: Iterable[Candidate], site_name: str | None) -> tuple[str | None, str | None]:
    """Return the first section that is one, and where it came from."""
    clean = _cleaner(fold_name(site_name) if site_name else "")
    names = (c if c.origin in _SHOWN else _first_of(c) for c in candidates)
    return pick_first(names, clean)


def _first_of(candidate: Candidate) -> Candidate:
    return Candidate(value=first_section(clean_text(candidate.value)), origin=candidate.origin)


def first_section(value: str) -> str:
    """Return the first name of a list, the last of a path; commas within one name do not part it.

    >>> first_section("Harbour, Ferries, News"), first_section("Arts, Books & Films"), first_section("news|harbour")
    ('Harbour', 'Arts, Books & Films', 'harbour')
    """
    if _SLUGS.fullmatch(value):
        return re.split(r"[/|]", value)[-1]
    parts = [part for part in _COMMA.split(value) if part]
    if len(parts) > 1 and (len(parts) > _MAX_IN_NAME or _BARE_COMMA.search(value) or not _AND.search(parts[-1])):
        return parts[0]
    return value


def _cleaner(site: str) -> Callable[[str], str | None]:
    def clean(raw: str) -> str | None:
        text = clean_text(raw)
        known = _LETTER.search(text) and not _ADDRESS.match(text) and text.casefold() not in _NO_SECTIONS
        return text if known and len(text) <= _MAX_CHARS and fold_name(text) != site else None

    return clean
