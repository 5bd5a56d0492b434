"""The links to the previous and the next story, which stand around an article rather than in a list."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from scraper.extractors.cards import MAX_TITLE_CHARS, Card, Place, leads_away
from scraper.extractors.cues import starts_with_cue
from scraper.extractors.sketch import Sketch, words_of
from scraper.model import Related

_NEIGHBOUR: Final = re.compile(r"(?:^|[\s-]|[^\W_]_)(?:prev|previous|next|newer|older)(?:$|[\s:_-])")
_DIRECTION: Final = re.compile(r"prev|next")
_LONE_DIRECTION: Final = re.compile(
    r"^\W*(?:previous|prev|next|newer|older)(?: ?(?:post|article|story))?\s*[:：»«›‹→←|–—-]*\s*", re.I
)
_LAST_DIRECTION: Final = re.compile(r"\s*(?:[»›→]|\b(?:Prev|Previous|Next))\s*$")
_LAST_SIGNS: Final = ("»", "›", "→", "Prev", "Previous", "Next")
_MAX_NEIGHBOUR_LINKS: Final = 6
_MIN_NEIGHBOUR_WORDS: Final = 3
_MAX_NEIGHBOUR_CLIMB: Final = 3


def find_neighbours(sketch: Sketch) -> list[Card]:
    """Return the links to the previous and the next story around the article, and mark their runs."""
    cards = []
    names = {token for token in set(sketch.layout.tokens) if _names_box(token)}
    for index, run in enumerate(sketch.runs) if sketch.body else ():
        if not run.anchors or sketch.labels[index] is not None:
            continue
        size = len(run.text)
        if size <= MAX_TITLE_CHARS and run.link_chars >= 0.5 * size and _is_neighbour(sketch, index, names):
            sketch.mark(index, "teaser", "the previous or the next story")
            cards.append(Card(title=index, neighbour=True))
    return cards


def _is_neighbour(sketch: Sketch, index: int, names: set[str]) -> bool:
    """Whether a run's link is named previous or next, by its relation, its box or its words, and has a title.

    `names` are those of the page's elements that name a neighbour.
    """
    run = sketch.runs[index]
    text, attributes = run.longest_link
    rel, named, said = attributes.get("rel"), attributes.get("class"), attributes.get("aria-label")
    own = _names_neighbour(f"{rel} {named} {said}".lower()) if rel or named or said else False
    box = -1 if own or not names else _named_box(sketch, run.element, names)
    if not own and box < 0 and index <= sketch.last_body:
        return False
    title = _without_direction(text)
    if not own and box < 0 and title == text:
        return False
    if len(words_of(title)) < _MIN_NEIGHBOUR_WORDS or not leads_away(sketch, index):
        return False
    return box < 0 or len(sketch.layout.nodes[box].css("a")) <= _MAX_NEIGHBOUR_LINKS


def _named_box(sketch: Sketch, element: int, names: set[str]) -> int:
    """Return the nearest element at or above one that is named previous or next, or -1."""
    layout = sketch.layout
    for _ in range(_MAX_NEIGHBOUR_CLIMB):
        if layout.tokens[element] in names:
            return element
        element = max(0, layout.parents[element])
    return -1


def _names_box(names: str) -> bool:
    told = "prev" in names or "next" in names or "newer" in names or "older" in names  # most are not: a cheaper look
    return (told and _names_neighbour(names)) or "post-navigation" in names


@lru_cache(maxsize=4_096)
def _names_neighbour(names: str) -> bool:
    return _NEIGHBOUR.search(names) is not None


def _without_direction(text: str) -> str:
    """Return a link's text without the words that say which neighbour it leads to."""
    cue = starts_with_cue("read_next", text)
    if cue and _DIRECTION.search(cue.lower()):
        rest = text[len(cue) :].lstrip(" :：-–—»«›‹→←|")
    else:
        lone = _LONE_DIRECTION.match(text)
        rest = text[lone.end() :] if lone else text
    return _LAST_DIRECTION.sub("", rest) if rest.rstrip().endswith(_LAST_SIGNS) else rest


def read_neighbours(sketch: Sketch, index: int, place: Place) -> Iterator[Related]:
    """Yield the previous and the next story, which may stand in one line."""
    for text, href in sketch.runs[index].links:
        title = _without_direction(text)
        if len(words_of(title)) >= _MIN_NEIGHBOUR_WORDS:
            yield Related(title=title, url=sketch.document.resolve(href), place=place)
