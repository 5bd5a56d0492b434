"""What stands between the paragraphs of the body without being of it, told by shape whatever its box is called.

Four kinds: a heading with a list of linked headlines, stories under linked headings at the end, a sentence repeated in
large letters (a pull quote), and an invitation to a newsletter with the field to type an address in.
"""

from __future__ import annotations

import re
from typing import Final

from scraper.extractors.cues import starts_with_cue
from scraper.extractors.sketch import Sketch, words_of
from scraper.extractors.tags import ASIDE
from scraper.extractors.teasers import Card, is_title

AT_THE_END: Final = "stories under linked headings, at the end"
_MIN_TITLES: Final = 3
_MIN_ABOVE: Final = 0.65
"""Share of the body's runs that stand above the first of the stories at the end."""
_MAX_STORY_RUNS: Final = 3
_DOUBTED: Final = 0.9
"""Mean score of what may still be stories at the end."""
_MIN_PULLED_WORDS: Final = 6
_MAX_PULLED: Final = 40
"""A page with more quotes than this is made of them."""
_MAX_BOX_CHARS: Final = 400
_MAX_LINE_CHARS: Final = 160
_MIN_CUE_WORDS: Final = 4
_PULLED: Final = re.compile(r"pull-?_?quote")


def find_link_boxes(sketch: Sketch) -> list[Card]:
    """Take boxes that hold a heading and linked headlines, and nothing else, out of the body; return their cards."""
    cards: list[Card] = []
    for index in sketch.body:
        if sketch.runs[index].kind != "heading" or index == sketch.headline or sketch.runs[index].anchors:
            continue
        box = _box_of(sketch, index)
        titles = box[1:]
        if len(titles) >= _MIN_TITLES and box[-1] < sketch.last_body and all(is_title(sketch, i) for i in titles):
            for inside in box:
                sketch.mark(inside, "teaser", "a box of linked headlines within the body")
            cards += [Card(title=i, inline=True) for i in titles]
    return cards


def _box_of(sketch: Sketch, heading: int) -> list[int]:
    """Return the runs of the element around a heading that comes with others, if it opens that element."""
    layout = sketch.layout
    box = layout.parents[sketch.runs[heading].element]
    if box < 0 or (heading and layout.within(sketch.runs[heading - 1].element, box)):
        return []
    end = heading
    while end < len(sketch.runs) and layout.within(sketch.runs[end].element, box):
        end += 1
    return list(range(heading, end))


def find_last_stories(sketch: Sketch) -> list[Card]:
    """Take stories at the end out of the body, each a linked heading with a line or two; return their cards.

    Headings of the body's own do not link to other pages of the site, and the classifier has its doubts.
    """
    body = sketch.body
    first = next((index for index in body if _heads_story(sketch, index)), len(sketch.runs))
    inside = [i for i in range(first, sketch.last_body + 1) if sketch.labels[i] in {None, "body"}]
    titles = [at for at, index in enumerate(inside) if _heads_story(sketch, index)]
    if len(titles) < _MIN_TITLES or body.index(first) < _MIN_ABOVE * len(body):
        return []
    stories = [inside[at:end] for at, end in zip(titles, [*titles[1:], len(inside)], strict=True)]
    sure = sum(sketch.scores[index] for index in inside) > _DOUBTED * len(inside)
    if sure or any(sum(sketch.labels[i] == "body" for i in story) > _MAX_STORY_RUNS for story in stories):
        return []
    for index in inside:
        sketch.mark(index, "teaser", AT_THE_END)
    return [Card(title=story[0], rest=tuple(story[1:])) for story in stories]


def _heads_story(sketch: Sketch, index: int) -> bool:
    return sketch.runs[index].kind == "heading" and index != sketch.headline and is_title(sketch, index)


def drop_pull_quotes(sketch: Sketch) -> None:
    """Take quotes and boxes beside the text out of the body whose sentence stands in one of its paragraphs."""
    apart = [i for i in sketch.body if _is_set_apart(sketch, i)]
    texts = {i: " ".join(words_of(sketch.runs[i].text)) for i in sketch.body} if 0 < len(apart) <= _MAX_PULLED else {}
    for index in apart if texts else ():
        text = texts[index]
        if text.count(" ") >= _MIN_PULLED_WORDS - 1 and any(_holds(other, text) for other in texts.values()):
            sketch.mark(index, "other", "a pull quote: repeats a sentence of the body")


def _holds(text: str, part: str) -> bool:
    return len(text) > len(part) and part in text


def _is_set_apart(sketch: Sketch, index: int) -> bool:
    run = sketch.runs[index]
    if run.kind == "quote" or run.flags & ASIDE:
        return run.kind in {"quote", "paragraph"}
    element, tokens = run.element, sketch.layout.tokens
    return any(_PULLED.search(tokens[e]) for e in (element, sketch.layout.parents[element]) if e >= 0)


def drop_invitations(sketch: Sketch) -> None:
    """Take the runs of small boxes with a form that ask to subscribe to a newsletter out of the body."""
    layout = sketch.layout
    within = range(sketch.first_body, sketch.last_body + 1)
    short = (i for i in within if len(sketch.runs[i].text) <= _MAX_BOX_CHARS)
    told = [i for i in short if starts_with_cue("newsletter", sketch.runs[i].text)]
    forms = {layout.parents[e] for e, tag in enumerate(layout.tags) if tag == "form"} if told else set()
    for box in forms - {-1, 0}:
        inside = [i for i in within if layout.within(sketch.runs[i].element, box)]
        if set(told) & set(inside) and sum(len(sketch.runs[i].text) for i in inside) <= _MAX_BOX_CHARS:
            for index in inside:
                sketch.mark(index, "newsletter", "beside a form, in a box that asks to subscribe")
    for index in told:
        text, body = sketch.runs[index].text, sketch.labels[index] == "body"
        if body and len(text) <= _MAX_LINE_CHARS and _is_plain_invitation(text):
            sketch.mark(index, "newsletter", "asks to subscribe, in so many words")


def _is_plain_invitation(text: str) -> bool:
    """Whether a text opens with a cue too long to mean anything else ("subscribe to our newsletter")."""
    return len(words_of(starts_with_cue("newsletter", text) or "")) >= _MIN_CUE_WORDS
