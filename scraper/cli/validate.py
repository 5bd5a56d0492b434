"""scraper validate"""

from __future__ import annotations

from pathlib import Path

import click

from scraper.cli.exits import Exit
from scraper.crawl.progress import plain
from scraper.records.files import find_record_files
from scraper.records.validate import Validation


@click.command("validate", short_help="Check files of records, line by line, against the schema.")
@click.argument("paths", nargs=-1, required=True, metavar="FILE|DIR...", type=click.Path(path_type=Path))
@click.option("--deep", is_flag=True, help="Check also that text, counts, hashes, blocks and addresses agree.")
def command(paths: tuple[Path, ...], *, deep: bool) -> int:
    """Check that each line is a record: JSON in UTF-8, every key, in order, of the right type, instants in UTC; and
    that no revision of an article is there twice.

    A folder stands for its articles*.jsonl (.gz, .zst). Every fault is a line on stdout: file, line, place in the
    record, reason. Exit code 0 if there is none, 1 if there is one.

    \b
    Examples:
      scraper validate out
      scraper validate --deep articles-2026-*.jsonl.gz
    """
    validation = Validation(deep=deep)
    files = find_record_files(paths)
    for bad in validation.bad_lines(files):
        click.echo(plain(str(bad)))
    said = f"{validation.faults:,} faults in {validation.bad:,} lines" if validation.faults else "no fault"
    click.echo(f"{validation.records:,} records in {_files(len(files))}: {said}.", err=True)
    return Exit.NOTHING if validation.faults else Exit.DONE


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"
