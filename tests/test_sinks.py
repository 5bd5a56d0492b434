"""What is written: whole lines, whole files, no name twice, and nothing of an earlier run lost."""

from __future__ import annotations

import errno
import json
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import jsonschema_rs
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper import extract
from scraper.errors import SinkError
from scraper.model import Article, Page, Rejected, Value
from scraper.sinks import OutputFolder, article_schema, encode_article, rejected_schema
from scraper.sinks.output import Length, put_unknown_parts_aside, start_over, write_whole
from scraper.sinks.part import Part, cut_torn_line, sink_error
from scraper.sinks.publish import publish_part, recover_part

HTML = b"<html><head><title>On bridges</title></head><body><article><h1>On bridges</h1><p>Bridges carry.</p></article>"
REJECTED = Rejected(url="http://a.example/", stage="fetch", reason="timeout")
BEGAN = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
FIRST = "articles-2026-11-22-0001.jsonl"


class Figures(Value, frozen=True, kw_only=True):
    articles: int


def article() -> Article:
    return extract(HTML, "http://a.example/bridges")


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond so many bytes, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


# --- one run ---------------------------------------------------------------------------------------------


def test_lines_and_summary(tmp_path: Path) -> None:
    """Every record is one line that parses; the summary stands beside the files and among those of all runs."""
    folder = tmp_path / "new" / "out"
    output = OutputFolder(folder, began=BEGAN)
    for _ in range(2):
        output.write_article(encode_article(article()))
    output.write_rejected(REJECTED)
    output.write_request(Figures(articles=3))
    output.publish()
    output.write_summary(Figures(articles=2))
    lines = (folder / FIRST).read_bytes().splitlines(keepends=True)
    assert [line.endswith(b"\n") for line in lines] == [True, True]
    assert json.loads(lines[0])["url"] == "http://a.example/bridges"
    assert json.loads((folder / "rejected-2026-11-22-0001.jsonl").read_bytes())["reason"] == "timeout"
    assert json.loads((folder / "requests-2026-11-22-0001.jsonl").read_bytes()) == {"articles": 3}
    assert json.loads((folder / "summary.json").read_bytes()) == {"articles": 2}
    assert (folder / "runs" / "2026-11-22T063000Z.json").read_bytes() == (folder / "summary.json").read_bytes()
    assert len(names(folder)) == 5


def test_files_have_their_names_once_they_are_complete(tmp_path: Path) -> None:
    """While a run goes on its lines are in parts, made with their first line; they get their names at its end."""
    output = OutputFolder(tmp_path, began=BEGAN)
    assert names(tmp_path) == []
    output.write_article(b"{}\n")
    assert names(tmp_path) == [f"{FIRST}.part"]
    assert output.publish() == (Length(sink="articles", file=FIRST, bytes=3, records=1),)
    assert names(tmp_path) == [FIRST]
    assert output.publish() == output.sync() == ()
    assert (tmp_path / FIRST).read_bytes() == b"{}\n"


def test_sync_tells_what_is_on_the_disk(tmp_path: Path) -> None:
    """Lengths count bytes and lines of each sink, as the files have them."""
    output = OutputFolder(tmp_path, began=BEGAN)
    output.write_article(b"1\n")
    output.write_rejected(REJECTED)
    output.write_article("é\n".encode())
    lengths = {length.sink: length for length in output.sync()}
    assert lengths["articles"] == Length(sink="articles", file=FIRST, bytes=5, records=2)
    assert lengths["rejected"].bytes == (tmp_path / f"{lengths['rejected'].file}.part").stat().st_size
    output.close()
    assert names(tmp_path) == [f"{FIRST}.part", "rejected-2026-11-22-0001.jsonl.part"]


def test_a_part_counts_what_is_durable(tmp_path: Path) -> None:
    """What was appended is durable after `sync` only; publishing brings the rest, and is done once."""
    part = Part(tmp_path / "a.jsonl")
    part.append(b"1\n")
    assert (part.size, part.count, part.durable) == (2, 1, 0)
    part.sync()
    part.append(b"2\n")
    assert part.durable == 2
    part.sync()
    part.close()
    part.close()
    part.sync()
    publish_part(tmp_path, part.name)
    assert part.durable == part.size == 4
    assert (tmp_path / "a.jsonl").read_bytes() == b"1\n2\n"


def test_a_part_never_writes_into_another(tmp_path: Path) -> None:
    """A part that is there already, whoever made it, is left alone and said."""
    output = OutputFolder(tmp_path, began=BEGAN)
    (tmp_path / f"{FIRST}.part").write_bytes(b"of somebody else\n")
    with pytest.raises(SinkError, match=r"0001\.jsonl: cannot be written \(File exists\)"):
        output.write_article(b"{}\n")
    assert (tmp_path / f"{FIRST}.part").read_bytes() == b"of somebody else\n"


# --- names -----------------------------------------------------------------------------------------------


def written(folder: Path, began: datetime = BEGAN, taken: tuple[str, ...] = ()) -> str:
    """Let a run write one article; return the name of its file."""
    output = OutputFolder(folder, began=began, taken=taken)
    output.write_article(b"{}\n")
    return output.publish()[0].file


def test_no_name_is_used_twice(tmp_path: Path) -> None:
    """Each run has files of its own, numbered within the day; names sort by time."""
    used = [written(tmp_path, BEGAN + timedelta(hours=9 * n)) for n in range(5)]
    assert used == sorted(used) == names(tmp_path)
    assert used[:3] == [FIRST, FIRST.replace("0001", "0002"), "articles-2026-11-23-0001.jsonl"]


@pytest.mark.parametrize(
    ("found", "taken", "number"),
    [
        pytest.param([], [], 1, id="an empty folder"),
        pytest.param([], [FIRST], 2, id="carried away"),
        pytest.param([f"{FIRST}.part"], [], 2, id="a part of another run"),
        pytest.param(["rejected-2026-11-22-0007.jsonl"], [FIRST], 8, id="the sinks of a run have one number"),
        pytest.param([], ["requests-2026-11-22-10000.jsonl"], 10001, id="more than fit into four digits"),
        pytest.param(["articles-2026-11-21-0009.jsonl"], ["articles-2027-11-22-0009.jsonl"], 1, id="another day"),
        pytest.param(["notes.txt", "articles-0009.jsonl", "xarticles-2026-11-22-0009.jsonl"], [], 1, id="not ours"),
    ],
)
def test_number_of_a_run(tmp_path: Path, found: list[str], taken: list[str], number: int) -> None:
    """It is beyond all that are in the folder, and all that were ever used, wherever those files are now."""
    for name in found:
        (tmp_path / name).write_bytes(b"\n")
    assert written(tmp_path, taken=tuple(taken)) == f"articles-2026-11-22-{number:04}.jsonl"


def test_no_name_is_used_twice_after_starting_over(tmp_path: Path) -> None:
    """Who has copied a file away never finds another one under its name, not even after all began anew."""
    first = written(tmp_path)
    assert start_over(tmp_path, []) is not None
    second = written(tmp_path)
    assert start_over(tmp_path, []) is not None
    assert len({first, second, written(tmp_path)}) == 3


# --- after a kill ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on_disk", "length", "left"),
    [
        pytest.param(b"1\n2\n", 4, b"1\n2\n", id="all was committed"),
        pytest.param(b"1\n2\n", 2, b"1\n", id="a line was not"),
        pytest.param(b'1\n{"to', 2, b"1\n", id="a torn line"),
        pytest.param(b"1\n", 0, None, id="nothing was"),
        pytest.param(b"", 0, None, id="an empty part"),
    ],
)
def test_recover_part(tmp_path: Path, on_disk: bytes, length: int, left: bytes | None) -> None:
    """Exactly what was committed is published, once; a part of which nothing was is gone."""
    (tmp_path / f"{FIRST}.part").write_bytes(on_disk)
    for _ in range(2):
        recover_part(tmp_path, FIRST, length)
        assert names(tmp_path) == ([] if left is None else [FIRST])
    assert left is None or (tmp_path / FIRST).read_bytes() == left


def test_recover_part_that_was_published(tmp_path: Path) -> None:
    """What is published already, or carried away since, is left as it is."""
    recover_part(tmp_path, FIRST, 4)
    (tmp_path / FIRST).write_bytes(b"1\n2\n3\n")
    recover_part(tmp_path, FIRST, 4)
    assert (tmp_path / FIRST).read_bytes() == b"1\n2\n3\n"


def test_a_damaged_part_is_said(tmp_path: Path) -> None:
    """A file shorter than what was written to it is no part to go on with, and is not touched."""
    (tmp_path / f"{FIRST}.part").write_bytes(b"1\n")
    with pytest.raises(SinkError, match="is shorter than the 1,000 bytes written to it"):
        recover_part(tmp_path, FIRST, 1000)
    assert (tmp_path / f"{FIRST}.part").read_bytes() == b"1\n"


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from scraper.sinks import OutputFolder

output = OutputFolder(Path(sys.argv[1]), began=datetime.now(UTC))
number = 0
while True:
    for _ in range(20):
        output.write_article(b'{"number": %d, "text": "%s"}\\n' % (number, b"x" * 30_000))
        number += 1
    (length,) = output.sync()
    print(length.file, length.bytes, length.records, flush=True)
"""


def test_killed_run_is_recovered(tmp_path: Path) -> None:
    """After a kill what was acknowledged is published, to the byte; what came after it is not."""
    writing = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert writing.stdout is not None
    acknowledged = [writing.stdout.readline() for _ in range(5)]
    writing.kill()
    acknowledged += writing.communicate(timeout=10)[0].splitlines()
    file, size, records = acknowledged[-1].split()
    with (tmp_path / f"{file}.part").open("ab") as part:
        part.write(b'{"number": 7, "te')
    recover_part(tmp_path, file, int(size))
    lines = (tmp_path / file).read_bytes().splitlines(keepends=True)
    assert [json.loads(line)["number"] for line in lines] == list(range(int(records)))
    assert len(lines) >= 100
    assert names(tmp_path) == [file]


# --- what earlier runs left ------------------------------------------------------------------------------


def test_unknown_parts_are_put_aside(tmp_path: Path) -> None:
    """Parts that no memory speaks of lose their torn line and get out of the way; published files stay."""
    assert put_unknown_parts_aside(tmp_path / "none") is None
    (tmp_path / FIRST).write_bytes(b"1\n")
    assert put_unknown_parts_aside(tmp_path) is None
    (tmp_path / f"{FIRST}.part").write_bytes(b"2\n3")
    aside = put_unknown_parts_aside(tmp_path)
    assert aside is not None
    assert aside.parent == tmp_path / "earlier"
    assert (aside / FIRST).read_bytes() == b"2\n"
    assert names(tmp_path) == [FIRST, "earlier"]
    assert (tmp_path / FIRST).read_bytes() == b"1\n"


def test_starting_over_keeps_everything(tmp_path: Path) -> None:
    """Files, summaries, pages kept and the memory move together; what is not the crawl's stays."""
    output = OutputFolder(tmp_path, began=BEGAN)
    output.write_article(b"1\n")
    output.keep_sample("a.example", b"<p>")
    output.keep_page(Page(url="http://a.example/", final_url="http://a.example/", body=b"<i>"), REJECTED)
    output.write_summary(Figures(articles=1))
    output.publish()
    (tmp_path / "articles-2026-11-22-0002.jsonl.part").write_bytes(b"2\nto")
    (tmp_path / "notes.txt").write_text("mine")
    memory = tmp_path / "state" / "frontier.sqlite3"
    memory.parent.mkdir()
    memory.write_bytes(b"all I know")
    aside = start_over(tmp_path, memory.parent.glob("frontier.sqlite3*"))
    assert aside is not None
    assert names(tmp_path) == ["earlier", "notes.txt", "state"]
    assert names(aside) == [
        "alarms",
        FIRST,
        FIRST.replace("0001", "0002"),
        "bugs",
        "frontier.sqlite3",
        "runs",
        "summary.json",
    ]
    assert (aside / FIRST.replace("0001", "0002")).read_bytes() == b"2\n"
    assert (aside / "frontier.sqlite3").read_bytes() == b"all I know"
    assert start_over(tmp_path, []) is None
    assert start_over(tmp_path / "none", []) is None


def test_starting_over_with_a_memory_on_another_disk(tmp_path: Path) -> None:
    """The memory may lie on another file system: it moves all the same."""
    shared = Path("/dev/shm")
    if not shared.is_dir() or shared.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no other file system")
    with TemporaryDirectory(dir=shared) as name:
        memory = Path(name) / "frontier.sqlite3"
        memory.write_bytes(b"all I know")
        aside = start_over(tmp_path, [memory])
        assert aside is not None
        assert (aside / "frontier.sqlite3").read_bytes() == b"all I know"
        assert names(Path(name)) == []


def test_nothing_is_overwritten_when_putting_aside(tmp_path: Path) -> None:
    """A file and a part of the same name are both kept, and so is what was put aside in the same second."""
    kept = []
    for content in (b"1\n", b"2\n"):
        (tmp_path / FIRST).write_bytes(content)
        (tmp_path / f"{FIRST}.part").write_bytes(content + b"torn")
        kept.append(start_over(tmp_path, []))
    assert None not in kept
    assert len(set(kept)) == 2
    assert [path.read_bytes() for aside in kept for path in (aside or tmp_path).iterdir()] == [
        b"1\n",
        b"1\n",
        b"2\n",
        b"2\n",
    ]


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


@pytest.mark.parametrize("name", ["out", "out/below"])
def test_a_folder_that_is_not_there(tmp_path: Path, name: str) -> None:
    """A link to a disk that is not mounted is no full disk: what to look at is said."""
    (tmp_path / "out").symlink_to(tmp_path / "not mounted")
    with pytest.raises(SinkError, match=r"; see that the folder exists and is yours to write\.$"):
        OutputFolder(tmp_path / name, began=BEGAN)


def test_too_many_open_files(tmp_path: Path) -> None:
    """It is no full disk either: the limit is named."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, before[1]))
    try:
        with pytest.raises(SinkError, match=r"; raise the limit of open files .* nothing is lost\.$"):
            write_whole(tmp_path / "file", b"")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


# --- a disk that is full ---------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_wants_room(code: int) -> None:
    """Whoever has no room is told to make some."""
    said = str(sink_error(Path("out"), OSError(code, "Why")))
    assert said == "out: cannot be written (Why); make room and start again, nothing is lost."


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """Where room is not what is missing, nobody is told to make some."""
    (tmp_path / "file").write_text("")
    with pytest.raises(SinkError) as raised:
        OutputFolder(tmp_path / "file" / "out", began=BEGAN)
    assert str(raised.value).endswith(
        "out: cannot be written (Not a directory); see that the folder exists and is yours to write."
    )


def test_full_disk_leaves_whole_lines(tmp_path: Path) -> None:
    """When a line does not fit any more, one sentence says so, and the part ends with the line before."""
    output = OutputFolder(tmp_path, began=BEGAN)
    line = b'{"text": "' + b"x" * 87 + b'"}\n'
    sentence = r"0001\.jsonl: cannot be written \(File too large\); make room and start again, nothing is lost\."
    with room_for(1050):
        for _ in range(10):
            output.write_article(line)
        for _ in range(2):
            with pytest.raises(SinkError, match=sentence):
                output.write_article(line)
            assert (tmp_path / f"{FIRST}.part").read_bytes() == line * 10
        output.write_article(b"{}\n")
    assert output.publish() == (Length(sink="articles", file=FIRST, bytes=1003, records=11),)
    assert (tmp_path / FIRST).read_bytes() == line * 10 + b"{}\n"


def test_a_file_is_whole_or_as_it_was(tmp_path: Path) -> None:
    """What cannot be written in full leaves the one before, and no half of a new one."""
    path = tmp_path / "summary.json"
    with room_for(8), pytest.raises(SinkError, match=r"summary\.json: cannot be written"):
        write_whole(path, b"x" * 100)
    assert names(tmp_path) == []
    write_whole(path, b"first")
    with room_for(8), pytest.raises(SinkError):
        write_whole(path, b"x" * 100)
    assert names(tmp_path) == ["summary.json"]
    assert path.read_bytes() == b"first"
    write_whole(path, b"second")
    assert path.read_bytes() == b"second"


def test_a_file_below_a_file(tmp_path: Path) -> None:
    """Where there is no place even for the beginning, and nothing to take away, it is the same sentence."""
    (tmp_path / "here").write_text("")
    with pytest.raises(SinkError, match=r"summary\.json: cannot be written"):
        write_whole(tmp_path / "here" / "summary.json", b"x")


def test_folder_that_is_a_file(tmp_path: Path) -> None:
    """An output folder that cannot be one is said in one sentence."""
    (tmp_path / "out").write_text("")
    with pytest.raises(SinkError, match="out: cannot be written"):
        OutputFolder(tmp_path / "out", began=BEGAN)


# --- pages that are kept ---------------------------------------------------------------------------------


def test_keep_page(tmp_path: Path) -> None:
    """The page behind a bug is kept byte for byte, and what is known of it beside."""
    page = Page(
        url="http://a.example/x", final_url="http://a.example/y", body=b"\xff\x00", fetched_at=datetime.now(UTC)
    )
    path = OutputFolder(tmp_path, began=BEGAN).keep_page(page, REJECTED)
    assert path.read_bytes() == b"\xff\x00"
    assert json.loads(path.with_suffix(".json").read_bytes())["final_url"] == "http://a.example/y"


@pytest.mark.parametrize("host", ["a.example", "[::1]:8080", "../../etc", "x" * 300, ""])
def test_keep_sample(tmp_path: Path, host: str) -> None:
    """A page of a host that has changed is kept inside the folder, whatever the host is called."""
    path = OutputFolder(tmp_path, began=BEGAN).keep_sample(host, b"<p>")
    assert path.parent.resolve() == (tmp_path / "alarms").resolve()
    assert path.read_bytes() == b"<p>"


# --- lines and their schema ------------------------------------------------------------------------------


def test_profiles() -> None:
    """`full` is the record itself; `lean` is the same without its four bulky fields, in the same order."""
    full = json.loads(encode_article(article()))
    lean = json.loads(encode_article(article(), "lean"))
    assert list(full) == list(Article.__struct_fields__)
    assert list(lean) == [key for key in full if key not in {"blocks", "markdown", "origin", "removed"}]
    assert all(lean[key] == full[key] for key in lean)


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
