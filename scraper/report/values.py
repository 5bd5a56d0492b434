"""What a report is told of the record's fields."""

from __future__ import annotations

from scraper.model import Value


class Said(Value, frozen=True, kw_only=True):
    """What some places of the page say, other than the record."""

    text: str
    origins: tuple[str, ...]


class FieldSaid(Value, frozen=True, kw_only=True):
    """One field of the record: its value as shown, where it came from, and what else the page says of it."""

    name: str
    value: str | None = None
    origin: str | None = None
    also: tuple[str, ...] = ()
    """Places that agree with `origin`."""
    others: tuple[Said, ...] = ()
    """What the other places say, each text once."""
