"""The archive of a crawl: WARC that other tools read, cut between records after a kill, and an index that finds all."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import io
import json
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback import raw, respond, serving
from press import Press, story
from test_crawl import SETTINGS, command, crawl, urls
from test_sinks import BEGAN, names, room_for

from scraper.config import FetchConfig
from scraper.fetchers import HttpFetcher
from scraper.fetchers.messages import Validators
from scraper.model import Exchanged, Target
from scraper.sinks import OutputFolder
from scraper.sinks.cdxj import surt
from scraper.sinks.members import cut_torn_member, read_members
from scraper.sinks.names import index_name
from scraper.sinks.output import put_unknown_parts_aside
from scraper.sinks.part import Rotation
from scraper.sinks.publish import publish_part, recover_part
from scraper.sinks.warc import encode_exchange, encode_info

warcio = pytest.importorskip("warcio.archiveiterator", reason="warcio is not installed; pip install --group dev")

WARC = "warc-2026-11-22-0001.warc.gz"
AT = datetime(2026, 11, 22, 6, 30, 1, 250_000, tzinfo=UTC)
PAGE = Exchanged(
    url="https://www.news.example/Bridges?b=2&a=1",
    at=AT,
    sent_headers=(("user-agent", "article-scraper"), ("accept", "text/html")),
    status=200,
    reason="OK",
    headers=(("content-type", "text/html; charset=utf-8"), ("content-encoding", "gzip")),
    body=gzip.compress(b"<p>Bridges carry.", mtime=0),
)


def changed(**fields: Any) -> Exchanged:
    return Exchanged(**{name: getattr(PAGE, name) for name in PAGE.__struct_fields__} | fields)


def read(content: bytes) -> list[tuple[Any, bytes]]:
    """Return the records as warcio reads them, their digests checked, and their bodies out of their codings."""
    records = warcio.ArchiveIterator(io.BytesIO(content), check_digests="raise")
    return [(record, record.content_stream().read()) for record in records]


def answers_in(*files: Path) -> dict[str, tuple[Any, bytes]]:
    """Return the answers in files, by address."""
    found = [pair for file in files for pair in read(file.read_bytes())]
    return {pair[0].rec_headers.get("WARC-Target-URI"): pair for pair in found if pair[0].rec_type == "response"}


# --- records ---------------------------------------------------------------------------------------------


def test_an_exchange_as_records() -> None:
    """An answer comes out of the archive as it came over the wire, and its request is tied to it."""
    (answer, body), (asked, _) = read(encode_exchange(PAGE))
    assert (answer.rec_type, answer.format, answer.rec_headers.protocol) == ("response", "warc", "WARC/1.1")
    assert answer.rec_headers.get("WARC-Target-URI") == PAGE.url
    assert answer.rec_headers.get("WARC-Date") == "2026-11-22T06:30:01.250000Z"
    assert answer.http_headers.statusline == "200 OK"
    assert answer.http_headers.get("content-encoding") == "gzip"
    assert answer.http_headers.get("content-length") == str(len(PAGE.body))
    assert body == b"<p>Bridges carry."
    assert asked.rec_type == "request"
    assert asked.http_headers.protocol == "GET"
    assert asked.http_headers.statusline == "/Bridges?b=2&a=1 HTTP/1.1"
    assert asked.http_headers.get("host") == "www.news.example"
    assert asked.rec_headers.get("WARC-Concurrent-To") == answer.rec_headers.get("WARC-Record-ID")


@pytest.mark.parametrize(
    ("exchanged", "headers", "fields"),
    [
        pytest.param(
            changed(headers=(("transfer-encoding", "chunked"),), body=b"x"),
            {"transfer-encoding": None, "x-crawler-transfer-encoding": "chunked", "content-length": "1"},
            {"WARC-Truncated": None},
            id="chunked",
        ),
        pytest.param(
            changed(headers=(("content-length", "900"),), body=b"x", truncated="length"),
            {"content-length": "1", "x-crawler-content-length": "900"},
            {"WARC-Truncated": "length"},
            id="cut",
        ),
        pytest.param(
            changed(status=404, reason="", headers=(), body=b"", truncated="unspecified"),
            {"content-length": "0"},
            {"WARC-Truncated": "unspecified"},
            id="a body that was not read",
        ),
        pytest.param(
            changed(headers=(("x-odd", "a\r\nset-cookie: b"), ("x-far", "naïve ☃")), body=b""),
            {"x-odd": "a  set-cookie: b", "set-cookie": None},
            {},
            id="a line feed in a header",
        ),
        pytest.param(
            changed(status=304, headers=(("etag", '"x"'), ("content-length", "90")), body=b""),
            {"etag": '"x"', "content-length": "90", "x-crawler-content-length": None},
            {"WARC-Profile": "http://netpreserve.org/warc/1.1/revisit/server-not-modified", "WARC-Truncated": None},
            id="nothing has changed",
        ),
    ],
)
def test_answers_of_all_kinds(
    exchanged: Exchanged, headers: dict[str, str | None], fields: dict[str, str | None]
) -> None:
    """What could not be kept as it was says so, under the names that archives use for it."""
    (answer, body), _ = read(encode_exchange(exchanged))
    assert answer.rec_type == ("revisit" if exchanged.status == 304 else "response")
    assert {name: answer.http_headers.get(name) for name in headers} == headers
    assert {name: answer.rec_headers.get(name) for name in fields} == fields
    assert body == exchanged.body


def test_a_file_begins_by_saying_what_it_is() -> None:
    """The first record names the program and the format."""
    ((info, body),) = read(encode_info(WARC, AT))
    assert (info.rec_type, info.rec_headers.get("WARC-Filename")) == ("warcinfo", WARC)
    assert body.startswith(b"software: article-scraper/")
    assert b"format: WARC File Format 1.1\r\n" in body


# --- files and their index -------------------------------------------------------------------------------


def archive(folder: Path, exchanges: list[Exchanged], *, rotation: Rotation = Rotation()) -> None:  # noqa: B008
    output = OutputFolder(folder, began=BEGAN, rotation=rotation)
    for exchanged in exchanges:
        output.write_exchange(exchanged)
    output.publish()


def check_index(folder: Path, warc: str) -> list[dict[str, Any]]:
    """Check that each line of the index leads to the record it speaks of; return the lines."""
    lines = (folder / index_name(warc)).read_bytes().splitlines()
    assert lines == sorted(lines)
    whole, found = (folder / warc).read_bytes(), []
    for line in lines:
        key, stamp, told = line.decode().split(" ", 2)
        entry = json.loads(told)
        start, length = int(entry["offset"]), int(entry["length"])
        ((record, _),) = read(whole[start : start + length])
        assert entry["filename"] == warc
        assert record.rec_headers.get("WARC-Target-URI") == entry["url"]
        assert record.rec_headers.get("WARC-Payload-Digest") == entry.get("digest")
        assert record.http_headers.get_statuscode() == entry["status"]
        assert (len(stamp), key) == (14, surt(entry["url"]))
        found.append(entry)
    return found


def test_files_and_index(tmp_path: Path) -> None:
    """Files rotate between exchanges, each begins anew, and an index beside each finds its answers."""
    exchanges = [PAGE, changed(status=304, body=b""), changed(url="http://a.example/")]
    archive(tmp_path, exchanges, rotation=Rotation(records=3))
    second = WARC.replace("0001", "0002")
    assert names(tmp_path) == [index_name(WARC), WARC, index_name(second), second]
    types = [[record.rec_type for record, _ in read((tmp_path / name).read_bytes())] for name in (WARC, second)]
    assert types == [["warcinfo", "response", "request", "revisit", "request"], ["warcinfo", "response", "request"]]
    first = check_index(tmp_path, WARC)
    assert sorted(entry["mime"] for entry in first) == ["text/html", "warc/revisit"]
    assert [entry["url"] for entry in check_index(tmp_path, second)] == ["http://a.example/"]


SURTS = {
    "http://127.0.0.1:8080/a": "1,0,0,127:8080)/a",
    "http://www.Example.com/A/b/?b=2&a=1": "com,example)/a/b?a=1&b=2",
    "https://www2.example.co.uk:444/x/": "uk,co,example:444)/x",
    "http://example.com": "com,example)/",
    "http://example.com:80/?q=%C3%A9": "com,example)/?q=%c3%a9",
    "http://www.example/": "example)/",
    "http://[::1]:80/": "::1)/",
    "http://[::1": "http://[::1",
    "http://a.example:99999/": "http://a.example:99999/",
}


@pytest.mark.parametrize(("url", "key"), SURTS.items(), ids=SURTS)
def test_surt(url: str, key: str) -> None:
    """Keys are those that the tools of web archives make; of an address that is none, the address."""
    assert surt(url) == key


@given(st.text())
def test_surt_is_total(url: str) -> None:
    """Whatever the address, the key is one word."""
    assert " " not in surt(url)


# --- kills and full disks --------------------------------------------------------------------------------


@given(
    contents=st.lists(st.binary(max_size=300), max_size=5),
    torn=st.one_of(st.just(b""), st.binary(max_size=20), st.binary(max_size=99).map(lambda it: gzip.compress(it)[:-1])),
)
def test_members(tmp_path_factory: pytest.TempPathFactory, contents: list[bytes], torn: bytes) -> None:
    """Members come back as they went in, with their places; what stands behind the last whole one is cut off."""
    path = tmp_path_factory.getbasetemp() / "members.gz"
    whole = b"".join(map(gzip.compress, contents))
    path.write_bytes(whole + torn)
    with path.open("rb") as file:
        found = list(read_members(file))
    assert [member.content for member in found] == contents
    for member in found:
        assert zlib.decompress(path.read_bytes()[member.offset :][: member.length], 31) == member.content
    assert cut_torn_member(path) == len(torn)
    assert path.read_bytes() == whole
    assert cut_torn_member(path) == 0


def test_unknown_parts_are_cut_between_records(tmp_path: Path) -> None:
    """A part that no memory speaks of keeps its whole records when it is put aside."""
    whole = encode_info(WARC, AT) + encode_exchange(PAGE)
    (tmp_path / f"{WARC}.part").write_bytes(whole + encode_exchange(PAGE)[:20])
    aside = put_unknown_parts_aside(tmp_path)
    assert aside is not None
    assert len(read((aside / WARC).read_bytes())) == 3


STEPS = """
import os, signal, sys
from itertools import count
from pathlib import Path
from scraper.sinks.publish import publish_part

folder, file, last = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
steps = count(1)

def die_at(event, args):
    if event in {"open", "os.rename", "os.remove"} and str(folder) in str(args[0]) and next(steps) == last:
        os.kill(os.getpid(), 9)

sys.addaudithook(die_at)
publish_part(folder, file)
"""


def test_killed_between_any_two_steps(tmp_path: Path) -> None:
    """Wherever a kill comes while an archive is published, it is there in the end, with an index that is right."""
    whole = encode_info(WARC, AT) + encode_exchange(PAGE)
    for step in count(1):
        folder = tmp_path / str(step)
        folder.mkdir()
        (folder / f"{WARC}.part").write_bytes(whole)
        done = subprocess.run([sys.executable, "-c", STEPS, str(folder), WARC, str(step)], check=False)
        for _ in range(2):
            recovered = recover_part(folder, WARC, len(whole), "gzip")
            assert recovered is not None
            assert (recovered.file, recovered.part, recovered.records, recovered.sink) == (WARC, WARC, 3, "warc")
            assert recovered.sha256 == hashlib.sha256(whole).hexdigest()
            assert recovered.first == recovered.last == AT
            assert names(folder) == [index_name(WARC), WARC]
            assert len(check_index(folder, WARC)) == 1
        if done.returncode == 0:
            break
    assert step == 8


def test_full_disk_while_indexing(tmp_path: Path) -> None:
    """An archive for whose index there is no room gets its name all the same."""
    (tmp_path / f"{WARC}.part").write_bytes(encode_info(WARC, AT) + encode_exchange(PAGE))
    with room_for(10):
        assert publish_part(tmp_path, WARC).file == WARC
    assert names(tmp_path) == [WARC]


# --- a crawl ---------------------------------------------------------------------------------------------

STORIES = [f"/story/{number}" for number in range(1, 5)]
CONFIG = (
    SETTINGS.replace("[crawl]", "[crawl]\nrecheck_hours = [0.0001]")
    + "[output]\nwarc = true\nrotate_records = 4\n"
    + "[site.'127.0.0.1']\nheaders = {'X-Key' = 'hush'}\ncookies = {'id' = 'hush'}\n"
)


@pytest.fixture
def press() -> Iterator[Press]:
    head = {"Content-Type": "text/html", "Set-Cookie": "session=hush"}
    pages = {path: (200, head, story(number).encode()) for number, path in enumerate([*STORIES, "/slow/1"], 1)}
    with Press(pages) as press:
        yield press


def test_crawl_to_an_archive(tmp_path: Path, press: Press) -> None:
    """Every request of a crawl is in its archive, robots.txt too, with the bytes that the server sent; no secret is."""
    ran = crawl(tmp_path, urls(press.base, *STORIES, "/missing"), settings=CONFIG)
    files = [ran.out / file for file in ran.summary["files"] if file.endswith(".warc.gz")]
    assert len(files) == 2
    answers = answers_in(*files)
    assert set(answers) == {press.base + path for path in (*STORIES, "/missing", "/robots.txt")}
    for article in ran.articles:
        assert article["title"].encode() in answers[article["url"]][1]
    assert answers[press.base + "/missing"][0].rec_headers.get("WARC-Truncated") == "unspecified"
    assert not any(b"hush" in gzip.decompress(file.read_bytes()) for file in files)
    assert sum(len(check_index(ran.out, file.name)) for file in files) == len(answers)
    manifest = json.loads((ran.out / json.loads((ran.out / "LATEST").read_bytes())["manifest"]).read_bytes())
    listed = sum(file["records"] for file in manifest["files"] if file["sink"] == "warc")
    assert listed == sum(len(read(file.read_bytes())) for file in files)


def test_killed_crawl_to_an_archive(tmp_path: Path, press: Press) -> None:
    """After a kill the archive of what was committed reads to its end, and the rest is fetched into the next one."""
    sources = urls(press.base, *STORIES, "/slow/1")
    running = subprocess.Popen(command(tmp_path, sources, settings=CONFIG), stderr=subprocess.DEVNULL)
    assert press.slow_asked.wait(20)
    time.sleep(1.2)
    running.kill()
    running.wait(10)
    press.let_go.set()
    ran = crawl(tmp_path, sources, settings=CONFIG)
    assert ran.code == 0
    assert not list(ran.out.glob("*.part"))
    files = sorted(ran.out.glob("*.warc.gz"))
    assert {press.base + path for path in (*STORIES, "/slow/1")} <= set(answers_in(*files))
    for file in files:
        check_index(ran.out, file.name)


def test_bytes_of_the_wire(tmp_path: Path) -> None:
    """Chunked and packed, cut, or unchanged: the archive has what came, and reads back as the page that was read."""
    packed = gzip.compress(b"<p>" + b"Bridges carry. " * 99, mtime=0)
    chunked = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (packed[:9], packed[9:], b""))
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n"
    routes = {
        "/robots.txt": respond(b"#" * 600_000, content_type="text/plain"),
        "/chunked": raw(head + chunked),
        "/known": respond(status="304 Not Modified", etag='"1"'),
    }
    output = OutputFolder(tmp_path, began=BEGAN)

    async def fetch() -> bytes:
        config = FetchConfig(delay_s=0.0, latency_factor=0.0, allow_networks=("127.0.0.0/8",))
        async with serving(routes) as server, HttpFetcher(config, archive=output.write_exchange) as fetcher:
            page = await fetcher.fetch_page(Target(url=server.url("/chunked"), source="list"))
            known = Target(url=server.url("/known"), source="list")
            assert (await fetcher.fetch_page(known, Validators(etag='"1"'))).status == 304
            return page.body

    body = asyncio.run(fetch())
    (warc,) = (length.file for length in output.publish())
    found = [(record, content) for record, content in read((tmp_path / warc).read_bytes())]
    by_path = {
        record.rec_headers.get("WARC-Target-URI").rpartition("/")[2]: (record, content)
        for record, content in found
        if record.rec_type in {"response", "revisit"}
    }
    answer, content = by_path["chunked"]
    assert content == body == gzip.decompress(packed)
    assert answer.http_headers.get("x-crawler-transfer-encoding") == "chunked"
    assert answer.http_headers.get("content-length") == str(len(packed))
    robots, content = by_path["robots.txt"]
    assert robots.rec_headers.get("WARC-Truncated") == "length"
    assert robots.http_headers.get("x-crawler-content-length") == "600000"
    assert by_path["known"][0].rec_type == "revisit"
    asked = [record.http_headers.get("if-none-match") for record, _ in found if record.rec_type == "request"]
    assert asked == [None, None, '"1"']
