"""scraper validate: what is written passes, and every planted fault is named with its place."""

from __future__ import annotations

import copy
import gzip
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
import shelf
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from test_cli import scraper_

from scraper.model import LEFT_OUT_OF_LEAN
from scraper.records.files import BLOCK_BYTES, MAX_LINE_BYTES, zstd
from scraper.records.shape import Object, shape_faults
from scraper.records.validate import BadLine, Validation
from scraper.records.written import WrittenLines
from scraper.sinks import article_schema, encode_article

Record = dict[str, Any]


def check(*files: Path, deep: bool = False) -> list[BadLine]:
    return list(Validation(deep=deep).bad_lines(files))


# --- what is right ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("profile", ["full", "lean"])
def test_what_is_written_is_right(tmp_path: Path, profile: Any) -> None:
    """Every record that the fixture pages give keeps every promise, in both profiles."""
    lines = [encode_article(article, profile).rstrip() for article in shelf.articles()]
    assert check(shelf.write(tmp_path / "articles.jsonl", lines), deep=True) == []


def test_spelling_of_json_is_free(tmp_path: Path) -> None:
    """Spaces, escapes, +00:00 and a last line without its line feed are no faults: other tools write so."""
    record = shelf.record(published_at="2025-03-04T07:30:00+00:00", confidence=1)
    path = tmp_path / "articles.jsonl"
    path.write_bytes(json.dumps(record).encode())
    assert check(path, deep=True) == []


def test_profiles_and_versions_may_be_mixed(tmp_path: Path) -> None:
    """A newer minor version may have keys and names of lists that we do not know."""
    full, second, third = (json.loads(article.to_json()) for article in shelf.articles()[:3])
    lean = {key: value for key, value in second.items() if key not in LEFT_OUT_OF_LEAN}
    newer = third | {"schema_version": "1.9", "method": "oracle", "mood": {"calm": 1.0}}
    newer["fetch"] = newer["fetch"] | {"proxy": None}
    assert check(shelf.write(tmp_path / "articles.jsonl", [full, lean, newer]), deep=True) == []


# --- what is wrong ---------------------------------------------------------------------------------------


def put(*path: str | int, value: Any) -> Callable[[Record], Record]:
    """Return what sets one value of a record, however deep."""

    def change(record: Record) -> Record:
        *way, last = path
        inner: Any = record
        for step in way:
            inner = inner[step]
        inner[last] = value
        return record

    return change


def drop(*path: str | int) -> Callable[[Record], Record]:
    def change(record: Record) -> Record:
        *way, last = path
        inner: Any = record
        for step in way:
            inner = inner[step]
        del inner[last]
        return record

    return change


def moved_last(key: str) -> Callable[[Record], Record]:
    return lambda record: record | {key: record.pop(key)}


def spelled(old: bytes, new: bytes) -> Callable[[Record], bytes]:
    """Return what writes the record and changes its bytes once."""

    def change(record: Record) -> bytes:
        line = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()
        assert old in line
        return line.replace(old, new, 1)

    return change


LINK = {"text": "here", "url": "http://courier.example/"}
IMAGE = {"url": "http://courier.example/a.jpg", "role": "inline", "alt": None, "caption": None, "credit": None}
IMAGE |= {"width": 1, "height": 1, "block": 999}
SHAPE: dict[str, tuple[Callable[[Record], Record | bytes], str, str]] = {
    "not json": (lambda _: b"{", "", "is not JSON"),
    "torn": (lambda record: json.dumps(record).encode()[:5000], "", "is not JSON (Unterminated string"),
    "empty line": (lambda _: b"", "", "is empty"),
    "not utf-8": (spelled(b'"title":"', b'"title":"\xff'), "", "is not UTF-8 (byte 0xff at "),
    "latin-1": (lambda r: json.dumps(r | {"title": "caf\u00e9"}, ensure_ascii=False).encode("latin-1", "ignore"), "",
                "is not UTF-8"),
    "byte order mark": (spelled(b"{", b"\xef\xbb\xbf{"), "", "begins with a byte order mark"),
    "two values": (spelled(b"{", b"{}{"), "", "is not JSON (Extra data"),
    "NaN": (put("confidence", value=float("nan")), "", "is not JSON (NaN is no number of JSON)"),
    "control character": (spelled(b'"title":"', b'"title":"\x01'), "", "is not JSON (Invalid control character"),
    "nested too deep": (lambda _: b"[" * 100_000, "", "is nested too deep"),
    "a list": (lambda record: json.dumps([record]).encode(), "", "is a list, no object"),
    "half a surrogate pair": (spelled(b'"title":"', b'"title":"\\ud800'), "title", "holds half a surrogate pair"),
    "no version": (drop("schema_version"), "schema_version", "is missing"),
    "version is a number": (put("schema_version", value=1.0), "schema_version", "is no version such as"),
    "next major version": (put("schema_version", value="2.0"), "schema_version", "is 2.0; this program reads 1.x"),
    "key missing": (drop("section"), "section", "is missing"),
    "key missing inside": (drop("fetch", "etag"), "fetch.etag", "is missing"),
    "half lean": (drop("blocks"), "blocks", "is missing"),
    "unknown key": (put("mood", value="calm"), "mood", "is no key of this schema"),
    "unknown key inside": (put("authors", 1, "email", value=None), "authors[1].email", "is no key of this schema"),
    "key twice": (spelled(b'"title":', b'"title":null,"title":'), "title", "is there twice"),
    "keys out of order": (moved_last("title"), "subtitle", "stands where 'title' belongs"),
    "keys out of order inside": (lambda r: put("pages", value=dict(reversed(r["pages"].items())))(r), "pages.truncated",
                                 "stands where 'count' belongs"),
    "null for a string": (put("url", value=None), "url", "is null, no string"),
    "number for a string": (put("id", value=7), "id", "is 7, no string"),
    "string for a number": (put("word_count", value="9"), "word_count", "is '9', no integer"),
    "fraction for a number": (put("revision", value=1.5), "revision", "is 1.5, no integer"),
    "true for a number": (put("char_count", value=True), "char_count", "is true, no integer"),
    "below zero": (put("images", 0, "width", value=-1), "images[0].width", "is -1, below 0"),
    "revision zero": (put("revision", value=0), "revision", "is 0, below 1"),
    "confidence above one": (put("confidence", value=1.01), "confidence", "is 1.01, above 1"),
    "infinite": (lambda r: spelled(b'"confidence":0.5,', b'"confidence":1e999,')(r | {"confidence": 0.5}), "confidence",
                 "is too large a number"),
    "string for a list": (put("tags", value="a"), "tags", "is 'a', no list"),
    "null in a list": (put("tags", value=["a", None]), "tags[1]", "is null, no string"),
    "object for a list": (put("related", value={}), "related", "is an object, no list"),
    "list for an object": (put("rights", value=[]), "rights", "is a list, no object"),
    "number for true": (put("pages", "truncated", value=0), "pages.truncated", "is 0"),
    "page type unknown": (put("page_type", value="essay"), "page_type", "is 'essay', none of article, collection"),
    "block type unknown": (put("blocks", 3, "type", value="p"), "blocks[3].type", "is 'p', none of code, embed"),
    "place is null": (put("related", 0, "place", value=None), "related[0].place", "is null, none of inline"),
    "no such day": (put("published_date", value="2025-02-30"), "published_date", "is 2025-02-30, no day of the calen"),
    "day not ISO": (put("modified_date", value="4 March 2025"), "modified_date", "is '4 March 2025', no day written"),
    "instant for a day": (put("published_date", value="2025-03-04T00:00:00Z"), "published_date", "no day written as"),
    "no zone": (put("published_at", value="2025-03-04T07:30:00"), "published_at", "without a zone: instants are UTC"),
    "other zone": (put("modified_at", value="2025-03-04T07:30:00+02:00"), "modified_at", "not UTC"),
    "no such hour": (put("fetch", "fetched_at", value="2025-03-04T25:00:00Z"), "fetch.fetched_at", "no instant of the"),
    "space for T": (put("published_at", value="2025-03-04 07:30:00Z"), "published_at", "no instant written as"),
    "seconds for an instant": (put("published_at", value=1741073400), "published_at", "is 1741073400, no instant"),
}  # fmt: skip
PROMISES: dict[str, tuple[Callable[[Record], Record | bytes], str, str]] = {
    "not NFC": (put("authors", 0, "name", value="Zoe\u0308"), "authors[0].name", "is not NFC"),
    "relative address": (put("final_url", value="/2025/ferry"), "final_url", "is '/2025/ferry', no absolute address"),
    "address of nothing": (put("images", 0, "url", value="http:///a.jpg"), "images[0].url", "no absolute address"),
    "space in an address": (put("related", 1, "url", value="http://a.example/a b"), "related[1].url", "no absolute"),
    "relative link": (put("blocks", 0, "links", value=[LINK, LINK | {"url": "#top"}]), "blocks[0].links[1].url",
                      "is '#top', no absolute address"),
    "page without address": (put("pages", value={"count": 1, "urls": ["page/2"], "truncated": False}), "pages.urls[0]",
                             "is 'page/2', no absolute address"),
    "id is no hash": (put("id", value="ferry"), "id", "is no hash of 32 hex digits"),
    "near_hash in capitals": (put("near_hash", value="A" * 16), "near_hash", "is no hash of 16 hex digits"),
    "words miscounted": (put("word_count", value=1), "word_count", "is 1; text has "),
    "characters miscounted": (put("char_count", value=2), "char_count", "is 2; text has "),
    "hash of other text": (put("content_hash", value="0" * 32), "content_hash", "is not that of title and text"),
    "title changed": (put("title", value="Another"), "content_hash", "is not that of title and text"),
    "block lost": (drop("blocks", 2), "blocks", "do not join to text"),
    "picture after the end": (put("images", value=[IMAGE]), "images[0].block", "is 999; there is no image"),
    "instant without a day": (put("published_date", value=None), "published_date", "is null, but published_at is"),
    "language out of nowhere": (put("language_source", value=None), "language_source", "does not go with language"),
    "pages miscounted": (put("pages", value={"count": 3, "urls": ["http://a.example/"], "truncated": True}),
                         "pages.urls", "has 1 addresses for 3 pages"),
    "first revision with a past": (put("previous_hash", value="0" * 32), "previous_hash", "is set, but revision is 1"),
    "first revision changed": (put("changed_fields", value=["text"]), "changed_fields", "is not empty, but revision"),
    "later revision without a past": (put("revision", value=2), "previous_hash", "is null, but revision is 2"),
}  # fmt: skip


def planted(tmp_path: Path, change: Callable[[Record], Record | bytes]) -> Path:
    """Write two good records, and a bad one between them."""
    before, after = shelf.articles()[:2]
    return shelf.write(tmp_path / "articles.jsonl", [before, change(copy.deepcopy(shelf.record())), after])


@pytest.mark.parametrize(("change", "path", "reason"), SHAPE.values(), ids=SHAPE)
def test_fault_of_shape_is_found(
    tmp_path: Path, change: Callable[[Record], Record | bytes], path: str, reason: str
) -> None:
    """One fault is one finding: its line, its place in the record, and why."""
    (bad,) = check(planted(tmp_path, change))
    assert (bad.line, bad.path) == (2, path)
    assert reason in bad.reason


@pytest.mark.parametrize(("change", "path", "reason"), PROMISES.values(), ids=PROMISES)
def test_broken_promise_is_found_in_depth(
    tmp_path: Path, change: Callable[[Record], Record | bytes], path: str, reason: str
) -> None:
    """What contradicts itself passes the check of its shape, and --deep finds where."""
    file = planted(tmp_path, change)
    assert check(file) == []
    (bad,) = check(file, deep=True)
    assert (bad.line, bad.path) == (2, path)
    assert reason in bad.reason


def test_several_faults_of_a_line_are_all_named(tmp_path: Path) -> None:
    """A line with three faults is three findings."""
    bad = shelf.record(url=3, tags=[1], direction="up")
    assert [each.path for each in check(shelf.write(tmp_path / "a.jsonl", [bad]))] == ["url", "tags[0]", "direction"]


LONG: dict[str, tuple[bytes, str]] = {
    "null": (b"null", "is null, no string"),
    "a number": (b"7", "is 7, no string"),
    "an object": (b'{"a":"b"}', "is an object, no string"),
    "half a pair": (b'"\\udc00"', "holds half a surrogate pair"),
    "no UTF-8": (b'"a\xff"', "is not UTF-8 (byte 0xff at "),
    "half a character": (b'"a\xe2\x82"', "is not UTF-8 (byte 0xe2 at "),
    "a control character": (b'"a\x01"', "is not JSON (Invalid control character"),
    "no such escape": (b'"\\q"', "is not JSON (Invalid \\escape"),
}


def written(field: str, value: bytes) -> bytes:
    """Return a line as the writer writes it, but for what stands as the value of one field."""
    return encode_article(replace(shelf.articles()[0], **{field: "@"})).replace(b'"@"', value)


@pytest.mark.parametrize("field", ["text", "markdown"])
@pytest.mark.parametrize(("value", "reason"), LONG.values(), ids=LONG)
def test_long_texts_are_looked_at(tmp_path: Path, field: str, value: bytes, reason: str) -> None:
    """The texts that are not decoded where a line looks as written are strings in UTF-8 all the same."""
    path = shelf.write(tmp_path / "articles.jsonl", [written(field, value).rstrip(), *shelf.articles()[1:]])
    (bad,) = check(path)
    assert (bad.line, bad.path) == (1, field if reason[-6:] in {"string", "e pair"} else "")
    assert reason in bad.reason


def test_lines_are_numbered_over_all_blocks(tmp_path: Path) -> None:
    """Faults far apart, in lines that are read together with good ones, have the numbers of their lines."""
    lines: list[Any] = [replace(shelf.articles()[0], id=f"{number:032x}") for number in range(100)]
    lines[3], lines[60], lines[99] = b"{", b"", b"[]"
    path = shelf.write(tmp_path / "articles.jsonl", lines)
    assert path.stat().st_size > 4 * BLOCK_BYTES
    assert [(bad.line, bad.reason) for bad in check(path)] == [
        (4, "is not JSON (Expecting property name enclosed in double quotes at character 1)"),
        (61, "is empty"),
        (100, "is a list, no object"),
    ]


def test_windows_line_ends(tmp_path: Path) -> None:
    """Lines that end in CR LF are right."""
    path = tmp_path / "articles.jsonl"
    path.write_bytes(b"".join(encode_article(article) for article in shelf.articles()).replace(b"\n", b"\r\n"))
    assert check(path, deep=True) == []


# --- over all files --------------------------------------------------------------------------------------


def revision(number: int, **changes: Any) -> Record:
    return shelf.record(revision=number, previous_hash=shelf.record()["content_hash"], **changes)


def test_revisions_ascend_over_all_files(tmp_path: Path) -> None:
    """The same revision twice, or an earlier one after a later, is named with the place of the other."""
    first = shelf.write(tmp_path / "articles-2026-11-21-0001.jsonl", [shelf.record(), revision(3)])
    second = shelf.write(tmp_path / "articles-2026-11-22-0001.jsonl", [revision(3), revision(2), revision(4)])
    twice, late = check(first, second, deep=True)
    assert (twice.file, twice.line, twice.path) == (second, 1, "id")
    assert twice.reason.endswith(f"of revision 3 is there already ({first}:2)")
    assert (late.line, late.path, late.reason) == (
        2,
        "revision",
        f"is 2, after 3 ({first}:2): revisions of an id ascend",
    )


def test_previous_hash_is_that_of_the_revision_before(tmp_path: Path) -> None:
    """A revision that names another past than the one that stands before it is a fault in depth."""
    other = revision(2) | {"previous_hash": "0" * 32}
    (bad,) = check(shelf.write(tmp_path / "articles.jsonl", [shelf.record(), other]), deep=True)
    assert (bad.line, bad.path, bad.reason) == (2, "previous_hash", "is not the content_hash of revision 1")


def zstd_with_sum(body: bytes) -> bytes:
    return zstd.compress(body, options={zstd.CompressionParameter.checksum_flag: 1})


@pytest.mark.parametrize("pack", [gzip.compress, zstd_with_sum], ids=["gzip", "zstd"])
def test_packed_files(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    """Packed files are read whatever their name; one that ends in the middle is a fault, and the next file is read."""
    whole = b"".join(encode_article(article) for article in shelf.articles())
    good, torn, damaged = (tmp_path / f"articles-{name}.jsonl" for name in ("good", "torn", "damaged"))
    good.write_bytes(pack(whole))
    assert check(good, deep=True) == []
    packed = pack(random.Random(7).randbytes(100_000).hex().encode())
    torn.write_bytes(packed[:-1000])
    damaged.write_bytes(packed[:1000] + b"\xff" * 100 + packed[1100:])
    faults = check(torn, damaged, good)
    assert [bad.file for bad in faults][-1] == damaged
    assert "the compressed file ends in the middle; copy it once more" in {bad.reason for bad in faults}
    assert any("the compressed file is damaged" in bad.reason for bad in faults)


def test_torn_gzip_gives_the_lines_before(tmp_path: Path) -> None:
    """Of a packed file that was cut, the whole lines are checked, and the first missing one is named."""
    path = tmp_path / "articles.jsonl.gz"
    lines = [encode_article(article) for article in shelf.articles()]
    path.write_bytes(gzip.compress(b"".join(lines))[:-30])
    validation = Validation()
    (bad,) = validation.bad_lines([path])
    assert bad.reason.startswith("the compressed file ends in the middle")
    assert bad.line == validation.records + 1 > 1


def test_line_without_end(tmp_path: Path) -> None:
    """A file without line feeds does not fill the memory."""
    path = tmp_path / "articles.jsonl"
    with path.open("wb") as file:
        file.truncate(MAX_LINE_BYTES + 10)
    (bad,) = check(path)
    assert bad.reason == "the line is longer than 134,217,728 bytes"


# --- laws ------------------------------------------------------------------------------------------------

VALUES = (
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-2, 2) | st.text(max_size=3) | st.just([]) | st.just({})
)


def _places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, item in inner for place in [(*way, key), *_places(item, (*way, key))]]


PLACES = _places(shelf.record())
BY_SCHEMA = jsonschema_rs.validator_for(article_schema(), validate_formats=True)


@given(place=st.sampled_from(PLACES), value=VALUES)
@settings(max_examples=300, deadline=None)
def test_no_stricter_and_no_laxer_than_the_schema(place: tuple[Any, ...], value: Any) -> None:
    """Whatever value is put at whatever place: what the JSON Schema refuses is a fault; but for dates, only that.

    And but for 2.0 where a whole number belongs: the schema's language takes it for one, columns of integers do not.
    """
    record = put(*place, value=value)(copy.deepcopy(shelf.record()))
    line = json.dumps(record)
    faults = list(shape_faults(json.loads(line, object_pairs_hook=Object)))
    is_valid = BY_SCHEMA.is_valid(json.loads(line))
    assert is_valid or faults
    if place[-1] not in {
        "schema_version",
        "published_date",
        "published_at",
        "modified_date",
        "modified_at",
        "fetched_at",
    } and not (isinstance(value, float) and value.is_integer()):
        assert not is_valid or not faults, faults


@pytest.mark.parametrize("place", [("word_count",), ("fetch", "status"), ("revision",)])
def test_a_whole_number_has_no_point(tmp_path: Path, place: tuple[str, ...]) -> None:
    """Readers that guess a column's type from its first lines would make it one of fractions."""
    path = tmp_path / "articles.jsonl"
    path.write_bytes(json.dumps(put(*place, value=200.0)(copy.deepcopy(shelf.record()))).encode() + b"\n")
    assert [bad.path for bad in check(path)] == [".".join(place)]


@given(line=st.binary(max_size=60) | st.recursive(VALUES, lambda v: st.lists(v) | st.dictionaries(st.text(), v)).map(
    lambda value: json.dumps(value).encode()))  # fmt: skip
@settings(deadline=None)
def test_any_line_is_judged(tmp_path_factory: pytest.TempPathFactory, line: bytes) -> None:
    """Whatever bytes a line is made of, it is named as bad and nothing breaks."""
    path = tmp_path_factory.getbasetemp() / "any.jsonl"
    path.write_bytes(line + b"\n")
    assert [bad.line for bad in check(path, deep=True)]


PIECES = [
    b"a",
    b"\xc3\xa9",
    b"\xc3",
    b"\\n",
    b"\\/",
    b"\\q",
    b"\\",
    b'"',
    b"\\u0041",
    b"\\u00",
    b"\\ud83d",
    b"\\ude00",
    b"\x1f",
    b"\x7f",
]


@given(value=st.lists(st.sampled_from(PIECES), max_size=6).map(lambda pieces: b'"' + b"".join(pieces) + b'"'))
def test_passing_a_text_over_finds_what_reading_it_finds(value: bytes) -> None:
    """A line whose long text cannot be read is never taken for one as written."""
    if WrittenLines(whole=False).read(written("text", value)) is not None:
        assert isinstance(msgspec.json.decode(value, type=str), str)


# --- the verb --------------------------------------------------------------------------------------------


def test_verb(tmp_path: Path) -> None:
    """No fault is code 0; faults are lines on stdout, their sum on stderr, and code 1."""
    shelf.write(tmp_path / "articles-2026-11-22-0001.jsonl", shelf.articles())
    (tmp_path / "rejected-2026-11-22-0001.jsonl").write_bytes(b"{}\n")
    ran = scraper_("validate", "--deep", tmp_path)
    assert (ran.code, ran.out, ran.err) == (0, "", "35 records in 1 file: no fault.\n")
    bad = shelf.write(tmp_path / "articles-2026-11-22-0002.jsonl", [b'{"schema_version":"1.0\x1b[31m"}'])
    ran = scraper_("validate", tmp_path)
    assert ran.code == 1
    assert ran.out == f"{bad}:1: is not JSON (Invalid control character at at character 22)\n"
    assert ran.err == "36 records in 2 files: 1 fault in 1 line.\n"


READERS = {"validate": [], "stats": [], "cat": ["--latest"], "diff": ["."], "export": ["--to", "out.csv"]}


@pytest.mark.parametrize("verb", READERS)
def test_files_that_are_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str) -> None:
    """A file that is missing and a folder without records are one sentence and code 2, whatever reads them."""
    monkeypatch.chdir(tmp_path)
    for path, said in [("none.jsonl", "there is no such file or folder."), (".", "the folder holds no articles")]:
        ran = scraper_(verb, path, *READERS[verb])
        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith(f"{path}: {said}") and ran.err.count("\n") == 1


@pytest.mark.parametrize("verb", [verb for verb in READERS if verb != "validate"])
def test_torn_gzip_ends_every_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verb: str) -> None:
    """A packed file that was cut is one sentence with its place and code 1; nothing is written of it."""
    monkeypatch.chdir(tmp_path)
    whole = gzip.compress(b"".join(encode_article(article) for article in shelf.articles()))
    Path("articles.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    ran = scraper_(verb, "articles.jsonl.gz", *READERS[verb])
    assert ran.code == 1
    assert ran.err.startswith("articles.jsonl.gz:") and ran.err.count("\n") == 1
    assert ran.err.endswith(": the compressed file ends in the middle; copy it once more\n")
    assert [path.name for path in tmp_path.iterdir()] == ["articles.jsonl.gz"]
