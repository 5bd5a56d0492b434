"""scraper crawl"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import click
import msgspec

from scraper.cli.options import config_option, quiet_option, talk_of, verbose_option
from scraper.cli.report import report_lines, trouble_lines
from scraper.config import Config, load_config
from scraper.config.secrets import require_secrets
from scraper.crawl.contact import require_contact
from scraper.crawl.progress import Progress, Talk
from scraper.crawl.run import run_crawl
from scraper.errors import ConfigError


@click.command("crawl", short_help="Fetch everything the configuration names, into JSONL.")
@config_option
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the results [output.dir].")
@click.option("--limit", type=click.IntRange(min=1), help="Pages fetched at most [crawl.limit].")
@quiet_option
@verbose_option
def command(config_path: Path, out: Path | None, limit: int | None, *, quiet: bool, verbose: bool) -> int:
    """Fetch everything the configuration names, concurrently and politely, and write clean records.

    articles.jsonl, rejected.jsonl and summary.json are in the output folder when the run has ended; what an earlier run
    left there is moved to earlier/<when>/. Ctrl-C once finishes what is in flight (10 seconds at most), twice stops at
    once.

    \b
    Examples:
      scraper crawl
      scraper crawl --config sites/press.toml --out /data/press --limit 100
    """
    config = checked_config(config_path, limit=limit, environ=os.environ)
    return crawl_and_report(config, out or Path(config.output.dir), talk_of(quiet=quiet, verbose=verbose))


def checked_config(path: Path, *, limit: int | None, environ: Mapping[str, str]) -> Config:
    """Return a configuration that can be crawled. Raises ConfigError if it names no source, contact or secret."""
    config = load_config(path)
    if not config.source:
        raise ConfigError(f"{path}: names no source; add a [[source]] block (the file itself shows how).")
    require_contact(config)
    require_secrets(config, environ)
    if limit is not None:
        config = msgspec.structs.replace(config, crawl=msgspec.structs.replace(config.crawl, limit=limit))
    return config


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
