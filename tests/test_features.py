"""The features: finite on any page, and telling what they are named for."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from scraper.document import Document
from scraper.extractors.blocks import segment
from scraper.extractors.context import add_context
from scraper.extractors.features import Features, PageFacts, compute_features, gather_facts
from scraper.extractors.vocabulary import CLASS_GROUPS, group_bits
from scraper.model import Page

LONG = "A long paragraph of plain running text that has, as stories do, many words and at its end a full stop. "


def features_of(html: str, facts: PageFacts | None = None) -> Features:
    body = LexborHTMLParser(html).body
    assert body is not None
    return compute_features(segment(body), facts or PageFacts())


def row(features: Features, name: str) -> list[float]:
    return features.matrix[features.names.index(name)].tolist()


def test_the_container_is_where_the_text_is() -> None:
    """Runs below the element with most running text are inside, menus are not."""
    out = features_of(f"<nav><a>Home</a></nav><div><p>{LONG}</p><p>{LONG}</p><p>{LONG}</p></div><footer>x</footer>")
    assert row(out, "c60_in") == [0, 1, 1, 1, 0]


def test_text_of_furniture_is_no_mass() -> None:
    """A consent text longer than the story does not move the container."""
    consent = f"<div class=cookie-consent role=dialog><p>{LONG * 5}</p><p>{LONG * 5}</p></div>"
    out = features_of(f"<div><p>{LONG * 2}</p><p>{LONG * 2}</p></div>{consent}")
    assert row(out, "c60_in") == [1, 1, 0, 0]


@pytest.mark.parametrize(
    ("tokens", "group"),
    [
        ("articlebody", "body"),
        ("site-nav__list", "nav"),
        ("relatedstories", "related"),
        ("js-newsletter form", "form"),
        ("mycookiebanner", "header"),
        ("xyz", None),
    ],
)
def test_class_names_have_meanings(tokens: str, group: str | None) -> None:
    """Known words, and long names that start or end with one, set their group's bit; others none."""
    bits = group_bits(tokens)
    assert bool(bits) == (group is not None)
    assert group is None or bits >> CLASS_GROUPS.index(group) & 1


@pytest.mark.parametrize(
    ("text", "count"),
    [("one two three", 3), ("日本語の文章です", 9), ("สวัสดีครับ", 3), ("Привет мир", 2)],
    ids=["English", "Japanese", "Thai", "Russian"],
)
def test_words_are_counted_by_script(text: str, count: float) -> None:
    """A script without spaces is counted by characters."""
    assert features_of(f"<p>{text}</p>").sizes[0] == pytest.approx(count, abs=1)


def test_the_headline_is_found_by_the_title() -> None:
    """Distances are counted from the heading that the page's title repeats."""
    html = "<h1>Example News</h1><p>x</p><h2>Old bridge to be rebuilt</h2><p>y</p>"
    out = features_of(html, PageFacts(title="Old bridge to be rebuilt | Example News"))
    assert row(out, "from_anchor") == [-2, -1, 0, 1]


def test_facts_come_from_the_head() -> None:
    """Title, type and JSON-LD types are read off the document."""
    html = """<title>T</title><meta property=og:type content=Article>
    <script type=application/ld+json>{"@type": "NewsArticle", "articleBody": "12345"}</script><body>x"""
    page = Page(
        url="https://a.example/", final_url="https://a.example/b", body=html.encode(), fetched_at=datetime.now(UTC)
    )
    facts = gather_facts(Document.from_page(page))
    assert (facts.url, facts.title, facts.og_type) == ("https://a.example/b", "T", "article")
    assert facts.jsonld_types == {"NewsArticle"} and facts.article_body_chars == 5 and not facts.has_published


PIECES = (
    "<p>",
    "</p>",
    "<div class=nav>",
    "</div>",
    "<h1>",
    "</h1>",
    "<li>",
    "<a href=x>",
    "</a>",
    "text ",
    "漢字 ",
    LONG,
    "© ",
    "<br><br>",
)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_features_are_finite_on_any_page(pieces: list[str]) -> None:
    """Every feature of every run is a number, always the same ones, with and without context."""
    out = features_of("".join(pieces), PageFacts(url="https://[bad", title="a b"))
    if len(out.sizes):
        assert out.names == features_of("<p>x").names and len(set(out.names)) == len(out.names)
        assert out.matrix.shape == (len(out.names), len(out.sizes)) and np.isfinite(out.matrix).all()
        assert np.isfinite(add_context(out, np.full(len(out.sizes), 0.5, np.float32))).all()
