"""The first of several candidates that holds. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from scraper.model import Candidate

T = TypeVar("T")


def pick_first(candidates: Iterable[Candidate], parse: Callable[[str], T | None]) -> tuple[T | None, str | None]:
    """Return the first value that parses and its origin."""
    for candidate in candidates:
        if (value := parse(candidate.value)) is not None:
            return value, candidate.origin
    return None, None
