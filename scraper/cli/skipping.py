"""--skip-invalid, the same for all verbs that read records: what is passed over is said, and the exit code tells."""

from __future__ import annotations

import click

from scraper.cli.exits import Exit
from scraper.records.files import Lines, numbered_lines
from scraper.records.skipping import Skipping
from scraper.report.amounts import plural

skip_option = click.option(
    "--skip-invalid", is_flag=True, help="Pass over lines that are no record, say how many, and end with code 3."
)


def lines_of(*, skip_invalid: bool) -> Lines:
    """Return what reads the lines of files: all of them, or those that are records."""
    return Skipping() if skip_invalid else numbered_lines


def exit_after(lines: Lines) -> Exit:
    """Return the exit code of a verb that has done its work, and say on stderr what was passed over for it."""
    if not isinstance(lines, Skipping) or lines.first is None:
        return Exit.DONE
    were = "was" if lines.count == 1 else "were"
    click.echo(f"{plural(lines.count, 'line')} {were} passed over; the first: {lines.first}.", err=True)
    return Exit.PARTIAL
