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
    """At least 750 rows in at least 60 languages, none of them twice."""
    assert len(ROWS) >= 750
    assert len({row[0].split("-")[0] for row in ROWS}) >= 60
    assert len({row[:2] for row in ROWS}) == len(ROWS)


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


def test_the_day_printed_is_the_day_beside_an_instant_in_utc() -> None:
    """Late in the evening of New York is the next day in UTC: the day is the one readers see, the instant stays."""
    instant, printed = Candidate(value="2025-09-05T01:30:00Z", origin="jsonld.datePublished"), "September 4, 2025"
    dated = pick_moment([instant, Candidate(value=printed, origin="dom")], language="en", now=NOW)
    assert (str(dated.day), dated.at, dated.origin) == (
        "2025-09-04", datetime(2025, 9, 5, 1, 30, tzinfo=UTC), "jsonld.datePublished",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("element", "printed"),
    [
        pytest.param("2025-09-04 21:30:19", "September 4, 2025 at 9:30 p.m.", id="local, without a zone"),
        pytest.param("2025-09-04T21:30:19-0400", "Sep 4, 2025, 9:30 PM EDT", id="with its zone"),
    ],
)
def test_a_time_element_that_says_what_it_shows(element: str, printed: str) -> None:
    """Then the day that it shows is the one readers see, though the story's own instant is in UTC."""
    said = [("jsonld.datePublished", "2025-09-05T01:30:19Z"), ("dom.time", element), ("dom", printed)]
    dated = pick_moment([Candidate(value=v, origin=o) for o, v in said], language="en", now=NOW)
    assert (str(dated.day), dated.at) == ("2025-09-04", datetime(2025, 9, 5, 1, 30, 19, tzinfo=UTC))


@pytest.mark.parametrize(
    ("stated", "origin", "printed"),
    [
        pytest.param("2025-09-05T15:30:00Z", "dom", "September 4, 2025", id="no zone is so far west"),
        pytest.param("2025-09-05T01:30:00+02:00", "dom", "September 4, 2025", id="the zone is said"),
        pytest.param("2025-09-05T01:30:00Z", "dom.bio", "September 4, 2025", id="another place"),
        pytest.param("2025-09-05T01:30:00Z", "dom", "September 1, 2025", id="another day altogether"),
        pytest.param("2025-09-05T01:30:00Z", "dom", "Sep 4, 2025 3:00 PM EDT", id="another instant"),
    ],
)
def test_a_day_that_no_zone_explains_changes_nothing(stated: str, origin: str, printed: str) -> None:
    """The day of the instant stands unless the day printed is the same moment elsewhere."""
    found = [Candidate(value=stated, origin="jsonld.datePublished"), Candidate(value=printed, origin=origin)]
    assert str(pick_moment(found, language="en", now=NOW).day) == "2025-09-05"


def test_a_day_of_two_meanings_is_the_one_another_place_names() -> None:
    """02-12-2025 is the second of December where a time element says so, and in doubt follows the language."""
    assert str(pick_moment(_candidates("02-12-2025", "2025-12-02"), language="en", now=NOW).day) == "2025-12-02"
    assert str(pick_moment(_candidates("02-12-2025", "2025-02-12"), language="en", now=NOW).day) == "2025-02-12"
    assert str(pick_moment(_candidates("02-12-2025", "02-12-2025"), language="en", now=NOW).day) == "2025-02-12"


def test_a_day_stamped_anew_gives_way_to_an_earlier_one_in_print() -> None:
    """A publication that is the last change to the letter is none where the page prints an earlier day."""
    stamp, shown = "2025-06-24T05:10:15Z", Candidate(value="August 25, 2024", origin="dom")
    stated = Candidate(value=stamp, origin="jsonld.datePublished")
    modified = [Candidate(value=stamp, origin="jsonld.dateModified")]
    later = Candidate(value="August 25, 2025", origin="dom")
    assert str(pick_moment([stated, shown], language="en", now=NOW, modified=modified).day) == "2024-08-25"
    assert str(pick_moment([stated, shown], language="en", now=NOW).day) == "2025-06-24"
    assert str(pick_moment([stated, later], language="en", now=NOW, modified=modified).day) == "2025-06-24"


@pytest.mark.parametrize(
    ("origin", "raw", "day"),
    [
        pytest.param("jsonld.datePublished", "1965-03-02T10:00:00+05:45", "1965-03-02", id="an instant"),
        pytest.param("meta.citation_publication_date", "1865/04/15", "1865-04-15", id="a day"),
        pytest.param("microdata.datePublished", "April 15, 1865", "1865-04-15", id="in words"),
        pytest.param("dom", "8 May 1945", "None", id="in print it is what a story is about"),
        pytest.param("dom.time", "1945-05-08", "None", id="so it is in a time element"),
        pytest.param("jsonld.datePublished", "1970-01-01T00:00:00Z", "None", id="where Unix begins to count"),
        pytest.param("meta.date", "1900-01-01", "None", id="where a spreadsheet does"),
        pytest.param("meta.date", "0001-01-01T00:00:00", "None", id="no year of newspapers"),
        pytest.param("meta.date", "12/05/65", "None", id="a year of two figures"),
    ],
)  # fmt: skip
def test_a_day_of_an_archive(origin: str, raw: str, day: str) -> None:
    """Machines are told days as old as newspapers are; nobody else is believed before 1990."""
    assert str(pick_moment([Candidate(value=raw, origin=origin)], language="en", now=NOW).day) == day


@given(
    st.lists(
        st.tuples(
            st.one_of(
                st.datetimes(min_value=datetime(1980, 1, 1), max_value=datetime(2040, 1, 1)).map(
                    lambda at: at.isoformat() + "Z"
                ),
                st.dates(min_value=date(1980, 1, 1), max_value=date(2040, 1, 1)).map(lambda day: f"{day:%d/%m/%Y}"),
                st.text(max_size=30),
            ),
            st.sampled_from(["jsonld.datePublished", "dom", "dom.time", "url"]),
        ),
        max_size=5,
    ),
    st.sampled_from([None, "en", "de", "fa", "th"]),
)
@settings(max_examples=100, deadline=None)
def test_no_day_is_in_the_future_and_none_is_far_from_its_instant(
    said: list[tuple[str, str]], language: str | None
) -> None:
    """Whatever candidates say, the day is in [1605, now + 2 days], and that of its instant in some zone on earth."""
    candidates = [Candidate(value=value, origin=origin) for value, origin in said]
    dated = pick_moment(candidates, language=language, now=NOW, modified=candidates)
    assert dated.day is None or date(1605, 1, 1) <= dated.day <= (NOW + timedelta(days=2)).date()
    if dated.at is not None and dated.day is not None:
        assert abs((dated.at.date() - dated.day).days) <= 1


def test_every_row_says_the_same_however_it_is_spaced() -> None:
    """Space around a date changes nothing."""
    for language, raw, day, _ in ROWS[::7]:
        moment = parse_moment(f"\u00a0 {raw}\n", language=None if language == "-" else language, now=NOW)
        assert (str(moment.day) if moment else "-") == day
