"""What one run's text shows by itself: length, links, punctuation, running words, appeals to the reader."""

from __future__ import annotations

import math
import re
from typing import Final

import numpy as np
import numpy.typing as npt

from scraper.extractors.layout import Run
from scraper.extractors.vocabulary import APPEAL, CONSENT, CUE_OF, STOP

Floats = npt.NDArray[np.float32]

TEXT_ROWS: Final = (
    "log_chars", "log_words", "link_share", "log_links", "word_chars", "end_mark", "stop", "sentences", "kind", "level",
    "appeal", "consent",
)  # fmt: skip
LOG_CHARS, LINK_SHARE, END_MARK, LEVEL, CONSENT_ROW = 0, 2, 5, 9, 11
_KIND: Final = {"paragraph": 0, "heading": 1, "list_item": 2, "quote": 3, "code": 4, "table": 5, "caption": 6}
_END_MARK: Final = dict.fromkeys(".!?…。！？؟।", 1.0) | dict.fromkeys("\"”’')»」』", 0.7) | dict.fromkeys(":;,：", 0.4)
_MIN_APPEAL_CHARS: Final = 25
"""Shorter texts are told by their place."""
_HEAD_CHARS: Final = 400
"""Of a longer text only its beginning is read word by word."""
_CJK: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_UNSPACED: Final = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_WORD: Final = re.compile(r"\w+")
_EDGE: Final = ".,:;!?()[]«»\"'|"


def text_rows(runs: list[Run]) -> tuple[Floats, Floats]:
    """Return (TEXT_ROWS, runs) and each run's words; of scripts without spaces characters are counted."""
    table = np.array([_row(run) for run in runs], dtype=np.float32).T
    rows, words = table[:-1], table[-1].copy()
    sample = "".join([run.text[:60] for run in runs])
    unspaced = not sample.isascii() and (_CJK.search(sample) or _UNSPACED.search(sample))
    for i, run in enumerate(runs):
        if run.kind in {"code", "table"}:  # several words between two spaces
            words[i] = max(words[i], len(_WORD.findall(run.text)))
        if unspaced:
            words[i] += len(_CJK.findall(run.text)) + len(_UNSPACED.findall(run.text)) / 5
    rows[1] = np.log1p(words)
    return rows, words


def cue_bits(text: str) -> int:
    """Return the groups of the cue words in a short text, such as a heading."""
    cue = 0
    for word in text.lower().split()[:14]:
        cue |= CUE_OF.get(word.strip(_EDGE), 0)
    return cue


def _row(run: Run) -> tuple[float, ...]:
    text, size = run.text, len(run.text)
    low = text.lower() if size <= _HEAD_CHARS else text[:_HEAD_CHARS].lower()
    words = low.split()
    count = len(words) if size <= _HEAD_CHARS else text.count(" ") + 1
    return (
        math.log1p(size),
        0.0,
        run.link_chars / size,
        math.log1p(len(run.anchors)),
        (size - count + 1) / count,
        _END_MARK.get(text[-1], 0.0),
        sum(map(STOP.__contains__, words)) / len(words),
        text.count(". ") + text.count("? ") + text.count("。"),
        _KIND[run.kind],
        run.level,
        sum(map(low.__contains__, APPEAL)) if size >= _MIN_APPEAL_CHARS else 0,
        sum(map(low.__contains__, CONSENT)) if size >= _MIN_APPEAL_CHARS else 0,
        count,
    )
