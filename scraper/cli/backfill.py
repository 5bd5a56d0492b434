"""scraper backfill"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import click

from scraper.cli.exits import Exit
from scraper.cli.memory import find_state, out_option
from scraper.cli.options import Day, config_option, quiet_option, talk_of
from scraper.config import Config
from scraper.config.secrets import require_secrets
from scraper.crawl.backfill import Backfill, Span
from scraper.crawl.contact import require_contact_for
from scraper.crawl.memory import FrontierMemory
from scraper.crawl.progress import Progress
from scraper.errors import UsageError
from scraper.fetchers import HttpFetcher
from scraper.frontier import Frontier, RunLock
from scraper.model import Target
from scraper.web.urls import parse_http_url

_PRIORITY = -20
"""What is new today comes first."""


@click.command("backfill", short_help="Take a site's addresses of the past, from its sitemaps or archive pages.")
@config_option
@out_option
@click.argument("site")
@click.option("--from", "first", type=Day(), metavar="DAY", required=True, help="First day.")
@click.option("--to", "last", type=Day(), metavar="DAY", help="Last day.  [default: today]")
@click.option(
    "--archive", help="Address of the archive pages, with {yyyy}, {mm} and {dd}, to read instead of sitemaps."
)
@quiet_option
def command(
    *,
    config_path: Path,
    out: Path | None,
    site: str,
    first: date,
    last: date | None,
    archive: str | None,
    quiet: bool,
) -> int:
    """Find what SITE published within a span of days, and remember it; the next `scraper crawl` fetches it.

    Sitemaps are found through robots.txt. Those that by their name or date cannot hold anything of the span are not
    fetched; an address counts by the date its sitemap gives, the date in it, or its last change. New articles of other
    sources go before.

    \b
    Examples:
      scraper backfill https://news.example/ --from 2024-01-01 --to 2024-01-31 && scraper crawl
      scraper backfill https://news.example/ --from 2024-01-01 --archive 'https://news.example/{yyyy}/{mm}/{dd}/'
    """
    span = Span(first=first, last=last or datetime.now().date())
    if span.last < span.first:
        raise UsageError(f"--to {span.last} lies before --from {span.first}.")
    config, state = find_state(config_path, out)
    named = [site, archive] if archive is not None else [site]
    for address in named:
        if parse_http_url(address) is None:
            raise UsageError(f"'{address}' is no address of a site, such as https://news.example/.")
    require_contact_for(named, config.fetch)
    require_secrets(config, os.environ)
    progress = Progress(sys.stderr, talk_of(quiet=quiet, verbose=False), clock=time.monotonic)
    with RunLock(state, owner=" ".join(sys.argv), now=time.time()), Frontier(state) as frontier:
        found = asyncio.run(_backfill(config, frontier, site, archive=archive, span=span, progress=progress))
    progress.say(
        f"{found.new} new addresses of {found.taken} between {span.first} and {span.last}; {found.outside} outside, "
        f"{found.undated} without a date. `scraper crawl` fetches them."
    )
    return Exit.DONE if found.taken else Exit.NOTHING


async def _backfill(
    config: Config, frontier: Frontier, site: str, *, archive: str | None, span: Span, progress: Progress
) -> Backfill:
    async def add(targets: Sequence[Target]) -> int:
        return frontier.urls.add(targets, now=time.time(), priority=_PRIORITY).new

    memory = FrontierMemory(frontier, unix_now=time.time)
    async with HttpFetcher(config.fetch, config.site, memory=memory) as fetcher:
        backfill = Backfill(fetcher, span, add=add, say=progress.say)
        if archive is not None:
            await backfill.read_archive(archive)
        else:
            await backfill.read_sitemaps(site)
    return backfill
