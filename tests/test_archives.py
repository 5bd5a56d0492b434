"""Web archives as input: the pages of a crawl come out of its archive again, and damage costs what is damaged alone."""

from __future__ import annotations

import gzip
import io
import json
import re
import struct
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kill.web import records, write_config
from press import story
from test_cli import scraper_

from scraper.cli.main import run
from scraper.demo.serve import DemoServer
from scraper.errors import FetchError
from scraper.fetchers.archived import read_archived
from scraper.model import Exchanged, Page
from scraper.sinks.warc import encode_exchange, encode_info

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

AT = datetime(2026, 11, 22, 6, 30, 1, 250_000, tzinfo=UTC)
HTML = (("content-type", "text/html; charset=utf-8"),)
MAX_BYTES = 100_000


def exchanged(number: int, **changes: Any) -> Exchanged:
    fields: dict[str, Any] = {"headers": HTML, "body": story(number).encode(), "status": 200, "reason": "OK"}
    return Exchanged(url=f"https://news.example/{number}", at=AT, **fields | changes)


INFO = gzip.decompress(encode_info("warc-2026-11-22-0001.warc.gz", AT))
ANSWERS = [encode_exchange(exchanged(number)) for number in range(1, 5)]
ONE_BY_ONE = [gzip.decompress(answer) for answer in ANSWERS]
DICTIONARY = b"".join(ONE_BY_ONE)[:4000]


def with_dictionary() -> bytes:
    words = zstd.ZstdDict(DICTIONARY, is_raw=True)
    frames = [zstd.compress(part, zstd_dict=words) for part in (INFO, *ONE_BY_ONE)]
    return b"\x5d\x2a\x4d\x18" + struct.pack("<I", len(DICTIONARY)) + DICTIONARY + b"".join(frames)


FORMS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "gzip by record": ("a.warc.gz", lambda: gzip.compress(INFO) + b"".join(ANSWERS)),
    "gzip as one": ("a.warc.gz", lambda: gzip.compress(INFO + b"".join(ONE_BY_ONE))),
    "plain": ("a.warc", lambda: INFO + b"".join(ONE_BY_ONE)),
    "zstd by record": ("a.warc.zst", lambda: b"".join(map(zstd.compress, (INFO, *ONE_BY_ONE)))),
    "zstd as one": ("a.warc.zst", lambda: zstd.compress(INFO + b"".join(ONE_BY_ONE))),
    "zstd with a dictionary": ("a.warc.zst", with_dictionary),
    "plain by another name": ("archive", lambda: INFO + b"".join(ONE_BY_ONE)),
}


def archive(folder: Path, content: bytes, name: str = "a.warc.gz") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def read(path: Path) -> tuple[list[str], list[str]]:
    """Return the addresses of the pages of an archive, and what was said of the rest."""
    found = list(read_archived(path, max_bytes=MAX_BYTES))
    pages = [each.url for each in found if isinstance(each, Page)]
    return pages, [str(each).removeprefix(path.as_uri()) for each in found if isinstance(each, FetchError)]


@pytest.mark.parametrize(("name", "make"), FORMS.values(), ids=FORMS)
def test_forms_of_archives(tmp_path: Path, name: str, make: Callable[[], bytes]) -> None:
    """However an archive is packed, its pages come out in order, as they were fetched."""
    path = archive(tmp_path, make(), name)
    assert read(path) == ([f"https://news.example/{number}" for number in range(1, 5)], [])
    first = next(read_archived(path, max_bytes=MAX_BYTES))
    assert isinstance(first, Page)
    assert (first.final_url, first.fetched_at, first.status) == (first.url, AT, 200)
    assert (first.body, first.header("content-type")) == (story(1).encode(), "text/html; charset=utf-8")
    records = json.loads(scraper_("extract", path, "--format", "json").out)
    assert [record["title"] for record in records] == [f"Bridge number {number} opens" for number in range(1, 5)]


def test_a_crawl_comes_out_of_its_archive_again(tmp_path: Path) -> None:
    """What a crawl of the demo newspaper wrote comes out of its archive: the same addresses, titles, texts and days."""
    with DemoServer() as server:
        config = write_config(tmp_path, server, output="warc = true")
        assert run(["crawl", "--config", str(config), "--out", str(tmp_path / "out"), "-q"]) == 0
    crawled = records(tmp_path / "out")
    ran = scraper_("extract", *sorted((tmp_path / "out").glob("*.warc.gz")))
    extracted = {each["final_url"]: each for each in map(json.loads, ran.out.splitlines())}
    whole = [each for each in crawled if each["pages"]["count"] == 1]
    assert len(whole) > 30
    for record in whole:
        again = extracted[record["final_url"]]
        for name in ("title", "text", "authors", "language", "html_hash", "content_hash"):
            assert again[name] == record[name], (record["url"], name)
        assert again["fetch"]["fetched_at"][:10] == record["fetch"]["fetched_at"][:10]
        assert again["fetch"]["charset"] == record["fetch"]["charset"]


OTHERS = {
    "not found": exchanged(9, status=404),
    "unchanged": exchanged(9, status=304, body=b""),
    "part": exchanged(9, status=206),
    "feed": exchanged(9, headers=(("content-type", "application/rss+xml"),)),
    "robots.txt": exchanged(9, headers=(("content-type", "text/plain"),)),
    "film": exchanged(9, headers=(("content-type", "video/mp4"),), body=bytes(3 * MAX_BYTES)),
    "without a type": exchanged(9, headers=()),
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_what_is_no_page_is_passed_over(tmp_path: Path, other: Exchanged) -> None:
    """Answers that are no page of status 200, revisits and requests are left out without a word."""
    path = archive(tmp_path, ANSWERS[0] + encode_exchange(other) + ANSWERS[1])
    assert read(path) == (["https://news.example/1", "https://news.example/2"], [])


CHUNKED = b"4\r\n<p>o\r\n3;x=y\r\nver\r\n0\r\n\r\n"


def by_hand(headers: bytes, body: bytes, more: str = "", url: str = "https://news.example/9") -> bytes:
    """Return a record as other crawlers write it: with the bytes of the wire."""
    block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + headers + b"\r\n" + body
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2026-11-22T06:30:01Z\r\n{more}"
    length = f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
    return gzip.compress(head.encode() + length.encode() + block + b"\r\n\r\n")


BODIES = {
    "chunked": by_hand(b"Transfer-Encoding: chunked\r\n", CHUNKED),
    "chunked by its label alone": by_hand(b"Transfer-Encoding: chunked\r\n", b"<p>over"),
    "gzip": by_hand(b"Content-Encoding: gzip\r\n", gzip.compress(b"<p>over")),
    "gzip in chunks": by_hand(
        b"Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
        b"%x\r\n%s\r\n0\r\n\r\n" % (len(gzip.compress(b"<p>over", mtime=0)), gzip.compress(b"<p>over", mtime=0)),
    ),
    "folded header": by_hand(b"X-Odd: a\r\n b\r\n", b"<p>over"),
    "address in brackets": by_hand(b"", b"<p>over", url="<https://news.example/9>"),
}


@pytest.mark.parametrize("record", BODIES.values(), ids=BODIES)
def test_bodies_as_other_crawlers_keep_them(tmp_path: Path, record: bytes) -> None:
    """A body comes out of its chunks and codings as that of a fetched page does."""
    (page,) = read_archived(archive(tmp_path, record), max_bytes=MAX_BYTES)
    assert isinstance(page, Page)
    assert (page.body, page.url) == (b"<p>over", "https://news.example/9")


REFUSED = {
    "too long": (by_hand(b"", b"<p>" + b"x" * MAX_BYTES), "too_large (100,003 bytes, more than 100,000)"),
    "a bomb": (by_hand(b"Content-Encoding: gzip\r\n", gzip.compress(bytes(1 << 24))), "too_large ("),
    "no gzip": (by_hand(b"Content-Encoding: gzip\r\n", gzip.compress(b"<p>" * 999)[:30]), "truncated ("),
    "a PDF": (by_hand(b"", b"%PDF-1.7 and so on and on"), "content_type (the body is application/pdf"),
    "half its chunks": (by_hand(b"Transfer-Encoding: chunked\r\n", CHUNKED[:10]), "truncated (the last chunk"),
    "cut": (
        by_hand(b"", b"<p>", "WARC-Truncated: length\r\n"),
        "truncated (the archive has a part of it alone (length",
    ),
    "no address": (by_hand(b"", b"<p>", url="dns:news.example"), "dns:news.example: bad_url ("),
}


@pytest.mark.parametrize(("record", "said"), REFUSED.values(), ids=REFUSED)
def test_a_page_that_cannot_be_read(tmp_path: Path, record: bytes, said: str) -> None:
    """A page that cannot be read is one sentence, with its address; the others are read."""
    pages, (sentence,) = read(archive(tmp_path, ANSWERS[0] + record + ANSWERS[1]))
    assert pages == ["https://news.example/1", "https://news.example/2"]
    assert said in sentence


def broken(content: bytes, at: int, by: bytes) -> bytes:
    return content[:at] + by + content[at + len(by) :]


def summed(content: bytes) -> bytes:
    return zstd.compress(content, options={zstd.CompressionParameter.checksum_flag: 1})


DAMAGED: dict[str, tuple[str, bytes, set[int]]] = {
    "bytes of a member": ("a.warc.gz", ANSWERS[0] + broken(ANSWERS[1], 300, b"\xff" * 40) + ANSWERS[2], {1, 3}),
    "begin of a member": ("a.warc.gz", ANSWERS[0] + broken(ANSWERS[1], 0, b"\0" * 40) + ANSWERS[2], {1, 3}),
    "begin of the file": ("a.warc.gz", b"\x1f\x8b\x08 nothing" + ANSWERS[1] + ANSWERS[2], {2, 3}),
    "sum of a member": ("a.warc.gz", ANSWERS[0] + by_hand(b"", b"<p>")[:-8] + bytes(8) + ANSWERS[2], {1, 3}),
    "cut in between": ("a.warc.gz", ANSWERS[0] + by_hand(b"", b"<p>")[:-30] + ANSWERS[2], {1, 3}),
    "cut at the end": ("a.warc.gz", ANSWERS[0] + ANSWERS[1] + by_hand(b"", b"<p>")[:-30], {1, 2}),
    "no length": ("a.warc", ONE_BY_ONE[0] + ONE_BY_ONE[1].replace(b"Content-L", b"L", 1) + ONE_BY_ONE[2], {1, 3}),
    "too small a length": ("a.warc", ONE_BY_ONE[0] + re.sub(rb"(Content-Length: )\d+", rb"\g<1>50", ONE_BY_ONE[1],
                           count=1) + ONE_BY_ONE[2], {1, 3}),
    "too great a length": ("a.warc.gz", ANSWERS[0] + gzip.compress(re.sub(rb"(Content-Length: )\d", rb"\g<1>9",
                           ONE_BY_ONE[1], count=1)) + ANSWERS[2], {1, 3}),
    "a frame": ("a.warc.zst", summed(ONE_BY_ONE[0]) + broken(summed(ONE_BY_ONE[1]), 60, b"\xff" * 20)
                + summed(ONE_BY_ONE[2]), {1, 3}),
    "text in between": ("a.warc", ONE_BY_ONE[0] + b"nothing that belongs here\r\n" + ONE_BY_ONE[2], {1, 3}),
}  # fmt: skip


@pytest.mark.parametrize(("name", "content", "left"), DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_record_costs_itself(tmp_path: Path, name: str, content: bytes, left: set[int]) -> None:
    """What is damaged is one sentence with its place; the records before it and behind it are read."""
    path = archive(tmp_path, content, name)
    pages, (sentence,) = read(path)
    assert pages == [f"https://news.example/{number}" for number in sorted(left)]
    assert re.match(
        r": file_unreadable \(the record at byte [\d,]+ is damaged: .+; (reading goes|nothing after)", sentence
    )
    ran = scraper_("extract", path)
    assert (ran.code, len(ran.out.splitlines()), ran.err.count("\n")) == (1, 2, 1)


@given(
    content=st.binary(max_size=300), cut=st.integers(0, len(ANSWERS[1])), name=st.sampled_from(["a.warc", "a.warc.gz"])
)
@settings(deadline=None, max_examples=200)
def test_any_damage_costs_what_it_hits(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, cut: int, name: str
) -> None:
    """Whatever stands where a record was, the record behind it is read, and reading ends."""
    parts = ANSWERS if name.endswith(".gz") else ONE_BY_ONE
    path = archive(tmp_path_factory.getbasetemp(), parts[0] + parts[1][:cut] + content + b"\n" + parts[2], name)
    pages, _ = read(path)
    assert pages[0] == "https://news.example/1"
    assert pages[-1] == "https://news.example/3"


OTHER_WRITER = """
import io, sys
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

page, url = open(sys.argv[2], "rb"), "https://news.example/1"
writer = WARCWriter(open(sys.argv[1], "wb"), gzip=sys.argv[1].endswith(".gz"))
writer.write_record(writer.create_warcinfo_record("a.warc", {"software": "other"}))
told = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.0")
asked = StatusAndHeaders("GET /1 HTTP/1.0", [], is_http_request=True)
writer.write_request_response_pair(
    writer.create_warc_record(url, "request", http_headers=asked),
    writer.create_warc_record(url, "response", payload=page, http_headers=told),
)
"""


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_archives_of_another_writer(tmp_path: Path, name: str) -> None:
    """What warcio writes is read, with its page and nothing else."""
    pytest.importorskip("warcio", reason="warcio is not installed; pip install --group dev")
    (tmp_path / "page").write_bytes(story(1).encode())
    subprocess.run([sys.executable, "-c", OTHER_WRITER, tmp_path / name, tmp_path / "page"], check=True)
    (found,) = read_archived(tmp_path / name, max_bytes=MAX_BYTES)
    assert isinstance(found, Page)
    assert (found.url, found.body) == ("https://news.example/1", story(1).encode())


def test_memory_is_bounded(tmp_path: Path) -> None:
    """A record of 300 MB that is no page, and one that is, cost no memory of their size."""
    path = tmp_path / "large.warc"
    head = "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://news.example/{}\r\n"
    head += "Content-Type: application/http\r\nContent-Length: {}\r\n\r\n"
    with path.open("wb") as file:
        for kind in ("video/mp4", "text/html"):
            answer = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n\r\n"
            length = 300_000_000
            file.write((head.format(kind[0], length + len(answer)) + answer).encode())
            file.seek(length, io.SEEK_CUR)
            file.write(b"\r\n\r\n")
        file.write(ONE_BY_ONE[0])
    tracemalloc.start()
    found = [each.url for each in read_archived(path, max_bytes=1_000_000)]
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == ["https://news.example/t", "https://news.example/1"]
    assert peak_bytes < 4_000_000


def test_inputs_that_give_nothing(tmp_path: Path) -> None:
    """An archive without a page, one that is missing, and one on stdin are each one sentence."""
    empty = archive(tmp_path, gzip.compress(INFO))
    ran = scraper_("extract", empty, "--format", "json")
    assert (ran.code, ran.out) == (1, "[]\n")
    assert ran.err == f"{empty}: the archive holds no page (an answer of status 200 that is HTML).\n"
    missing = tmp_path / "missing.warc.gz"
    assert scraper_("extract", missing).err == f"{missing}: no page: file_unreadable (No such file or directory).\n"
    for on_stdin in (INFO, gzip.compress(INFO)):
        ran = scraper_("extract", "-", stdin=on_stdin)
        assert (ran.code, ran.out) == (1, "")
        assert (
            ran.err
            == "stdin: no page: content_type (it is a web archive: give it as a file named .warc or .warc.gz).\n"
        )
    ran = scraper_("extract", empty, "--url", "https://news.example/1")
    assert (ran.code, ran.err.count("\n")) == (2, 1)
    ran = scraper_("inspect", empty)
    assert (ran.code, ran.err) == (2, f"{empty}: is a web archive; inspect shows one page.\n")
