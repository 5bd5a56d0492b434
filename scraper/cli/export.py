"""scraper export"""

from __future__ import annotations

from pathlib import Path

import click

from scraper.cli.exits import Exit
from scraper.records.export import export_records
from scraper.records.files import find_record_files


@click.command("export", short_help="Write files of records as Parquet, CSV or SQLite.")
@click.argument("paths", nargs=-1, required=True, metavar="FILE|DIR...", type=click.Path(path_type=Path))
@click.option(
    "--to", required=True, metavar="FILE", type=click.Path(path_type=Path), help="out.parquet, .csv, .sqlite."
)
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
def command(paths: tuple[Path, ...], *, to: Path, force: bool) -> int:
    """Write all records into one file: .parquet, .csv or .sqlite.

    Parquet has every field with its type, lists and structs included; it needs pyarrow. CSV has a column a field, what
    is nested as JSON. SQLite has a table of articles, and tables of authors, tags and related.

    \b
    Examples:
      scraper export out --to articles.parquet
      scraper export archive/*.jsonl.zst --to articles.sqlite
    """
    count = export_records(find_record_files(paths), to, force=force)
    click.echo(f"{count:,} records in {to}", err=True)
    return Exit.DONE
