"""Times of day and zones as pages print them. Pure and total."""

from __future__ import annotations

import re
from datetime import UTC, time, timedelta, timezone
from typing import Final

from scraper.model import Value

# Abbreviations that mean one offset wherever news is written. Not here: IST (India, Israel, Ireland), ET, PT, CT
# (summer or winter is not said), AMT, BST is taken as British. CST is American, except in Chinese texts.
# Source of the American ones: RFC 5322, 4.3; of the others: the tz database.
_ZONE_MINUTES: Final = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 60, "bst": 60, "cet": 60, "mez": 60, "cest": 120,
    "mesz": 120,
    "eet": 120, "eest": 180, "msk": 180, "мск": 180, "trt": 180, "sast": 120, "wat": 60, "eat": 180, "pkt": 300,
    "npt": 345, "wib": 420, "wita": 480, "wit": 540, "ict": 420, "hkt": 480, "sgt": 480, "myt": 480, "pht": 480,
    "awst": 480, "jst": 540, "kst": 540, "acst": 570, "aest": 600, "acdt": 630, "aedt": 660, "nzst": 720, "nzdt": 780,
    "nst": -210, "ndt": -150, "ast": -240, "adt": -180, "est": -300, "edt": -240, "cst": -360, "cdt": -300,
    "mst": -420, "mdt": -360, "pst": -480, "pdt": -420, "akst": -540, "akdt": -480, "hst": -600,
    "brt": -180, "art": -180,
}  # fmt: skip
_MAX_OFFSET_MIN: Final = 14 * 60
_HALF: Final = (
    r"a\.?\s?m\b\.?|p\.?\s?m\b\.?|π\.?μ\.?|μ\.?μ\.?|上午|下午|午前|午後|오전|오후|凌晨|早上|中午|晚上|晚間|"
    r"صباحاً|صباحا|مساءً|مساء|(?<=\s)ص(?!\w)|(?<=\s)م(?!\w)|(?<=\d\s)SA\b|(?<=\d\s)CH\b|पूर्वाह्न|अपराह्न"
)
_PM: Final = re.compile(r"p|μ\.?μ|下午|午後|오후|晚|مساء|^م|CH|अपराह्न", re.IGNORECASE)
_OFFSET: Final = r"[+\-−]\s?\d{1,2}(?::?\d{2})?(?!\d)"
_ZONE_NAME: Final = "|".join(
    sorted((name for name in _ZONE_MINUTES if name != "z"), key=lambda name: (-len(name), name))
)
_ZONE: Final = re.compile(
    rf"(?<![^\W\d_])(?:(?P<name>(?:{_ZONE_NAME}))(?![^\W_])\s?(?P<shift>{_OFFSET})?|(?<=\d)(?P<zulu>z)(?!\w))",
    re.IGNORECASE,
)
_BARE_OFFSET: Final = re.compile(rf"^\s?\(?({_OFFSET})\)?")
_CLOCKS: Final = (
    re.compile(
        rf"(?P<before>{_HALF})?\s*(?<![\d.:/])(?P<hour>\d{{1,2}})\s?[:：](?P<minute>\d{{2}})"
        rf"(?:[:：](?P<second>\d{{2}})(?:[.,:]\d{{1,9}})?)?(?!\d)\s*(?P<after>{_HALF})?",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?P<before>{_HALF})?\s*(?<!\d)(?P<hour>\d{{1,2}})\s?(?:時|时|點|点|시)\s?(?:(?P<minute>\d{{1,2}})\s?(?:分|분))?"
        r"(?:\s?(?P<second>\d{1,2})\s?(?:秒|초))?(?P<after>(?!))?"
    ),
    re.compile(
        r"(?P<before>(?!))?(?<![\d.:/])(?P<hour>\d{1,2})\s?[hHuгч]\s?(?P<minute>\d{2})?(?![^\W_])(?P<second>(?!))?(?P<after>(?!))?"
    ),
    re.compile(
        r"(?P<before>(?!))?(?<!\w)(?:kl|klo|kello|um|at|alle|ore|ore|às|om|ob|w|o|в|о|ура)\.?\s"
        r"(?P<hour>\d{1,2})\.(?P<minute>\d{2})(?![\d.])(?P<second>(?!))?(?P<after>(?!))?",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?P<before>(?!))?(?<![\d.])(?P<hour>\d{{1,2}})[.](?P<minute>\d{{2}})(?![\d.])\s?"
        rf"(?=(?:Uhr|hrs|h\b|น|{_HALF}|(?-i:{_ZONE_NAME.upper()})\b))(?P<second>(?!))?(?P<after>{_HALF})?",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?P<before>(?!))?(?<![\d.:/])(?P<hour>\d{{1,2}})(?P<minute>(?!))?(?P<second>(?!))?\s?(?P<after>{_HALF})",
        re.IGNORECASE,
    ),
)
_UHR: Final = re.compile(r"(?<!\d)(?P<hour>\d{1,2})\s?(?:Uhr|uur)\b(?:\s(?P<minute>\d{2})(?!\d))?", re.IGNORECASE)


class Clock(Value, frozen=True, kw_only=True):
    """A time of day, its zone if printed, and the text without them."""

    at: time
    zone: timezone | None
    has_seconds: bool
    rest: str


def find_clock(text: str, *, language: str | None) -> Clock | None:
    """Return the first time of day in the text with its zone, or None.

    >>> clock = find_clock("4 Sep 2025, 3:04 pm EST", language="en")
    >>> clock.at.isoformat(), str(clock.zone), clock.rest
    ('15:04:00', 'UTC-05:00', '4 Sep 2025,   ')
    """
    found = next((match for pattern in (*_CLOCKS, _UHR) if (match := pattern.search(text))), None)
    if found is None:
        return None
    parts = found.groupdict()
    at = _time_of(parts)
    if at is None:
        return None
    before, after = text[: found.start()], text[found.end() :]
    zone, before, after = _take_zone(before, after, language)
    return Clock(at=at, zone=zone, has_seconds=bool(parts.get("second")), rest=f"{before} {after}")


def offset_zone(sign_and_digits: str) -> timezone | None:
    """Return the zone of `+05:30`, `+0530`, `-3`; None beyond 14 hours.

    >>> str(offset_zone("+0530")), offset_zone("+99")
    ('UTC+05:30', None)
    """
    digits = re.sub(r"\D", "", sign_and_digits)
    hours, minutes = (digits, "0") if len(digits) <= 2 else (digits[:-2], digits[-2:])
    total = int(hours) * 60 + int(minutes)
    if total > _MAX_OFFSET_MIN or int(minutes) > 59:
        return None
    return timezone(timedelta(minutes=total if sign_and_digits.startswith("+") else -total))


def _time_of(parts: dict[str, str | None]) -> time | None:
    hour, half = int(parts["hour"] or 0), parts.get("before") or parts.get("after")
    if half and hour > 12:
        half = None
    if half:
        hour = hour % 12 + (12 if _PM.search(half.strip()) or (half == "中午" and hour > 10) else 0)
    try:
        return time(hour % 24 if hour == 24 else hour, int(parts.get("minute") or 0), int(parts.get("second") or 0))
    except ValueError:
        return None


def _take_zone(before: str, after: str, language: str | None) -> tuple[timezone | None, str, str]:
    """Return the zone right after the time or named anywhere, and the texts without it."""
    if bare := _BARE_OFFSET.match(after):
        return offset_zone(re.sub(r"\s", "", bare[1]).replace("−", "-")), before, after[bare.end() :]
    if zulu := re.match(r"\s?Z(?!\w)", after):
        return UTC, before, after[zulu.end() :]
    text = f"{before}\x00{after}"
    named = _ZONE.search(text, len(before)) or _ZONE.search(text)
    if named is None:
        return None, before, after
    before, _, after = (text[: named.start()] + " " + text[named.end() :]).partition("\x00")
    return _named_zone(named, language), before, after


def _named_zone(match: re.Match[str], language: str | None) -> timezone | None:
    name = (match["name"] or "z").casefold()
    if name == "cst" and (language or "").split("-")[0] == "zh":
        return None
    if match["shift"]:
        return (
            offset_zone(re.sub(r"\s", "", match["shift"]).replace("−", "-")) if name in {"utc", "gmt", "ut"} else None
        )
    return timezone(timedelta(minutes=_ZONE_MINUTES[name]))
