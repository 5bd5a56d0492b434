"""What is written: whole lines, whole summaries, and nothing of an earlier run lost."""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import jsonschema_rs
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper import extract
from scraper.errors import LockedError, SinkError
from scraper.model import Article, Page, Rejected, Value
from scraper.sinks import JsonlSink, article_schema, encode_article, rejected_schema
from scraper.sinks.part import cut_torn_line

HTML = b"<html><head><title>On bridges</title></head><body><article><h1>On bridges</h1><p>Bridges carry.</p></article>"
REJECTED = Rejected(url="http://a.example/", stage="fetch", reason="timeout")


class Figures(Value, frozen=True, kw_only=True):
    articles: int


def article() -> Article:
    return extract(HTML, "http://a.example/bridges")


def test_lines_and_summary(tmp_path: Path) -> None:
    """Every record is one line that parses; the summary stands beside it."""
    with JsonlSink(tmp_path / "new" / "out") as sink:
        sink.write_article(encode_article(article()))
        sink.write_article(encode_article(article()))
        sink.write_rejected(REJECTED)
        sink.write_summary(Figures(articles=2))
    lines = (sink.folder / "articles.jsonl").read_bytes().splitlines(keepends=True)
    assert [line.endswith(b"\n") for line in lines] == [True, True]
    assert json.loads(lines[0])["url"] == "http://a.example/bridges"
    assert json.loads((sink.folder / "rejected.jsonl").read_bytes())["reason"] == "timeout"
    assert json.loads((sink.folder / "summary.json").read_bytes()) == {"articles": 2}
    assert sorted(path.name for path in sink.folder.iterdir()) == [
        "articles.jsonl",
        "rejected.jsonl",
        "requests.jsonl",
        "summary.json",
    ]


def test_files_have_their_names_once_they_are_complete(tmp_path: Path) -> None:
    """While a run goes on its lines are in parts; they get their names when it ends, also by an error."""

    def names() -> list[str]:
        return sorted(path.name for path in tmp_path.iterdir() if path.is_file())

    with JsonlSink(tmp_path) as sink:
        sink.write_article(b"{}\n")
        assert names() == ["articles.jsonl.part", "rejected.jsonl.part", "requests.jsonl.part"]
    assert names() == ["articles.jsonl", "rejected.jsonl", "requests.jsonl"]
    with pytest.raises(LookupError), JsonlSink(tmp_path) as sink:
        sink.write_article(b'{"run":2}\n')
        raise LookupError
    assert (tmp_path / "articles.jsonl").read_bytes() == b'{"run":2}\n'


def test_one_run_at_a_time(tmp_path: Path) -> None:
    """A second run in the same folder touches nothing; when the first has ended it may."""
    with JsonlSink(tmp_path) as first:
        first.write_article(b"{}\n")
        with pytest.raises(LockedError, match="another run is writing there"):
            JsonlSink(tmp_path)
    with JsonlSink(tmp_path) as second:
        assert second.moved_to is not None
        assert (second.moved_to / "articles.jsonl").read_bytes() == b"{}\n"


WRITER = """
import sys
from pathlib import Path
from scraper.sinks import JsonlSink
with JsonlSink(Path(sys.argv[1])) as sink:
    number = 0
    while True:
        for _ in range(20):
            sink.write_article(b'{"number": %d, "text": "%s"}\\n' % (number, b"x" * 30_000))
            number += 1
        sink.sync()
        print(sink.durable, flush=True)
"""


def test_killed_run_is_recovered(tmp_path: Path) -> None:
    """After a kill no line that was acknowledged is missing, no half line is left, and the parts have their names."""
    writing = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert writing.stdout is not None
    acknowledged = [int(writing.stdout.readline()) for _ in range(5)]
    writing.kill()
    acknowledged += [int(line) for line in writing.communicate(timeout=10)[0].splitlines()]
    part = tmp_path / "articles.jsonl.part"
    with part.open("ab") as file:
        file.write(b'{"number": 7, "te')
    with JsonlSink(tmp_path) as sink:
        assert sink.moved_to is not None
        lines = (sink.moved_to / "articles.jsonl").read_bytes().splitlines(keepends=True)
    assert [json.loads(line)["number"] for line in lines] == list(range(len(lines)))
    assert len(lines) >= acknowledged[-1] >= 100
    assert sorted(path.name for path in sink.moved_to.iterdir()) == [
        "articles.jsonl",
        "rejected.jsonl",
        "requests.jsonl",
    ]


def test_nothing_is_overwritten_when_putting_aside(tmp_path: Path) -> None:
    """A file and a part of the same name, from whatever accident, are both kept."""
    (tmp_path / "articles.jsonl").write_bytes(b"1\n")
    (tmp_path / "articles.jsonl.part").write_bytes(b"2\n3")
    with JsonlSink(tmp_path) as sink:
        assert sink.moved_to is not None
        assert sorted(path.read_bytes() for path in sink.moved_to.iterdir()) == [b"1\n", b"2\n"]


def test_profiles() -> None:
    """`full` is the record itself; `lean` is the same without its four bulky fields, in the same order."""
    full = json.loads(encode_article(article()))
    lean = json.loads(encode_article(article(), "lean"))
    assert list(full) == list(Article.__struct_fields__)
    assert list(lean) == [key for key in full if key not in {"blocks", "markdown", "origin", "removed"}]
    assert all(lean[key] == full[key] for key in lean)


def test_earlier_run_is_moved_aside(tmp_path: Path) -> None:
    """A second run mixes nothing and loses nothing: the first one's files move, without their torn line."""
    with JsonlSink(tmp_path) as first:
        first.write_article(b'{"run":1}\n')
        first.write_summary(Figures(articles=1))
    with (tmp_path / "articles.jsonl").open("ab") as file:
        file.write(b'{"run":1, "torn')
    moved = []
    for _ in range(2):
        with JsonlSink(tmp_path) as sink:
            sink.write_article(b'{"run":2}\n')
            moved.append(sink.moved_to)
    assert (tmp_path / "articles.jsonl").read_bytes() == b'{"run":2}\n'
    assert moved[0] is not None and moved[1] is not None and moved[0] != moved[1]
    assert (moved[0] / "articles.jsonl").read_bytes() == b'{"run":1}\n'
    assert json.loads((moved[0] / "summary.json").read_bytes()) == {"articles": 1}
    assert (moved[1] / "articles.jsonl").read_bytes() == b'{"run":2}\n'


NO_FEED = st.binary(max_size=9).map(lambda body: body.replace(b"\n", b""))


@given(lines=st.lists(NO_FEED.map(lambda body: body + b"\n")), torn=NO_FEED)
@settings(max_examples=60)
def test_cut_torn_line_keeps_whole_lines(
    tmp_path_factory: pytest.TempPathFactory, lines: list[bytes], torn: bytes
) -> None:
    """Exactly what follows the last line feed goes, and cutting twice is cutting once."""
    path = tmp_path_factory.getbasetemp() / "torn.jsonl"
    path.write_bytes(b"".join(lines) + torn)
    assert cut_torn_line(path) == len(torn)
    assert path.read_bytes() == b"".join(lines)
    assert cut_torn_line(path) == 0


def test_cut_torn_line_longer_than_a_block(tmp_path: Path) -> None:
    """A torn line of any length is found to its beginning."""
    path = tmp_path / "torn.jsonl"
    path.write_bytes(b"{}\n" + b"x" * 200_000)
    assert cut_torn_line(path) == 200_000
    assert path.read_bytes() == b"{}\n"


FULL_DISK = """
import resource, sys
from pathlib import Path
from scraper.errors import LockedError, SinkError
from scraper.sinks import JsonlSink
with JsonlSink(Path(sys.argv[1])) as sink:
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
    try:
        for _ in range(100):
            sink.write_article(b'{"text": "' + b"x" * 87 + b'"}\\n')
    except SinkError as error:
        print(error)
"""


def test_full_disk_leaves_whole_lines(tmp_path: Path) -> None:
    """When a line does not fit any more, one sentence says so and the file ends with the line before."""
    ran = subprocess.run([sys.executable, "-c", FULL_DISK, str(tmp_path)], capture_output=True, text=True, check=True)
    assert ran.stdout.count("\n") == 1
    assert "articles.jsonl: cannot be written (File too large); everything written before is intact." in ran.stdout
    lines = (tmp_path / "articles.jsonl").read_bytes().splitlines(keepends=True)
    assert len(lines) == 10
    assert all(json.loads(line) and line.endswith(b"\n") for line in lines)


def test_summary_is_whole_or_absent(tmp_path: Path) -> None:
    """A summary that cannot be written leaves no half of one behind."""
    with JsonlSink(tmp_path) as sink:
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (8, hard))
        try:
            with pytest.raises(SinkError, match=r"summary\.json: cannot be written"):
                sink.write_summary(Figures(articles=123456789))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            signal.signal(signal.SIGXFSZ, before)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["articles.jsonl", "rejected.jsonl", "requests.jsonl"]


def test_folder_that_is_a_file(tmp_path: Path) -> None:
    """An output folder that cannot be one is said in one sentence."""
    (tmp_path / "out").write_text("")
    with pytest.raises(SinkError, match="out: cannot be written"):
        JsonlSink(tmp_path / "out")


def test_keep_page(tmp_path: Path) -> None:
    """The page behind a bug is kept byte for byte, and what is known of it beside."""
    page = Page(
        url="http://a.example/x", final_url="http://a.example/y", body=b"\xff\x00", fetched_at=datetime.now(UTC)
    )
    with JsonlSink(tmp_path) as sink:
        path = sink.keep_page(page, REJECTED)
    assert path.read_bytes() == b"\xff\x00"
    assert json.loads(path.with_suffix(".json").read_bytes())["final_url"] == "http://a.example/y"


@pytest.mark.parametrize(
    ("schema", "line"),
    [
        pytest.param(article_schema(), encode_article(article()), id="article"),
        pytest.param(rejected_schema(), msgspec.json.encode(REJECTED), id="rejected"),
    ],
)
def test_schema(schema: dict[str, object], line: bytes) -> None:
    """The schema accepts what is written, describes every field, and wants every key."""
    check = jsonschema_rs.validator_for(schema)
    record = json.loads(line)
    check.validate(record)
    assert all("description" in field for field in schema["properties"].values())
    assert [key for key in record if check.is_valid({name: record[name] for name in record if name != key})] == []
