"""Words counted by script, and fingerprints made of them. Pure and total."""

from __future__ import annotations

import hashlib
import re
from typing import Final

import numpy as np
import numpy.typing as npt

# Scripts written without spaces between words: Thai, Lao, Myanmar, Khmer, Kana, Han. Letters only: a vowel sign or
# tone mark is no character of its own to a reader.
_DENSE: Final = re.compile(
    "[\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ebd-\u0ec6\u0edc-\u0edf"
    "\u1000-\u102a\u103f\u1780-\u17b3\u3005\u3007\u3041-\u3096\u30a1-\u30fa\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003134f]"
)
_DENSE_RUN: Final = re.compile(f"{_DENSE.pattern}+")
_TOKEN: Final = re.compile(r"[^\W_][^\s\u2014]*")
"""What stands between spaces, from its first letter or digit on."""
_HASH_BYTES: Final = 16
_SIMHASH_BITS: Final = 64
_MIX: Final = np.array(
    [0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93], dtype=np.uint64
)
"""Odd numbers that spread the bits of a word's hash by its place among three."""


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
    hashes = _features(text.casefold())
    if not len(hashes):
        return "0" * (_SIMHASH_BITS // 4)
    bits = np.unpackbits(hashes.astype(">u8").view(np.uint8).reshape(-1, _SIMHASH_BITS // 8), axis=1)
    majority = 2 * bits.sum(axis=0, dtype=np.int64) > len(hashes)
    return np.packbits(majority).tobytes().hex()


def _features(text: str) -> npt.NDArray[np.uint64]:
    """Return one hash for each run of three words, and for each pair of letters of a dense script."""
    runs = _DENSE_RUN.findall(text)
    words = _TOKEN.findall(_DENSE_RUN.sub(" ", text) if runs else text)
    pairs = [run[i : i + 2] for run in runs for i in range(max(len(run) - 1, 1))]
    known = {word: _hash_word(word) for word in {*words, *pairs}}
    single = np.array([known[word] for word in words], dtype=np.uint64)
    while 1 < len(single) < 3:
        single = np.append(single, single[-1:])
    triples = single if len(single) < 3 else (single[:-2] * _MIX[0]) ^ (single[1:-1] * _MIX[1]) ^ (single[2:] * _MIX[2])
    return np.concatenate([triples * _MIX[3], np.array([known[pair] for pair in pairs], dtype=np.uint64)])


def _hash_word(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=8).digest(), "big")
