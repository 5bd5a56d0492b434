"""scraper inspect"""

from __future__ import annotations

from pathlib import Path

import click

from scraper.cli.exits import Exit
from scraper.cli.extract import Reading
from scraper.cli.fields import compare_fields
from scraper.cli.html_page import check_open, open_option, show_page
from scraper.cli.inputs import check_url, is_address, is_folder, path_of
from scraper.cli.options import INPUT
from scraper.config import Config, load_config
from scraper.document import Document
from scraper.errors import UsageError
from scraper.fetchers.warc import is_archive
from scraper.model import Page
from scraper.pipeline import Explained
from scraper.report import render_inspection
from scraper.rules import load_rules


@click.command("inspect", short_help="Show a page, its blocks by label, beside its record, as one HTML file.")
@click.argument("source", metavar="FILE|URL|-", type=INPUT)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("inspect.html"),
    show_default=True,
    help="The file to write, - for stdout.",
)
@open_option
@click.option("--url", help="Address of the page, where the input does not say it.")
@click.option("--rules", type=click.Path(path_type=Path), help="Folder of site rules of your own [crawl.rules_dir].")
@click.option("--config", "config_path", type=click.Path(path_type=Path), help="Configuration for fetching an address.")
def command(
    source: str, *, out: Path, opens: bool, url: str | None, rules: Path | None, config_path: Path | None
) -> int:
    """Write one HTML file that shows a page as it was read: every block in the colour of its label, with its score and
    the reasons, and beside it the record, each field with where it came from and what else the page said.

    The file loads nothing from anywhere, and nothing of the page runs in it. docs/inspect.md tells how to read it.

    \b
    Examples:
      scraper inspect page.html --open
      scraper inspect https://news.example/story --out story.html
    """
    check_url(url)
    check_open(out, opens=opens)
    _check_apart(source, out)
    config = load_config(config_path) if config_path else Config()
    reading = Reading((source,), url, config, load_rules(rules or config.crawl.rules_dir))
    for page, explained in reading.explained():
        show_page(_rendered(page, explained), out, opens=opens)
    return Exit.NOTHING if reading.failed else Exit.DONE


def _check_apart(source: str, out: Path) -> None:
    """Raise UsageError for a folder, or a file that would be written over with its own inspection."""
    if source == "-" or is_address(source):
        return
    path = path_of(source)
    if is_folder(path):
        raise UsageError(f"{source}: is a folder; inspect shows one page.")
    if is_archive(path):
        raise UsageError(f"{source}: is a web archive; inspect shows one page.")
    if path.exists() and out.exists() and path.samefile(out):
        raise UsageError(f"{out}: is the page itself; name another file with --out.")


def _rendered(page: Page, explained: Explained) -> str:
    document, draft, article = Document.from_page(page), explained.draft, explained.article
    return render_inspection(
        document.text,
        draft,
        article,
        compare_fields(draft, article),
        rejected=explained.rejected,
        is_plain=document.is_plain,
    )
