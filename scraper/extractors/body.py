"""Which runs are the body: the block model's choice, trafilatura's where the model is unsure, or the page's own word.

The page's own word is its JSON-LD articleBody. It is often cut short, so it counts only where the tree holds hardly
any of it: pages that a script would fill.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

import msgspec

from scraper.extractors.features import gather_facts
from scraper.extractors.model import Model, Verdict, predict
from scraper.extractors.second_opinion import ASK_BELOW, second_opinion
from scraper.extractors.sketch import Sketch, words_of
from scraper.extractors.state import story_in_scripts
from scraper.model import Method, PageType, Value

_ROUND: Final = 4
_DECLARED: Final = 0.3
"""Chance of being an article from which a page that says it is one is believed. Judged on wcxb-dev."""
_FURNITURE: Final = 0.2
_LIKELY: Final = 0.5
"""Mean scores of what trafilatura and the model chose, between which trafilatura is not believed. Of the 18 development
pages on which it is asked they rule three out: two are better by .8 and .9 (one text was a notice on cookies), one is
worse by .25."""
_MIN_STATED_CHARS: Final = 300
_MAX_COMPARED_CHARS: Final = 2_000
_MAX_SHOWN_SHARE: Final = 0.4
"""Of the stated body's length; below this the tree does not hold it."""
_STATED_CONFIDENCE: Final = 0.9
"""Mean F1 of articleBody on the 136 development pages that carry one."""
_TAG: Final = re.compile(r"</?[a-z][^<>]*>", re.I)
_BREAK: Final = re.compile(r"\s*(?:\n|</(?:p|div|li|h\d)>|<br\s*/?>)\s*", re.I)


class Body(Value, frozen=True, kw_only=True):
    """Which runs are body, how that was found, and how good it is expected to be (F1)."""

    selected: list[bool]
    method: Method
    confidence: float
    page_type: PageType = "other"
    is_article: bool = True
    type_probabilities: dict[PageType, float] = msgspec.field(default_factory=dict)
    stated: tuple[str, ...] = ()
    """Paragraphs that stand in the page's JSON-LD alone, if these are the body."""


def choose_body(sketch: Sketch, model: Model | None = None) -> Body:
    """Return the runs that are body, and set each run's score. `model` stands in for the shipped one."""
    verdict = predict(sketch.layout, gather_facts(sketch.document), model)
    sketch.scores = verdict.scores
    selected, method = verdict.selected, "blocks"
    page_type = _page_type(sketch, verdict)
    is_article = page_type in {"article", "live_blog"}
    if is_article and verdict.confidence < ASK_BELOW:
        asked = second_opinion(sketch.document.text, sketch.document.url, sketch.runs)
        if any(asked) and not _contradicts(sketch, asked, selected):
            selected, method = asked, "trafilatura"
    if stated := _stated_alone(sketch, selected):
        return Body(
            selected=[False] * len(selected),
            method="jsonld",
            confidence=_STATED_CONFIDENCE,
            page_type="article",
            type_probabilities=verdict.type_probabilities,
            stated=stated,
        )
    return Body(
        selected=selected,
        method=method if any(selected) else "empty",  # type: ignore[arg-type]
        confidence=round(verdict.confidence, _ROUND),
        page_type=page_type,
        is_article=is_article,
        type_probabilities=verdict.type_probabilities,
    )


def _contradicts(sketch: Sketch, asked: list[bool], own: list[bool]) -> bool:
    """Whether the model, unsure of its own choice, is nearly sure that the other one is furniture."""
    return _mean_score(sketch, asked) < _FURNITURE and _mean_score(sketch, own) >= _LIKELY


def _mean_score(sketch: Sketch, taken: list[bool]) -> float:
    """Return the mean score of the runs taken, by their characters; 0 of none."""
    sizes = [(len(sketch.runs[i].text), sketch.scores[i]) for i, is_taken in enumerate(taken) if is_taken]
    return sum(chars * score for chars, score in sizes) / max(1, sum(chars for chars, _ in sizes))


def _page_type(sketch: Sketch, verdict: Verdict) -> PageType:
    """Return the model's guess; a page that declares itself an article needs less of its conviction."""
    chance = verdict.type_probabilities["article"]
    believed = chance > _DECLARED and sketch.structured.declares_article
    return "article" if believed and verdict.page_type in verdict.type_probabilities else verdict.page_type


def share_of_stated(sketch: Sketch) -> float:
    """Return how much of the body that the page's JSON-LD states is in the body, by words; 1 if it states none.

    Of a long one its beginning is looked at: many are cut short.
    """
    stated = sketch.structured.article_body or ""
    if len(stated) < _MIN_STATED_CHARS:
        return 1.0
    words = Counter(words_of(_TAG.sub(" ", stated)[:_MAX_COMPARED_CHARS]))
    shown = Counter(words_of(" ".join(sketch.runs[index].text for index in sketch.body)))
    return (words & shown).total() / max(1, words.total())


def _stated_alone(sketch: Sketch, selected: list[bool]) -> tuple[str, ...]:
    """Return the paragraphs of the page's articleBody if the tree holds hardly any of it, else ().

    A page that says it is an article, and has neither, may carry its story for a script to draw.
    """
    shown = sum(len(run.text) for run, taken in zip(sketch.runs, selected, strict=True) if taken)
    stated = sketch.structured.article_body or ""
    if len(stated) < _MIN_STATED_CHARS:
        drawn = story_in_scripts(sketch.document) if shown < _MIN_STATED_CHARS else ()
        return drawn if shown <= _MAX_SHOWN_SHARE * sum(map(len, drawn)) else ()
    if shown > _MAX_SHOWN_SHARE * len(stated):
        return ()
    paragraphs = (" ".join(_TAG.sub(" ", part).split()) for part in _BREAK.split(stated))
    return tuple(part for part in paragraphs if part)
