"""A section page parsed, after a look at whether parsing it ends in reasonable time."""

from __future__ import annotations

import re
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from scraper.errors import SourceError
from scraper.web.charset import decode_body

MAX_CHARS: Final = 3_000_000
MAX_OPEN_TAGS: Final = 20_000
"""The parser's time grows with the square of the depth: about a second for this one."""
MAX_ATTRIBUTES: Final = 10_000
"""And with the square of the attributes of one tag."""
_LONG_TAG_CHARS: Final = 2 * MAX_ATTRIBUTES
_NESTING_TAG: Final = re.compile(
    r"<(/?)(?!(?:area|base|br|col|embed|hr|img|input|li|link|meta|p|source|track|wbr)\b)[a-z]", re.IGNORECASE
)
_TAG_START: Final = re.compile(r"<[a-z]", re.IGNORECASE)
_QUOTED: Final = re.compile(r"\"[^\"]*\"|'[^']*'")


def parse_page(html: bytes | str, url: str) -> LexborHTMLParser:
    """Return the tree of the first MAX_CHARS characters of a page.

    Raises SourceError for a page built to stall the parser.
    """
    text = (decode_body(html, None).text if isinstance(html, bytes) else html)[:MAX_CHARS]
    if _is_too_deep(text):
        raise SourceError(f"{url} nests more than {MAX_OPEN_TAGS} elements, so it was not read.")
    if any(_has_too_many_attributes(piece) for piece in text.split(">") if len(piece) > _LONG_TAG_CHARS):
        raise SourceError(f"{url} has an element with more than {MAX_ATTRIBUTES} attributes, so it was not read.")
    return LexborHTMLParser(text)


def _is_too_deep(text: str) -> bool:
    open_tags = 0
    for match in _NESTING_TAG.finditer(text):
        open_tags = max(0, open_tags - 1) if match[1] else open_tags + 1
        if open_tags > MAX_OPEN_TAGS:
            return True
    return False


def _has_too_many_attributes(piece: str) -> bool:
    tag = _TAG_START.search(piece)
    if tag is None:
        return False
    words = _QUOTED.sub(" ", piece[tag.start() :]).split()
    return len({word.partition("=")[0] for word in words}) > MAX_ATTRIBUTES  # a script repeats its words
