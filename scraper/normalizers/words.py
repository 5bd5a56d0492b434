"""Fingerprints of texts. Pure and total."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from scraper.web.body import DENSE

_SIMHASH_BITS: Final = 64
_ODD_A, _ODD_B, _ODD_C = (np.uint64(n) for n in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))
_PLACES: Final = 64
"""Letters further back in a word are weighed like those so many places before."""
_GAP, _LETTER_OF_WORD, _DENSE_LETTER = 0, 1, 2


def near_hash(text: str) -> str:
    """Return a 64-bit SimHash, 16 hex digits: near-equal texts differ in few bits. Empty text gives zeros.

    The features are runs of three words, case folded, and pairs of characters where a script has no spaces.

    Source: Charikar, "Similarity estimation techniques from rounding algorithms", STOC 2002
    """
    hashes = _features(text.casefold())
    if not len(hashes):
        return "0" * (_SIMHASH_BITS // 4)
    bits = np.unpackbits(hashes.astype(">u8").view(np.uint8).reshape(-1, _SIMHASH_BITS // 8), axis=1)
    majority = 2 * bits.sum(axis=0, dtype=np.int32) > len(hashes)
    return np.packbits(majority).tobytes().hex()


def _features(text: str) -> npt.NDArray[np.uint64]:
    """Return one hash for each run of three words, and for each pair of letters of a dense script.

    A word's number is the sum of its letters', each weighed by its place: no word is cut out of the text.
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    kinds = _kinds().take(codes, mode="clip")
    letters = codes.astype(np.uint64)
    in_word = kinds == _LETTER_OF_WORD
    begins = in_word.copy()
    begins[1:] &= ~in_word[:-1]
    starts = np.flatnonzero(begins)
    words = letters[:0]
    if len(starts):
        tail = np.arange(starts[0], len(codes)) - np.repeat(starts, np.diff(starts, append=len(codes)))
        weights = _weights().take(tail % _PLACES) * in_word[starts[0] :]
        words = np.add.reduceat(letters[starts[0] :] * weights, starts - starts[0])
        words = np.concatenate([words, words[-1:], words[-1:]]) if len(words) < 3 else words
        words = words[:-2] * _ODD_A + words[1:-1] * _ODD_B + words[2:] * _ODD_C
    dense = kinds == _DENSE_LETTER
    if not dense.any():
        return mix(words)
    follows, alone = np.zeros_like(dense), dense.copy()
    follows[:-1] = dense[:-1] & dense[1:]
    alone[1:] &= ~dense[:-1]
    following = np.append(letters[1:], letters[:1]) * follows
    return mix(np.concatenate([words, (letters * _ODD_A + following * _ODD_B)[follows | alone]]))


def mix(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Return the numbers with their bits spread, each on its own.

    Source: SplitMix64; Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014
    """
    numbers = (numbers ^ (numbers >> np.uint64(30))) * _ODD_B
    numbers = (numbers ^ (numbers >> np.uint64(27))) * _ODD_C
    return numbers ^ (numbers >> np.uint64(31))


@cache
def _weights() -> npt.NDArray[np.uint64]:
    """Return an odd number for each place in a word."""
    return mix(np.arange(1, _PLACES + 1, dtype=np.uint64) * _ODD_A) | np.uint64(1)


@cache
def _kinds() -> npt.NDArray[np.uint8]:
    """Return for each character of the basic plane whether it is a gap, a letter or digit, or a dense letter."""
    every = np.arange(1 << 16, dtype="<u4").tobytes().decode("utf-32-le", "surrogatepass")
    kinds = np.frombuffer(bytes(map(str.isalnum, every)), dtype=np.uint8).copy()
    for run in re.finditer(f"{DENSE.pattern}+", every):
        kinds[run.start() : run.end()] = _DENSE_LETTER
    return kinds
