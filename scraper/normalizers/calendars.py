"""Years and days of other calendars as Gregorian ones. Pure; an impossible day is None.

Sources: the 33-year cycle of the Iranian calendar (exact for 1178 to 1633), the Thai solar calendar (AD + 543),
the Japanese era names since 1868, the Minguo calendar of Taiwan (AD - 1911).
"""

from __future__ import annotations

from datetime import date
from typing import Final

_JALALI_FIRST: Final = 1300
_JALALI_LAST: Final = 1498
_BUDDHIST_FIRST: Final = 2500
_BUDDHIST_LAST: Final = 2643
_JALALI_EPOCH_DAYS: Final = 226_895
"""Ordinal of the day before 1 Farvardin of the year 0 in the 33-year cycle's count."""
_ERA_OFFSETS: Final = {
    "明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018, "民國": 1911, "民国": 1911,
}  # fmt: skip


def gregorian_day(year: int, month: int, day: int) -> date | None:
    """Return the date, or None where there is no such day."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def is_jalali_year(year: int) -> bool:
    """Return whether the year can only be one of the Iranian calendar (in an Iranian text)."""
    return _JALALI_FIRST <= year <= _JALALI_LAST


def is_buddhist_year(year: int) -> bool:
    """Return whether the year can only be one of the Buddhist era (in a Thai text)."""
    return _BUDDHIST_FIRST <= year <= _BUDDHIST_LAST


def from_buddhist(year: int) -> int:
    """Return the Gregorian year of a Thai one."""
    return year - 543


def from_era(era: str, year: int) -> int:
    """Return the Gregorian year of a Japanese era or of the Minguo calendar.

    >>> from_era("令和", 7), from_era("民國", 114)
    (2025, 2025)
    """
    return _ERA_OFFSETS[era] + year


def from_jalali(year: int, month: int, day: int) -> date | None:
    """Return the Gregorian date of an Iranian one.

    >>> from_jalali(1404, 6, 13).isoformat(), from_jalali(1403, 12, 30).isoformat()
    ('2025-09-04', '2025-03-20')
    """
    if not (is_jalali_year(year) and 1 <= month <= 12 and 1 <= day <= _jalali_month_days(year, month)):
        return None
    before = (month - 1) * 31 if month <= 7 else 186 + (month - 7) * 30
    return date.fromordinal(_new_year(year) + before + day - 1)


def _new_year(year: int) -> int:
    """Return the ordinal of 1 Farvardin: eight leap years in each 33, counted from 474's cycle."""
    return _JALALI_EPOCH_DAYS + 365 * (year - 1) + (8 * year + 21) // 33


def _jalali_month_days(year: int, month: int) -> int:
    if month <= 6:
        return 31
    if month <= 11:
        return 30
    return _new_year(year + 1) - _new_year(year) - 336
