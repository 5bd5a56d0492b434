"""scraper retry"""

from __future__ import annotations

import time
from difflib import get_close_matches
from pathlib import Path
from typing import get_args

import click

from scraper.cli.exits import Exit
from scraper.cli.memory import find_memory, open_to_change, out_option
from scraper.cli.options import config_option
from scraper.errors import UsageError
from scraper.frontier import Status


@click.command("retry", short_help="Let the next run fetch failed or rejected addresses again.")
@config_option
@out_option
@click.option("--reason", help="Those that ended for this reason, such as timeout or too_short.")
@click.option(
    "--status", type=click.Choice(get_args(Status)), help="Those in this status.  [default: failed, rejected]"
)
@click.option("--host", help="Those of this host.")
@click.option("--url", help="This one.")
@click.option("--all", "everything", is_flag=True, help="All that failed or were rejected.")
def command(
    *,
    config_path: Path,
    out: Path | None,
    reason: str | None,
    status: Status | None,
    host: str | None,
    url: str | None,
    everything: bool,
) -> int:
    """Make addresses due again that gave no article; the options narrow each other.

    The next `scraper crawl` fetches them.

    \b
    Examples:
      scraper retry --reason timeout
      scraper retry --host news.example --status gone
      scraper retry --url https://news.example/story
    """
    if not everything and not any((reason, status, host, url)):
        raise UsageError("Say which: --reason, --status, --host or --url; --all for everything that failed.")
    state = find_memory(config_path, out)
    with open_to_change(state) as frontier:
        count = frontier.leases.retry(
            now=time.time(), reason=reason, status=status, host=host.lower() if host else None, url=url
        )
    may_be_gone = not count and status is None and reason in {None, "http_status"}
    hint = "; those that are gone (404, 410) only with --status gone" if may_be_gone else ""
    click.echo(_said(count, reason, hint), err=True)
    return Exit.DONE if count else Exit.NOTHING


def _said(count: int, reason: str | None, hint: str) -> str:
    said = f"{count} address{'es' * (count != 1)} due again"
    if count or reason is None:
        return f"{said}{hint}."
    from scraper.cli.report_digest import MEANINGS  # here: it reads much that is not needed otherwise

    if reason in MEANINGS:
        return f"{said}{hint}."
    near = get_close_matches(reason, MEANINGS, n=1)
    return f"{said}; there is no reason {reason!r}" + (f": did you mean {near[0]!r}?" if near else ".")
