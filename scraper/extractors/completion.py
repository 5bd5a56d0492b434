"""Paragraphs the classifier left out although they stand in one row, in the same markup, with those it took."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import Final

from scraper.extractors.cues import starts_with_cue
from scraper.extractors.sketch import Sketch, words_of
from scraper.web.urls import same_site

_ENDS: Final = re.compile(r"[.!?…。！？।۔:][\"'”’»）)」]*$")
_MIN_CHARS: Final = 60
_MIN_SCORE: Final = 0.1
_MAX_LINKED: Final = 0.3
_MIN_HEADLINE_WORDS: Final = 4
_MAX_GAP: Final = 3
"""Runs between two that were taken which may be filled in; all numbers judged in cross-validation."""


def complete_body(sketch: Sketch) -> None:
    """Mark as body the sentences between and right behind body runs that share their parent and markup."""
    for index in list(sketch.body):
        for after in range(index + 1, min(index + 1 + _MAX_GAP, len(sketch.runs))):
            if sketch.labels[after] == "body":
                break
            if _alike(sketch, index, after) and _is_sentence(sketch, after):
                sketch.mark(after, "body", "in one row with body, in the same markup")
        if sketch.runs[index].text.endswith((":", "：")) and sketch.runs[index].kind == "paragraph":
            for item in _list_below(sketch, index):
                sketch.mark(item, "body", "in the list that a line of the body announces")


def _alike(sketch: Sketch, one: int, other: int) -> bool:
    layout = sketch.layout
    a, b = sketch.runs[one].element, sketch.runs[other].element
    same = layout.parents[a] == layout.parents[b] and layout.tags[a] == layout.tags[b]
    return same and layout.tokens[a] == layout.tokens[b] and sketch.runs[one].kind == sketch.runs[other].kind


def _is_sentence(sketch: Sketch, index: int) -> bool:
    run = sketch.runs[index]
    long = len(run.text) >= _MIN_CHARS and run.link_chars <= _MAX_LINKED * len(run.text)
    return long and sketch.scores[index] >= _MIN_SCORE and _ENDS.search(run.text) is not None


def _list_below(sketch: Sketch, index: int) -> list[int]:
    """Return the items of the list between a run and further body, if it has their parent and is new to the page.

    Lists of linked headlines stay out: those are teasers, whatever the line above them says.
    """
    layout, runs, after = sketch.layout, sketch.runs, index + 1
    if (
        after >= len(runs)
        or runs[after].item < 0
        or sketch.labels[after]
        or starts_with_cue("read_next", runs[index].text)
    ):
        return []
    box = layout.parents[runs[after].item]
    items = list(takewhile(lambda i: layout.within(runs[i].element, box), range(after, len(runs))))
    below = items[-1] + 1
    framed = below < len(runs) and sketch.labels[below] == "body"
    beside = layout.parents[box] == layout.parents[runs[index].element]
    known = {runs[i].text for i in sketch.body}
    return items if framed and beside and not any(_is_known(sketch, i, known) for i in items) else []


def _is_known(sketch: Sketch, index: int, known: set[str]) -> bool:
    """Whether a list item repeats the body or is the linked headline of another page of the site."""
    run = sketch.runs[index]
    linked = run.link_chars > 0.8 * len(run.text) and len(words_of(run.text)) >= _MIN_HEADLINE_WORDS
    return run.text in known or (linked and any(_is_own(sketch, href) for _, href in run.links))


def _is_own(sketch: Sketch, href: str) -> bool:
    url = sketch.document.resolve(href)
    return url is not None and same_site(url, sketch.document.url)
