"""What kind of page this is, from what it declares and from its shape."""

from __future__ import annotations

from typing import Final

from scraper.extractors.sketch import Sketch
from scraper.extractors.structured import ARTICLE_TYPES
from scraper.model import PageType

_BY_TYPE: Final[tuple[tuple[frozenset[str], PageType], ...]] = (
    (frozenset({"LiveBlogPosting"}), "live_blog"),
    (frozenset({"DiscussionForumPosting", "QAPage"}), "forum"),
)
_PRODUCT: Final = frozenset({"Product", "ProductGroup"})
_LISTING: Final = frozenset({"CollectionPage", "SearchResultsPage"})
_MIN_BODY_CHARS: Final = 200
_LONG_PARAGRAPH_CHARS: Final = 250
_MIN_STORIES: Final = 3


def _lists_stories(sketch: Sketch) -> bool:
    """Whether what was taken for body is linked titles with blurbs: more of them than long paragraphs."""
    titles = long = 0
    for index, run in enumerate(sketch.runs):
        if sketch.labels[index] not in {"body", "teaser"}:
            continue
        titles += run.kind == "heading" and run.link_chars > 0.8 * len(run.text)
        long += sketch.labels[index] == "body" and len(run.text) - run.link_chars >= _LONG_PARAGRAPH_CHARS
    return titles > long and titles >= (_MIN_STORIES if long else 2)


def find_page_type(sketch: Sketch, cards: int) -> PageType:
    """Return the kind of page: by JSON-LD and OpenGraph types, then by how much body there is against teasers."""
    types = sketch.structured.types
    declared = next((kind for names, kind in _BY_TYPE if names & types), None)
    if declared:
        return declared
    og = (sketch.document.first_meta("og:type") or ("", ""))[1].lower()
    body = sum(len(sketch.runs[i].text) for i in sketch.marked("body") if sketch.runs[i].kind != "heading")
    is_article = (
        bool((ARTICLE_TYPES - {"Blog", "Review"}) & types)
        or og in {"article", "news"}
        or "article:published_time" in sketch.document.meta
    )
    if is_article and (body >= _MIN_BODY_CHARS or cards < 8):
        return "article"
    if _PRODUCT & types or og.startswith("product"):
        return "product"
    if _LISTING & types or (cards >= 5 and body < 120 * cards) or _lists_stories(sketch):
        return "listing"
    return "article" if body >= _MIN_BODY_CHARS or (sketch.headline is not None and body) else "other"
