"""Who wrote it, as readers see it: a line near the headline that names somebody, with or without "by" in front."""

from __future__ import annotations

import re
from typing import Final

from scraper.extractors.author_links import linked_group, names_linked
from scraper.extractors.cues import is_cue, starts_with_cue
from scraper.extractors.layout import Layout
from scraper.extractors.names import (
    before_other_duty,
    by_cue_in,
    is_full_name,
    is_name,
    is_sentence,
    name_among,
    names_in,
)
from scraper.extractors.signatures import ELSEWHERE, MAX_RAW_CHARS, closing, returns, signed
from scraper.extractors.sketch import Sketch
from scraper.extractors.visible import cut_date, stretch
from scraper.model import Byline, Name

_AUTHOR_BOX: Final = re.compile(r"author|byline|writer|autor|auteur|contributor|verfasser|redaktor")
_REPORTER: Final = re.compile(
    r"(?!선임|인턴|수습|객원)([\uac00-\ud7a3]{2,4})\s*(?:(?:선임|인턴|수습|객원)\s*)?기자(?![\uac00-\ud7a3])"
    r"|\d[^,]{0,20}\bby ((?:[A-Z][\w.'’-]+ ?){2,4})$"
)
"""In Korean the word for a reporter follows the name, his rank between; in English "by" may stand behind a time."""
_OF_PERSON: Final = re.compile(
    r"/(?:authors?|autor(?:en)?|auteurs?|people|team|staff|writers?|contributors?|users?|profiles?|members?)/", re.I
)
_FOREIGN: Final = frozenset({"related", "comment", "footer", "navigation"})
_NOT_BESIDE: Final = ELSEWHERE | {"body"}
_RIGHT_BELOW: Final = 5
_BELOW_HEADLINE: Final = 8


def read_bylines(sketch: Sketch) -> tuple[Byline, ...]:
    """Return the bylines shown, the surest first.

    With a link to their page, after "by", in a box named so, beside the date, in a closing bio, alone below the
    headline, below the story.
    """
    boxed = _boxed(sketch)
    sure = [b for b in boxed if any(is_full_name(n.name) for n in b.names)]
    lone = [] if sketch.structured.authors else boxed
    near = [*_linked(sketch), *_said(sketch), *sure, *_beside_date(sketch)]
    found = [*near, *closing(sketch), *_alone(sketch), *signed(sketch), *lone]
    return tuple(dict.fromkeys(b for b in found if b.names))


def _linked(sketch: Sketch) -> list[Byline]:
    """Return the first line near the headline that links to its authors' pages."""
    near = (i for i in stretch(sketch) if _may_name(sketch, i))
    group = linked_group(sketch, near)
    if group is None:
        return []
    index, names = group
    text = before_other_duty(sketch.runs[index].text)
    end = by_cue_in(text)
    if end is not None and len(names) == len(names_linked(sketch, index)):
        names = names_in(sketch, index, text[end:]) or names
    raw = text if len(text) <= MAX_RAW_CHARS else ", ".join(name.name for name in names)
    return [Byline(names=names, origin="dom.byline", raw=raw)]


def _may_name(sketch: Sketch, index: int) -> bool:
    """Whether a line may name the page's own author: no other story's card, no comment, no paragraph."""
    foreign = sketch.labels[index] in {"teaser", "comment", "newsletter"} or sketch.zone(index) in _FOREIGN
    if foreign and index - 1 != sketch.headline:
        return False
    if sketch.labels[index] == "caption" and starts_with_cue("by", sketch.runs[index].text) is None:
        return False
    body = sketch.labels[index] == "body"
    return len(sketch.runs[index].text) <= MAX_RAW_CHARS and not (body and index > sketch.first_body + 2)


def _said(sketch: Sketch) -> list[Byline]:
    """Return what stands behind "by" in the lines marked as byline or dateline, those below the headline first."""
    found = []
    start = sketch.headline or 0
    for index in sorted((*sketch.marked("byline"), *sketch.marked("dateline")), key=lambda i: (i < start, i)):
        text = before_other_duty(sketch.runs[index].text)
        end = by_cue_in(text)
        if end is None:
            if name := _REPORTER.search(text):
                found.append(Byline(names=(Name(name=name[1] or name[2]),), origin="dom.byline", raw=text))
            continue
        names = names_in(sketch, index, text[end:])
        below = sketch.runs[index + 1].text if index + 1 < len(sketch.runs) else ""
        if not names and below and is_cue("by", text) and not is_sentence(below):
            names = names_in(sketch, index + 1, below)
            text = f"{text} {below if len(below) <= MAX_RAW_CHARS else ', '.join(name.name for name in names)}"
        found.append(Byline(names=names, origin="dom.byline", raw=text))
    return found


def _boxed(sketch: Sketch) -> list[Byline]:
    """Return names in lines that the markup says are the author's."""
    found = []
    start = sketch.headline if sketch.headline is not None else 0
    for index in range(max(0, start - 4), min(len(sketch.runs), start + 14)):
        run = sketch.runs[index]
        if sketch.labels[index] in {"body", "teaser", "breadcrumb", "comment"} or len(run.text) > MAX_RAW_CHARS:
            continue
        marked = sketch.labels[index] == "byline" or _in_author_box(sketch.layout, run.element)
        if marked and by_cue_in(run.text) is None:
            names = tuple(n for n in names_in(sketch, index, run.text) if is_name(n.name))
            found.append(Byline(names=names, origin="dom", raw=run.text))
    return found


def _beside_date(sketch: Sketch) -> list[Byline]:
    """Return a bare name between headline and body that stands next to a date."""
    start = sketch.headline if sketch.headline is not None else sketch.first_body
    for index in range(start + 1, min(start + _BELOW_HEADLINE, len(sketch.runs) - 1)):
        if index > sketch.first_body + 1:
            break
        text, beside = sketch.runs[index].text, {sketch.labels[i] for i in (index - 1, index + 1)}
        beside_date = "dateline" in beside and index < sketch.first_body
        dated = cut_date(text) != text or beside_date or sketch.labels[index] == "dateline"
        if not dated or sketch.labels[index] in _NOT_BESIDE or len(text) > MAX_RAW_CHARS:
            continue
        if name := name_among(sketch, index, text):
            return [Byline(names=(Name(name=name),), origin="dom", raw=text)]
    return []


def _alone(sketch: Sketch) -> list[Byline]:
    """Return a bare name right below the headline that links to its bearer, or is told of in another line."""
    start = sketch.headline
    for index in range(start + 1, min(start + _RIGHT_BELOW, len(sketch.runs))) if start is not None else ():
        run = sketch.runs[index]
        if not is_full_name(run.text) or sketch.labels[index] in ELSEWHERE:
            continue
        if any(_OF_PERSON.search(href) for _, href in run.links) or returns(sketch, index):
            return [Byline(names=names_in(sketch, index, run.text), origin="dom", raw=run.text)]
    return []


def _in_author_box(layout: Layout, element: int) -> bool:
    for _ in range(3):
        if element < 0:
            return False
        if _AUTHOR_BOX.search(layout.tokens[element]):
            return True
        element = layout.parents[element]
    return False
