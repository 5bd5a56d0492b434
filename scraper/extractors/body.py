"""Which runs are the body: trafilatura's reading of the page, laid over our runs.

Every run whose words stand in trafilatura's text, in order, is body with the share found as its score.
"""

from __future__ import annotations

from typing import Final

from scraper.extractors.sketch import Sketch, words_of
from scraper.model import Method, Value

_MIN_SHARE: Final = 0.75
_SHORT: Final = 4


class Body(Value, frozen=True, kw_only=True):
    """Which runs are body, how that was found, and how good it is expected to be (F1)."""

    selected: list[bool]
    method: Method
    confidence: float


def choose_body(sketch: Sketch) -> Body:
    """Return the runs that are body."""
    score_body(sketch)
    selected = [score >= _MIN_SHARE for score in sketch.scores]
    return Body(
        selected=selected, method="trafilatura" if any(selected) else "empty", confidence=0.9 if any(selected) else 0.0
    )


def score_body(sketch: Sketch) -> None:
    """Set each run's score to the share of its words that stand in trafilatura's text at about that place."""
    words = words_of(_read(sketch.document.text, sketch.document.url))
    if not words:
        return
    places: dict[tuple[str, ...], list[int]] = {}
    for at in range(len(words)):
        for size in (1, 2, 3):
            places.setdefault(tuple(words[at : at + size]), []).append(at)
    used = bytearray(len(words))
    for index in sorted(range(len(sketch.runs)), key=lambda i: (-min(12, len(sketch.runs[i].text) // 20), i)):
        own = words_of(sketch.runs[index].text)
        sketch.scores[index] = _share(own, words, places, used)


def _share(own: list[str], words: list[str], places: dict[tuple[str, ...], list[int]], used: bytearray) -> float:
    """Return the share of a run's words found as one stretch of unused words; mark the stretch as used."""
    size = min(3, len(own))
    if not size:
        return 0.0
    for start in places.get(tuple(own[:size]), ()):
        stretch = words[start : start + len(own)]
        if used[start] or not stretch:
            continue
        same = sum(a == b for a, b in zip(own, stretch, strict=False)) / len(own)
        if same >= (_MIN_SHARE if len(own) > _SHORT else 1.0):
            used[start : start + len(own)] = b"\x01" * len(stretch)
            return same
    return 0.0


def _read(html: str, url: str) -> str:
    """Return trafilatura's body text, "" if it finds none."""
    from trafilatura import bare_extraction

    found = bare_extraction(html, url=url, with_metadata=False, include_comments=False)
    return (found.text if found is not None else None) or ""  # type: ignore[union-attr]
