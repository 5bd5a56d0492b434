"""scraper crawl"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Mapping
from contextlib import closing, nullcontext
from pathlib import Path

import click
import msgspec

from scraper.cli.endings import report_lines, trouble_lines
from scraper.cli.exits import Exit
from scraper.cli.options import config_option, quiet_option, talk_of, verbose_option
from scraper.config import Config, load_config
from scraper.config.secrets import require_secrets
from scraper.crawl.contact import require_contact
from scraper.crawl.echo import Echo
from scraper.crawl.heap import give_memory_back
from scraper.crawl.progress import Progress, Talk
from scraper.crawl.run import run_crawl
from scraper.errors import ConfigError


@click.command("crawl", short_help="Fetch what is new at the sources of the configuration, into JSONL.")
@config_option
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the results [output.dir].")
@click.option("--limit", "--max-pages", type=click.IntRange(min=1), help="Pages fetched at most [crawl.limit].")
@click.option(
    "--max-runtime", type=click.FloatRange(min=0, min_open=True), help="Seconds at most [crawl.max_runtime_s]."
)
@click.option("--max-bytes", type=click.IntRange(min=1), help="Bytes of pages at most [crawl.max_bytes].")
@click.option("--fresh", is_flag=True, help="Start over: move what earlier runs left aside, their memory included.")
@click.option("--stdout", "to_stdout", is_flag=True, help="Write each article to stdout too, once it is safe on disk.")
@quiet_option
@verbose_option
def command(
    config_path: Path,
    out: Path | None,
    *,
    limit: int | None,
    max_runtime: float | None,
    max_bytes: int | None,
    fresh: bool,
    to_stdout: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Fetch what is new or due, concurrently and politely, and write clean records.

    A run goes on where the last one stopped, however that ended: it asks feeds and sitemaps whether they have changed,
    fetches new addresses and articles that are due for another look, and writes new and changed articles to
    articles-<day>-<number>.jsonl, and summary.json last. Ctrl-C once finishes what is in flight (10 seconds at most),
    twice stops at once; nothing is lost even if the power goes.

    \b
    Examples:
      scraper crawl
      scraper crawl --config sites/press.toml --out /data/press --limit 100
      scraper crawl --stdout | jq -r .title
    """
    config = checked_config(config_path, limit=limit, environ=os.environ)
    bounds = {"max_runtime_s": max_runtime, "max_bytes": max_bytes}
    given = {name: value for name, value in bounds.items() if value is not None}
    config = msgspec.structs.replace(config, crawl=msgspec.structs.replace(config.crawl, **given))
    talk = talk_of(quiet=quiet, verbose=verbose)
    return crawl_and_report(config, out or Path(config.output.dir), talk, fresh=fresh, to_stdout=to_stdout)


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


def crawl_and_report(config: Config, out: Path, talk: Talk, *, fresh: bool = False, to_stdout: bool = False) -> int:
    """Crawl, say the summary on stderr (with --quiet only what went wrong), and return the exit code."""
    give_memory_back()
    progress = Progress(sys.stderr, talk, clock=time.monotonic)
    with closing(Echo(sys.stdout.buffer)) if to_stdout else nullcontext() as echo:
        summary = asyncio.run(run_crawl(config, out, progress, fresh=fresh, echo=echo))
    for line in report_lines(summary, out):
        progress.say(line)
    if talk == "quiet":
        for line in trouble_lines(summary, out):
            progress.warn(line)
    if echo is not None and echo.failed is not None:
        progress.warn(f"stdout cannot be written ({echo.failed.strerror}); the files in {out} have all articles.")
        return max(summary.exit, Exit.UNWRITABLE)
    return summary.exit
