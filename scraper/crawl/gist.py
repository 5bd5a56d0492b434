"""Article -> Gist: what decides whether an article is new, changed, or one that is known already. Pure."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, time
from typing import Any, Final

import msgspec

from scraper.crawl.wire import Gist
from scraper.model import Article
from scraper.normalizers import article_id
from scraper.normalizers.minhash import minhash

FIELDS: Final = (
    "title",
    "subtitle",
    "lead",
    "authors",
    "published_date",
    "published_at",
    "section",
    "tags",
    "language",
    "text",
    "images",
    "access",
)
"""Fields whose change makes a revision. What stands around the article, or says when it was touched, does not."""


def gist_of(article: Article) -> Gist:
    """Return the gist of an article."""
    return Gist(
        article_id=article.id,
        own_id=article_id(article.final_url, article.html_hash),
        canonical_url=article.canonical_url,
        content_hash=article.content_hash,
        signature=minhash(article.text),
        fields={name: _hash(getattr(article, name)) for name in FIELDS if getattr(article, name)},
        published=_published(article),
        is_live=article.page_type == "live_blog",
        text_chars=article.char_count,
        link_chars=sum(len(link.text) for block in article.blocks for link in block.links),
    )


def _hash(value: Any) -> bytes:
    return hashlib.blake2b(msgspec.json.encode(value), digest_size=8).digest()


def _published(article: Article) -> float | None:
    if article.published_at is not None:
        return article.published_at.timestamp()
    if article.published_date is not None:
        return datetime.combine(article.published_date, time(), UTC).timestamp()
    return None
