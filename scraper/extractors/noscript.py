"""Which <noscript> elements are the page's text, and which repeat or excuse it."""

from __future__ import annotations

from typing import Final

from scraper.extractors.layout import Layout, Run
from scraper.extractors.tags import NOSCRIPT

MIN_NOSCRIPT_CHARS: Final = 800
"""A shorter <noscript> is a tracking pixel or a notice, not the page's text (forums put whole threads there)."""


def noscript_to_drop(layout: Layout, pieces: list[tuple[Run, list[str], list[tuple[int, list[str]]]]]) -> set[int]:
    """Return the <noscript> elements that repeat or excuse the page instead of holding its text."""
    if not any(run.flags & NOSCRIPT for run, _, _ in pieces):
        return set()
    chars: dict[int, int] = {}
    outside = 0
    for run, parts, _ in pieces:
        size = sum(map(len, parts))
        if run.flags & NOSCRIPT:
            element = layout.climb(run.element, NOSCRIPT, "noscript")
            chars[element] = chars.get(element, 0) + size
        else:
            outside += size
    return {element for element, size in chars.items() if size < MIN_NOSCRIPT_CHARS or size < outside}
