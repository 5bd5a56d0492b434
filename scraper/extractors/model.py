"""The body classifier: which runs of a page are its body, what type of page it is, and how sure that is.

Five forests and a gate, trained by bench/train (its NOTES.md tells what each is worth). A general forest scores every
run; the gate tells the page's type from the page's facts and from what was scored; then two forests look at the runs
again, one of them in the light of the first scores, and their mean counts. Articles have a pair of their own, all
other pages another. What is taken is the choice with the greatest expected F1.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from scraper.extractors.context import add_context
from scraper.extractors.features import Features, PageFacts, compute_features
from scraper.extractors.layout import Layout
from scraper.extractors.selection import drop_copies, select
from scraper.extractors.trees import Trees, sigmoid
from scraper.model import PageType

Floats = npt.NDArray[np.float32]
Bools = npt.NDArray[np.bool_]
Forest = Literal["general", "expert", "context_expert", "others", "context", "gate"]

FORESTS: Final[tuple[Forest, ...]] = ("general", "expert", "context_expert", "others", "context", "gate")
_FOR_ARTICLES: Final[tuple[Forest, Forest]] = ("expert", "context_expert")
_FOR_OTHERS: Final[tuple[Forest, Forest]] = ("others", "context")
PAGE_TYPES: Final[tuple[PageType, ...]] = (
    "article", "forum", "product", "collection", "listing", "documentation", "service",
)  # fmt: skip
ARTICLE_FLOOR: Final = 0.5
"""No run scored lower is taken on an article, unless all are; tuned in cross-validation."""
ARTICLE_SHARE: Final = 0.5
"""A page more likely than this an article is read by the experts."""
HOPELESS: Final = 0.02
"""Runs with a first score no higher are not looked at again: most of a page, and none of its body."""
_TABLES: Final = ("feature", "threshold", "mask", "value")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the classifier says of a page; lists run parallel to `Layout.runs`."""

    scores: list[float]
    """How likely each run is body."""
    selected: list[bool]
    page_type: PageType
    type_probabilities: dict[PageType, float]
    confidence: float
    """The F1 to expect of the selected text against what a person would mark, calibrated."""


@dataclass(frozen=True, slots=True)
class Model:
    """Everything that was learned."""

    forests: dict[Forest, Trees]
    knots: Floats
    """(2, n): expected F1 as computed, and as seen in cross-validation."""

    @classmethod
    def from_arrays(cls, arrays: Any) -> Model:
        """Read what `to_arrays` gave."""
        forests = {name: Trees(*(arrays[f"{name}_{table}"] for table in _TABLES)) for name in FORESTS}
        return cls(forests=forests, knots=arrays["knots"])

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return all tables by name, to be stored."""
        found = {f"{n}_{table}": getattr(trees, table) for n, trees in self.forests.items() for table in _TABLES}
        return found | {"knots": self.knots}


@cache
def load_model() -> Model:
    """Return the shipped model, read once."""
    with resources.files("scraper.extractors").joinpath("model.npz").open("rb") as file:
        return Model.from_arrays(np.load(file, allow_pickle=False))


@cache
def model_version() -> str:
    """Return what tells the shipped model from any other: a hash of its file."""
    data = resources.files("scraper.extractors").joinpath("model.npz").read_bytes()
    return f"blocks-{hashlib.blake2b(data, digest_size=4).hexdigest()}"


def predict(layout: Layout, page: PageFacts, model: Model | None = None) -> Verdict:
    """Score and select a page's runs. Total: a page with any run never gets an empty selection."""
    model = model or load_model()
    features = compute_features(layout, page)
    scores, types = score(features, model)
    article = bool(types[0] > ARTICLE_SHARE)
    selected, expected = choose(scores, features.sizes, [run.text for run in layout.runs], article=article)
    kind: PageType = PAGE_TYPES[int(types.argmax())]
    if kind in {"article", "listing"} and "LiveBlogPosting" in page.jsonld_types:
        kind = "live_blog"
    return Verdict(
        scores=scores.tolist(),
        selected=selected.tolist(),
        page_type=kind if len(scores) else "other",
        type_probabilities=dict(zip(PAGE_TYPES, types.tolist(), strict=True)),
        confidence=float(np.interp(expected, model.knots[0], model.knots[1])) if len(scores) else 0.0,
    )


def score(features: Features, model: Model) -> tuple[Floats, Floats]:
    """Return each run's probability of being body, and the probabilities of PAGE_TYPES."""
    forests = model.forests
    if not len(features.sizes):
        return features.sizes, np.full(len(PAGE_TYPES), 1 / len(PAGE_TYPES), dtype=np.float32)
    first = sigmoid(forests["general"].margin(features.matrix))
    types = type_probabilities(forests["gate"].score(page_column(features, first)))
    open_ = first > HOPELESS
    if not open_.any():
        return first, types
    wide = add_context(features, first)[:, open_]
    plain, in_context = _FOR_ARTICLES if types[0] > ARTICLE_SHARE else _FOR_OTHERS
    scores = first.copy()
    scores[open_] = sigmoid((forests[plain].margin(wide) + forests[in_context].margin(wide)) / 2)
    return scores, types


def choose(scores: Floats, sizes: Floats, texts: list[str], *, article: bool) -> tuple[Bools, float]:
    """Return which runs to take, each text once, and the F1 to expect."""
    chosen, expected = select(scores, sizes, ARTICLE_FLOOR if article else 0.0)
    return drop_copies(chosen, scores, texts), expected


def page_column(features: Features, scores: Floats) -> Floats:
    """Return what the gate sees: the page's facts and what the first scores make of it, as one column."""
    chosen, expected = select(scores, features.sizes)
    sizes, places = features.sizes, np.flatnonzero(chosen)
    words = float(sizes[chosen].sum())
    seen = (
        expected,
        np.log1p(words),
        words / max(1.0, float(sizes.sum())),
        np.log1p(len(places)),
        float(chosen.mean()),
        float(scores[chosen].mean()),
        float(sizes[chosen].mean()),
        float((scores > 0.5).mean()),
        float(scores.max()),
        len(places) / (1 + int(places[-1]) - int(places[0])),
    )
    return np.array([*features.page, *seen], dtype=np.float32)[:, None]


def type_probabilities(values: Floats) -> Floats:
    """Return the softmax of the gate's trees, which are dealt out to the types in turn."""
    margins = values.reshape(-1, len(PAGE_TYPES)).sum(axis=0)
    odds = np.exp(margins - margins.max())
    return np.asarray(odds / odds.sum(), dtype=np.float32)
