"""Article -> Gist: what decides whether an article is new, changed, or one that is known already. Pure."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, time
from typing import Any, Final, Protocol

import msgspec

from scraper.crawl.wire import Gist
from scraper.model import Article
from scraper.normalizers import article_id
from scraper.normalizers.minhash import minhash
from scraper.web.body import spoken

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


class Dated(Protocol):
    """An article, or what of a record matters here."""

    @property
    def published_date(self) -> date | None: ...
    @property
    def published_at(self) -> datetime | None: ...


def gist_of(article: Article) -> Gist:
    """Return the gist of an article."""
    return Gist(
        article_id=article.id,
        own_id=article_id(article.final_url, article.html_hash),
        canonical_url=article.canonical_url,
        content_hash=article.content_hash,
        signature=minhash(article.text),
        fields=hash_fields(article),
        published=published_s(article),
        is_live=article.page_type == "live_blog",
        text_chars=article.char_count,
        link_chars=sum(len(link.text) for block in spoken(article.blocks) for link in block.links),
    )


def hash_fields(article: Dated) -> dict[str, bytes]:
    """Return a hash of each of FIELDS that has a value, by name."""
    return {name: _hash(value) for name in FIELDS if (value := getattr(article, name))}


def published_s(article: Dated) -> float | None:
    """Return when an article was published, in unix seconds; of a day alone its beginning."""
    if article.published_at is not None:
        return article.published_at.timestamp()
    if article.published_date is not None:
        return datetime.combine(article.published_date, time(), UTC).timestamp()
    return None


def _hash(value: Any) -> bytes:
    return hashlib.blake2b(msgspec.json.encode(value), digest_size=8).digest()
