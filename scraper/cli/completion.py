"""scraper completion"""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from scraper.errors import UsageError


@click.command("completion", short_help="Print the completion script for a shell.")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def command(ctx: click.Context, shell: str) -> None:
    """Print a script that completes verbs, options and files when you press Tab.

    \b
    Examples:
      scraper completion bash > ~/.local/share/bash-completion/completions/scraper
      scraper completion zsh > ~/.zfunc/_scraper
      scraper completion fish > ~/.config/fish/completions/scraper.fish
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise UsageError(f"there is no completion for {shell}.")
    root = ctx.find_root().command
    click.echo(kind(root, {}, "scraper", "_SCRAPER_COMPLETE").source())
