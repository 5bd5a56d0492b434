"""Further pages of an article that is spread over several."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, TypeVar
from urllib.parse import urlsplit

import msgspec

from scraper.extractors.sketch import Sketch
from scraper.model import Block, Draft, Embed, Image
from scraper.web.urls import same_site

_PAGINATION: Final = re.compile(
    r"(?:^|[\s_-])(?:pagination|pager|pages?|page-?links|page-?numbers?|post-?pages|multi-?page)(?:$|[\s_-])"
)
_NUMBER: Final = re.compile(r"\d{1,2}")
_MAX_NUMBER_CHARS: Final = 2
_MAX_PAGES: Final = 20
_SLUG_NUMBER: Final = re.compile(r"[^/][_-]\d{1,2}(?:\.html?)?$")
"""A number at the end of a slug: of two such addresses each may be a story of its own."""
T = TypeVar("T", Image, Embed)


def find_further_pages(sketch: Sketch) -> tuple[str, ...]:
    """Return the addresses of the article's other pages, in order: those the page numbers, and rel=next.

    Only addresses that differ from this page's by a counter count: a "next" link often leads to the next *article*.
    """
    own = sketch.document.url.split("#")[0]
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
            if url and url.split("#")[0] != own and differs_by_counter(own, url):
                found.setdefault(url, number)
    for url in sketch.structured.next_urls:
        if differs_by_counter(own, url):
            found.setdefault(url, max(found.values(), default=1) + 1)
    return tuple(sorted(found, key=lambda u: found[u]))[:_MAX_PAGES]


def differs_by_counter(one: str, other: str) -> bool:
    """Whether two addresses of a site are the same but for a page number in path or query.

    >>> differs_by_counter("http://a.example/story", "http://a.example/story/2")
    True
    >>> differs_by_counter("http://a.example/story", "http://a.example/other-story")
    False
    >>> differs_by_counter("http://a.example/briefing-12", "http://a.example/briefing-13")
    False
    """
    if not same_site(one, other) or _stem(one) != _stem(other):
        return False
    both = [urlsplit(url).path.rstrip("/") for url in (one, other)]
    return both[0] == both[1] or not all(_SLUG_NUMBER.search(path) for path in both)


def _stem(url: str) -> str:
    parts = urlsplit(url)
    path = re.sub(
        r"(?:[/_-](?:page|p|seite|pagina)?[/_-]?\d{1,2}|[,]\d{1,2})(?=(?:\.html?)?/?$)", "", parts.path.rstrip("/")
    )
    query = "&".join(
        p for p in parts.query.split("&") if p and not re.match(r"(?:page|p|pg|seite|pagina|paged)=\d{1,2}$", p)
    )
    return f"{parts.hostname}{path.removesuffix('.html').removesuffix('.htm')}?{query}"


def join_drafts(first: Draft, rest: Sequence[tuple[str, Draft]]) -> Draft:
    """Return the first page's draft with the bodies, pictures and embeds of the following pages behind its own.

    A body block whose text the pages before had already (a repeated lead, a box) is left out.
    """
    blocks = list(first.blocks)
    images, embeds = list(first.images), list(first.embeds)
    for _, draft in rest:
        start, new = len(blocks), _new_blocks(draft, blocks)
        blocks += new
        known = {image.url for image in images}
        images += [_moved(image, start, new) for image in draft.images if image.url not in known]
        embeds += [_moved(embed, start, new) for embed in draft.embeds if embed.url not in {e.url for e in embeds}]
    return msgspec.structs.replace(
        first,
        blocks=tuple(msgspec.structs.replace(block, index=number) for number, block in enumerate(blocks)),
        images=tuple(images),
        embeds=tuple(embeds),
        confidence=min([first.confidence, *(draft.confidence for _, draft in rest)]),
        joined_urls=tuple(url for url, _ in rest),
    )


def _new_blocks(draft: Draft, known: Sequence[Block]) -> list[Block]:
    seen = {block.text for block in known if block.label == "body"}
    return [block for block in draft.blocks if block.label == "body" and block.text not in seen]


def _moved(item: T, start: int, new: Sequence[Block]) -> T:
    """Return a picture or embed that knows its place among the joined blocks."""
    if item.block is None:
        return item
    place = start + sum(block.index < item.block for block in new)
    return msgspec.structs.replace(item, block=place)
