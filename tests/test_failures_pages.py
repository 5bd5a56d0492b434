"""What users of other extractors report as broken by charset, script, access and kind of page; see test_failures.py."""

from __future__ import annotations

import json
from html import escape
from typing import Final

import pytest
from gazette import (
    FOOTER,
    LINKS,
    NAV,
    STORIES,
    STORY,
    TITLE,
    URL,
    codes,
    json_ld,
    leaked,
    linked,
    missing,
    page,
    paragraphs,
    read,
    repeated,
)

from scraper.config import QualityConfig
from scraper.model import Article, Page, Rejected
from scraper.pipeline import extract_article, read_page

CHARSETS: Final = {
    "gb2312 that is gb18030": ("zh", "gb18030", "gb2312", "她说镕字和喆字都在这里面，还有欧元符号€也在。"),
    "big5": ("ja", "shift_jis", "shift_jis", "港の町に新しい朝が来た。"),
    "euc-kr that is cp949": ("ko", "cp949", "euc-kr", "똠방각하와 펲시콜라가 모두 보인다."),
    "iso-8859-1 that is windows-1252": ("de", "cp1252", "iso-8859-1", "„Endlich“ – sagt sie – für 3 €…"),
    "windows-1256": ("he", "cp1255", "windows-1255", "המעבורת שבה הביתה."),
}


@pytest.mark.parametrize("kind", CHARSETS)
@pytest.mark.parametrize("place", ["meta", "http-equiv", "header"])
def test_25_charsets(kind: str, place: str) -> None:
    """A page is read in the charset it means, wherever it says so: nothing is garbled, nothing replaced."""
    lang, codec, label, extra = CHARSETS[kind]
    story = [*STORIES[lang]["paragraphs"], extra * 3]
    html = page(paragraphs(story), title=STORIES[lang]["title"], lang=lang, byline="").replace("©", "")
    told = {
        "meta": f'<meta charset="{label}">',
        "http-equiv": f'<meta http-equiv="Content-Type" content="text/html; charset={label}">',
        "header": "",
    }[place]
    body = html.replace('<meta charset="utf-8">', told).encode(codec)
    kind_header = f"text/html; charset={label}" if place == "header" else "text/html"
    found = read_page(
        Page(url=URL, final_url=URL, body=body, headers=(("content-type", kind_header),)), QualityConfig()
    )
    assert isinstance(found, Article), found
    assert found.title == STORIES[lang]["title"]
    assert missing(found, story) == []
    assert not codes(found) & {"replacement_characters", "charset_guessed"}


def test_25_byte_order_mark_beats_the_meta_element() -> None:
    """A page in UTF-16 that calls itself something else is read as what it is."""
    html = page(paragraphs(STORY)).replace('charset="utf-8"', 'charset="iso-8859-1"')
    assert missing(read(html.encode("utf-16"))) == []


@pytest.mark.parametrize("lang", ["zh", "ja", "ko", "ar", "th", "he"])
def test_26_scripts_without_spaces_and_right_to_left(lang: str) -> None:
    """Stories in other scripts are read whole, found to be articles, and kept by the judge."""
    story = STORIES[lang]
    html = page(paragraphs(story["paragraphs"]), title=story["title"], lang=lang, byline="").encode()
    found = read_page(Page(url=URL, final_url=URL, body=html), QualityConfig())
    assert isinstance(found, Article), found
    assert missing(found, story["paragraphs"]) == []
    assert found.direction == ("rtl" if lang in {"ar", "he"} else "ltr")
    assert found.word_count > 40


WALL: Final = (
    '<div class="paywall"><h3>Keep reading the Gazette</h3><p>Subscribe to continue reading this article.</p>'
    '<a href="/subscribe">See our offers</a></div>'
)


def test_27_stub_behind_a_paywall() -> None:
    """The beginning in front of a paywall is text, the wall is not, and the record says that the page is paid."""
    parts = {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": ".paywall"}
    head = json_ld(isAccessibleForFree=False, hasPart=parts)
    article = read(page(paragraphs(STORY[:2]) + WALL, head=head))
    assert article.access == "paid"
    assert set(article.access_evidence) >= {"jsonld.isAccessibleForFree=false", "dom.paywall"}
    assert missing(article, STORY[:2]) == []
    assert leaked(article, "Subscribe to continue", "Keep reading", "offers") == []


def test_27_paywall_nobody_declares() -> None:
    """A wall that is only seen makes the page paid, on that evidence alone."""
    article = read(page(paragraphs(STORY[:2]) + WALL))
    assert (article.access, article.access_evidence) == ("paid", ("dom.paywall",))


@pytest.mark.parametrize("value", [False, "False", "false", "http://schema.org/False"])
def test_28_declared_and_observed_are_kept_apart(value: object) -> None:
    """A publisher that calls every page paid is quoted as saying so; nothing was observed, and the text is whole."""
    article = read(page(paragraphs(STORY), head=json_ld(isAccessibleForFree=value)))
    assert article.access == "paid"
    assert [e.partition("=")[0] for e in article.access_evidence] == ["jsonld.isAccessibleForFree"]
    assert missing(article) == []


def test_28_declared_free_with_a_wall_in_sight() -> None:
    """Where the page says free and shows a wall, both are evidence."""
    article = read(page(paragraphs(STORY[:2]) + WALL, head=json_ld(isAccessibleForFree=True)))
    assert article.access_evidence == ("jsonld.isAccessibleForFree=true", "dom.paywall")


def test_29_further_pages() -> None:
    """Pages of the same story are listed and told missing; the link to the next story is not one of them."""
    stem = URL.removesuffix(".html")
    numbers = "".join(f"<li>{linked(str(n), f'{stem}-{n}.html')}</li>" for n in (2, 3))
    head = '<link rel="next" href="/town/bakeries-share-oven-4702.html">'
    body = f'{paragraphs(STORY)}<ul class="pagination"><li>1</li>{numbers}</ul>'
    article = read(page(body, head=head))
    assert article.pages.urls == (URL, f"{stem}-2.html", f"{stem}-3.html")
    assert (article.pages.count, article.pages.truncated) == (3, True)
    assert "pages_missing" in codes(article)
    assert missing(article) == []


def live_page(head: str = "") -> str:
    """Return a page of eight entries, each with the time it was written."""
    lines = [*STORY, "That is all for today. The ferry is back at its berth and the band has gone home for supper."]
    entries = "".join(
        f'<div class="entry" id="e{n}"><time datetime="2024-05-17T{18 - n}:30:00Z">{18 - n}:30</time>'
        f"<h3>Entry number {n + 1} of the day</h3><p>{escape(text)}</p></div>"
        for n, text in enumerate(lines)
    )
    return page(f'<div class="live-feed">{entries}</div>', head=head, title="Ferry launch live: latest from the quay")


def test_30_live_blog() -> None:
    """A live blog is told from an article, and every entry is in it, without its clock."""
    node = json_ld(headline="Ferry launch live: latest from the quay", **{"@type": "LiveBlogPosting"})
    article = read(live_page(node))
    assert article.page_type == "live_blog"
    assert missing(article) == []
    assert leaked(article, "18:30", "12:30") == []


def test_30_live_blog_nobody_declares() -> None:
    """Many entries, each with a time, make a live blog without a word in the metadata."""
    assert read(live_page()).page_type == "live_blog"


def test_31_index_page_of_full_posts() -> None:
    """Several whole posts on one page are a list of posts, not one article."""
    posts = "".join(
        f'<article class="post"><h2>{linked(text, href)}</h2><p class="date">May {10 + n}, 2024</p>'
        f"{paragraphs(STORY[n : n + 3])}</article>"
        for n, (text, href) in enumerate(LINKS)
    )
    html = (
        f'<html lang="en"><head><title>Bay Gazette blog</title></head><body>{NAV}<main>{posts}'
        f'<div class="pagination">{linked("Older posts", "/blog/page/2")}</div></main>{FOOTER}</body></html>'
    )
    found = read_page(Page(url="https://www.bay-gazette.example/blog/", final_url="https://www.bay-gazette.example/blog/",
                           body=html.encode()), QualityConfig())  # fmt: skip
    assert isinstance(found, Rejected), found.title
    assert found.reason == "not_article"


def test_32_bold_lead_in() -> None:
    """Bold words at the start of a paragraph are its beginning: no heading, and there once."""
    body = "".join(f"<p><b>{text.split()[0]} {text.split()[1]}</b>{text[len(' '.join(text.split()[:2])):]}</p>"
                   for text in map(escape, STORY))  # fmt: skip
    article = read(page(body))
    assert missing(article) == []
    assert {block.type for block in article.blocks} == {"paragraph"}
    assert repeated(article) == []


@pytest.mark.parametrize(
    "wrap", ["<div><div>{}</div></div>", "<section><div class='w'>{}</div></section>", "<span>{}</span>"]
)
def test_33_paragraphs_that_are_no_direct_children(wrap: str) -> None:
    """However deep the paragraphs stand below their container, the text is whole."""
    body = "".join(wrap.format(f"<p>{escape(text)}</p>") for text in STORY)
    assert missing(read(page(f'<div class="article-body">{body}</div>'))) == []


SHELL: Final = '<div id="root"></div><script src="/app.js"></script>'


@pytest.mark.parametrize("break_", ["\n\n", "\n", "<br><br>", "</p><p>"])
def test_34_text_only_in_json(break_: str) -> None:
    """A page whose text is only in its JSON-LD is read from there, and says so."""
    text = f"<p>{break_.join(STORY)}</p>" if break_.startswith("<") else break_.join(STORY)
    head = f"<title>{TITLE}</title>" + json_ld(articleBody=text, author={"@type": "Person", "name": "Mara Lindqvist"})
    article = read(f'<!doctype html><html lang="en"><head>{head}</head><body>{SHELL}</body></html>')
    assert missing(article) == []
    assert (article.method, article.origin.text, article.title) == ("jsonld", "jsonld", TITLE)
    assert "body_from_jsonld" in codes(article)


ODD: Final[dict[str, str | bytes]] = {
    "empty": b"",
    "white space": b" \n\t ",
    "NUL": b"\x00" * 5000,
    "NUL in text": page(paragraphs(STORY)).replace(" the ", " \x00the ").encode(),
    "only comments": "<!-- a --><!-- b <p>c</p> -->",
    "open comment": "<html><body><p>x</p><!-- never closed",
    "frameset": "<html><frameset cols='20%,80%'><frame src='a'><frame src='b'><noframes>No.</noframes></frameset>",
    "lone surrogates": "<html><body><h1>\ud800 title \udfff</h1><p>\udc00 text</p></body></html>",
    "surrogate references": "<h1>&#xD800;&#xDFFF;</h1><p>&#x110000;&#0;&#x80; text</p>",
    "left angles": "<" * 1_000_000,
    "open tags": "<div>" * 20_000,
    "close tags": "</div>" * 20_000,
    "attributes": "<div " + " ".join(f"a{n}=1" for n in range(50_000)) + ">x</div>",
    "open attribute": '<a href="' + "x" * 200_000,
    "JSON": json.dumps({"headline": TITLE, "articleBody": STORY}),
    "XML": "<?xml version='1.0'?><rss version='2.0'><channel><title>T</title><item><title>I</title></item></channel>",
    "SVG": "<svg xmlns='http://www.w3.org/2000/svg'><text>hello</text><foreignObject><p>in</p></foreignObject></svg>",
    "MathML": "<html><body><math><mi>x</mi></math><p>y</p></body></html>",
    "only template": "<html><body><template><p>never shown</p></template></body></html>",
    "textarea": "<html><body><textarea><p>a</p>",
    "plaintext": "<html><body><p>a</p><plaintext><p>b</p>",
    "no body": "<html><head><title>Only a head</title></head></html>",
    "two bodies": "<html><body><p>a</p></body><body><h1>b</h1></body></html>",
    "random bytes": bytes(range(256)) * 40,
    "UTF-16 cut": page(paragraphs(STORY)).encode("utf-16")[:-1],
    "BOM only": b"\xef\xbb\xbf",
    "unknown charset": '<meta charset="klingon"><p>text</p>',
    "JSON-LD of another kind": '<script type="application/ld+json">[1, null, "x", {"@type": 5}, [[]]]</script><p>x',
    "JSON-LD of wrong types": json_ld(
        headline={"a": 1}, author=7, datePublished=[None], image=[[]], hasPart="x", articleBody=["a"], keywords={},
        mainEntityOfPage=3, publisher=[[]], inLanguage=5, isAccessibleForFree={}, articleSection=[{}], url=9,
    ) + page(paragraphs(STORY)),
    "JSON-LD deep": f'<script type="application/ld+json">{"[" * 5000}{"]" * 5000}</script><p>x</p>',
    "breadcrumbs of wrong types": '<script type="application/ld+json">{"@type":"BreadcrumbList","itemListElement":'
    '[1,{"position":"x","item":[]},{"item":{"name":[]}}]}</script><p>x</p>',
    "bad addresses": page('<a href="http://[::1">a</a><img src="//[">' + paragraphs(STORY), head='<base href="http://[">'),
    "srcset of nonsense": page('<img srcset=",,, 1e9w, x -5x , data:,a 2x">' + paragraphs(STORY)),
    "dates of nonsense": json_ld(datePublished="99999-99-99T99:99:99+99:99") + page(paragraphs(STORY)),
}  # fmt: skip


@pytest.mark.parametrize("kind", ODD)
def test_35_never_raises(kind: str) -> None:
    """Whatever the bytes are, there is a record that can be written as one line of UTF-8."""
    line = read(ODD[kind]).to_json()
    assert "\n" not in line
    assert json.loads(line.encode("utf-8"))["schema_version"]


@pytest.mark.parametrize("kind", ODD)
def test_35_never_raises_in_a_crawl(kind: str) -> None:
    """Whatever the bytes are, the page becomes an article or a rejection with a reason."""
    given = ODD[kind]
    body = given if isinstance(given, bytes) else given.encode("utf-8", "surrogatepass")
    found = read_page(
        Page(url=URL, final_url=URL, body=body, headers=(("content-type", "text/html"),)), QualityConfig()
    )
    assert isinstance(found, Article) or found.reason
    assert found.url == URL


@pytest.mark.parametrize(
    "url", ["", "about:blank", "not a url", "http://[", "http://x:99999/", "//", "ftp://a/b", "http://\udc00/"]
)
def test_35_never_raises_for_an_address(url: str) -> None:
    """Whatever the address is, the story is read."""
    html = page(paragraphs(STORY) + "".join(linked(text, href) for text, href in LINKS))
    assert missing(extract_article(html, url)) == []


@pytest.mark.parametrize(("long", "kind"), [(6, "article"), (1, "listing")])
def test_headings_that_link_make_no_list_of_a_story(long: int, kind: str) -> None:
    """A guide's headings may lead to its own parts; between them stand paragraphs, and an index has none."""
    told = [f"{STORY[number]} {STORY[number + 1]}" if number < long else STORY[number][:90] for number in range(6)]
    parts = "".join(
        f'<h2><a href="/town/part-{number}">Part {number} of how the ferry came back</a></h2><p>{text}</p>'
        for number, text in enumerate(told * 2)
    )
    html = page(parts, byline="")
    assert read(html.replace('<meta property="og:type" content="article">', "")).page_type == kind
