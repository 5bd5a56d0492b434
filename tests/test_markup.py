"""Pages built to stall the parser are cut before they reach it, and the record says so."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper import extract
from scraper.web.markup import MAX_DEPTH, guard_html

STORY = "<h1>A bridge opens</h1>" + "<p>The bridge opened on Monday after two years of work on its piers.</p>" * 5
HOSTILE = {
    "deep, open": (STORY + "<div>" * 20_000, "too_deep"),
    "deep, closed": (STORY + "<div>" * 20_000 + "x" + "</div>" * 20_000, "too_deep"),
    "attributes": (STORY + "<b " + " ".join(f"a{n}=1" for n in range(50_000)) + ">x</b>", "too_many_attributes"),
    "nodes": (STORY + "<i>x</i>" * 1_000_000, "too_many_nodes"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_page_ends(name: str) -> None:
    """A hostile page gives its story and a warning; a generous bound shows that it was not parsed in full."""
    html, code = HOSTILE[name]
    start = time.process_time()
    article = extract(html.encode())
    assert time.process_time() - start < 15
    assert code in {warned.code for warned in article.warnings}
    assert "The bridge opened" in article.text


@given(st.text(max_size=300))
def test_ordinary_text_is_left_alone(text: str) -> None:
    """Text without a thousand tags comes back as the same object."""
    assert guard_html(text) == (text, ())


def test_cut_keeps_what_stands_before() -> None:
    """A page that nests too deep is cut where it does."""
    text, codes = guard_html("<p>before</p>" + "<div>" * (2 * MAX_DEPTH))
    assert text.startswith("<p>before</p>")
    assert text.count("<div>") == MAX_DEPTH
    assert codes == ("too_deep",)


def test_long_script_is_no_tag() -> None:
    """A long stretch without ">" that is no tag of many attributes stays."""
    page = "<script>" + "x = 1; y = 2; " * 5_000 + "</script><p>story</p>"
    assert guard_html(page) == (page, ())
