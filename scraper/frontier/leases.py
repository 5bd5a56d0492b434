"""Addresses handed out and brought back: pending -> leased -> done, rejected, failed, gone, or pending once more."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final, Literal, cast

from scraper.frontier.line import WAITING, Line
from scraper.frontier.names import Names
from scraper.frontier.packing import clean_text, pack
from scraper.frontier.rows import CODES, LEASED, PENDING, SELECT_URL, STATUSES, Lease, Status, UrlRow, read_row
from scraper.frontier.store import Store
from scraper.model import Target, Value
from scraper.web.urls import host_key_range, url_key

Settled = Literal["pending", "done", "rejected", "failed", "gone"]
_FETCHED: Final = f"(:status <> {PENDING})"
_SETTLE: Final = f"""
UPDATE url SET run = NULL, status = :status, due_at = :due_at, reason = :reason,
    attempts = CASE WHEN :status IN ({PENDING}, {CODES["failed"]}) THEN attempts + 1 ELSE 0 END,
    checks = checks + {_FETCHED}, changes = changes + :changed,
    last_fetched = CASE WHEN {_FETCHED} THEN :now ELSE last_fetched END,
    last_changed = CASE WHEN :changed THEN :now ELSE last_changed END,
    etag = CASE WHEN :changed THEN :etag ELSE coalesce(:etag, etag) END,
    last_modified = CASE WHEN :changed THEN :last_modified ELSE coalesce(:last_modified, last_modified) END,
    content_hash = coalesce(:content_hash, content_hash), article_id = coalesce(:article_id, article_id)
WHERE id = :id"""

# One row of each host and rank of which something waits, found by one look into the index each, and behind it what is
# due later: the index is read where it holds that, and nowhere else.
_LATER: Final = f"""
WITH RECURSIVE first (id) AS (
    SELECT * FROM (SELECT id FROM url WHERE {WAITING} ORDER BY host, rank, due_at LIMIT 1)
    UNION ALL
    SELECT coalesce(
        (SELECT next.id FROM url AS next WHERE next.host = url.host AND next.rank > url.rank
         AND next.due_at IS NOT NULL AND next.status <> 1 ORDER BY next.rank, next.due_at LIMIT 1),
        (SELECT next.id FROM url AS next WHERE next.host > url.host
         AND next.due_at IS NOT NULL AND next.status <> 1 ORDER BY next.host, next.rank, next.due_at LIMIT 1)
    ) FROM first JOIN url ON url.id = first.id
)
SELECT later.id, later.host FROM first CROSS JOIN url ON url.id = first.id
CROSS JOIN url AS later INDEXED BY url_waiting ON later.host = url.host AND later.rank = url.rank
    AND later.due_at > ? AND later.due_at IS NOT NULL AND later.status <> 1"""


class HostCounts(Value, frozen=True, kw_only=True):
    """One host's addresses by status, and when the next of them is due."""

    host: str
    by_status: dict[Status, int]
    next_due: float | None


class Leases:
    """Hands addresses out to a run, host by host. All times are given by the caller."""

    def __init__(self, store: Store, hosts: Names, line: Line) -> None:
        self._store, self._hosts, self._line = store, hosts, line

    def hosts_due(self, now: float, *, limit: int, exclude: Collection[str] = ()) -> list[str]:
        """Return hosts that have something due and are not parked, the one that has waited longest first."""
        return self._line.due(now, limit=limit, exclude=exclude)

    def lease(self, host: str, n: int, *, run: int, now: float) -> list[Lease]:
        """Hand out up to n due addresses of a host: highest priority first, then by time, then as they came."""
        number = self._hosts.find(host)
        if number is None or n <= 0:
            return []
        found: list[tuple[Lease, int]] = []
        with self._store.transaction():
            for rank, first_due in self._line.ranks(number):
                if first_due <= now:
                    found += self._due(number, rank, now, n - len(found))
                if len(found) == n:
                    break
            self._store.run_many(
                "UPDATE url SET status = ?, run = ? WHERE id = ?", [(LEASED, run, i) for _, i in found]
            )
            self._line.take_turn(number, now)
        return [lease for lease, _ in found]

    def release(self, leases: Iterable[UrlRow]) -> None:
        """Take back what was not fetched after all, as if it had not been handed out."""
        with self._store.transaction():
            for lease in leases:
                if self._store.run("UPDATE url SET status = 0, run = NULL WHERE key = ? AND status = 1", (lease.key,)):
                    self._line.mark(self._hosts.number(lease.host))

    def recover(self, run: int, *, now: float) -> int:
        """Take back what other runs had when they died, and count an attempt; return how many addresses that were.

        An address that ends its process each time is known by its `attempts`.
        """
        with self._store.transaction():
            lost = "status = 1 AND run IS NOT ?"
            self._line.mark_all(h for (h,) in self._store.rows(f"SELECT DISTINCT host FROM url WHERE {lost}", (run,)))
            count = self._store.run(
                f"UPDATE url SET status = 0, run = NULL, attempts = attempts + 1 WHERE {lost}", (run,)
            )
            self._line.unstick(now)
        return count

    def bring_forward(self, latest: float) -> int:
        """Let nothing be due later than that, as what was settled while the clock was far ahead is; return how many.

        Costs a look into the index for each host and rank, however many addresses wait.
        """
        with self._store.transaction():
            hosts = self._store.rows(f"SELECT DISTINCT host FROM ({_LATER})", (latest,))
            if not hosts:
                return 0
            self._line.mark_all(host for (host,) in hosts)
            sql = f"UPDATE url SET due_at = ? WHERE id IN (SELECT id FROM ({_LATER}))"
            return self._store.run(sql, (latest, latest))

    def settle(
        self,
        key: bytes,
        status: Settled,
        *,
        now: float,
        reason: str | None = None,
        due_at: float | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
        content_hash: str | None = None,
        article_id: str | None = None,
        changed: bool | None = None,
    ) -> bool:
        """Write down what came of an address, leased or not; False if it is not known.

        It is fetched again at `due_at`, or never. `pending` puts it off, to now if no time is given, and counts no
        fetch. What a fetch does not say of validators and hashes stays; one that `changed` the page replaces the
        validators.
        """
        row = self._store.row("SELECT id, host FROM url WHERE key = ?", (key,))
        if row is None:
            return False
        values = {
            "id": row[0],
            "status": CODES[status],
            "due_at": now if status == "pending" and due_at is None else due_at,
            "reason": reason,
            "changed": changed is True,
            "now": now,
            "etag": clean_text(etag),
            "last_modified": clean_text(last_modified),
            "content_hash": pack(content_hash),
            "article_id": pack(article_id),
        }
        with self._store.transaction():
            self._store.run(_SETTLE, values)
            self._line.mark(row[1])
        return True

    def retry(
        self,
        *,
        now: float,
        reason: str | None = None,
        status: Status | None = None,
        host: str | None = None,
        url: str | None = None,
    ) -> int:
        """Make failed and rejected addresses pending again, or those of one status; return how many.

        Reads the whole table unless `url` or `host` is given: a matter of seconds for some millions.
        """
        wanted: tuple[Status, ...] = ("failed", "rejected") if status is None else (status,)
        where = [f"status IN ({','.join(str(CODES[name]) for name in wanted)})", f"status <> {LEASED}"]
        values: list[Any] = []
        for column, value in (("reason", reason), ("key", None if url is None else url_key(url))):
            if value is not None:
                where.append(f"{column} = ?")
                values.append(value)
        if host is not None:
            where.append("host = ? AND key BETWEEN ? AND ?")
            values += [self._hosts.find(host) or 0, *host_key_range(host)]
        condition = " AND ".join(where)
        with self._store.transaction():
            self._line.mark_all(
                h for (h,) in self._store.rows(f"SELECT DISTINCT host FROM url WHERE {condition}", values)
            )
            sql = f"UPDATE url SET status = {PENDING}, due_at = ?, attempts = 0, reason = NULL WHERE {condition}"
            return self._store.run(sql, (now, *values))

    def counts(self) -> dict[Status, int]:
        """Return how many addresses there are in each status."""
        found: dict[int, int] = dict(self._store.rows("SELECT status, sum(n) FROM tally GROUP BY status"))
        return {status: found.get(code, 0) for status, code in CODES.items()}

    def host_counts(self, host: str | None = None) -> Iterator[HostCounts]:
        """Yield the figures of each host in the order of their names, or of one."""
        after = "" if host is None else host
        compare = ">" if host is None else "="
        self._line.refresh()
        while hosts := self._store.rows(
            f"SELECT id, name, next_due FROM host WHERE name {compare} ? ORDER BY name LIMIT 500", (after,)
        ):
            for number, name, next_due in hosts:
                found: dict[int, int] = dict(self._store.rows("SELECT status, n FROM tally WHERE host = ?", (number,)))
                by_status = {status: found.get(code, 0) for code, status in enumerate(STATUSES)}
                yield HostCounts(host=name, by_status=by_status, next_due=next_due)
            if host is not None:
                return
            after = hosts[-1][1]

    def unfinished(self, now: float) -> int:
        """Return how many addresses are due and not handed out, those to be checked again included.

        Counts an index; whether there is any is cheaper to learn from `hosts_due`.
        """
        return self._store.number(f"SELECT count(*) FROM url WHERE due_at <= ? AND {WAITING}", (now,))

    def due(self, now: float) -> Iterator[Target]:
        """Yield the addresses that `unfinished` counts, in the order in which they came; nothing is handed out."""
        after = 0
        while rows := self._store.rows(
            SELECT_URL + f"WHERE url.id > ? AND due_at <= ? AND {WAITING} ORDER BY url.id LIMIT 500", (after, now)
        ):
            yield from (read_row(row).target for row in rows)
            after = rows[-1][-1]

    def _due(self, host: int, rank: int, now: float, limit: int) -> list[tuple[Lease, int]]:
        rows = self._store.rows(
            SELECT_URL + "WHERE url.host = ? AND url.rank = ? AND url.due_at <= ? AND url.due_at IS NOT NULL"
            " AND url.status <> 1 ORDER BY url.due_at, url.id LIMIT ?",
            (host, rank, now, limit),
        )
        return [(cast(Lease, read_row(row, Lease)), row[-1]) for row in rows]
