"""The text of a record: joined from blocks, counted by script, hashed. Pure and total.

Whoever writes a record and whoever checks one years later use the same functions.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import Final

from scraper.model import ContentBlock

SILENT: Final = frozenset({"image", "embed"})
"""Types of blocks that are no part of the text."""
# Scripts written without spaces between words: Thai, Lao, Myanmar, Khmer, Kana, Han. Letters only: a vowel sign or
# tone mark is no character of its own to a reader.
DENSE: Final = re.compile(
    "[\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec6\u0edc-\u0edf"
    "\u1000-\u102a\u103f\u1780-\u17b3\u3005\u3007\u3041-\u3096\u30a1-\u30fa\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003134f]"
)
_LETTER: Final = re.compile(r"[^\W_]")
_HASH_BYTES: Final = 16


def spoken(blocks: Iterable[ContentBlock]) -> Iterator[ContentBlock]:
    """Yield the blocks that are part of the text: images and embeds are not."""
    return (block for block in blocks if block.type not in SILENT)


def join_text(blocks: Iterable[ContentBlock]) -> str:
    """Return the texts of the blocks that are part of it, joined by blank lines."""
    return "\n\n".join(block.text for block in spoken(blocks))


def count_words(text: str) -> int:
    """Return the number of words: what stands between spaces and holds a letter or digit.

    Chinese, Japanese, Thai, Lao, Khmer and Burmese are counted by letters.

    >>> count_words("Two words — and 漢字"), count_words("สวัสดี")
    (5, 4)
    """
    dense = 0 if text.isascii() else len(DENSE.findall(text))
    chunks = (DENSE.sub(" ", text) if dense else text).replace("\u2014", " ").split()
    odd = [chunk for chunk in chunks if not (chunk[0].isalnum() or chunk[-1].isalnum())]
    return dense + len(chunks) - sum([_LETTER.search(chunk) is None for chunk in odd])


def hash_bytes(*parts: bytes) -> str:
    """Return 32 hex digits (BLAKE2b-128), equal only for equal parts.

    Source: RFC 7693
    """
    digest = hashlib.blake2b(digest_size=_HASH_BYTES)
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


def hash_text(*parts: str) -> str:
    """Return hash_bytes of the parts in UTF-8; a lone surrogate counts as a replacement character."""
    return hash_bytes(*(part.encode("utf-8", "replace") for part in parts))
