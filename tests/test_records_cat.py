"""scraper cat: the records asked for, as they are."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import shelf
from test_cli import scraper_

from scraper.model import Article
from scraper.records.files import zstd

DAY = date(2025, 3, 4)
FILTERS: dict[str, tuple[list[str], Callable[[Article], object]]] = {
    "all": ([], lambda _: True),
    "domain": (["--site", "lumen.example"], lambda a: a.domain == "lumen.example"),
    "host": (["--site", "WWW.lumen.example"], lambda a: a.domain == "lumen.example"),
    "no part of a name": (["--site", "men.example"], lambda _: False),
    "since": (["--since", "2025-03-04"], lambda a: a.published_date and a.published_date >= DAY),
    "until": (["--until", "2025-03-04"], lambda a: a.published_date and a.published_date <= DAY),
    "one day": (["--since", "2025-03-04", "--until", "2025-03-04"], lambda a: a.published_date == DAY),
    "language": (["--language", "ZH"], lambda a: a.language and a.language.startswith("zh")),
    "no part of a tag": (["--language", "z"], lambda _: False),
    "has a list": (["--has", "embeds"], lambda a: a.embeds),
    "has two": (["--has", "modified_at", "--has", "tags"], lambda a: a.modified_at and a.tags),
    "has inside a list": (["--has", "authors.url"], lambda a: any(author.url for author in a.authors)),
    "has inside": (["--has", "pages.truncated"], lambda _: True),
}


@pytest.mark.parametrize(("options", "wanted"), FILTERS.values(), ids=FILTERS)
def test_filters(tmp_path: Path, options: list[str], wanted: Callable[[Article], object]) -> None:
    """What comes out is exactly the lines of the records that are asked for, byte by byte, in order."""
    path = shelf.write(tmp_path / "articles.jsonl", shelf.articles())
    ran = scraper_("cat", path, *options)
    assert ran.code == 0, ran.err
    assert ran.out == "".join(article.to_json() + "\n" for article in shelf.articles() if wanted(article))


def test_all_kinds_of_files(tmp_path: Path) -> None:
    """A folder gives its files by name, unpacked on the way, and no other file."""
    lines = [article.to_json().encode() + b"\n" for article in shelf.articles()[:3]]
    (tmp_path / "articles-2026-11-22-0003.jsonl").write_bytes(lines[2])
    (tmp_path / "articles-2026-11-22-0002.jsonl.zst").write_bytes(
        zstd.compress(lines[1][:900]) + zstd.compress(lines[1][900:])
    )
    (tmp_path / "articles-2026-11-22-0001.jsonl.gz").write_bytes(gzip.compress(lines[0]))
    (tmp_path / "rejected-2026-11-22-0001.jsonl").write_bytes(b"{}\n")
    (tmp_path / "articles-2026-11-22-0004.jsonl.part").write_bytes(lines[2])
    assert scraper_("cat", tmp_path).out.encode() == b"".join(lines)
    assert scraper_("cat", tmp_path, "--limit", "2").out.encode() == b"".join(lines[:2])


def test_columns(tmp_path: Path) -> None:
    """A line is a row whatever the texts hold; null is an empty cell, a list is JSON; jsonl keeps the names."""
    odd = shelf.record(title="a\tb\nc\\d\x1b[31m\u009b", section=None, tags=["x", "\u00e9"])
    path = shelf.write(tmp_path / "articles.jsonl", [odd])
    names = ["title", "section", "tags", "fetch.status", "authors.name"]
    options = [part for name in names for part in ("--field", name)]
    authors = [author["name"] for author in odd["authors"]]
    cells = ["a\\tb\\nc\\\\d\\x1b[31m\\x9b", "", '["x","\u00e9"]', "200", json.dumps(authors, separators=(",", ":"))]
    assert scraper_("cat", path, *options).out == "\t".join(cells) + "\n"
    assert json.loads(scraper_("cat", path, *options, "--format", "jsonl").out) == dict(
        zip(names, [odd["title"], None, odd["tags"], 200, authors], strict=True)
    )


def test_latest(tmp_path: Path) -> None:
    """--latest keeps the last revision of each article, of equal ones the last written, before anything is filtered."""
    first, second = shelf.articles()[:2]
    newer = json.loads(first.to_json()) | {"revision": 3, "language": "fr"}
    older = newer | {"revision": 2, "title": "older"}
    again = json.loads(second.to_json()) | {"title": "again"}
    a = shelf.write(tmp_path / "articles-1.jsonl", [first, second, newer])
    b = shelf.write(tmp_path / "articles-2.jsonl", [older, again])
    out = [json.loads(line) for line in scraper_("cat", a, b, "--latest").out.splitlines()]
    assert out == [newer, again]
    assert scraper_("cat", a, b, "--latest", "--site", "lumen.example", "--language", "en").out.count("\n") == 1


USAGE = {
    "no such field": (["--field", "titel"], "'titel' is no field of a record; there is title, subtitle."),
    "no such field inside": (["--has", "authors.mail"], "'authors.mail' is no field of a record; there is authors"),
    "tsv of everything": (["--format", "tsv"], "--format tsv needs the columns: name them with --field."),
    "no day": (["--since", "yesterday"], "'yesterday' is no day such as 2026-11-22."),
}


@pytest.mark.parametrize(("options", "said"), USAGE.values(), ids=USAGE)
def test_usage(tmp_path: Path, options: list[str], said: str) -> None:
    """What cannot be asked for is said in a sentence, with code 2."""
    ran = scraper_("cat", shelf.write(tmp_path / "articles.jsonl", shelf.articles()[:1]), *options)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


BROKEN = {
    "no json": b"{]",
    "no object": b"[]",
    "no utf-8": b'{"id":"a","text":"\xff"}',
    "half a surrogate": b'{"id":"a","title":"\\ud800"}',
    "a number for an id": b'{"id":7}',
    "deep": b'{"id":' + b"[" * 100_000,
}


@pytest.mark.parametrize("line", BROKEN.values(), ids=BROKEN)
def test_line_that_is_no_record(tmp_path: Path, line: bytes) -> None:
    """What stands before the first line that is no record comes out; then it is named, with code 1."""
    path = shelf.write(tmp_path / "articles.jsonl", [shelf.articles()[0], line, shelf.articles()[1]])
    ran = scraper_("cat", path, "--field", "id", "--field", "title")
    assert ran.code == 1, ran.err
    assert ran.out.startswith(shelf.articles()[0].id) and ran.out.count("\n") == 1
    assert ran.err.startswith(f"{path}:2: is no record (") and ran.err.count("\n") == 1


def test_torn_gzip(tmp_path: Path) -> None:
    """A packed file that ends in the middle is one sentence and code 1."""
    whole = gzip.compress(b"".join(article.to_json().encode() + b"\n" for article in shelf.articles()))
    path = tmp_path / "articles.jsonl.gz"
    path.write_bytes(whole[: len(whole) // 2])
    ran = scraper_("cat", path)
    assert ran.code == 1
    lines = ran.out.splitlines()
    assert lines and all(json.loads(line) for line in lines)
    assert ran.err == f"{path}:{len(lines) + 1}: the compressed file ends in the middle; copy it once more\n"


def test_closed_pipe_is_silent(tmp_path: Path) -> None:
    """A reader that has enough ends it without a word."""
    path = shelf.write(tmp_path / "articles.jsonl", shelf.articles() * 20)
    command = f"{sys.executable} -m scraper cat {path} | head -n 1; exit ${{PIPESTATUS[0]}}"
    ran = subprocess.run(command, shell=True, executable="/bin/bash", capture_output=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert json.loads(ran.stdout)["id"] == shelf.articles()[0].id
