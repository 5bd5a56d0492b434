"""Numbers as a person reads them."""

from __future__ import annotations

from collections.abc import Sequence


def number(value: float) -> str:
    """Return a number with commas, whole ones without decimals.

    >>> number(1234567), number(0.25), number(-3.0)
    ('1,234,567', '0.25', '-3')
    """
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def percent(part: float, whole: float) -> str:
    """Return a share; what is not quite all or nothing does not look like it.

    >>> percent(1, 3), percent(999, 1000), percent(1, 1000), percent(0, 0)
    ('33 %', '>99 %', '<1 %', '0 %')
    """
    share = 100 * part / whole if whole else 0.0
    if 99.5 <= share < 100:
        return ">99 %"
    return "<1 %" if 0 < share < 0.5 else f"{share:.0f} %"


def seconds(value: float) -> str:
    """Return a time.

    >>> seconds(0.0042), seconds(5.458), seconds(75), seconds(7260)
    ('4 ms', '5.5 s', '1 min 15 s', '2 h 01 min')
    """
    if value < 1:
        return f"{1000 * value:.0f} ms"
    if value < 59.95:
        return f"{value:.1f} s"
    whole = round(value)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600:,} h {whole % 3600 // 60:02} min"


def size(value: float) -> str:
    """Return bytes, in thousands.

    >>> size(999), size(204_739), size(3_200_000_000)
    ('999 B', '205 kB', '3.2 GB')
    """
    for unit, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if value >= factor:
            return f"{value / factor:.{0 if value >= 100 * factor else 1}f} {unit}"
    return f"{value:.0f} B"


def plural(count: int, one: str, many: str | None = None) -> str:
    """Return a count with its noun.

    >>> plural(1, "run"), plural(2, "run"), plural(0, "entry", "entries")
    ('1 run', '2 runs', '0 entries')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def listed(names: Sequence[str], *, shown: int = 5) -> str:
    """Return names in a row, of many only the first.

    >>> listed(["a", "b", "c"], shown=2)
    'a, b and 1 more'
    """
    more = f" and {len(names) - shown:,} more" if len(names) > shown else ""
    return ", ".join(names[:shown]) + more


def bin_names(steps: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the bins that steps make: below the first, from each one on.

    >>> bin_names(["25", "50"])
    ('<25', '25', '50+')
    """
    return (f"<{steps[0]}", *steps[:-1], f"{steps[-1]}+")
