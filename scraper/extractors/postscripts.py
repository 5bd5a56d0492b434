"""What stands in the body's own row but is not of the story: a closing word about the author, a note on commissions."""

from __future__ import annotations

import re
from typing import Final

from scraper.extractors.sketch import Sketch, words_of

_LAST: Final = 4
_FIRST: Final = 3
_MAX_CHARS: Final = 700
_MAX_NOTE_CHARS: Final = 420
_MIN_NAME_WORDS: Final = 2
_COMMISSION: Final = re.compile(
    r"\b(?:may|might|can|could|we|us)\b[^.]{0,60}\b(?:earn|get|receive|make|collect|compensated)\b[^.]{0,80}"
    r"\b(?:commission|share of|revenue|money|compensation|fee)\b|\baffiliate (?:links?|partners?|commission|program)\b"
    r"|\bindependently (?:chosen|selected|reviewed|picked)\b|\baffiliate-links?\b|\bprovision\b[^.]{0,40}\berhalten\b",
    re.I,
)


def clear_postscripts(sketch: Sketch) -> None:
    """Take words about the author at the body's end, and notes on commissions at both ends, out of the body."""
    names = {name for name in sketch.author_names if len(name) >= _MIN_NAME_WORDS}
    body = list(sketch.body)
    if len(body) < _LAST + _FIRST:
        return
    for index in body[-_LAST:]:
        run = sketch.runs[index]
        if len(run.text) <= _MAX_CHARS and (sketch.zone(index) == "bio" or _starts_with(run.text, names)):
            sketch.mark(index, "other", "about the author, below the story")
    for index in (*body[:_FIRST], *body[-_LAST:]):
        run = sketch.runs[index]
        if sketch.labels[index] == "body" and len(run.text) <= _MAX_NOTE_CHARS and _COMMISSION.search(run.text):
            sketch.mark(index, "ad", "a note on commissions")


def _starts_with(text: str, names: set[tuple[str, ...]]) -> bool:
    words = tuple(words_of(text[:120]))
    return any(words[: len(name)] == name and len(words) > len(name) for name in names)
