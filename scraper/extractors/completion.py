"""Paragraphs the classifier left out although they stand in one row, in the same markup, with those it took."""

from __future__ import annotations

import re
from typing import Final

from scraper.extractors.sketch import Sketch

_ENDS: Final = re.compile(r"[.!?…。！？।۔:][\"'”’»）)」]*$")
_MIN_CHARS: Final = 60
_MIN_SCORE: Final = 0.1
_MAX_LINKED: Final = 0.3
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


def _alike(sketch: Sketch, one: int, other: int) -> bool:
    layout = sketch.layout
    a, b = sketch.runs[one].element, sketch.runs[other].element
    same = layout.parents[a] == layout.parents[b] and layout.tags[a] == layout.tags[b]
    return same and layout.tokens[a] == layout.tokens[b] and sketch.runs[one].kind == sketch.runs[other].kind


def _is_sentence(sketch: Sketch, index: int) -> bool:
    run = sketch.runs[index]
    long = len(run.text) >= _MIN_CHARS and run.link_chars <= _MAX_LINKED * len(run.text)
    return long and sketch.scores[index] >= _MIN_SCORE and _ENDS.search(run.text) is not None
