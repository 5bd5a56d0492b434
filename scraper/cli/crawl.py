"""scraper crawl"""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

import click
import msgspec

from scraper.cli.options import config_option, quiet_option, talk_of, verbose_option
from scraper.cli.report import report_lines, trouble_lines
from scraper.config import Config, load_config
from scraper.crawl.contact import require_contact
from scraper.crawl.exits import Exit
from scraper.crawl.plan import plan_crawl
from scraper.crawl.progress import Progress, Talk
from scraper.crawl.run import run_crawl
from scraper.errors import ConfigError


@click.command("crawl", short_help="Fetch everything the configuration names, into JSONL.")
@config_option
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the results [output.dir].")
@click.option("--limit", type=click.IntRange(min=1), help="Pages fetched at most [crawl.limit].")
@click.option("--dry-run", is_flag=True, help="List what would be fetched: read the sources, ask robots.txt.")
@quiet_option
@verbose_option
def command(
    config_path: Path, out: Path | None, limit: int | None, *, dry_run: bool, quiet: bool, verbose: bool
) -> int:
    """Fetch everything the configuration names, concurrently and politely, and write clean records.

    articles.jsonl, rejected.jsonl and summary.json are in the output folder when the run has ended; what an earlier run
    left there is moved to earlier/<when>/. Ctrl-C once finishes what is in flight (10 seconds at most), twice stops at
    once.

    \b
    Examples:
      scraper crawl
      scraper crawl --config sites/press.toml --out /data/press --limit 100
      scraper crawl --dry-run | sort | uniq -c
    """
    config = load_config(config_path)
    if not config.source:
        raise ConfigError(f"{config_path}: names no source; add a [[source]] block (the file itself shows how).")
    require_contact(config)
    if limit is not None:
        config = msgspec.structs.replace(config, crawl=msgspec.structs.replace(config.crawl, limit=limit))
    talk = talk_of(quiet=quiet, verbose=verbose)
    if dry_run:
        return show_plan(config, talk)
    return crawl_and_report(config, out or Path(config.output.dir), talk)


def crawl_and_report(config: Config, out: Path, talk: Talk) -> int:
    """Crawl, say the summary on stderr (with --quiet only what went wrong), and return the exit code."""
    progress = Progress(sys.stderr, talk, clock=time.monotonic)
    summary = asyncio.run(run_crawl(config, out, progress))
    for line in report_lines(summary, out):
        progress.say(line)
    if talk == "quiet":
        for line in trouble_lines(summary, out):
            progress.warn(line)
    return summary.exit


def show_plan(config: Config, talk: Talk) -> int:
    """Print the addresses that a crawl would fetch, one a line."""
    plan = asyncio.run(plan_crawl(config, Progress(sys.stderr, talk, clock=time.monotonic), emit=click.echo))
    if talk != "quiet":
        click.echo(f"{plan.allowed} pages would be fetched, {plan.refused} are refused by robots.txt.", err=True)
    return Exit.DONE if plan.allowed else Exit.NOTHING
