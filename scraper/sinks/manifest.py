"""What a run has published, for those who carry files away: each with its size and hash; and the newest run."""

from __future__ import annotations

from datetime import datetime

from scraper.model import Value
from scraper.sinks.published import Published


class Manifest(Value, frozen=True, kw_only=True):
    """The files that one run has given their names, those that it recovered of killed runs included."""

    run: str
    """When it began, as its files in `runs/` are named."""
    version: str
    """Of scraper."""
    started: datetime
    finished: datetime | None
    """None while the run goes on, and for good if it was killed."""
    files: tuple[Published, ...]


class Latest(Value, frozen=True, kw_only=True):
    """The newest run that came to its end. Paths are relative to the output folder."""

    run: str
    finished: datetime
    manifest: str
    summary: str
    files: tuple[str, ...]
