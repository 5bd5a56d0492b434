"""What kind of page this is: the model's guess, unless what the page declares or how it is built speaks against it."""

from __future__ import annotations

from typing import Final

from scraper.extractors.sketch import Sketch
from scraper.extractors.structured import ARTICLE_TYPES
from scraper.model import PageType

_LONG_PARAGRAPH_CHARS: Final = 250
_MIN_STORIES: Final = 3


def find_page_type(sketch: Sketch, guess: PageType) -> PageType:
    """Return the kind of page. A page without body is `other`, whatever it declares."""
    if not sketch.body:
        return "other"
    if "LiveBlogPosting" in sketch.structured.types:
        return "live_blog"
    if guess == "article" and not _is_declared(sketch) and _lists_stories(sketch):
        return "listing"
    return guess


def _is_declared(sketch: Sketch) -> bool:
    """Whether the page calls itself an article."""
    og = (sketch.document.first_meta("og:type") or ("", ""))[1].lower()
    typed = bool((ARTICLE_TYPES - {"Blog", "Review"}) & sketch.structured.types)
    return typed or og == "article" or "article:published_time" in sketch.document.meta


def _lists_stories(sketch: Sketch) -> bool:
    """Whether what was taken for body is linked titles with blurbs: more of them than long paragraphs."""
    titles = long = 0
    for index in (*sketch.body, *sketch.marked("teaser")):
        run = sketch.runs[index]
        titles += run.kind == "heading" and run.link_chars > 0.8 * len(run.text)
        long += sketch.labels[index] == "body" and len(run.text) - run.link_chars >= _LONG_PARAGRAPH_CHARS
    return titles > long and titles >= (_MIN_STORIES if long else 2)
