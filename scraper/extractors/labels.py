"""Every run of the page gets its label: first what is sure by shape and place, then the body, then the rest."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import Final

import msgspec

from scraper.extractors.breadcrumbs import find_breadcrumbs
from scraper.extractors.completion import complete_body
from scraper.extractors.cues import CueKind, contains_cue, is_cue, starts_with_cue
from scraper.extractors.intruders import drop_invitations, drop_pull_quotes, find_last_stories, find_link_boxes
from scraper.extractors.layout import Run
from scraper.extractors.media import mark_captions
from scraper.extractors.postscripts import clear_postscripts
from scraper.extractors.sketch import Sketch, words_of
from scraper.extractors.standfirst import mark_standfirst
from scraper.extractors.tags import ARTICLE, FOOTER, HEADER, NAV
from scraper.extractors.teasers import Card, find_announced_teasers, find_cards, find_inline_teasers
from scraper.extractors.visible import has_date, read_stretch
from scraper.extractors.zones import Zone
from scraper.model import Crumb, Label

_LABEL_OF_ZONE: Final[dict[Zone, Label]] = {
    "breadcrumb": "breadcrumb", "consent": "consent", "comment": "comment", "share": "share",
    "newsletter": "newsletter",
    "paywall": "paywall", "bio": "other", "tags": "other", "caption": "caption", "byline": "byline",
    "dateline": "dateline", "kicker": "other", "ad": "ad", "related": "teaser", "navigation": "navigation",
    "footer": "footer",
}  # fmt: skip
_NEVER_BODY: Final[frozenset[Zone]] = frozenset(
    {"consent", "share", "newsletter", "ad", "bio", "tags", "breadcrumb", "paywall"}
)
_RESTORED: Final[frozenset[Label]] = frozenset({"other", "caption"})
_FURNITURE: Final[tuple[CueKind, ...]] = ("advertisement", "share", "newsletter", "comments", "read_next", "contents")
_MAX_BOX_CHARS: Final = 400
_SURE: Final = 0.85
"""A run scored higher is body whatever its box is called. Judged in cross-validation."""
_MAX_LAST_HEADINGS: Final = 2
_MAX_PAID: Final = 5
_MAX_PAID_SHARE: Final = 0.2
_MAX_DATE_WORDS: Final = 9
_NEAR: Final = 14
_RIGHTS: Final = re.compile(r"^\W*(?:©|\(c\)|copyright\b)|\ball rights reserved\b|alle rechte vorbehalten", re.I)
_LOADING: Final = re.compile(r"loading\b[^.…]{0,20}(?:\.\.\.|…)", re.I)
_CLOCK: Final = re.compile(r"\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?\s?(?:[ap]\.?m\.?|Uhr|h|GMT|UTC)?", re.I)


class Reading:
    """What labelling found besides the labels."""

    def __init__(self, crumbs: tuple[Crumb, ...], captions: dict[int, list[int]], cards: list[Card]) -> None:
        self.crumbs = crumbs
        self.captions = captions
        self.cards = cards


def label_runs(sketch: Sketch, body: list[bool], *, is_article: bool = True) -> Reading:
    """Label every run; `body` says which ones the body classifier takes for body.

    On a page that is no article its word stands: what is a teaser or a caption there is what the page is about.
    """
    for index, taken in enumerate(body):
        if taken and index != sketch.headline:
            sketch.mark(index, "body", f"body classifier {sketch.scores[index]:.2f}")
    complete_body(sketch)
    crumbs = find_breadcrumbs(sketch)
    captions = mark_captions(sketch)
    paid = _paid_for(sketch)
    for index in sketch.marked("body"):
        _veto(sketch, index, paid)
    _clear_above(sketch)
    _clear_embeds(sketch)
    _clear_other_stories(sketch)
    clear_postscripts(sketch)
    drop_pull_quotes(sketch)
    drop_invitations(sketch)
    boxes = [*find_link_boxes(sketch), *find_last_stories(sketch)]
    read_stretch(sketch)
    mark_standfirst(sketch, is_article=is_article)
    cards = [*boxes, *find_inline_teasers(sketch), *find_announced_teasers(sketch)]
    _drop_last_headings(sketch)
    for index in range(len(sketch.runs)):
        if sketch.labels[index] is None and _may_speak(sketch, index) and (label := _by_cue(sketch, index)):
            sketch.mark(index, *label)
    cards += find_cards(sketch)
    for index in range(len(sketch.runs)):
        if sketch.labels[index] is None:
            sketch.mark(index, *_by_place(sketch, index))
        if not is_article and body[index] and index != sketch.headline and sketch.labels[index] != "body":
            sketch.mark(index, "body", "the classifier's word, on a page that is no article")
    if not sketch.body:
        _restore(sketch, body)
    return Reading(crumbs, captions, cards)


def _restore(sketch: Sketch, body: list[bool]) -> None:
    """Make body what the classifier took, where the rules left none of it: names and shapes mislead less than that.

    What asks for consent, money or an address stays out: a page of nothing else has no body.
    """
    for index, taken in enumerate(body):
        if taken and sketch.labels[index] in _RESTORED:
            sketch.mark(index, "body", "the classifier's word, for there is no other body")


def _paid_for(sketch: Sketch) -> frozenset[int]:
    """Return the body runs that are nothing but links declared as paid for; none where the story is made of them."""
    found = frozenset(i for i in sketch.body if _is_paid_link(sketch.runs[i]))
    return found if len(found) <= max(_MAX_PAID, _MAX_PAID_SHARE * len(sketch.body)) else frozenset()


def _is_paid_link(run: Run) -> bool:
    return run.link_chars > 0.8 * len(run.text) and len(run.text) <= _MAX_BOX_CHARS and run.is_sponsored


def _veto(sketch: Sketch, index: int, paid: frozenset[int]) -> None:
    """Take a run out of the body that stands in a box whose name rules it out."""
    zone, run = sketch.zone(index), sketch.runs[index]
    if index in paid:
        sketch.mark(index, "ad", "its links are declared as paid for")
    elif zone in _NEVER_BODY and len(run.text) <= _MAX_BOX_CHARS and sketch.scores[index] < _SURE:
        sketch.mark(index, _LABEL_OF_ZONE[zone], f"stands in a box named {zone}")
    elif run.text.startswith(("{", "[")) and run.kind != "code" and _is_data(run.text):
        sketch.mark(index, "other", "data for a script")
    elif zone == "navigation" and _leads_down(run):
        sketch.mark(index, "navigation", "a table of contents")
    elif _CLOCK.fullmatch(run.text):
        sketch.mark(index, "dateline", "a time of day and nothing else")
    elif _LOADING.fullmatch(run.text):
        sketch.mark(index, "other", "stands for what a script would load")
    elif len(run.text) <= 60 and is_furniture(run.text) and (label := _by_cue(sketch, index)):
        sketch.mark(index, *label)


def _leads_down(run: Run) -> bool:
    """Whether a run is nothing but links to other places of the same page."""
    return run.link_chars > 0.9 * len(run.text) and all(href.startswith("#") for _, href in run.links)


def _is_data(text: str) -> bool:
    """Whether a text is JSON that shows by mistake: on one line, for a person's would be on several."""
    if "\n" in text or '":' not in text:
        return False
    try:
        msgspec.json.decode(text)
    except msgspec.DecodeError:
        return False
    return True


def _clear_above(sketch: Sketch) -> None:
    """Take rows of links above the headline out of the body."""
    for index in sketch.marked("body"):
        run = sketch.runs[index]
        if sketch.headline is not None and index < sketch.headline and run.link_chars > 0.5 * len(run.text):
            sketch.mark(index, "navigation", "links above the headline")


def _clear_embeds(sketch: Sketch) -> None:
    """Take the text of embedded posts out of the body: it is another author's, and kept with the embed."""
    boxes = [media.element for media in sketch.layout.media if media.tag == "blockquote"]
    for index in sketch.marked("body"):
        if any(sketch.layout.within(sketch.runs[index].element, box) for box in boxes):
            sketch.mark(index, "other", "text of an embedded post")


def _clear_other_stories(sketch: Sketch) -> None:
    """Take further stories on an endless page out of the body: articles of their own, each with an h1."""
    layout = sketch.layout
    own = _article_of(sketch, sketch.headline if sketch.headline is not None else sketch.first_body)
    if own < 0:
        return
    others = {_article_of(sketch, i) for i, run in enumerate(sketch.runs) if run.kind == "heading" and run.level == 1}
    others = {a for a in others if a >= 0 and not layout.within(a, own) and not layout.within(own, a)}
    for index in sketch.body if others else ():
        if any(layout.within(sketch.runs[index].element, article) for article in others):
            sketch.mark(index, "other", "another story's article")


def _article_of(sketch: Sketch, index: int) -> int:
    """Return the innermost article element around a run, or -1."""
    return sketch.layout.climb(sketch.runs[index].element, ARTICLE, "article") if index < len(sketch.runs) else -1


def is_furniture(text: str) -> bool:
    """Whether a text is nothing but a cue of the page's furniture."""
    return any(is_cue(kind, text) for kind in _FURNITURE)


def _drop_last_headings(sketch: Sketch) -> None:
    """Take headings out of the body that no body follows."""
    tail = list(takewhile(lambda i: sketch.runs[i].kind == "heading", reversed(sketch.body)))
    for last in tail if len(tail) <= _MAX_LAST_HEADINGS else ():
        run = sketch.runs[last]
        if run.link_chars > 0.8 * len(run.text):
            sketch.release(last)
        else:
            sketch.mark(last, "teaser" if starts_with_cue("read_next", run.text) else "other", "heads no body")


def _may_speak(sketch: Sketch, index: int) -> bool:
    """Whether what a run says can tell more than the box it stands in."""
    run = sketch.runs[index]
    return sketch.zone(index) in {"", "related"} and not run.flags & (NAV | FOOTER) and len(run.text) <= 200


def _by_cue(sketch: Sketch, index: int) -> tuple[Label, str] | None:
    """Return the label of a short run by what it says."""
    text = sketch.runs[index].text
    if len(text) > 200:
        return None
    if len(text) <= 40 and is_cue("advertisement", text):
        return "ad", "says so"
    if len(text) <= 80 and starts_with_cue("read_next", text) and index > sketch.first_body:
        return "teaser", "announces other stories"
    if contains_cue("consent", text) and sketch.runs[index].flags and index not in sketch.marked("body"):
        return "consent", "speaks of cookies"
    if contains_cue("paywall", text):
        return "paywall", "asks to subscribe"
    if len(text) <= 60 and is_cue("share", text):
        return "share", "says so"
    if starts_with_cue("newsletter", text):
        return "newsletter", "says so"
    if len(text) <= 60 and is_cue("comments", text):
        return "comment", "says so"
    if len(text) <= 40 and is_cue("contents", text):
        return "navigation", "announces a list of the page's own sections"
    return None


def _by_place(sketch: Sketch, index: int) -> tuple[Label, str]:
    """Return the label of what is left: by its box, then by its links."""
    run, zone = sketch.runs[index], sketch.zone(index)
    if run.link_chars > 0.5 * len(run.text) and run.is_sponsored:
        return "ad", "its links are declared as paid for"
    if index > sketch.first_body and (_RIGHTS.search(run.text) or (run.flags & FOOTER and zone in {"", "navigation"})):
        return "footer", "stands in the footer, or claims all rights"
    if _is_author(sketch, index):
        return "byline", "names the author that the page declares"
    if zone == "dateline" and not any(c.isdigit() for c in run.text):
        return "other", "stands in a dateline box, but holds no figure"
    if zone in {"byline", "dateline"} and not _is_near(sketch, index):
        beside = sketch.labels[max(0, index - 2) : index + 3]
        return ("teaser" if "teaser" in beside else "other"), f"a {zone} box far from the article"
    if zone in _LABEL_OF_ZONE and not (zone == "related" and not run.anchors):
        return _LABEL_OF_ZONE[zone], f"stands in a box named {zone}"
    if run.flags & FOOTER:
        return "footer", "stands in the footer"
    if has_date(run.text) and len(words_of(run.text)) <= _MAX_DATE_WORDS:
        return "dateline", "a date and hardly anything else"
    if run.flags & (NAV | HEADER):
        return "navigation", "stands in navigation or header"
    if run.link_chars > 0.6 * len(run.text):
        return "navigation", "nothing but links"
    if sketch.headline is not None and index < sketch.headline and len(run.text) <= 40:
        return "navigation", "a short line above the headline"
    return "other", "no evidence"


def _is_author(sketch: Sketch, index: int) -> bool:
    """Whether a run around the article is the name of an author that the metadata declares, and nothing else."""
    names = sketch.author_names
    if not names or not _is_near(sketch, index) or len(text := sketch.runs[index].text) > 80:
        return False
    cue = starts_with_cue("by", text)
    return bool(names & {tuple(words_of(text)), tuple(words_of(text[len(cue or "") :]))})


def _is_near(sketch: Sketch, index: int) -> bool:
    """Whether a run stands around the headline or right below the body."""
    start = sketch.headline if sketch.headline is not None else sketch.first_body
    return start - _NEAR <= index <= start + _NEAR or sketch.last_body < index <= sketch.last_body + _NEAR
