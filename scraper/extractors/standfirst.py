"""The standfirst: the summary that an article shows between its headline and its body."""

from __future__ import annotations

import re
from typing import Final

from scraper.extractors.credits import ends_with_credit
from scraper.extractors.cues import CueKind, starts_with_cue
from scraper.extractors.layout import Run
from scraper.extractors.postscripts import note_in
from scraper.extractors.sketch import Sketch, words_of
from scraper.extractors.tags import FORM
from scraper.extractors.visible import has_date
from scraper.extractors.zones import Zone

_REACH: Final = 5
_MAX_DATED_WORDS: Final = 16
_MAX_LINKED: Final = 0.5
_NO_STANDFIRST: Final[tuple[CueKind, ...]] = (
    "published", "updated", "by", "share", "comments", "newsletter", "advertisement", "consent", "paywall", "tags",
    "photo", "read_next", "also_read",
)  # fmt: skip
_RIGHTS: Final = re.compile(r"©|\bcourtesy\b|\b(?:all rights|tous droits|alle rechte|todos los derechos)\b", re.I)
_PICTURES: Final = frozenset({"img", "picture", "amp-img"})


def mark_standfirst(sketch: Sketch, *, is_article: bool) -> None:
    """Mark what the markup names so right below the headline, else a sentence there that the body left out.

    On a page that is no article only a subtitle is looked for: what follows its title are figures and instructions.
    """
    if sketch.headline is None:
        return
    headline = sketch.headline
    found: set[Zone] = set()
    wanted: set[Zone] = {"lead", "subtitle"} if is_article else {"subtitle"}
    for index in range(headline + 1, min(headline + _REACH + 1, len(sketch.runs))):
        run, zone = sketch.runs[index], sketch.zone(index)
        named = zone in wanted - found and 20 <= len(run.text) <= 700 and not run.flags & FORM
        if not named or sketch.labels[index] not in {None, "body"} or _is_links(run):
            continue
        if note := note_in(run.text, above=True):
            sketch.mark(index, note.label, note.reason)
        else:
            sketch.mark(index, "lead", f"named as the {'standfirst' if zone == 'lead' else 'subtitle'}")
            found.add(zone)
    if not is_article:
        return
    if not found:
        _mark_unnamed(sketch, headline)
    below = headline + 1
    if below + 1 < len(sketch.runs) and sketch.labels[below] == "body" and _is_dek(sketch, below):
        sketch.mark(below, "lead", "bold, between headline and byline: subtitle")


def _is_links(run: Run) -> bool:
    """Whether a run is buttons to share, or tags, whatever its box is called: several links, or a label and one."""
    linked = run.link_chars > _MAX_LINKED * len(run.text)
    return linked and (len(run.anchors) > 1 or starts_with_cue("tags", run.text) is not None)


def _mark_unnamed(sketch: Sketch, headline: int) -> None:
    """Mark the first sentence right below the headline that the body classifier left out, above the body.

    What stands there otherwise gets its label on the way: a caption, a note on commissions.
    """
    pictured = {media.run for media in sketch.layout.media if media.tag in _PICTURES}
    for index in range(headline + 1, min(headline + _REACH, sketch.first_body)):
        run = sketch.runs[index]
        plain = run.link_chars <= 0.3 * len(run.text) and sketch.zone(index) in {"", "dateline", "byline", "kicker"}
        sized = 40 <= len(run.text) <= 400 and len(words_of(run.text)) > 6
        if sketch.labels[index] is not None or not (plain and sized):
            continue
        if index in pictured:
            sketch.mark(index, "caption", "a sentence right below a picture, above the body")
        elif note := note_in(run.text, above=True):
            sketch.mark(index, note.label, note.reason)
        elif _sums_up(sketch, run):
            sketch.mark(index, "lead", "a sentence between headline and body: standfirst")
            return


def _sums_up(sketch: Sketch, run: Run) -> bool:
    """Whether a sentence may be about the story, and not about its date, its makers, its pictures or its page."""
    dated = has_date(run.text) and len(words_of(run.text)) <= _MAX_DATED_WORDS
    if dated or run.text.endswith((":", "：")) or _RIGHTS.search(run.text) or ends_with_credit(run.text, sure=True):
        return False
    if any(starts_with_cue(kind, run.text) for kind in _NO_STANDFIRST):
        return False
    return not (run.text[0].islower() or (run.kind == "heading" and _says_title(sketch, run.text)))


def _says_title(sketch: Sketch, text: str) -> bool:
    """Whether a heading is one of the page's titles, with or without a kicker: half of their words are in both."""
    words = set(words_of(text))
    titles = (set(words_of(candidate.value)) for candidate in sketch.structured.titles)
    return any(2 * len(words & title) >= len(words | title) for title in titles)


def _is_dek(sketch: Sketch, index: int) -> bool:
    run = sketch.runs[index]
    short = (
        (run.bold_only or run.kind == "heading")
        and 20 <= len(run.text) <= 250
        and not run.text.rstrip().endswith((".", ":"))
    )
    return short and sketch.labels[index + 1] in {"byline", "dateline"}
