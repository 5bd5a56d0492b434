"""Which runs of a list begin an item and which go on with one, and the numbers that readers see before items."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from scraper.extractors.layout import Layout
from scraper.extractors.sketch import Sketch
from scraper.extractors.tags import LIST

_WHOLE: Final = re.compile(r"\s*(-?\d{1,9})\s*$", re.ASCII)


class Item(NamedTuple):
    """What a run is to its list item: its beginning, or a further paragraph; its number in an ordered list."""

    is_begun: bool
    number: int | None


def read_items(sketch: Sketch) -> dict[int, Item]:
    """Return what each body run of a list is, by the run's index. The text of a <dd> goes on with its <dt>."""
    layout, found = sketch.layout, dict[int, Item]()
    begun: set[int] = set()
    numbers: dict[int, dict[int, int]] = {}
    for index in sketch.body:
        run = sketch.runs[index]
        if run.item < 0:
            continue
        # What a <dd> explains stands before it in the same list.
        item = layout.parents[run.item] if layout.tags[run.item] in {"dt", "dd"} else run.item
        if run.kind == "list_item":
            if item in begun and layout.tags[run.item] != "dt":
                found[index] = Item(is_begun=True, number=None)
            else:
                found[index] = Item(is_begun=False, number=_number(layout, run.item, run.text, numbers))
        begun.add(item)
    return found


def _number(layout: Layout, item: int, text: str, known: dict[int, dict[int, int]]) -> int | None:
    """Return the number before an item, None in a list without numbers and where the text begins with the same."""
    holder = layout.climb(layout.parents[item], LIST, "ul", "ol", "dl", "menu")
    if holder < 0 or layout.tags[holder] != "ol":
        return None
    if holder not in known:
        known[holder] = _numbers(layout, holder)
    number = known[holder].get(item)
    return None if number is not None and re.match(rf"\W?0?{number}\s?(?:[.):](?!\d)|$)", text) else number


def _numbers(layout: Layout, holder: int) -> dict[int, int]:
    """Return the number of each item of an ordered list, by its element.

    Source: https://html.spec.whatwg.org/multipage/grouping-content.html#ordinal-value
    """
    items = [
        e for e in range(holder + 1, layout.ends[holder]) if layout.tags[e] == "li" and layout.parents[e] == holder
    ]
    attributes = layout.nodes[holder].attributes
    is_reversed = "reversed" in attributes
    start = _whole(attributes.get("start"))
    number = start if start is not None else len(items) if is_reversed else 1
    found = {}
    for item in items:
        value = _whole(layout.nodes[item].attributes.get("value"))
        number = value if value is not None else number
        found[item] = number
        number += -1 if is_reversed else 1
    return {item: number for item, number in found.items() if number >= 0}


def _whole(value: str | None) -> int | None:
    match = _WHOLE.match(value or "")
    return int(match[1]) if match else None
