"""Each target's end is written down here, once; of several addresses of one article the canonical one is kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

import msgspec

from scraper.crawl.progress import Progress
from scraper.crawl.queue import queue_host, url_key
from scraper.crawl.reasons import DUPLICATE
from scraper.crawl.tally import Tally
from scraper.crawl.wire import Reply
from scraper.errors import FetchError
from scraper.model import Page, Rejected, Target, Value
from scraper.normalizers import article_id
from scraper.sinks import JsonlSink

_MAX_NEAR_BITS: Final = 16
MAX_HELD: Final = 500
"""Articles held back in memory until the address they name as their own has been fetched."""


class _Copy(Value, frozen=True, kw_only=True):
    """An article as it came from one of its addresses."""

    target: Target
    final_url: str
    status: int | None
    at: datetime | None
    line: bytes
    article_id: str
    near_hash: str
    own_url: str
    """The address that the page gives as its own: the canonical one, or where redirects ended."""


class Ledger:
    """Writes records and rejections and counts them. `is_target` tells whether an address was named by a source.

    An article whose page names another address of the site as its own waits for that one, if it is a target of the
    run or may become one: once that has given the article, this is a duplicate; if it gives none, this is the record.
    So the outcome does not depend on which of them was faster, and no article is lost.
    """

    def __init__(self, tally: Tally, progress: Progress, sink: JsonlSink, *, is_target: Callable[[str], bool]) -> None:
        self._tally, self._progress, self._sink, self._is_target = tally, progress, sink, is_target
        self._ids: dict[str, str] = {}
        """Ids written, each with the near hash of its text."""
        self._ended: set[bytes] = set()
        self._held: dict[bytes, list[_Copy]] = {}
        self._held_count = 0
        self._all_known = False

    def settle(self, target: Target, page: Page, reply: Reply) -> None:
        """Write down what came of a page."""
        if reply.rejected is not None:
            self._settle_rejected(target, page, reply.rejected)
            return
        copy = _Copy(
            target=target,
            final_url=page.final_url,
            status=page.status,
            at=page.fetched_at,
            line=reply.line,
            article_id=reply.article_id or "",
            near_hash=reply.near_hash,
            own_url=reply.canonical_url or page.final_url,
        )
        if self._must_wait(copy):
            self._hold(copy)
        else:
            self._write(copy)
        self._end(target)

    def settle_failed(self, target: Target, error: FetchError, at: datetime) -> None:
        """Write down that a page could not be fetched."""
        self._reject(target, _not_fetched(target, error, at))
        self._end(target)

    def know_all_targets(self) -> None:
        """Say that every source is read: who waits for an address that none of them named waits in vain."""
        self._all_known = True
        for key, copies in list(self._held.items()):
            if not self._is_target(copies[0].own_url):
                self._release(key)

    def close(self) -> None:
        """Write down what still waits: the run is over."""
        for key in list(self._held):
            self._release(key)

    def _settle_rejected(self, target: Target, page: Page, rejected: Rejected) -> None:
        if rejected.stage == "bug":
            kept = self._sink.keep_page(page, rejected)
            self._progress.say(f"{page.url}: {rejected.reason} in the extraction; the page is kept in {kept}.")
        self._reject(target, rejected)
        self._end(target)

    def _must_wait(self, copy: _Copy) -> bool:
        own = url_key(copy.own_url)
        if copy.article_id in self._ids or own == url_key(copy.target.url) or own in self._ended:
            return False
        return not self._all_known or self._is_target(copy.own_url)

    def _hold(self, copy: _Copy) -> None:
        self._held.setdefault(url_key(copy.own_url), []).append(copy)
        self._held_count += 1
        if self._held_count > MAX_HELD:
            self._release(next(iter(self._held)))

    def _end(self, target: Target) -> None:
        """Remember that an address was dealt with; who waited for it need not wait longer."""
        key = url_key(target.url)
        self._ended.add(key)
        self._release(key)

    def _release(self, key: bytes) -> None:
        copies = self._held.pop(key, [])
        self._held_count -= len(copies)
        for copy in sorted(copies, key=lambda copy: (len(copy.target.url), copy.target.url)):
            self._write(copy)

    def _write(self, copy: _Copy) -> None:
        known = self._ids.get(copy.article_id)
        if known is not None and not _far_apart(known, copy.near_hash):
            self._reject(copy.target, _duplicate(copy))
            return
        if known is not None:
            copy = _with_own_id(copy)
            if copy.article_id in self._ids:
                self._reject(copy.target, _duplicate(copy))
                return
        self._ids[copy.article_id] = copy.near_hash
        self._sink.write_article(copy.line)
        self._tally.add_article(queue_host(copy.target))
        self._progress.detail(f"{copy.target.url}: article.")

    def _reject(self, target: Target, rejected: Rejected) -> None:
        self._sink.write_rejected(rejected)
        self._tally.add_rejected(queue_host(target), rejected)
        detail = f" ({rejected.detail})" if rejected.detail else ""
        self._progress.detail(f"{target.url}: {rejected.reason}{detail}.")


def _far_apart(one: str, other: str) -> bool:
    """Whether two near hashes are of different texts: unrelated ones differ in about half of the 64 bits."""
    return (int(one or "0", 16) ^ int(other or "0", 16)).bit_count() > _MAX_NEAR_BITS


def _with_own_id(copy: _Copy) -> _Copy:
    """Return a copy under the address it was fetched from: several stories of the site claim one canonical address."""
    record = msgspec.json.decode(copy.line)
    own_id = article_id(copy.final_url, record["html_hash"])
    told = {"code": "canonical_shared", "field": "canonical_url", "detail": record["canonical_url"]}
    record |= {"id": own_id, "canonical_url": None, "warnings": [*record["warnings"], told]}
    return msgspec.structs.replace(copy, line=msgspec.json.encode(record) + b"\n", article_id=own_id)


def _not_fetched(target: Target, error: FetchError, at: datetime) -> Rejected:
    return Rejected(
        url=target.url,
        stage="fetch",
        reason=error.reason,
        detail=error.detail or None,
        final_url=error.url if error.url != target.url else None,
        status=error.status,
        source=target.source,
        at=at,
    )


def _duplicate(copy: _Copy) -> Rejected:
    return Rejected(
        url=copy.target.url,
        stage="judge",
        reason=DUPLICATE,
        detail="another address of this run gave the same article",
        final_url=copy.final_url,
        status=copy.status,
        duplicate_of=copy.article_id,
        source=copy.target.source,
        at=copy.at,
    )
