"""Days as readers see them: which line around a headline says when the story came out, which when it was changed."""

from __future__ import annotations

from datetime import date

import pytest
from gazette import LINEAR, STORY, TITLE, growth, paragraphs, read, sketch_of

from scraper.extractors.visible import cut_date, has_date

DAY = date(2024, 5, 17)


def story(above: str, below: str) -> str:
    """Return a page that says what day it is in its masthead, with lines above and below the headline."""
    masthead = '<header><a href="/">Bay Gazette</a><p class="today">Sunday, May 26, 2024</p></header>'
    return (
        f'<!doctype html><html lang="en"><head><title>{TITLE}</title></head><body>{masthead}'
        f"<main><article>{above}<h1>{TITLE}</h1>{below}{paragraphs(STORY)}</article></main></body></html>"
    )


@pytest.mark.parametrize(
    ("above", "below"),
    [
        pytest.param("", '<p class="date">May 17, 2024 - 22:36</p>', id="below the headline"),
        pytest.param('<p class="date">May 17, 2024</p>', "", id="right above it"),
        pytest.param("", '<p class="byline">Bay Gazette / 05:42 AM May 17, 2024</p>', id="behind the paper's name"),
        pytest.param("", '<p class="byline">Mara Lindqvist, BAYNMay 17, 2024, 06:21 AM</p>', id="glued to capitals"),
        pytest.param("", '<figcaption>May 17, 2024 | 14 min read</figcaption>', id="in a box named caption"),
    ],
)  # fmt: skip
def test_the_nearest_line_tells_the_day(above: str, below: str) -> None:
    """What the masthead says is what day it is today."""
    assert read(story(above, below)).published_date == DAY


@pytest.mark.parametrize(
    "below",
    [
        pytest.param('<p class="date">17. Mai 2024 - 16.03 Uhr</p><p>Akt.: 19. Mai 2024 - 21.18 Uhr</p>', id="Akt."),
        pytest.param("<p>May 17, 2024</p><p>Updated on May 19, 2024 - 18:50, it takes 4 min.</p>", id="a sentence"),
        pytest.param(
            '<p class="meta">Mara<span style="display:none">2024-05-19T13:00:39+00:00</span>May 17th, 2024|Town|</p>',
            id="a stamp that a theme hides",
        ),
    ],
)  # fmt: skip
def test_a_change_is_no_publication(below: str) -> None:
    """A word for it, or a stamp for machines before the written day, tells of the last change."""
    article = read(story("", below))
    assert (article.published_date, article.modified_date) == (DAY, date(2024, 5, 19))


def test_a_line_without_its_days_and_times() -> None:
    """What is left may be a name."""
    assert cut_date("Nate Saunders, BAYNDec 19, 2023, 05:30 PM").split() == ["Nate", "Saunders,", "BAYN"]
    assert has_date("IVDecember 22, 2023")


def test_a_page_without_a_headline_has_a_stretch_all_the_same() -> None:
    """The lines before the first paragraph are looked at."""
    assert sketch_of("<p>May 17, 2024</p>").headline is None


def test_many_times_in_one_box_take_no_time() -> None:
    """Only those near the headline are read, and only their boxes."""

    def dated(count: int) -> None:
        days = "<time>May 26, 2024</time>" * count
        assert read(story("<time>May 17, 2024</time>", f"<div>{days}</div>")).published_date == DAY

    assert growth(dated, 2500) < LINEAR
