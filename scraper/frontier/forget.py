"""Forgetting: an address or a host, and all that hangs on it, but how far the revisions of an article have come.

The files hold what was written of it for good: an article that comes again must not be a second revision 1 there.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from scraper.frontier.articles import forget_article
from scraper.frontier.line import Line
from scraper.frontier.names import Names
from scraper.frontier.store import Row, Store
from scraper.model import Value
from scraper.web.urls import host_key_range, url_key

_BATCH: Final = 1000

_READ_AGAIN: Final = (
    "UPDATE resource SET etag = NULL, last_modified = NULL, body_hash = NULL, fetched_at = NULL, next_due = NULL"
    " WHERE url = (SELECT name FROM place WHERE id = (SELECT place FROM url WHERE id = ?))"
)


class Forgotten(Value, frozen=True, kw_only=True):
    """How many rows of each kind are gone."""

    urls: int = 0
    articles: int = 0
    resources: int = 0
    robots: int = 0
    runs: int = 0
    """Rows of the host's history."""


def forget_url(store: Store, line: Line, url: str) -> Forgotten:
    """Forget an address, in whatever spelling, the article taken from it, and the resource of this name.

    The feed or sitemap that named it is read again, even if it has not changed.
    """
    key = url_key(url)
    with store.transaction():
        found = store.row("SELECT id, key, article_id, host FROM url WHERE key = ?", (key,))
        articles = 0
        if found is not None:
            store.run(_READ_AGAIN, (found[0],))
            articles = _drop_urls(store, [found[:3]])
            line.mark(found[3])
        resources = store.run("DELETE FROM resource WHERE url = ?", (url,))
    return Forgotten(urls=int(found is not None), articles=articles, resources=resources)


def forget_host(store: Store, hosts: Names, line: Line, host: str) -> Forgotten:
    """Forget all of a host.

    The host's own row stays, with its parking and strikes: a request to forget is no leave to knock at once.
    """
    number = hosts.find(host)
    if number is None:
        return Forgotten()
    urls = articles = 0
    with store.transaction():
        for batch in _batches(store, host, number):
            articles += _drop_urls(store, batch)
            urls += len(batch)
        forgotten = Forgotten(
            urls=urls,
            articles=articles,
            resources=store.run("DELETE FROM resource WHERE host = ?", (number,)),
            robots=store.run("DELETE FROM robots WHERE host = ?", (number,)),
            runs=store.run("DELETE FROM history WHERE host = ?", (number,)),
        )
        store.run("UPDATE host SET probe = NULL, probed_at = NULL, counters = NULL WHERE id = ?", (number,))
        line.mark(number)
    return forgotten


def _batches(store: Store, host: str, number: int) -> Iterator[list[Row]]:
    after, last = host_key_range(host)
    while rows := store.rows(
        "SELECT id, key, article_id FROM url WHERE key >= ? AND key <= ? AND host = ? ORDER BY key LIMIT ?",
        (after, last, number, _BATCH),
    ):
        yield rows
        after = rows[-1][1]


def _drop_urls(store: Store, rows: list[Row]) -> int:
    """Delete rows and forget the articles taken from them; an article that another address gave is that one's."""
    dropped = 0
    for number, key, article_id in rows:
        store.run("DELETE FROM url WHERE id = ?", (number,))
        article = store.row("SELECT id FROM article WHERE article_id = ? AND url_key = ?", (article_id, key))
        if article is not None:
            forget_article(store, article[0])
            dropped += 1
    return dropped
