"""Who wrote it, as the end of a page tells: a signature below the story, a box about the author."""

from __future__ import annotations

import re
from typing import Final

from scraper.extractors.cues import is_cue, starts_with_cue
from scraper.extractors.names import before_other_duty, is_full_name, names_in
from scraper.extractors.sketch import Sketch
from scraper.model import Byline, Name

_WRITTEN: Final = re.compile(r"this (?:post|article|story|piece) was (?:written|contributed) by\b\W*", re.I)
_ABOUT: Final = re.compile(r"^(?:about|über|sobre|à propos de|om)\s+(?=[A-ZÀ-Þ])", re.I)
_TELLS: Final = re.compile(r",| (?:is|was|has|writes|covers|ist|est|es|è)\b")
ELSEWHERE: Final = frozenset({"teaser", "comment", "breadcrumb", "share", "newsletter", "ad", "caption"})
"""Labels of lines that tell nothing of who wrote the page."""
_MAX_BEFORE_CHARS: Final = 40
_NEAR: Final = 14
_FAR: Final = 30
MAX_RAW_CHARS: Final = 160
"""A longer line is no byline."""


def closing(sketch: Sketch) -> list[Byline]:
    """Return the name that heads a box about the author below the body."""
    for index in range(sketch.last_body + 1, len(sketch.runs)):
        if sketch.zone(index) == "bio" and is_full_name(name := _ABOUT.sub("", sketch.runs[index].text)):
            return [Byline(names=(Name(name=name),), origin="dom.bio", raw=sketch.runs[index].text)]
    return []


def returns(sketch: Sketch, index: int) -> bool:
    """Whether another line, at the end of the body or below it, tells who the bearer of the name in this one is."""
    name = sketch.runs[index].text
    places = range(max(index + 1, sketch.last_body), min(len(sketch.runs), sketch.last_body + _NEAR))
    return any(_tells_of(name, sketch.runs[i].text) for i in places)


def _tells_of(name: str, text: str) -> bool:
    """Whether a text is "Jane Roe is our correspondent" or "All articles by Jane Roe"."""
    if text.startswith(name):
        return _TELLS.match(text, len(name)) is not None
    return len(text) <= len(name) + _MAX_BEFORE_CHARS and text.endswith((f" by {name}", f" from {name}"))


def signed(sketch: Sketch) -> list[Byline]:
    """Return what the last line of the body and those below it say of who wrote it, in more than "by" before a name."""
    start = max(0, sketch.last_body)
    lines = [run.text for run in sketch.runs[start : start + _FAR]]
    for index, (line, below) in enumerate(zip(lines, [*lines, ""][1:], strict=True), start):
        if sketch.labels[index] in ELSEWHERE or len(line) > MAX_RAW_CHARS:
            continue
        text = before_other_duty(line)
        if is_cue("by", text) and is_full_name(below):
            return [Byline(names=names_in(sketch, index + 1, below), origin="dom.byline", raw=f"{text} {below}")]
        end = _end_of_said(text) if index < sketch.last_body + _NEAR else 0
        if end and (names := names_in(sketch, index, text[end:])):
            return [Byline(names=names, origin="dom.byline", raw=text)]
    return []


def _end_of_said(text: str) -> int:
    """Return where "written by", "Authors:" and the like end at the start of a line; 0 without.

    Below the body "by" alone is of other stories as well, and "Author guidelines" are no author.
    """
    if said := _WRITTEN.match(text):
        return said.end()
    cue = starts_with_cue("by", text) or ""
    return len(cue) if " " in cue.strip() or text[len(cue) :].startswith((":", "：")) else 0
