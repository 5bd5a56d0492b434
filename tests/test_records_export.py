"""scraper export: Parquet, CSV and SQLite hold what the records hold, with the right types."""

from __future__ import annotations

import csv
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import shelf
from test_cli import scraper_

from scraper.model import Article
from scraper.records.files import open_records
from scraper.records.parquet import arrow_schema
from scraper.sinks import encode_article

COUNT = len(shelf.articles())


def needs(name: str) -> Any:
    return pytest.importorskip(name, reason=f"{name} is not installed; pip install --group dev", exc_type=ImportError)


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the shelf in two files, lean records and a second revision among them."""
    folder = tmp_path_factory.mktemp("records")
    shelf.write(folder / "articles-2026-11-22-0001.jsonl", shelf.articles())
    lean = encode_article(shelf.articles()[0], "lean").rstrip()
    second = shelf.record(revision=2, previous_hash=shelf.record()["content_hash"], changed_fields=["lead"])
    shelf.write(folder / "articles-2026-11-22-0002.jsonl", [lean, second])
    return folder


@pytest.fixture(scope="module")
def expected(records: Path) -> list[dict[str, Any]]:
    """The records as JSON gives them; what lean ones leave out is null."""
    lines = [line for file in sorted(records.iterdir()) for line in file.read_bytes().splitlines()]
    return [dict.fromkeys(Article.__struct_fields__) | json.loads(line) for line in lines]


@pytest.fixture(scope="module")
def parquet(records: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    needs("pyarrow")
    path = tmp_path_factory.mktemp("parquet") / "articles.parquet"
    ran = scraper_("export", records, "--to", path)
    assert (ran.code, ran.out, ran.err) == (0, "", f"{COUNT + 2} records in {path}\n")
    assert list(path.parent.iterdir()) == [path]
    return path


TYPES = {
    "id": "string",
    "revision": "int64",
    "page_type": "string",
    "published_date": "date32[day]",
    "published_at": "timestamp[us, tz=UTC]",
    "authors": "list<element: struct<name: string, type: string, url: string>>",
    "tags": "list<element: string>",
    "confidence": "double",
    "pages": "struct<count: int64, urls: list<element: string>, truncated: bool>",
    "warnings": "list<element: struct<code: string, field: string, detail: string>>",
}


def as_json(value: Any) -> Any:
    """Return a value of Arrow as JSON has it."""
    if isinstance(value, dict):
        return {key: as_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_json(item) for item in value]
    return value.isoformat().replace("+00:00", "Z") if hasattr(value, "isoformat") else value


def test_parquet_with_pyarrow(parquet: Path, expected: list[dict[str, Any]]) -> None:
    """Every value of every record comes back, and each column has the type that the model gives it."""
    pq = needs("pyarrow.parquet")
    table = pq.read_table(parquet)
    assert as_json(table.to_pylist()) == expected
    assert table.schema.names == list(Article.__struct_fields__)
    assert {name: str(table.schema.field(name).type) for name in TYPES} == TYPES
    assert table.schema.metadata[b"schema_version"] == b"1.0"


def test_parquet_with_pandas(parquet: Path, expected: list[dict[str, Any]]) -> None:
    """pandas sees counts as numbers, instants with their zone, texts as they are."""
    pandas = needs("pandas")
    frame = pandas.read_parquet(parquet)
    assert str(frame.published_at.dtype) == "datetime64[us, UTC]"
    assert (str(frame.word_count.dtype), str(frame.confidence.dtype)) == ("int64", "float64")
    assert frame.text.tolist() == [record["text"] for record in expected]
    assert frame.authors[15][0]["name"] == expected[15]["authors"][0]["name"]


def test_parquet_with_polars(parquet: Path, expected: list[dict[str, Any]]) -> None:
    """Polars has the types of Arrow, nested ones included."""
    polars = needs("polars")
    frame = polars.read_parquet(parquet)
    assert frame.schema["published_date"] == polars.Date
    assert frame.schema["published_at"] == polars.Datetime("us", "UTC")
    assert frame.schema["authors"].inner.fields[0].dtype == polars.String
    assert as_json(frame.to_dicts()) == expected


def test_parquet_with_duckdb(parquet: Path, expected: list[dict[str, Any]]) -> None:
    """DuckDB asks inside structs and lists."""
    duckdb = needs("duckdb")
    rows = duckdb.sql(f"SELECT column_name, column_type FROM (DESCRIBE FROM '{parquet}')").fetchall()
    kinds = dict(rows)
    assert (kinds["published_date"], kinds["published_at"]) == ("DATE", "TIMESTAMP WITH TIME ZONE")
    assert kinds["authors"] == 'STRUCT("name" VARCHAR, "type" VARCHAR, url VARCHAR)[]'
    asked = f"""SELECT count(*) FROM '{parquet}' WHERE "fetch".status = 200 AND len(authors) = 2"""
    wanted = sum(r["fetch"]["status"] == 200 and len(r["authors"]) == 2 for r in expected)
    assert duckdb.sql(asked).fetchall() == [(wanted,)]


def test_every_field_has_a_column_type() -> None:
    """The schema is made from the model: no field of it is without a type."""
    needs("pyarrow")
    assert arrow_schema().names == list(Article.__struct_fields__)


def test_csv(records: Path, expected: list[dict[str, Any]], tmp_path: Path) -> None:
    """A column a field; null is empty, what is nested is JSON, line feeds stay."""
    path = tmp_path / "articles.csv"
    assert scraper_("export", records, "--to", path).code == 0
    csv.field_size_limit(1 << 24)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    def cell(value: Any) -> str:
        if isinstance(value, dict | list):
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        return "" if value is None else str(value)

    assert rows == [{name: cell(value) for name, value in record.items()} for record in expected]


def test_sqlite(records: Path, expected: list[dict[str, Any]], tmp_path: Path) -> None:
    """Tables of articles, authors, tags and related, of which the records can be put together again."""
    path = tmp_path / "articles.sqlite"
    assert scraper_("export", records, "--to", path).code == 0
    with closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        found = []
        for row in database.execute("SELECT * FROM articles ORDER BY record"):
            record = {name: value for name, value in dict(row).items() if name != "record"}
            for table in ("authors", "related", "tags"):
                asked = f"SELECT * FROM {table} WHERE record = ? ORDER BY position"
                items = [dict(item) for item in database.execute(asked, [row["record"]])]
                record[table] = [item["tag"] if table == "tags" else dict(list(item.items())[2:]) for item in items]
            found.append(record)
        nested = [name for name, value in expected[0].items() if isinstance(value, dict | list)]
        for record in found:
            for name in set(nested) - {"authors", "related", "tags"}:
                record[name] = None if record[name] is None else json.loads(record[name])
        assert found == expected
        assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        kinds = database.execute("SELECT typeof(word_count), typeof(confidence), typeof(published_date) FROM articles")
        assert tuple(kinds.fetchone()) == ("integer", "real", "text")


KINDS = ".parquet, .csv, .sqlite, .jsonl, .jsonl.gz, .jsonl.zst"
USAGE = {
    "no kind": ("out.xlsx", 2, f"records are exported to {KINDS}; the name's ending says to which."),
    "no name": (".parquet", 2, f"records are exported to {KINDS}; the name's ending says to which."),
    "is there": ("there.csv", 2, "is there already; --force overwrites it."),
    "no folder": ("none/out.csv", 5, "cannot be written (No such file or directory)."),
    "a file for a folder": ("there.csv/out.csv", 5, "cannot be written (Not a directory)."),
    "no folder for sqlite": ("none/out.sqlite", 5, "cannot be written (unable to open database file)."),
    "no folder for parquet": ("none/out.parquet", 5, "cannot be written (No such file or directory)."),
}


@pytest.mark.parametrize(("name", "code", "said"), USAGE.values(), ids=USAGE)
def test_what_cannot_be_written(records: Path, tmp_path: Path, name: str, code: int, said: str) -> None:
    """One sentence, the right code, and nothing touched."""
    if name.endswith(".parquet"):
        needs("pyarrow")
    (tmp_path / "there.csv").write_text("mine")
    ran = scraper_("export", records, "--to", tmp_path / name)
    assert (ran.code, ran.err) == (code, f"{tmp_path / name}: {said}\n")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("there.csv", "mine")]


def test_force(records: Path, tmp_path: Path) -> None:
    """By force a file that is there is replaced."""
    (tmp_path / "there.csv").write_text("mine")
    assert scraper_("export", records, "--to", tmp_path / "there.csv", "--force").code == 0
    assert (tmp_path / "there.csv").read_text(encoding="utf-8").startswith("schema_version,id,")


@pytest.mark.parametrize("ending", ["csv", "sqlite", "parquet", "jsonl", "jsonl.gz", "jsonl.zst"])
def test_bad_line_leaves_no_file(records: Path, tmp_path: Path, ending: str) -> None:
    """A line that is no record ends it with its place and code 1; no half of a file is left."""
    if ending == "parquet":
        needs("pyarrow")
    bad = shelf.write(tmp_path / "bad.jsonl", [*shelf.articles()[:2], b'{"revision":"first"}'])
    (tmp_path / "out").mkdir()
    ran = scraper_("export", bad, "--to", tmp_path / "out" / f"articles.{ending}")
    assert ran.code == 1
    assert ran.err.startswith(f"{bad}:3: is no record (Expected `int | null`, got `str`")
    assert list((tmp_path / "out").iterdir()) == []
    shelf.write(bad, [shelf.record(word_count=1 << 70)])
    if ending in {"sqlite", "parquet"}:
        assert scraper_("export", bad, "--to", tmp_path / "out" / f"articles.{ending}").err.startswith(
            f"{bad}:1: is no"
        )
        assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("ending", ["csv", "sqlite", "parquet"])
def test_another_major_version_is_refused(tmp_path: Path, ending: str) -> None:
    """Its fields may mean something else under the same names, so they go into no table; newer minor ones do."""
    if ending == "parquet":
        needs("pyarrow")
    shelf.write(tmp_path / "minor.jsonl", [shelf.record(schema_version="1.9", mood="calm")])
    assert scraper_("export", tmp_path / "minor.jsonl", "--to", tmp_path / f"minor.{ending}").code == 0
    major = shelf.write(tmp_path / "major.jsonl", [shelf.record(), shelf.record(schema_version="2.0")])
    ran = scraper_("export", major, "--to", tmp_path / f"major.{ending}")
    assert (ran.code, ran.err) == (1, f"{major}:2: is a record of version 2.0; this program reads 1.x\n")
    assert not (tmp_path / f"major.{ending}").exists()


FULL = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
from scraper.cli.main import run
sys.exit(run(["export", sys.argv[1], "--to", sys.argv[2]]))
"""


@pytest.mark.parametrize("ending", ["csv", "sqlite", "parquet", "jsonl", "jsonl.gz", "jsonl.zst"])
def test_full_disk(records: Path, tmp_path: Path, ending: str) -> None:
    """A disk that takes no more is one sentence, code 5 and no half of a file."""
    if ending == "parquet":
        needs("pyarrow")
    to = tmp_path / f"articles.{ending}"
    ran = subprocess.run([sys.executable, "-c", FULL, records, to], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr.count("\n")) == (5, 1), ran.stderr
    assert ran.stderr.startswith(f"{to}: cannot be written (")
    assert list(tmp_path.iterdir()) == []


def test_without_pyarrow(records: Path, tmp_path: Path) -> None:
    """Where pyarrow is missing it is said what to install."""
    code = "import sys; sys.modules['pyarrow'] = None\nfrom scraper.cli.main import run\nsys.exit(run(sys.argv[1:]))"
    to = tmp_path / "a.parquet"
    command = [sys.executable, "-c", code, "export", records, "--to", to]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (2, "Parquet needs pyarrow: pip install 'article-scraper[parquet]'.\n")


@pytest.mark.parametrize("ending", ["jsonl", "jsonl.gz", "jsonl.zst"])
def test_jsonl(records: Path, tmp_path: Path, ending: str) -> None:
    """Many files become one, line by line as they were, and packed as the name says."""
    path = tmp_path / f"articles.{ending}"
    assert scraper_("export", records, "--to", path).code == 0
    lines = b"".join(file.read_bytes() for file in sorted(records.iterdir()))
    with open_records(path) as file:
        assert file.read() == lines
    head = {"jsonl": b'{"sc', "jsonl.gz": b"\x1f\x8b", "jsonl.zst": b"\x28\xb5\x2f\xfd"}
    assert path.read_bytes().startswith(head[ending])


# --- the JSONL itself ------------------------------------------------------------------------------------


def test_jsonl_with_duckdb(records: Path, expected: list[dict[str, Any]]) -> None:
    """DuckDB finds days, instants, numbers, lists and structs of its own accord."""
    duckdb = needs("duckdb")
    source = f"'{records}/articles-*.jsonl'"
    kinds = dict(duckdb.sql(f"SELECT column_name, column_type FROM (DESCRIBE FROM {source})").fetchall())
    assert kinds["published_date"] == "DATE"
    assert kinds["published_at"].startswith("TIMESTAMP")  # with or without its zone, by DuckDB's version
    assert (kinds["text"], kinds["word_count"], kinds["confidence"]) == ("VARCHAR", "BIGINT", "DOUBLE")
    assert (kinds["tags"], kinds["id"]) == ("VARCHAR[]", "VARCHAR")
    assert kinds["authors"].startswith("STRUCT(")
    assert duckdb.sql(f"SELECT sum(word_count) FROM {source}").fetchall() == [(sum(r["word_count"] for r in expected),)]


def test_jsonl_with_polars(records: Path, expected: list[dict[str, Any]]) -> None:
    """Polars finds numbers, lists and structs; days and instants stay text, which sorts as they do."""
    polars = needs("polars")
    frame = polars.read_ndjson(records / "articles-2026-11-22-0001.jsonl")
    assert (frame.schema["word_count"], frame.schema["published_at"]) == (polars.Int64, polars.String)
    assert frame.schema["tags"] == polars.List(polars.String)
    assert isinstance(frame.schema["fetch"], polars.Struct)
    assert frame["text"].to_list() == [record["text"] for record in expected[:COUNT]]


def test_jsonl_with_pandas(records: Path, expected: list[dict[str, Any]]) -> None:
    """pandas reads instants by their names (`_at`), ids as text, numbers as numbers."""
    pandas = needs("pandas")
    frame = pandas.read_json(records / "articles-2026-11-22-0001.jsonl", lines=True)
    assert str(frame.published_at.dtype).startswith("datetime64[") and str(frame.word_count.dtype) == "int64"
    assert frame.id.tolist() == [record["id"] for record in expected[:COUNT]]
    assert frame.tags.tolist() == [record["tags"] for record in expected[:COUNT]]


@pytest.fixture(scope="module")
def packed(records: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The records in one file of each packing, by their names in the order of the others."""
    folder = tmp_path_factory.mktemp("packed")
    for number, ending in enumerate(("jsonl", "jsonl.gz", "jsonl.zst")):
        assert scraper_("export", records, "--to", folder / f"articles-{number}.{ending}").code == 0
    return folder


def test_packed_jsonl_with_duckdb(packed: Path, expected: list[dict[str, Any]]) -> None:
    """DuckDB reads plain and packed files by one pattern, with the same types."""
    duckdb = needs("duckdb")
    source = f"read_json('{packed}/articles-*.jsonl*', union_by_name = true, sample_size = -1)"
    frame = duckdb.sql(f"FROM {source}")
    kinds = dict(zip(frame.columns, map(str, frame.types), strict=True))
    assert (kinds["published_date"], kinds["modified_date"]) == ("DATE", "DATE")
    assert kinds["published_at"].startswith("TIMESTAMP") and kinds["modified_at"].startswith("TIMESTAMP")
    days = [record["published_date"] for record in expected if record["published_date"]]
    asked = f"SELECT count(*), count(published_date), min(published_date)::VARCHAR FROM {source}"
    assert duckdb.sql(asked).fetchall() == [(3 * len(expected), 3 * len(days), min(days))]


def test_late_values_with_duckdb(tmp_path: Path) -> None:
    """With both options of the docs a value is read that stands behind 30,000 nulls, or in the fortieth file alone."""
    duckdb = needs("duckdb")
    (tmp_path / "late.jsonl").write_text('{"id":"1","hash":null,"day":null}\n' * 30_000 + '{"id":"2","hash":"ab"}\n')
    for number in range(40):
        last = '"2026-01-02"' if number == 39 else "null"
        (tmp_path / f"many-{number:02}.jsonl").write_text(f'{{"id":"1","hash":null,"day":{last}}}\n')
    source = f"read_json('{tmp_path}/*.jsonl', union_by_name = true, sample_size = -1)"
    asked = f"SELECT count(*), max(hash), max(day)::VARCHAR, any_value(typeof(day)) FROM {source}"
    assert duckdb.sql(asked).fetchall() == [(30_041, "ab", "2026-01-02", "DATE")]


def test_packed_jsonl_with_polars(packed: Path, expected: list[dict[str, Any]]) -> None:
    """Given the schema, Polars reads plain and packed files by one pattern, and every value as the Parquet has it."""
    polars = needs("polars")
    needs("pyarrow")
    frame = polars.scan_ndjson(packed / "articles-*.jsonl*", schema=polars.Schema(arrow_schema())).collect()
    assert frame.schema["published_at"] == polars.Datetime("us", "UTC")
    assert as_json(frame.to_dicts()) == expected * 3


def test_newer_jsonl_with_polars(tmp_path: Path) -> None:
    """Keys that a newer writer adds are passed over, and fractions of a second are kept."""
    polars = needs("polars")
    needs("pyarrow")
    path = shelf.write(tmp_path / "a.jsonl", [shelf.record(mood="sunny", published_at="2026-01-02T03:04:05.25Z")])
    frame = polars.read_ndjson(path, schema=polars.Schema(arrow_schema()))
    assert as_json(frame["published_at"].to_list()) == ["2026-01-02T03:04:05.250000Z"]
