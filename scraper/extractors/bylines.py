"""Who wrote it, as readers see it: a line near the headline that names somebody, with or without "by" in front."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from scraper.extractors.author_links import linked_group, names_linked
from scraper.extractors.cues import CueKind, is_cue, load_cues, starts_with_cue
from scraper.extractors.layout import Layout
from scraper.extractors.sketch import Sketch
from scraper.extractors.visible import cut_date, is_reading_time, stretch
from scraper.model import Byline, Name

_NUMBER: Final = re.compile(r"\d")
_FIGURES: Final = re.compile(r"\s*\d")
_SUFFIX: Final = re.compile(r"\b(?:[JS]r|Ph\.?D|M\.?D|[A-Z])\.$")
_SEPARATOR: Final = re.compile(r"\s*[|•·●⋅/]\s*|\s+[–-]\s+|\s*—\s*|\s{2,}|\s*-\s*$")
_AFTER_NAME: Final = re.compile(r"\s+(?:on|at|in|am|um|le|el|em|il|op|den|dne)\s*$|[\s,;:–—-]+$", re.I)
_PARTICLE: Final = frozenset(
    re.findall(
        r"\w+",
        "de da do dos das del della di du van von der den ten ter la le el al bin ibn ben y e und and et of the zu",
    )
)
_FULL_NAME: Final = re.compile(r"\w\s+\w|^[\u4e00-\u9fff]{2,5}$|^[\uac00-\ud7a3]{2,4}$")
"""Two words, or the few letters of a Chinese, Japanese or Korean name."""
_AUTHOR_BOX: Final = re.compile(r"author|byline|writer|autor|auteur|contributor|verfasser|redaktor")
_NO_NAMES: Final[tuple[CueKind, ...]] = (
    "published", "updated", "share", "comments", "newsletter", "advertisement", "read_next", "about_author", "tags",
)  # fmt: skip
_OTHER_DUTY: Final = re.compile(
    r"\b(?:(?:medic|clinic|expert|legal)\w* )?(?:reviewed|edited|fact[- ]checked) by\b", re.I
)
_WRITTEN: Final = re.compile(r"this (?:post|article|story|piece) was (?:written|contributed) by\b\W*", re.I)
_KOREAN_REPORTER: Final = re.compile(
    r"(?!선임|인턴|수습|객원)([\uac00-\ud7a3]{2,4})\s*(?:(?:선임|인턴|수습|객원)\s*)?기자(?![\uac00-\ud7a3])"
)
_AFTER_AUTHOR: Final = re.compile(
    r"(?:^(\S+\s\S+)\s+in|\s+on behalf of)\s+.*$|\s+(?:last )?(?:published|posted|updated)(?: on)?\W*$", re.I | re.S
)
"""Of "Jane Roe in Gardens" the section, the house that somebody writes for, the word before a date."""
_OF_PERSON: Final = re.compile(
    r"/(?:authors?|autor(?:en)?|auteurs?|people|team|staff|writers?|contributors?|users?|profiles?|members?)/", re.I
)
_TOPIC: Final = re.compile(r"/(?:categor(?:y|ies|ia)|tags?|topics?|sections?|rubrik|genre|series)/", re.I)
_ELSEWHERE: Final = frozenset({"teaser", "comment", "breadcrumb", "share", "newsletter", "ad", "caption"})
_NOT_BESIDE: Final = _ELSEWHERE | {"body"}
_ABOUT: Final = re.compile(r"^(?:about|über|sobre|à propos de|om)\s+(?=[A-ZÀ-Þ])", re.I)
_TELLS: Final = re.compile(r",| (?:is|was|has|writes|covers|ist|est|es|è)\b")
_FOREIGN: Final = frozenset({"related", "comment", "footer", "navigation"})
_JOINER: Final = re.compile(r"\s*[,;&]\s*(?:(?:and|und|et|y|e|og|och|en)\s+)?|\s+(?:and|und|et|y|e|og|och|en)\s+")
_AND: Final = re.compile(r"\s*&\s*|\s+(?:and|und|et|y|e|og|och|en)\s+")
_MAX_BEFORE_CHARS: Final = 40
_RIGHT_BELOW: Final = 5
_NEAR: Final = 14
_BELOW_HEADLINE: Final = 8
_MAX_NAME_CHARS: Final = 60
_MAX_RAW_CHARS: Final = 160


def read_bylines(sketch: Sketch) -> tuple[Byline, ...]:
    """Return the bylines shown, the surest first.

    With a link to their page, after "by", in a box named so, beside the date, in a closing bio, alone below the
    headline, below the story.
    """
    boxed = _boxed(sketch)
    sure = [b for b in boxed if any(_FULL_NAME.search(n.name) for n in b.names)]
    lone = [] if sketch.structured.authors else boxed
    near = [*_linked(sketch), *_said(sketch), *sure, *_beside_date(sketch)]
    found = [*near, *_closing(sketch), *_alone(sketch), *_below(sketch), *lone]
    return tuple(dict.fromkeys(b for b in found if b.names))


def _linked(sketch: Sketch) -> list[Byline]:
    """Return the first line near the headline that links to its authors' pages."""
    near = (i for i in stretch(sketch) if _may_name(sketch, i))
    group = linked_group(sketch, near)
    if group is None:
        return []
    index, names = group
    text = _before_other_duty(sketch.runs[index].text)
    end = by_cue_in(text)
    if end is not None and len(names) == len(names_linked(sketch, index)):
        names = _names(sketch, index, text[end:]) or names
    raw = text if len(text) <= _MAX_RAW_CHARS else ", ".join(name.name for name in names)
    return [Byline(names=names, origin="dom.byline", raw=raw)]


def _may_name(sketch: Sketch, index: int) -> bool:
    """Whether a line may name the page's own author: no other story's card, no comment, no paragraph."""
    foreign = sketch.labels[index] in {"teaser", "comment", "newsletter"} or sketch.zone(index) in _FOREIGN
    if foreign and index - 1 != sketch.headline:
        return False
    if sketch.labels[index] == "caption" and starts_with_cue("by", sketch.runs[index].text) is None:
        return False
    body = sketch.labels[index] == "body"
    return len(sketch.runs[index].text) <= _MAX_RAW_CHARS and not (body and index > sketch.first_body + 2)


def _said(sketch: Sketch) -> list[Byline]:
    """Return what stands behind "by" in the lines marked as byline or dateline, those below the headline first."""
    found = []
    start = sketch.headline or 0
    for index in sorted((*sketch.marked("byline"), *sketch.marked("dateline")), key=lambda i: (i < start, i)):
        text = _before_other_duty(sketch.runs[index].text)
        end = by_cue_in(text)
        if end is None:
            if reporter := _KOREAN_REPORTER.search(text):
                found.append(Byline(names=(Name(name=reporter[1]),), origin="dom.byline", raw=text))
            continue
        names = _names(sketch, index, text[end:])
        below = sketch.runs[index + 1].text if index + 1 < len(sketch.runs) else ""
        if not names and below and is_cue("by", text) and not _is_sentence(below):
            names = _names(sketch, index + 1, below)
            text = f"{text} {below if len(below) <= _MAX_RAW_CHARS else ', '.join(name.name for name in names)}"
        found.append(Byline(names=names, origin="dom.byline", raw=text))
    return found


def _before_other_duty(text: str) -> str:
    """Return what a line says before it tells who reviewed or edited the story."""
    own, *others = _OTHER_DUTY.split(text, maxsplit=1)
    return own.rstrip(" .|·•-–—") if others else own


def _boxed(sketch: Sketch) -> list[Byline]:
    """Return names in lines that the markup says are the author's."""
    found = []
    start = sketch.headline if sketch.headline is not None else 0
    for index in range(max(0, start - 4), min(len(sketch.runs), start + 14)):
        run = sketch.runs[index]
        if sketch.labels[index] in {"body", "teaser", "breadcrumb", "comment"} or len(run.text) > 160:
            continue
        marked = sketch.labels[index] == "byline" or _in_author_box(sketch.layout, run.element)
        if marked and by_cue_in(run.text) is None:
            names = tuple(n for n in _names(sketch, index, run.text) if _is_name(n.name))
            found.append(Byline(names=names, origin="dom", raw=run.text))
    return found


def _beside_date(sketch: Sketch) -> list[Byline]:
    """Return a bare name between headline and body that stands next to a date."""
    if sketch.headline is None:
        return []
    for index in range(sketch.headline + 1, min(sketch.headline + _BELOW_HEADLINE, len(sketch.runs) - 1)):
        if index > sketch.first_body + 1:
            break
        text, beside = sketch.runs[index].text, {sketch.labels[i] for i in (index - 1, index + 1)}
        beside_date = "dateline" in beside and index < sketch.first_body
        dated = cut_date(text) != text or beside_date or sketch.labels[index] == "dateline"
        if not dated or sketch.labels[index] in _NOT_BESIDE or len(text) > _MAX_RAW_CHARS:
            continue
        if name := _name_among(sketch, index, text):
            return [Byline(names=(Name(name=name),), origin="dom", raw=text)]
    return []


def _name_among(sketch: Sketch, index: int, text: str) -> str:
    """Return the first part of a line that is a full name and leads nowhere else; "" without one."""
    linked = {words for words, href in sketch.runs[index].links if words != text or _TOPIC.search(href)}
    parts = (_AFTER_AUTHOR.sub(r"\1", part.strip(" -–—|·•,")) for part in _SEPARATOR.split(cut_date(text)))
    parts = (_FIGURES.split(part, maxsplit=1)[0].strip() for part in parts)
    plain = (part for part in parts if part and not any(words in part for words in linked))
    return next((part for part in plain if _is_name(part) and _FULL_NAME.search(part)), "")


def _closing(sketch: Sketch) -> list[Byline]:
    """Return the name that heads a box about the author below the body."""
    for index in range(sketch.last_body + 1, len(sketch.runs)):
        name = _ABOUT.sub("", sketch.runs[index].text)
        if sketch.zone(index) == "bio" and _is_name(name) and _FULL_NAME.search(name):
            return [Byline(names=(Name(name=name),), origin="dom.bio", raw=sketch.runs[index].text)]
    return []


def _alone(sketch: Sketch) -> list[Byline]:
    """Return a bare name right below the headline that links to its bearer, or is told of in another line."""
    start = sketch.headline
    for index in range(start + 1, min(start + _RIGHT_BELOW, len(sketch.runs))) if start is not None else ():
        run = sketch.runs[index]
        if not _is_name(run.text) or not _FULL_NAME.search(run.text) or sketch.labels[index] in _ELSEWHERE:
            continue
        if any(_OF_PERSON.search(href) for _, href in run.links) or _returns(sketch, index):
            return [Byline(names=_names(sketch, index, run.text), origin="dom", raw=run.text)]
    return []


def _returns(sketch: Sketch, index: int) -> bool:
    """Whether another line, at the end of the body or below it, tells who the bearer of the name in this one is."""
    name = sketch.runs[index].text
    places = range(max(index + 1, sketch.last_body), min(len(sketch.runs), sketch.last_body + _NEAR))
    return any(_tells_of(name, sketch.runs[i].text) for i in places)


def _tells_of(name: str, text: str) -> bool:
    """Whether a text is "Jane Roe is our correspondent" or "All articles by Jane Roe"."""
    if text.startswith(name):
        return _TELLS.match(text, len(name)) is not None
    return len(text) <= len(name) + _MAX_BEFORE_CHARS and text.endswith((f" by {name}", f" from {name}"))


def _below(sketch: Sketch) -> list[Byline]:
    """Return what lines below the body say of who wrote it, in more than the word "by"."""
    for index in range(sketch.last_body + 1, min(sketch.last_body + _NEAR, len(sketch.runs))):
        if sketch.labels[index] in _ELSEWHERE or len(sketch.runs[index].text) > _MAX_RAW_CHARS:
            continue
        text = _before_other_duty(sketch.runs[index].text)
        end = _end_of_said(text)
        if end and (names := _names(sketch, index, text[end:])):
            return [Byline(names=names, origin="dom.byline", raw=text)]
    return []


def _end_of_said(text: str) -> int:
    """Return where "written by", "Authors:" and the like end at the start of a line; 0 without.

    Below the body "by" alone is of other stories as well, and "Author guidelines" are no author.
    """
    if said := _WRITTEN.match(text):
        return said.end()
    cue = starts_with_cue("by", text) or ""
    return len(cue) if " " in cue.strip() or text[len(cue) :].startswith((":", "：")) else 0


def _names(sketch: Sketch, index: int, text: str) -> tuple[Name, ...]:
    """Return the links that are names, or else what is left of a line without date and what follows it."""
    linked = names_linked(sketch, index, text, sure=True)
    more = _names_more(text, linked, sketch.runs[index].links)
    if linked and not more:
        return linked
    links = [(t, h) for t, h in sketch.runs[index].links if t in text and _is_name(t) and not more]
    if len(links) > 1 or (links and len(links[0][0]) * 2 > len(text.strip())):
        return tuple(dict.fromkeys(Name(name=t, url=sketch.document.resolve(h)) for t, h in links))
    part = _AFTER_NAME.sub("", _SEPARATOR.split(cut_date(text).strip(" -–—|·•:"))[0].strip())
    usable = part and part[0] != "&" and len(part) <= 140 and re.search(r"[^\W\d_]", part) and not _is_furniture(part)
    return (Name(name=part),) if usable else ()


def _names_more(text: str, linked: tuple[Name, ...], links: list[tuple[str, str]]) -> bool:
    """Whether a line goes on, by commas or "and", to names that do not link to their bearers, nor to anything else."""
    line = cut_date(text).strip(" -–—|·•:.")
    parts = [part for part in _JOINER.split(line) if part]
    known, other = {name.name for name in linked}, {words for words, _ in links}
    plain = [part for part in parts if part not in known]
    if not known or not plain or any(name in part for part in plain for name in known):
        return False
    named = [part for part in plain if part not in other and _is_name(part) and _FULL_NAME.search(part)]
    last = _JOINER.split(_AND.split(line)[-1])[0]
    return len(named) == len(plain) or last in named


def _is_name(text: str) -> bool:
    """Whether a text looks like a person's or a body's name: a few words that start with capitals, no figures."""
    words = text.split()
    ended = text.endswith((".", ":", "?", "!")) and not _SUFFIX.search(text)
    odd = _NUMBER.search(text) or ended or len(text) > _MAX_NAME_CHARS
    if not 1 <= len(words) <= 6 or odd:
        return False
    capital = all(w[0].isupper() or w[0] in "(“\"'" or w.lower() in _PARTICLE or not w[0].islower() for w in words)
    return capital and not _is_furniture(text)


def _is_sentence(text: str) -> bool:
    """Whether a text is too long for a name that ends in a full stop, as "John Doe, Jr." does."""
    return len(text) > _MAX_NAME_CHARS and text.endswith((".", "?", "!", "…"))


def _is_furniture(text: str) -> bool:
    return is_reading_time(text) or any(starts_with_cue(kind, text) for kind in _NO_NAMES)


def _in_author_box(layout: Layout, element: int) -> bool:
    for _ in range(3):
        if element < 0:
            return False
        if _AUTHOR_BOX.search(layout.tokens[element]):
            return True
        element = layout.parents[element]
    return False


def by_cue_in(text: str) -> int | None:
    """Return where the "by" of a byline ends in a line, None without one: at its start, or after a sign or a figure.

    >>> by_cue_in("September 1st, 2023 By Emily Norwood")
    23
    """
    match = _by_anywhere().search(text)
    return match.end() if match else None


@cache
def _by_anywhere() -> re.Pattern[str]:
    dense = re.compile(r"[\u0E00-\u0EFF\u3040-\u30FF\u3400-\u9FFF]$")
    cues = "|".join(re.escape(cue) + ("" if dense.search(cue) else r"(?!\w|-[a-z])") for cue in load_cues()["by"])
    cues += r"|(?-i:[Bb]y(?=[A-Z]))"  # set apart by a margin alone
    return re.compile(rf"(?:^\W*|(?<=[|,·•⋅(/\d-])\s*)(?:{cues})\s*[:：/]?\s*", re.I)
