"""Authors."""

from __future__ import annotations

from collections.abc import Iterable

from scraper.model import Author, Byline


def parse_authors(
    bylines: tuple[Byline, ...], *, language: str | None, site_names: Iterable[str]
) -> tuple[tuple[Author, ...], str | None, str | None]:
    for byline in bylines:
        names = tuple(Author(name=n.name, type=n.type or "person", url=n.url) for n in byline.names if n.name.strip())
        if names:
            return names, byline.raw, byline.origin
    return (), None, None
