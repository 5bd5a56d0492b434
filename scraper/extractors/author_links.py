"""Links to the pages of authors: near the headline their words are names, letter for letter, whatever stands around.

"ByJane RoeGardens EditorMarch 4 | 6 comments" cannot be cut well by its words. That "Jane Roe" in it links to
/author/jane-roe says where the name begins and ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final
from unicodedata import combining, normalize

from scraper.extractors.cues import starts_with_cue
from scraper.extractors.sketch import Sketch
from scraper.model import Name

AND: Final = "and|und|et|y|e|og|och|en"
"""What joins two names, as part of a pattern."""
_AUTHORS_PAGE: Final = re.compile(
    r"/(?:by|av|bylines?|author(?:s|en)?|autor(?:es|en|i|a|y)?|auteurs?|[\w-]*(?:author|reporter|columnist|staff)s?|writers?"
    r"|contributors?|journalists?|redakteure?|redaktion|skribent(?:er)?)/[^/?#]|/auth?or-[^/?#]|[?&]author=\w|/@\w",
    re.I,
)
"""Addresses of authors' pages, and of nobody else's."""
_PERSONS_PAGE: Final = re.compile(
    r"/(?:people|person|personen|team|the-team|u|users?|profiles?|profil|members?|our-people|bio|spotlight)/[^?#]*\w",
    re.I,
)
"""Addresses that may be an author's, a player's, a politician's."""
_NO_PERSON: Final = re.compile(
    r"^mailto:|shar(?:e|ing)|whatsapp|[/=](?:log-?(?:in|out)|register|sign-?(?:in|up)|settings|subscribe|albums)\b",
    re.I,
)
_SAID_BEFORE: Final = re.compile(r"(?<![\w-])([\w-]*\w)\W+(?:by|from)\b", re.I)
_DUTY: Final = re.compile(
    r"review|edit|fact|check|updat|approv|verif|illustrat|produc|translat|photo|design|test|contribution|pictures?$|images?$"
    r"|graphic|video|direct|filmed|shot$|present|inspect|audit",
    re.I,
)
"""What somebody else than the author did, in the word before "by"."""
_LABELLED: Final = re.compile(
    r"\b(?:photo\w*|pictures?|images?|graphics?|video|editors?|via|reviewers?)\s*[:：|]\s*$", re.I
)
_OTHER_ROLE: Final = re.compile(r"\W*(?:photograph|illustrat|videograph|translat)", re.I)
_BETWEEN: Final = re.compile(rf"\W{{0,2}}(?:{AND})?\W{{0,2}}$", re.I)
_ACTION: Final = re.compile(
    r"\b(?:more|all|follow|posts?|articles?|archive|bio|profile|website|about|contact|e-?mail|view|see|read|home|here)\b",
    re.I,
)
"""Words of links to an author's page that are no name: "More posts", "Follow", "View profile"."""
_IN_QUERY: Final = re.compile(r"[?&]author=([^&#]+)")
_HOST: Final = re.compile(r"^\w*:?//[^/]*")
_SEGMENT: Final = re.compile(r"([^/?#]*)/?(?:[?#].*)?$", re.S)
_AROUND: Final = re.compile(r"^[\s,/|•·–—-]+|\s*\([^()]*\)\s*$|[\s,/|•·–—-]+$")
_NOT_LETTER: Final = re.compile(r"[\W_\d]+")
_NUMBER: Final = re.compile(r"\d")
_MIN_PARTS: Final = 2
_MAX_NAME_CHARS: Final = 50
_MAX_NAME_WORDS: Final = 6


def names_linked(sketch: Sketch, index: int, text: str | None = None, *, sure: bool = False) -> tuple[Name, ...]:
    """Return the names in a run that link to their bearers' pages, in order, without reviewers and photographers.

    `text` is the part of the run that counts, all of it by default. `sure` takes pages of whatever persons, for a line
    that is known to name the author.
    """
    run = sketch.runs[index]
    text = run.text if text is None else text
    found: dict[str, Name] = {}
    for (words, href), attributes in zip(run.links, run.link_attributes, strict=True):
        declared = "author" in (attributes.get("rel") or "").lower().split()
        if not words or words not in text or not _is_bearer(words, href, declared=declared, sure=sure):
            continue
        before, _, behind = text.partition(words)
        if not _is_other_duty(_said_before(sketch, index, before)) and not (found and _OTHER_ROLE.match(behind)):
            name = Name(name=_spelled(_AROUND.sub("", words), href), url=sketch.document.resolve(href))
            numbered = _IN_QUERY.search(href)
            found.setdefault(numbered[1] if numbered else href.partition("?")[0], name)
    return tuple(found.values())


def linked_group(sketch: Sketch, indexes: Iterable[int]) -> tuple[int, tuple[Name, ...]] | None:
    """Return the first of the runs that links to authors, and the names in it and in those that go on with it.

    Of several links to one page the first is the name: a role links to its bearer as well.
    """
    for index in indexes:
        if names := names_linked(sketch, index, sure=_is_sure(sketch, index)):
            by_page = {name.url: name for name in reversed((*names, *_further(sketch, index)))}
            return index, tuple(reversed(by_page.values()))
    return None


def _is_sure(sketch: Sketch, index: int) -> bool:
    """Whether a line is known to name the author, so that a link to a page of whatever person leads to the author's."""
    return sketch.labels[index] in {"byline", "dateline"} or starts_with_cue("by", sketch.runs[index].text) is not None


def _further(sketch: Sketch, index: int) -> Iterator[Name]:
    """Yield the names of the runs that follow, as far as nothing but a comma or "and" stands between."""
    for at in range(index + 1, len(sketch.runs)):
        if names := names_linked(sketch, at):
            yield from names
        elif not _BETWEEN.match(sketch.runs[at].text):
            return


def _said_before(sketch: Sketch, index: int, text: str) -> str:
    """Return what stands before a link: in its run or, where it begins that, in a short run before."""
    if text.strip() or not index:
        return text
    above = sketch.runs[index - 1].text
    return above if len(above) <= _MAX_NAME_CHARS else ""


def _is_other_duty(before: str) -> bool:
    """Whether the words before a name say that its bearer reviewed the story, took its pictures or the like."""
    said = _SAID_BEFORE.findall(before)
    return bool(said and _DUTY.match(said[-1])) or _LABELLED.search(before) is not None


def _is_bearer(words: str, href: str, *, declared: bool, sure: bool) -> bool:
    """Whether a link's words are a name, and its address that of a page about who bears it."""
    known = declared or _AUTHORS_PAGE.search(href) or (sure and _PERSONS_PAGE.search(href))
    if not known or _NO_PERSON.search(href) or not _may_be_name(words):
        return False
    folded = _fold(words)
    if folded and folded in _fold(_HOST.sub("", href)):
        return True
    return "/@" not in href and not _NUMBER.search(words) and (words[0].isupper() or not words[0].isalpha())


def _may_be_name(words: str) -> bool:
    few = len(words.split()) <= _MAX_NAME_WORDS and len(words) <= _MAX_NAME_CHARS
    return few and words[0] != "@" and not _ACTION.search(words)


def _spelled(words: str, href: str) -> str:
    """Return the name that the address spells, if the words go on with something glued to it; else all of them.

    Of "Jane RoeGardens Editor" that links to /author/jane-roe the address says where the name ends.
    """
    segment = _SEGMENT.search(_HOST.sub("", href))
    parts = segment[1].split("-") if segment else []
    spelled = _fold("".join(parts))
    if len(parts) < _MIN_PARTS or len(parts[-1]) < _MIN_PARTS or not _fold(words).startswith(spelled):
        return words
    end = next((end for end in range(len(spelled), len(words)) if _fold(words[:end]) == spelled), len(words))
    rest = words[end:]
    return words[:end] if rest[:1].isupper() or (rest[:1].isalpha() and " " in rest) else words


def _fold(text: str) -> str:
    """Return the letters of a text alone, small and without accents, as addresses spell names."""
    plain = (char for char in normalize("NFKD", text.casefold()) if not combining(char))
    return _NOT_LETTER.sub("", "".join(plain))
