"""Section pages: which links are taken for articles."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.errors import SourceError
from scraper.sources.addresses import could_be_article, score_address
from scraper.sources.sections import parse_section

URL = "https://www.harbour.example/sport/"
SITE = "https://www.harbour.example"

PAGE = """<!doctype html><html><head><title>Sport</title>
<link rel="alternate" type="application/rss+xml" href="/sport/feed.xml">
<link rel="alternate" type="application/rss+xml" href="/sport/comments/feed.xml">
<link rel="Alternate home" type="application/atom+xml; charset=utf-8" href="https://feeds.harbour.example/all">
<link rel="alternate" type="application/json+oembed" href="/oembed">
<link rel="alternate" hreflang="de" href="/de/sport/">
<link rel="stylesheet" type="application/rss+xml" href="/no">
</head><body>
<header><a href="/">Harbour Post</a><a href="/subscribe-to-our-daily-letter">Subscribe to our daily letter</a></header>
<nav><ul><li><a href="/politics/">Politics</a></li>
<li><a href="/science-and-technology/">Science and technology</a></li></ul></nav>
<div class="breadcrumb"><a href="/news/all-the-news-there-is">All the news there is</a></div>
<main>
 <article><a href="/sport/2024/11/03/rowers-win-the-long-race"><img alt="Rowers on the river" src="r.jpg"></a>
   <header><h2><a href="/sport/2024/11/03/rowers-win-the-long-race#top">Rowers win the long race</a></h2></header>
   <p><a href="/author/ida-quay">Ida Quay</a> <a href="/tag/rowing">Rowing</a></p>
   <footer><a href="/sport/2024/11/03/rowers-win-the-long-race#comments">12 comments</a></footer></article>
 <a href="/sport/harbour-swim-moves-to-june"><h3>Harbour swim moves to June</h3><p>The water is too cold in May.</p></a>
 <ul class="list">
   <li><a href="/sport/one-4711001">First of the plain list items here</a></li>
   <li><a href="/sport/two-4711002">Second of the plain list items here</a></li>
   <li><a href="/sport/three-4711003">Third</a></li>
 </ul>
 <h3><a href="/index.php?id=90210">A story behind a query</a></h3>
 <p><a href="/sport/?page=2">Next page</a> <a href="/sport/page/3">3</a> <a href="/2024/11/">November 2024</a></p>
 <p><a href="https://mattress.example/offer-of-the-year-for-you">Offer of the year for you</a></p>
 <p><a href="/files/results-of-the-season-2024.pdf">Results of the season 2024</a></p>
 <p><a href="mailto:desk@harbour.example">Write to the desk of the paper</a>
 <a href="#">Top</a> <a href="javascript:x()">x</a></p>
</main>
<aside><h4>Most read</h4>
<a href="/news/2024/10/30/old-crane-comes-down">Old crane comes down at the north quay</a></aside>
<footer><a href="/our-rules-for-good-journalism">Our rules for good journalism</a>
<a href="/imprint">Imprint</a></footer>
</body></html>"""


def test_stories_are_taken_in_order_and_nothing_else() -> None:
    """Navigation, lists, people, files, other sites and the page's own pages are left."""
    result = parse_section(PAGE, URL)
    assert [(target.url.removeprefix(SITE), target.title) for target in result.targets] == [
        ("/sport/2024/11/03/rowers-win-the-long-race", "Rowers win the long race"),
        ("/sport/harbour-swim-moves-to-june", "Harbour swim moves to June"),
        ("/sport/one-4711001", "First of the plain list items here"),
        ("/sport/two-4711002", "Second of the plain list items here"),
        ("/sport/three-4711003", "Third"),
        ("/index.php?id=90210", "A story behind a query"),
        ("/news/2024/10/30/old-crane-comes-down", "Old crane comes down at the north quay"),
    ]
    assert {(target.source, target.found_at, target.depth) for target in result.targets} == {("section", URL, 1)}


def test_bytes_are_decoded_by_their_declaration() -> None:
    """A title in windows-1251 is read as what it is."""
    page = '<meta charset="windows-1251"><h2><a href="/2024/05/06/most-otkryt">Мост через реку снова открыт</a></h2>'
    (target,) = parse_section(page.encode("cp1251"), URL).targets
    assert target.title == "Мост через реку снова открыт"


def test_base_element_is_obeyed() -> None:
    """Relative links are relative to the page's base."""
    page = '<base href="/de/"><h2><a href="2024/05/06/die-bruecke">Die Brücke ist offen</a></h2>'
    assert parse_section(page, URL).targets[0].url == f"{SITE}/de/2024/05/06/die-bruecke"


def test_short_text_of_a_wide_script_counts_as_long() -> None:
    """A Chinese headline of ten letters is a headline."""
    page = '<p><a href="/a/12345678">港口大桥今日重新开放通车</a></p>'
    assert len(parse_section(page, URL).targets) == 1
    assert parse_section(page.replace("港口大桥今日重新开放通车", "港口"), URL).targets == ()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://e.example/2024/05/12/bridge-opens", True),
        ("https://e.example/?p=123", True),
        ("https://e.example/", False),
        ("https://e.example/sport", False),
        ("https://e.example/sport/", False),
        ("https://e.example/login?next=/a-b-c-d", False),
        ("https://e.example/Impressum.html", False),
        ("https://e.example/tag/bridge", False),
        ("https://e.example/news/autor/ida-quay", False),
        ("https://e.example/topics/", False),
        ("https://e.example/topic/bridge-opens-4711001", True),
        ("https://e.example/category/news/bridge-opens-today", True),
        ("https://e.example/2024/05/", False),
        ("https://e.example/sport/page/2", False),
        ("https://e.example/a-b-c.pdf", False),
        ("https://e.example/a-b-c.JPG", False),
    ],
)
def test_could_be_article(url: str, expected: bool) -> None:
    """The address alone rules out files, lists and service pages."""
    assert could_be_article(url, "https://e.example/sport/") is expected


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ("https://e.example/2024/05/12/bridge", "https://e.example/news/bridge"),
        ("https://e.example/the-bridge-is-open", "https://e.example/the-bridge"),
        ("https://e.example/news/bridge-4711001", "https://e.example/news/bridge"),
        ("https://e.example/news/bridge.html", "https://e.example/news/bridge"),
        ("https://e.example/%D0%BC%D0%BE%D1%81%D1%82%D0%BE%D0%B2", "https://e.example/port"),
        ("https://e.example/a/b/c", "https://e.example/a"),
    ],
)
def test_score_address_orders(better: str, worse: str) -> None:
    """Dates, words, numbers and endings speak for an article."""
    assert score_address(better) > score_address(worse)


@pytest.mark.parametrize(
    ("page", "told"),
    [
        pytest.param("<div>" * 100_000, "nests more", id="deep"),
        pytest.param("<a " + " ".join(f"a{n}=1" for n in range(50_000)) + ">", "attributes", id="attributes"),
    ],
)
def test_page_built_to_stall_the_parser_is_refused(page: str, told: str) -> None:
    """It is named and not parsed."""
    with pytest.raises(SourceError, match=told):
        parse_section(page, URL)


def test_long_scripts_and_deep_but_closed_markup_are_no_attack() -> None:
    """A page of 30,000 closed elements and a long script is read."""
    script = "<script>" + "if (i<a) { b = c + d; } " * 5_000 + "</script>"
    page = script + "<div><p>x</p></div>" * 30_000 + PAGE
    assert len(parse_section(page, URL).targets) == 7


FRAGMENTS = st.sampled_from(
    [
        "<a href='",
        "'>",
        "</a>",
        "<h2>",
        "<article>",
        "<nav>",
        "/a-b-c-d",
        "http://[",
        "//e",
        "x",
        "<base href=",
        ">",
        "\x00",
        "\ud800",
    ]
)


@settings(max_examples=100, deadline=None)
@given(html=st.one_of(st.binary(max_size=300), st.text(max_size=200), st.lists(FRAGMENTS, max_size=30).map("".join)))
def test_any_page_gives_a_result(html: bytes | str) -> None:
    """Total over bytes and text, and every target is on the page's site."""
    result = parse_section(html, URL)
    assert all("harbour.example" in target.url for target in result.targets)
