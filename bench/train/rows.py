"""The training rows: each page's features, labels and words, computed once and kept in a cache outside the project."""

from __future__ import annotations

import hashlib
import pickle
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from labels import label_runs, words
from pages import Labelled, load_pages

import scraper.extractors
from scraper.extractors.blocks import segment
from scraper.extractors.features import Features, PageFacts, compute_features, gather_facts

Floats = npt.NDArray[np.float32]


@dataclass(slots=True)
class Rows:
    """One page as the learner sees it."""

    page: Labelled
    facts: PageFacts
    features: Features
    labels: Floats
    texts: list[str]
    words: list[Counter[str]]
    truth: Counter[str]

    @property
    def matrix(self) -> Floats:
        return self.features.matrix

    @property
    def names(self) -> list[str]:
        return self.features.names

    @property
    def sizes(self) -> Floats:
        return self.features.sizes

    @property
    def whole(self) -> Floats:
        return np.array(self.features.page, dtype=np.float32)

    def f1(self, chosen: npt.NDArray[np.bool_]) -> tuple[float, float, float]:
        """Return precision, recall and F1 of these runs' words against the truth's."""
        bag: Counter[str] = Counter()
        for i in np.flatnonzero(chosen).tolist():
            bag.update(self.words[i])
        got, wanted = bag.total(), self.truth.total()
        common = sum(min(n, self.truth[w]) for w, n in bag.items())
        if not common:
            return 0.0, 0.0, 0.0
        return common / got, common / wanted, 2 * common / (got + wanted)


def load_rows(data: Path, cache: Path) -> list[Rows]:
    """Return the rows of all pages that have a truth, from the cache when the extractor's code has not changed."""
    code = b"".join(
        f.read_bytes() for f in sorted(Path(scraper.extractors.__file__).parent.glob("*.py")) if f.stem in _USED
    )
    file = cache / f"rows-{hashlib.blake2b(code, digest_size=8).hexdigest()}.pickle"
    if file.exists():
        rows: list[Rows] = pickle.loads(file.read_bytes())
        return rows
    rows = [row for page in load_pages(data) if (row := _row(page)) is not None]
    cache.mkdir(parents=True, exist_ok=True)
    file.write_bytes(pickle.dumps(rows, protocol=5))
    return rows


_USED = {"blocks", "layout", "tags", "kinds", "tables", "features", "arrays", "textstats", "pagefacts", "vocabulary"}


def _row(page: Labelled) -> Rows | None:
    if not page.text:
        return None
    document = page.document()
    facts = gather_facts(document)
    if document.root is None:
        return None
    layout = segment(document.root)
    out = compute_features(layout, facts)
    texts = [run.text for run in layout.runs]
    runs = [words(text) for text in texts]
    return Rows(
        page=page,
        facts=facts,
        features=out,
        labels=np.array(label_runs(runs, page.text), dtype=np.float32),
        texts=texts,
        words=[Counter(run) for run in runs],
        truth=Counter(words(page.text)),
    )
