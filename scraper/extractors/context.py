"""A second look at a page, with the first scores in hand: how sure are the runs around this one, and of its kind?

A first score is relative to the page it was made on; what decides is how it compares with the scores of the same
container, of the runs that look the same, and of the page's best.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from scraper.extractors.features import Features
from scraper.extractors.selection import select

Floats = npt.NDArray[np.float32]
CONTEXT_ROWS = 30


def add_context(first: Features, scores: Floats) -> Floats:
    """Return the features with CONTEXT_ROWS more, made from the first scores."""
    count = len(scores)
    sizes = first.sizes.astype(np.float64)
    mass = scores * sizes
    total, best = max(float(mass.sum()), 1e-6), max(float(scores.max()), 1e-6)
    chosen, expected = select(scores, first.sizes)
    rows: list[npt.ArrayLike] = [scores, scores / best, best, expected, mass / max(1e-6, float(mass.max()))]
    rows.append(np.argsort(np.argsort(-scores, kind="stable"), kind="stable") / count)
    rows += _alike(first, scores, sizes)
    rows += _nested(first, mass, sizes, total)
    rows += _around(scores, mass, sizes, total)
    places = np.flatnonzero(chosen)
    order = np.arange(count)
    rows.append(np.clip(order - places[0], -50, 100))
    rows.append(np.clip(order - places[-1], -100, 50))
    rows.append(chosen.mean())
    rows.append(scores - float(scores[chosen].min()))
    out = np.empty((len(first.names) + CONTEXT_ROWS, count), dtype=np.float32)
    out[: len(first.names)] = first.matrix
    for i, row in enumerate(rows):
        out[len(first.names) + i] = row
    assert len(rows) == CONTEXT_ROWS, len(rows)
    return out


def _alike(first: Features, scores: Floats, sizes: npt.NDArray[np.float64]) -> list[npt.ArrayLike]:
    """Return the mean score of the runs of the same signature, weighted by size and not, and the best of them."""
    group = first.group
    size = np.bincount(group, sizes)
    best = np.zeros(len(size))
    np.maximum.at(best, group, scores)
    mean = np.bincount(group, scores * sizes) / np.maximum(size, 1e-6)
    return [mean[group], (np.bincount(group, scores) / np.bincount(group))[group], best[group]]


def _nested(
    first: Features, mass: npt.NDArray[np.float64], sizes: npt.NDArray[np.float64], total: float
) -> list[npt.ArrayLike]:
    """Return, for the element and three above, the mean score and the share of the page's expected body."""
    size = len(first.ends)
    prefix = np.zeros((2, size + 1))
    prefix[0, 1:] = np.bincount(first.element, mass, size).cumsum()
    prefix[1, 1:] = np.bincount(first.element, sizes, size).cumsum()
    below = prefix[:, first.ends] - prefix[:, :-1]
    rows: list[npt.ArrayLike] = []
    at = first.element
    for _ in range(4):
        rows.append(below[0, at] / np.maximum(below[1, at], 1e-6))
        rows.append(below[0, at] / total)
        at = first.parents[at]
    holder = int(np.flatnonzero(below[0] >= 0.7 * below[0, 0])[-1])
    inside = (first.element >= holder) & (first.element < first.ends[holder])
    rows.append(inside)
    return rows


def _around(
    scores: Floats, mass: npt.NDArray[np.float64], sizes: npt.NDArray[np.float64], total: float
) -> list[npt.ArrayLike]:
    """Return the neighbours' scores, the means of windows, and the expected body before and after."""
    count = len(scores)
    rows: list[npt.ArrayLike] = []
    for step in (1, 2, -1, -2):
        moved = np.full(count, -1.0)
        if step > 0:
            moved[step:] = scores[:-step]
        else:
            moved[:step] = scores[-step:]
        rows.append(moved)
    order = np.arange(count)
    prefix = np.zeros((2, count + 1))
    prefix[0, 1:], prefix[1, 1:] = mass.cumsum(), sizes.cumsum()
    for reach in (3, 8):
        low, high = np.maximum(order - reach, 0), np.minimum(order + reach + 1, count)
        span = prefix[:, high] - prefix[:, low]
        rows.append(span[0] / np.maximum(span[1], 1e-6))
    rows.append(prefix[0, 1:] / total)
    rows.append((prefix[0, -1] - prefix[0, :-1]) / total)
    return rows
