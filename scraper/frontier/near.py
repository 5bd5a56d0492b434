"""Articles whose texts are nearly the same, found by the bands of their MinHash signatures.

Source: Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", 3.4 (locality-sensitive hashing for documents)
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Final

from scraper.errors import StateError
from scraper.frontier.packing import pack, unpack
from scraper.frontier.store import Store
from scraper.model import Value

BANDS: Final = 16
_PER_BAND: Final = 64
"""Articles looked at for one band: what thousands have in common tells nothing."""


class Candidate(Value, frozen=True, kw_only=True):
    """An article that shares a band; its signature tells how near it is."""

    article_id: str
    signature: bytes


def bands_of(signature: bytes) -> tuple[int, ...]:
    """Return a 64-bit number for each of 16 equal slices of a signature; none for an empty one.

    With 8 of 128 minima in a slice, texts that are 80 % alike share a band in 95 of 100 cases, texts that are half
    alike in 6.
    """
    width = len(signature) // BANDS
    if not width:
        return ()
    slices = (bytes([n]) + signature[n * width : (n + 1) * width] for n in range(BANDS))
    return tuple(int.from_bytes(hashlib.blake2b(s, digest_size=8).digest(), "big", signed=True) for s in slices)


class Near:
    """Keeps the signature of each article, if it has one."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def find(self, signature: bytes, *, limit: int = 32) -> list[Candidate]:
        """Return the articles that share a band, those that share most first, then the older."""
        shared: Counter[int] = Counter()
        for band in bands_of(signature):
            sql = "SELECT article FROM near_band WHERE band = ? ORDER BY article LIMIT ?"
            shared.update(article for (article,) in self._store.rows(sql, (band, _PER_BAND)))
        best = sorted(shared, key=lambda article: (-shared[article], article))[:limit]
        sql = "SELECT article_id, signature FROM article JOIN near_text ON article = id WHERE id = ?"
        found = (self._store.row(sql, (article,)) for article in best)
        return [Candidate(article_id=unpack(row[0]) or "", signature=row[1]) for row in found if row]

    def signature(self, article_id: str) -> bytes | None:
        """Return the signature of an article, or None if none is known."""
        sql = "SELECT signature FROM article JOIN near_text ON article = id WHERE article_id = ?"
        row = self._store.row(sql, (pack(article_id),))
        return row[0] if row else None

    def put(self, article_id: str, signature: bytes) -> None:
        """Remember the signature of an article that `articles` holds, in place of the one before.

        Raises StateError if there is no such article.
        """
        with self._store.transaction():
            row = self._store.row("SELECT id FROM article WHERE article_id = ?", (pack(article_id),))
            if row is None:
                raise StateError(f"{article_id}: its signature came before the article itself.")
            drop_signature(self._store, row[0])
            self._store.run("INSERT INTO near_text VALUES (?, ?)", (row[0], signature))
            self._store.run_many(
                "INSERT OR IGNORE INTO near_band VALUES (?, ?)", [(band, row[0]) for band in bands_of(signature)]
            )


def drop_signature(store: Store, article: int) -> None:
    """Forget the signature of the article with this number, and its bands."""
    row = store.row("SELECT signature FROM near_text WHERE article = ?", (article,))
    if row is not None:
        store.run_many(
            "DELETE FROM near_band WHERE band = ? AND article = ?", [(band, article) for band in bands_of(row[0])]
        )
        store.run("DELETE FROM near_text WHERE article = ?", (article,))
