"""What the verbs over a crawl's memory share: where it is, and the lock that a change of it needs."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from scraper.cli.options import DEFAULT_CONFIG
from scraper.config import Config, load_config
from scraper.crawl.run import state_folder
from scraper.errors import UsageError
from scraper.frontier import Frontier, RunLock
from scraper.frontier.store import FILE_NAME

out_option = click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), help="Folder of the crawl's results [output.dir]."
)


def find_state(config_path: Path, out: Path | None) -> tuple[Config, Path]:
    """Return the configuration and the folder in which its crawl remembers."""
    config = load_config(config_path)
    return config, state_folder(config, out or Path(config.output.dir))


def find_memory(config_path: Path, out: Path | None) -> Path:
    """Return the folder in which a crawl remembers; one whose results are named needs no configuration, as the demo."""
    if out is not None and config_path == DEFAULT_CONFIG and not config_path.exists():
        return state_folder(Config(), out)
    return find_state(config_path, out)[1]


def open_to_read(state: Path) -> Frontier:
    """Return the memory of a crawl, to be looked at while a run may go on. Raises UsageError if there is none."""
    if not (state / FILE_NAME).exists():
        raise UsageError(f"{state}: no crawl has run here yet; `scraper crawl` begins one.")
    return Frontier(state, read_only=True)


@contextmanager
def open_to_change(state: Path) -> Iterator[Frontier]:
    """Yield the memory of a crawl; no run goes on meanwhile. Raises UsageError, LockedError."""
    if not (state / FILE_NAME).exists():
        raise UsageError(f"{state}: no crawl has run here yet; `scraper crawl` begins one.")
    with RunLock(state, owner=" ".join(sys.argv), now=time.time()), Frontier(state) as frontier:
        yield frontier
