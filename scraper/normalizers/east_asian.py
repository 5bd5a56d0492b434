"""Dates as Chinese, Japanese and Korean write them out. Pure and total."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from scraper.normalizers.calendars import from_era, gregorian_day

_EAST_ASIAN: Final = re.compile(r"(?<!\d)(\d{4})\s?[年년]度?\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日日일号號]?")
_ERA: Final = re.compile(r"(明治|大正|昭和|平成|令和|民國|民国)\s?(\d{1,3}|元)\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日?")
_CHINESE_DIGITS: Final = str.maketrans("〇零一二三四五六七八九", "00123456789")
_CHINESE_DATE: Final = re.compile(
    r"([〇零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})[日号號]"
)


def find_east_asian(text: str) -> date | None:
    """Return the first date that is counted with 年, 月 and 日 or their Korean kin, in any era, or None."""
    if match := _ERA.search(text):
        year = 1 if match[2] == "元" else int(match[2])
        return gregorian_day(from_era(match[1], year), int(match[3]), int(match[4]))
    if match := _EAST_ASIAN.search(text):
        return gregorian_day(int(match[1]), int(match[2]), int(match[3]))
    if match := _CHINESE_DATE.search(text):
        year = int(match[1].translate(_CHINESE_DIGITS))
        return gregorian_day(year, _chinese_number(match[2]), _chinese_number(match[3]))
    return None


def _chinese_number(text: str) -> int:
    """Return 1 to 39 of numerals such as 十二; 0 for anything else."""
    tens, ten, units = text.translate(_CHINESE_DIGITS).rpartition("十")
    if "十" in tens:
        return 0
    return (int(tens or 1) * 10 if ten else 0) + int(units or 0)
