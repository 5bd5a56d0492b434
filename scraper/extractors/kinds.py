"""What kind of text a run is, by the elements that hold it."""

from __future__ import annotations

from scraper.extractors.layout import Layout, Run
from scraper.extractors.tags import CAPTION, HEADING, ITEM, LIST, PRE, QUOTE


def set_kind(run: Run, layout: Layout) -> None:
    """Say what kind of text the run is, by its element and those above it."""
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
        run.kind, run.level = "list_item", _list_level(run.item, layout)


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


def _list_level(item: int, layout: Layout) -> int:
    """Return how many lists hold the item."""
    level = 0
    while item >= 0 and layout.flags[item] & (LIST | ITEM):
        level += layout.tags[item] in {"ul", "ol", "dl", "menu"}
        item = layout.parents[item]
    return max(level, 1)
