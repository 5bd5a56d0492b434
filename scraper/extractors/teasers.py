"""Teasers: links to other stories, recognised by shape first, taken apart into title, address, section and summary.

Three shapes: a line inside the body ("Read also: ..."), cards that repeat (same markup, one linked title each), and a
flat list under a heading such as "Read next". In each, what belongs to one story becomes one `Related`.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Final, Literal
from urllib.parse import urlsplit

from scraper.extractors.cues import CueKind, is_cue, starts_with_cue
from scraper.extractors.layout import Run
from scraper.extractors.sketch import Sketch, words_of
from scraper.extractors.tags import ASIDE, FOOTER, HEADER, NAV
from scraper.extractors.zones import Zone
from scraper.model import Label, Related, Value

_BULLET: Final = re.compile(r"^\s*[•▪●◦‣►▸▶»›→➤➜*·–—-]\s*")
_DATE_OR_TIME: Final = re.compile(r"\d")
_COLON: Final = re.compile(r"(?:\w{1,4}\s*)?[:：/–—-]")
_MIN_TITLE_WORDS: Final = 4
_MIN_SUMMARY_CHARS: Final = 60
_MAX_TITLE_CHARS: Final = 220
_MAX_RUNS_AFTER_TITLE: Final = 3
_MIN_ABOVE: Final = 0.4
"""Share of what is taken for body that stands above a list of teasers which was taken for body too."""
_SERIAL: Final = re.compile(r"\S*\d\S*|\b(?:first|last|odd|even|active)\b")
"""Names that differ from card to card of one kind."""
_ALT_CAPTION: Final = "caption: repeats a picture's alt text"
_NEIGHBOUR: Final = re.compile(r"(?:^|[\s_-])(?:prev|previous|next|newer|older)(?:$|[\s_-])")
_DIRECTION: Final = re.compile(r"prev|next")
_LONE_DIRECTION: Final = re.compile(
    r"^\W*(?:previous|prev|next|newer|older)(?: ?(?:post|article|story))?\s*[:：»«›‹→←|–—-]*\s*", re.I
)
_MIN_NEIGHBOUR_WORDS: Final = 3
_MAX_NEIGHBOUR_CLIMB: Final = 3
_ARCHIVE: Final = re.compile(
    r"/(?:author|authors|tag|tags|category|users?|profiles?|members?|people|contributors?|staff)/[^/]+/?$"
    r"|/(?:log-?in|sign-?in|sign-?up|register|subscribe|subscriptions?|newsletters?|account|cart|checkout|search|feed|rss"
    r"|privacy(?:-policy|-notice)?|terms(?:-[\w-]+)?|contact(?:-us)?|about(?:-us)?|donate|advertise)/?(?:\.\w+)?$"
    r"|/page/\d+/?$",
    re.I,
)
"""Addresses that hold no story: archives of an author or a tag, forms, the house's own pages, pages of a list."""
_KEPT: Final[frozenset[Label]] = frozenset({"ad", "consent", "newsletter", "comment", "breadcrumb", "share", "paywall"})
_NO_SECTIONS: Final[tuple[CueKind, ...]] = ("by", "read_next", "also_read", "advertisement")
_NO_TEASERS: Final[frozenset[Zone]] = frozenset(
    {"ad", "consent", "newsletter", "comment", "breadcrumb", "share", "paywall", "tags", "bio"}
)


class Card(Value, frozen=True, kw_only=True):
    """One teaser: the run of its title and the other runs that belong to it."""

    title: int
    rest: tuple[int, ...] = ()
    inline: bool = False
    neighbour: bool = False


def find_inline_teasers(sketch: Sketch) -> list[Card]:
    """Take single lines that only point to another story out of the body."""
    cards = []
    for index in range(sketch.first_body + 1, sketch.last_body):
        run = sketch.runs[index]
        if (
            sketch.labels[index] not in {None, "body"}
            or run.kind == "heading"
            or not run.anchors
            or len(run.text) > _MAX_TITLE_CHARS
        ):
            continue
        cue = starts_with_cue("also_read", run.text)
        cued = cue is not None and _points(cue, run)
        bullet = _BULLET.match(run.text) is not None and run.kind != "list_item"
        if (cued or bullet) and run.link_chars >= 0.55 * len(_BULLET.sub("", run.text[len(cue or "") :])):
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


def read_related(sketch: Sketch, cards: list[Card]) -> tuple[Related, ...]:
    """Return the stories the cards point to, in page order, each address once a place."""
    found: dict[tuple[str, str], Related] = {}
    for card in sorted(cards, key=lambda c: c.title):
        if related := _related(sketch, card):
            found.setdefault((related.url or related.title, related.place), related)
    return tuple(found.values())


def _groups(sketch: Sketch) -> list[list[int]]:
    """Return runs that are linked titles, grouped by the markup around them; groups of one only where announced."""
    groups: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    layout = sketch.layout
    for index, run in enumerate(sketch.runs):
        if not _is_free(sketch, index) or _is_chrome(run) or sketch.zone(index) in _NO_TEASERS:
            continue
        if is_title(sketch, index):
            path, element = [], run.element
            for _ in range(3):
                if element < 0:
                    break
                path.append(f"{layout.tags[element]}.{_SERIAL.sub('', layout.tokens[element])}")
                element = layout.parents[element]
            groups[tuple(path)].append(index)
    return [g for g in groups.values() if len(g) > 1 or sketch.zone(g[0]) == "related" or _is_announced(sketch, g[0])]


def _is_free(sketch: Sketch, index: int) -> bool:
    """Whether a run may be a teaser's title: it has no label, or it was taken for the caption of a card's picture."""
    label = sketch.labels[index]
    return label is None or (label == "caption" and sketch.reasons[index][-1] == _ALT_CAPTION)


def _is_chrome(run: Run) -> bool:
    """Whether a run stands in the page's frame; a story in a footer has a heading of its own."""
    return bool(run.flags & (NAV | HEADER)) or bool(run.flags & FOOTER and run.kind != "heading")


def _is_announced(sketch: Sketch, index: int) -> bool:
    """Whether one of the two runs above says that another story follows."""
    return index > sketch.last_body and any(_announces(sketch, i) for i in range(max(0, index - 2), index))


def find_neighbours(sketch: Sketch) -> list[Card]:
    """Return the links to the previous and the next story around the article, and mark their runs."""
    cards = []
    for index, run in enumerate(sketch.runs):
        if sketch.labels[index] is not None or not run.anchors or not sketch.body:
            continue
        if len(run.text) <= _MAX_TITLE_CHARS and run.link_chars >= 0.5 * len(run.text) and _is_neighbour(sketch, index):
            sketch.mark(index, "teaser", "the previous or the next story")
            cards.append(Card(title=index, neighbour=True))
    return cards


def _is_neighbour(sketch: Sketch, index: int) -> bool:
    """Whether a run's link is named previous or next, by its relation, its box or its words, and has a title."""
    run, layout = sketch.runs[index], sketch.layout
    text, node = max(run.anchors, key=lambda anchor: len(anchor[0]))
    title = _without_direction(text)
    if len(words_of(title)) < _MIN_NEIGHBOUR_WORDS or not _leads_away(sketch, index):
        return False
    if _NEIGHBOUR.search(f"{node.attributes.get('rel') or ''} {node.attributes.get('class') or ''}"):
        return True
    element = run.element
    for _ in range(_MAX_NEIGHBOUR_CLIMB):
        if element <= 0:
            break
        if _NEIGHBOUR.search(layout.tokens[element]) or "post-navigation" in layout.tokens[element]:
            return True
        element = layout.parents[element]
    return title != text and index > sketch.last_body


def _without_direction(text: str) -> str:
    """Return a link's text without the words that say which neighbour it leads to."""
    cue = starts_with_cue("read_next", text)
    if cue and _DIRECTION.search(cue.lower()):
        return text[len(cue) :].lstrip(" :：-–—»«›‹→←|")
    return _LONE_DIRECTION.sub("", text)


def is_title(sketch: Sketch, index: int) -> bool:
    """Whether a run is, or holds little but, the linked title of another story."""
    run = sketch.runs[index]
    if not run.anchors or len(run.text) > _MAX_TITLE_CHARS or run.link_chars < 0.5 * len(run.text):
        return False
    if is_sponsored(run):
        return False
    text = max((t for t, _ in run.links), key=len)
    related = sketch.zone(index) == "related"
    return len(words_of(text)) >= (3 if related or run.kind == "heading" else _MIN_TITLE_WORDS) and _leads_away(
        sketch, index
    )


def is_sponsored(run: Run) -> bool:
    """Whether a run's links are declared as paid for."""
    return any("sponsored" in (node.attributes.get("rel") or "") for _, node in run.anchors)


def _leads_away(sketch: Sketch, index: int) -> bool:
    url = _target(sketch, index)
    if url is None or url.split("#")[0] == sketch.document.url.split("#")[0]:
        return False
    path = urlsplit(url).path
    return path not in {"", "/"} and _ARCHIVE.search(path) is None


def _target(sketch: Sketch, index: int) -> str | None:
    """Return where the longest link of a run leads."""
    links = sketch.runs[index].links
    return sketch.document.resolve(max(links, key=lambda link: len(link[0]))[1]) if links else None


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
    cards = []
    for position, title in enumerate(titles):
        end = titles[position + 1] if position + 1 < len(titles) else len(sketch.runs)
        rest = tuple(i for i in _rest_of(sketch, title, end, titles, kept) if i not in kept)
        for index in (title, *rest):
            sketch.mark(index, "teaser", "repeats as a linked title" if index == title else "belongs to a teaser")
        cards.append(Card(title=title, rest=rest))
    return cards


def _rest_of(sketch: Sketch, title: int, end: int, titles: list[int], kept: frozenset[int]) -> list[int]:
    """Return the runs that belong to the title's card: in the largest element without another title, or just below."""
    layout, element = sketch.layout, sketch.runs[title].element
    others = [sketch.runs[t].element for t in titles if t != title]
    fixed = {sketch.runs[i].element for i in kept}
    while (parent := layout.parents[element]) > 0:
        if any(layout.within(e, parent) for e in others) or any(layout.within(e, parent) for e in fixed):
            break
        element = parent
    near = range(max(0, title - 6), min(len(sketch.runs), title + 8))
    inside = [i for i in near if layout.within(sketch.runs[i].element, element)]
    if inside == [title] or not others:
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


def _place(sketch: Sketch, index: int) -> Literal["inline", "tail", "sidebar"]:
    if sketch.first_body < index < sketch.last_body:
        return "inline"
    return "sidebar" if index < sketch.first_body or sketch.runs[index].flags & ASIDE else "tail"


def _related(sketch: Sketch, card: Card) -> Related | None:
    run = sketch.runs[card.title]
    title = max((t for t, _ in run.links), key=len, default=_BULLET.sub("", run.text))
    title = _without_direction(title) if card.neighbour else title
    rest = [sketch.runs[i].text for i in card.rest]
    outside = run.text.replace(title, "\n").split("\n")
    summary = max((t for t in rest if len(t) >= _MIN_SUMMARY_CHARS), key=len, default=None)
    place = "inline" if card.inline else _place(sketch, card.title)
    beside = () if card.inline else (*rest, *(o.strip(" |·•-–—:/,") for o in outside))
    section = next((t for t in beside if _is_section(t)), None)
    return (
        Related(title=title, url=_target(sketch, card.title), section=section, summary=summary, place=place)
        if title
        else None
    )


def _is_section(text: str) -> bool:
    """Whether a text beside a teaser's title looks like the name of a section."""
    if not 1 < len(text) <= 40 or _DATE_OR_TIME.search(text) or len(words_of(text)) > 5:
        return False
    return not any(starts_with_cue(kind, text) for kind in _NO_SECTIONS)
