"""Joining runs that only together say something: the cells of a data table, the lines of one <pre>.

A table that merely lays out the page (forum threads, old home pages) is walked through: its cells stay runs.
"""

from __future__ import annotations

from typing import Final

from scraper.extractors.layout import Layout, Run
from scraper.extractors.tags import HEADING, PRE, TABLE

_MAX_CELL_CHARS: Final = 500
_MAX_MEAN_CHARS: Final = 80


def join(layout: Layout) -> list[int]:
    """Join the runs of each data table and of each <pre> in place.

    Return for each old place in `layout.runs` (and one past the last) its new place.
    """
    old = layout.runs
    if not any(run.flags & (TABLE | PRE) for run in old):
        return list(range(len(old) + 1))
    new: list[Run] = []
    place: list[int] = []
    layouts: set[int] = set()
    at = 0
    while at < len(old):
        stop = _group_end(layout, at, layouts)
        place.extend([len(new)] * (stop - at))
        new.append(_joined(layout, old[at:stop]) if stop - at > 1 else old[at])
        at = stop
    place.append(len(new))
    layout.runs = new
    return place


def _group_end(layout: Layout, at: int, layouts: set[int]) -> int:
    """Return one past the last run that belongs to the same data table or <pre> as run `at`.

    `layouts` collects the tables found to hold no data, so that each is looked at once.
    """
    first = layout.runs[at]
    if first.flags & PRE:
        holder = layout.climb(first.element, PRE, "pre", "listing", "xmp")
    elif first.flags & TABLE and first.kind != "caption":
        holder = layout.climb(first.element, TABLE, "table")
    else:
        return at + 1
    if holder < 0 or holder in layouts:
        return at + 1
    stop = at + 1
    while stop < len(layout.runs) and layout.within(layout.runs[stop].element, holder):
        stop += 1
    if not first.flags & PRE and not _is_data(layout, holder, layout.runs[at:stop]):
        layouts.add(holder)
        return at + 1
    return stop


def _is_data(layout: Layout, table: int, runs: list[Run]) -> bool:
    """Tell whether a table holds figures rather than the page: short cells in at least two rows and columns."""
    inner = layout.tags[table + 1 : layout.ends[table]]
    if "table" in inner or any(run.flags & HEADING for run in runs):
        return False
    if layout.tokens[table] and layout.nodes[table].attributes.get("role") in {"presentation", "none"}:
        return False
    cells, rows = inner.count("td") + inner.count("th"), inner.count("tr")
    if rows < 2 or cells < 2 * rows - 1 or inner.count("img") > cells // 2 or "form" in inner:
        return False
    sizes = [len(run.text) for run in runs]
    mean_chars = sum(sizes) / max(1, cells)
    return max(sizes) <= _MAX_CELL_CHARS and (mean_chars <= _MAX_MEAN_CHARS or "th" in inner)


def _joined(layout: Layout, runs: list[Run]) -> Run:
    """Return the first of the runs with the text and the links of all: tabs between cells, newlines between rows."""
    first = runs[0]
    if first.flags & PRE:
        first.text = "\n".join(run.text for run in runs)
    else:
        first.text = "".join(_separator(layout, a, b) + b.text for a, b in zip([None, *runs], runs, strict=False))
        first.kind, first.level = "table", 0
        first.element = layout.climb(first.element, TABLE, "table")
    first.bold_only = all(run.bold_only for run in runs)
    first.anchors = [anchor for run in runs for anchor in run.anchors]
    first.link_chars = sum(run.link_chars for run in runs)
    return first


def _separator(layout: Layout, before: Run | None, after: Run) -> str:
    """Return what stands between two runs of a table: nothing, a space in one cell, a tab in one row, a newline."""
    if before is None:
        return ""
    cells = [layout.climb(run.element, TABLE, "td", "th", "caption") for run in (before, after)]
    if cells[0] == cells[1]:
        return " "
    rows = [layout.climb(run.element, TABLE, "tr") for run in (before, after)]
    return "\t" if rows[0] == rows[1] else "\n"
