"""scraper export --partition-by: folders by site, day and language that every reader of Hive's naming understands."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import shelf
from hypothesis import given
from hypothesis import strategies as st
from test_cli import scraper_
from test_records_export import FULL, as_json, needs

from scraper.records import partition
from scraper.records.partition import NULL, folder_name, write_partitions

ODD = (
    ("bücher.example", "2026-01-02", "no"),
    ("a/b%c.example", None, "en-GB"),
    ("..", "0001-01-01", None),
    (None, None, None),
    ("", "9999-12-31", "nan"),
    ("127.0.0.1", "2026-01-02", "true"),
)
"""Values that a careless writer or reader stumbles over: domain, published_date, language."""
FIELDS = {"site": "domain", "date": "published_date", "language": "language"}


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the shelf, and a packed file of odd records."""
    folder = tmp_path_factory.mktemp("records")
    shelf.write(folder / "articles-2026-11-22-0001.jsonl", shelf.articles())
    odd = [
        shelf.record(id=f"odd{number}", domain=site, published_date=day, language=language)
        for number, (site, day, language) in enumerate(ODD)
    ]
    assert scraper_("export", shelf.write(folder / "odd", odd), "--to", folder / "articles-odd.jsonl.zst").code == 0
    (folder / "odd").unlink()
    return folder


@pytest.fixture(scope="module")
def expected(records: Path) -> list[dict[str, Any]]:
    lines = scraper_("cat", records).out.splitlines()
    assert len(lines) == len(shelf.articles()) + len(ODD)
    return [json.loads(line) for line in lines]


def counted(expected: list[dict[str, Any]], keys: str) -> Counter[tuple[str | None, ...]]:
    return Counter(tuple(record[FIELDS[key]] or None for key in keys.split(",")) for record in expected)


@pytest.fixture(scope="module", params=["site", "date", "language", "site,date", "language,site"])
def parts(records: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> tuple[str, Path]:
    needs("pyarrow")
    to = tmp_path_factory.mktemp("parts") / "news"
    ran = scraper_("export", records, "--to", to, "--partition-by", request.param)
    assert (ran.code, ran.out, ran.err) == (0, "", f"{len(shelf.articles()) + len(ODD)} records in {to}\n")
    assert list(to.parent.iterdir()) == [to]
    return request.param, to


def test_names(parts: tuple[str, Path], expected: list[dict[str, Any]]) -> None:
    """There is one file for each value, `key=value` all the way down, and nothing else."""
    keys, to = parts
    files = [path.relative_to(to) for path in to.rglob("*") if path.is_file()]
    assert {path.name for path in files} == {"part-0001.parquet"}
    found = [tuple(folder.partition("=")[2] for folder in path.parts[:-1]) for path in files]
    assert [",".join(folder.partition("=")[0] for folder in path.parts[:-1]) for path in files] == [keys] * len(files)
    assert {tuple(None if name == NULL else unquote(name) for name in names) for names in found} == set(
        counted(expected, keys)
    )


def test_with_pyarrow(parts: tuple[str, Path], expected: list[dict[str, Any]]) -> None:
    """pyarrow finds every record in its partition; given a schema, days are days."""
    keys, to = parts
    pa, dataset = needs("pyarrow"), needs("pyarrow.dataset")
    kinds = {"site": pa.string(), "date": pa.date32(), "language": pa.string()}
    hive = dataset.partitioning(pa.schema([(key, kinds[key]) for key in keys.split(",")]), flavor="hive")
    table = dataset.dataset(to, partitioning=hive).to_table()
    assert Counter(as_json(tuple(row[key] for key in keys.split(","))) for row in table.to_pylist()) == {
        tuple(day(value) if key == "date" else value for key, value in zip(keys.split(","), values, strict=True)): count
        for values, count in counted(expected, keys).items()
    }
    assert str(table.schema.field("published_at").type) == "timestamp[us, tz=UTC]"
    assert dataset.dataset(to, partitioning="hive").to_table().num_rows == len(expected)


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def test_with_duckdb(parts: tuple[str, Path], expected: list[dict[str, Any]]) -> None:
    """DuckDB finds every record in its partition, days as DATE, names as VARCHAR, nothing as null."""
    keys, to = parts
    duckdb = needs("duckdb")
    frame = duckdb.sql(f"FROM read_parquet('{to}/**/*.parquet', hive_partitioning = true)")
    kinds = dict(zip(frame.columns, map(str, frame.types), strict=True))
    assert [kinds[key] for key in keys.split(",")] == [
        "DATE" if key == "date" else "VARCHAR" for key in keys.split(",")
    ]
    assert kinds["published_at"] == "TIMESTAMP WITH TIME ZONE"
    columns = ", ".join(f"{key}::VARCHAR" for key in keys.split(","))
    assert Counter(duckdb.sql(f"SELECT {columns} FROM frame").fetchall()) == counted(expected, keys)


def test_with_polars(parts: tuple[str, Path], expected: list[dict[str, Any]]) -> None:
    """Polars finds every record in its partition, days as Date, names as String, nothing as null."""
    keys, to = parts
    polars = needs("polars")
    frame = polars.read_parquet(to, hive_partitioning=True)
    assert [frame.schema[key] for key in keys.split(",")] == [
        polars.Date if key == "date" else polars.String for key in keys.split(",")
    ]
    assert frame.schema["published_at"] == polars.Datetime("us", "UTC")
    assert Counter(frame.select(polars.col(keys.split(",")).cast(polars.String)).rows()) == counted(expected, keys)


def test_whole_records_in_order(parts: tuple[str, Path], expected: list[dict[str, Any]]) -> None:
    """Every value of every record comes back, and the records of a partition stand in the order they came in."""
    _, to = parts
    pq = needs("pyarrow.parquet")
    rows = [row for file in to.rglob("*.parquet") for row in as_json(pq.ParquetFile(file).read().to_pylist())]
    place = {record["id"]: number for number, record in enumerate(expected)}
    assert sorted(rows, key=lambda row: place[row["id"]]) == expected
    for file in to.rglob("*.parquet"):
        ids = pq.ParquetFile(file).read(["id"])["id"].to_pylist()
        assert ids == sorted(ids, key=lambda each: place[each])


@pytest.mark.parametrize("form", ["csv", "jsonl", "jsonl.gz", "jsonl.zst"])
def test_other_formats(records: Path, expected: list[dict[str, Any]], tmp_path: Path, form: str) -> None:
    """The files may be CSV or JSONL, packed or not, and hold the same records."""
    to = tmp_path / "news"
    assert scraper_("export", records, "--to", to, "--partition-by", "site,date", "--format", form).code == 0
    files = sorted(to.rglob(f"part-0001.{form}"))
    assert len(files) == len(counted(expected, "site,date"))
    if form == "csv":
        csv.field_size_limit(1 << 24)
        texts = [io.StringIO(file.read_bytes().decode(), newline="") for file in files]
        found = [row["id"] for text in texts for row in csv.DictReader(text)]
        assert sorted(found) == sorted(record["id"] for record in expected)
        return
    lines = scraper_("cat", *files).out.splitlines()
    assert sorted(lines) == sorted(scraper_("cat", records).out.splitlines())
    assert scraper_("cat", to).out.splitlines() == lines
    site = next(to.glob("site=*"))
    assert scraper_("cat", site).out.splitlines() == scraper_("cat", *sorted(site.rglob("*.*"))).out.splitlines()
    duckdb = needs("duckdb")
    asked = f"FROM read_json('{to}/**/*.{form}', hive_partitioning = true, union_by_name = true)"
    assert duckdb.sql(f"SELECT count(*), any_value(typeof(date)) {asked}").fetchall() == [(len(expected), "DATE")]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_folder_names(value: str) -> None:
    """A folder's name holds no separator, nothing but ASCII, and gives the value back."""
    name = folder_name("site", value)
    assert name.isascii() and name.isprintable() and not set(name) & set('/\\:*?"<>| ')
    assert unquote(name.removeprefix("site=")) == value


def test_many_partitions_few_open_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More partitions than a process may open files, and more bytes than are held, are one file open at a time."""
    resource = pytest.importorskip("resource")
    monkeypatch.setattr(partition, "_HELD_BYTES", 20_000)
    lines = [b'{"id":"%d","domain":"site%d.example"}' % (number, number % 300) for number in range(3_000)]
    source = shelf.write(tmp_path / "articles.jsonl", lines)
    (tmp_path / "news").mkdir()
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(list(Path("/dev/fd").iterdir())) + 8, before[1]))
    try:
        assert write_partitions([source], tmp_path / "news", ["site"], ".jsonl") == 3_000
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    files = sorted((tmp_path / "news").rglob("*"))
    assert len(files) == 600
    assert (tmp_path / "news/site=site7.example/part-0001.jsonl").read_bytes().splitlines() == lines[7::300]


def test_one_folder_for_two_partitions(tmp_path: Path) -> None:
    """A file that stands where a part belongs, as on a disk that takes two names for one, is left alone."""
    (tmp_path / "language=en-GB").mkdir()
    (tmp_path / "language=en-GB/part-0001.jsonl").write_text("there")
    source = shelf.write(tmp_path / "articles.jsonl", [shelf.record(language="en-GB")])
    assert write_partitions([source], tmp_path, ["language"], ".jsonl") == 1
    assert {path.name for path in (tmp_path / "language=en-GB").iterdir()} == {"part-0001.jsonl", "part-0002.jsonl"}


USAGE = {
    "no such key": (["--partition-by", "month"], "--partition-by month: name site, date, language"),
    "a key twice": (["--partition-by", "site,site"], "--partition-by site,site: name site, date, language"),
    "no key": (["--partition-by", ","], "--partition-by ,: name site, date, language"),
    "a format of one file": (["--format", "csv"], "--format is for a folder (--partition-by)"),
}


@pytest.mark.parametrize(("arguments", "said"), USAGE.values(), ids=USAGE)
def test_usage(records: Path, tmp_path: Path, arguments: list[str], said: str) -> None:
    """What cannot be meant is one sentence and code 2."""
    ran = scraper_("export", records, "--to", tmp_path / "news", *arguments)
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    assert ran.err.startswith(said)
    assert list(tmp_path.iterdir()) == []


def test_file_name_for_a_folder(records: Path, tmp_path: Path) -> None:
    """A name that says it is a file is none for a folder."""
    ran = scraper_("export", records, "--to", tmp_path / "news.csv", "--partition-by", "site")
    said = "--partition-by writes a folder; name one without an ending, and the files' --format."
    assert (ran.code, ran.err) == (2, f"{tmp_path / 'news.csv'}: {said}\n")


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def to_jsonl(records: Path, to: Path, *more: str) -> Any:
    return scraper_("export", records, "--to", to, "--partition-by", "site", "--format", "jsonl", *more)


def test_what_is_there(records: Path, tmp_path: Path) -> None:
    """An empty folder is filled, an earlier export replaced by force alone, and anything else never."""
    to = tmp_path / "news"
    to.mkdir()
    assert to_jsonl(records, to).code == 0
    full = tree(to)
    ran = to_jsonl(records, to)
    assert (ran.code, ran.err) == (2, f"{to}: is there already; --force overwrites it.\n")
    one = shelf.write(tmp_path / "one.jsonl", [shelf.record(domain="new.example")])
    assert to_jsonl(one, to, "--force").code == 0
    assert list(tree(to)) == ["site=new.example/part-0001.jsonl"]
    (to / "site=new.example" / "notes.txt").write_text("mine")
    ran = to_jsonl(records, to, "--force")
    said = f"{to}: holds site=new.example/notes.txt, which no export wrote; name another folder.\n"
    assert (ran.code, ran.err) == (2, said)
    assert len(tree(to)) == 2 and len(full) > 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["news", "one.jsonl"]


def test_never_over_what_is_read(records: Path, tmp_path: Path) -> None:
    """By force or not, the folder that is read is not replaced."""
    before = tree(records)
    for more in ([], ["--force"]):
        assert to_jsonl(records, records, *more).code == 2
    assert tree(records) == before
    assert to_jsonl(records, tmp_path / "news").code == 0
    before = tree(tmp_path / "news")
    assert to_jsonl(tmp_path / "news", tmp_path / "news", "--force").code == 2
    assert tree(tmp_path / "news") == before


def test_over_a_file_and_under_none(records: Path, tmp_path: Path) -> None:
    """A file is no place for a folder, and a folder that is not there none for another."""
    (tmp_path / "file").write_text("mine")
    assert to_jsonl(records, tmp_path / "file", "--force").err.endswith("is a file; --partition-by writes a folder.\n")
    ran = to_jsonl(records, tmp_path / "none" / "news")
    assert (ran.code, ran.err) == (5, f"{tmp_path}/none/news: cannot be written (No such file or directory).\n")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("file", "mine")]


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
@pytest.mark.parametrize("bad", [b'{"revision":"first","domain":"b.example"}', b'{"domain":7}', b"\xff"], ids=str)
def test_bad_line_is_named_where_it_stands(tmp_path: Path, form: str, bad: bytes) -> None:
    """A line that is no record is named by its own file and line; what was there stays, and nothing else is left."""
    if form == "parquet":
        needs("pyarrow")
    (tmp_path / "in").mkdir()
    good = [shelf.record(domain=name) for name in ("c.example", "b.example", "a.example")]
    shelf.write(tmp_path / "in" / "articles-1.jsonl", good)
    second = shelf.write(tmp_path / "in" / "articles-2.jsonl", [*good, bad, *good])
    to = tmp_path / "news"
    assert to_jsonl(tmp_path / "in" / "articles-1.jsonl", to).code == 0
    before = tree(to)
    ran = scraper_(
        "export", tmp_path / "in", "--to", to, "--partition-by", "site", "--format", form, "--force"
    )  # fmt: skip
    assert ran.code == 1
    assert ran.err.startswith(f"{second}:4: is no record (")
    assert tree(to) == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in", "news"]


def test_full_disk(records: Path, tmp_path: Path) -> None:
    """A disk that takes no more is one sentence, code 5, and no folder."""
    code = FULL.replace("sys.argv[2]]", "sys.argv[2], '--partition-by', 'language', '--format', 'jsonl']")
    to = tmp_path / "news"
    ran = subprocess.run([sys.executable, "-c", code, records, to], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (5, f"{to}: cannot be written (File too large).\n")
    assert list(tmp_path.iterdir()) == []


def test_where_one_stands(records: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`.` and a link are places as any other."""
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    assert to_jsonl(records, tmp_path / "link").code == 0
    assert (tmp_path / "link").is_symlink() and tree(tmp_path / "real")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert to_jsonl(records, Path()).code == 0
    assert tree(tmp_path / "here") == tree(tmp_path / "real")


def test_no_records(tmp_path: Path) -> None:
    """Of no records comes an empty folder."""
    (tmp_path / "none.jsonl").write_bytes(b"")
    assert to_jsonl(tmp_path / "none.jsonl", tmp_path / "news").err == f"0 records in {tmp_path / 'news'}\n"
    assert list((tmp_path / "news").iterdir()) == []
