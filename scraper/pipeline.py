"""The pure middle: Page -> Article | Rejected. No clock, no network, no files.

decode and parse (document) -> label and read off (extractors) -> clean (normalizers) -> judge (quality)
"""

from __future__ import annotations

from typing import Final

from scraper.config import QualityConfig
from scraper.document import Document
from scraper.extractors import extract_draft
from scraper.extractors.pages import join_drafts
from scraper.model import Article, Page, Rejected
from scraper.normalizers import Source, normalize_draft
from scraper.quality import judge_article, judge_document
from scraper.version import VERSION

_NO_URL: Final = "about:blank"


def read_page(page: Page, quality: QualityConfig) -> Article | Rejected:
    """Return the article on a fetched page, or why it gives none. Total, and deterministic in the page alone.

    The pages in `page.following` are joined to it.
    """
    document = Document.from_page(page)
    if rejected := judge_document(document):
        return rejected
    article = read_document(document)
    return judge_article(article, quality) or article


def extract_article(html: bytes | str, url: str | None) -> Article:
    """Return the article in these bytes or this text; nothing is judged, nothing was fetched."""
    page = Page(
        url=url or _NO_URL,
        final_url=url or _NO_URL,
        body=html if isinstance(html, bytes) else html.encode("utf-8", "surrogatepass"),
    )
    return read_document(Document.from_page(page) if isinstance(html, bytes) else Document.from_text(html, page))


def read_document(document: Document) -> Article:
    """Return the record of a document, the following pages of its article included."""
    draft = extract_draft(document)
    if following := document.page.following:
        rest = [(page.url, extract_draft(Document.from_page(page))) for page in following]
        draft = join_drafts(draft, rest)
    return normalize_draft(draft, source_of(document))


def source_of(document: Document) -> Source:
    """Return what the record says of the page's bytes and how they came."""
    decoded = document.decoded
    return Source(
        page=document.page,
        charset=decoded.charset,
        charset_source=decoded.source,
        version=VERSION,
    )
