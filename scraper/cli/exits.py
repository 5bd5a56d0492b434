"""The exit codes, for the command line.

0 done; 1 nothing usable came of it, or some inputs failed; 2 usage or configuration; 3 partial; 5 cannot write;
6 another run is there; 70 a bug; 130 interrupted. 4 (nothing new) and 7 (suspicious) are kept for the incremental
crawl.
"""

from __future__ import annotations

from scraper.crawl.exits import Exit
from scraper.errors import ConfigError, LockedError, ScraperError, SinkError, UsageError

__all__ = ["Exit", "exit_for", "exit_help"]


def exit_for(error: ScraperError) -> Exit:
    """Return the code with which a command ends that an error ended."""
    if isinstance(error, UsageError | ConfigError):
        return Exit.USAGE
    if isinstance(error, LockedError):
        return Exit.LOCKED
    return Exit.UNWRITABLE if isinstance(error, SinkError) else Exit.NOTHING


def exit_help() -> str:
    """Return the codes as `--help` shows them, one a line."""
    return "\n".join(f"{code.value:>3}  {code.meaning}" for code in Exit)
