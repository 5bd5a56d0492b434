"""Put the list of what servers do wrong, as the tests know it, into docs/fetching.md.

python docs/make_fetching.py
"""

from __future__ import annotations

import re
import sys
from itertools import groupby
from pathlib import Path
from typing import Final

PAGE: Final = Path(__file__).with_name("fetching.md")
_TABLES: Final = re.compile(r"(?s)(?<=<!-- made by docs/make_fetching.py -->\n).*(?=<!-- end -->)")


def render(text: str) -> str:
    """Return the page with its tables as they are now."""
    return _TABLES.sub(lambda _: tables(), text)


def tables() -> str:
    """Return one table for each group of behaviours."""
    sys.path.insert(0, str(PAGE.parent.parent / "tests"))
    from hostile.behaviours import BEHAVIOURS
    from hostile.names import NAMES

    parts = [f"\n{len(BEHAVIOURS) + len(NAMES)} ways to be difficult:\n"]
    for group, behaviours in groupby(BEHAVIOURS, key=lambda each: each.group):
        rows = [f"| `{each.name}` | {each.does} | {_end(each.outcome)} |" for each in behaviours]
        parts += [_table(group, rows, what="the server", end="ends in")]
    rows = [f"| `{each.name}` | {each.does} | {', '.join(map(_end, dict.fromkeys(each.outcomes)))} |" for each in NAMES]
    parts += [_table("Names: what the name server answers", rows, what="the host's name", end="first and second fetch")]
    return "\n".join(parts) + "\n"


def _table(title: str, rows: list[str], *, what: str, end: str) -> str:
    return "\n".join([f"### {title}\n", f"| in the tests | {what} | {end} |", "|---|---|---|", *rows, ""])


def _end(outcome: str) -> str:
    return {"page": "the page", "unreadable": "no source"}.get(outcome, f"`{outcome}`")


if __name__ == "__main__":
    PAGE.write_text(render(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
