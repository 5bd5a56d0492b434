"""Which runs are the body: the block model's choice, or the page's own articleBody where the tree holds no text."""

from __future__ import annotations

from typing import Final

from scraper.extractors.features import gather_facts
from scraper.extractors.model import Model, predict
from scraper.extractors.sketch import Sketch
from scraper.model import Method, PageType, Value

_ROUND: Final = 4
_EVEN: Final = 0.5


class Body(Value, frozen=True, kw_only=True):
    """Which runs are body, how that was found, and how good it is expected to be (F1)."""

    selected: list[bool]
    method: Method
    confidence: float
    page_type: PageType = "other"
    is_article: bool = True


def choose_body(sketch: Sketch, model: Model | None = None) -> Body:
    """Return the runs that are body, and set each run's score. `model` stands in for the shipped one."""
    verdict = predict(sketch.layout, gather_facts(sketch.document), model)
    sketch.scores = verdict.scores
    return Body(
        selected=verdict.selected,
        method="blocks" if any(verdict.selected) else "empty",
        confidence=round(verdict.confidence, _ROUND),
        page_type=verdict.page_type,
        is_article=verdict.type_probabilities["article"] > _EVEN,
    )
