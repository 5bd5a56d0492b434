"""What in a line is a name: behind the word "by", in its links, between signs, dates and times."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from scraper.extractors.author_links import AND, names_linked
from scraper.extractors.cues import CueKind, load_cues, starts_with_cue
from scraper.extractors.sketch import Sketch
from scraper.extractors.visible import cut_date, is_reading_time
from scraper.model import Name

_NUMBER: Final = re.compile(r"\d")
_FIGURES: Final = re.compile(r"\s*\d")
_LETTER: Final = re.compile(r"[^\W\d_]")
_SUFFIX: Final = re.compile(r"\b(?:[JS]r|Ph\.?D|M\.?D|[A-Z])\.$")
_SEPARATOR: Final = re.compile(r"\s*[|•·●⋅/]\s*|\s+[–-]\s+|\s*—\s*|\s{2,}|\s*-\s*$")
_AFTER_NAME: Final = re.compile(r"\s+(?:on|at|in|am|um|le|el|em|il|op|den|dne)\s*$|[\s,;:–—-]+$", re.I)
_PARTICLE: Final = frozenset(
    re.findall(
        r"\w+",
        "de da do dos das del della di du van von der den ten ter la le el al bin ibn ben y e und and et of the zu",
    )
)
_FULL_NAME: Final = re.compile(r"\w[.)]?\s+\(?\w|^[\u4e00-\u9fff]{2,5}$|^[\uac00-\ud7a3]{2,4}$")
"""Two words, or the few letters of a Chinese, Japanese or Korean name."""
_NO_NAMES: Final[tuple[CueKind, ...]] = (
    "published", "updated", "share", "comments", "newsletter", "advertisement", "read_next", "about_author", "tags",
)  # fmt: skip
_OTHER_DUTY: Final = re.compile(
    r"\b(?:(?:medic|clinic|expert|legal)\w* )?(?:reviewed|edited|fact[- ]checked) by\b", re.I
)
_AFTER_AUTHOR: Final = re.compile(
    r"(?:^(\S+\s\S+)\s+in|\s+on behalf of)\s+.*$|\s+(?:last )?(?:published|posted|updated)(?: on)?\W*$", re.I | re.S
)
"""Of "Jane Roe in Gardens" the section, the house that somebody writes for, the word before a date."""
_TOPIC: Final = re.compile(r"(?:categor(?:y|ies|ia)|tags?|topics?|sections?|rubrik|genre|series)[/=]", re.I)
_JOINER: Final = re.compile(rf"\s*[,;&]\s*(?:(?:{AND})\s+)?|\s+(?:{AND})\s+")
_AND: Final = re.compile(rf"\s*&\s*|\s+(?:{AND})\s+")
_MAX_NAME_CHARS: Final = 60
_MAX_PART_CHARS: Final = 140


def names_in(sketch: Sketch, index: int, text: str) -> tuple[Name, ...]:
    """Return the links that are names, or else what is left of a line without date and what follows it."""
    linked = names_linked(sketch, index, text, sure=True)
    more = _names_more(text, linked, sketch.runs[index].links)
    if linked and not more:
        return linked
    links = [(t, h) for t, h in sketch.runs[index].links if t in text and is_name(t) and not more]
    if len(links) > 1 or (links and len(links[0][0]) * 2 > len(text.strip())):
        return tuple(dict.fromkeys(Name(name=t, url=sketch.document.resolve(h)) for t, h in links))
    part = _AFTER_NAME.sub("", _SEPARATOR.split(cut_date(text).strip(" -–—|·•:"))[0].strip())
    part = part if _SUFFIX.search(part) else part.rstrip(".")
    usable = (
        part and part[0] != "&" and len(part) <= _MAX_PART_CHARS and _LETTER.search(part) and not _is_furniture(part)
    )
    return (Name(name=part),) if usable else ()


def _names_more(text: str, linked: tuple[Name, ...], links: list[tuple[str, str]]) -> bool:
    """Whether a line goes on, by commas or "and", to names that do not link to their bearers, nor to anything else."""
    line = cut_date(text).strip(" -–—|·•:.")
    parts = [part for part in _JOINER.split(line) if part]
    known, other = {name.name for name in linked}, {words for words, _ in links}
    plain = [part for part in parts if part not in known]
    if not known or not plain or any(name in part for part in plain for name in known):
        return False
    named = [part for part in plain if part not in other and is_full_name(part)]
    last = _JOINER.split(_AND.split(line)[-1])[0]
    return len(named) == len(plain) or last in named


def is_name(text: str) -> bool:
    """Whether a text looks like a person's or a body's name: a few words that start with capitals, no figures."""
    words = text.split()
    ended = text.endswith((".", ":", "?", "!")) and not _SUFFIX.search(text)
    odd = _NUMBER.search(text) or ended or len(text) > _MAX_NAME_CHARS
    if not 1 <= len(words) <= 6 or odd:
        return False
    capital = all(w[0].isupper() or w[0] in "(“\"'" or w.lower() in _PARTICLE or not w[0].islower() for w in words)
    return capital and not _is_furniture(text)


def is_full_name(text: str) -> bool:
    """Whether a text looks like a name of two words or more, or like a Chinese, Japanese or Korean one."""
    return is_name(text) and _FULL_NAME.search(text) is not None


def is_sentence(text: str) -> bool:
    """Whether a text is too long for a name that ends in a full stop, as "John Doe, Jr." does."""
    return len(text) > _MAX_NAME_CHARS and text.endswith((".", "?", "!", "…"))


def _is_furniture(text: str) -> bool:
    return is_reading_time(text) or any(starts_with_cue(kind, text) for kind in _NO_NAMES)


def name_among(sketch: Sketch, index: int, text: str) -> str:
    """Return the first part of a line that is a full name and leads nowhere else; "" without one."""
    linked = {words for words, href in sketch.runs[index].links if words != text or _TOPIC.search(href)}
    parts = (_AFTER_AUTHOR.sub(r"\1", part.strip(" -–—|·•,")) for part in _SEPARATOR.split(cut_date(text)))
    parts = (_FIGURES.split(part, maxsplit=1)[0].strip() for part in parts)
    plain = (part for part in parts if part and not any(words in part for words in linked))
    return next((part for part in plain if is_full_name(part)), "")


def before_other_duty(text: str) -> str:
    """Return what a line says before it tells who reviewed or edited the story."""
    own, *others = _OTHER_DUTY.split(text, maxsplit=1)
    return own.rstrip(" .|·•-–—") if others else own


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
