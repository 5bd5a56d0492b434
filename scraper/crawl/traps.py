"""Addresses that lead nowhere new: endless calendars, paths that grow by themselves, sessions. Pure.

Only addresses that pages link are judged, not those that a feed, a sitemap or the operator names.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final
from urllib.parse import parse_qsl, urlsplit

MAX_URL_CHARS: Final = 2_000
_MAX_SAME_SEGMENT: Final = 3
_MAX_PARAMETERS: Final = 8
_MAX_PAGE: Final = 100
_SESSION: Final = re.compile(r"(?:^|[;?&])(?:jsessionid|phpsessid|aspsessionid\w*|sid|session_?id|cfid|cftoken)=", re.I)
_CALENDAR: Final = re.compile(r"/(?:calendar|kalender|calendrier|calendario|events?/\d{4})(?:/|$|\?)", re.I)
_PAGE: Final = re.compile(r"(?:^|/)(?:page|seite|pagina)[/=-]?(\d+)/?$", re.I)
_PAGE_PARAMETERS: Final = frozenset({"page", "paged", "pg", "start", "offset", "seite", "pagina"})
"""Not `p`: `/?p=4711` is a story, as WordPress numbers them."""


def find_trap(url: str, *, max_depth: int) -> str | None:
    """Return what makes an address a trap, or None. Total.

    >>> find_trap("https://a.example/x/y/x/y/x/y/x", max_depth=20)
    'the segment x stands in its path 4 times'
    """
    if len(url) > MAX_URL_CHARS:
        return f"it is {len(url)} characters long"
    try:
        parts = urlsplit(url)
        parameters = parse_qsl(parts.query, keep_blank_values=True, max_num_fields=1000)
    except ValueError:
        return "it is no address"
    segments = [segment for segment in parts.path.split("/") if segment]
    if len(segments) > max_depth:
        return f"its path has {len(segments)} segments"
    segment, count = Counter(segments).most_common(1)[0] if segments else ("", 0)
    if count > _MAX_SAME_SEGMENT:
        return f"the segment {segment} stands in its path {count} times"
    if _SESSION.search(f"{parts.path}?{parts.query}"):
        return "it names a session"
    if _CALENDAR.search(parts.path):
        return "it is a page of a calendar"
    return _endless(parts.path, parameters)


def _endless(path: str, parameters: list[tuple[str, str]]) -> str | None:
    if len(parameters) > _MAX_PARAMETERS:
        return f"it has {len(parameters)} parameters"
    numbers = [value for name, value in parameters if name.lower() in _PAGE_PARAMETERS]
    if match := _PAGE.search(path):
        numbers.append(match[1])
    far = next(
        (number for number in numbers if number.isascii() and number.isdigit() and int(number) > _MAX_PAGE), None
    )
    return f"it is page {far} of a list" if far is not None else None
