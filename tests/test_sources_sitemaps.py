"""Sitemaps: what each kind gives, and that hostile ones neither hang, leak nor lie."""

from __future__ import annotations

import gzip
import socket
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.errors import SourceError
from scraper.sources import repair, sitemaps
from scraper.sources.repair import cut_after, cut_unfinished, escape_ampersands, inflate
from scraper.sources.sitemaps import parse_sitemap

SITEMAPS = Path(__file__).parent.parent / "fixtures" / "sitemaps"
FEEDS = SITEMAPS.parent / "feeds"
SITE = "https://harbour.example"
INDEX = f"{SITE}/sitemaps/index.xml"


def read(name: str, url: str = INDEX):
    return parse_sitemap((SITEMAPS / name).read_bytes(), url)


def addresses(result) -> list[str]:
    return [target.url.removeprefix(SITE) for target in result.targets]


def test_index_gives_sitemaps_with_lastmod_and_depth() -> None:
    """An entry that points back at the index, one without address and a repeated one are counted."""
    result = parse_sitemap((SITEMAPS / "index.xml").read_bytes(), INDEX, depth=2)
    assert [(target.url, target.modified, target.depth) for target in result.sitemaps] == [
        (f"{SITE}/sitemaps/news.xml", "2024-11-03T08:15:00+01:00", 3),
        (f"{SITE}/sitemaps/2023.xml.gz", None, 3),
    ]
    assert (result.kind, result.targets, result.bad_count, result.repeated) == ("index", (), 2, 1)
    assert result.bad[0] == f"{INDEX}: entry 3 points back at this sitemap."


def test_news_sitemap_gives_title_and_publication() -> None:
    """news: elements are hints; an image's loc and title are not the page's; CDATA keeps its ampersand."""
    first, second = read("news.xml").targets
    assert (first.url, first.title) == (
        f"{SITE}/2024/11/03/ferry-winter-timetable",
        "Ferry line & crews agree on winter timetable",
    )
    assert (first.published, first.modified) == ("2024-11-03T08:15:00+01:00", "2024-11-03T09:00:00+01:00")
    assert (first.source, first.found_at) == ("sitemap", INDEX)
    assert second.url == f"{SITE}/gulls?x=1&y=2"


@pytest.mark.parametrize(
    ("name", "expected", "bad_count"),
    [
        pytest.param(
            "bare_ampersand.xml", ["/list?a=1&b=2&copy=3", "/list?a=1&b=4", "/space&nbsp;here"], 0, id="ampersand"
        ),
        pytest.param("truncated.xml", ["/one", "/two"], 1, id="truncated"),
        pytest.param("urls.xml.gz", ["/packed"], 0, id="gzip"),
        pytest.param("urls.txt", ["/plain-one", "/plain-two"], 1, id="text"),
        pytest.param("billion_laughs.xml", ["/&lol9;", "/&secret;", "/calm"], 0, id="entities-stay-unread"),
    ],
)
def test_sitemap_files(name: str, expected: list[str], bad_count: int) -> None:
    """Each file gives exactly the addresses printed in it."""
    result = read(name)
    assert addresses(result) == expected
    assert result.bad_count == bad_count


def test_nothing_outside_the_bytes_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a DTD nor an external entity makes the parser ask the network or a file."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the parser opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    body = (
        b'<!DOCTYPE urlset SYSTEM "http://127.0.0.1:9/x.dtd" [<!ENTITY f SYSTEM "file:///etc/passwd">]>'
        b"<urlset><url><loc>https://harbour.example/a</loc><lastmod>&f;</lastmod></url></urlset>"
    )
    (target,) = parse_sitemap(body, INDEX).targets
    assert target.modified == "&f;"


@pytest.mark.parametrize("name", ["rss_cdata.xml", "atom_base.xml", "rss_1.0.rdf"])
def test_feed_used_as_sitemap(name: str) -> None:
    """A feed in a sitemap's place is read as the feed it is."""
    result = parse_sitemap((FEEDS / name).read_bytes(), "https://harbour.example/sitemap.xml")
    assert result.kind == "feed"
    assert result.targets
    assert result.targets[0].source == "feed"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        pytest.param(b"", "empty", id="empty"),
        pytest.param(gzip.compress(b""), "empty", id="empty-gzip"),
        pytest.param(b"<!doctype html><html><body>404</body></html>", "HTML page", id="html"),
        pytest.param(b"<note>hello</note>", "no sitemap", id="other-xml"),
        pytest.param(b"%PDF-1.7 \xff\xd8\x00", "neither XML", id="rubbish"),
        pytest.param(b"<", "no sitemap", id="one-bracket"),
    ],
)
def test_what_is_no_sitemap_is_said_so(body: bytes, told: str) -> None:
    """The error names the address and the reason."""
    with pytest.raises(SourceError, match=told) as raised:
        parse_sitemap(body, INDEX)
    assert INDEX in str(raised.value)


def test_empty_urlset_is_a_sitemap() -> None:
    """Nothing new today is no error."""
    assert parse_sitemap(b"<urlset></urlset>", INDEX).targets == ()


def test_entry_that_is_the_root_is_read() -> None:
    """Also behind a comment."""
    assert addresses(parse_sitemap(b"<!-- one --><url><loc>/a</loc></url>", INDEX)) == ["/a"]


def test_unknown_root_with_entries_is_read() -> None:
    """What counts is that entries are there, in whatever namespace."""
    body = b"<map xmlns='urn:x'><url><loc>/a</loc></url></map>"
    assert addresses(parse_sitemap(body, INDEX)) == ["/a"]


@pytest.mark.parametrize("packed", [False, True])
def test_addresses_beyond_the_protocols_limit_are_left_out(monkeypatch: pytest.MonkeyPatch, packed: bool) -> None:
    """The limit is said, and the addresses before it are kept."""
    monkeypatch.setattr(sitemaps, "MAX_SITEMAP_URLS", 3)
    xml = b"<urlset>" + b"".join(b"<url><loc>/%d</loc></url>" % number for number in range(5)) + b"</urlset>"
    text = "\n".join(f"{SITE}/{number}" for number in range(5)).encode()
    for body in (xml, text):
        result = parse_sitemap(gzip.compress(body) if packed else body, INDEX)
        assert addresses(result) == ["/0", "/1", "/2"]
        assert "more than 3 addresses" in result.bad[0]


def test_other_sites_can_be_left_out() -> None:
    """Sold slots are counted, and left out on request."""
    body = b"<urlset><url><loc>/own</loc></url><url><loc>https://casino.example/x</loc></url></urlset>"
    assert (len(parse_sitemap(body, INDEX).targets), parse_sitemap(body, INDEX).other_site) == (2, 1)
    only = parse_sitemap(body, INDEX, same_site_only=True)
    assert (addresses(only), only.other_site) == (["/own"], 1)


def test_junk_without_entries_ends_the_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elements that are no entries do not pile up in memory."""
    monkeypatch.setattr(sitemaps, "_BARREN_BYTES", 100_000)
    junk = b"<a/>" * 100_000
    body = b"<urlset><url><loc>/a</loc></url>" + junk + b"<url><loc>/b</loc></url></urlset>"
    assert addresses(parse_sitemap(body, INDEX)) == ["/a"]


def test_gzip_bomb_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Inflation stops at the limit, and the entries before it are kept."""
    monkeypatch.setattr(repair, "MAX_INFLATED_BYTES", 100_000)
    body = b"<urlset><url><loc>/a</loc></url>" + b" " * 5_000_000 + b"</urlset>"
    result = parse_sitemap(gzip.compress(body), INDEX)
    assert addresses(result) == ["/a"]
    assert "larger than 100000 bytes" in result.bad[0]
    assert len(inflate(body).body) == 100_000


@pytest.mark.parametrize(
    ("packed", "body", "problem"),
    [
        pytest.param(gzip.compress(b"a") + gzip.compress(b"b"), b"ab", None, id="two-members"),
        pytest.param(gzip.compress(b"a") + b"\0\0junk", b"a", None, id="trailing-junk"),
        pytest.param(gzip.compress(b"hello" * 9)[:-9], b"hello" * 9, "ends too early", id="cut"),
        pytest.param(b"\x1f\x8b\x08", b"", "ends too early", id="header-only"),
        pytest.param(b"\x1f\x8bxxxxxxxxxxxx", b"", "broken", id="no-gzip-after-all"),
        pytest.param(b"plain", b"plain", None, id="plain"),
    ],
)
def test_inflate(packed: bytes, body: bytes, problem: str | None) -> None:
    """What can be inflated is, and what stopped it is told."""
    inflated = inflate(packed)
    assert inflated.body == body
    assert (inflated.problem is None) if problem is None else (problem in (inflated.problem or ""))


def test_escape_ampersands_is_idempotent_outside_cdata() -> None:
    """References that every parser knows stay; CDATA stays; an unclosed CDATA stays to its end."""
    once = escape_ampersands(b"a&b &amp; &#38; &#x26; &nbsp; <![CDATA[&c]]>&d<![CDATA[&e")
    assert once == b"a&amp;b &amp; &#38; &#x26; &amp;nbsp; <![CDATA[&c]]>&amp;d<![CDATA[&e"
    assert escape_ampersands(once) == once


def test_cut_after_and_unfinished() -> None:
    """Bodies within the limits come back whole."""
    assert cut_after(b"a,b,c", b",", 1) == b"a,b"
    assert cut_after(b"a,b,c", b",", 2) == b"a,b,c"
    assert cut_unfinished(b"<x:url>1</x:url><x:url>2", ("url",)) == (b"<x:url>1</x:url>", True)
    assert cut_unfinished(b"<urlset><url>1</url></urlset>", ("url",)) == (b"<urlset><url>1</url></urlset>", False)


FRAGMENTS = st.sampled_from(
    [
        *(
            b"<urlset>",
            b"<url>",
            b"</url>",
            b"<loc>",
            b"</loc>",
            b"/a",
            b"https://e.example/",
            b"<![CDATA[",
            b"]]>",
            b"&",
            b"\n",
        ),
        *(
            b"<sitemapindex>",
            b"<sitemap>",
            b"</sitemap>",
            b"<news:news>",
            b"<!--",
            b"-->",
            b"<?x",
            b"<!DOCTYPE a [",
            b"\x00",
            b"\xff",
        ),
        *(
            b"\x1f\x8b\x08\x00",
            b"<?xml version='1.0' encoding='utf-16'?>",
            b"<html>",
            b"<rss>",
            b"&#0;",
            b"&#55296;",
            b"xmlns:a='",
        ),
    ]
)


@settings(max_examples=100, deadline=None)
@given(
    body=st.one_of(
        st.binary(max_size=300),
        st.lists(FRAGMENTS, max_size=30).map(b"".join),
        st.lists(FRAGMENTS, max_size=30).map(lambda parts: zlib.compress(b"".join(parts), wbits=31)),
    )
)
def test_any_bytes_give_a_result_or_a_source_error(body: bytes) -> None:
    """Nothing else escapes, and every target has an http address."""
    try:
        result = parse_sitemap(body, INDEX)
    except SourceError:
        return
    assert all(target.url.startswith(("http://", "https://")) for target in (*result.targets, *result.sitemaps))
