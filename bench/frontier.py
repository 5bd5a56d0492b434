#!/usr/bin/env python3
"""Fill a frontier with N made-up addresses and crawl a part of it: bytes an address, operations a second, memory.

    python bench/frontier.py                       # 1,000,000 addresses
    python bench/frontier.py 10000000 --dir /var/tmp

The file is made in a folder of its own under --dir and removed at the end; count 0.5 GB for a million addresses. Every
figure includes the commits, with their syncs: 10,000 addresses a commit while filling, 200 while crawling.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scraper.frontier import ArticleRow, Frontier, Lease
from scraper.model import Target
from scraper.sinks.part import Part

PER_HOST = 1000
PER_SITEMAP = 250
FILL_COMMIT = 10_000
COMMIT = 200
PER_LEASE = 10
LINE = b"x" * 7999 + b"\n"
NOW = 1_700_000_000.0


def target(number: int, hosts: int) -> Target:
    """Return one address as a news sitemap names it."""
    sitemap, place = divmod(number, PER_SITEMAP)
    host, story = sitemap % hosts, sitemap // hosts * PER_SITEMAP + place
    return Target(
        url=f"https://www.paper-{host}.example/politics/2023/11/council-votes-on-the-bridge-for-the-{story}-time.html",
        source="sitemap",
        found_at=f"https://www.paper-{host}.example/sitemap-{story // PER_SITEMAP}.xml",
        title=f"Council votes on the old bridge for the {story}. time",
        published="2023-11-14T20:00:00Z",
        modified="2023-11-14T22:13:20Z",
    )


@contextmanager
def timed(what: str, count: int) -> Iterator[None]:
    start = time.perf_counter()
    yield
    seconds = time.perf_counter() - start
    rate = f"{count / seconds:12,.0f} /s" if count > 1 else ""
    print(f"{what:34}{seconds:10.3f} s{rate}   peak {peak_mb():5.0f} MB", flush=True)


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def fill(frontier: Frontier, first: int, end: int, hosts: int, now: float) -> None:
    for start in range(first, end, FILL_COMMIT):
        numbers = range(start, min(start + FILL_COMMIT, end))
        frontier.urls.add((target(n, hosts) for n in numbers), now=now, trust=True)


class Clock:
    """Adds up the seconds of operations that take turns."""

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()

    @contextmanager
    def of(self, what: str, count: int) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[what] += time.perf_counter() - start
        self.counts[what] += count

    def report(self) -> None:
        for what, seconds in self.seconds.items():
            print(f"{what:34}{seconds:10.3f} s{self.counts[what] / seconds:12,.0f} /s   peak {peak_mb():5.0f} MB")


def lease(frontier: Frontier, run: int, now: float) -> list[Lease]:
    """Lease as the crawl does: the hosts whose turn it is, a few addresses of each."""
    with frontier.transaction():
        hosts = frontier.leases.hosts_due(now, limit=COMMIT // PER_LEASE)
        return [one for host in hosts for one in frontier.leases.lease(host, PER_LEASE, run=run, now=now)]


def settle(frontier: Frontier, leased: list[Lease]) -> None:
    with frontier.transaction():
        for one in leased:
            hexed = one.key.hex()
            frontier.leases.settle(
                one.key, "done", now=NOW, due_at=NOW + 9e6, etag='"5e1f"', content_hash=hexed, changed=True
            )


def keep(frontier: Frontier, leased: list[Lease], out: Part) -> None:
    """Do all that one article takes: its row, signature, line and address."""
    fields = dict.fromkeys(("title", "text", "authors", "published_at", "images", "section"), b"12345678")
    with frontier.transaction():
        for one in leased:
            hexed, signature = one.key.hex(), one.key * 16
            frontier.near.find(signature)
            row = ArticleRow(
                article_id=hexed, content_hash=hexed, fields=fields, url_key=one.key, first_seen=NOW, last_changed=NOW
            )
            frontier.articles.put(row)
            frontier.near.put(hexed, signature)
            out.append(LINE)
            frontier.leases.settle(
                one.key, "done", now=NOW, due_at=NOW + 9e6, content_hash=hexed, article_id=hexed, changed=True
            )
        out.sync()
        frontier.parts.commit("articles", out.name, out.size, out.count)


def crawl(frontier: Frontier, out: Part, rounds: int, run: int) -> None:
    """In turn: release, settle and keep the addresses of a lease."""
    clock = Clock()
    for round_ in range(rounds):
        with clock.of("lease", COMMIT):
            leased = lease(frontier, run, NOW + round_)
        match round_ % 3:
            case 0:
                with clock.of("release", len(leased)):
                    frontier.leases.release(leased)
            case 1:
                with clock.of("settle", len(leased)):
                    settle(frontier, leased)
            case _:
                with clock.of("article, with all that it takes", len(leased)):
                    keep(frontier, leased, out)
    clock.report()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("n", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--dir", type=Path, default=None, help="where the file is made (default: the temporary folder)")
    args = parser.parse_args()
    hosts, part = max(1, args.n // PER_HOST), min(args.n // 4, 100_000)
    print(f"{args.n:,} addresses on {hosts:,} hosts, {PER_HOST} each; {part:,} of them crawled")
    with tempfile.TemporaryDirectory(dir=args.dir) as name:
        folder = Path(name)
        with Frontier(folder) as frontier:
            run = frontier.runs.begin(NOW)
            with timed("add, new", args.n):
                fill(frontier, 0, args.n, hosts, NOW)
        size = sum(file.stat().st_size for file in folder.iterdir())
        print(f"{'file':34}{size / 1e9:10.3f} GB{size / args.n:12,.0f} bytes an address")
        with timed("open, recover, first hosts", 1):
            frontier = Frontier(folder)
            frontier.leases.recover(run, now=NOW)
            frontier.leases.hosts_due(NOW, limit=100)
        with frontier:
            with timed("add, all known", part):
                fill(frontier, args.n - part, args.n, hosts, NOW)
            crawl(frontier, Part(folder / "articles.jsonl"), max(3, part // COMMIT), run)
            with timed("counts", 1):
                print(frontier.leases.counts())
            with timed("unfinished", 1):
                frontier.leases.unfinished(NOW)


if __name__ == "__main__":
    main()
