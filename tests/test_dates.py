"""Dates as pages print them."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.model import Candidate
from scraper.normalizers.calendars import from_era, from_jalali
from scraper.normalizers.clock import find_clock, offset_zone
from scraper.normalizers.dates import parse_moment
from scraper.normalizers.moments import pick_moment
from scraper.normalizers.month_names import month_of

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
with (Path(__file__).parent / "data" / "dates.tsv").open(encoding="utf-8", newline="") as file:
    ROWS = [tuple(row) for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)][1:]


@pytest.mark.parametrize(("language", "raw", "day", "utc"), ROWS, ids=[f"{row[0]}:{row[1]}" for row in ROWS])
def test_a_printed_date_gives_its_day_and_its_instant_only_with_a_zone(
    language: str, raw: str, day: str, utc: str
) -> None:
    """The day is as printed; an instant needs time and zone; what is no date is refused."""
    moment = parse_moment(raw, language=None if language == "-" else language, now=NOW)
    assert (str(moment.day) if moment else "-") == day
    assert (moment.at.strftime("%H:%M:%S") if moment and moment.at else "") == utc


def test_the_table_is_as_broad_as_promised() -> None:
    """At least 300 rows in at least 25 languages."""
    assert len(ROWS) >= 300
    assert len({row[0].split("-")[0] for row in ROWS}) >= 25


@given(st.text(max_size=60), st.sampled_from([None, "en", "de", "fa", "th", "ja", "xx", "zh-TW"]))
@settings(max_examples=100, deadline=None)
def test_any_text_gives_a_plausible_day_or_none(raw: str, language: str | None) -> None:
    """Total, and never before 1990 nor in the future."""
    moment = parse_moment(raw, language=language, now=NOW)
    assert moment is None or date(1990, 1, 1) <= moment.day <= date(2026, 11, 24)


@given(st.datetimes(min_value=datetime(1990, 1, 3), max_value=datetime(2026, 11, 20)), st.integers(-14 * 60, 14 * 60))
@settings(max_examples=100)
def test_an_iso_instant_survives(moment: datetime, minutes: int) -> None:
    """ISO 8601 with any zone gives the day printed and the same instant."""
    zone = offset_zone(f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}{abs(minutes) % 60:02}")
    printed = moment.replace(microsecond=0, tzinfo=zone)
    found = parse_moment(printed.isoformat(), language=None, now=NOW)
    assert found is not None
    assert (found.day, found.at, found.precision) == (printed.date(), printed.astimezone(UTC), "second")


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2026, 11, 20)), st.sampled_from(["%d %B %Y", "%B %d, %Y"]))
@settings(max_examples=50)
def test_an_english_day_survives(day: date, pattern: str) -> None:
    """Day and month written out in English give the same day back, in any page language."""
    for language in ("en", "de", None):
        found = parse_moment(day.strftime(pattern), language=language, now=NOW)
        assert found is not None
        assert found.day == day


@given(st.dates(min_value=date(1925, 1, 1), max_value=date(2100, 1, 1)))
@settings(max_examples=50)
def test_each_iranian_day_is_one_after_the_day_before(day: date) -> None:
    """No gap and no overlap between the months and years of the Iranian calendar."""
    jalali = {
        from_jalali(year, month, number)
        for year in (day.year - 622, day.year - 621)
        for month in range(1, 13)
        for number in range(1, 32)
    }
    assert day in jalali


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("3:04 pm", 15),
        ("12:04 am", 0),
        ("12:04 pm", 12),
        ("下午3:04", 15),
        ("午前3時", 3),
        ("오후 3시", 15),
        ("3 pm", 15),
        ("14 Uhr", 14),
        ("14h30", 14),
        ("13:04 pm", 13),
        ("3:04 مساء", 15),
    ],
)
def test_a_time_of_day_is_read(text: str, hour: int) -> None:
    """Half-days in several scripts; an impossible half is ignored."""
    clock = find_clock(text, language=None)
    assert clock is not None
    assert clock.at.hour == hour


@pytest.mark.parametrize("text", ["", "25:10", "no time", "9.5.2025", "12:75"])
def test_what_is_no_time_is_none(text: str) -> None:
    """Numbers beyond the clock are no time."""
    assert find_clock(text, language=None) is None


@pytest.mark.parametrize(("offset", "minutes"), [("+05:30", 330), ("-3", -180), ("+1400", 840)])
def test_offsets_are_read(offset: str, minutes: int) -> None:
    """Hours alone, with minutes, with and without a colon."""
    zone = offset_zone(offset)
    assert zone is not None
    assert zone.utcoffset(None) == timedelta(minutes=minutes)


@pytest.mark.parametrize("offset", ["+15:00", "+05:75", "-99"])
def test_impossible_offsets_are_refused(offset: str) -> None:
    """No place on earth is further than 14 hours from UTC."""
    assert offset_zone(offset) is None


def test_cst_is_no_american_time_in_a_chinese_text() -> None:
    """CST in a Chinese text may be China's: no instant is claimed."""
    chinese = parse_moment("2025年9月4日 20:30 CST", language="zh-CN", now=NOW)
    american = parse_moment("Sept. 4, 2025 8:30 AM CST", language="en-US", now=NOW)
    assert chinese is not None and american is not None
    assert chinese.at is None
    assert american.at == datetime(2025, 9, 4, 14, 30, tzinfo=UTC)


def test_eras_and_unknown_words() -> None:
    """Era years count from one; a word of no table is no month."""
    assert from_era("平成", 1) == 1989
    assert month_of("blah", "en") is None


def test_dateparser_is_the_last_resort() -> None:
    """A language without a table of its own is still read, where a full date is printed."""
    found = parse_moment("4 Meán Fómhair 2025", language="ga", now=NOW)
    assert found is not None
    assert str(found.day) == "2025-09-04"
    assert parse_moment("4 blah 2025", language="xx", now=NOW) is None


def _candidates(*values: str) -> list[Candidate]:
    return [Candidate(value=value, origin=f"place{at}") for at, value in enumerate(values)]


def test_the_first_candidate_names_the_day_and_a_later_one_may_add_the_instant() -> None:
    """Of candidates with the same day the one with an exact instant is taken, with its own raw string and origin."""
    dated = pick_moment(_candidates("rubbish", "4 Sep 2025", "2025-09-04T12:30:00Z"), language="en", now=NOW)
    assert (str(dated.day), dated.origin, dated.raw) == ("2025-09-04", "place2", "2025-09-04T12:30:00Z")
    assert dated.at == datetime(2025, 9, 4, 12, 30, tzinfo=UTC)
    assert dated.disagrees is None


def test_disagreement_and_future_are_told() -> None:
    """More than a day apart is told; a day in the future is no date but is told."""
    assert pick_moment(_candidates("2025-09-04", "2025-09-05"), language="en", now=NOW).disagrees is None
    assert (
        pick_moment(_candidates("2025-09-04", "2024-01-01"), language="en", now=NOW).disagrees == "place1: 2024-01-01"
    )
    future = pick_moment(_candidates("2030-01-01"), language="en", now=NOW)
    assert (future.day, future.future, future.raw) == (None, "2030-01-01", "2030-01-01")
