"""A shelf of records for the tests that read them: the fixture pages, as a crawl writes them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from scraper.config import QualityConfig
from scraper.model import Article, Page, Rejected
from scraper.pipeline import read_page

FIXTURES = Path(__file__).parent.parent / "fixtures"
FETCHED_AT = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)


@cache
def articles() -> tuple[Article, ...]:
    """Return the record of every fixture page that is an article, each id once."""
    read = (_read(path) for path in sorted(FIXTURES.glob("*/*/*/page.html")))
    return tuple({found.id: found for found in read if isinstance(found, Article)}.values())


def _read(path: Path) -> Article | Rejected:
    meta = json.loads(path.with_name("meta.json").read_text(encoding="utf-8"))
    page = Page(
        url=meta["url"], final_url=meta["url"], body=path.read_bytes(), fetched_at=FETCHED_AT, status=200,
        headers=(("content-type", "text/html; charset=utf-8"),),
    )  # fmt: skip
    return read_page(page, QualityConfig())


def record(**changes: Any) -> dict[str, Any]:
    """Return the record of a page that has nearly everything, as JSON gives it, with some of its fields changed."""
    ferry = next(article for article in articles() if article.url.endswith("electric-ferry-first-winter"))
    found: dict[str, Any] = json.loads(ferry.to_json())
    return found | changes


def write(path: Path, records: Iterable[Article | dict[str, Any] | bytes]) -> Path:
    """Write a file of records; bytes are lines as they are."""
    path.write_bytes(b"".join(_line(each) + b"\n" for each in records))
    return path


def _line(each: Article | dict[str, Any] | bytes) -> bytes:
    if isinstance(each, Article):
        return each.to_json().encode()
    return each if isinstance(each, bytes) else json.dumps(each, ensure_ascii=False, separators=(",", ":")).encode()
