"""scraper audit"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
import msgspec

from scraper.cli.exits import Exit
from scraper.crawl.progress import plain
from scraper.errors import UsageError
from scraper.fetchers.audit import VIOLATIONS, audit_requests
from scraper.fetchers.log import LogLine
from scraper.records.files import ENDINGS, read_lines
from scraper.report.amounts import plural

_SHOWN: Final = 20


@click.command("audit", short_help="Prove from the request log that a crawl was polite.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(paths: tuple[Path, ...], form: str) -> int:
    """Go through PATHS (requests-*.jsonl, or folders that hold some) and check every request again.

    That no host was asked sooner than its gap, by more requests at once than it may have, while it had to be left alone
    or outside its hours, and that nothing was fetched that robots.txt forbids. Exit code 0 if all is well, 1 if not.

    \b
    Examples:
      scraper audit out
      scraper audit out/requests-*.jsonl --format json
    """
    verdict = audit_requests((number, line) for path in paths for number, line in _lines(path))
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(verdict), indent=2).decode())
    else:
        for violation in verdict.violations[:_SHOWN]:
            click.echo(plain(f"line {violation.line}: {violation.kind}: {violation.url} ({violation.detail})"))
        if len(verdict.violations) > _SHOWN:
            click.echo(f"... and {len(verdict.violations) - _SHOWN} more; --format json has them all.")
        for kind, count in Counter(violation.kind for violation in verdict.violations).most_common():
            click.echo(f"{count} x {kind}: {VIOLATIONS[kind]}")
        said = plural(len(verdict.violations), "violation") if verdict.violations else "no violation"
        hosts, runs = plural(verdict.hosts, "host"), plural(verdict.runs, "run")
        click.echo(f"{plural(verdict.requests, 'request')} to {hosts} in {runs}: {said}.")
    return Exit.NOTHING if verdict.violations else Exit.DONE


def _lines(path: Path) -> Iterator[tuple[int, LogLine]]:
    """Yield the numbered lines of a log, packed or not. Raises UsageError where none is, or a line is none of a log."""
    files = sorted(file for ending in ENDINGS for file in path.glob(f"requests*{ending}")) if path.is_dir() else [path]
    if not files:
        raise UsageError(f"{path}: holds no requests-*.jsonl; a crawl writes one into its output folder.")
    decode = msgspec.json.Decoder(LogLine).decode
    for each in files:
        try:
            for number, line in enumerate(read_lines(each), 1):
                yield number, decode(line)
        except msgspec.DecodeError as error:
            raise UsageError(f"{each}: line {number} is no line of a request log ({error}).") from error
