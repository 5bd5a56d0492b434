"""The moment of publication or change, chosen from what several places of a page say. Pure and total."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from scraper.model import Candidate, Value
from scraper.normalizers.dates import Moment, parse_moment
from scraper.normalizers.text import clean_text

_FAR_FUTURE: Final = timedelta(days=36_500)
_CANDIDATES: Final = 12


class Dated(Value, frozen=True, kw_only=True):
    """A moment with the string it was read from, where that stood, and what speaks against it."""

    day: date | None = None
    at: datetime | None = None
    raw: str | None = None
    origin: str | None = None
    disagrees: str | None = None
    """Another candidate's origin and day, if they differ by more than a day; or its origin and instant, if it prints
    the same time of the same day with another zone: one of the two is wrong then."""
    future: str | None = None
    """The raw string of a candidate that lies in the future, if no other one was good."""


def pick_moment(candidates: Sequence[Candidate], *, language: str | None, now: datetime) -> Dated:
    """Return the first candidate that is a date; of those with the same day, the first with an exact instant."""
    candidates = candidates[:_CANDIDATES]
    read = [(candidate, parse_moment(candidate.value, language=language, now=now)) for candidate in candidates]
    found = [(candidate, moment) for candidate, moment in read if moment]
    if not found:
        return Dated(future=_future(candidates, language, now), raw=_raw(candidates))
    first = found[0][1]
    chosen, moment = next(((c, m) for c, m in found if m.at and m.day == first.day), found[0])
    return Dated(
        day=moment.day,
        at=moment.at,
        raw=clean_text(chosen.value),
        origin=chosen.origin,
        disagrees=next((f"{c.origin}: {m.day}" for c, m in found if _far_apart(m, moment)), None)
        or next((f"{c.origin}: {clean_text(c.value)}" for c, m in found if _other_zone(m, moment)), None),
    )


def _far_apart(one: Moment, other: Moment) -> bool:
    return abs((one.day - other.day).days) > 1


def _other_zone(one: Moment, other: Moment) -> bool:
    """Whether two instants are the same time of the same day in two zones, as when local time is stamped as UTC."""
    return one.clock is not None and one.clock == other.clock and one.at != other.at


def _raw(candidates: Sequence[Candidate]) -> str | None:
    """Return what is printed where no date could be read from it."""
    return next((text for c in candidates if (text := clean_text(c.value)) and len(text) <= 100), None)


def _future(candidates: Sequence[Candidate], language: str | None, now: datetime) -> str | None:
    try:
        horizon = now + _FAR_FUTURE
    except OverflowError:
        return None
    raws = (candidate.value for candidate in candidates)
    return next((clean_text(raw) for raw in raws if parse_moment(raw, language=language, now=horizon)), None)
