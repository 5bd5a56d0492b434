"""Reading time as a page states it. Pure and total."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_DURATION: Final = re.compile(r"^PT(?:(\d{1,2})H)?(?:(\d{1,3})M)?(?:\d{1,3}S)?$", re.IGNORECASE)
_NUMBER: Final = re.compile(r"(?<![\d.,:])(\d{1,3})(?![\d.,:]*\d)")
# "minute" in the languages that do not write it with min-: Cyrillic, Greek, Arabic, Hebrew, Hindi, Chinese ...
_MINUTE: Final = (
    r"min|мин|мін|хв|λεπτ|دقيق|دقائق|دقیق|דק|मिनट|मिनिट|মিনিট|நிமிட|నిమిష|นาที|phút|分|분|dk\b|dakika|perc|daka|"
    r"ນາທີ|មិនធី|րոպե|წუთ|minuut|menit|'(?!\w)|′"
)
_MINUTES: Final = re.compile(rf"(?<![\d.,:])(\d{{1,3}})\s*(?:[-–]\s*\d{{1,3}}\s*)?[-–]?\s*(?:{_MINUTE})", re.IGNORECASE)
_HOURS: Final = re.compile(
    r"(?<![\d.,:])(\d{1,2})\s*(?:h\b|hr|hour|hora|heure|ora\b|ore\b|stunde|std|uur|час|год|ساع|時間|小时|小時|시간)"
)
_MAX_MIN: Final = 600


def parse_reading_time_min(raw: str) -> int | None:
    """Return the minutes a page says it takes to read, 1 to 600, or None if it does not say.

    A range gives its lower end; a bare number counts where it is the only one.

    >>> parse_reading_time_min("Reading time estimate: 2 min"), parse_reading_time_min("Lesezeit: ٣ Minuten")
    (2, 3)
    """
    text = ascii_digits(raw.strip()[:200])
    minutes = _stated_min(text)
    return minutes if minutes is not None and 1 <= minutes <= _MAX_MIN else None


def ascii_digits(text: str) -> str:
    """Return the text with the decimal digits of every script as 0 to 9.

    >>> ascii_digits("۱۴۰۴ ४ ๔ ４")
    '1404 4 4 4'
    """
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(char)) if char.isdecimal() else char for char in text)


def _stated_min(text: str) -> int | None:
    if duration := _DURATION.match(text):
        hours, minutes = duration.groups(default="0")
        return int(hours) * 60 + int(minutes)
    hours_found, minutes_found = _HOURS.search(text.casefold()), _MINUTES.search(text)
    if hours_found or minutes_found:
        return int(hours_found[1] if hours_found else 0) * 60 + int(minutes_found[1] if minutes_found else 0)
    numbers = _NUMBER.findall(text)
    return int(numbers[0]) if len(numbers) == 1 and len(re.findall(r"\d+", text)) == 1 else None
