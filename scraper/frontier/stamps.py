"""Dates that a feed or sitemap gives its rows: when, and whether they mean anything. Pure and total."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

_DAY_S: Final = 86_400.0
_MIN_ROWS: Final = 3
"""Of one or two rows it may well be true that they have just changed."""
_MIN_DAYS: Final = 20
"""Rows that give only today's date; a small site does write several stories in a day."""
_SHARE: Final = 0.95
_SPREAD_S: Final = 600.0
_FRESH_S: Final = 3600.0


def parse_stamp(text: str | None) -> float | None:
    """Return a `lastmod` or `updated` in unix seconds, or None if it is no date.

    Without a zone it is read as UTC, without a time as the beginning of the day.

    Source: https://www.w3.org/TR/NOTE-datetime, RFC 3339, RFC 5322 (3.3)

    >>> parse_stamp("2024-01-02T00:00:00+01:00")
    1704150000.0
    """
    if not text or len(text) > 64:
        return None
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text.strip())
            return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
    return None


def is_stamped_now(dates: Iterable[str | None], now: float) -> bool:
    """Tell whether nearly all rows carry the moment at which they were asked for: such dates say nothing.

    Three rows at least, within ten minutes of each other and of the last hour; or twenty, all of today's date.
    """
    read = [(stamp, len((text or "").strip()) <= 10) for text in dates if (stamp := parse_stamp(text)) is not None]
    if len(read) < _MIN_ROWS:
        return False
    times = sorted((stamp for stamp, _ in read), reverse=True)
    if all(is_day for _, is_day in read):
        today = sum(now - 1.5 * _DAY_S < stamp <= now + _DAY_S and stamp == times[0] for stamp in times)
        return today >= _MIN_DAYS and today >= _SHARE * len(times)
    near = sum(times[0] - stamp <= _SPREAD_S for stamp in times)
    return near >= _SHARE * len(times) and times[0] >= now - _FRESH_S
