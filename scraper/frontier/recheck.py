"""When a page is worth another look. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

HOUR_S: Final = 3600.0
DAY_S: Final = 86_400.0
STEPS_S: Final = (HOUR_S, 6 * HOUR_S, DAY_S, 7 * DAY_S)
"""After the last news of a page it is looked at after an hour, six, a day, a week, and then once a week."""
STOP_AFTER_S: Final = 30 * DAY_S
_FLOOR_S: Final = HOUR_S / 2
_LIVE_FLOOR_S: Final = HOUR_S
_LIVE_CHECKS: Final = 48
"""A live blog, or any page that never comes to rest, is looked at so often; from then on once a day at most."""


def next_check(
    first_s: float,
    checks: int,
    changes: int,
    *,
    now: float,
    last_changed: float | None,
    live: bool = False,
    steps_s: Sequence[float] = STEPS_S,
    stop_after_s: float = STOP_AFTER_S,
) -> float | None:
    """Return when a page is to be fetched again, or None if it has been quiet for `stop_after_s`.

    `first_s` is when it was published, or first seen; `checks` and `changes` count the fetches so far and those that
    found something new. A page that changed at each look comes up to twice as soon. Never sooner than half an hour
    from now, a live blog than an hour; one that changes for ever than a day.

    >>> next_check(0.0, 1, 0, now=60.0, last_changed=None)
    3600.0
    """
    news_s = min(max(first_s, last_changed or first_s), now)
    quiet_s = now - news_s
    if not steps_s:
        return None
    coming_s = next((step for step in steps_s if step > quiet_s), quiet_s + steps_s[-1])
    if coming_s > stop_after_s:
        return None
    wait_s = (coming_s - quiet_s) / (1 + min(changes / checks, 1) if checks else 1)
    floor_s = _LIVE_FLOOR_S if live else _FLOOR_S
    return now + max(wait_s, DAY_S if checks >= _LIVE_CHECKS else floor_s)
