"""Elements that tell of the page are found however they are written, each once, and nothing else is taken for them."""

from __future__ import annotations

import pytest

from scraper.document import Document
from scraper.extractors.structured import Structured
from scraper.model import Page

STORY = "https://example.org/news/story"


def document(head: str, body: str = "<p>text</p>") -> Document:
    """Return a parsed page."""
    html = f"<html><head>{head}</head><body>{body}</body></html>"
    return Document.from_page(Page(url=STORY, final_url=STORY, body=html.encode()))


@pytest.mark.parametrize("rel", ["author", "AUTHOR", "nofollow Author"])
def test_relation_of_an_author_has_no_case(rel: str) -> None:
    """A link to the author counts in whatever case its relation is written."""
    found = Structured(document("", f'<a rel="{rel}" href="/mara">Mara Lindqvist</a>')).authors
    assert [(name.name, name.url) for byline in found for name in byline.names] == [
        ("Mara Lindqvist", "https://example.org/mara")
    ]


def test_element_of_two_kinds_counts_once() -> None:
    """A meta element that is marked as the author too is one meta element."""
    page = document('<meta name="author" itemprop="author" content="Mara Lindqvist">')
    assert page.meta["author"] == ("Mara Lindqvist", "Mara Lindqvist")  # under its name and under its itemprop
    assert len(page.declaring) == 1


def test_script_marked_as_author_is_no_json_ld() -> None:
    """A script without the type of JSON-LD is not read as such, whatever else it is marked as."""
    page = document('<script itemprop="author">let x = 1;</script><script type="APPLICATION/LD+JSON">{"a": 1}</script>')
    assert (len(page.json_ld.nodes), page.json_ld.broken) == (1, 0)


@pytest.mark.parametrize(("base", "where"), [("/x/", "https://example.org/x/a"), ("", "https://example.org/news/a")])
def test_first_base_counts(base: str, where: str) -> None:
    """Links are relative to the first base element with an address, and to the page where that is empty."""
    page = document(f'<base target="_top"><base href="{base}"><base href="/later/">')
    assert page.resolve("a") == where
