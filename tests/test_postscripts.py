"""What papers write at the ends of a story, and what slips in between its paragraphs, is not the story."""

from __future__ import annotations

from html import escape

import pytest
from gazette import STORY, json_ld, page, paragraphs, read

AUTHOR = json_ld(author={"@type": "Person", "name": "Mara Lindqvist"})
LONG = [*STORY, *(f"{text} And so it went on for days." for text in STORY)]
BIO = "Mara Lindqvist writes about harbours and has lived above one for twenty years."
NOTE = "If you buy something through our links, we may earn a small commission."


LAST = {
    "about the author": BIO,
    "commission": NOTE,
    "how to reach the author": "Contact Mara at mara.lindqvist@gazette.example, or follow her on Wire, @maralind.",
    "how to reach the paper": "Do you row to work as well? Email us at harbour@gazette.example and tell us why.",
    "an address": "Mara Lindqvist, mara@gazette.example",
    "where to hear it": "Listen to Harbour Talk on Spotify, Apple Podcasts and wherever the tide is out.",
    "newsletter": "Want more of the harbour? Sign up for our free newsletter, which comes every Friday.",
    "copyright": "This document is subject to copyright. No part of it may be printed without our permission.",
    "Meinungen": "Gastkommentare müssen nicht der Meinung der Redaktion entsprechen.",
    "opinions": "The views expressed in this column are the author's own and not those of the Gazette.",
}


@pytest.mark.parametrize("last", LAST.values(), ids=LAST)
def test_postscript_is_no_body(last: str) -> None:
    """A closing line of any kind is left out; the story is there whole."""
    article = read(page(paragraphs([*LONG, last]), head=AUTHOR))
    assert last not in article.text
    assert all(text in article.text for text in LONG)


@pytest.mark.parametrize(
    "last",
    [
        "Whoever wants to spend less should know that a plan for the week can help you make the most of your money.",
        "Once you know how you can make the money work for you, the boat is paid for sooner than you would think.",
    ],
)
def test_advice_about_money_is_no_note_on_commissions(last: str) -> None:
    """That something can help you make money go further is part of a story, at its very end too."""
    assert last in read(page(paragraphs([*LONG, last]))).text


def test_commission_note_above_the_story() -> None:
    """The same note above the story is left out too."""
    article = read(page(paragraphs([NOTE, *LONG]), head=AUTHOR))
    assert NOTE not in article.text
    assert all(text in article.text for text in LONG)


def test_author_within_the_story_stays() -> None:
    """A paragraph in the middle that names the author is part of the story."""
    middle = "Mara Lindqvist was on the quay that morning and counted forty people without umbrellas."
    half = len(LONG) // 2
    assert middle in read(page(paragraphs([*LONG[:half], middle, *LONG[half:]]), head=AUTHOR)).text


@pytest.mark.parametrize("middle", [LAST["how to reach the paper"], LAST["opinions"]])
def test_the_same_words_within_the_story_stay(middle: str) -> None:
    """What would be a note at the end is part of the story in its middle."""
    half = len(LONG) // 2
    assert middle in read(page(paragraphs([*LONG[:half], middle, *LONG[half:]]), head=AUTHOR)).text


# --- between the paragraphs -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        '{"layout":2,"button":"Buy now","colour":{"hue":213,"shade":[1,2,3]}}',
        '[{"slot":"mid-1","sizes":[300,250]},{"slot":"mid-2","sizes":[300,600]}]',
        "Loading paragraph...",
        "Loading…",
    ],
)
def test_what_was_meant_for_a_script(line: str) -> None:
    """Data on one line and what stands for text to come are no paragraphs."""
    half = len(LONG) // 2
    assert line not in read(page(paragraphs([*LONG[:half], line, *LONG[half:]]))).text


def test_data_that_a_story_shows_stays() -> None:
    """An example that is set over several lines is part of what is told."""
    shown = '{\n  "@type": "Ferry",\n  "name": "Otter",\n  "crew": 4\n}'
    body = paragraphs(LONG[:3]) + f"<pre>{escape(shown)}</pre>" + paragraphs(LONG[3:])
    assert '"name": "Otter"' in read(page(body)).text


@pytest.mark.parametrize("heading", ["Table of Contents", "In this article:", "Inhaltsverzeichnis", "目次"])
def test_the_head_of_a_list_of_contents(heading: str) -> None:
    """The line above a list of the page's own sections is no heading of the story."""
    listed = '<ul><li><a href="#boat">The boat</a></li><li><a href="#crew">The crew</a></li></ul>'
    body = paragraphs(LONG[:2]) + f"<h2>{heading}</h2>{listed}" + paragraphs(LONG[2:])
    assert heading not in read(page(body)).text


def test_a_picture_its_text_and_its_credit() -> None:
    """What stands between a picture and its credit is its caption, though both are plain paragraphs."""
    picture = '<p><img src="/img/otter-1280.jpg" width="1280" height="720" alt=""></p>'
    told, credit = "Pictured from left are the crew of the Otter and the dog.", "Image: Jon Fisher"
    article = read(page(paragraphs(LONG[:2]) + picture + paragraphs([told, credit, *LONG[2:]])))
    assert told not in article.text
    assert credit not in article.text
    assert all(text in article.text for text in LONG)


STORIES = (
    ("A ferry timetable for people who are late", "Nine sailings a day, and how to miss none of them."),
    ("How to queue for a ferry in the rain", "Our readers have stood there for forty years and know it all."),
    ("The ferry with a library on board", "It lends novels one way and wants them back on the other."),
)


def stories(level: str, host: str = "") -> str:
    return "".join(
        f'<{level}><a href="{host}/town/{title.lower().replace(" ", "-")}.html">{title}</a></{level}><p>{text}</p>'
        for title, text in STORIES
    )


def test_stories_under_linked_headings_at_the_end() -> None:
    """They are teasers, with their lines, where the body classifier is not sure of them."""
    article = read(page(paragraphs(LONG) + "<h2>There is more</h2>" + stories("h3")))
    assert not [title for title, _ in STORIES if title in article.text]
    assert {each.title for each in article.related} >= {title for title, _ in STORIES}


def test_linked_headings_that_are_the_story() -> None:
    """A list whose every entry has a linked heading is the story itself."""
    article = read(page(paragraphs(LONG[:1]) + stories("h2")))
    assert all(text in article.text for _, text in STORIES)
