"""What stands at the ends of the body's own row without being of the story: about the author, the paper, its rights."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from scraper.extractors.sketch import Sketch, words_of
from scraper.model import Label

_LAST: Final = 4
_FIRST: Final = 3
_MAX_CHARS: Final = 700
_MIN_NAME_WORDS: Final = 2


class _Note(NamedTuple):
    """Something that papers write below each story, or above it too."""

    label: Label
    reason: str
    max_chars: int
    pattern: re.Pattern[str]
    above: bool = False


_NOTES: Final = (
    _Note(
        "ad", "a note on commissions", 420,
        re.compile(
            r"(?<!\byou )\b(?:may|might|can|could|we|us)\b(?:(?!\byou\b)[^.]){0,60}"
            r"\b(?:earn|get|receive|make|collect|compensated)\b[^.]{0,80}"
            r"\b(?:commission|share of|revenue|money|compensation|fee)\b"
            r"|\baffiliate (?:links?|partners?|commission|program)\b|\bqualifying purchases\b"
            r"|\bbuying through (?:the |our |these )?links\b"
            r"|\bindependently (?:chosen|selected|reviewed|picked)\b|\baffiliate-links?\b"
            r"|\bprovision\b[^.]{0,40}\berhalten\b",
            re.I,
        ),
        above=True,
    ),
    _Note(
        "newsletter", "asks to sign up", 300,
        re.compile(r"\bsign(?:ing)? up\b.*\b(?:newsletters?|inbox)\b|\bnewsletters?\b.*\bsign up\b", re.I | re.DOTALL),
        above=True,
    ),
    _Note(
        "other", "tells how to reach the author or the paper", 300,
        re.compile(
            r"^\W*(?:contact|follow|e-?mail|reach)\b.*(?:[\w.+-]+@[\w-]+\.\w|\s@\w{3})|\be-?mail(?:ing)? us at\b"
            r"|^\W*(?:also )?(?:listen|available)\b.*\bon (?:Spotify|Apple Podcasts?|Google Podcasts?|iTunes)\b",
            re.I | re.DOTALL,
        ),
    ),
    _Note(
        "byline", "says who wrote the story", 160,
        re.compile(
            r"^\W*(?:this (?:post|article|story|piece) was (?:originally )?)?"
            r"(?:written|posted|authored|contributed) by\b",
            re.I,
        ),
    ),
    _Note("other", "an e-mail address and hardly anything else", 70, re.compile(r"[\w.+-]+@[\w-]+\.\w")),
    _Note(
        "footer", "claims rights, or disclaims them", 420,
        re.compile(
            r"^\W*this (?:document|article|content) is (?:subject to|protected by) copyright"
            r"|\breprinted with permission\b|\ball rights reserved\b|\bviews expressed\b.*\b(?:own|authors?)\b"
            r"|\bnicht (?:unbedingt )?(?:die|der) meinung der redaktion\b|\bn['’]engage(?:nt)? que\b"
            r"|\b(?:opiniones|opini[oõ]es|opinioni) (?:expresadas|expressas|espresse)\b",
            re.I | re.DOTALL,
        ),
    ),
)  # fmt: skip


def clear_postscripts(sketch: Sketch) -> None:
    """Take words about the author, and what papers write at the ends of each story, out of the body."""
    names = {name for name in sketch.author_names if len(name) >= _MIN_NAME_WORDS}
    body = list(sketch.body)
    if len(body) < _LAST + _FIRST:
        return
    for index in body[-_LAST:]:
        run = sketch.runs[index]
        if len(run.text) <= _MAX_CHARS and (sketch.zone(index) == "bio" or _starts_with(run.text, names)):
            sketch.mark(index, "other", "about the author, below the story")
    for index in (*body[:_FIRST], *body[-_LAST:]):
        if sketch.labels[index] == "body" and (note := note_in(sketch.runs[index].text, above=index in body[:_FIRST])):
            sketch.mark(index, note.label, note.reason)


def note_in(text: str, *, above: bool) -> _Note | None:
    """Return what kind of note a text is, if any; `above` says that it stands above the story."""
    notes = (n for n in _NOTES if len(text) <= n.max_chars and (n.above or not above))
    return next((note for note in notes if note.pattern.search(text)), None)


def _starts_with(text: str, names: set[tuple[str, ...]]) -> bool:
    words = tuple(words_of(text[:120]))
    return any(words[: len(name)] == name and len(words) > len(name) for name in names)
