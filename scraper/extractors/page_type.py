"""What kind of page this is: the model's guess, unless what the page declares or how it is built speaks against it."""

from __future__ import annotations

import re
from bisect import bisect
from itertools import pairwise
from typing import Final

from scraper.extractors.intruders import AT_THE_END
from scraper.extractors.sketch import Sketch
from scraper.model import PageType

_LONG_PARAGRAPH_CHARS: Final = 250
_MAX_LONG: Final = 2
"""More of them are a story; an index may have a word of welcome."""
_MIN_STORIES: Final = 3
_MIN_ENTRIES: Final = 5
_HOPELESS: Final = 0.05
"""A run with a lower score stands in the page's frame."""
_CLOCK: Final = re.compile(r"\d{1,2}[:.]\d{2}")
_DIGITS: Final = re.compile(r"\d+")


def find_page_type(sketch: Sketch, guess: PageType) -> PageType:
    """Return the kind of page. A page without body is `other`, whatever it declares."""
    if not sketch.body:
        return "other"
    if "LiveBlogPosting" in sketch.structured.types or (guess == "article" and _is_kept_up(sketch)):
        return "live_blog"
    if guess == "article" and not sketch.structured.declares_article and _lists_stories(sketch):
        return "listing"
    return guess


def _lists_stories(sketch: Sketch) -> bool:
    """Whether what was taken for body is linked titles with blurbs, and hardly a long paragraph among them."""
    titles = long = 0
    for index in (*sketch.body, *(i for i in sketch.marked("teaser") if _may_list(sketch, i))):
        run = sketch.runs[index]
        titles += run.kind == "heading" and run.link_chars > 0.8 * len(run.text)
        long += sketch.labels[index] == "body" and len(run.text) - run.link_chars >= _LONG_PARAGRAPH_CHARS
    return long <= _MAX_LONG and titles > long and titles >= (_MIN_STORIES if long else 2)


def _may_list(sketch: Sketch, index: int) -> bool:
    """Whether a teaser may be what the page is about: near enough to a body, and not below the whole of it."""
    return sketch.scores[index] >= _HOPELESS and sketch.reasons[index][-1] != f"teaser: {AT_THE_END}"


def _is_kept_up(sketch: Sketch) -> bool:
    """Whether the body is a row of entries, each under the time it was written: in order, and text below every one."""
    layout, body = sketch.layout, [sketch.runs[i].element for i in sketch.body]
    rows: dict[str, list[tuple[str, int]]] = {}
    for element in range(max(body[0], 0), body[-1]):
        if layout.tags[element] != "time" or sketch.zones[element] in {"comment", "related", "byline"}:
            continue
        said = layout.nodes[element].attributes.get("datetime") or layout.nodes[element].text()
        parent = layout.parents[element]
        if _CLOCK.search(said):
            row = _DIGITS.sub("", f"{layout.tags[parent]}.{layout.tokens[parent]}")
            rows.setdefault(row, []).append((said.strip(), element))
    return any(len(row) >= _MIN_ENTRIES and _are_entries(row, body) for row in rows.values())


def _are_entries(row: list[tuple[str, int]], body: list[int]) -> bool:
    """Whether the times rise or fall all the way, with an element of the body between any two."""
    steps = list(pairwise(row))
    ordered = all(a < b for (a, _), (b, _) in steps) or all(a > b for (a, _), (b, _) in steps)
    return ordered and all(bisect(body, b) > bisect(body, a) for (_, a), (_, b) in steps)
