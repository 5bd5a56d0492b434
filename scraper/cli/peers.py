"""Options as other programs call them, and what they are called here."""

from __future__ import annotations

from typing import Final

import click

_OUTPUT: Final = ("-o", "--output", "--output-file", "--outfile")
_FORMS: Final = {"--json": "json", "--jsonl": "jsonl", "--markdown": "md", "--md": "md", "--text": "text"}


def explained(error: click.NoSuchOption) -> click.NoSuchOption:
    """Return the error with what does here what the option does elsewhere; as it is, if nothing is known of it."""
    if error.ctx is None or not (meant := _meant(error.option_name, error.ctx.command)):
        return error
    return click.NoSuchOption(error.option_name, f"{error.message} {meant}", ctx=error.ctx)


def _meant(name: str, command: click.Command) -> str:
    options = {option: each for each in command.params for option in each.opts}
    form = _FORMS.get(name, "")
    if "--format" in options and form in getattr(options["--format"].type, "choices", ()):
        return f"Here it is --format {form}."
    if name not in _OUTPUT:
        return ""
    if known := next((each for each in ("--out", "--to") if each in options), None):
        return f"Here it is {known}."
    return "Here it goes to stdout: end the command with > FILE." if "--format" in options else ""
