"""scraper forget"""

from __future__ import annotations

from pathlib import Path

import click

from scraper.cli.exits import Exit
from scraper.cli.memory import find_state, open_to_change, out_option
from scraper.cli.options import config_option
from scraper.web.urls import host_of, parse_http_url


@click.command("forget", short_help="Forget an address or a whole host, as if it had never been seen.")
@config_option
@out_option
@click.argument("names", nargs=-1, required=True)
def command(config_path: Path, out: Path | None, names: tuple[str, ...]) -> int:
    """Forget NAMES, each an address or a host, with all that is remembered of them: articles, feeds, robots.txt.

    If a source names them again, the next run fetches them as new ones. Records that were written stay where they are.

    \b
    Examples:
      scraper forget https://news.example/story
      scraper forget news.example
    """
    _, state = find_state(config_path, out)
    total = 0
    with open_to_change(state) as frontier:
        for name in names:
            is_url = parse_http_url(name) is not None
            gone = frontier.forget(url=name) if is_url else frontier.forget(host=host_of(f"http://{name}/") or name)
            count = gone.urls + gone.articles + gone.resources + gone.robots + gone.runs
            total += count
            said = f"{gone.urls} addresses, {gone.articles} articles, {gone.resources} feeds and sitemaps forgotten"
            click.echo(f"{name}: {said if count else 'was not known'}.", err=True)
    return Exit.DONE if total else Exit.NOTHING
