"""Other stories, read off their teasers: title, address, section and summary; what only leads elsewhere is none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import msgspec

from scraper.extractors.cards import BULLET, Card, Place, is_itself, target_of, tells_a_story
from scraper.extractors.cues import CueKind, is_cue, starts_with_cue
from scraper.extractors.neighbours import read_neighbours
from scraper.extractors.sketch import Sketch, words_of
from scraper.extractors.tags import ASIDE, BUTTON
from scraper.extractors.visible import cut_date
from scraper.model import Related

_MARKS: Final = re.compile(r"^\s*[>•▪●◦‣►▸▶»›→➤➜·]\s+(?=\w)|(?<=\S)\s*[►▸▶»›→➤➜]\s*$")
"""Signs before and behind a title that only point at it."""
_FIGURE: Final = re.compile(r"\d")
_NO_NAME: Final = re.compile(r"[\d\[\]{}<>]|[:：…]$|^\W+$")
_WORD: Final = re.compile(r"[^\W\d_]{2,}")
_ADDRESS: Final = re.compile(r"(?:https?://|www\.|pic\.twitter\.com/|/\S*[?&]\S*=|[@#])\S*$", re.I)
_CLOCK: Final = re.compile(r"\d{1,2}[:.]\d{2}\s*(?:[ap]\.?m\.?)?", re.I)
_MIN_SUMMARY_CHARS: Final = 60
_MAX_KICKER_CHARS: Final = 60
"""A summary that says the title and no more than this beside it is the whole card's text."""
_MAX_SHORT_WORDS: Final = 3
_MAX_SHORT_CHARS: Final = 40
"""A longer text is no date and says more than to read on."""
_MAX_RUNS_ABOVE: Final = 3
_NO_SECTIONS: Final[tuple[CueKind, ...]] = ("by", "read_next", "also_read", "advertisement")


def read_related(sketch: Sketch, cards: list[Card]) -> tuple[Related, ...]:
    """Return the stories the cards point to, in page order, each address once a place."""
    found: dict[tuple[str, str], Related] = {}
    for card in sorted(cards, key=lambda c: c.title):
        for story in _stories(sketch, card):
            key = story.url or story.title, story.place
            found[key] = _join(found[key], story) if key in found else story
    return tuple(found.values())


def _stories(sketch: Sketch, card: Card) -> Iterator[Related]:
    """Yield the stories of a card: one, but for a line of neighbours."""
    if card.neighbour:
        yield from read_neighbours(sketch, card.title, _place(sketch, card.title))
        return
    run, url = sketch.runs[card.title], target_of(sketch, card.title)
    title = max((t for t, _ in run.links), key=len, default=BULLET.sub("", run.text))
    if not is_name(title):
        title = _title_above(sketch, card.title, url) or title
    title = _MARKS.sub("", title)
    own = sketch.document.url
    if not is_name(title) or (url is not None and (is_itself(url, own) or not tells_a_story(url, own))):
        return
    rest = [sketch.runs[i].text for i in card.rest]
    named = [
        sketch.runs[i].text.rstrip(" :：" if i < card.title else None)
        for i in card.rest
        if not _leads_there(sketch, i, card, url)
    ]
    outside = run.text.replace(title, "\n").split("\n")
    blurbs = [t for t in rest if len(t) >= _MIN_SUMMARY_CHARS]
    kickers = [kicker for t in blurbs if (kicker := _beside_title(t, title)) is not None]
    beside = () if card.inline else (*named, *(o.strip(" |·•-–—:/,") for o in outside), *kickers)
    yield Related(
        title=title,
        url=url,
        section=next((t for t in beside if _is_section(t)), None),
        summary=max((t for t in blurbs if _beside_title(t, title) is None), key=len, default=None),
        place="inline" if card.inline else _place(sketch, card.title),
    )


def _join(first: Related, second: Related) -> Related:
    """Return one teaser of two links to one story: where the first is a kicker, the second has the title."""
    short, long = (len(_WORD.findall(story.title)) for story in (first, second))
    blurb = second.title.endswith(".")
    if not (first.title.endswith((":", "：")) or (short <= _MAX_SHORT_WORDS < long and not blurb)):
        return first
    kicker = first.title.rstrip(" :：")
    section = first.section or second.section or (kicker if _is_section(kicker) else None)
    return msgspec.structs.replace(second, section=section, summary=first.summary or second.summary)


def _title_above(sketch: Sketch, index: int, url: str | None) -> str | None:
    """Return the text of the link right above that leads to the same story, where "read more" repeats it."""
    for above in range(index - 1, max(-1, index - 1 - _MAX_RUNS_ABOVE), -1):
        if sketch.runs[above].anchors and target_of(sketch, above) == url:
            text = sketch.runs[above].longest_link[0]
            if is_name(text):
                return text
    return None


def is_name(title: str) -> bool:
    """Whether a link's text can be a story's title: words, and no address, date or "read more" alone.

    >>> [is_name(text) for text in ("Three wells", "Read more", "5:00 a.m.", "28.11.2024", "https://t.co/x", "#wells")]
    [True, False, False, False, False, False]
    """
    if len(title) > _MAX_SHORT_CHARS:
        return _ADDRESS.match(title) is None
    plain = title.strip()
    if _ADDRESS.match(plain) or is_cue("read_next", plain) or is_cue("also_read", plain):
        return False
    return _WORD.search(_CLOCK.sub(" ", cut_date(plain)) if _FIGURE.search(plain) else plain) is not None


def _leads_there(sketch: Sketch, index: int, card: Card, url: str | None) -> bool:
    """Whether a run is a button, or a link of its own behind the title to the same story: "read the article"."""
    run, title = sketch.runs[index], sketch.runs[card.title]
    if run.flags & BUTTON:
        return True
    if index < card.title or run.link_chars <= 0.5 * len(run.text) or target_of(sketch, index) != url:
        return False
    return {node.mem_id for _, node in run.anchors}.isdisjoint(node.mem_id for _, node in title.anchors)


def _beside_title(text: str, title: str) -> str | None:
    """Return what a text says before or after a title that it repeats, if that is little; else None."""
    before, repeated, after = text.partition(title)
    rest = f"{before} {after}".strip()
    return rest if repeated and len(rest) < _MAX_KICKER_CHARS else None


def _place(sketch: Sketch, index: int) -> Place:
    if sketch.first_body < index < sketch.last_body:
        return "inline"
    return "sidebar" if index < sketch.first_body or sketch.runs[index].flags & ASIDE else "tail"


def _is_section(text: str) -> bool:
    """Whether a text beside a teaser's title looks like the name of a section."""
    if not 1 < len(text) <= 40 or _NO_NAME.search(text) or len(words_of(text)) > 5:
        return False
    return not any(starts_with_cue(kind, text) for kind in _NO_SECTIONS)
