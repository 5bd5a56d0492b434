"""Charts as inline SVG, each with a text alternative and its figures as a table.

Places are per cent and sizes of text and strokes are pixels, so that a chart fills whatever room there is and its words
stay as large as all others: nothing is stretched, on a desk or a phone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape
from itertools import pairwise
from typing import Final, TypeVar

from scraper.report.amounts import number, percent

_T = TypeVar("_T")
_LABELLED: Final = 12
"""Of more columns than these only some are named."""
_ROOM: Final = 84.0
"""Per cent of the height that the tallest column takes; the rest is for its number."""


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]], *, texts: Sequence[int] = ()) -> str:
    """Return a table whose first column names its rows. Cells are HTML; columns but `texts` hold numbers."""
    side = [' class="text"' if at in texts or at == 0 else "" for at in range(len(heads))]
    top = "".join(f'<th scope="col"{side[at]}>{escape(head)}</th>' for at, head in enumerate(heads))
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>'
        + "".join(f"<td{side[at]}>{cell}</td>" for at, cell in enumerate(row[1:], 1))
        + "</tr>"
        for row in rows
    )
    return (
        f'<div class="scroll" role="group" aria-label="{escape(caption)}" tabindex="0"><table>'
        f'<caption class="sr">{escape(caption)}</caption><thead><tr>{top}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def behind(summary: str, body: str) -> str:
    """Return something that opens when it is wanted."""
    return f"<details><summary>{escape(summary)}</summary>{body}</details>"


def bar(part: float, whole: float, tone: str = "") -> str:
    """Return a bar of its share; the number beside it says the same."""
    share = 100 * part / whole if whole else 0.0
    return (
        f'<svg class="bar {tone}" aria-hidden="true" focusable="false">'
        '<rect class="rail" width="100%" height="100%" rx="3"/>'
        f'<rect class="fill" width="{share:.2f}%" height="100%" rx="3"/></svg>'
    )


def bars(
    caption: str,
    heads: tuple[str, str],
    rows: Sequence[tuple[str, float]],
    *,
    whole: float,
    tone: str = "",
    write: Callable[[float], str] = number,
) -> str:
    """Return a table with a bar in each row: name, bar, number, share of the whole. Names are HTML."""
    most = max((value for _, value in rows), default=0)
    body = "".join(
        f'<tr><th scope="row">{name}</th><td class="plot">{bar(value, max(whole, most), tone)}</td>'
        f"<td>{write(value)}</td><td>{percent(value, whole)}</td></tr>"
        for name, value in rows
    )
    return (
        f'<table class="bars"><caption class="sr">{escape(caption)}</caption><thead class="sr"><tr>'
        f'<th scope="col">{escape(heads[0])}</th><th scope="col">Bar</th><th scope="col">{escape(heads[1])}</th>'
        f'<th scope="col">Share</th></tr></thead><tbody>{body}</tbody></table>'
    )


def columns(
    key: str, title: str, bins: Sequence[tuple[str, int]], heads: tuple[str, str], *, small: bool = False
) -> str:
    """Return a histogram: a column for each bin, its number above it, its name below. The table is behind `details`,
    and left to others where it is `small`."""
    most, total = max((count for _, count in bins), default=0), sum(count for _, count in bins)
    width, shown = 100 / max(len(bins), 1), []
    for at, (_, count) in enumerate(bins):
        high = _ROOM * count / most if most else 0.0
        left = at * width + width * 0.08
        if count:
            shown.append(
                f'<rect class="fill" x="{left:.3f}%" y="{100 - high:.2f}%" width="{width * 0.84:.3f}%" '
                f'height="{high:.2f}%"/>'
            )
        if count and len(bins) <= _LABELLED and not small:
            shown.append(
                f'<text x="{(at + 0.5) * width:.2f}%" y="{100 - high:.2f}%" dy="-4" text-anchor="middle">'
                f"{number(count)}</text>"
            )
    peak = max(bins, key=lambda each: each[1], default=("", 0))
    said = f"{number(total)} in {len(bins)} columns; the tallest is {peak[0]} with {number(peak[1])}."
    drawn = _figure(key, title, said, "".join(shown), kind="columns small" if small else "columns")
    rows = [(escape(name), number(count), percent(count, total)) for name, count in bins]
    below = "" if small else behind("The figures", table(title, (*heads, "Share"), rows))
    return drawn + _axis([name for name, _ in bins], sparse=small or len(bins) > _LABELLED) + below


def stacked(key: str, title: str, names: Sequence[str], rows: Sequence[tuple[str, Sequence[int]]]) -> str:
    """Return a column for each row, of one part for each name, with a legend and the table."""
    most = max((sum(parts) for _, parts in rows), default=0)
    width, shown = 100 / max(len(rows), 1), []
    for at, (_, parts) in enumerate(rows):
        top = 100.0
        for which, count in enumerate(parts):
            high = 97.0 * count / most if most else 0.0
            top -= high
            if count:
                shown.append(
                    f'<rect class="part{which}" x="{at * width + width * 0.1:.3f}%" y="{top:.2f}%" '
                    f'width="{width * 0.8:.3f}%" height="{high:.2f}%"/>'
                )
    legend = "".join(
        f'<li><svg class="key" aria-hidden="true" focusable="false"><rect class="part{at}" width="100%" height="100%"/>'
        "</svg>"
        f"{escape(name)}</li>"
        for at, name in enumerate(names)
    )
    said = f"{len(rows)} columns of up to {number(most)}. The table below has every figure."
    cells = [(escape(name), *map(number, parts), number(sum(parts))) for name, parts in rows]
    return (
        f'<ul class="legend">{legend}</ul>'
        + _figure(key, title, said, "".join(shown), kind="columns tall")
        + _axis([name for name, _ in rows], sparse=True)
        + behind("The figures", table(title, ("Run", *names, "Targets"), reversed(cells)))
    )


def line(key: str, title: str, values: Sequence[float | None], *, is_alarming: bool = False) -> str:
    """Return a line of shares, 0 to 1, with a gap where there is none; the last point stands out."""
    step = 100 / max(len(values), 1)
    spots = [
        (round((at + 0.5) * step, 3), round(94 - 88 * value, 2)) for at, value in enumerate(values) if value is not None
    ]
    known = [at for at, value in enumerate(values) if value is not None]
    parts = [
        '<line class="grid" x1="0" x2="100%" y1="6%" y2="6%"/><line class="grid" x1="0" x2="100%" y1="94%" y2="94%"/>'
    ]
    for (one, other), (start, end) in zip(_pairs(spots), _pairs(known), strict=True):
        gap = "" if end == start + 1 else " gap"
        parts.append(f'<line class="trace{gap}" x1="{one[0]}%" y1="{one[1]}%" x2="{other[0]}%" y2="{other[1]}%"/>')
    kind = "spot alarm" if is_alarming else "spot"
    parts += [f'<circle class="{kind}" cx="{x}%" cy="{y}%" r="4"/>' for x, y in spots[-1:]]
    said = ", ".join("none" if value is None else percent(value, 1) for value in values)
    return _figure(key, title, f"From the oldest run to the last: {said}.", "".join(parts), kind="line")


def _pairs(items: Sequence[_T]) -> Iterable[tuple[_T, _T]]:
    return pairwise(items)


def _figure(key: str, title: str, said: str, drawn: str, *, kind: str) -> str:
    return (
        f'<svg class="chart {kind}" role="img" aria-labelledby="{key}-t {key}-d">'
        f'<title id="{key}-t">{escape(title)}</title>'
        f'<desc id="{key}-d">{escape(said)}</desc>{drawn}</svg>'
    )


def _axis(names: Sequence[str], *, sparse: bool) -> str:
    """Return the names below the columns: all of them, or the first, the middle and the last."""
    if sparse and len(names) > 3:
        names = (names[0], names[len(names) // 2], names[-1])
    kind = "axis sparse" if sparse else "axis"
    return f'<div class="{kind}" aria-hidden="true">{"".join(f"<span>{escape(name)}</span>" for name in names)}</div>'
