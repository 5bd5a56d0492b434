"""What a page says of itself outside its text, and what holds for it as a whole."""

from __future__ import annotations

import math
import re
from typing import Final
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt

from scraper.document import Document
from scraper.extractors.layout import Layout
from scraper.extractors.tags import FORM, HEADING, HIDDEN, ITEM
from scraper.extractors.vocabulary import CLASS_GROUPS
from scraper.model import Value
from scraper.web.jsonld import types_of


class PageFacts(Value, frozen=True, kw_only=True):
    """What the page says of itself outside its text."""

    url: str = ""
    title: str = ""
    og_type: str = ""
    jsonld_types: frozenset[str] = frozenset()
    has_published: bool = False
    article_body_chars: int = 0


def gather_facts(document: Document) -> PageFacts:
    """Return the facts of a parsed page."""
    meta, nodes = document.first_meta, document.json_ld.nodes
    title, og_type = meta("og:title", "twitter:title"), meta("og:type")
    return PageFacts(
        url=document.url,
        title=title[1] if title else document.title_tag or "",
        og_type=og_type[1].lower() if og_type else "",
        jsonld_types=frozenset(t for node in nodes for t in types_of(node)),
        has_published=meta("article:published_time", "article:published") is not None,
        article_body_chars=max((len(b) for node in nodes if isinstance(b := node.get("articleBody"), str)), default=0),
    )


_ARTICLE_TYPES: Final = frozenset(
    ("Article", "NewsArticle", "BlogPosting", "ReportageNewsArticle", "TechArticle", "Report", "AnalysisNewsArticle",
     "OpinionNewsArticle", "LiveBlogPosting", "ScholarlyArticle", "MedicalWebPage", "Recipe"),
)  # fmt: skip
_PRODUCT_TYPES: Final = frozenset(("Product", "ProductGroup", "Offer"))
_FORUM_TYPES: Final = frozenset(("DiscussionForumPosting", "QAPage", "Question", "Comment"))
_LIST_TYPES: Final = frozenset(("ItemList", "CollectionPage"))
_DATED: Final = re.compile(r"/(?:19|20)\d\d[/-]")
_LIST_URL: Final = re.compile(
    r"/(?:category|categories|tag|tags|topic|topics|collections?|archive|author|search)(?:/|$)"
)
_FORUM_URL: Final = re.compile(r"forum|/threads?/|/t/|/topic|community|/questions?/|discuss|viewtopic|reddit\.com/r/")
_DOCS_URL: Final = re.compile(
    r"//docs?\.|/docs?/|/documentation|/manual|/reference|/api/|/guide|/wiki/|readthedocs|/help/"
)
_PRODUCT_URL: Final = re.compile(r"/(?:products?|p|dp|shop|item|store|buy)/")


def fact_numbers(facts: PageFacts, layout: Layout) -> dict[str, float]:
    """Return what the page's head and address say, as numbers."""
    types, body = facts.jsonld_types, layout.tokens[0]
    path = urlsplit(facts.url).path if "[" not in facts.url else ""
    segments = [s for s in path.split("/") if s]
    return {
        "ld_article": float(bool(types & _ARTICLE_TYPES)),
        "ld_product": float(bool(types & _PRODUCT_TYPES)),
        "ld_forum": float(bool(types & _FORUM_TYPES)),
        "ld_list": float(bool(types & _LIST_TYPES)),
        "ld_faq": float("FAQPage" in types),
        "ld_body": math.log1p(facts.article_body_chars),
        "og_article": float(facts.og_type == "article"),
        "og_product": float(facts.og_type.startswith("product")),
        "published": float(facts.has_published),
        "url_depth": len(segments),
        "url_dated": float(bool(_DATED.search(path))),
        "url_slug": segments[-1].count("-") + segments[-1].count("_") if segments else -1,
        "url_chars": len(path),
        "url_digits": sum(map(path.count, "0123456789")),
        "url_list": float(bool(_LIST_URL.search(path))),
        "url_forum": float(bool(_FORUM_URL.search(facts.url))),
        "url_docs": float(bool(_DOCS_URL.search(facts.url))),
        "url_product": float(bool(_PRODUCT_URL.search(path))),
        "body_single": float("single" in body or "article" in body),
        "body_list": float("archive" in body or "category" in body or "home" in body),
    }


def whole_numbers(layout: Layout, bits: npt.NDArray[np.int64], flags: npt.NDArray[np.int64]) -> dict[str, float]:
    """Return shares of the page's runs and elements; `bits` are the elements' class groups, `flags` the runs'."""
    texts = [run.text[:100] for run in layout.runs]
    return {
        "page_heads": float(((flags & HEADING) > 0).mean()),
        "page_items": float(((flags & ITEM) > 0).mean()),
        "page_hidden": float(((flags & HIDDEN) > 0).mean()),
        "page_forms": float(((flags & FORM) > 0).mean()),
        "page_prices": _share_of_texts(texts, "$€£"),
        "page_questions": _share_of_texts(texts, "?？"),
        "page_forum": _share_with(bits, "forum"),
        "page_comment": _share_with(bits, "comment"),
        "page_product": _share_with(bits, "product"),
        "page_cards": _share_with(bits, "card"),
    }


def _share_of_texts(texts: list[str], signs: str) -> float:
    """Return the share of the texts that hold one of the signs."""
    whole = "".join(texts)
    found = {i for sign in signs if sign in whole for i, text in enumerate(texts) if sign in text}
    return len(found) / len(texts)


def _share_with(bits: npt.NDArray[np.int64], group: str) -> float:
    return int(np.count_nonzero(bits & (1 << CLASS_GROUPS.index(group)))) / len(bits)
