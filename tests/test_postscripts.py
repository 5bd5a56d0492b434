"""Words about the author and notes on commissions are not the story, though they stand in its row."""

from __future__ import annotations

import pytest
from gazette import STORY, json_ld, page, paragraphs, read

AUTHOR = json_ld(author={"@type": "Person", "name": "Mara Lindqvist"})
LONG = [*STORY, *(f"{text} And so it went on for days." for text in STORY)]
BIO = "Mara Lindqvist writes about harbours and has lived above one for twenty years."
NOTE = "If you buy something through our links, we may earn a small commission."


@pytest.mark.parametrize("last", [BIO, NOTE], ids=["about the author", "commission"])
def test_postscript_is_no_body(last: str) -> None:
    """A closing line of either kind is left out; the story is there whole."""
    article = read(page(paragraphs([*LONG, last]), head=AUTHOR))
    assert last not in article.text
    assert all(text in article.text for text in LONG)


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
