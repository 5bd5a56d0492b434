"""What makes a run the title of another story: a link of some words that leads to a page which may be one."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final, Literal

from scraper.extractors.sketch import Sketch, words_of
from scraper.model import Value

Place = Literal["inline", "tail", "sidebar"]
MAX_TITLE_CHARS: Final = 220
BULLET: Final = re.compile(r"^\s*[•▪●◦‣►▸▶»›→➤➜*·–—-]\s*")
_MIN_TITLE_WORDS: Final = 4
_ARCHIVE: Final = re.compile(
    r"/(?:author|authors|tag|tags|category|users?|profiles?|members?|people|contributors?|staff)/[^/]+/?$"
    r"|/(?:log-?in|sign-?in|sign-?up|register|subscribe|subscriptions?|newsletters?|account|cart|checkout|search|feed|rss"
    r"|privacy(?:-policy|-notice)?|terms(?:-[\w-]+)?|contact(?:-us)?|about(?:-us)?|donate|advertise)/?(?:\.\w+)?$"
    r"|/page/\d+/?$",
    re.I,
)
"""Addresses that hold no story: archives of an author or a tag, forms, the house's own pages, pages of a list."""


_NO_STORIES: Final = re.compile(
    r"(?:[\w-]+\.)*(?:"
    r"doubleclick\.net|googleadservices\.com|googlesyndication\.com|taboola\.com|outbrain\.com|criteo\.com|adform\.net"
    r"|awin1\.com|anrdoezrs\.net|jdoqocy\.com|dpbolvw\.net|shareasale\.com|amzn\.to|adjust\.com|adj\.st|onelink\.me"
    r"|apps\.apple\.com|itunes\.apple\.com|play\.google\.com|news\.google\.com"
    r"|whatsapp\.com|wa\.me|t\.me|t\.co|twitter\.com|x\.com|facebook\.com|fb\.com|instagram\.com|threads\.net|tiktok\.com"
    r"|pinterest\.com|linkedin\.com|bsky\.app|reddit\.com|flipboard\.com"
    r")(?::\d+)?"
    r"|(?:subscribe|subscriptions?|account|accounts|login|signin|abo|abonnement|privacy|help|support|ads?)\..*"
)
"""Hosts of advertisements, apps, posts and accounts: a link there leads to no story."""


_SCRIPT: Final = re.compile(r"^[^/]*$|\.(?:php|aspx?|jsp|cgi|do)$", re.I)
"""Places that hold another page for each parameter: the front page, programs."""


class Card(Value, frozen=True, kw_only=True):
    """One teaser: the run of its title and the other runs that belong to it."""

    title: int
    rest: tuple[int, ...] = ()
    inline: bool = False
    neighbour: bool = False


def is_title(sketch: Sketch, index: int) -> bool:
    """Whether a run is, or holds little but, the linked title of another story."""
    run = sketch.runs[index]
    if not run.anchors or len(run.text) > MAX_TITLE_CHARS or run.link_chars < 0.5 * len(run.text):
        return False
    if run.is_sponsored:
        return False
    related = run.kind == "heading" or sketch.zone(index) == "related"
    words = words_of(run.longest_link[0])
    return len(words) >= (3 if related else _MIN_TITLE_WORDS) and leads_away(sketch, index)


def is_link(sketch: Sketch, index: int) -> bool:
    """Whether a run is a link to elsewhere, too short for the title of a story standing alone."""
    run = sketch.runs[index]
    return run.link_chars >= 0.8 * len(run.text) and not run.is_sponsored and leads_away(sketch, index)


def leads_away(sketch: Sketch, index: int) -> bool:
    """Whether the longest link of a run leads to another page than this, the home page and an archive."""
    known = sketch.away.get(index)
    if known is None:
        known = sketch.away[index] = _is_elsewhere(target_of(sketch, index), sketch.document.url)
    return known


def _is_elsewhere(url: str | None, own: str) -> bool:
    if url is None or is_itself(url, own):
        return False
    path = url.partition("://")[2].partition("/")[2].partition("?")[0]  # a resolved address has both
    return path != "" and _ARCHIVE.search(f"/{path}") is None and tells_a_story(url, own)


def is_itself(url: str, own: str) -> bool:
    """Whether an address is the page's own, but for the fragment and for parameters that one has and the other lacks.

    >>> is_itself("https://bay.example/ferry?amp=1", "https://bay.example/ferry")
    True
    >>> is_itself("https://bay.example/read.php?id=2", "https://bay.example/read.php?id=1")
    False
    """
    (place, mine), (other, theirs) = _place_and_query(own), _place_and_query(url)
    if place != other:
        return False
    few, many = sorted((mine, theirs), key=len)
    return few == many or (few <= many and _SCRIPT.search(place) is None)


def _place_and_query(url: str) -> tuple[str, set[str]]:
    place, _, query = url.partition("#")[0].partition("?")
    return place.partition("://")[2].rstrip("/"), {pair for pair in query.split("&") if pair}


def tells_a_story(url: str, own: str) -> bool:
    """Whether a host may hold stories: it is none of advertisements, apps, posts or accounts, or the page's own."""
    host = _host_in(url)
    return not _holds_no_stories(host) or host == _host_in(own)


def _host_in(url: str) -> str:
    return url.partition("://")[2].partition("/")[0]


@lru_cache(maxsize=4_096)
def _holds_no_stories(host: str) -> bool:
    return _NO_STORIES.fullmatch(host) is not None


def target_of(sketch: Sketch, index: int) -> str | None:
    """Return where the longest link of a run leads."""
    run = sketch.runs[index]
    return sketch.document.resolve(run.longest_link[1].get("href")) if run.anchors else None
