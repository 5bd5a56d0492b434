"""MinHash: how much two texts have in common, from 256 bytes of each. Pure, total, the same on every machine.

Source: Broder, "On the resemblance and containment of documents", 1997
"""

from __future__ import annotations

import re
import zlib
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from scraper.normalizers.words import mix
from scraper.web.body import DENSE

PERMUTATIONS: Final = 128
SHINGLE: Final = 5
"""Words in a row, or letters of a script without spaces, that count as one feature."""
_CHUNK: Final = 128
_WORD: Final = re.compile(r"[^\W_]+")
_TOKEN: Final = re.compile(rf"{DENSE.pattern}|(?:(?!{DENSE.pattern})[^\W_])+")
_MINIMUM: Final = np.dtype("<u2")

Numbers = npt.NDArray[np.uint64]


def minhash(text: str) -> bytes:
    """Return the signature of a text: 128 minima of 16 bits each; nothing for a text without words.

    Case, punctuation and spaces do not count.
    """
    shingles = _shingles(text.casefold())
    if not len(shingles):
        return b""
    factors, shifts = _permutations()
    lowest = np.full(PERMUTATIONS, np.iinfo(np.uint64).max, dtype=np.uint64)
    for start in range(0, len(shingles), _CHUNK):
        chunk = shingles[start : start + _CHUNK, None] * factors + shifts
        np.minimum(lowest, chunk.min(axis=0), out=lowest)
    # The lowest of many is small: its bits are spread before 16 of them are kept.
    return mix(lowest).astype(_MINIMUM).tobytes()


def similarity(a: bytes, b: bytes) -> float:
    """Return the share of features that two texts have in common, 0 to 1, give or take 0.09 (Jaccard).

    Texts without words are equal to each other and to nothing else.

    >>> similarity(minhash("One and the same."), minhash("one and THE same"))
    1.0
    """
    if not a or not b or len(a) != len(b):
        return float(a == b)
    return float(np.mean(np.frombuffer(a, _MINIMUM) == np.frombuffer(b, _MINIMUM)))


def _shingles(text: str) -> Numbers:
    """Return a number for each run of five words; of a shorter text, one for the whole."""
    tokens = (_TOKEN if DENSE.search(text) else _WORD).findall(text)
    if not tokens:
        return np.array([], dtype=np.uint64)
    numbers = map(zlib.crc32, "\n".join(tokens).encode("utf-8", "replace").split(b"\n"))
    words = np.fromiter(numbers, dtype=np.uint64, count=len(tokens))
    words = np.concatenate([words, np.zeros(max(0, SHINGLE - len(words)), dtype=np.uint64)])
    count = len(words) - SHINGLE + 1
    sums = np.zeros(count, dtype=np.uint64)
    for place in range(SHINGLE):
        sums += mix(words[place : place + count] + np.uint64(place << 32))
    return mix(sums)


@cache
def _permutations() -> tuple[Numbers, Numbers]:
    """Return an odd factor and a shift for each permutation of the 64-bit numbers."""
    numbers = mix(np.arange(1, 2 * PERMUTATIONS + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15))
    return numbers[:PERMUTATIONS] | np.uint64(1), numbers[PERMUTATIONS:]
