"""Dates as a row of columns: days, months or years, as the time between them wants."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

_COLUMNS: Final = 62
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_UNITS: Final[tuple[tuple[Callable[[date], int], Callable[[int], str]], ...]] = (
    (lambda day: day.toordinal(), lambda at: date.fromordinal(at).isoformat()),
    (lambda day: 12 * day.year + day.month - 1, lambda at: f"{at // 12:04}-{at % 12 + 1:02}"),
    (lambda day: day.year, lambda at: f"{at:04}"),
)
"""Day, month, year: the place of a day in a row of columns, and the name of a place."""


def by_time(days: Mapping[str | None, int]) -> dict[str, int]:
    """Return the counts by day, or where the middle four fifths lie too far apart by month or year; in order, without
    gaps. What lies too far out, as wrong dates do, is counted as `earlier` or `later`.

    >>> by_time({"2026-01-30": 2, "2026-02-01": 1, None: 4})
    {'2026-01-30': 2, '2026-01-31': 0, '2026-02-01': 1}
    """
    known = sorted((date.fromisoformat(day), count) for day, count in days.items() if day and _is_day(day))
    if not known:
        return {}
    low, high = _ranked_at(known, 0.1), _ranked_at(known, 0.9)
    place, name = next(unit for unit in _UNITS if unit is _UNITS[-1] or unit[0](high) - unit[0](low) < _COLUMNS)
    first, last = place(known[0][0]), place(known[-1][0])
    last = last if last - place(low) < _COLUMNS else place(high)
    if last - first >= _COLUMNS:
        first = min(at for day, _ in known if (at := place(day)) > last - _COLUMNS)
    counts = dict.fromkeys(("earlier", *map(name, range(first, last + 1)), "later"), 0)
    for day, count in known:
        at = place(day)
        counts["earlier" if at < first else "later" if at > last else name(at)] += count
    return {each: count for each, count in counts.items() if count or each not in {"earlier", "later"}}


def _is_day(text: str) -> bool:
    try:
        return bool(_DAY.fullmatch(text) and date.fromisoformat(text))
    except ValueError:
        return False


def _ranked_at(known: Sequence[tuple[date, int]], share: float) -> date:
    """Return the day up to which this share of all has come."""
    total, below = sum(count for _, count in known), 0
    for day, count in known:
        below += count
        if below >= share * total:
            return day
    return known[-1][0]
