"""Fitting the forests: what is learned, from which pages, with which weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import lightgbm as lgb
import numpy as np
import numpy.typing as npt
from pack import pack
from rows import Rows

from scraper.extractors.context import CONTEXT_ROWS, add_context
from scraper.extractors.model import PAGE_TYPES, page_column
from scraper.extractors.trees import Trees

Floats = npt.NDArray[np.float32]

BOOSTING = {
    "objective": "cross_entropy",
    "num_leaves": 16,
    "learning_rate": 0.12,
    "min_data_in_leaf": 200,
    "min_sum_hessian_in_leaf": 0.01,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "max_bin": 127,
    "num_threads": 1,
    "seed": 7,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}
TREES = 100
GATE = BOOSTING | {
    "objective": "multiclass",
    "num_class": len(PAGE_TYPES),
    "num_leaves": 8,
    "learning_rate": 0.15,
    "min_data_in_leaf": 15,
    "feature_fraction": 0.5,
}
GATE_ROUNDS = 40
SET_WEIGHT = {"naeb-dev": 0.7}
"""naeb's bodies are shortened: lists and subheadings are often left out."""
_EASY_WORDS, _EASY_SHARE = 12, 0.35
"""Of short runs that are no body this share is learned from, at the weight of all."""


def is_article(rows: Rows) -> bool:
    return rows.page.type == "article"


def run_weights(rows: Rows) -> Floats:
    """Weigh runs so that each page counts about once, as the mean of the pages' F1 does."""
    share = np.minimum(rows.sizes / max(20, rows.truth.total()), 1.0)
    return (share * 10 + 0.02) * SET_WEIGHT.get(rows.page.set, 1.0)


def widen(rows: Sequence[Rows], scores: Sequence[Floats]) -> list[Floats]:
    """Return each page's features with the context of its first scores."""
    height = len(rows[0].names) + CONTEXT_ROWS
    return [
        add_context(r.features, s) if len(s) else np.zeros((height, 0), np.float32)
        for r, s in zip(rows, scores, strict=True)
    ]


def fit_runs(rows: Sequence[Rows], matrices: Sequence[Floats], trust: Sequence[float]) -> Trees:
    """Fit a forest on the runs of these pages; `trust` scales a page's weight."""
    random = np.random.default_rng(0)
    inputs, targets, weights = [], [], []
    for r, matrix, factor in zip(rows, matrices, trust, strict=True):
        if not len(r.sizes):
            continue
        easy = (r.labels < 0.1) & (r.sizes < _EASY_WORDS)
        kept = np.flatnonzero(~easy | (random.random(len(easy)) < _EASY_SHARE))
        inputs.append(matrix[:, kept].T)
        targets.append(r.labels[kept])
        weights.append((run_weights(r) * np.where(easy, 1 / _EASY_SHARE, 1.0) * factor)[kept])
    data = lgb.Dataset(np.concatenate(inputs), np.concatenate(targets), weight=np.concatenate(weights))
    return pack(lgb.train(BOOSTING, data, TREES))


def fit_gate(rows: Sequence[Rows], scores: Sequence[Floats]) -> Trees:
    """Fit the page-type gate on pages with any run."""
    used = [(r, s) for r, s in zip(rows, scores, strict=True) if len(s)]
    inputs = np.stack([page_column(r.features, s)[:, 0] for r, s in used])
    targets = [PAGE_TYPES.index(r.page.type) for r, _ in used]  # type: ignore[arg-type]
    weights = [1.0 if r.page.set == "wcxb-dev" else 0.5 for r, _ in used]
    return pack(lgb.train(GATE, lgb.Dataset(inputs, targets, weight=weights), GATE_ROUNDS))


def out_of_fold(rows: Sequence[Rows], fold_scores: Callable[[int, Sequence[Rows]], list[Floats]]) -> list[Floats]:
    """Return each page's scores from the forest that has not seen its site."""
    found: list[Floats] = [np.zeros(0, np.float32)] * len(rows)
    for fold in sorted({r.page.fold for r in rows}):
        places = [i for i, r in enumerate(rows) if r.page.fold == fold]
        for i, scores in zip(places, fold_scores(fold, [rows[i] for i in places]), strict=True):
            found[i] = scores
    return found
