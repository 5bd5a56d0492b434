"""scraper cat"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from scraper.cli.options import Day
from scraper.cli.skipping import exit_after, lines_of, skip_option
from scraper.errors import UsageError
from scraper.records.files import find_record_files
from scraper.records.paths import parse_field
from scraper.records.select import Wanted, select_records

_ESCAPES: Final = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160))} | {
    ord(char): name for char, name in (("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"), ("\\", "\\\\"))
}


@click.command("cat", short_help="Filter, unpack and cut files of records.")
@click.argument("paths", nargs=-1, required=True, metavar="FILE|DIR...", type=click.Path(path_type=Path))
@click.option("--site", metavar="HOST", help="Only records of this domain or host, and of the hosts below it.")
@click.option("--since", type=Day(), metavar="DAY", help="Only what was published on this day or later.")
@click.option("--until", type=Day(), metavar="DAY", help="Only what was published on this day or earlier.")
@click.option("--language", metavar="TAG", help="Only records in this language; en is also en-GB.")
@click.option("--has", multiple=True, metavar="FIELD", help="Only records in which this field says something.")
@click.option("--field", "names", multiple=True, metavar="FIELD", help="Only this field; again for more columns.")
@click.option("--limit", type=click.IntRange(min=1), metavar="N", help="Stop after so many records.")
@click.option("--latest", is_flag=True, help="Only the last revision of each article.")
@click.option("--format", "form", type=click.Choice(["jsonl", "tsv"]), help="tsv where --field is given, else jsonl.")
@skip_option
def command(
    paths: tuple[Path, ...],
    *,
    site: str | None,
    since: date | None,
    until: date | None,
    language: str | None,
    has: tuple[str, ...],
    names: tuple[str, ...],
    limit: int | None,
    latest: bool,
    form: str | None,
    skip_invalid: bool,
) -> int:
    """Write the records of all files to stdout, one after the other, or those that are asked for.

    A folder stands for its articles*.jsonl, or an export's part-*.jsonl (.gz, .zst). Fields inside others are dotted:
    fetch.status, authors.name. In tsv there is no head line, null is empty, lists are JSON, and a tab or line feed
    inside a text is \\t or \\n.

    \b
    Examples:
      scraper cat out --site news.example --since 2026-11-01 > november.jsonl
      scraper cat out --latest --field published_date --field title --field url
      scraper cat archive/*.zst --language de --has authors --limit 10 | jq .text
    """
    if form == "tsv" and not names:
        raise UsageError("--format tsv needs the columns: name them with --field.")
    present = tuple(map(parse_field, has))
    wanted = Wanted(site=site, since=since, until=until, language=language, has=present, latest=latest)
    lines = lines_of(skip_invalid=skip_invalid)
    found = select_records(find_record_files(paths), wanted, tuple(map(parse_field, names)), lines=lines)
    for line, values in islice(found, limit):
        sys.stdout.write(_row(names, values, form) if names else f"{line}\n")
    return exit_after(lines)


def _row(names: tuple[str, ...], values: Sequence[Any], form: str | None) -> str:
    """Return the fields asked for as one line."""
    if form == "jsonl":
        return msgspec.json.encode(dict(zip(names, values, strict=True))).decode() + "\n"
    return "\t".join(map(_cell, values)) + "\n"


def _cell(value: Any) -> str:
    """Return a value as one cell, which cannot be told for two and writes nothing to a terminal but itself."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return text.translate(_ESCAPES)
