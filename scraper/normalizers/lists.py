"""The lists of a record: pictures, embeds, teasers, the trail, tags. Pure and total."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from scraper.model import ContentBlock, Crumb, Draft, Embed, Image, Link, Related
from scraper.normalizers.body import content_place
from scraper.normalizers.text import clean_optional, clean_text
from scraper.normalizers.titles import clean_title

_NO_ALT: Final = re.compile(
    r"\S+\.(?:jpe?g|png|gif|webp|avif|svg|bmp|tiff?)|image|img|picture|photo|null|none|undefined|[\W\d_]+",
    re.IGNORECASE,
)


def distinct_texts(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the texts that are not empty, each once, compared without case, in order."""
    kept: dict[str, str] = {}
    for text in texts:
        if text:
            kept.setdefault(text.casefold(), text)
    return tuple(kept.values())


def clean_crumbs(draft: Draft) -> tuple[Crumb, ...]:
    """Return the trail without empty steps."""
    cleaned = (Crumb(name=clean_text(crumb.name), url=crumb.url) for crumb in draft.breadcrumbs)
    return tuple(crumb for crumb in cleaned if crumb.name)


def clean_images(draft: Draft, indexes: Sequence[int], site_names: Sequence[str]) -> tuple[Image, ...]:
    """Return the pictures, each address once, placed among the body's blocks, texts cleaned."""
    kept: dict[str, Image] = {}
    for image in draft.images:
        cleaned = Image(
            url=image.url,
            role=image.role,
            alt=_alt(image, site_names),
            caption=_caption(image, site_names),
            credit=clean_optional(image.credit),
            width=image.width,
            height=image.height,
            block=content_place(indexes, image.block),
        )
        kept.setdefault(image.url, cleaned)
    return tuple(kept.values())


def _alt(image: Image, site_names: Sequence[str]) -> str | None:
    """Return the alternative text; None for the name of a file, or a word that every picture may bear."""
    alt = clean_title(image.alt, site_names) if image.alt else ""
    return None if not alt or _NO_ALT.fullmatch(alt) else alt


def _caption(image: Image, site_names: Sequence[str]) -> str | None:
    """Return the caption; where it only repeats the alt text, without the site's name, as that."""
    caption = clean_optional(image.caption)
    repeats = caption is not None and image.alt is not None and caption == clean_text(image.alt)
    return clean_title(caption, site_names) if repeats and caption else caption


def clean_embeds(draft: Draft, indexes: Sequence[int]) -> tuple[Embed, ...]:
    """Return the embeds, placed among the body's blocks."""
    return tuple(
        Embed(
            provider=embed.provider,
            url=embed.url,
            text=clean_optional(embed.text),
            block=content_place(indexes, embed.block),
        )
        for embed in draft.embeds
    )


def with_media(
    blocks: Sequence[ContentBlock], images: Sequence[Image], embeds: Sequence[Embed]
) -> tuple[tuple[ContentBlock, ...], tuple[Image, ...], tuple[Embed, ...]]:
    """Return the blocks with one for each picture and embed at its place, and these with the place of their block.

    What has no place on the page, such as a picture that only the metadata names, gets no block.
    """
    media: tuple[Image | Embed, ...] = (*images, *embeds)
    order = sorted((item.block, at) for at, item in enumerate(media) if item.block is not None)
    merged, places = list(blocks), dict[int, int]()
    for inserted, (block, at) in enumerate(order):
        places[at] = block + inserted
        merged.insert(block + inserted, _media_block(media[at]))
    placed = [msgspec.structs.replace(item, block=places.get(at)) for at, item in enumerate(media)]
    return (
        tuple(merged),
        tuple(item for item in placed if isinstance(item, Image)),
        tuple(item for item in placed if isinstance(item, Embed)),
    )


def _media_block(item: Image | Embed) -> ContentBlock:
    if isinstance(item, Image):
        link = Link(text=item.caption or "", url=item.url)
        return ContentBlock(type="image", text=item.alt or item.caption or "", links=(link,))
    return ContentBlock(type="embed", text=item.provider, links=(Link(text="", url=item.url),))


def clean_related(draft: Draft, site_names: Sequence[str]) -> tuple[Related, ...]:
    """Return the teasers, each once by address, title and place, with something to show."""
    kept: dict[tuple[str | None, str, str], Related] = {}
    for item in draft.related:
        title = clean_title(item.title, site_names)
        cleaned = Related(
            title=title,
            url=item.url,
            section=clean_optional(item.section),
            summary=clean_optional(item.summary),
            place=item.place,
        )
        if title:
            kept.setdefault((item.url, title.casefold(), item.place), cleaned)
    return tuple(kept.values())
