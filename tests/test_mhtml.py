"""Pages that a browser has saved as one file."""

from __future__ import annotations

import json
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from press import story

from scraper.cli.main import run
from scraper.errors import FetchError
from scraper.fetchers.saved import read_saved
from scraper.web.mhtml import is_mhtml, page_of_mhtml

URL = "https://news.example/2024/05/größe"
HTML = story(1).replace("Bridge number 1 opens", "Größe der Brücke — 大橋")


def archive(*parts: MIMEText, line_end: bytes = b"\r\n", **headers: str) -> bytes:
    """Return the file that Chromium writes: its headers first, then the parts."""
    mail = MIMEMultipart("related", boundary="----MultipartBoundary--x----", type="text/html")
    for part in parts:
        mail.attach(part)
    first = "From: <Saved by Blink>\n" + "".join(
        f"{name.replace('_', '-')}: {value}\n" for name, value in headers.items()
    )
    return (first.encode() + mail.as_bytes()).replace(b"\n", line_end)


def part(html: str, charset: str = "utf-8", **headers: str) -> MIMEText:
    found = MIMEText(html, "html", charset)
    for name, value in headers.items():
        found[name.replace("_", "-")] = value
    return found


@pytest.mark.parametrize("charset", ["utf-8", "gb18030", "utf-16"])
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"], ids=["lf", "crlf"])
def test_the_page_of_an_archive(tmp_path: Path, charset: str, line_end: bytes) -> None:
    """The page comes out as it was, in whatever encoding, with the address it was saved from; frames are none of it."""
    frame = part("<p>a frame</p>", Content_Location="https://ads.example/")
    saved = archive(
        MIMEText("p {}", "css"), part(HTML, charset), frame, line_end=line_end, Snapshot_Content_Location=URL
    )
    (tmp_path / "a.mhtml").write_bytes(saved)
    page = read_saved(tmp_path / "a.mhtml", max_bytes=100_000)
    assert page.body.decode(charset).replace("\r\n", "\n") == HTML
    assert page.header("content-type") == f"text/html; charset={charset}"
    assert (page.url, page.final_url) == (
        (tmp_path / "a.mhtml").as_uri(),
        "https://news.example/2024/05/gr%C3%B6%C3%9Fe",
    )


def test_where_it_was_saved_from() -> None:
    """The archive's word goes before the part's; what is no web address is none."""
    for headers, location, expected in (
        ({"Snapshot_Content_Location": "https://a.example/1"}, "https://b.example/2", "https://a.example/1"),
        ({}, "https://b.example/2", "https://b.example/2"),
        ({}, "file:///c:/page.html", None),
    ):
        found = page_of_mhtml(archive(part(HTML, Content_Location=location), **headers))
        assert found is not None
        assert found.url == expected


def test_a_record_of_an_archive(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its record holds nothing of the envelope, and goes by the address it was saved from."""
    (tmp_path / "a.mht").write_bytes(archive(part(HTML), Snapshot_Content_Location=URL))
    assert run(["extract", str(tmp_path)]) == 0
    record = json.loads(capsys.readouterr().out)
    assert (record["title"], record["domain"]) == ("Größe der Brücke — 大橋", "news.example")
    assert record["url"] == (tmp_path / "a.mht").as_uri()
    assert "Boundary" not in record["text"] and "Content-" not in record["text"]


def test_an_archive_without_a_page(tmp_path: Path) -> None:
    """It is said, and is no page of headers."""
    (tmp_path / "a.mhtml").write_bytes(archive(MIMEText("p {}", "css")))
    with pytest.raises(FetchError, match="an MHTML archive without a page"):
        read_saved(tmp_path / "a.mhtml", max_bytes=100_000)


@pytest.mark.parametrize("body", [HTML.encode(), b"", b"Title: a dump\n\nmultipart/related", b"\x00\x01", b"a:b\n" * 9])
def test_what_is_no_archive(body: bytes) -> None:
    """A page or a text that only speaks of one stays what it is."""
    assert not is_mhtml(body)


NESTED = b"".join(b'Content-Type: multipart/related; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(300))


@given(
    st.binary(max_size=300)
    | st.sampled_from([archive(part(HTML))]).flatmap(
        lambda whole: st.integers(0, len(whole)).map(lambda cut: whole[:cut])
    )
)
@example(NESTED)
@example(b"Content-Type: multipart/related; boundary=\n\n")
@example(b"Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html; charset=\xff\n\n\xff")
def test_total(body: bytes) -> None:
    """Any bytes give a page or none."""
    is_mhtml(body)
    page_of_mhtml(body)
