"""Every fixture page, field by field: what its expected.json says is what the record holds."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from scraper.config import QualityConfig
from scraper.model import Article, Page, Rejected
from scraper.pipeline import read_page

FIXTURES = Path(__file__).parent.parent / "fixtures"
EXPECTED = sorted(FIXTURES.glob("site/*/*/expected.json")) + sorted(FIXTURES.glob("pages/*/*/expected.json"))
FETCHED_AT = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
OF_MORE_PAGES = {"text_of_all_pages"}
"""Checked where the crawl joins the pages of a story."""


def read(file: Path, meta: dict[str, Any], kind: str | None = None) -> Article | Rejected:
    headers = (("content-type", kind or meta["content_type"]),) if kind or meta.get("content_type") else ()
    page = Page(url=meta["url"], final_url=meta["url"], body=file.read_bytes(), fetched_at=FETCHED_AT, headers=headers)
    return read_page(page, QualityConfig())


def found(article: Article, field: str, wanted: Any) -> Any:
    """Return the record's value in the shape the expectation has."""
    record = json.loads(article.to_json())
    if field == "pages_count":
        return record["pages"]["count"]
    if field == "authors":
        return [author["name"] for author in record["authors"]]
    value = record[field]
    if isinstance(wanted, list) and wanted and isinstance(wanted[0], dict):
        return [{key: item.get(key) for key in wanted[0]} for item in value]
    return value


def differences(article: Article, expected: dict[str, Any], skip: frozenset[str] = frozenset()) -> dict[str, Any]:
    checked = {field: wanted for field, wanted in expected.items() if field not in skip | OF_MORE_PAGES}
    pairs = {field: (wanted, found(article, field, wanted)) for field, wanted in checked.items()}
    return {field: {"wanted": w, "found": f} for field, (w, f) in pairs.items() if w != f}


@pytest.mark.parametrize("path", EXPECTED, ids=lambda p: f"{p.parent.parent.name}/{p.parent.name}")
def test_page(path: Path) -> None:
    """A fixture page gives the record, or the rejection, that its author wrote down."""
    expected = json.loads(path.read_text(encoding="utf-8"))
    meta = json.loads(path.with_name("meta.json").read_text(encoding="utf-8"))
    outcome = read(path.with_name("page.html"), meta)
    if "rejected" in expected:
        assert isinstance(outcome, Rejected), "this page is no article"
        assert outcome.reason == expected["rejected"]
        return
    assert isinstance(outcome, Article), outcome
    assert differences(outcome, expected) == {}


DUMPED = frozenset({
    "canonical_url", "site_name", "images", "authors", "published_date", "published_at", "language", "section", "tags",
    "related", "breadcrumbs", "embeds",
})  # fmt: skip
"""What a dump cannot hold (addresses, metadata) or holds in part."""


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("pages/*/*/page.txt")), ids=lambda p: p.parent.name)
def test_plain_text_dump(path: Path) -> None:
    """The same page saved as plain text gives the same title, body, trail, reading time and teasers."""
    expected = json.loads(path.with_name("expected.json").read_text(encoding="utf-8"))
    meta = json.loads(path.with_name("meta.json").read_text(encoding="utf-8"))
    article = read(path, meta, "text/plain; charset=utf-8")
    assert isinstance(article, Article), article
    assert differences(article, expected, DUMPED) == {}
    assert [crumb.name for crumb in article.breadcrumbs] == [crumb["name"] for crumb in expected["breadcrumbs"]]
    tail = [(r.title, r.section, r.summary) for r in article.related if r.place == "tail"]
    assert tail == [(r["title"], r["section"], r["summary"]) for r in expected["related"] if r["place"] == "tail"]
    inline = [r["title"] for r in expected["related"] if r["place"] == "inline"]
    assert [r.title.startswith(title) for r, title in zip(article.related, inline, strict=False)] == [True] * len(
        inline
    )


def test_same_page_same_line() -> None:
    """The same bytes, address and time of fetching give the same line."""
    path = EXPECTED[0]
    meta = json.loads(path.with_name("meta.json").read_text(encoding="utf-8"))
    lines = {
        outcome.to_json() for _ in range(2) if isinstance(outcome := read(path.with_name("page.html"), meta), Article)
    }
    assert len(lines) == 1


def test_following_pages_are_joined() -> None:
    """A story on three pages becomes one record: each page's body once, in order, and nothing is missing."""
    folder = FIXTURES / "site/courier.example/walking-the-coast"
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    alone = read(folder / "page.html", meta)
    assert isinstance(alone, Article)
    further = alone.pages.urls[1:]
    kind = (("content-type", meta["content_type"]),)
    following = tuple(
        Page(url=url, final_url=url, body=(folder / f"page-{number}.html").read_bytes(), headers=kind)
        for number, url in enumerate(further, start=2)
    )
    first = Page(url=meta["url"], final_url=meta["url"], body=(folder / "page.html").read_bytes(), headers=kind)
    joined = read_page(msgspec.structs.replace(first, following=following), QualityConfig())
    assert isinstance(joined, Article)
    assert joined.text == expected["text_of_all_pages"]
    assert (alone.pages.truncated, joined.pages.truncated, joined.pages.count) == (True, False, 3)
