"""Articles that were written: which revision, and what it was made of."""

from __future__ import annotations

from typing import Final

import msgspec

from scraper.frontier.near import drop_signature
from scraper.frontier.packing import pack, unpack
from scraper.frontier.store import Row, Store
from scraper.model import Value

_COLUMNS: Final = "article_id, revision, content_hash, fields, url_key, first_seen, last_changed"


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
        row = self._store.row(f"SELECT {_COLUMNS} FROM article WHERE article_id = ?", (pack(article_id),))
        return _article_row(row) if row else None

    def forgotten(self, article_id: str, url_key: bytes) -> ArticleRow | None:
        """Return what was known of an article before it was forgotten, or None if it never was, or came again.

        It is the one that this address gave, whatever its id; else the one of this id, from whatever address.
        """
        wanted = (url_key, pack(article_id))
        row = self._store.row(
            f"SELECT {_COLUMNS} FROM forgotten WHERE url_key = ? OR article_id = ?"
            " ORDER BY url_key <> ?, article_id <> ? LIMIT 1",
            (*wanted, *wanted),
        )
        return _article_row(row) if row else None

    def any(self) -> bool:
        """Return whether any article is known."""
        return self._store.row("SELECT 1 FROM article LIMIT 1") is not None

    def put(self, article: ArticleRow) -> None:
        """Remember an article in place of what was known of it, before it was forgotten as well."""
        packed_id = pack(article.article_id)
        with self._store.transaction():
            self._store.run("DELETE FROM forgotten WHERE article_id = ?", (packed_id,))
            self._store.run(
                f"INSERT INTO article ({_COLUMNS})"
                " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (article_id) DO UPDATE SET revision = excluded.revision,"
                " content_hash = excluded.content_hash, fields = excluded.fields, url_key = excluded.url_key,"
                " first_seen = excluded.first_seen, last_changed = excluded.last_changed",
                (
                    packed_id,
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


def forget_article(store: Store, number: int) -> None:
    """Forget the article with this number and its text's signature; how far its revisions have come is kept aside."""
    drop_signature(store, number)
    store.run(f"INSERT OR REPLACE INTO forgotten ({_COLUMNS}) SELECT {_COLUMNS} FROM article WHERE id = ?", (number,))
    store.run("DELETE FROM article WHERE id = ?", (number,))


def _article_row(row: Row) -> ArticleRow:
    return ArticleRow(
        article_id=unpack(row[0]) or "",
        revision=row[1],
        content_hash=unpack(row[2]),
        fields=msgspec.msgpack.decode(row[3], type=dict[str, bytes]),
        url_key=row[4],
        first_seen=row[5],
        last_changed=row[6],
    )
