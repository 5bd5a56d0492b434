"""Further pages of an article that is spread over several."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from scraper.extractors.sketch import Sketch
from scraper.web.urls import same_site

_PAGINATION: Final = re.compile(
    r"(?:^|[\s_-])(?:pagination|pager|pages?|page-?links|page-?numbers?|post-?pages|multi-?page)(?:$|[\s_-])"
)
_NUMBER: Final = re.compile(r"^\s*(\d{1,2})\s*$")
_MAX_PAGES: Final = 20


def find_further_pages(sketch: Sketch) -> tuple[str, ...]:
    """Return the addresses of the article's other pages, in order: those the page numbers, and rel=next.

    Only addresses that differ from this page's by a counter count: a "next" link often leads to the next *article*.
    """
    own = sketch.document.url.split("#")[0]
    found: dict[str, int] = {}
    for index, run in enumerate(sketch.runs):
        if sketch.labels[index] == "body" or not run.anchors or not _is_pagination(sketch, run.element):
            continue
        for text, href in run.links:
            url, number = sketch.document.resolve(href), _NUMBER.match(text)
            if url and number and url.split("#")[0] != own and differs_by_counter(own, url):
                found.setdefault(url, int(number[1]))
    for url in sketch.structured.next_urls:
        if differs_by_counter(own, url):
            found.setdefault(url, max(found.values(), default=1) + 1)
    return tuple(sorted(found, key=lambda u: found[u]))[:_MAX_PAGES]


def _is_pagination(sketch: Sketch, element: int) -> bool:
    layout = sketch.layout
    for _ in range(4):
        if element < 0:
            return False
        if _PAGINATION.search(layout.tokens[element]):
            return True
        element = layout.parents[element]
    return False


def differs_by_counter(one: str, other: str) -> bool:
    """Whether two addresses of a site are the same but for a page number in path or query.

    >>> differs_by_counter("http://a.example/story", "http://a.example/story/2")
    True
    >>> differs_by_counter("http://a.example/story", "http://a.example/other-story")
    False
    """
    if not same_site(one, other):
        return False
    return _stem(one) == _stem(other)


def _stem(url: str) -> str:
    parts = urlsplit(url)
    path = re.sub(
        r"(?:[/_-](?:page|p|seite|pagina)?[/_-]?\d{1,2}|[,]\d{1,2})(?=(?:\.html?)?/?$)", "", parts.path.rstrip("/")
    )
    query = "&".join(
        p for p in parts.query.split("&") if p and not re.match(r"(?:page|p|pg|seite|pagina|paged)=\d{1,2}$", p)
    )
    return f"{parts.hostname}{path.removesuffix('.html').removesuffix('.htm')}?{query}"
