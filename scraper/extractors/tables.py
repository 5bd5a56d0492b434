"""Joining runs that only together say something: the cells of a data table, the lines of one <pre>.

A table that merely lays out the page (forum threads, old home pages) is walked through: its cells stay runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from scraper.extractors.layout import Layout, Run
from scraper.extractors.tags import HEADING, PRE, TABLE

_MAX_CELL_CHARS: Final = 500
_MAX_MEAN_CHARS: Final = 80
_MAX_SPAN: Final = 50


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
        first.text = _rows_text(layout, layout.climb(first.element, TABLE, "table"), runs)
        first.kind, first.level = "table", 0
        first.element = layout.climb(first.element, TABLE, "table")
    first.bold_only = all(run.bold_only for run in runs)
    first.anchors = [anchor for run in runs for anchor in run.anchors]
    first.link_chars = sum(run.link_chars for run in runs)
    return first


def _rows_text(layout: Layout, table: int, runs: list[Run]) -> str:
    """Return a table's text: what stands in no cell first, then each row, without columns and rows that are empty."""
    texts: dict[int, list[str]] = {}
    loose: list[list[str]] = []
    for run in runs:
        cell = layout.climb(run.element, TABLE, "td", "th")
        if cell < 0:
            loose.append([run.text])
        else:
            texts.setdefault(cell, []).append(run.text)
    rows = list(_rows(layout, table, texts))
    kept = sorted({place for row in rows for place, text in enumerate(row) if text})
    lines = ("\t".join(row[place] if place < len(row) else "" for place in kept).rstrip() for row in rows)
    return "\n".join([*("\t".join(row) for row in loose), *filter(None, lines)])


def _rows(layout: Layout, table: int, texts: dict[int, list[str]]) -> Iterator[list[str]]:
    """Yield the texts of each row, every one in its column: empty are cells without text and the rest of a span."""
    row: list[str] = []
    number, taken = 0, dict[int, int]()
    """The row's number, and for each column the first row that no cell from above reaches into."""
    for element in range(table + 1, layout.ends[table]):
        tag = layout.tags[element]
        if tag == "tr":
            yield row
            row, number = [], number + 1
        elif tag in {"td", "th"}:
            while taken.get(len(row), 0) > number:
                row.append("")
            attributes = layout.nodes[element].attributes
            width, height = _span(attributes.get("colspan")), _span(attributes.get("rowspan"))
            taken.update(dict.fromkeys(range(len(row), len(row) + width), number + height))
            row.extend([" ".join(texts.get(element, ())), *[""] * (width - 1)])
    yield row


def _span(value: str | None) -> int:
    """Return over how many columns or rows a cell reaches; one where it says nothing that can be."""
    span = int(value) if value and value.isascii() and value.isdigit() and len(value) < 4 else 1
    return max(1, min(span, _MAX_SPAN))
