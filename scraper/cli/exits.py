"""The exit codes, for the command line."""

from __future__ import annotations

from scraper.crawl.exits import Exit
from scraper.errors import ConfigError, LockedError, ScraperError, SinkError, StateError, UsageError

__all__ = ["Exit", "exit_for", "exit_help"]


def exit_for(error: ScraperError) -> Exit:
    """Return the code with which a command ends that an error ended."""
    if isinstance(error, UsageError | ConfigError):
        return Exit.USAGE
    if isinstance(error, LockedError):
        return Exit.LOCKED
    return Exit.UNWRITABLE if isinstance(error, SinkError | StateError) else Exit.NOTHING


def exit_help() -> str:
    """Return the codes as `--help` shows them, one a line."""
    return "\n".join(f"{code.value:>3}  {code.meaning}" for code in Exit)
