"""One redirect at a time: where it leads, or why it is not followed.

Source: RFC 9110, 15.4
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from scraper.errors import FetchError
from scraper.web.urls import MAX_URL_CHARS, parse_http_url, resolve_url

REDIRECT_STATUSES: Final = frozenset({301, 302, 303, 307, 308})
_FOR_GOOD: Final = frozenset({301, 308})
_OTHER_SCHEME: Final = re.compile(r"\s*([a-zA-Z][a-zA-Z0-9+.-]*):")


def checked_url(url: str) -> str:
    """Return the URL clean and without fragment. Raises FetchError(bad_url, scheme_refused)."""
    cleaned = parse_http_url(url)
    if cleaned is not None:
        return cleaned.partition("#")[0]
    scheme = _OTHER_SCHEME.match(url)
    if scheme and scheme[1].lower() not in {"http", "https"}:
        raise FetchError("scheme_refused", url, f"{scheme[1].lower()}: is neither http: nor https:")
    too_long = len(url) > MAX_URL_CHARS
    detail = f"longer than {MAX_URL_CHARS:,} characters" if too_long else "not an absolute http(s) address"
    raise FetchError("bad_url", url, detail)


def next_hop(location: str | None, *, visited: Sequence[str], limit: int, allow_downgrade: bool = False) -> str:
    """Return the address that the last of the `visited` redirects to.

    Raises FetchError: bad_redirect, scheme_refused, downgrade_refused (https to http, unless allowed), redirect_loop,
    too_many_redirects (more than `limit`).
    """
    here = visited[-1]
    if not location:
        raise FetchError("bad_redirect", here, "a redirect without a Location")
    scheme = _OTHER_SCHEME.match(location)
    if scheme and scheme[1].lower() not in {"http", "https"}:
        raise FetchError("scheme_refused", here, f"redirects to {location[:200]}")
    there = resolve_url(here, location)
    if there is None:
        raise FetchError("bad_redirect", here, f"redirects to {location[:200]!r}")
    if not allow_downgrade and urlsplit(here).scheme == "https" and urlsplit(there).scheme == "http":
        raise FetchError("downgrade_refused", here, f"redirects to {there}")
    if there in visited:
        raise FetchError("redirect_loop", here, f"redirects back to {there}")
    if len(visited) > limit:
        raise FetchError("too_many_redirects", here, f"more than {limit}")
    return there


def moved_to(visited: Sequence[str], statuses: Sequence[int]) -> str | None:
    """Return where the first of the `visited` has moved for good, None if nowhere; `statuses` led on from each.

    Out of https nothing moves for good: that a redirect may lead there is for the operator to say, each time.
    """
    place = None
    for here, there, status in zip(visited, visited[1:], statuses, strict=False):
        if status not in _FOR_GOOD or (urlsplit(here).scheme == "https" and urlsplit(there).scheme == "http"):
            break
        place = there
    return place
