"""scraper validate"""

from __future__ import annotations

from pathlib import Path

import click

from scraper.cli.exits import Exit
from scraper.crawl.progress import plain
from scraper.records.files import find_record_files
from scraper.records.listed import load_listing
from scraper.records.validate import Validation
from scraper.report.amounts import plural


@click.command("validate", short_help="Check files of records, line by line, against the schema.")
@click.argument("paths", nargs=-1, required=True, metavar="FILE|DIR...", type=click.Path(path_type=Path))
@click.option("--deep", is_flag=True, help="Check also that text, counts, hashes, blocks and addresses agree.")
@click.option(
    "--manifest",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Check also that the files are those of a run: runs/<when>.manifest.json, or LATEST.",
)
def command(paths: tuple[Path, ...], *, deep: bool, manifest: Path | None) -> int:
    """Check that each line is a record: JSON in UTF-8, every key, in order, of the right type, instants in UTC; and
    that no revision of an article is there twice.

    A folder stands for its articles*.jsonl, or an export's part-*.jsonl (.gz, .zst). Every fault is a line on stdout:
    file, line, place in the record, reason. Exit code 0 if there is none, 1 if there is one.

    \b
    Examples:
      scraper validate out
      scraper validate --deep articles-2026-*.jsonl.gz
      scraper validate out --manifest out/LATEST
    """
    validation = Validation(deep=deep)
    listing = load_listing(manifest) if manifest else None
    files = find_record_files(paths)
    strange = 0
    for path, reason in listing.faults() if listing else ():
        strange += 1
        click.echo(plain(f"{path}: {reason}"))
    for bad in validation.bad_lines(files):
        click.echo(plain(str(bad)))
    faults = f"{plural(validation.faults, 'fault')} in {plural(validation.bad, 'line')}"
    said = faults if validation.faults else "no fault"
    click.echo(f"{plural(validation.records, 'record')} in {plural(len(files), 'file')}: {said}.", err=True)
    if listing:
        told = f"{strange} not as it says" if strange else "all as it says"
        click.echo(f"{plural(len(listing.files), 'file')} in the manifest: {told}.", err=True)
    return Exit.NOTHING if validation.faults or strange else Exit.DONE
