"""What the crawl knows of an article without reading its line, and how it changes the line when it knows better."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest

from scraper.crawl.gist import FIELDS, gist_of
from scraper.crawl.known import Verdict
from scraper.crawl.revise import with_own_id, with_revision
from scraper.model import Article, Author
from scraper.normalizers.minhash import minhash
from scraper.pipeline import extract_article
from scraper.sinks import Profile, encode_article

URL = "http://a.example/story"
WORDS = "The bridge across the bay carries more trains every year than its builders ever thought it could. "
HTML = (
    "<html lang='en'><head><title>The bridge is old</title><link rel='canonical' href='/the-story'></head><body>"
    f"<article><h1>The bridge is old</h1><p>{WORDS * 3}</p><p>{WORDS} <a href='/other'>an older bridge</a> was.</p>"
    "</article></body></html>"
)


@pytest.fixture(scope="module")
def article() -> Article:
    return extract_article(HTML, URL)


def change(article: Article, **fields: Any) -> Article:
    return msgspec.structs.replace(article, **fields)


def test_gist(article: Article) -> None:
    """Ids by canonical and own address, hashes, signature and lengths are those of the record."""
    gist = gist_of(article)
    assert (gist.article_id, gist.content_hash) == (article.id, article.content_hash)
    assert gist.canonical_url == article.canonical_url == "http://a.example/the-story"
    assert gist.own_id == extract_article(HTML.replace("<link rel='canonical' href='/the-story'>", ""), URL).id
    assert gist.own_id != gist.article_id
    assert gist.signature == minhash(article.text)
    assert (gist.text_chars, gist.link_chars) == (article.char_count, len("an older bridge"))
    assert gist == gist_of(extract_article(HTML, URL))


def test_fields_that_are_there(article: Article) -> None:
    """Only fields that hold something have a hash; each is eight bytes."""
    gist = gist_of(article)
    assert {"title", "text", "language"} <= set(gist.fields) <= set(FIELDS)
    assert "authors" not in gist.fields
    assert {len(value) for value in gist.fields.values()} == {8}


@pytest.mark.parametrize(
    ("fields", "changed"),
    [
        pytest.param({"title": "Another"}, {"title"}, id="title"),
        pytest.param({"authors": (Author(name="Mara", type="person"),)}, {"authors"}, id="authors"),
        pytest.param({"tags": ("bridges",)}, {"tags"}, id="tags"),
        pytest.param({"markdown": "x", "confidence": 0.1, "html_hash": "x"}, set(), id="how it was read"),
        pytest.param({"modified_at": datetime(2024, 1, 1, tzinfo=UTC), "related": ()}, set(), id="what stands around"),
    ],
)
def test_fields_that_differ(article: Article, fields: dict[str, Any], changed: set[str]) -> None:
    """The hash of a field differs just where its value does."""
    before, after = gist_of(article).fields, gist_of(change(article, **fields)).fields
    assert {name for name in FIELDS if before.get(name) != after.get(name)} == changed


@pytest.mark.parametrize(
    ("fields", "published"),
    [
        pytest.param({"published_at": None, "published_date": None}, None, id="undated"),
        pytest.param({"published_at": datetime(1970, 1, 2, tzinfo=UTC)}, 86_400.0, id="an instant"),
        pytest.param({"published_at": None, "published_date": date(1970, 1, 3)}, 172_800.0, id="a day"),
    ],
)
def test_published(article: Article, fields: dict[str, Any], published: float | None) -> None:
    """The instant, or the beginning of the day where only that is known."""
    assert gist_of(change(article, **fields)).published == published


def test_live(article: Article) -> None:
    """A live blog is told."""
    assert not gist_of(article).is_live
    assert gist_of(change(article, page_type="live_blog")).is_live


@pytest.mark.parametrize("profile", ["full", "lean"])
def test_with_revision(article: Article, profile: Profile) -> None:
    """Three fields say that it is one; all the others, and their order, stay."""
    line = encode_article(article, profile)
    found = Verdict(
        kind="revision", article_id=article.id, revision=3, previous_hash="ab", changed_fields=("text", "title")
    )
    revised = with_revision(line, found)
    assert revised.endswith(b"\n")
    assert revised.count(b"\n") == 1
    before, after = json.loads(line), json.loads(revised)
    assert list(before) == list(after)
    assert {name: after[name] for name in after if after[name] != before[name]} == {
        "revision": 3,
        "previous_hash": "ab",
        "changed_fields": ["text", "title"],
    }


@pytest.mark.parametrize("profile", ["full", "lean"])
def test_with_own_id(article: Article, profile: Profile) -> None:
    """The address that others claim too is no longer its own, and a warning keeps what the page said."""
    line = encode_article(article, profile)
    before, after = json.loads(line), json.loads(with_own_id(line, "0" * 32))
    assert list(before) == list(after)
    assert (after["id"], after["canonical_url"]) == ("0" * 32, None)
    told = {"code": "canonical_shared", "field": "canonical_url", "detail": "http://a.example/the-story"}
    assert after["warnings"] == [*before["warnings"], told]
    kept = set(before) - {"id", "canonical_url", "warnings"}
    assert all(before[name] == after[name] for name in kept)


def test_a_revised_full_line_is_still_a_record(article: Article) -> None:
    """It reads back as the same article."""
    line = with_own_id(encode_article(article), "0" * 32)
    found = Verdict(kind="revision", article_id="0" * 32, revision=2, previous_hash="ab", changed_fields=("text",))
    record = msgspec.json.decode(with_revision(line, found), type=Article)
    assert (record.id, record.revision, record.text) == ("0" * 32, 2, article.text)
