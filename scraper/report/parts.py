"""The files of this room that are no Python: styles, scripts, templates."""

from __future__ import annotations

from importlib import resources


def part(name: str) -> str:
    """Return the text of a file of this package."""
    return resources.files("scraper.report").joinpath(name).read_text(encoding="utf-8")
