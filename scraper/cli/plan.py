"""scraper plan"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from typing import Final

import click
import msgspec

from scraper.cli.crawl import checked_config
from scraper.cli.exits import Exit
from scraper.cli.memory import open_to_read, out_option
from scraper.cli.options import config_option, quiet_option, talk_of
from scraper.cli.status import counts_told, trouble_told
from scraper.config import Config
from scraper.crawl.plan import HostPlan, Plan, plan_crawl
from scraper.crawl.progress import Progress, plain
from scraper.crawl.relearn import as_relearnt
from scraper.crawl.run import state_folder
from scraper.errors import StateError
from scraper.frontier import Frontier
from scraper.frontier.store import FILE_NAME

_ALWAYS_SHOWN: Final = frozenset({"delay_s", "per_host"})


@click.command("plan", short_help="Show what a crawl would do, host by host, and how long it would take.")
@config_option
@out_option
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
@click.option("-v", "--verbose", is_flag=True, help="Show all settings, and each address that robots.txt refuses.")
def command(config_path: Path, out: Path | None, limit: int | None, form: str, *, quiet: bool, verbose: bool) -> int:
    """Read the sources and ask robots.txt, and show what a crawl would fetch; no page is asked for.

    For each host: how many pages, what robots.txt refuses, the settings that hold and where each comes from (those of
    their own; --verbose shows all), and how long politeness will take. What earlier runs remember is looked at, not
    changed: what is done and not due is left out, hosts that want to be left alone are too.

    \b
    Examples:
      scraper plan
      scraper plan --format urls | sort | uniq -c
    """
    config = checked_config(config_path, limit=limit, environ=os.environ)
    progress = Progress(sys.stderr, talk_of(quiet=quiet, verbose=verbose), clock=time.monotonic)
    emit = click.echo if form == "urls" else lambda _: None
    folder = out or Path(config.output.dir)
    state = state_folder(config, folder)
    plan = asyncio.run(_plan(config, folder, state, progress, emit=emit))
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(plan), indent=2).decode())
    elif form == "text":
        if plan.by_status:
            click.echo(f"{state}: {counts_told(plan.by_status)}; {plan.due} due now")
        for line in _lines(plan, verbose=verbose):
            click.echo(line)
    if form != "text":
        progress.say(_total(plan))
    if not plan.pages and plan.by_status:
        return Exit.NOTHING_NEW
    return Exit.DONE if plan.pages else Exit.NOTHING


async def _plan(config: Config, folder: Path, state: Path, progress: Progress, *, emit: Callable[[str], None]) -> Plan:
    """Return the plan of a crawl that begins now, by what it would know then."""
    now = time.time()
    memory = state / FILE_NAME
    with _memory(state, progress) or nullcontext() as frontier:
        async with as_relearnt(frontier, folder, config.crawl, progress, memory=memory, now=now) as known:
            return await plan_crawl(config, progress, emit=emit, now=now, frontier=known)


def _memory(state: Path, progress: Progress) -> Frontier | None:
    """Return what earlier runs remember, if there were any; where it cannot be read that is said, and all is new."""
    if not (state / FILE_NAME).exists():
        return None
    try:
        return open_to_read(state)
    except StateError as error:
        progress.say(f"{error} The plan is made without it.")
        return None


def _lines(plan: Plan, *, verbose: bool) -> Iterator[str]:
    for host in plan.hosts:
        yield from _host_lines(host, verbose=verbose)
    yield _total(plan)


def _host_lines(host: HostPlan, *, verbose: bool) -> Iterator[str]:
    pages = f"{host.pages} page{'s' * (host.pages != 1)}"
    yield plain(f"{host.host}: {pages}, one every {host.gap_s:g} s: {_duration(host.seconds)}")
    known = counts_told(host.by_status)
    if known:
        yield f"  known: {known}; {host.due} due now, {host.pages - host.due} new"
    for trouble in trouble_told(host.parked_until, host.failures):
        yield f"  {trouble}"
    if host.left:
        yield f"  left for another run: {host.left}"
    delay = f", Crawl-delay {host.crawl_delay_s:g} s" if host.crawl_delay_s is not None else ""
    yield f"  robots.txt: {host.robots}{delay}"
    for rule, count in host.refused.items():
        yield plain(f"  refused: {count} ({rule})")
    for setting in host.settings:
        if verbose or setting.name in _ALWAYS_SHOWN or setting.origin.startswith("[site"):
            yield plain(f"  {setting.name} = {setting.value}  ({setting.origin})")


def _total(plan: Plan) -> str:
    left = f", {plan.left} are left for another run" if plan.left else ""
    return (
        f"{plan.pages} pages would be fetched, {plan.refused} are refused by robots.txt{left}; "
        f"{_duration(plan.seconds)}, for the slowest host."
    )


def _duration(seconds: float) -> str:
    return f"about {timedelta(seconds=round(seconds))}"
