"""Options that several verbs share, and what they mean."""

from __future__ import annotations

from pathlib import Path

import click

from scraper.crawl.progress import Talk

config_option = click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    default=Path("config.toml"),
    show_default=True,
    help="The configuration file.",
)
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Say only what went wrong.")
verbose_option = click.option("-v", "--verbose", is_flag=True, help="Say what came of each page.")


def talk_of(*, quiet: bool, verbose: bool) -> Talk:
    """Return how much to say; --quiet goes before --verbose."""
    if quiet:
        return "quiet"
    return "verbose" if verbose else "normal"
