"""trafilatura's reading of a page, laid over our runs: asked where the block model is unsure of itself.

On one article in a hundred the model expects an F1 below ASK_BELOW; there trafilatura's precision mode does better on
every development set (docs/quality.md). It costs 30 ms, the rest of the page 10: so it is asked nowhere else.
"""

from __future__ import annotations

from typing import Final

from scraper.extractors.layout import Run
from scraper.extractors.sketch import words_of

ASK_BELOW: Final = 0.7
_MIN_SHARE: Final = 0.75
_SHORT: Final = 4
_KEY_WORDS: Final = 3


def second_opinion(html: str, url: str, runs: list[Run]) -> list[bool]:
    """Return which runs stand in trafilatura's text; all False if it finds none."""
    words = words_of(_read(html, url))
    places: dict[tuple[str, ...], list[int]] = {}
    for at in range(len(words)):
        for size in range(1, _KEY_WORDS + 1):
            places.setdefault(tuple(words[at : at + size]), []).append(at)
    used = bytearray(len(words))
    taken = [False] * len(runs)
    for index in sorted(range(len(runs)), key=lambda i: -len(runs[i].text)):  # long ones first: they are surest
        taken[index] = _claim(words_of(runs[index].text), words, places, used)
    return taken


def _claim(own: list[str], words: list[str], places: dict[tuple[str, ...], list[int]], used: bytearray) -> bool:
    """Whether a run's words stand in the text as one stretch that no other run claimed; it is claimed then."""
    wanted = _MIN_SHARE if len(own) > _SHORT else 1.0
    for start in places.get(tuple(own[:_KEY_WORDS]), ()) if own else ():
        stretch = words[start : start + len(own)]
        if not used[start] and sum(a == b for a, b in zip(own, stretch, strict=False)) >= wanted * len(own):
            used[start : start + len(own)] = b"\x01" * len(stretch)
            return True
    return False


def _read(html: str, url: str) -> str:
    """Return trafilatura's body text, "" if it finds none."""
    from trafilatura import bare_extraction  # 0.5 s to import

    found = bare_extraction(html, url=url, with_metadata=False, include_comments=False, favor_precision=True)
    return str(getattr(found, "text", None) or "")
