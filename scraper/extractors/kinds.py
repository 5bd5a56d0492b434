"""What kind of text a run is, by the elements that hold it."""

from __future__ import annotations

from typing import Final

from scraper.extractors.layout import Layout, Run
from scraper.extractors.tags import CAPTION, HEADING, ITEM, LIST, PRE, QUOTE

TYPED: Final = ITEM | PRE | HEADING | CAPTION | QUOTE
"""Flags of the runs that are more than a paragraph."""


def set_kind(run: Run, layout: Layout, levels: dict[int, int]) -> None:
    """Say what kind of text the run is, by its element and those above it; `levels` remembers those of lists."""
    flags, element = run.flags, run.element
    if flags & ITEM:
        run.item = layout.climb(element, ITEM, "li", "dt", "dd")
    if flags & PRE:
        run.kind = "code"
    elif flags & HEADING:
        run.kind, run.level = "heading", _heading_level(element, layout)
    elif flags & CAPTION:
        run.kind = "caption"
    elif flags & QUOTE:
        run.kind = "quote"
    elif flags & ITEM:
        run.kind, run.level = "list_item", _list_level(layout.parents[run.item], layout, levels)


def _heading_level(element: int, layout: Layout) -> int:
    """Return 1 to 6: of the nearest h1-h6, or of role=heading its aria-level (2 where it has none)."""
    while element >= 0 and layout.flags[element] & HEADING:
        tag = layout.tags[element]
        if len(tag) == 2 and tag[0] == "h" and tag[1] in "123456":
            return int(tag[1])
        level = layout.nodes[element].attributes.get("aria-level") if layout.tokens[element] else None
        if level and level in "123456" and len(level) == 1:
            return int(level)
        element = layout.parents[element]
    return 2


def _list_level(element: int, layout: Layout, levels: dict[int, int]) -> int:
    """Return how many lists hold an element and what is at it, at least 1."""
    known = levels.get(element)
    if known is None:
        known, at = 0, element
        while at >= 0 and layout.flags[at] & (LIST | ITEM):
            known += layout.tags[at] in {"ul", "ol", "dl", "menu"}
            at = layout.parents[at]
        known = levels[element] = max(known, 1)
    return known
