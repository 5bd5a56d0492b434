"""The other pages of an article that is spread over several, and which of them come before this one."""

from __future__ import annotations

import re
from collections import Counter
from typing import Final
from urllib.parse import urlsplit

from scraper.extractors.sketch import Sketch
from scraper.web.paging import are_of_one_article, are_same_page, differs_by_counter, is_counted, page_counter

_PAGINATION: Final = re.compile(
    r"(?:^|[\s_-])(?:pagination|pager|pages?|page-?links|page-?numbers?|post-?pages|multi-?page)(?:$|[\s_-])"
)
_NUMBER: Final = re.compile(r"\d{1,2}")
_MAX_NUMBER_CHARS: Final = 2
_MAX_PAGES: Final = 20


def find_pages(sketch: Sketch) -> tuple[tuple[str, ...], int]:
    """Return the addresses of the article's other pages, in order, and how many of them come before this page.

    They are those that a pager numbers, and rel=prev and rel=next. Only addresses that differ from this page's by a
    counter count: a "next" link often leads to the next *article*.
    """
    own = sketch.document.url.split("#")[0]
    linked = _numbered_links(sketch, own)
    said = sketch.structured
    before = [url for url in said.prev_urls if differs_by_counter(own, url)][:1]
    after = [url for url in said.next_urls if differs_by_counter(own, url)][:1]
    number = _own_number(own, linked, before)
    pages = {each: url for url, each in reversed(linked.items()) if each != number and not are_same_page(url, own)}
    for url, each in (*((url, number - 1) for url in before), *((url, number + 1) for url in after)):
        if url not in pages.values():
            pages.setdefault(each, url)
    ordered = [pages[each] for each in sorted(pages)][:_MAX_PAGES]
    return tuple(ordered), sum(each < number for each in sorted(pages)[:_MAX_PAGES])


def _numbered_links(sketch: Sketch, own: str) -> dict[str, int]:
    """Return the addresses in the page's pagers with the numbers they are shown under, this page's among them."""
    found: dict[str, int] = {}
    boxes = [e for e, token in enumerate(sketch.layout.tokens) if "pag" in token and _PAGINATION.search(token)]
    for run in sketch.runs if boxes else ():
        if all(len(text) > _MAX_NUMBER_CHARS for text, _ in run.anchors):
            continue
        numbers = [(int(text), href) for text, href in run.links if _NUMBER.fullmatch(text)]
        if not numbers or not any(sketch.layout.within(run.element, box) for box in boxes):
            continue
        for number, href in numbers:
            url = sketch.document.resolve(href)
            if url and (are_of_one_article(own, url) or is_counted(own, url, number)):
                found.setdefault(url, number)
    return found


def _own_number(own: str, linked: dict[str, int], before: list[str]) -> int:
    """Return which page this is: by the pager's link to it, by the counters in the addresses, by the number left out.

    Counters are told from the pager how they count: some begin with 0, and mostly the first page has none.
    """
    if shown := next((number for url, number in linked.items() if are_same_page(url, own)), None):
        return shown
    others = [*linked, *before]
    in_query = all(urlsplit(url).path.rstrip("/") == urlsplit(own).path.rstrip("/") for url in others)
    counter = page_counter(own, in_query=in_query)
    if linked:
        counted = [(number, page_counter(url, in_query=in_query)) for url, number in linked.items()]
        ahead = Counter(number - count for number, count in counted if count is not None)
        if counter is not None and ahead:
            return counter + ahead.most_common(1)[0][0]
        return 1 if counter is None and ahead else min(set(range(1, 100)) - set(linked.values()))
    if before and page_counter(before[0], in_query=in_query) is None:
        return 2
    return max(1, counter or 1, 2 if before else 1)
