"""A click group that imports a verb when it is called: `scraper --help` reads no HTML parser."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click


class LazyGroup(click.Group):
    """`verbs` maps each name to its line in the help; the command is `command` in scraper.cli.<name>."""

    def __init__(self, *args: Any, verbs: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._verbs = dict(verbs or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._verbs)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._verbs:
            return None
        command = import_module(f"scraper.cli.{cmd_name.replace('-', '_')}").command
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the verb; a misspelt one is told the names that come near it, and a page that it is for `extract`."""
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:
            if "://" in args[0] or os.path.exists(args[0]):  # noqa: PTH110 - never fails, however long the word is
                meant = f"scraper extract {shlex.quote(args[0])}"
                raise click.UsageError(f"{args[0]} is no command. Did you mean `{meant}`?", ctx) from None
            raise click.NoSuchCommand(error.command_name, possibilities=self._verbs, ctx=ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(self._verbs.items()))
