"""Tags as a reader would write them: without the marks that publishing systems set for themselves. Pure and total."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from scraper.normalizers.lists import distinct_texts
from scraper.normalizers.text import clean_text

_LEADING: Final = re.compile(r"^[\s#&,;·•-]+(?=\w)")
_KEYED: Final = re.compile(r"([A-Za-z][A-Za-z _-]{1,18}):\s?(\S.*)")
_KEYS: Final = frozenset(
    (
        "category",
        "subsection",
        "subject",
        "topic",
        "tag",
        "keyword",
        "industry",
        "sector",
        "genre",
        "person",
        "company",
        "place",
        "sport",
    )
)
"""Of a tag with one of these before a colon, what stands behind it is the tag."""
_CAMEL: Final = re.compile(r"[A-Za-z]+[a-z][A-Z]")
_MIN_KEYED: Final = 3
"""So many tags with a colon are fields of a database; fewer may be titles of books and films."""
_FOLDER: Final = re.compile(r"[a-z]+/(\S.*)")
_MARK: Final = re.compile(
    r"[@_].*|\d{5,}|[0-9a-f]{12,}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[\W_]*"
    r"|(?:type|channel|template|layout|exclude|sticky|van)[_-].*|[a-z]+[_-](?:type|template|layout):.*"
    r"|(?:text|image|split|screen|grid|column|inset|full|bleed|width|center|left|right|above|below|small|large|one|two){2,}"
)
"""Tags that no reader wrote: flags and handles, numbers and hashes, names of layouts."""
_PROSE: Final = re.compile(r"\W?[\"“”].*\s.*|\W*\S+(?:\s\S+)*[.!?]\s+(?:\S+\s){3,}\S+")
"""A sentence that was cut at its commas."""


def clean_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Return the tags, each once, in order: keys, folders and signs taken off, marks of machines left out.

    >>> clean_tags(["Category: Ferries", "#port_alder", "_evergreen", "type_news", "105726154"])
    ('Ferries', 'port alder')
    """
    told = [text for tag in tags if (text := _LEADING.sub("", clean_text(tag)))]
    keyed = sum(_KEYED.fullmatch(tag) is not None for tag in told) >= _MIN_KEYED
    foldered = len(told) > 1 and all(map(_FOLDER.fullmatch, told))
    return distinct_texts(_clean(tag, keyed=keyed, foldered=foldered) for tag in told)


def _clean(tag: str, *, keyed: bool, foldered: bool) -> str:
    """Return a tag without what stands before it; "" for one that is none."""
    if match := _KEYED.fullmatch(tag):
        if match[1].lower().replace("_", " ").split()[-1] in _KEYS:
            tag = match[2]
        elif keyed or _CAMEL.match(match[1]):
            return ""
    elif foldered and (match := _FOLDER.fullmatch(tag)):
        tag = match[1]
    if _MARK.fullmatch(tag) or _PROSE.fullmatch(tag):
        return ""
    return tag if " " in tag else tag.replace("_", " ").strip()
