"""The summary of a run, in words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from scraper.crawl.exits import Exit
from scraper.crawl.progress import plain
from scraper.crawl.tally import Summary
from scraper.report.amounts import plural
from scraper.sinks.output import SUMMARY


def report_lines(summary: Summary, out: Path) -> Iterator[str]:
    """Yield the lines that end a crawl; the first one adds up."""
    pending = f" + {summary.pending:,} left for another run" if summary.pending else ""
    yield (
        f"{plural(summary.targets, 'target')} = {plural(summary.articles, 'article')} + {summary.rejected:,} rejected "
        f"+ {summary.unchanged:,} unchanged{pending}"
    )
    if summary.stopped_by:
        yield f"stopped by {summary.stopped_by}"
    yield (
        f"{plural(summary.pages, 'page')} ({summary.bytes / 1e6:.1f} MB) from {_hosts(summary)} "
        f"in {summary.seconds:.1f} s: {summary.pages_per_s:.1f} pages/s"
    )
    if summary.rejected:
        reasons = ", ".join(f"{reason} {count}" for reason, count in summary.rejected_by_reason.items())
        yield f"rejected: {reasons}"
    yield from _faults(summary)
    for file in summary.files:
        yield f"{file.partition('-')[0] + ':':9} {out / file}"
    yield f"summary:  {out / SUMMARY}"


def trouble_lines(summary: Summary, out: Path) -> Iterator[str]:
    """Yield what a mail from cron should say: nothing after a run without trouble, else how it ended and why."""
    if summary.exit in {Exit.DONE, Exit.NOTHING_NEW}:
        return
    meaning = next(code.meaning for code in Exit if code == summary.exit)
    yield f"{out}: {meaning}; {plural(summary.articles, 'article')}, {summary.rejected:,} rejected."
    if summary.exit == Exit.UNWRITABLE:
        yield f"stopped by {summary.stopped_by}"
    yield from _faults(summary)


def _faults(summary: Summary) -> Iterator[str]:
    for host, figures in summary.hosts.items():
        if figures.failed:
            reasons = ", ".join(figures.rejected)
            yield f"no page could be fetched from {plain(host)}: {reasons}"
        elif figures.left:
            yield f"left for another run: {plain(host)}: {plain(figures.left)}"
    for source in summary.sources:
        if source.error:
            named = source.error if source.name in source.error else f"{source.name}: {source.error}"
            yield f"source not read in full: {plain(named)}"


def _hosts(summary: Summary) -> str:
    return plural(sum(figures.fetched > 0 for figures in summary.hosts.values()), "host")
