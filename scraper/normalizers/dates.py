"""Dates."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Literal

from scraper.model import Value


class Moment(Value, frozen=True, kw_only=True):
    day: date
    at: datetime | None = None
    precision: Literal["day", "minute", "second"] = "day"


def parse_moment(raw: str, *, language: str | None, now: datetime) -> Moment | None:
    try:
        value = datetime.fromisoformat(raw.strip())
    except ValueError:
        return None
    return Moment(day=value.date(), at=value.astimezone(UTC) if value.tzinfo else None, precision="second")
