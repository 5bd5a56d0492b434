"""scraper forget"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from scraper.cli.exits import Exit
from scraper.cli.memory import find_memory, open_to_change, out_option
from scraper.cli.options import config_option
from scraper.errors import UsageError
from scraper.frontier.forget import Forgotten
from scraper.web.urls import host_of, parse_http_url

_MORE_THAN_A_HOST: Final = frozenset("/?#@\\ ")


@click.command("forget", short_help="Forget an address or a whole host, as if it had never been seen.")
@config_option
@out_option
@click.argument("names", nargs=-1, required=True)
def command(config_path: Path, out: Path | None, names: tuple[str, ...]) -> int:
    """Forget NAMES, each an address or a host, with all that is remembered of them: articles, feeds, robots.txt.

    If a source names them again, the next run fetches them as new ones. Records that were written stay where they are;
    an article that comes again is written as their next revision, whether it has changed or not. How far its revisions
    have come is all that is kept of it.

    \b
    Examples:
      scraper forget https://news.example/story
      scraper forget news.example
    """
    wanted = [_named(name) for name in names]
    state = find_memory(config_path, out)
    total = 0
    with open_to_change(state) as frontier:
        for name, (url, host) in zip(names, wanted, strict=True):
            gone = frontier.forget(url=url, host=host)
            count = gone.urls + gone.articles + gone.resources + gone.robots + gone.runs
            total += count
            click.echo(f"{name}: {_said(gone) if count else 'was not known'}.", err=True)
    return Exit.DONE if total else Exit.NOTHING


def _named(name: str) -> tuple[str | None, str | None]:
    """Return what a name stands for: (address, None) or (None, host). Raises UsageError if it is neither."""
    if parse_http_url(name) is not None or name.startswith("file://"):
        return name, None
    if not name or not _MORE_THAN_A_HOST.isdisjoint(name):  # "news.example/story" must not cost all of news.example
        raise UsageError(f"{name!r} is neither an address, such as https://news.example/story, nor a host.")
    return None, host_of(f"http://{name}/") or name


def _said(gone: Forgotten) -> str:
    urls = f"{gone.urls} address{'es' * (gone.urls != 1)}"
    articles = f"{gone.articles} article{'s' * (gone.articles != 1)}"
    return f"{urls}, {articles}, {gone.resources} feeds and sitemaps forgotten"
