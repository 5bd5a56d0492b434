"""Dates of feeds and sitemaps, and when a page is looked at again."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.frontier import is_stamped_now, next_check, parse_stamp
from scraper.frontier.recheck import DAY_S, HOUR_S, STEPS_S, STOP_AFTER_S

NOW = 1_700_000_000.0  # 2023-11-14 22:13:20 UTC
MINUTE = "2023-11-14T22:13:{:02}Z"


@pytest.mark.parametrize(
    ("text", "stamp"),
    [
        ("2023-11-14T22:13:20Z", NOW),
        ("2023-11-14T23:13:20+01:00", NOW),
        ("2023-11-14 22:13:20", NOW),
        ("2023-11-14T22:13:20.500Z", NOW + 0.5),
        ("2023-11-14", NOW - 80_000),
        ("Tue, 14 Nov 2023 22:13:20 GMT", NOW),
        ("Tue, 14 Nov 2023 22:13:20 -0000", NOW),
        (" 2023-11-14T22:13Z ", NOW - 20),
        ("", None),
        (None, None),
        ("yesterday", None),
        ("2023-13-45", None),
    ],
)
def test_parse_stamp(text: str | None, stamp: float | None) -> None:
    """W3C and mail dates, in UTC unless they say otherwise."""
    assert parse_stamp(text) == pytest.approx(stamp)


@given(st.text(max_size=80))
def test_parse_stamp_is_total(text: str) -> None:
    """Any text is a date or none."""
    assert isinstance(parse_stamp(text), float | None)


@pytest.mark.parametrize(
    ("dates", "stamped"),
    [
        ([MINUTE.format(s) for s in range(50)], True),
        (["2023-11-14T22:13:20Z"] * 3, True),
        (["2023-11-14T22:13:20Z"] * 2, False),
        (["2023-11-14T21:30:00Z"] * 9, True),
        (["2023-11-14T12:00:00Z"] * 9, False),
        ([f"2023-11-{day:02}T10:00:00Z" for day in range(1, 15)], False),
        ([f"2023-11-14T{hour:02}:00:00Z" for hour in range(22)], False),
        ([*["2023-11-14T22:13:20Z"] * 40, "2023-01-01"], True),
        ([*["2023-11-14T22:13:20Z"] * 8, "2023-01-01", "2023-01-02"], False),
        ([None, "soon", ""], False),
        ([*["2023-11-14T22:13:20Z"] * 3, *[None] * 50], True),
        (["2023-11-14"] * 20, True),
        (["2023-11-14"] * 6, False),
        (["2023-11-10"] * 50, False),
        ([], False),
    ],
)
def test_is_stamped_now(dates: list[str | None], stamped: bool) -> None:
    """Nearly all rows carry the moment of the fetch."""
    assert is_stamped_now(dates, NOW) == stamped


@pytest.mark.parametrize(
    ("first", "looks", "now", "last_changed", "in_s"),
    [
        (0, (0, 0), 0, None, HOUR_S),
        (0, (1, 0), HOUR_S, None, 5 * HOUR_S),
        (0, (2, 0), 6 * HOUR_S, None, 18 * HOUR_S),
        (0, (3, 0), DAY_S, None, 6 * DAY_S),
        (0, (4, 0), 7 * DAY_S, None, 7 * DAY_S),
        (0, (6, 0), 21 * DAY_S, None, 7 * DAY_S),
        (0, (7, 0), 28 * DAY_S, None, None),
        (0, (1, 0), 400 * DAY_S, None, None),
        (0, (4, 1), 7 * DAY_S, 7 * DAY_S, 0.8 * HOUR_S),
        (0, (4, 4), 7 * DAY_S, 7 * DAY_S, HOUR_S / 2),
        (0, (4, 4), 7 * DAY_S, 6 * DAY_S, 3 * DAY_S),
        (0, (1, 0), HOUR_S - 60, None, HOUR_S / 2),
        (10 * DAY_S, (1, 0), 0, None, HOUR_S),
        (0, (99, 99), 7 * DAY_S, 7 * DAY_S, DAY_S),
    ],
)
def test_next_check(
    first: float, looks: tuple[int, int], now: float, last_changed: float | None, in_s: float | None
) -> None:
    """An hour, six, a day, a week after the last news; sooner where there is much; not for ever."""
    due = next_check(first, *looks, now=now, last_changed=last_changed)
    assert due == pytest.approx(None if in_s is None else now + in_s)


def test_a_live_blog_does_not_flood() -> None:
    """Changed at every look, it is fetched once an hour for two days, then once a day; when it ends, a week more."""
    now, times = 0.0, [0.0]
    for checks in range(1, 80):
        due = next_check(0, checks, checks, now=now, last_changed=now, live=True)
        assert due is not None
        now = due
        times.append(now)
    gaps = [b - a for a, b in pairwise(times)]
    assert set(gaps) == {HOUR_S, DAY_S}
    assert gaps.count(HOUR_S) == 47


def test_a_quiet_page_is_left_alone() -> None:
    """An article that never changes is looked at seven times in all."""
    now, checks = 0.0, 1
    while (due := next_check(0, checks, 0, now=now, last_changed=None)) is not None:
        now, checks = due, checks + 1
    assert checks == 8
    assert now <= STOP_AFTER_S


TIMES = st.floats(0, 5e9)


@given(first=TIMES, now=TIMES, last=st.none() | TIMES, checks=st.integers(0, 200), changes=st.integers(0, 200))
def test_next_check_laws(first: float, now: float, last: float | None, checks: int, changes: int) -> None:
    """Never at once, never beyond the longest step; more changes never mean later; a live blog comes no sooner."""
    due = next_check(first, checks, changes, now=now, last_changed=last)
    live = next_check(first, checks, changes, now=now, last_changed=last, live=True)
    if due is None or live is None:
        assert due is live is None
        assert now - max(first, last or 0) > STOP_AFTER_S - STEPS_S[-1]
        return
    assert HOUR_S / 2 * 0.99 <= due - now <= STEPS_S[-1] * 1.01
    assert live >= due
    more = next_check(first, checks, changes + 1, now=now, last_changed=last)
    assert more is not None
    assert more <= due
    assert next_check(first, checks, changes, now=now, last_changed=last, stop_after_s=0) is None
    assert next_check(first, checks, changes, now=now, last_changed=last, steps_s=()) is None
