"""Articles that were written: which revision, and what it was made of."""

from __future__ import annotations

import msgspec

from scraper.frontier.packing import pack, unpack
from scraper.frontier.store import Store
from scraper.model import Value


class ArticleRow(Value, frozen=True, kw_only=True):
    """What is remembered of one article. Times are unix seconds."""

    article_id: str
    revision: int = 1
    content_hash: str | None = None
    fields: dict[str, bytes] = msgspec.field(default_factory=dict)
    """Name of a field -> hash of its value, 8 bytes."""
    url_key: bytes
    """The address it was taken from."""
    first_seen: float
    last_changed: float


def changed_fields(old: ArticleRow, new: ArticleRow) -> tuple[str, ...]:
    """Return the names of the fields that differ, sorted; one that only one of them has differs."""
    names = old.fields.keys() | new.fields.keys()
    return tuple(sorted(name for name in names if old.fields.get(name) != new.fields.get(name)))


class Articles:
    """Keeps the latest revision of each article."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, article_id: str) -> ArticleRow | None:
        """Return what is known of an article, or None."""
        row = self._store.row(
            "SELECT revision, content_hash, fields, url_key, first_seen, last_changed FROM article"
            " WHERE article_id = ?",
            (pack(article_id),),
        )
        if row is None:
            return None
        return ArticleRow(
            article_id=article_id,
            revision=row[0],
            content_hash=unpack(row[1]),
            fields=msgspec.msgpack.decode(row[2], type=dict[str, bytes]),
            url_key=row[3],
            first_seen=row[4],
            last_changed=row[5],
        )

    def any(self) -> bool:
        """Return whether any article is known."""
        return self._store.row("SELECT 1 FROM article LIMIT 1") is not None

    def put(self, article: ArticleRow) -> None:
        """Remember an article in place of what was known of it."""
        self._store.run(
            "INSERT INTO article (article_id, revision, content_hash, fields, url_key, first_seen, last_changed)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (article_id) DO UPDATE SET revision = excluded.revision,"
            " content_hash = excluded.content_hash, fields = excluded.fields, url_key = excluded.url_key,"
            " first_seen = excluded.first_seen, last_changed = excluded.last_changed",
            (
                pack(article.article_id),
                article.revision,
                pack(article.content_hash),
                msgspec.msgpack.encode(article.fields),
                article.url_key,
                article.first_seen,
                article.last_changed,
            ),
        )

    def same_content(self, content_hash: str) -> str | None:
        """Return the article that had this content first, or None."""
        row = self._store.row(
            "SELECT article_id FROM article WHERE content_hash = ? ORDER BY id LIMIT 1", (pack(content_hash),)
        )
        return unpack(row[0]) if row else None
