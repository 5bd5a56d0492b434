"""scraper stats: every figure is the one that counting by hand gives."""

from __future__ import annotations

import json
import tracemalloc
from pathlib import Path

import msgspec
import shelf
from test_cli import scraper_

from scraper.records.stats import count_records
from scraper.sinks import encode_article


def test_figures(tmp_path: Path) -> None:
    """Sites, languages, dates, fields, lengths and copies of the shelf are as they are in the records."""
    articles = shelf.articles()
    copy = msgspec.structs.replace(articles[0], id="f" * 32)
    lean = encode_article(articles[1], "lean").rstrip()
    first = shelf.write(tmp_path / "articles-1.jsonl", articles)
    second = shelf.write(tmp_path / "articles-2.jsonl", [copy, lean, shelf.record(revision=2)])
    stats = count_records([first, second])
    everything = [*articles, articles[0], articles[1], next(a for a in articles if a.id == shelf.record()["id"])]
    assert (stats.files, stats.records, stats.lean) == (2, len(articles) + 3, 1)
    assert (stats.articles, stats.repeated, stats.same_content) == (len(articles) + 1, 1, 1)
    days = sorted(str(a.published_date) for a in everything if a.published_date)
    assert (stats.first_published, stats.last_published) == (days[0], days[-1])
    assert stats.first_fetched == stats.last_fetched == "2026-11-22T07:00:00Z"
    assert sum(stats.months.values()) == sum(stats.sites.values()) == sum(stats.languages.values()) == stats.records
    assert stats.languages["hi"] == sum(a.language == "hi" for a in everything)
    assert stats.months["2025-03"] == sum(day.startswith("2025-03") for day in days)
    assert stats.filled["authors"] == sum(bool(a.authors) for a in everything)
    assert stats.filled["modified_at"] == sum(a.modified_at is not None for a in everything)
    assert stats.filled["markdown"] == stats.records - 1
    assert list(stats.filled) == list(articles[0].__struct_fields__)
    words = sorted(a.word_count for a in everything)
    assert (stats.words["p0"], stats.words["p50"], stats.words["p100"]) == (words[0], words[18], words[-1])


def test_nothing_to_count(tmp_path: Path) -> None:
    """An empty file has figures, too."""
    stats = count_records([shelf.write(tmp_path / "articles.jsonl", [])])
    assert (stats.records, stats.words, stats.first_published) == (0, {}, None)
    assert scraper_("stats", tmp_path).code == 0


def test_memory_is_bounded(tmp_path: Path) -> None:
    """Twenty thousand records more cost less than 2 MB."""
    head = b'{"id":"%032x","content_hash":"%032x","text":"' + b"x" * 1000 + b'"}'
    path = shelf.write(tmp_path / "articles.jsonl", [head % (number, number) for number in range(20_000)])
    tracemalloc.start()
    assert count_records([path]).articles == 20_000
    assert tracemalloc.get_traced_memory()[1] < 2_000_000
    tracemalloc.stop()


def test_verb(tmp_path: Path) -> None:
    """The same figures as a table and as JSON; the first line that is no record ends it with its place and code 1."""
    path = shelf.write(tmp_path / "articles.jsonl", shelf.articles())
    ran = scraper_("stats", path)
    assert ran.code == 0
    assert ran.out.splitlines()[0].split() == ["records", "35", "0", "of", "them", "lean;", "files:", "1"]
    assert any(line.split() == ["hi", "1", "2.9%"] for line in ran.out.splitlines())
    assert json.loads(scraper_("stats", path, "--format", "json").out)["records"] == 35
    shelf.write(path, [*shelf.articles(), b"{}", b"{]"])
    ran = scraper_("stats", tmp_path)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"{path}:37: is no record (") and ran.err.endswith("names every fault\n")
