"""Teasers: links to other stories, recognised by shape first; `stories` takes them apart into their parts.

Three shapes: a line inside the body ("Read also: ..."), cards that repeat (same markup, one linked title each), and a
flat list under a heading such as "Read next". In each, what belongs to one story becomes one `Card`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from typing import Final, NamedTuple

from scraper.extractors.cards import BULLET, MAX_TITLE_CHARS, Card, is_link, is_title, target_of
from scraper.extractors.cues import is_cue, starts_with_cue
from scraper.extractors.layout import Run
from scraper.extractors.neighbours import find_neighbours
from scraper.extractors.sketch import Sketch, words_of
from scraper.extractors.tags import FOOTER, HEADER, NAV
from scraper.extractors.zones import Zone
from scraper.model import Label

__all__ = [
    "Card", "find_announced_teasers", "find_cards", "find_inline_teasers", "is_title",
]  # fmt: skip

_COLON: Final = re.compile(r"(?:\w{1,4}\s*)?[:：/–—-]")
_MAX_RUNS_AFTER_TITLE: Final = 3
_MIN_ABOVE: Final = 0.4
"""Share of what is taken for body that stands above a list of teasers which was taken for body too."""
_SERIAL: Final = re.compile(r"\S*\d\S*|\b(?:first|last|odd|even|active)\b")
"""Names that differ from card to card of one kind."""
_ALT_CAPTION: Final = "caption: repeats a picture's alt text"
_SHAPE_DEPTH: Final = 3
_KEPT: Final[frozenset[Label]] = frozenset({"ad", "consent", "newsletter", "comment", "breadcrumb", "share", "paywall"})
_NO_TEASERS: Final[frozenset[Zone]] = frozenset(
    {"ad", "consent", "newsletter", "comment", "breadcrumb", "share", "paywall", "tags", "bio"}
)


def find_inline_teasers(sketch: Sketch) -> list[Card]:
    """Take single lines that only point to another story out of the body."""
    cards = []
    for index in range(sketch.first_body + 1, sketch.last_body):
        run = sketch.runs[index]
        if (
            sketch.labels[index] not in {None, "body"}
            or run.kind == "heading"
            or not run.anchors
            or len(run.text) > MAX_TITLE_CHARS
        ):
            continue
        cue = starts_with_cue("also_read", run.text)
        cued = cue is not None and _points(cue, run)
        bullet = BULLET.match(run.text) is not None and run.kind != "list_item"
        if (cued or bullet) and run.link_chars >= 0.55 * len(BULLET.sub("", run.text[len(cue or "") :])):
            sketch.mark(index, "teaser", "a line that only links another story")
            cards.append(Card(title=index, inline=True))
    return cards


def _points(cue: str, run: Run) -> bool:
    """Whether a cue at a line's start points at what follows: by a sign, or because the link follows at once."""
    if cue.rstrip()[-1:] in {":", "："}:
        return True
    return run.text[len(cue) :].lstrip()[:1] in ":：–—-|»" + "".join(t[:1] for t, _ in run.links)


def find_cards(sketch: Sketch) -> list[Card]:
    """Return the teasers in lists and grids outside the body, and mark their runs."""
    cards: list[Card] = []
    for titles in _groups(sketch):
        cards += _cards_of(sketch, titles)
    return [*cards, *find_neighbours(sketch)]


def find_announced_teasers(sketch: Sketch) -> list[Card]:
    """Return the teasers of a flat list that a "read next" line announces below the body, and mark their runs.

    They may look like paragraphs and be taken for body: the announcement and the alternation of linked title and
    blurb tell.
    """
    for index in range(_below_body_share(sketch, _MIN_ABOVE), len(sketch.runs)):
        if not _announces(sketch, index):
            continue
        after = [i for i in range(index + 1, len(sketch.runs)) if _may_follow(sketch, i)]
        titles = [i for i in after if is_title(sketch, i)]
        if titles and _alternates(sketch, index, titles):
            sketch.mark(index, "teaser", "announces other stories")
            return _cards_of(sketch, titles, loose=frozenset(i for i in sketch.body if i > index))
    return []


def _groups(sketch: Sketch) -> list[list[int]]:
    """Return runs that are linked titles, grouped by the markup around them; groups of one only where announced."""
    titles: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    short: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for index, run in enumerate(sketch.runs):
        if not run.anchors or not _is_free(sketch, index) or _is_chrome(sketch, run):
            continue
        if is_title(sketch, index):
            titles[_shape(sketch, run)].append(index)
        elif is_link(sketch, index):
            short[_shape(sketch, run)].append(index)
    return [sorted(g + short[key]) for key, g in titles.items() if _is_group(sketch, g, len(short[key]))]


def _is_group(sketch: Sketch, titles: list[int], short: int) -> bool:
    """Whether titles of one shape are teasers, given how many links of that shape are too short for a title.

    A list in which most links are short is a menu; one story alone needs a box or a line that announces it.
    """
    if len({target_of(sketch, i) for i in titles}) > 1:
        return short <= len(titles)
    return short == 0 and (sketch.zone(titles[0]) == "related" or _is_announced(sketch, titles[0]))


def _shape(sketch: Sketch, run: Run) -> tuple[str, ...]:
    """Return the tags and names of a run's element and two above, without what differs from card to card."""
    layout, element, path = sketch.layout, run.element, list[str]()
    while element >= 0 and len(path) < _SHAPE_DEPTH:
        path.append(" ".join((layout.tags[element], *_SERIAL.sub("", layout.tokens[element]).split())))
        element = layout.parents[element]
    return tuple(path)


def _is_free(sketch: Sketch, index: int) -> bool:
    """Whether a run may be a teaser's title: it has no label, or it was taken for the caption of a card's picture."""
    label = sketch.labels[index]
    return label is None or (label == "caption" and sketch.reasons[index][-1] == _ALT_CAPTION)


def _is_chrome(sketch: Sketch, run: Run) -> bool:
    """Whether a run stands in the page's frame; a story in a footer has a heading of its own."""
    zone = sketch.zones[run.element]
    framed = bool(run.flags & FOOTER) or zone in {"footer", "navigation"}
    return bool(run.flags & (NAV | HEADER)) or zone in _NO_TEASERS or (framed and run.kind != "heading")


def _is_announced(sketch: Sketch, index: int) -> bool:
    """Whether one of the two runs above says that another story follows."""
    return index > sketch.last_body and any(_announces(sketch, i) for i in range(max(0, index - 2), index))


def _announces(sketch: Sketch, index: int) -> bool:
    """Whether a run is the line above a list of other stories: a cue, short, below most of the body."""
    text = sketch.runs[index].text
    if len(text) > 120 or sketch.runs[index].link_chars > 0.5 * len(text):
        return False
    if (cue := starts_with_cue("read_next", text)) is None:
        return False
    rest = text[len(cue) :].strip()
    return not rest or _COLON.match(rest) is not None or is_cue("read_next", text) or len(words_of(rest)) <= 4


def _below_body_share(sketch: Sketch, share: float) -> int:
    """Return the index of the first run above which this share of the body's characters stands."""
    left = share * sum(len(sketch.runs[i].text) for i in sketch.body)
    for index in sketch.body:
        left -= len(sketch.runs[index].text)
        if left <= 0:
            return index + 1
    return len(sketch.runs)


def _may_follow(sketch: Sketch, index: int) -> bool:
    return (
        sketch.labels[index] in {None, "body", "teaser", "other", "navigation"}
        and not sketch.runs[index].flags & FOOTER
    )


def _alternates(sketch: Sketch, start: int, titles: list[int]) -> bool:
    """Whether what the body classifier took below the announcement is only blurbs: each right below a linked title."""
    taken = [i for i in sketch.marked("body") if i > start]
    below = {t + step for t in titles for step in range(_MAX_RUNS_AFTER_TITLE)}
    announced = sum(run.text == sketch.runs[start].text for run in sketch.runs) == 1
    return not taken or (announced and len(titles) > 1 and len(taken) <= 2 * len(titles) and below.issuperset(taken))


def _cards_of(sketch: Sketch, titles: list[int], *, loose: frozenset[int] = frozenset()) -> list[Card]:
    """Mark and return the cards of these titles; of the body they may take the runs in `loose` alone."""
    kept = frozenset(sketch.body) - loose
    fixed = _Holders(sorted(sketch.runs[t].element for t in titles), sorted(sketch.runs[i].element for i in kept))
    cards = []
    for position, title in enumerate(titles):
        rest = tuple([i for i in _rest_of(sketch, titles, position, fixed) if i not in kept])
        for index in (title, *rest):
            sketch.mark(index, "teaser", "repeats as a linked title" if index == title else "belongs to a teaser")
        cards.append(Card(title=title, rest=rest))
    return cards


class _Holders(NamedTuple):
    """The elements of the titles, and those of the runs that no card may take, each in order."""

    titles: list[int]
    kept: list[int]

    def divide(self, start: int, end: int) -> bool:
        """Whether more than one title, or anything to keep, stands in the elements from `start` to before `end`."""
        if bisect_left(self.titles, end) - bisect_left(self.titles, start) > 1:
            return True
        return bisect_left(self.kept, end) > bisect_left(self.kept, start)


def _rest_of(sketch: Sketch, titles: list[int], position: int, fixed: _Holders) -> list[int]:
    """Return the runs that belong to a title's card: in the largest element without another title, or just below."""
    title, end = titles[position], titles[position + 1] if position + 1 < len(titles) else len(sketch.runs)
    layout, element = sketch.layout, sketch.runs[title].element
    while (parent := layout.parents[element]) > 0 and not fixed.divide(parent, layout.ends[parent]):
        element = parent
    near = range(max(0, title - 6), min(len(sketch.runs), title + 8))
    inside = [i for i in near if layout.within(sketch.runs[i].element, element)]
    if inside == [title] or len(titles) == 1:
        below = range(title + 1, min(end, title + 1 + _MAX_RUNS_AFTER_TITLE))
        box = max(0, layout.parents[element])
        inside = [i for i in below if _may_follow(sketch, i) and layout.within(sketch.runs[i].element, box)]
        inside = [
            i
            for i in inside
            if not sketch.runs[i].anchors or sketch.runs[i].link_chars < 0.8 * len(sketch.runs[i].text)
        ]
    taken = {title, sketch.headline, *titles}
    return [i for i in inside if i not in taken and sketch.labels[i] not in _KEPT and sketch.zone(i) not in _NO_TEASERS]
