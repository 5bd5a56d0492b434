"""Who began a thread: forums say so beside its title or at the head of the first post, each software in its way."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

from scraper.extractors.sketch import Sketch
from scraper.model import Byline, Name

_NAMED: Final = re.compile(r"/(?:u|users?|members?|profile)/[\w%.@~+-]|/[~@]\w", re.I)
"""Addresses of members' pages that hold their names: Discourse, Lemmy, Reddit, NodeBB, XenForo."""
_NUMBERED: Final = re.compile(r"[?&;](?:mode=viewprofile|action=profile)|\b(?:profile|member)\.php\?", re.I)
"""And such that hold numbers: phpBB, SMF, FluxBB, vBulletin."""
_NO_MEMBER: Final = re.compile(r"[/=](?:log-?in|register|sign-?up|albums|settings)\b", re.I)
_NOT_LETTER: Final = re.compile(r"[\W_]+")
_SAID: Final = re.compile(
    r"(?:\b(?:started|submitted\b.{1,30}) by|^(?:post(?:ed)? )?by)\s+(.{2,40}?)(?:\s»|,\s|$)", re.I
)
"""phpBB and its like: "Post by jroe » 11. Sep 2024"; XenForo: "started by jroe, May 26, 2025"; old Reddit."""
_ABOVE: Final = 3
_BELOW: Final = 6
_MAX_NAME_CHARS: Final = 40
_MAX_LINE_CHARS: Final = 160


def find_poster(sketch: Sketch) -> tuple[Byline, ...]:
    """Return who began the thread as a byline: what is said in words, then the first link to a member's page."""
    start = sketch.headline or 0
    first = sketch.first_body if sketch.body else start
    lines = range(max(0, start - _ABOVE), min(len(sketch.runs), max(first, start) + _BELOW))
    for index in lines:
        text = sketch.runs[index].text
        if len(text) <= _MAX_LINE_CHARS and (said := _SAID.search(text)):
            return (Byline(names=(Name(name=said[1]),), origin="dom.byline", raw=text),)
    return next(filter(None, (_member_in(sketch, index) for index in lines)), ())


def find_starter(sketch: Sketch) -> tuple[Byline, ...]:
    """Return the member that the line right below the title links to: answers may come first elsewhere."""
    below = sketch.headline + 1 if sketch.headline is not None else len(sketch.runs)
    return _member_in(sketch, below) if below < len(sketch.runs) else ()


def _member_in(sketch: Sketch, index: int) -> tuple[Byline, ...]:
    for text, href in sketch.runs[index].links:
        if 1 < len(text) <= _MAX_NAME_CHARS and _is_of(text, href):
            name = Name(name=text, url=sketch.document.resolve(href))
            return (Byline(names=(name,), origin="dom.byline", raw=text),)
    return ()


def _is_of(name: str, href: str) -> bool:
    """Whether an address is that of a member's page of this name, and not "log in" or a picture with a status."""
    if _NO_MEMBER.search(href):
        return False
    return _fold(name) in _fold(unquote(href)) if _NAMED.search(href) else _NUMBERED.search(href) is not None


def _fold(text: str) -> str:
    return _NOT_LETTER.sub("", text.casefold())
