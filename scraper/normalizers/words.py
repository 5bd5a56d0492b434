"""Words counted by script, and fingerprints made of them. Pure and total."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from typing import Final

# Scripts written without spaces between words: Thai, Lao, Myanmar, Khmer, Kana, Han. Letters only: a vowel sign or
# tone mark is no character of its own to a reader.
_DENSE: Final = re.compile(
    "[\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec6\u0edc-\u0edf"
    "\u1000-\u102a\u103f\u1780-\u17b3\u3005\u3007\u3041-\u3096\u30a1-\u30fa\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003134f]"
)
_DENSE_RUN: Final = re.compile(f"{_DENSE.pattern}+")
_BREAK: Final = re.compile(r"[\s\u2014]+")
_WORD: Final = re.compile(r"[^\W_]")
_TOKEN: Final = re.compile(r"[^\W_][^\s\u2014]*")
"""What stands between spaces, from its first letter or digit on."""
_HASH_BYTES: Final = 16
_SIMHASH_BITS: Final = 64


def count_words(text: str) -> int:
    """Return the number of words: what stands between spaces and holds a letter or digit.

    Chinese, Japanese, Thai, Lao, Khmer and Burmese are counted by letters.

    >>> count_words("Two words — and 漢字"), count_words("สวัสดี")
    (5, 4)
    """
    dense = len(_DENSE.findall(text))
    rest = _DENSE.sub(" ", text) if dense else text
    return dense + len(_TOKEN.findall(rest))


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


def near_hash(text: str) -> str:
    """Return a 64-bit SimHash, 16 hex digits: near-equal texts differ in few bits. Empty text gives zeros.

    The features are runs of three words, case folded, and pairs of characters where a script has no spaces.

    Source: Charikar, "Similarity estimation techniques from rounding algorithms", STOC 2002
    """
    features = _features(text.casefold())
    if not features:
        return "0" * (_SIMHASH_BITS // 4)
    digests = b"".join(hashlib.blake2b(f.encode("utf-8", "replace"), digest_size=8).digest() for f in features)
    bits = (bit for place in range(8) for bit in _majority(digests[place::8]))
    return f"{int(''.join(bits), 2):016x}"


def _features(text: str) -> list[str]:
    runs = _DENSE_RUN.findall(text)
    words = [word for word in _BREAK.split(_DENSE_RUN.sub(" ", text) if runs else text) if _WORD.search(word)]
    triples = [" ".join(words[i : i + 3]) for i in range(max(len(words) - 2, min(len(words), 1)))]
    return triples + [run[i : i + 2] for run in runs for i in range(max(len(run) - 1, 1))]


def _majority(column: bytes) -> list[str]:
    """Return the eight bits that more than half of the bytes have set."""
    counts = Counter(column)
    ones = (sum(n for value, n in counts.items() if value >> (7 - bit) & 1) for bit in range(8))
    return ["1" if 2 * n > len(column) else "0" for n in ones]
