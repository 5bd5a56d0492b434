"""Options that several verbs share, and what they mean."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import click

from scraper.crawl.progress import Talk

DEFAULT_CONFIG: Final = Path("config.toml")
config_option = click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    default=DEFAULT_CONFIG,
    show_default=True,
    help="The configuration file.",
)


INPUT: Final = click.Path(readable=False, allow_dash=True)
"""A file, a folder, an address or -, taken as it stands; Tab offers files."""


class Day(click.ParamType[date]):
    """A day, as 2026-11-22."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return value if isinstance(value, date) else datetime.strptime(value, "%Y-%m-%d").date()
        except ValueError:
            self.fail(f"{value!r} is no day such as 2026-11-22.", param, ctx)


quiet_option = click.option("-q", "--quiet", is_flag=True, help="Say only what went wrong.")
verbose_option = click.option("-v", "--verbose", is_flag=True, help="Say what came of each page.")


def talk_of(*, quiet: bool, verbose: bool) -> Talk:
    """Return how much to say; --quiet goes before --verbose."""
    if quiet:
        return "quiet"
    return "verbose" if verbose else "normal"
