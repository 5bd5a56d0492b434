"""Does a page say that it is not there? As its message: news may say of a thing that it is no longer available."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from scraper.quality.cues import cue_in, cues_in, fold_text

_TITLE_SHARE: Final = 0.5
_SENTENCE_SHARE: Final = 0.3
_BRIEF_SHARE: Final = 0.2
_BRIEF_WORDS: Final = 40
"""In so short a text the phrase may take a smaller part of its sentence."""
_BARE_WORDS: Final = 25
"""Shorter texts say hardly anything but what the phrase says."""
_START_CHARS: Final = 100
_SENTENCE: Final = re.compile(r"[^.!?。！？؟۔।\n]+")


def missing_page_cue(title: str, text: str, words: int) -> str | None:
    """Return the phrase with which a page says that it was not found, or None if that is not its message.

    It is if such a phrase makes up half of the title, or much of a sentence at the beginning of the text; of the
    phrases that may be said of anything, if the text is that sentence and little else. The bounds were set by the
    pages and the short news in the tests, in a dozen languages.
    """
    if _share("soft_404", title) >= _TITLE_SHARE:
        return cue_in("soft_404", title)
    least = _BRIEF_SHARE if words < _BRIEF_WORDS else _SENTENCE_SHARE
    for sentence in _first_sentences(text):
        if _share("soft_404", sentence) >= least:
            return cue_in("soft_404", sentence)
    if words < _BARE_WORDS:
        said = (title, *_first_sentences(text))
        return next((cue_in("gone", each) for each in said if _share("gone", each) >= _SENTENCE_SHARE), None)
    return None


def _first_sentences(text: str) -> Iterator[str]:
    """Yield the sentences that begin within the first hundred characters."""
    for match in _SENTENCE.finditer(text):
        if match.start() >= _START_CHARS:
            return
        if sentence := match[0].strip():
            yield sentence


def _share(kind: str, text: str) -> float:
    """Return how much of the text is phrases of this kind, 0 to 1."""
    folded = fold_text(text.strip())
    said: set[int] = set()
    for cue in cues_in(kind, folded):
        start = folded.index(cue)
        said.update(range(start, start + len(cue)))
    return len(said) / len(folded) if folded else 0.0
