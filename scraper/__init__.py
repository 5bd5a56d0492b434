"""Article pages in, clean versioned records out.

from scraper import extract
article = extract(html, url="https://example.org/story")
article.title, article.text, article.to_json()
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.version import VERSION as __version__

if TYPE_CHECKING:
    from scraper.model import Article

__all__ = ["Article", "__version__", "extract"]


def extract(html: bytes | str, url: str | None = None) -> Article:
    """Return the article on a page, as the same frozen record that the JSONL holds.

    Total: any bytes or text give a record; what is not there is None or empty. Deterministic: `fetch.fetched_at`
    and `fetch.status` are None, since nothing was fetched. Without `url` the page's address is the one it declares.
    """
    from scraper.pipeline import extract_article
    from scraper.rules import load_rules

    return extract_article(html, url, rules=load_rules())


def __getattr__(name: str) -> object:
    """Load Article when it is asked for: importing the package stays cheap."""
    if name == "Article":
        from scraper.model import Article

        return Article
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
