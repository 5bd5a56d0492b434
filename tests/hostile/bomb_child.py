"""Fetches the bombs, each alone, and prints what each cost: a line of JSON with its name, end, MB and seconds.

The MB are those that the process had at most while it fetched the bomb, less what it had before the first one.

A process of its own, so that what is measured is the fetcher's memory and no test's.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

from scraper.config import FetchConfig
from scraper.errors import FetchError, SourceError
from scraper.fetchers import HttpFetcher
from scraper.model import Target
from scraper.sources.feeds import parse_feed
from scraper.sources.sitemaps import parse_sitemap


def memory_mb(field: str) -> float:
    """Return a figure of /proc/self/status: VmRSS is the memory now, VmHWM the most since it was cleared."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(field))


def clear_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


async def end(at: HttpFetcher, kind: str, url: str) -> str:
    try:
        if kind == "page":
            await at.fetch_page(Target(url=url, source="list"))
        else:
            found = await at.fetch_resource(url, source="feed")
            (parse_feed if kind == "feed" else parse_sitemap)(found.body, found.final_url)
    except FetchError as error:
        return error.reason
    except SourceError:
        return "unreadable"
    return "page"


async def main() -> None:
    connect_to, bombs = json.loads(sys.argv[1])
    async with HttpFetcher(FetchConfig(delay_s=0.0, retries=0, connect_to=connect_to)) as at:
        await end(at, "page", "http://good-1.example/a")
        await end(at, "feed", "http://good-1.example/a")
        await end(at, "sitemap", "http://good-1.example/a")
        before_mb = memory_mb("VmRSS")
        for name, kind, url in bombs:
            clear_peak()
            began_s = time.perf_counter()
            ended = await end(at, kind, url)
            took_s = time.perf_counter() - began_s
            print(json.dumps([name, ended, round(memory_mb("VmHWM") - before_mb, 1), round(took_s, 3)]))


asyncio.run(main())
