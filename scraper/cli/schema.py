"""scraper schema"""

from __future__ import annotations

import json

import click

from scraper.sinks.schema import article_schema, rejected_schema


@click.command("schema", short_help="Print the JSON Schema of the records.")
@click.option("--rejected", is_flag=True, help="The schema of rejected-*.jsonl instead.")
def command(*, rejected: bool) -> None:
    """Print the JSON Schema (2020-12) of a line of articles-*.jsonl.

    \b
    Examples:
      scraper schema > article.schema.json
      scraper schema --rejected
    """
    schema = rejected_schema() if rejected else article_schema()
    click.echo(json.dumps(schema, indent=2, ensure_ascii=False))
