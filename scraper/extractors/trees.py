"""Gradient-boosted trees of at most 16 leaves, evaluated for all runs of a page at once.

Each inner node says which leaves are out of reach when its test fails; or-ing these masks over a tree's nodes leaves
the lowest bit still zero as the leaf reached. No tree is walked, so there is no branch to take per run.

Source: C. Lucchese et al., QuickScorer, SIGIR 2015.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

LEAVES: Final = 16
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Trees:
    """A forest as tables: (15, trees) of feature, threshold and mask, (trees, 16) of leaf values."""

    feature: npt.NDArray[np.uint16]
    threshold: Floats
    mask: npt.NDArray[np.uint16]
    """Leaves out of reach when the feature is greater than the threshold; 0 for a node that does not exist."""
    value: Floats

    def score(self, matrix: Floats) -> Floats:
        """Return (trees, columns): the value of the leaf each column of (features, columns) reaches, by tree."""
        dead = np.zeros((self.value.shape[0], matrix.shape[1]), dtype=np.uint16)
        for feature, threshold, mask in zip(self.feature, self.threshold, self.mask, strict=True):
            dead |= (matrix[feature] > threshold[:, None]) * mask[:, None]
        first = np.arange(0, self.value.size, LEAVES)[:, None]
        values: Floats = self.value.reshape(-1).take(_lowest_zero().take(dead) + first)
        return values

    def margin(self, matrix: Floats) -> Floats:
        """Return the sum over all trees for each column."""
        total: Floats = self.score(matrix).sum(axis=0)
        return total


def sigmoid(margin: npt.NDArray[np.floating[Any]]) -> Floats:
    """Return the probability of a margin."""
    return np.asarray(1.0 / (1.0 + np.exp(-margin)), dtype=np.float32)


@cache
def _lowest_zero() -> npt.NDArray[np.uint8]:
    """Return for each 16-bit number the place of its lowest zero bit (15 for the one without)."""
    alive = ~np.arange(1 << LEAVES, dtype=np.uint32) & 0xFFFF
    low = alive & (~alive + 1)
    low[-1] = 1 << (LEAVES - 1)
    return np.asarray(np.log2(low), dtype=np.uint8)
