"""Dates in languages without tables of their own, through dateparser. Total."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_HAS_YEAR: Final = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_HAS_LETTER: Final = re.compile(r"[^\W\d_]")
_AGO: Final = re.compile(
    r"\b(?:ago|il y a|vor|hace|fa|atrás|geleden|temu|назад|тому|önce|siden|sedan)\b|前$|전$|منذ", re.IGNORECASE
)
_FALLBACK_CHARS: Final = 60


def ask_dateparser(text: str, language: str | None) -> date | None:
    """Return the day dateparser reads in a short text with letters and a full year; relative times are refused."""
    if len(text) > _FALLBACK_CHARS or not language or not (_HAS_YEAR.search(text) and _HAS_LETTER.search(text)):
        return None
    if _AGO.search(text) or len(re.findall(r"\d+", text)) < 2:
        return None
    import dateparser  # 160 ms to import, and few dates need it

    settings = {"REQUIRE_PARTS": ["day", "month", "year"], "PARSERS": ["absolute-time"], "STRICT_PARSING": True}
    try:
        found = dateparser.parse(text, languages=[language.split("-")[0]], settings=settings)
    except (ValueError, OverflowError, TypeError, AttributeError):
        return None
    return found.date() if found else None
