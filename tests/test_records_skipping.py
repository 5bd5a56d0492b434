"""--skip-invalid: one torn line makes no folder unreadable, and nobody takes what is left for the whole."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shelf
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_cli import Ran, scraper_
from test_records_cat import BROKEN

from scraper.model import Article
from scraper.records.diff import diff_records
from scraper.records.export import export_records
from scraper.records.select import Wanted, select_records
from scraper.records.skipping import Skipping
from scraper.records.stats import count_records

VERBS: dict[str, Callable[[Path, Path], tuple[Any, ...]]] = {
    "cat": lambda path, _: ("cat", path),
    "cat latest": lambda path, _: ("cat", path, "--latest", "--field", "title"),
    "stats": lambda path, _: ("stats", path),
    "diff": lambda path, _: ("diff", path, path),
    "jsonl": lambda path, folder: ("export", path, "--to", folder / "all.jsonl"),
    "csv": lambda path, folder: ("export", path, "--to", folder / "all.csv"),
    "sqlite": lambda path, folder: ("export", path, "--to", folder / "all.sqlite"),
    "parquet": lambda path, folder: ("export", path, "--to", folder / "all.parquet"),
    "partitions": lambda path, folder: ("export", path, "--to", folder / "all", "--partition-by", "site"),
}
LINES = BROKEN | {
    "empty": b"",
    "torn": shelf.articles()[0].to_json().encode()[:999],
    "no id": b'{"url":"https://a.example/"}',
    "null for a number": b'{"id":"a","revision":null}',
    "a number that no column holds": b'{"id":"a","word_count":100000000000000000000}',
    "no day": b'{"id":"a","published_date":"31 June"}',
    "a warning without its code": b'{"id":"a","warnings":[{}]}',
    "no utf-8 in what is unknown": b'{"id":"a","new":"\xff"}',
}


def skipping(verb: str, path: Path, folder: Path) -> Ran:
    return scraper_(*VERBS[verb](path, folder), "--skip-invalid")


def written_in(folder: Path) -> dict[str, bytes]:
    """Return what was exported to a folder, by name; what differs from run to run by its name alone."""
    return {path.name: b"" if path.suffix in {".sqlite", ""} else path.read_bytes() for path in folder.glob("all*")}


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
@pytest.mark.parametrize("verb", VERBS)
def test_lines_are_passed_over(tmp_path: Path, verb: str, line: bytes) -> None:
    """The result is that of the records alone; how many lines were none, and the first, is said, and the code is 3."""
    first, second = shelf.articles()[:2]
    (tmp_path / "whole").mkdir()
    whole = shelf.write(tmp_path / "whole" / "articles.jsonl", [first, second])
    torn = shelf.write(tmp_path / "articles.jsonl", [first, line, second, line])
    expected, ran = skipping(verb, whole, tmp_path / "whole"), skipping(verb, torn, tmp_path)
    assert expected.code == 0, expected.err
    assert (ran.code, ran.out) == (3, expected.out), ran.err
    assert ran.err.splitlines()[-1].startswith(f"2 lines were passed over; the first: {torn}:2: is no record (")
    assert written_in(tmp_path) == written_in(tmp_path / "whole")


@pytest.mark.parametrize("verb", VERBS)
def test_the_rest_of_a_damaged_file_is_passed_over(tmp_path: Path, verb: str) -> None:
    """Behind the damage of a packed file nothing can be read; the files after it are."""
    packed = gzip.compress(b"".join(article.to_json().encode() + b"\n" for article in shelf.articles()))
    (tmp_path / "articles-1.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    shelf.write(tmp_path / "articles-2.jsonl", [shelf.record(id="last")])
    ran = skipping(verb, tmp_path, tmp_path)
    assert ran.code == 3
    assert "1 line was passed over; the first: " in ran.err and "ends in the middle" in ran.err
    if verb == "cat":
        assert json.loads(ran.out.splitlines()[-1])["id"] == "last"


@pytest.mark.parametrize("verb", VERBS)
def test_without_the_option_nothing_is_passed_over(tmp_path: Path, verb: str) -> None:
    """The first line that is no record ends it."""
    path = shelf.write(tmp_path / "articles.jsonl", [shelf.articles()[0], b"{]"])
    ran = scraper_(*VERBS[verb](path, tmp_path))
    assert (ran.code, f"{path}:2: is no record (" in ran.err) == (1, True)


def test_another_version_is_no_damage(tmp_path: Path) -> None:
    """Records that this program does not know how to read are not left out without a decision."""
    path = shelf.write(tmp_path / "articles.jsonl", [shelf.record(schema_version="2.0")])
    ran = skipping("csv", path, tmp_path)
    assert (ran.code, "is a record of version 2.0" in ran.err) == (1, True)


def test_lines_beyond_the_limit_are_not_looked_at(tmp_path: Path) -> None:
    """What was not read is not counted."""
    path = shelf.write(tmp_path / "articles.jsonl", [shelf.articles()[0], b"{]"])
    assert scraper_("cat", path, "--limit", "1", "--skip-invalid").code == 0


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("2024-01-01T00:00:00Z"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["code", "name", "x"]), inner),
    max_leaves=4,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from([*Article.__struct_fields__[1:], "new"]), VALUES, max_size=3))
def test_whatever_stands_in_a_record(tmp_path: Path, changes: dict[str, Any]) -> None:
    """What is taken for a record can be read by every verb: none of them stops at a line."""
    line = json.dumps(shelf.record() | changes).encode()
    path, lines = shelf.write(tmp_path / "articles.jsonl", [line]), Skipping()
    list(select_records([path], Wanted(latest=True, since=shelf.FETCHED_AT.date(), site="a.example"), lines=lines))
    count_records([path], lines=lines)
    diff_records([path], [path], lines=lines)
    for ending in ("parquet", "csv", "sqlite", "jsonl"):
        export_records([path], str(tmp_path / f"all.{ending}"), force=True, lines=lines)
    assert lines.count <= 1
