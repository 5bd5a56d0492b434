"""scraper report"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click
import msgspec

from scraper.cli import report_digest
from scraper.cli.exits import Exit
from scraper.cli.html_page import check_open, open_option, show_page
from scraper.cli.options import config_option
from scraper.cli.report_inputs import Found, find_parts
from scraper.config import load_config
from scraper.crawl.progress import plain
from scraper.errors import RecordsError, UsageError
from scraper.fetchers.audit import VIOLATIONS, Verdict, audit_requests
from scraper.fetchers.log import LogLine
from scraper.fetchers.timing import Timing, Watch
from scraper.records.files import read_lines
from scraper.records.refusals import count_refusals
from scraper.records.survey import survey_records
from scraper.report import CrawlReport, PolitenessShown, render_crawl_report
from scraper.version import VERSION

_EXAMPLES = 10


@click.command("report", short_help="Show how a crawl's runs went, as one HTML file.")
@click.argument("paths", nargs=-1, metavar="[DIR|RUN|FILE]...", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("report.html"),
    show_default=True,
    help="The file to write, - for stdout.",
)
@open_option
@click.option("--runs", "shown", type=click.IntRange(min=1), default=30, show_default=True, help="Runs shown at most.")
@config_option
def command(paths: tuple[Path, ...], *, out: Path, opens: bool, shown: int, config_path: Path) -> int:
    """Write one HTML file about a crawl: how the last run went, what has changed since the one before, what each host
    gives over the runs, why addresses gave no article, how fast and how politely, and what the records hold.

    A folder stands for all its runs and records, out/runs/<when>.json for one run and those before it, other files for
    themselves: records, rejected*.jsonl, requests*.jsonl (.gz, .zst). Without any: the output folder of the
    configuration. The file loads nothing from anywhere; docs/report.md tells how to read it.

    \b
    Examples:
      scraper report --open
      scraper report out/runs/2026-11-22T050000Z.json --out monday.html
    """
    check_open(out, opens=opens)
    paths = paths or (Path(load_config(config_path).output.dir),)
    found = find_parts(paths)
    _check_apart(out, found)
    html = render_crawl_report(_report(", ".join(map(str, paths)), found, out, shown))
    for note in found.notes:
        click.echo(plain(note), err=True)
    show_page(html, out, opens=opens)
    return Exit.DONE


def _report(title: str, found: Found, out: Path, shown: int) -> CrawlReport:
    """Return everything that the page shows. Raises UsageError and RecordsError for files that cannot be read."""
    runs = found.runs[-shown:]
    summaries = [run.summary for run in runs]
    beside = None if str(out) == "-" else out.parent
    watch = Watch()
    verdict = audit_requests(watch.passing(_log_lines(found.requests))) if found.requests else None
    timing = watch.timing()
    return CrawlReport(
        title=title,
        runs=tuple(map(report_digest.run_shown, runs)),
        earlier=len(found.runs) - len(runs),
        alarms=report_digest.alarms_shown(runs[-1], beside) if runs else (),
        hosts=report_digest.hosts_shown(summaries) if runs else (),
        causes=report_digest.causes_shown(summaries, count_refusals(found.rejected)),
        sources=report_digest.sources_shown(summaries[-1]) if runs else (),
        latency=report_digest.latency_shown(timing.hosts),
        politeness=_politeness(verdict, timing) if verdict else None,
        records=report_digest.records_shown(survey_records(found.articles)) if found.articles else None,
        notes=(*report_digest.notes_on(found), f"Made by scraper {VERSION}."),
    )


def _log_lines(files: tuple[Path, ...]) -> Iterator[tuple[int, LogLine]]:
    """Yield the numbered lines of the logs, one after the other."""
    decode = msgspec.json.Decoder(LogLine).decode
    for file in files:
        for number, line in enumerate(read_lines(file), 1):
            try:
                yield number, decode(line)
            except (ValueError, RecursionError) as error:
                raise RecordsError(file, number, f"is no line of a request log ({error})") from error


def _politeness(verdict: Verdict, timing: Timing) -> PolitenessShown:
    kinds = Counter(violation.kind for violation in verdict.violations)
    return PolitenessShown(
        runs=verdict.runs,
        requests=verdict.requests,
        hosts=verdict.hosts,
        waited_s=tuple(timing.waited_s.items()),
        kinds=tuple(timing.kinds.items()),
        outcomes=tuple(timing.outcomes.items()),
        violations=tuple(
            (kind, VIOLATIONS[kind], count) for kind, count in sorted(kinds.items(), key=lambda it: (-it[1], it[0]))
        ),
        examples=tuple(f"{each.kind}: {each.url} ({each.detail})" for each in verdict.violations[:_EXAMPLES]),
    )


def _check_apart(out: Path, found: Found) -> None:
    """Raise UsageError if the report would be written over a file that it is about."""
    read = (*(run.path for run in found.runs), *found.articles, *found.rejected, *found.requests)
    if out.exists() and any(out.samefile(path) for path in read):
        raise UsageError(f"{out}: is one of the files that the report is about; name another one with --out.")
