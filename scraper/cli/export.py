"""scraper export"""

from __future__ import annotations

from pathlib import Path

import click

from scraper.cli.options import INPUT
from scraper.cli.skipping import exit_after, lines_of, skip_option
from scraper.errors import UsageError
from scraper.records.export import export_partitions, export_records
from scraper.records.files import find_record_files
from scraper.records.formats import PARTITIONED
from scraper.records.partition import KEYS


@click.command("export", short_help="Write files of records as Parquet, CSV, SQLite or JSONL, here or in a store.")
@click.argument("paths", nargs=-1, required=True, metavar="FILE|DIR...", type=click.Path(path_type=Path))
@click.option(
    "--to", required=True, metavar="FILE|URL", type=INPUT, help="out.parquet, s3://bucket/out.csv; or a folder."
)
@click.option("--partition-by", "keys", metavar="KEYS", help="Write a folder, by site, date, language: site,date.")
@click.option("--format", "form", type=click.Choice(PARTITIONED), help="Of the files in the folder.  [parquet]")
@click.option("--force", is_flag=True, help="Overwrite what is there.")
@skip_option
def command(
    paths: tuple[Path, ...], *, to: str, keys: str | None, form: str | None, force: bool, skip_invalid: bool
) -> int:
    """Write all records into one file: .parquet, .csv, .sqlite, .jsonl, .jsonl.gz or .jsonl.zst.

    Parquet has every field with its type, lists and structs included; it needs pyarrow. CSV has a column a field, what
    is nested as JSON. SQLite has a table of articles, and tables of authors, tags and related. JSONL has the lines.

    s3://, gs:// and az:// are stores of objects; they need obstore, and settings in the environment such as
    AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY.

    With --partition-by it is a folder of files such as site=example.org/date=2026-11-22/part-0001.parquet.

    \b
    Examples:
      scraper export out --to articles.parquet
      scraper export archive/*.jsonl.zst --to articles.sqlite
      scraper export out --to s3://bucket/news --partition-by site,date
    """
    files, lines = find_record_files(paths), lines_of(skip_invalid=skip_invalid)
    if keys is not None:
        ending = f".{form or 'parquet'}"
        count = export_partitions(files, to, _parse_keys(keys), ending=ending, force=force, lines=lines)
    elif form is not None:
        raise UsageError("--format is for a folder (--partition-by); what one file is, its name's ending says.")
    else:
        count = export_records(files, to, force=force, lines=lines)
    click.echo(f"{count:,} records in {to}", err=True)
    return exit_after(lines)


def _parse_keys(text: str) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in text.split(","))
    if len(set(keys)) < len(keys) or not KEYS.keys() >= set(keys):
        raise UsageError(f"--partition-by {text}: name {', '.join(KEYS)}, or several of them, each once.")
    return keys
