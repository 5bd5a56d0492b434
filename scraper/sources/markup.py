"""A section page parsed, after a look at whether parsing it ends in reasonable time."""

from __future__ import annotations

from typing import Final

from selectolax.lexbor import LexborHTMLParser

from scraper.errors import SourceError
from scraper.web.charset import decode_body
from scraper.web.markup import MAX_ATTRIBUTES, MAX_DEPTH, guard_html

MAX_CHARS: Final = 3_000_000


def parse_page(html: bytes | str, url: str) -> LexborHTMLParser:
    """Return the tree of the first MAX_CHARS characters of a page.

    Raises SourceError for a page built to stall the parser.
    """
    text = (decode_body(html, None).text if isinstance(html, bytes) else html)[:MAX_CHARS]
    _, codes = guard_html(text)
    if "too_deep" in codes:
        raise SourceError(f"{url} nests more than {MAX_DEPTH} elements, so it was not read.")
    if codes:
        raise SourceError(f"{url} has an element with more than {MAX_ATTRIBUTES} attributes, so it was not read.")
    return LexborHTMLParser(text)
