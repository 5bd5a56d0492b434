"""How much two texts have in common, from their signatures."""

from __future__ import annotations

import hashlib
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.normalizers.minhash import PERMUTATIONS, minhash, similarity


def story(seed: int, words: int = 800) -> list[str]:
    draw = random.Random(seed)
    known = ["".join(draw.choices("abcdefghijklmnopqrst", k=draw.randint(2, 10))) for _ in range(2000)]
    return draw.choices(known, k=words)


def test_signatures_never_change() -> None:
    """They are kept for years: another machine, Python or numpy gives the same bytes."""
    text = "The council voted on Monday to close the old bridge. " * 3 + "市議会は月曜日に橋の閉鎖を決めた。"
    assert hashlib.sha256(minhash(text)).hexdigest() == DIGEST


DIGEST = "ac4f9eb98977f95bb566e79f9f6a0ad4baa8be53bbd47b0916af5554b8c1b307"


@pytest.mark.parametrize("seed", range(5))
def test_near_texts_are_near(seed: int) -> None:
    """A few words changed, a paragraph added: most is in common; with another story, nothing."""
    words = story(seed)
    text = minhash(" ".join(words))
    changed = words.copy()
    for place in (5, 200, 399, 600, 790):
        changed[place] = "other"
    assert similarity(text, minhash(" ".join(changed))) > 0.8
    assert similarity(text, minhash(" ".join(words + story(99, 80)))) > 0.8
    assert similarity(text, minhash(" ".join(story(seed + 100)))) < 0.1


def test_half_a_text() -> None:
    """The estimate is right within its error."""
    words = story(7)
    assert similarity(minhash(" ".join(words)), minhash(" ".join(words[:400]))) == pytest.approx(0.5, abs=0.15)


def test_scripts_without_spaces() -> None:
    """Chinese and Japanese are compared by letters."""
    draw = random.Random(1)
    letters = [chr(draw.randrange(0x4E00, 0x5500)) for _ in range(600)]
    text = minhash("".join(letters))
    letters[300] = "犬"
    assert similarity(text, minhash("".join(letters))) > 0.9
    assert similarity(text, minhash("".join(draw.choices(letters, k=600)))) < 0.1


@pytest.mark.parametrize("text", ["", " \n", "... — !", "_"])
def test_texts_without_words(text: str) -> None:
    """They have no signature, and nothing in common with any that has."""
    assert minhash(text) == b""
    assert similarity(minhash(text), b"") == 1.0
    assert similarity(minhash(text), minhash("a word")) == 0.0


@given(st.text(), st.text())
def test_laws(a: str, b: str) -> None:
    """Total, deterministic, symmetric, between 0 and 1; a text is like itself, whatever its case and spaces."""
    first, second = minhash(a), minhash(b)
    assert len(first) in {0, 2 * PERMUTATIONS}
    assert first == minhash(a)
    assert similarity(first, first) == 1.0
    assert 0 <= similarity(first, second) == similarity(second, first) <= 1
    assert similarity(first, minhash(f"  {a} \n.")) == 1.0


def test_fast_enough() -> None:
    """An article takes about a millisecond, a book no memory to speak of."""
    text = " ".join(story(3))
    minhash(text)
    best = min(_seconds(text) for _ in range(20))
    assert best < 0.01
    assert minhash(" ".join(story(4, 200_000)))


def _seconds(text: str) -> float:
    start = time.process_time()
    minhash(text)
    return time.process_time() - start
