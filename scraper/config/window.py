"""The hours of the day in which a host may be asked."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Final, Self
from zoneinfo import ZoneInfo

_HOURS: Final = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9]) ?- ?([01][0-9]|2[0-3]):([0-5][0-9])")


class Window:
    """From one time of the day to another, in one time zone; it may go over midnight."""

    def __init__(self, opens: time, closes: time, zone: ZoneInfo) -> None:
        self._opens, self._closes, self._zone = opens, closes, zone

    @classmethod
    def parse(cls, hours: str, zone: str = "UTC") -> Self:
        """Return the window of `22:00-06:00` in an IANA time zone. Raises ValueError, one sentence.

        >>> Window.parse("22:00-06:00").opens_in_s(datetime.fromisoformat("2024-05-01T21:30:00+00:00"))
        1800.0
        """
        match = _HOURS.fullmatch(hours.strip())
        if match is None:
            raise ValueError(f"'{hours}' is no window such as 22:00-06:00")
        first, second = time(int(match[1]), int(match[2])), time(int(match[3]), int(match[4]))
        if first == second:
            raise ValueError(f"'{hours}' opens and closes at the same minute; leave it empty for the whole day")
        try:
            return cls(first, second, ZoneInfo(zone))
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"'{zone}' is no time zone known here, such as Europe/Berlin") from error

    def opens_in_s(self, now: datetime) -> float:
        """Return the seconds until the window is open; 0.0 if it is."""
        here = now.astimezone(self._zone)
        at = here.time()
        if self._opens < self._closes:
            is_open = self._opens <= at < self._closes
        else:
            is_open = at >= self._opens or at < self._closes
        if is_open:
            return 0.0
        opens = datetime.combine(here.date(), self._opens, self._zone)
        if opens <= here:
            opens = datetime.combine(here.date() + timedelta(days=1), self._opens, self._zone)
        return opens.timestamp() - now.timestamp()
