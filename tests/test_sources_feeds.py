"""Feeds: what each kind gives, and that no bytes break the reader."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.errors import SourceError
from scraper.model import Target
from scraper.sources import feeds
from scraper.sources.feeds import parse_feed
from scraper.sources.found import MAX_SENTENCES, clean_hint, is_media

FEEDS = Path(__file__).parent.parent / "fixtures" / "feeds"
HOST = "https://feeds.harbour.example/rss"
SITE = "https://www.harbour.example"


def read(name: str, url: str = HOST, *, same_site_only: bool = False):
    return parse_feed((FEEDS / name).read_bytes(), url, same_site_only=same_site_only)


def test_rss_gives_addresses_titles_and_dates_as_printed() -> None:
    """CDATA, escaped and bare ampersands, relative links and the counting service's origLink all come out right."""
    result = read("rss_cdata.xml")
    assert [target.url for target in result.targets] == [
        f"{SITE}/2024/11/03/ferry-winter-timetable?a=1&b=2",
        "https://feeds.harbour.example/2024/11/02/old-crane",
        f"{SITE}/gulls?x=1&y=2",
        f"{SITE}/2024/11/01/lighthouse-lamp",
        "https://mattress.example/offer",
        f"{SITE}/2024/10/31/net-menders",
    ]
    assert result.targets[0] == Target(
        url=f"{SITE}/2024/11/03/ferry-winter-timetable?a=1&b=2",
        source="feed",
        found_at=HOST,
        title="Ferry line & crews agree on winter timetable",
        published="Sun, 03 Nov 2024 08:15:00 +0100",
    )
    assert (result.bad_count, result.repeated, result.media_only, result.other_site) == (1, 1, 2, 1)
    assert result.bad == (f"{HOST}: entry 3 (An entry that lost its address) has no address.",)


def test_same_site_only_leaves_out_strangers_and_keeps_the_feeds_own_site() -> None:
    """A feed host serves another site's feed: its entries are its own, the advertiser's is not."""
    result = read("rss_cdata.xml", "https://feeds.counter.example/harbour", same_site_only=True)
    urls = [target.url for target in result.targets]
    assert f"{SITE}/2024/11/01/lighthouse-lamp" in urls
    assert not any("mattress" in url for url in urls)
    assert result.other_site == 1


def test_atom_resolves_against_xml_base() -> None:
    """Each link is relative to the nearest xml:base; `edit` and `enclosure` links are no pages."""
    result = read("atom_base.xml")
    assert [(target.url, target.title, target.published, target.modified) for target in result.targets] == [
        (
            "https://hill.example/notes/2024/snow-again",
            "Snow again",
            "2024-05-01T07:30:00+02:00",
            "2024-05-02T10:00:00Z",
        ),
        ("https://hill.example/archive/upper-hut.html", "The upper hut", None, "2024-04-28T00:00:00Z"),
    ]
    assert (result.media_only, result.bad_count) == (1, 0)


def test_json_feed_loses_only_its_bad_items() -> None:
    """Items of the wrong shape are counted one by one, the others are kept."""
    result = read("feed.json", "https://tide.example/feed.json")
    assert [target.url for target in result.targets] == [
        "https://tide.example/eel-count",
        "https://tide.example/2024/sluice",
        "https://tide.example/from-the-id",
        "https://elsewhere.example/found",
    ]
    assert result.targets[0].published == "2024-06-01T12:00:00Z"
    assert result.targets[0].modified == "2024-06-02T12:00:00Z"
    assert (result.bad_count, result.media_only, result.other_site) == (3, 1, 1)
    assert "https://elsewhere.example/found" not in {
        target.url for target in read("feed.json", "https://tide.example/f", same_site_only=True).targets
    }


def test_rss_1_date_is_the_publication() -> None:
    """The one date of an RSS 1.0 item, dc:date, is when it was published."""
    (target,) = read("rss_1.0.rdf").targets
    assert (target.url, target.published, target.modified) == (
        "https://mill.example/wheel",
        "2023-02-01T09:00:00+01:00",
        None,
    )


def test_latin_1_title_is_read_by_its_declaration() -> None:
    """The XML declaration's encoding is obeyed."""
    (target,) = read("rss_latin1.xml").targets
    assert target.title == "Crème brûlée für alle - heute"


def test_truncated_feed_gives_complete_entries_only() -> None:
    """Half an address is never given."""
    result = read("rss_truncated.xml")
    assert [target.url for target in result.targets] == [
        "https://cut.example/whole-story",
        "https://cut.example/whole-too",
    ]
    assert result.bad == (f"{HOST}: the feed ends in the middle of an entry.",)


RSS = b"<rss version='2.0'><channel><item><title>A\x01 b</title><link>https://e.example/a</link></item></channel></rss>"


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(RSS, id="control-character"),
        pytest.param(b"\xef\xbb\xbf\n\n" + RSS, id="bom-and-blank-lines"),
        pytest.param(gzip.compress(RSS), id="gzip"),
        pytest.param(gzip.compress(gzip.compress(RSS)), id="gzip-twice"),
        pytest.param(RSS.decode().encode("utf-16"), id="utf-16"),
        pytest.param(RSS.decode().encode("utf-16-le"), id="utf-16-without-bom"),
        pytest.param(RSS.replace(b"</channel>", b"<p></channel>"), id="not-well-formed"),
    ],
)
def test_damaged_feed_still_gives_its_entry(body: bytes) -> None:
    """What a parser would stumble over is repaired first."""
    (target,) = parse_feed(body, HOST).targets
    assert (target.url, target.title) == ("https://e.example/a", target.title)
    assert (target.title or "").replace(" ", "") == "Ab"


@pytest.mark.parametrize(
    ("body", "told"),
    [
        pytest.param(b"", "no RSS", id="empty"),
        pytest.param(b"<html><body>Sign in</body></html>", "no RSS", id="html"),
        pytest.param(b"<urlset><url><loc>https://e.example/</loc></url></urlset>", "no RSS", id="sitemap"),
        pytest.param(b"\x00\xff\xfe\x9c", "no RSS", id="rubbish"),
        pytest.param(b"<?xml version='1.0' encoding='l\xff'?><rss/>", "cannot be read as a feed", id="parser-gives-up"),
        pytest.param(b"{", "broken JSON", id="broken-json"),
        pytest.param(b'{"a": "\xff"}', "broken JSON", id="json-not-utf-8"),
        pytest.param(b'{"items":' + b"[" * 100_000, "broken JSON", id="deep-json"),
        pytest.param(b'{"items": 3}', "no JSON Feed", id="other-json"),
    ],
)
def test_what_is_no_feed_is_said_so(body: bytes, told: str) -> None:
    """The error names the address and the reason."""
    with pytest.raises(SourceError, match=told) as raised:
        parse_feed(body, HOST)
    assert HOST in str(raised.value)


def test_feed_is_never_read_from_a_file_its_bytes_name() -> None:
    """The bytes are the feed, not the name of one."""
    with pytest.raises(SourceError):
        parse_feed(bytes(FEEDS / "rss_cdata.xml"), HOST)


def test_oversized_feed_is_read_from_the_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    """Entries up to the limit are kept, and the cut is reported."""
    item = b"<item><link>https://e.example/%d</link></item>"
    body = b"<rss version='2.0'><channel>" + b"".join(item % number for number in range(100)) + b"</channel></rss>"
    monkeypatch.setattr(feeds, "MAX_FEED_TAGS", 100)
    result = parse_feed(body, HOST)
    assert 20 <= len(result.targets) < 30
    assert any("larger" in sentence for sentence in result.bad)
    monkeypatch.setattr(feeds, "MAX_FEED_BYTES", 500)
    assert 5 <= len(parse_feed(body, HOST).targets) < 15


def test_broken_gzip_is_reported_beside_what_was_read() -> None:
    """The entries before the break are kept."""
    result = parse_feed(gzip.compress(RSS)[:-8], HOST)
    assert len(result.targets) == 1
    assert "gzip stream" in result.bad[0]


def test_entry_with_an_impossible_address_is_bad() -> None:
    """It is quoted in the report."""
    result = parse_feed(RSS.replace(b"https://e.example/a", b"mailto:a@e.example"), HOST)
    assert (result.targets, result.bad) == ((), (f"{HOST}: 'mailto:a@e.example' is no http address.",))


def test_element_named_as_a_key_of_the_parser_does_no_harm() -> None:
    """`<links>` in an entry is text where the parser's users expect a list."""
    result = parse_feed(b"<rss version='2.0'><channel><item><links>a</links></item></channel></rss>", HOST)
    assert (result.targets, result.bad_count) == ((), 1)


def test_bad_entries_are_all_counted_and_some_described() -> None:
    """A feed of rubbish does not fill the report."""
    result = parse_feed(b'{"items": [' + b"1," * 99 + b"1]}", HOST)
    assert (result.bad_count, len(result.bad)) == (100, MAX_SENTENCES)


@pytest.mark.parametrize(
    ("url", "expected"),
    [("https://e.example/a.MP3?x=1", True), ("https://e.example/a.jpg#b", True), ("https://e.example/jpg", False)],
)
def test_is_media(url: str, expected: bool) -> None:
    """The ending of the path tells, not the query."""
    assert is_media(url) is expected


def test_clean_hint_gives_none_for_nothing() -> None:
    """An empty hint is no hint."""
    assert clean_hint(" \x00\n") is None
    assert clean_hint(None) is None


FRAGMENTS = st.sampled_from(
    [
        *(
            b"<rss>",
            b"<channel>",
            b"<item>",
            b"</item>",
            b"<link>",
            b"</link>",
            b"<title>",
            b"<![CDATA[",
            b"]]>",
            b"&",
            b"&#0;",
        ),
        *(
            b"<feed xmlns='http://www.w3.org/2005/Atom'>",
            b"<entry>",
            b"</entry>",
            b"<link href='",
            b"'/>",
            b"http://[",
            b"//",
        ),
        *(
            b"<!DOCTYPE a [<!ENTITY b 'c'>]>",
            b"<?xml version='1.0' encoding='utf-7'?>",
            b"&b;",
            b"<!--",
            b"xml:base='http://[::'",
        ),
        *(
            b"<pubDate>",
            b"99999999-13-45",
            b"{",
            b'"items":',
            b"[",
            b"\x1f\x8b\x08",
            b"\xff\xfe",
            b"<content type='application/xml'>",
        ),
    ]
)


@settings(max_examples=100, deadline=None)
@given(body=st.one_of(st.binary(max_size=300), st.lists(FRAGMENTS, max_size=25).map(b"".join)))
def test_any_bytes_give_a_result_or_a_source_error(body: bytes) -> None:
    """Nothing else escapes, and every target has an http address."""
    try:
        result = parse_feed(body, HOST)
    except SourceError:
        return
    assert all(target.url.startswith(("http://", "https://")) for target in result.targets)
    assert result.bad_count >= len(result.bad)
