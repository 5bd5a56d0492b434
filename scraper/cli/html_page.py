"""An HTML page that a verb has made: into a file or to stdout, and opened in the browser if that is asked for."""

from __future__ import annotations

import sys
import webbrowser
from pathlib import Path

import click

from scraper.crawl.progress import plain
from scraper.errors import UsageError
from scraper.sinks.whole import write_named

open_option = click.option("--open", "opens", is_flag=True, help="Open it in the browser.")


def check_open(out: Path, *, opens: bool) -> None:
    """Raise UsageError where there would be nothing to open."""
    if opens and str(out) == "-":
        raise UsageError("--open needs a file: leave `--out -` out.")


def show_page(html: str, out: Path, *, opens: bool) -> None:
    """Write the page to `out`, - for stdout. Raises SinkError."""
    if str(out) == "-":
        sys.stdout.write(html)
        sys.stdout.flush()
        return
    content = html.encode("utf-8", errors="replace")
    write_named(out, content)
    click.echo(plain(f"Wrote {out} ({len(content) / 1000:,.0f} kB)."), err=True)
    if opens:
        webbrowser.open(out.resolve().as_uri())
