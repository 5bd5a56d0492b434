#!/usr/bin/env python3
"""Train the body classifier and write scraper/extractors/model.npz.

    python bench/train/train.py --data PATH     # PATH/<data set>/truth.jsonl and html/<id>.html.gz

Five folds by registrable domain, over all data sets together, come first: they give the scores that the context
forests and the gate learn from, tell which truths cannot be trusted, and calibrate the confidence. Each fold's model
is kept in the cache for bench/quality.py. Then all is fitted on all pages. One thread; about six minutes.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from learn import fit_gate, fit_runs, is_article, out_of_fold, widen
from pages import FOLDS
from rows import Rows, load_rows
from sklearn.isotonic import IsotonicRegression

import scraper.extractors
from scraper.extractors.model import ARTICLE_SHARE, Forest, Model, choose, score
from scraper.extractors.trees import Trees, sigmoid

Floats = npt.NDArray[np.float32]
DISTRUST = 0.1
ARTICLES_IN_OTHERS = 0.3
"""What an article weighs where the forests for all other pages are fitted: the gate lets some through."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "scraper-train")
    parser.add_argument("--out", type=Path, default=Path(scraper.extractors.__file__).parent / "model.npz")
    options = parser.parse_args()
    rows = load_rows(options.data, options.cache)
    print(f"{len(rows)} pages, {sum(len(r.sizes) for r in rows)} runs, {len(rows[0].names)} features")
    first, trust = first_pass(rows)
    folds = [fit([r.page.fold != fold for r in rows], rows, first, trust) for fold in range(FOLDS)]
    knots = calibrate(rows, folds)
    for fold, forests in enumerate(folds):
        np.savez_compressed(options.cache / f"fold-{fold}.npz", **Model(forests, knots).to_arrays())
    model = Model(fit([True] * len(rows), rows, first, trust), knots)
    np.savez_compressed(options.out, **model.to_arrays())
    print(f"{options.out}: {options.out.stat().st_size / 1024:.1f} KB")


def first_pass(rows: Sequence[Rows]) -> tuple[list[Floats], list[float]]:
    """Return each page's general scores out of fold, and how far its truth is trusted."""

    def scores(trust: Sequence[float], used: Sequence[Rows]) -> list[Floats]:
        def fold_scores(fold: int, pages: Sequence[Rows]) -> list[Floats]:
            seen = [i for i, r in enumerate(used) if r.page.fold != fold]
            trees = fit_runs([used[i] for i in seen], [used[i].matrix for i in seen], [trust[i] for i in seen])
            return [sigmoid(trees.margin(r.matrix)) if len(r.sizes) else r.sizes for r in pages]

        return out_of_fold(rows, fold_scores)

    general = scores([1.0] * len(rows), rows)
    trust = [trust_of(r, s) for r, s in zip(rows, general, strict=True)]
    print(f"{sum(t < 1 for t in trust)} truths distrusted")
    return scores(trust, rows), trust


def trust_of(rows: Rows, scores: Floats) -> float:
    """Return how much a page's truth should weigh.

    Little where a model that never saw the site is sure and the truth is a small part of what it takes (shortened
    and truncated truths), and where the two have little in common.
    """
    if not len(scores):
        return 1.0
    chosen, expected = choose(scores, rows.sizes, rows.texts, article=False)
    precision, recall, f1 = rows.f1(chosen)
    return DISTRUST if f1 < 0.5 or (precision < 0.75 and recall > 0.93 and expected > 0.8) else 1.0


def fit(
    seen: Sequence[bool], rows: Sequence[Rows], first: Sequence[Floats], trust: Sequence[float]
) -> dict[Forest, Trees]:
    """Fit every forest on the pages that are `seen`."""
    pages = [(r, s, t) for ok, r, s, t in zip(seen, rows, first, trust, strict=True) if ok and len(r.sizes)]
    every, scores, trusts = [r for r, _, _ in pages], [s for _, s, _ in pages], [t for _, _, t in pages]
    wide = widen(every, scores)
    some = [i for i, r in enumerate(every) if is_article(r)]
    articles, article_trust = [every[i] for i in some], [trusts[i] for i in some]
    others_trust = [t * (ARTICLES_IN_OTHERS if is_article(r) else 1.0) for r, t in zip(every, trusts, strict=True)]
    return {
        "general": fit_runs(every, [r.matrix for r in every], trusts),
        "expert": fit_runs(articles, [r.matrix for r in articles], article_trust),
        "context_expert": fit_runs(articles, [wide[i] for i in some], article_trust),
        "others": fit_runs(every, [r.matrix for r in every], others_trust),
        "context": fit_runs(every, wide, others_trust),
        "gate": fit_gate(every, scores),
    }


def calibrate(rows: Sequence[Rows], folds: Sequence[dict[Forest, Trees]]) -> Floats:
    """Return the knots that turn the computed expectation into the F1 seen on pages of unseen sites."""
    models = [Model(forests, np.zeros((2, 1), np.float32)) for forests in folds]
    expected, seen = [], []
    for r in rows:
        scores, types = score(r.features, models[r.page.fold])
        if len(scores):
            chosen, value = choose(scores, r.sizes, r.texts, article=bool(types[0] > ARTICLE_SHARE))
            expected.append(value)
            seen.append(r.f1(chosen)[2])
    print(f"cross-validated F1 over all {len(seen)} pages: {np.mean(seen):.4f}")
    curve = IsotonicRegression(out_of_bounds="clip").fit(expected, seen)
    grid = np.linspace(0, 1, 21)
    return np.stack([grid, curve.predict(grid)]).astype(np.float32)


if __name__ == "__main__":
    main()
