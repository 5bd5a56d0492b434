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


def extract(html: bytes | bytearray | memoryview | str, url: str | None = None) -> Article:
    """Return the article on a page, as the same frozen record that the JSONL holds.

    `html` is the page itself, no path and no address: nothing is opened or fetched. Give its bytes where you have
    them, since how they are to be decoded is read off them. With `url`, links become absolute; without it they, `id`
    and `domain` go by the address that the page declares, and `url` is about:blank.

    Total: any bytes or text give a record; what is not there is None or empty. Raises TypeError for anything else.
    Deterministic: `fetch.fetched_at` and `fetch.status` are None, since nothing was fetched.
    """
    from scraper.pipeline import extract_article
    from scraper.rules import load_rules

    if isinstance(html, (bytearray, memoryview)):
        html = bytes(html)
    if not isinstance(html, (bytes, str)):
        raise TypeError(f"html is the page itself, as bytes or str, not {type(html).__name__}")
    if not isinstance(url, str | None):
        raise TypeError(f"url is the page's address, as str, or None, not {type(url).__name__}")
    return extract_article(html, url, rules=load_rules())


def __getattr__(name: str) -> object:
    """Load Article when it is asked for: importing the package stays cheap."""
    if name == "Article":
        from scraper.model import Article

        return Article
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
