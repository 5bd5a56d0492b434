"""What one run's text shows by itself: length, links, punctuation, running words, appeals to the reader."""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
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
_CJK_LETTERS: Final = r"\u3040-\u30ff\u3400-\u9fff"
_UNSPACED_LETTERS: Final = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_CJK: Final = re.compile(f"[{_CJK_LETTERS}]")
_UNSPACED: Final = re.compile(f"[{_UNSPACED_LETTERS}]")
_DENSE: Final = re.compile(f"[{_CJK_LETTERS}{_UNSPACED_LETTERS}]")
_WORD: Final = re.compile(r"\w+")
_EDGE: Final = ".,:;!?()[]«»\"'|"


def text_rows(runs: list[Run]) -> tuple[Floats, Floats]:
    """Return (TEXT_ROWS, runs) and each run's words; of scripts without spaces characters are counted."""
    texts = [run.text for run in runs]
    sizes = np.array(list(map(len, texts)), dtype=np.float64)
    lows = [text[:_HEAD_CHARS].lower() if len(text) > _HEAD_CHARS else text.lower() for text in texts]
    split = list(map(str.split, lows))
    heads = np.array(list(map(len, split)))
    counts = [
        text.count(" ") + 1 if len(text) > _HEAD_CHARS else len(words) for text, words in zip(texts, split, strict=True)
    ]
    words = np.array(counts, dtype=np.float64)
    stems = _StemCounts(lows)
    rows = np.empty((len(TEXT_ROWS), len(runs)), dtype=np.float32)
    rows[0] = np.log1p(sizes)
    rows[2] = np.array([run.link_chars for run in runs]) / sizes
    rows[3] = np.log1p(np.array([len(run.anchors) for run in runs]))
    rows[4] = (sizes - words + 1) / words
    rows[5] = [_END_MARK.get(text[-1], 0.0) for text in texts]
    rows[6] = np.array([sum(map(STOP.__contains__, words)) for words in split]) / heads
    rows[7] = [text.count(". ") + text.count("? ") + (0 if text.isascii() else text.count("。")) for text in texts]
    rows[8] = [_KIND[run.kind] for run in runs]
    rows[9] = [run.level for run in runs]
    rows[10] = stems.count(APPEAL)
    rows[11] = stems.count(CONSENT)
    counted = _count_unspaced(runs, words.astype(np.float32))
    rows[1] = np.log1p(counted)
    return rows, counted


def _count_unspaced(runs: list[Run], words: Floats) -> Floats:
    """Return the words of each run, those that no space parts included."""
    for i in [i for i, run in enumerate(runs) if run.kind in {"code", "table"}]:  # several words between two spaces
        words[i] = max(words[i], len(_WORD.findall(runs[i].text)))
    sample = "".join([run.text[:60] for run in runs if not run.text.isascii()])
    if sample and _DENSE.search(sample):
        for i, run in enumerate(runs):
            words[i] += len(_CJK.findall(run.text)) + len(_UNSPACED.findall(run.text)) / 5
    return words


class _StemCounts:
    """The beginnings of a page's texts as one, so that a stem which is nowhere is looked for once."""

    def __init__(self, lows: list[str]) -> None:
        self.size = len(lows)
        self.places = [i for i, low in enumerate(lows) if len(low) >= _MIN_APPEAL_CHARS]
        long = [lows[i] for i in self.places]
        self.joined = "\n".join(long)
        self.stops = list(accumulate([len(low) + 1 for low in long]))

    def count(self, stems: tuple[str, ...]) -> list[int]:
        """Return how many of the stems stand in each text; in short ones none is looked for."""
        found = [0] * self.size
        find, stops = self.joined.find, self.stops
        for stem in stems:
            at = find(stem)
            while at >= 0:
                number = bisect_right(stops, at)
                found[self.places[number]] += 1
                at = find(stem, stops[number])
        return found


def cue_bits(text: str) -> int:
    """Return the groups of the cue words in a short text, such as a heading."""
    cue = 0
    for word in text.lower().split()[:14]:
        cue |= CUE_OF.get(word.strip(_EDGE), 0)
    return cue
