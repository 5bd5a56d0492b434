"""scraper status"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

import click
import msgspec

from scraper.cli.exits import Exit
from scraper.cli.memory import find_memory, open_to_read, out_option
from scraper.cli.options import config_option
from scraper.crawl.progress import plain
from scraper.frontier import Frontier, Holder, HostCounts, RunRow, read_holder
from scraper.frontier.lock import is_running
from scraper.model import Value

_RUNS: Final = 5


class HostStatus(Value, frozen=True, kw_only=True):
    """One host: its addresses by status, when the next is due, and why it is left alone, if it is."""

    host: str
    by_status: dict[str, int]
    next_due: datetime | None
    parked_until: datetime | None
    failures: int
    latency_s: float | None


class StatusReport(Value, frozen=True, kw_only=True):
    """What is known of a crawl."""

    state: str
    running: Holder | None
    by_status: dict[str, int]
    due: int
    """Addresses that the next run would fetch."""
    hosts: tuple[HostStatus, ...]
    runs: tuple[RunRow, ...]


@click.command("status", short_help="Show what a crawl knows, what is due, and who is parked and why.")
@config_option
@out_option
@click.option("--host", help="Show this host alone.")
@click.option("--hosts", "host_count", type=click.IntRange(min=0), default=20, show_default=True, help="Hosts shown.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(config_path: Path, out: Path | None, *, host: str | None, host_count: int, form: str) -> int:
    """Show what is known, due and parked, also while a run goes on. Nothing is changed.

    \b
    Examples:
      scraper status
      scraper status --host news.example
      scraper status --hosts 1000 --format json
    """
    state = find_memory(config_path, out)
    with open_to_read(state) as frontier:
        report = make_report(
            frontier, state, host=host.lower() if host else None, host_count=host_count, now=time.time()
        )
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(report), indent=2).decode())
    else:
        for line in _lines(report):
            click.echo(line)
        if host and not report.hosts:
            click.echo(f"  {host.lower()}: not known")
    return Exit.DONE


def make_report(frontier: Frontier, state: Path, *, host: str | None, host_count: int, now: float) -> StatusReport:
    """Return what is known at a moment, in unix seconds; those hosts first that are due soonest."""
    holder = read_holder(state)
    counts = frontier.leases.host_counts(host)
    chosen = counts if host is not None else sorted(islice(counts, 100_000), key=_by_due)[:host_count]
    return StatusReport(
        state=str(state),
        running=holder if holder is not None and is_running(holder) else None,
        by_status={status: count for status, count in frontier.leases.counts().items() if count},
        due=frontier.leases.unfinished(now),
        hosts=tuple(_host_status(frontier, each, now) for each in chosen),
        runs=tuple(frontier.runs.last(_RUNS)),
    )


def _by_due(counts: HostCounts) -> tuple[float, str]:
    return (counts.next_due if counts.next_due is not None else float("inf")), counts.host


def _host_status(frontier: Frontier, counts: HostCounts, now: float) -> HostStatus:
    state = frontier.hosts.load(counts.host)
    return HostStatus(
        host=counts.host,
        by_status={status: count for status, count in counts.by_status.items() if count},
        next_due=_moment(counts.next_due),
        parked_until=_moment(state.parked_until) if state.parked_until > now else None,
        failures=state.failures,
        latency_s=state.latency_s,
    )


def counts_told(by_status: Mapping[str, int]) -> str:
    """Return counts by status as people read them."""
    return ", ".join(f"{count} {status}" for status, count in by_status.items())


def trouble_told(parked_until: datetime | None, failures: int) -> list[str]:
    """Return why a host is left alone, and how often it failed; nothing of a host that is well."""
    parked = [f"left alone until {parked_until:%Y-%m-%d %H:%M} UTC, as it asked"] if parked_until is not None else []
    return [*parked, *([f"{failures} failures in a row"] if failures else [])]


def _moment(time_s: float | None) -> datetime | None:
    return datetime.fromtimestamp(time_s, UTC).replace(microsecond=0) if time_s is not None else None


def _lines(report: StatusReport) -> Iterator[str]:
    if report.running:
        since = _moment(report.running.started_at)
        yield f"a run goes on: process {report.running.pid} on {report.running.host}, since {since:%Y-%m-%d %H:%M} UTC"
    yield f"{report.state}: {counts_told(report.by_status) or 'nothing known'}; {report.due} due now"
    for host in report.hosts:
        yield _host_line(host)
    for place, run in enumerate(report.runs):
        yield _run_line(run, goes_on=report.running is not None and place == 0)


def _host_line(host: HostStatus) -> str:
    parts = [f"  {host.host}: {counts_told(host.by_status) or 'no addresses'}"]
    if host.next_due is not None:
        parts.append(f"next due {host.next_due:%Y-%m-%d %H:%M} UTC")
    return plain("; ".join([*parts, *trouble_told(host.parked_until, host.failures)]))


def _run_line(run: RunRow, *, goes_on: bool) -> str:
    began = datetime.fromtimestamp(run.started, UTC)
    if run.finished is None:
        return f"run {run.run}: {began:%Y-%m-%d %H:%M} UTC, {'goes on' if goes_on else 'not ended in order'}"
    took = timedelta(seconds=round(run.finished - run.started))
    articles = run.figures.get("articles", 0)
    return f"run {run.run}: {began:%Y-%m-%d %H:%M} UTC, {took}, exit code {run.exit}, {articles} articles"
