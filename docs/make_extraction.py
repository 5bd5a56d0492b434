"""Put the present output of `scraper extract --explain` under each such command in docs/extraction.md, shortened.

python docs/make_extraction.py
"""

from __future__ import annotations

import io
import re
import shlex
from contextlib import chdir, redirect_stdout
from itertools import groupby
from pathlib import Path
from typing import Final

from scraper.cli.main import run

PAGE: Final = Path(__file__).with_name("extraction.md")
_SHOWN: Final = re.compile(r"(?m)^(\$ scraper (extract (?:.*\\\n)*.*)\n)(?:.*\n)*?(?=```$)")
_BLOCK: Final = re.compile(r" *\d+ ([a-z]+) ")
_SHOWN_ROWS: Final = 3
"""Blocks of one label in a row that are shown; more than one further become a line with their number."""


def render(text: str) -> str:
    """Return the page with each shown command's output as it is now."""
    return _SHOWN.sub(lambda match: match[1] + "".join(f"{line}\n" for line in _shorten(explain(match[2]))), text)


def explain(arguments: str) -> list[str]:
    """Return what the command prints, run in the project's root, line by line."""
    out = io.StringIO()
    with chdir(PAGE.parent.parent), redirect_stdout(out):
        code = run(shlex.split(arguments.replace("\\\n", " ")))
    if code:
        raise SystemExit(f"scraper {arguments} ends with {code}")
    return out.getvalue().rstrip("\n").split("\n")


def _shorten(lines: list[str]) -> list[str]:
    """Return the lines with rows of blocks of one label, body excepted, made one."""
    shown = []
    for label, group in groupby(lines, _label):
        rows = list(group)
        more = len(rows) - _SHOWN_ROWS
        if label in {"", "body"} or more <= 1:
            shown += rows
        else:
            shown += [*rows[:_SHOWN_ROWS], f"   … {label:<10}       {more} more"]
    return shown


def _label(line: str) -> str:
    match = _BLOCK.match(line)
    return match[1] if match else ""


if __name__ == "__main__":
    PAGE.write_text(render(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
