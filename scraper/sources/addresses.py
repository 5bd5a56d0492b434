"""What the shape of an address alone says about whether an article stands there."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Final
from urllib.parse import unquote, urlsplit

from scraper.model import Value
from scraper.sources.found import is_media

_WORDS_FILE: Final = "not_articles.toml"

_DOCUMENT_ENDING: Final = re.compile(
    r"\.(?:pdf|docx?|xlsx?|pptx?|zip|gz|epub|xml|rss|atom|json|css|js|ics|exe|dmg|apk|woff2?)$", re.IGNORECASE
)
_PAGE_ENDING: Final = re.compile(r"\.(?:s?html?|xhtml|aspx?|php|jsp|cms|ece)$", re.IGNORECASE)
_DATE: Final = re.compile(r"(?:^|[/_-])(?:19|20)\d\d[/_-]?(?:0[1-9]|1[0-2]|[1-9])(?:[/_-]|[0-3]\d(?:\D|$))")
_LONG_NUMBER: Final = re.compile(r"\d{5,}")
_NUMBERED_PAGE: Final = re.compile(r"(?:^|/)(?:page|seite|pagina|p)[/-]?\d{1,4}/?$", re.IGNORECASE)
_STORY_QUERY: Final = re.compile(
    r"(?:^|&)(?:p|id|aid|nid|sid|story|storyid|article|articleid|artid|newsid)=\d+", re.IGNORECASE
)
_ONLY_DATE: Final = re.compile(r"(?:\d{1,2}|(?:19|20)\d\d|\d{4}-\d\d(?:-\d\d)?)")


class PathWords(Value, frozen=True, kw_only=True):
    """The words of not_articles.toml."""

    service: frozenset[str]
    list: frozenset[str]


@cache
def _path_words() -> PathWords:
    words = tomllib.loads(files(__package__).joinpath(_WORDS_FILE).read_text("utf-8"))
    return PathWords(service=frozenset(words["service"]), list=frozenset(words["list"]))


def could_be_article(url: str, page_url: str) -> bool:
    """Say whether the address may be an article's: no file, no list, no service page, not the page or one above it."""
    path = unquote(urlsplit(url).path)
    page_path = urlsplit(page_url).path
    query = urlsplit(url).query
    segments = [segment for segment in path.lower().split("/") if segment]
    if not _STORY_QUERY.search(query) and (not segments or _is_above(path, unquote(page_path))):
        return False
    if is_media(url) or _DOCUMENT_ENDING.search(path) or _NUMBERED_PAGE.search(path):
        return False
    return not (segments and (_is_service(segments) or _is_list(segments)))


def _is_above(path: str, page_path: str) -> bool:
    return (page_path.rstrip("/") + "/").startswith(path.rstrip("/") + "/")


def _is_service(segments: list[str]) -> bool:
    return _PAGE_ENDING.sub("", segments[0]) in _path_words().service


def _is_list(segments: list[str]) -> bool:
    if all(_ONLY_DATE.fullmatch(segment) for segment in segments):
        return True
    last_two = segments[-2:]
    return any(segment in _path_words().list for segment in last_two) and not _LONG_NUMBER.search(last_two[-1])


def score_address(url: str) -> float:
    """Return how much the address looks like an article's, about -3 to 13: words in the slug, dates, numbers.

    >>> score_address("https://example.org/2024/05/12/how-the-bridge-was-saved.html")
    7.0
    >>> score_address("https://example.org/sport/")
    -3.0
    """
    parts = urlsplit(url)
    path = unquote(parts.path)
    segments = [segment for segment in path.split("/") if segment]
    named = [segment for segment in segments if re.search(r"[^\W\d_]{3}", segment)]
    slug = _PAGE_ENDING.sub("", max(named[-2:], key=len, default=""))
    score = _score_words(slug)
    score += 3.0 if _DATE.search(path) else 0.0
    score += 2.0 if _LONG_NUMBER.search("/".join(segments[-2:])) else 0.0
    score += 1.0 if segments and _PAGE_ENDING.search(segments[-1]) else 0.0
    score += 3.0 if _STORY_QUERY.search(parts.query) else 0.0
    return -3.0 if score == 0.0 and len(segments) < 3 else score


def _score_words(slug: str) -> float:
    words = [word for word in re.split(r"[-_+ .,]+", slug) if word]
    if len(words) == 1 and not slug.isascii():
        return 2.0 if len(slug) >= 6 else 0.0
    return (0.0, 0.0, 0.5, 2.0, 3.0, 3.0, 4.0)[min(len(words), 6)]
