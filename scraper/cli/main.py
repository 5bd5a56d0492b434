"""The command line as a whole: its verbs, and how every way to end becomes one sentence and one exit code."""

from __future__ import annotations

import errno
import os
import re
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final

import click

from scraper.cli.exits import Exit, exit_for, exit_help
from scraper.cli.lazy import LazyGroup
from scraper.cli.peers import explained
from scraper.errors import ScraperError, UsageError
from scraper.version import VERSION

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF})
"""What stdout says that takes no more, or that was closed from the beginning."""
_REFUSED: Final = frozenset({errno.EACCES, errno.EPERM, errno.ENAMETOOLONG, errno.ENOTDIR, errno.ELOOP})
"""What the system says of a path that it does not even look at."""
_EMPTY_OPTION: Final = re.compile(r"--[a-z-]+=")
_VERBS: Final = {
    "crawl": "Fetch what is new at the sources of the configuration, into JSONL.",
    "extract": "Read articles from files, folders, addresses or stdin, to stdout.",
    "inspect": "Show a page, its blocks by label, beside its record, as one HTML file.",
    "demo": "Crawl a small newspaper that comes with the package.",
    "plan": "Show what a crawl would do, host by host, and how long it would take.",
    "status": "Show what a crawl knows, what is due, and who is parked and why.",
    "retry": "Let the next run fetch failed or rejected addresses again.",
    "forget": "Forget an address or a whole host, as if it had never been seen.",
    "backfill": "Take a site's addresses of the past, from its sitemaps or archive pages.",
    "report": "Show how a crawl's runs went, as one HTML file.",
    "audit": "Prove from the request log that a crawl was polite.",
    "validate": "Check files of records, line by line, against the schema.",
    "stats": "Count what is in files of records: sites, dates, fields, lengths.",
    "cat": "Filter, unpack and cut files of records.",
    "diff": "Compare two sets of records: what is new, gone or changed, by field.",
    "export": "Write files of records as Parquet, CSV, SQLite or JSONL, here or in a store.",
    "init": "Write a fresh config.toml to start from.",
    "check-config": "Show the effective configuration, or what is wrong with it.",
    "schema": "Print the JSON Schema of the records.",
    "completion": "Print the completion script for a shell.",
}


@click.group(
    cls=LazyGroup,
    verbs=_VERBS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="\b\nExit codes:\n" + exit_help(),
)
@click.version_option(VERSION, message="%(prog)s %(version)s")
def cli() -> None:
    """Article pages in, clean versioned records out.

    \b
    Examples:
      scraper demo
      scraper init    (then name your sources in config.toml)
      scraper check-config && scraper crawl
      scraper extract page.html --format text
    """


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; say on stderr, in one sentence, what went wrong."""
    keep = KeepTraceback()
    code: int = Exit.BUG
    with keep:
        code = _run(arguments)
    return Exit.BUG if keep.path is not None else code


def _run(arguments: Sequence[str]) -> int:
    try:
        _check_filled(arguments)
        code = cli.main(args=list(arguments), prog_name="scraper", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        shown = explained(error) if isinstance(error, click.NoSuchOption) else error
        shown.show(sys.stderr)
        return Exit.USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        return Exit.INTERRUPTED
    except ScraperError as error:
        for sentence in str(error).splitlines():
            click.echo(sentence, err=True)
        return exit_for(error)
    except (BrokenPipeError, SystemExit):  # click itself leaves with SystemExit for a broken pipe, and only for that
        _close_stdout()  # the reader, such as `head`, has what it wanted
        return Exit.DONE
    except OSError as error:
        if error.errno in _REFUSED and error.filename:
            click.echo(f"{error.filename}: cannot be used ({error.strerror}).", err=True)
            return Exit.USAGE
        if error.errno not in _FULL:
            raise
        _close_stdout()
        click.echo(f"stdout cannot be written ({error.strerror}).", err=True)
        return Exit.UNWRITABLE
    return code if isinstance(code, int) else Exit.DONE


def _check_filled(arguments: Sequence[str]) -> None:
    """Raise UsageError for an empty word, which as a path would be the folder one stands in."""
    for number, argument in enumerate(arguments, 1):
        if not argument or _EMPTY_OPTION.fullmatch(argument):
            named = f" ({argument})" if argument else ""
            raise UsageError(f"Argument {number}{named} is empty; is a variable of the shell not set?")


def _close_stdout() -> None:
    """Send what is still buffered nowhere, or the interpreter complains about the pipe on its way out."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


class KeepTraceback:
    """Turns a bug of ours into one sentence; the traceback is kept in a file, `path`."""

    path: Path | None = None

    def __enter__(self) -> KeepTraceback:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if error is None or not isinstance(error, Exception):
            return False
        with tempfile.NamedTemporaryFile("w", prefix="scraper-bug-", suffix=".txt", delete=False) as file:
            traceback.print_exception(error, file=file)
        self.path = Path(file.name)
        click.echo(f"This is a bug in scraper ({type(error).__name__}); its traceback is in {self.path}.", err=True)
        return True
