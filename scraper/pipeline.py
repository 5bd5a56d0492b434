"""The pure middle: Page -> Article | Rejected. No clock, no network, no files.

decode and parse (document) -> label and read off (extractors) -> clean (normalizers) -> judge (quality)
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from scraper.config import QualityConfig
from scraper.document import NO_URL, Document
from scraper.extractors import extract_draft
from scraper.extractors.joining import Part, join_parts
from scraper.extractors.model import model_version
from scraper.extractors.paths import locate_blocks
from scraper.model import Article, Draft, Page, Rejected, Value
from scraper.normalizers import Source, normalize_draft
from scraper.quality import judge_article, judge_document, judge_rights
from scraper.rules import Rules
from scraper.version import VERSION


class Explained(Value, frozen=True, kw_only=True):
    """A page's record beside what it was made from."""

    draft: Draft
    article: Article
    rejected: Rejected | None = None
    """Why a crawl would not keep the record."""


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep the cyclic collector from running, and leave it as it was; for use around one page.

    A page is tens of thousands of values that all live until its end: looking through them finds nothing to free.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


@collector_paused()
def read_page(page: Page, quality: QualityConfig, *, rules: Rules | None = None) -> Article | Rejected:
    """Return the article on a fetched page, or why it gives none. Total, and deterministic in the page and the rules.

    With the other pages of its article in `page.following` it is the whole article in order, as its first page.
    """
    document = Document.from_page(page)
    if rejected := judge_document(document):
        return rejected
    article = read_document(document, rules)
    reserved = judge_rights(article) if page.skip_reserved else None
    return reserved or judge_article(article, quality) or article


def explain_page(page: Page, quality: QualityConfig, *, rules: Rules | None = None) -> Explained | Rejected:
    """Return the same with all that was seen on the way; a Rejected where there is nothing to read.

    The blocks of an article on one page have their paths.
    """
    document = Document.from_page(page)
    if rejected := judge_document(document):
        return rejected
    document, draft = join_pages(document, rules)
    draft = draft if page.following else locate_blocks(document, draft)
    article = normalize_draft(draft, source_of(document, draft))
    return Explained(draft=draft, article=article, rejected=judge_article(article, quality))


@collector_paused()
def extract_article(html: bytes | str, url: str | None, *, rules: Rules | None = None) -> Article:
    """Return the article in these bytes or this text; nothing is judged, nothing was fetched."""
    address = (url or NO_URL).encode("utf-8", "replace").decode("utf-8")
    page = Page(
        url=address,
        final_url=address,
        body=html if isinstance(html, bytes) else html.encode("utf-8", "surrogatepass"),
    )
    return read_document(Document.from_page(page) if isinstance(html, bytes) else Document.from_text(html, page), rules)


def read_document(document: Document, rules: Rules | None = None) -> Article:
    """Return the record of a document, the other pages of its article included."""
    first, draft = join_pages(document, rules)
    return normalize_draft(draft, source_of(first, draft))


def join_pages(document: Document, rules: Rules | None = None) -> tuple[Document, Draft]:
    """Return the first page of a document's article, and what the extractors read off it and the pages after it."""
    documents = (document, *map(Document.from_page, document.page.following))
    drafts = [extract_draft(each, rules=rules) for each in documents]
    if len(drafts) == 1:
        return document, drafts[0]
    place, draft = join_parts(
        [Part(urls=(each.page.url, each.url), draft=read) for each, read in zip(documents, drafts, strict=True)]
    )
    return documents[place], draft


def source_of(document: Document, draft: Draft) -> Source:
    """Return what the record says of the page's bytes, how they came, and what read them."""
    decoded = document.decoded
    return Source(
        page=document.page,
        url=document.url,
        charset=decoded.charset,
        charset_source=decoded.source,
        version=VERSION,
        model=model_version() if draft.method == "blocks" else None,
        site_model=draft.site_rule,
    )
