"""A newspaper of our own, for tests that read its pages: stories, a page around a text, and questions to a record.

The stories are in data/failures/stories.toml, by language.
"""

from __future__ import annotations

import json
import time
import tomllib
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any, Final

from scraper.document import Document
from scraper.extractors.blocks import segment
from scraper.extractors.headline import find_headline
from scraper.extractors.sketch import Sketch
from scraper.extractors.structured import Structured
from scraper.model import Article, Page
from scraper.pipeline import extract_article

URL: Final = "https://www.bay-gazette.example/town/ferry-returns-4711.html"
STORIES: Final[dict[str, dict[str, Any]]] = tomllib.loads(
    (Path(__file__).parent / "data/failures/stories.toml").read_text(encoding="utf-8")
)
TITLE: Final[str] = STORIES["en"]["title"]
STORY: Final[list[str]] = STORIES["en"]["paragraphs"]
LINKS: Final = (
    ("Three bakeries and a single oven", "/town/bakeries-share-oven-4702.html"),
    ("How the lighthouse lost its keeper", "/town/lighthouse-keeper-4688.html"),
    ("Council votes on the new sea wall", "/politics/sea-wall-vote-4695.html"),
    ("A winter without any snow at all", "/weather/winter-without-snow-4670.html"),
)
NAV: Final = (
    '<header class="site-header"><a href="/" class="logo">Bay Gazette</a><nav><ul>'
    '<li><a href="/">Home</a></li><li><a href="/town/">Town</a></li><li><a href="/politics/">Politics</a></li>'
    '<li><a href="/weather/">Weather</a></li></ul></nav></header>'
)
FOOTER: Final = (
    '<footer><ul><li><a href="/imprint">Imprint</a></li><li><a href="/privacy">Privacy</a></li></ul>'
    "<p>© 2024 Bay Gazette. All rights reserved.</p></footer>"
)
LINEAR: Final = 9.0
"""More than this for four times as much is no noise."""
BYLINE: Final = '<p class="byline">By <a href="/staff/mara-lindqvist">Mara Lindqvist</a></p><time>May 17, 2024</time>'


def paragraphs(texts: list[str], name: str = "") -> str:
    """Return the texts as paragraphs, of a class if a name is given."""
    opening = f'<p class="{name}">' if name else "<p>"
    return "".join(f"{opening}{escape(text)}</p>" for text in texts)


def linked(text: str, href: str) -> str:
    return f'<a href="{href}">{text}</a>'


def page(body: str, *, head: str = "", title: str = TITLE, lang: str = "en", byline: str = BYLINE) -> str:
    """Return a page of the Gazette: head, navigation, headline, byline, this body, footer."""
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title} - Bay Gazette</title>'
        f'<meta property="og:type" content="article"><meta property="og:site_name" content="Bay Gazette">{head}</head>'
        f"<body>{NAV}<main><article><h1>{title}</h1>{byline}{body}</article></main>{FOOTER}</body></html>"
    )


def json_ld(**fields: Any) -> str:
    """Return a script with a NewsArticle of these fields."""
    node = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": TITLE, **fields}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def read(html: str | bytes, url: str = URL) -> Article:
    return extract_article(html, url)


def sketch_of(html: str) -> Sketch:
    """Return the page while it is being read: its runs, and its headline marked."""
    document = Document.from_page(Page(url=URL, final_url=URL, body=html.encode()))
    assert document.root is not None
    sketch = Sketch(document, Structured(document), segment(document.root))
    find_headline(sketch)
    return sketch


def names(article: Article) -> list[str]:
    return [author.name for author in article.authors]


def codes(article: Article) -> set[str]:
    return {warned.code for warned in article.warnings}


def missing(article: Article, texts: list[str] = STORY) -> list[str]:
    """Return the beginnings of the story's paragraphs that are no block of the text, each alone."""
    blocks = {" ".join(block.text.split()) for block in article.blocks}
    return [text[:40] for text in texts if text not in blocks]


def leaked(article: Article, *snippets: str) -> list[str]:
    return [snippet for snippet in snippets if snippet in article.text]


def growth(work: Callable[[int], object], size: int) -> float:
    """Return how many times as long four times as much takes: 4 for work that is linear, 16 for what is quadratic."""

    def spent(much: int) -> float:
        rounds = []
        for _ in range(2):
            began = time.process_time()
            work(much)
            rounds.append(time.process_time() - began)
        return min(rounds)

    return spent(4 * size) / spent(size)


def repeated(article: Article) -> list[str]:
    """Return the long blocks that stand in the text more than once."""
    texts = [block.text for block in article.blocks if len(block.text) > 30]
    return sorted({text for text in texts if article.text.count(text) > 1})
