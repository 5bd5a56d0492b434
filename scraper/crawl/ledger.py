"""Each target's end is written down here, once; of several addresses of one article the canonical one is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from scraper.config import CrawlConfig
from scraper.crawl.known import Known, Verdict
from scraper.crawl.progress import Progress
from scraper.crawl.reasons import DUPLICATE, SOFT_404
from scraper.crawl.revise import with_id, with_own_id, with_revision
from scraper.crawl.schedule import PUT_OFF, after_article, after_failure, after_loss
from scraper.crawl.tally import Tally
from scraper.crawl.wire import Gist, Reply
from scraper.errors import FetchError
from scraper.frontier import Frontier, Lease, parse_stamp
from scraper.frontier.urls import MAX_PRIORITY
from scraper.model import Page, Rejected, Value
from scraper.sinks import OutputFolder
from scraper.web.urls import url_key

MAX_HELD: Final = 500
"""Articles held back in memory until the address they name as their own has been fetched."""
_MAX_GOING_BACK: Final = 3
"""Times that a copy is fetched again because a run was stopped before its own address."""


class _Copy(Value, frozen=True, kw_only=True):
    """An article as it came from one of its addresses."""

    lease: Lease
    final_url: str
    status: int | None
    at: datetime | None
    etag: str | None
    last_modified: str | None
    line: bytes
    gist: Gist
    own_url: str
    """The address that the page gives as its own: the canonical one, or where redirects ended."""


class Ledger:
    """Writes records and rejections, counts them, and settles their addresses in the frontier.

    An article whose page names another address of the site as its own waits for that one, if it is a target of the
    run or may become one: once that has given the article, this is a duplicate; if it gives none, this is the record.
    So the outcome does not depend on which of them was faster, and no article is lost.
    """

    def __init__(
        self,
        frontier: Frontier,
        output: OutputFolder,
        tally: Tally,
        progress: Progress,
        *,
        config: CrawlConfig,
        horizon: float,
        unix_now: Callable[[], float],
    ) -> None:
        self._frontier, self._output, self._tally, self._progress = frontier, output, tally, progress
        self._config, self._horizon, self._now = config, horizon, unix_now
        self._known = Known(frontier, config)
        self._held: dict[bytes, list[_Copy]] = {}
        self._held_count = 0
        self._all_known = False

    def settle(self, lease: Lease, page: Page, reply: Reply) -> None:
        """Write down what came of a page."""
        if reply.rejected is not None or reply.gist is None:
            self._settle_rejected(lease, page, reply.rejected)
            return
        copy = _Copy(
            lease=lease,
            final_url=page.final_url,
            status=page.status,
            at=page.fetched_at,
            etag=page.header("etag"),
            last_modified=page.header("last-modified"),
            line=reply.line,
            gist=reply.gist,
            own_url=reply.gist.canonical_url or page.final_url,
        )
        if self._must_wait(copy):
            self._hold(copy)
        else:
            self._write(copy)
            self._release(lease.key)

    def settle_unchanged(self, lease: Lease, page: Page) -> None:
        """Write down that an address still gives what it gave."""
        self._settle_unchanged(lease, etag=page.header("etag"), last_modified=page.header("last-modified"))
        self._release(lease.key)

    def settle_failed(self, lease: Lease, error: FetchError, at: datetime) -> None:
        """Write down that a page could not be fetched; one that was not even asked for stays pending."""
        if error.reason in PUT_OFF:
            self._frontier.leases.release([lease])
            self._progress.detail(f"{lease.target.url}: left for later ({error.reason}).")
            return
        status, due_at = after_failure(lease, error, self._config, now=self._now())
        self._frontier.leases.settle(lease.key, status, now=self._now(), reason=error.reason, due_at=due_at)
        self._reject(lease, _not_fetched(lease, error, at))
        self._release(lease.key)

    def know_all_targets(self) -> None:
        """Say that every source is read: who waits for an address that none of them named waits in vain."""
        self._all_known = True
        for key, copies in list(self._held.items()):
            if not self._may_still_come(copies[0].own_url):
                self._release(key)

    def close(self, *, was_stopped: bool = False) -> None:
        """Write down what still waits: the run is over.

        If it was stopped, a copy whose own address is yet to be fetched goes back behind that one, so that the outcome
        does not depend on the moment; a few times only, lest one that no source comes to name is waited for for ever.
        """
        for key, copies in list(self._held.items()):
            if was_stopped and self._comes_next(copies[0].own_url) and all(_may_go_back(copy) for copy in copies):
                del self._held[key]
                self._put_behind(copies[0].own_url, [copy.lease for copy in copies])
            else:
                self._release(key)

    def _put_behind(self, own_url: str, leases: Sequence[Lease]) -> None:
        """Have copies fetched again after their own address, however much sooner they would come, and few a run may."""
        now, row = self._now(), self._frontier.urls.known(own_url)
        if row is not None:
            before = min(max(lease.priority for lease in leases) + 1, MAX_PRIORITY)
            self._frontier.urls.add([row.target], now=now, priority=before)
        for lease in leases:
            self._frontier.leases.settle(lease.key, "pending", now=now, due_at=now)

    def _comes_next(self, url: str) -> bool:
        row = self._frontier.urls.known(url)
        if row is None:
            return not self._all_known
        return row.status in {"pending", "leased"} and url_key(url) not in self._held_leases()

    def _settle_rejected(self, lease: Lease, page: Page, rejected: Rejected | None) -> None:
        if rejected is None:
            raise AssertionError("a reply is an article or a rejection")
        if rejected.stage == "bug":
            kept = self._output.keep_page(page, rejected)
            self._progress.say(f"{page.url}: {rejected.reason} in the extraction; the page is kept in {kept}.")
        self._settle_as_rejected(lease, rejected)
        self._release(lease.key)

    def _settle_as_rejected(self, lease: Lease, rejected: Rejected) -> None:
        now = self._now()
        due_at = after_loss(lease, self._config, now=now) if rejected.duplicate_of is None else None
        self._frontier.leases.settle(lease.key, "rejected", now=now, reason=rejected.reason, due_at=due_at)
        self._reject(lease, rejected)

    def _settle_unchanged(self, lease: Lease, *, etag: str | None, last_modified: str | None) -> None:
        self._frontier.leases.settle(
            lease.key,
            "done",
            now=self._now(),
            due_at=self._due_again(lease, None, changed=False),
            etag=etag,
            last_modified=last_modified,
            changed=False,
        )
        self._tally.add_unchanged(lease.host)
        self._judge_stamp(lease, useful=False)
        self._progress.detail(f"{lease.target.url}: unchanged.")

    def _must_wait(self, copy: _Copy) -> bool:
        if url_key(copy.own_url) == copy.lease.key or self._frontier.articles.get(copy.gist.article_id) is not None:
            return False
        return self._may_still_come(copy.own_url)

    def _may_still_come(self, url: str) -> bool:
        """Tell whether an address may yet give its page in this run."""
        row = self._frontier.urls.known(url)
        if row is None:
            return not self._all_known
        if row.status == "leased":
            return url_key(url) not in self._held_leases()
        return row.due_at is not None and row.due_at <= self._horizon and row.host not in self._tally.left_hosts

    def _held_leases(self) -> set[bytes]:
        return {copy.lease.key for copies in self._held.values() for copy in copies}

    def _hold(self, copy: _Copy) -> None:
        self._held.setdefault(url_key(copy.own_url), []).append(copy)
        self._held_count += 1
        if self._held_count > MAX_HELD:
            self._release(next(iter(self._held)))

    def _release(self, key: bytes) -> None:
        """Write down who waited for an address that has been dealt with."""
        copies = self._held.pop(key, [])
        self._held_count -= len(copies)
        for copy in sorted(copies, key=lambda copy: (len(copy.lease.target.url), copy.lease.target.url)):
            self._write(copy)
            self._release(copy.lease.key)

    def _write(self, copy: _Copy) -> None:
        lease, found = copy.lease, self._known.judge(copy.lease, copy.gist)
        if found.kind == "unchanged":
            self._settle_unchanged(lease, etag=copy.etag, last_modified=copy.last_modified)
        elif found.kind == "soft_404":
            self._settle_as_rejected(lease, _judged(copy, SOFT_404, "as the page for an address that cannot exist"))
        elif found.kind == "duplicate":
            rejected = _judged(copy, DUPLICATE, found.detail, duplicate_of=found.article_id)
            self._settle_as_rejected(lease, rejected)
        else:
            self._write_article(copy, found)

    def _write_article(self, copy: _Copy, found: Verdict) -> None:
        lease, line = copy.lease, copy.line
        if found.has_own_id:
            line = with_own_id(line, found.article_id)
        elif found.keeps_id:
            line = with_id(line, found.article_id)
        if found.kind == "revision":
            line = with_revision(line, found)
        self._output.write_article(line)
        now = self._now()
        self._known.remember(lease, copy.gist, found, now)
        self._frontier.leases.settle(
            lease.key,
            "done",
            now=now,
            due_at=self._due_again(lease, copy.gist, changed=True),
            etag=copy.etag,
            last_modified=copy.last_modified,
            content_hash=copy.gist.content_hash,
            article_id=found.article_id,
            changed=True,
        )
        self._tally.add_article(lease.host, copy.gist, is_revision=found.kind == "revision")
        self._judge_stamp(lease, useful=True)
        self._progress.detail(f"{lease.target.url}: {'changed' if found.changed_fields else 'article'}.")

    def _due_again(self, lease: Lease, gist: Gist | None, *, changed: bool) -> float | None:
        if lease.target.source == "file":
            return None
        return after_article(
            lease,
            self._config,
            now=self._now(),
            published=gist.published if gist else None,
            changed=changed,
            is_live=gist.is_live if gist else False,
        )

    def _judge_stamp(self, lease: Lease, *, useful: bool) -> None:
        """Let a source that dated the page after the last look at it know whether it had changed since."""
        stamp = parse_stamp(lease.target.modified)
        if lease.target.found_at and stamp is not None and stamp > (lease.last_fetched or stamp):
            self._frontier.resources.judge(lease.target.found_at, useful=useful)

    def _reject(self, lease: Lease, rejected: Rejected) -> None:
        self._output.write_rejected(rejected)
        self._tally.add_rejected(lease.host, rejected)
        detail = f" ({rejected.detail})" if rejected.detail else ""
        self._progress.detail(f"{lease.target.url}: {rejected.reason}{detail}.")


def _may_go_back(copy: _Copy) -> bool:
    return copy.lease.attempts < _MAX_GOING_BACK


def _not_fetched(lease: Lease, error: FetchError, at: datetime) -> Rejected:
    url = lease.target.url
    return Rejected(
        url=url,
        stage="fetch",
        reason=error.reason,
        detail=error.detail or None,
        final_url=error.url if error.url != url else None,
        status=error.status,
        source=lease.target.source,
        at=at,
    )


def _judged(copy: _Copy, reason: str, detail: str, *, duplicate_of: str | None = None) -> Rejected:
    return Rejected(
        url=copy.lease.target.url,
        stage="judge",
        reason=reason,
        detail=detail,
        final_url=copy.final_url,
        status=copy.status,
        duplicate_of=duplicate_of,
        source=copy.lease.target.source,
        at=copy.at,
    )
