"""From scores to a body: which runs to take so that the text's expected F1 is greatest."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]


def select(scores: Floats, sizes: Floats, floor: float = 0.0) -> tuple[Bools, float]:
    """Return which runs to take, and the F1 to expect of them.

    Runs are taken in the order of their scores as long as the expected F1 grows, but none below `floor` unless
    every run is: a page with any run never comes back empty.
    """
    if not len(scores):
        return np.zeros(0, dtype=bool), 0.0
    order = np.argsort(-scores, kind="stable")
    hits = (scores * sizes)[order].cumsum()
    taken = sizes[order].cumsum()
    f1 = 2 * hits / (taken + hits[-1] + 1e-9)
    cut = scores[order[int(np.argmax(f1))]]
    if scores[order[0]] >= floor:
        cut = max(cut, floor)
    chosen: Bools = scores >= cut
    got = float((scores * sizes)[chosen].sum())
    return chosen, 2 * got / (float(sizes[chosen].sum()) + float(hits[-1]) + 1e-9)


def drop_copies(chosen: Bools, scores: Floats, texts: list[str], min_chars: int = 60) -> Bools:
    """Return the choice without later copies of a long text: pages render the same story for several widths.

    Of each text the copy with the best score stays, and of equals the first.
    """
    best: dict[str, int] = {}
    kept = chosen.copy()
    for i in np.flatnonzero(chosen).tolist():
        if len(texts[i]) < min_chars:
            continue
        other = best.get(texts[i])
        if other is None:
            best[texts[i]] = i
        elif scores[i] > scores[other] + 0.05:
            kept[other] = False
            best[texts[i]] = i
        else:
            kept[i] = False
    return kept
