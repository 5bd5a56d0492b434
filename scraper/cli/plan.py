"""scraper plan"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

import click
import msgspec

from scraper.cli.crawl import checked_config
from scraper.cli.exits import Exit
from scraper.cli.options import config_option, quiet_option, talk_of, verbose_option
from scraper.crawl.plan import HostPlan, Plan, plan_crawl
from scraper.crawl.progress import Progress, plain

_ALWAYS_SHOWN: Final = frozenset({"delay_s", "per_host"})


@click.command("plan", short_help="Show what a crawl would do, host by host, and how long it would take.")
@config_option
@click.option("--limit", type=click.IntRange(min=1), help="Pages at most [crawl.limit].")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "urls"]),
    default="text",
    show_default=True,
    help="A table for people, all of it as JSON, or the addresses, one a line.",
)
@quiet_option
@verbose_option
def command(config_path: Path, limit: int | None, form: str, *, quiet: bool, verbose: bool) -> int:
    """Read the sources and ask robots.txt, and show what a crawl would fetch; no page is asked for.

    For each host: how many pages, what robots.txt refuses, the settings that hold and where each comes from (those of
    their own; --verbose shows all), and how long politeness will take.

    \b
    Examples:
      scraper plan
      scraper plan --format urls | sort | uniq -c
    """
    config = checked_config(config_path, limit=limit, environ=os.environ)
    progress = Progress(sys.stderr, talk_of(quiet=quiet, verbose=verbose), clock=time.monotonic)
    plan = asyncio.run(plan_crawl(config, progress, emit=click.echo if form == "urls" else lambda _: None))
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(plan), indent=2).decode())
    elif form == "text":
        for line in _lines(plan, verbose=verbose):
            click.echo(line)
    if form != "text":
        progress.say(_total(plan))
    return Exit.DONE if plan.pages else Exit.NOTHING


def _lines(plan: Plan, *, verbose: bool) -> Iterator[str]:
    for host in plan.hosts:
        yield from _host_lines(host, verbose=verbose)
    yield _total(plan)


def _host_lines(host: HostPlan, *, verbose: bool) -> Iterator[str]:
    pages = f"{host.pages} page{'s' * (host.pages != 1)}"
    yield plain(f"{host.host}: {pages}, one every {host.gap_s:g} s: {_duration(host.seconds)}")
    delay = f", Crawl-delay {host.crawl_delay_s:g} s" if host.crawl_delay_s is not None else ""
    yield f"  robots.txt: {host.robots}{delay}"
    for rule, count in host.refused.items():
        yield plain(f"  refused: {count} ({rule})")
    for setting in host.settings:
        if verbose or setting.name in _ALWAYS_SHOWN or setting.origin.startswith("[site"):
            yield plain(f"  {setting.name} = {setting.value}  ({setting.origin})")


def _total(plan: Plan) -> str:
    return (
        f"{plan.pages} pages would be fetched, {plan.refused} are refused by robots.txt; "
        f"{_duration(plan.seconds)}, for the slowest host."
    )


def _duration(seconds: float) -> str:
    return f"about {timedelta(seconds=round(seconds))}"
