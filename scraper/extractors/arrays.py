"""The arrays that the groups of features share: what each run is, and what each element holds in all."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from scraper.extractors import tags as T
from scraper.extractors.layout import Layout
from scraper.extractors.textstats import CONSENT_ROW, LINK_SHARE, text_rows
from scraper.extractors.vocabulary import CLASS_GROUPS, group_bits

Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_FURNITURE: Final = T.NAV | T.FOOTER | T.ASIDE | T.DIALOG | T.FORM | T.BUTTON
_FURNITURE_GROUPS: Final = sum(
    1 << CLASS_GROUPS.index(name) for name in ("nav", "footer", "comment", "related", "consent", "ad", "side", "bio")
)
_MIN_GOOD_WORDS: Final = 15
_MAX_GOOD_LINK_SHARE: Final = 0.35


class PageArrays:
    """One page's runs and elements as arrays, and sums over what each element holds."""

    def __init__(self, layout: Layout) -> None:
        self.layout, self.runs = layout, layout.runs
        self.order = np.arange(len(self.runs))
        self.rows, self.words = text_rows(self.runs)
        self.link_share = self.rows[LINK_SHARE]
        self.chars = np.array([len(run.text) for run in self.runs], dtype=np.float64)
        self.link_chars = self.link_share * self.chars
        self.total = float(self.chars.sum())
        self.before = np.cumsum(self.chars) - self.chars
        self.element = np.array([run.element for run in self.runs], dtype=np.int64)  # told the type, it need not look
        self.flags = np.array([run.flags for run in self.runs], dtype=np.int64)
        self.heading = (self.flags & T.HEADING) > 0
        self.parents = np.array(layout.parents, dtype=np.int64)
        self.parents[0] = 0
        self.ends = np.array(layout.ends, dtype=np.int64)
        self.depth = np.array(layout.depths, dtype=np.int64)[self.element]
        bits_of = {token: group_bits(token) if token else 0 for token in set(layout.tokens)}
        bits = [bits_of[token] for token in layout.tokens]
        self.bits = np.array(bits, dtype=np.int64)
        self.path = self._path(bits)
        self.good = (self.words >= _MIN_GOOD_WORDS) & (self.link_share < _MAX_GOOD_LINK_SHARE)
        self.core = self._core()
        self.sums = self._sums()

    def _path(self, bits: list[int]) -> Ints:
        """Return the groups of each run's element and of all above it but the root."""
        path = [0]
        for parent, own in zip(self.layout.parents[1:], bits[1:], strict=True):
            path.append(path[parent] | own)
        return np.array([path[run.element] for run in self.runs], dtype=np.int64)

    def _core(self) -> Doubles:
        """Return each run's words where they could be the body's: running text, at a discount inside furniture."""
        doubt = ((self.flags & _FURNITURE) > 0) + 1.0 * ((self.path & _FURNITURE_GROUPS) > 0)
        doubt += (self.rows[CONSENT_ROW] > 0) + 0.5 * ((self.flags & T.HIDDEN) > 0)
        return np.asarray(self.words * self.good / (1 + 3 * doubt), dtype=np.float64)

    def _sums(self) -> Doubles:
        """Return chars, link chars, core words, good runs, runs, and good words at and below each element."""
        ones = np.ones(len(self.runs))
        weights = (self.chars, self.link_chars, self.core, self.good, ones, self.words * self.good)
        size = len(self.ends)
        prefix = np.zeros((len(weights), size + 1))
        np.cumsum(np.stack([np.bincount(self.element, w, size) for w in weights]), axis=1, out=prefix[:, 1:])
        return prefix[:, self.ends] - prefix[:, :-1]

    def chain(self, element: int) -> list[int]:
        """Return the element and all above it, outermost first."""
        chain = [element]
        while chain[-1] > 0:
            chain.append(self.layout.parents[chain[-1]])
        return chain[::-1]

    def shared(self, chain: list[int]) -> Ints:
        """Return for each run how many elements of a chain hold it: they nest, so counting starts and stops will do."""
        starts, stops = np.array(chain), self.ends[chain]
        begun = np.searchsorted(starts, self.element, "right")
        return np.minimum(begun, np.searchsorted(-stops, -self.element, "left")).astype(np.int64)

    def holder(self, mass: int, share: float) -> int:
        """Return the deepest element with this share of the page's mass, the root where there is none."""
        sums = self.sums[mass]
        return int(np.flatnonzero(sums >= share * sums[0])[-1]) if sums[0] > 0 else 0
