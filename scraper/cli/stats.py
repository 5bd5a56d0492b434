"""scraper stats"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import click
import msgspec

from scraper.cli.skipping import exit_after, lines_of, skip_option
from scraper.crawl.progress import plain
from scraper.records.files import find_record_files
from scraper.records.stats import Stats, count_records

_SHOWN: Final = 20


@click.command("stats", short_help="Count what is in files of records: sites, dates, fields, lengths.")
@click.argument("paths", nargs=-1, required=True, metavar="FILE|DIR...", type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@skip_option
def command(paths: tuple[Path, ...], form: str, *, skip_invalid: bool) -> int:
    """Count records, sites, languages, dates, filled fields, lengths, duplicates, warnings, in one pass.

    A folder stands for its articles*.jsonl, or an export's part-*.jsonl (.gz, .zst). Long tables show the first 20;
    --format json has all.

    \b
    Examples:
      scraper stats out
      scraper stats archive/articles-2026-*.jsonl.zst --format json
    """
    lines = lines_of(skip_invalid=skip_invalid)
    stats = count_records(find_record_files(paths), lines=lines)
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(stats), indent=2).decode())
    else:
        for line in stats_lines(stats):
            click.echo(plain(line))
    return exit_after(lines)


def stats_lines(stats: Stats) -> Iterator[str]:
    """Yield the figures as tables."""
    yield f"records             {stats.records:>12,}  {stats.lean:,} of them lean; files: {stats.files:,}"
    yield f"articles            {stats.articles:>12,}  different ids"
    yield f"repeated            {stats.repeated:>12,}  records whose id and revision are there already"
    yield f"same content        {stats.same_content:>12,}  articles whose title and text another one has already"
    yield f"published           {stats.first_published or '-'} to {stats.last_published or '-'}"
    yield f"fetched             {stats.first_fetched or '-'} to {stats.last_fetched or '-'}"
    tables = {"schema": stats.schema_versions, "page type": stats.page_types, "method": stats.methods}
    tables |= {"access": stats.access, "language": stats.languages, "site": stats.sites, "warning": stats.warnings}
    for name, table in tables.items():
        if table:
            yield from _table(name, table, stats.records)
    yield from _table("month", stats.months, stats.records, shown=len(stats.months))
    yield from ("", f"{'length':<20}" + "".join(f"{name:>9}" for name in stats.words))
    for name, percentiles in (("words", stats.words), ("characters", stats.characters)):
        yield f"{name:<20}" + "".join(f"{value:>9,}" for value in percentiles.values())
    yield from _table("field filled", stats.filled, stats.records, shown=len(stats.filled))


def _table(name: str, table: Mapping[str, int], records: int, *, shown: int = _SHOWN) -> Iterator[str]:
    yield from ("", f"{name:<28}{'records':>12}")
    for each, count in list(table.items())[:shown]:
        yield f"{each:<28}{count:>12,}{count / records if records else 0:>8.1%}"
    if len(table) > shown:
        yield f"... and {len(table) - shown:,} more; --format json has them all."
