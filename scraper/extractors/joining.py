"""The pages of one article made one draft, in the article's order, whichever of them the reader came in by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

import msgspec

from scraper.model import Block, Draft, Embed, Image, Value
from scraper.web.paging import are_both_first, differs_by_counter, page_key

T = TypeVar("T", Image, Embed)


class Part(Value, frozen=True, kw_only=True):
    """One page of an article: its addresses, the one that was asked for first, and what was read off it."""

    urls: tuple[str, ...]
    draft: Draft


def join_parts(parts: Sequence[Part]) -> tuple[int, Draft]:
    """Return which of the parts is the first page, and its draft with the others' bodies behind its own, in order.

    A page that comes twice, and a body block whose text the pages before had already (a repeated lead, a box), is left
    out. Pages that are known of but not among the parts are in `page_urls` and not in `joined_urls`.
    """
    names = _name_pages(parts)
    urls: dict[str, str] = {}
    order: list[str] = []
    for part in parts:
        _merge(order, [_name(url, names, urls) for url in _view(part)])
    places = {names[page_key(part.urls[0])]: place for place, part in reversed([*enumerate(parts)])}
    first, *rest = (name for name in order if name in places)
    draft = _join(parts[places[first]].draft, [parts[places[name]].draft for name in rest])
    return places[first], msgspec.structs.replace(
        draft,
        page_urls=tuple(urls[name] for name in order if name != first),
        pages_before=order.index(first),
        joined_urls=tuple(urls[name] for name in rest),
    )


def _name_pages(parts: Sequence[Part]) -> dict[str, str]:
    """Return one name for all addresses of each page: the one asked for, where it led, and a first page's twins."""
    names = {page_key(url): page_key(part.urls[0]) for part in reversed(parts) for url in part.urls}
    for part in parts:
        for url in _twins(part, parts) if not part.draft.pages_before else ():
            names.setdefault(page_key(url), names[page_key(part.urls[0])])
    return names


def _twins(first: Part, parts: Sequence[Part]) -> Iterator[str]:
    """Yield other addresses of a first page: the one that it declares, and its own with or without a counter of 1."""
    own = first.urls[0]
    yield from (said.value for said in first.draft.canonical_url if differs_by_counter(own, said.value))
    known = set(_view(first))
    yield from (url for part in parts for url in _view(part) if url not in known and are_both_first(own, url))


def _view(part: Part) -> tuple[str, ...]:
    """Return the article's pages as one of them sees them, in order."""
    before = part.draft.pages_before
    return (*part.draft.page_urls[:before], part.urls[0], *part.draft.page_urls[before:])


def _name(url: str, names: dict[str, str], urls: dict[str, str]) -> str:
    name = names.get(page_key(url), page_key(url))
    urls.setdefault(name, url)
    return name


def _merge(order: list[str], view: Sequence[str]) -> None:
    """Put what a page knows of and the others did not into the order, behind the page that it comes after."""
    place = 0
    for name in view:
        if name not in order:
            order.insert(place, name)
        place = order.index(name) + 1


def _join(first: Draft, rest: Sequence[Draft]) -> Draft:
    blocks = list(first.blocks)
    images, embeds = list(first.images), list(first.embeds)
    for draft in rest:
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
        confidence=min(draft.confidence for draft in (first, *rest)),
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
