"""scraper demo"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click
import msgspec

from scraper.cli.crawl import crawl_and_report
from scraper.cli.init import template_path
from scraper.cli.options import quiet_option, talk_of, verbose_option
from scraper.config import Config, load_config
from scraper.demo import DemoServer, demo_sources

_DELAY_S: Final = 0.05
_MAX_CRAWL_DELAY_S: Final = 1.0


@click.command("demo", short_help="Crawl a small newspaper that comes with the package.")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), default=Path("demo-out"), show_default=True,
    help="Folder for the results.",
)  # fmt: skip
@quiet_option
@verbose_option
def command(out: Path, *, quiet: bool, verbose: bool) -> int:
    """Start the demo newspaper on a port of this machine and crawl it over HTTP, as any other site.

    Three invented hosts with feeds, sitemaps, moved, broken and doubled pages, in several languages and charsets.

    \b
    Example:
      scraper demo && head -n 1 demo-out/articles-*.jsonl
    """
    with DemoServer() as server:
        config = demo_config(load_config(template_path()), server.connect_to)
        code = crawl_and_report(config, out, talk_of(quiet=quiet, verbose=verbose), fresh=True)
    if not quiet and (sample := _first_title(out)):
        click.echo(f"a record: {sample}", err=True)
    return code


def demo_config(config: Config, connect_to: dict[str, str]) -> Config:
    """Return the configuration that users start from, its sources and its way to the hosts replaced."""
    fetch = msgspec.structs.replace(
        config.fetch,
        connect_to=connect_to,
        delay_s=_DELAY_S,
        max_crawl_delay_s=_MAX_CRAWL_DELAY_S,
    )
    return msgspec.structs.replace(config, fetch=fetch, source=demo_sources())


def _first_title(out: Path) -> str | None:
    newest = max(out.glob("articles-*.jsonl"), default=None)
    if newest is None:
        return None
    with newest.open("rb") as file:
        line = file.readline()
    return str(msgspec.json.decode(line)["title"]) if line else None
