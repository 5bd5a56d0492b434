"""Addresses of the pages of one article: which differ by nothing but a page number. Pure and total."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from scraper.web.urls import canonical_url, same_site

_SLUG_NUMBER: Final = re.compile(r"[^/][_-]\d{1,2}(?:\.html?)?$")
"""A number at the end of a slug: of two such addresses each may be a story of its own."""
_PATH_COUNTER: Final = re.compile(r"(?:[/_-](?:page|p|seite|pagina)?[/_-]?(\d{1,2})|[,](\d{1,2}))(?=(?:\.html?)?/?$)")
_QUERY_COUNTER: Final = re.compile(r"(?:page|p|pg|seite|pagina|paged)=(\d{1,2})$")


def page_key(url: str) -> str:
    """Return what the spellings of a page's address have in common, with and without a slash at its end."""
    return canonical_url(url).rstrip("/")


def are_same_page(one: str, other: str) -> bool:
    """Whether two addresses are spellings of one."""
    return page_key(one) == page_key(other)


def are_of_one_article(one: str, other: str) -> bool:
    """Whether two addresses are the same, or the same but for a page number."""
    return are_same_page(one, other) or differs_by_counter(one, other)


def are_both_first(one: str, other: str) -> bool:
    """Whether one of two addresses has the counter 1 where the other, the same but for that, has none."""
    in_query = urlsplit(one).path.rstrip("/") == urlsplit(other).path.rstrip("/")
    counters = {page_counter(one, in_query=in_query), page_counter(other, in_query=in_query)}
    return counters == {None, 1} and differs_by_counter(one, other)


def differs_by_counter(one: str, other: str) -> bool:
    """Whether two addresses of a site are the same but for a page number in path or query.

    >>> differs_by_counter("http://a.example/story", "http://a.example/story/2")
    True
    >>> differs_by_counter("http://a.example/story", "http://a.example/other-story")
    False
    >>> differs_by_counter("http://a.example/briefing-12", "http://a.example/briefing-13")
    False
    """
    if not same_site(one, other) or _stem(one) != _stem(other) or are_same_page(one, other):
        return False
    both = [urlsplit(url).path.rstrip("/") for url in (one, other)]
    return both[0] == both[1] or not all(_SLUG_NUMBER.search(path) for path in both)


def is_counted(own: str, url: str, number: int) -> bool:
    """Whether an address ends with the number that the pager shows it under: then it is no story of its own."""
    return same_site(own, url) and _stem(own) == _stem(url) and page_counter(url, in_query=False) == number


def page_counter(url: str, *, in_query: bool) -> int | None:
    """Return the page number in an address's query, or at the end of its path; None if there is none."""
    parts = urlsplit(url)
    if in_query:
        return next((int(match[1]) for pair in parts.query.split("&") if (match := _QUERY_COUNTER.match(pair))), None)
    found = _PATH_COUNTER.search(parts.path.rstrip("/"))
    return int(found[1] or found[2]) if found else None


def _stem(url: str) -> str:
    parts = urlsplit(url)
    path = _PATH_COUNTER.sub("", parts.path.rstrip("/"))
    query = "&".join(pair for pair in parts.query.split("&") if pair and not _QUERY_COUNTER.match(pair))
    return f"{parts.hostname}{path.removesuffix('.html').removesuffix('.htm')}?{query}"
