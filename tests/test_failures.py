"""What users of other extractors report as broken, one failure a test: the number in the name is its row in the list.

Each page is built here around a story of our own (tests/data/failures/stories.toml) and holds one trap.
"""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, date, datetime
from html import escape
from pathlib import Path
from typing import Any, Final

import pytest

from scraper.config import QualityConfig
from scraper.model import Article, Page, Rejected
from scraper.pipeline import extract_article, read_page

URL: Final = "https://www.bay-gazette.example/town/ferry-returns-4711.html"
STORIES: Final[dict[str, dict[str, Any]]] = tomllib.loads(
    (Path(__file__).parent / "data/failures/stories.toml").read_text(encoding="utf-8")
)
TITLE: Final[str] = STORIES["en"]["title"]
STORY: Final[list[str]] = STORIES["en"]["paragraphs"]
LINKS: Final = (
    ("Three bakeries and a single oven", "/town/bakeries-share-oven-4702.html"),
    ("How the lighthouse lost its keeper", "/town/lighthouse-keeper-4688.html"),
    ("Council votes on the new sea wall", "/politics/sea-wall-vote-4695.html"),
    ("A winter without any snow at all", "/weather/winter-without-snow-4670.html"),
)
NAV: Final = (
    '<header class="site-header"><a href="/" class="logo">Bay Gazette</a><nav><ul>'
    '<li><a href="/">Home</a></li><li><a href="/town/">Town</a></li><li><a href="/politics/">Politics</a></li>'
    '<li><a href="/weather/">Weather</a></li></ul></nav></header>'
)
FOOTER: Final = (
    '<footer><ul><li><a href="/imprint">Imprint</a></li><li><a href="/privacy">Privacy</a></li></ul>'
    "<p>© 2024 Bay Gazette. All rights reserved.</p></footer>"
)
BYLINE: Final = '<p class="byline">By <a href="/staff/mara-lindqvist">Mara Lindqvist</a></p><time>May 17, 2024</time>'


def paragraphs(texts: list[str], name: str = "") -> str:
    """Return the texts as paragraphs, of a class if a name is given."""
    opening = f'<p class="{name}">' if name else "<p>"
    return "".join(f"{opening}{escape(text)}</p>" for text in texts)


def linked(text: str, href: str) -> str:
    return f'<a href="{href}">{text}</a>'


def page(body: str, *, head: str = "", title: str = TITLE, lang: str = "en", byline: str = BYLINE) -> str:
    """Return a page of the Gazette: head, navigation, headline, byline, this body, footer."""
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title} - Bay Gazette</title>'
        f'<meta property="og:type" content="article"><meta property="og:site_name" content="Bay Gazette">{head}</head>'
        f"<body>{NAV}<main><article><h1>{title}</h1>{byline}{body}</article></main>{FOOTER}</body></html>"
    )


def json_ld(**fields: Any) -> str:
    """Return a script with a NewsArticle of these fields."""
    node = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": TITLE, **fields}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def read(html: str | bytes, url: str = URL) -> Article:
    return extract_article(html, url)


def names(article: Article) -> list[str]:
    return [author.name for author in article.authors]


def codes(article: Article) -> set[str]:
    return {warned.code for warned in article.warnings}


def missing(article: Article, texts: list[str] = STORY) -> list[str]:
    """Return the beginnings of the story's paragraphs that are no block of the text, each alone."""
    blocks = {" ".join(block.text.split()) for block in article.blocks}
    return [text[:40] for text in texts if text not in blocks]


def leaked(article: Article, *snippets: str) -> list[str]:
    return [snippet for snippet in snippets if snippet in article.text]


def repeated(article: Article) -> list[str]:
    """Return the long blocks that stand in the text more than once."""
    texts = [block.text for block in article.blocks if len(block.text) > 30]
    return sorted({text for text in texts if article.text.count(text) > 1})


# --- the body: nothing in it that does not belong, nothing lost, nothing twice -----------------------------------

RELATED_LISTS: Final = {
    "cards": '<section class="more"><h2>More from Town</h2>{}</section>',
    "nameless": "<div><h3>You may also like</h3>{}</div>",
    "blurbs": '<div class="c-grid"><h2>Latest</h2>{}</div>',
}


@pytest.mark.parametrize("kind", RELATED_LISTS)
def test_01_related_list_after_the_body(kind: str) -> None:
    """A list of other stories below the body becomes `related`, and none of it is text."""
    blurb = (
        "<p>What the neighbours say about it, and why the matter is not settled yet.</p>" if kind == "blurbs" else ""
    )
    items = "".join(f"<div class='item'><h3>{linked(text, href)}</h3>{blurb}</div>" for text, href in LINKS)
    article = read(page(paragraphs(STORY) + RELATED_LISTS[kind].format(items)))
    assert missing(article) == []
    assert leaked(article, *(text for text, _ in LINKS), "More from Town", "You may also like", "neighbours") == []
    assert [related.title for related in article.related] == [text for text, _ in LINKS]


INLINE_CUES: Final = {
    "de": ("de", "<p>Mehr zum Thema: {}</p>"),
    "de-bullet": ("de", "<p>• {}</p>"),
    "de-list": ("de", "<ul><li>Mehr zum Thema: {}</li></ul>"),
    "en": ("en", "<p><strong>Read also:</strong> {}</p>"),
    "en-related": ("en", "<p><b>RELATED: {}</b></p>"),
}


@pytest.mark.parametrize("kind", INLINE_CUES)
def test_02_inline_pointer_to_another_story(kind: str) -> None:
    """A line inside the text that only points to another story is `related`, with its address."""
    lang, line = INLINE_CUES[kind]
    story, (text, href) = STORIES[lang]["paragraphs"], LINKS[1]
    body = paragraphs(story[:2]) + line.format(linked(text, href)) + paragraphs(story[2:])
    article = read(page(body, title=STORIES[lang]["title"], lang=lang))
    assert missing(article, story) == []
    assert leaked(article, text, "Mehr zum Thema", "Read also", "RELATED") == []
    assert [(r.title, r.url, r.place) for r in article.related] == [
        (text, f"https://www.bay-gazette.example{href}", "inline")
    ]


@pytest.mark.parametrize("name", ["more-on", "qx-771", "c-strip"])
def test_03_widget_of_an_unknown_name(name: str) -> None:
    """A heading with linked headlines between two paragraphs is no text, whatever the box is called."""
    items = "".join(f"<li>{linked(text, href)}</li>" for text, href in LINKS[:3])
    box = f'<div class="{name}"><h3>More on the harbour</h3><ul>{items}</ul></div>'
    article = read(page(paragraphs(STORY[:3]) + box + paragraphs(STORY[3:])))
    assert missing(article) == []
    assert leaked(article, *(text for text, _ in LINKS), "More on the harbour") == []
    assert {related.title for related in article.related} == {text for text, _ in LINKS[:3]}


@pytest.mark.parametrize("name", ["teaser", "article-teaser", "article__teaser-text", "teaser-text"])
def test_04_first_paragraph_called_teaser(name: str) -> None:
    """A paragraph between headline and body is kept, even when its class says teaser."""
    article = read(page(paragraphs(STORY[:1], name) + paragraphs(STORY[1:])))
    assert missing(article) == []


STANDFIRST: Final = (
    "A group of pensioners has done in eleven years what the council called impossible and far too dear."
)
LEADS: Final = {
    "standfirst": f'<p class="standfirst">{STANDFIRST}</p>',
    "strapline": f'<div class="article-strapline"><p>{STANDFIRST}</p></div>',
    "lead": f'<p class="lead">{STANDFIRST}</p>',
}


@pytest.mark.parametrize("kind", LEADS)
def test_05_lead_is_a_field(kind: str) -> None:
    """The standfirst is the field `lead`, apart from the text and not in it."""
    article = read(page(LEADS[kind] + paragraphs(STORY)))
    assert article.lead == STANDFIRST
    assert leaked(article, STANDFIRST) == []
    assert missing(article) == []


@pytest.mark.parametrize("markup", ["<h2>{}</h2>", "<p><b>{}</b></p>", "<div>{}</div>"])
def test_05_unnamed_lead_is_not_lost(markup: str) -> None:
    """A standfirst nobody calls so is in the record once: as lead, as subtitle or as text."""
    article = read(page(markup.format(STANDFIRST) + paragraphs(STORY)))
    assert [article.lead, article.subtitle, *(block.text for block in article.blocks)].count(STANDFIRST) == 1
    assert missing(article) == []


@pytest.mark.parametrize("between", ["", '<div class="ad-slot">Advertisement</div>', "<aside>Photo gallery</aside>"])
def test_06_article_cut_into_containers(between: str) -> None:
    """A long article in several sibling containers is kept to its end."""
    chunks = [paragraphs(STORY[start : start + 2]) for start in range(0, len(STORY), 2)]
    body = between.join(f'<div class="body-chunk"><div class="inner">{chunk}</div></div>' for chunk in chunks)
    article = read(page(body))
    assert missing(article) == []
    assert leaked(article, "Advertisement") == []


def test_07_text_after_inline_tags_in_a_table_layout() -> None:
    """In a page laid out with tables every word behind an inline tag is there, and none are glued."""
    lines = "<br><br>".join(text.replace(" the ", " <b>the</b> ").replace(", ", ", <font>", 1) for text in STORY)
    html = (
        f"<html><head><title>{TITLE}</title></head><body><table width='800'><tr><td width='150'><a href='/'>Home</a>"
        f"<br><a href='/town/'>Town</a></td><td><h1>{TITLE}</h1><font face='Arial'>{lines}</font></td></tr></table>"
        "</body></html>"
    )
    article = read(html)
    assert " ".join(article.text.split()) == " ".join(STORY)


def test_07_touching_blocks_and_breaks_part_words() -> None:
    """Words that only a tag parts do not run together."""
    body = paragraphs(STORY[:3]) + "<div>Fare:<br>three pounds</div><p>One<span> two</span> <i>three</i><br/>four.</p>"
    article = read(page(body + paragraphs(STORY[3:])))
    assert "Fare:three" not in article.text.replace("\n", "")
    assert "One two three four." in " ".join(article.text.split())


COPIES: Final = {
    "responsive": '<div class="desktop">{0}</div><div class="mobile" style="display:none">{0}</div>',
    "nested": '<div class="story"><div class="story">{0}</div></div><div class="print-only">{0}</div>',
    "noscript": "<div>{0}</div><noscript>{0}</noscript>",
    "lead-again": '{0}<div class="summary"><p>' + escape(STORY[0]) + "</p></div>",
}


@pytest.mark.parametrize("kind", COPIES)
def test_08_nothing_twice(kind: str) -> None:
    """However often the page holds its story, the text holds it once."""
    head = json_ld(articleBody="\n\n".join(STORY))
    article = read(page(COPIES[kind].format(paragraphs(STORY)), head=head))
    assert missing(article) == []
    assert repeated(article) == []
    assert article.markdown.count(STORY[0]) == 1


def test_09_lists_are_kept() -> None:
    """A list inside the body is kept item by item, one made of nothing but links as well."""
    crew = ["Two carpenters for the deck", "One welder for the boiler", "A sailmaker who brought her own thread"]
    sources = [("the survey of the hull", "https://harbour.example/3"), ("a letter", "/files/letter.pdf")]
    plain = "".join(f"<li>{item}</li>" for item in crew)
    links = "".join(f"<li>{linked(text, href)}</li>" for text, href in sources)
    body = (
        f"{paragraphs(STORY[:3])}<p>The crew of the yard, as it stands on the door of the shed:</p><ul>{plain}</ul>"
        f"{paragraphs(STORY[3:5])}<p>Both papers on which the decision rests can be read in full:</p><ol>{links}</ol>"
    )
    article = read(page(body + paragraphs(STORY[5:])))
    items = [block.text for block in article.blocks if block.type == "list_item"]
    assert items == [*crew, *(text for text, _ in sources)]
    assert missing(article) == []


def test_10_sub_headings() -> None:
    """A heading with body below it is kept with its level, one that heads nothing is not."""
    body = (
        f"{paragraphs(STORY[:2])}<h2>A shed full of planks</h2>{paragraphs(STORY[2:4])}<h3>The second engine</h3>"
        f"{paragraphs(STORY[4:])}<h2>Share your thoughts</h2>"
    )
    article = read(page(body))
    headings = [(block.level, block.text) for block in article.blocks if block.type == "heading"]
    assert headings == [(2, "A shed full of planks"), (3, "The second engine")]
    assert "## A shed full of planks\n" in article.markdown


def test_11_tables_and_code_in_markdown() -> None:
    """A table is a table with its rows, code is verbatim, and signs of Markdown in the text are escaped."""
    table = (
        "<table><tr><th>Crossing</th><th>Departs</th></tr><tr><td>First | early</td><td>06:40</td></tr>"
        "<tr><td>Last</td><td>18:10</td></tr></table>"
    )
    code = "def fare(age):\n    if age &lt; 6:\n        return 0  # *free*\n    return 3"
    trap = "The sign on the door says *no_entry* and `closed`, then [see below](nowhere) and # not a heading."
    body = f"{paragraphs(STORY[:3])}{table}{paragraphs(STORY[3:5])}<pre><code>{code}</code></pre><p>{trap}</p>"
    article = read(page(body + paragraphs(STORY[5:])))
    kinds = {block.type: block.text for block in article.blocks}
    assert kinds["table"] == "Crossing\tDeparts\nFirst | early\t06:40\nLast\t18:10"
    assert kinds["code"] == code.replace("&lt;", "<")
    assert "| Crossing | Departs |\n| --- | --- |\n| First \\| early | 06:40 |" in article.markdown
    assert f"```\n{kinds['code']}\n```" in article.markdown
    assert "\\*no\\_entry\\* and \\`closed\\`, then \\[see below\\](nowhere)" in article.markdown
    assert trap in article.text


def test_12_block_quotes_are_kept() -> None:
    """What somebody is quoted as saying is a block of type quote."""
    said = "We were told it could not be done, and that was the only reason some of us came back every week."
    body = paragraphs(STORY[:3]) + f"<blockquote><p>{said}</p></blockquote>" + paragraphs(STORY[3:])
    article = read(page(body))
    assert [block.text for block in article.blocks if block.type == "quote"] == [said]
    assert f"> {said}" in article.markdown


@pytest.mark.parametrize(
    "box",
    [
        '<aside class="pullquote"><p>{}</p></aside>',
        '<blockquote class="pull-quote">{}</blockquote>',
        "<aside>{}</aside>",
    ],
    ids=["aside", "blockquote", "nameless"],
)
def test_12_pull_quotes_do_not_repeat(box: str) -> None:
    """A sentence that a box repeats in large letters stands in the text once."""
    pulled = "A single ticket costs as much as a cup of coffee, which the treasurer calls a generous mistake."
    article = read(page(paragraphs(STORY[:3]) + box.format(pulled) + paragraphs(STORY[3:])))
    assert article.text.count(pulled) == 1
    assert missing(article) == []


TWEET: Final = (
    '<blockquote class="twitter-tweet"><p lang="en">The ferry is afloat and nobody is wet yet.</p>&mdash; Harbour'
    ' Office (@bayharbour) <a href="https://twitter.com/bayharbour/status/1791">May 17, 2024</a></blockquote>'
    '<script async src="https://platform.twitter.com/widgets.js"></script>'
)


def test_13_tweets_and_players_are_embeds() -> None:
    """A post and a player in the text are embeds with provider, address and words; the words are not text."""
    frame = '<iframe src="https://www.youtube.com/embed/abc123" title="The launch"></iframe>'
    article = read(page(paragraphs(STORY[:2]) + TWEET + paragraphs(STORY[2:4]) + frame + paragraphs(STORY[4:])))
    assert [(embed.provider, embed.url, embed.block) for embed in article.embeds] == [
        ("twitter", "https://twitter.com/bayharbour/status/1791", 2),
        ("youtube", "https://www.youtube.com/embed/abc123", 4),
    ]
    assert "nobody is wet yet" in (article.embeds[0].text or "")
    assert leaked(article, "nobody is wet yet", "Harbour Office") == []
    assert missing(article) == []


# --- pictures ----------------------------------------------------------------------------------------------------

CAPTION: Final = "The ferry on its way down the slip, with the band at the far end of the quay."
FIGURES: Final = {
    "figcaption": '<figure>{0}<figcaption>{1} <span class="credit">Photo: Ines Falk</span></figcaption></figure>',
    "named": '<div class="image">{0}<p class="image-caption">{1}</p><p class="photo-credit">Photo: Ines Falk</p></div>',
    "wordpress": '<div class="wp-caption alignnone">{0}<p class="wp-caption-text">{1} Photo: Ines Falk</p></div>',
}


@pytest.mark.parametrize("kind", FIGURES)
def test_14_captions_and_credits_belong_to_pictures(kind: str) -> None:
    """Caption and credit are with the picture, never in the text."""
    picture = '<img src="/img/slip-1200.jpg" alt="A boat on a slip" width="1200" height="800">'
    article = read(page(paragraphs(STORY[:2]) + FIGURES[kind].format(picture, CAPTION) + paragraphs(STORY[2:])))
    assert [(image.url, image.caption, image.credit) for image in article.images] == [
        ("https://www.bay-gazette.example/img/slip-1200.jpg", CAPTION, "Ines Falk")
    ]
    assert leaked(article, CAPTION, "Ines Falk", "Photo:") == []
    assert missing(article) == []


def test_14_caption_without_picture() -> None:
    """A caption whose picture a script would load is no text either."""
    box = f'<figure><div class="lazy" data-id="77"></div><figcaption>{CAPTION}</figcaption></figure>'
    article = read(page(paragraphs(STORY[:2]) + box + paragraphs(STORY[2:])))
    assert leaked(article, CAPTION) == []
    assert missing(article) == []


HEROES: Final = {
    "above": '<img src="/img/hero-1600.jpg" alt="The ferry" width="1600" height="900">',
    "lazy": '<img src="data:image/gif;base64,R0lGOD" data-src="/img/hero-1600.jpg" alt="The ferry">',
    "srcset": '<picture><source srcset="/img/hero-400.jpg 400w, /img/hero-1600.jpg 1600w"><img src="/x.gif"></picture>',
    "noscript": '<noscript><img src="/img/hero-1600.jpg" alt="The ferry"></noscript>',
}


@pytest.mark.parametrize("kind", HEROES)
def test_15_hero_picture(kind: str) -> None:
    """The picture between headline and text is the lead picture, in its best size, with its caption."""
    figure = f"<figure>{HEROES[kind]}<figcaption>{CAPTION}</figcaption></figure>"
    head = '<meta property="og:image" content="/img/hero-1600.jpg">' if kind == "noscript" else ""
    article = read(page(figure + paragraphs(STORY), head=head))
    assert [(image.url, image.role) for image in article.images] == [
        ("https://www.bay-gazette.example/img/hero-1600.jpg", "lead")
    ]
    assert leaked(article, CAPTION) == []
    if kind != "noscript":
        assert article.images[0].caption == CAPTION


def test_15_hero_picture_above_the_headline() -> None:
    """A picture in the article's header, before the headline, is kept with its caption."""
    figure = f'<figure class="hero"><img src="/img/hero.jpg" alt=""><figcaption>{CAPTION}</figcaption></figure>'
    html = page(paragraphs(STORY)).replace("<h1>", f"{figure}<h1>")
    article = read(html)
    assert [(image.url.rsplit("/", 1)[-1], image.role, image.caption) for image in article.images] == [
        ("hero.jpg", "lead", CAPTION)
    ]
    assert leaked(article, CAPTION) == []


# --- metadata ----------------------------------------------------------------------------------------------------


def test_16_escaped_tags_in_fields() -> None:
    """Tags and entities escaped into view are in no field."""
    head = json_ld(headline="The <b>old</b> ferry &amp; its crew return", description="&lt;p&gt;It floats&lt;/p&gt;")
    head += '<meta property="article:section" content="Town &amp;amp; Harbour">'
    figure = '<figure><img src="/a.jpg" alt="&lt;b&gt;Boat&lt;/b&gt; on a slip"></figure>'
    shown = paragraphs(STORY[:2]) + "<p>They kept &lt;em&gt;every&lt;/em&gt; nail they found, and counted them.</p>"
    html = page(figure + shown + paragraphs(STORY[2:]), head=head, title="The old ferry &amp;amp; its crew return")
    article = read(html)
    assert article.title == "The old ferry & its crew return"
    assert article.section == "Town & Harbour"
    assert [image.alt for image in article.images] == ["Boat on a slip"]
    assert "They kept every nail they found" in article.text
    assert not any(tag in article.to_json() for tag in ("<b>", "<em>", "&lt;", "&amp;"))


BROKEN: Final = {
    "trailing comma": '{{"@type": "NewsArticle", "headline": "{0}", "author": {{"@type": "Person", "name": "{1}"}},}}',
    "line break": '{{"@type": "NewsArticle", "description": "two\nlines", "headline": "{0}",'
    ' "author": [{{"@type": "Person", "name": "{1}"}}]}}',
    "bare quotes": '{{"@type": "NewsArticle", "headline": "{0}", "description": "a "generous" error",\n'
    ' "author": {{"@type": "Person", "name": "{1}"}}}}',
}


@pytest.mark.parametrize("kind", BROKEN)
def test_17_escapes_in_broken_json_ld(kind: str) -> None:
    """Escaped letters are decoded, also where the script is no JSON and has to be repaired."""
    script = BROKEN[kind].format("Caf\\u00e9 am Hafen \\u2013 er\\u00f6ffnet neu", "Jos\\u00e9 Mu\\u00f1oz")
    head = f'<script type="application/ld+json">{script}</script>'
    html = page(paragraphs(STORY), head=head, title="Café am Hafen – eröffnet neu", byline="")
    article = read(html)
    assert article.title == "Café am Hafen – eröffnet neu"
    assert names(article) == ["José Muñoz"]
    assert article.authors_raw == "José Muñoz"


NEWSLETTERS: Final = {
    "form": "<div><h3>Never miss a tide</h3><p>Sign up for our newsletter and get the best stories every morning.</p>"
    '<form><input type="email"><button>Sign up</button></form></div>',
    "named": '<div class="newsletter-box"><p>The Gazette in your inbox, every Friday before breakfast.</p></div>',
    "line": "<p><em>Subscribe to our newsletter: all the news of the bay in your inbox.</em></p>",
}


@pytest.mark.parametrize("kind", NEWSLETTERS)
def test_18_newsletter_box(kind: str) -> None:
    """An invitation to the newsletter between two paragraphs is no text."""
    article = read(page(paragraphs(STORY[:3]) + NEWSLETTERS[kind] + paragraphs(STORY[3:])))
    assert leaked(article, "newsletter", "Never miss", "inbox", "Sign up") == []
    assert missing(article) == []


WIDGETS: Final = {
    "email": '<div class="author"><a href="/mail">Email The Author</a></div>',
    "hours": '<div class="author-line">2 Hours Ago</div>',
    "follow": '<div class="byline"><a href="/f">Follow Us</a></div>',
    "comments": '<div class="author-meta"><a href="#c">12 Comments</a></div>',
    "minutes": '<p class="byline">4 min read</p>',
}


@pytest.mark.parametrize("kind", WIDGETS)
def test_19_widget_text_is_no_author(kind: str) -> None:
    """What a button in the author's box says is nobody's name; the name beside it is still found."""
    assert names(read(page(paragraphs(STORY), byline=WIDGETS[kind]))) == []
    beside = '<div class="byline">By Mara Lindqvist</div>' + WIDGETS[kind]
    assert names(read(page(paragraphs(STORY), byline=beside))) == ["Mara Lindqvist"]


COMMENT_NODE: Final = (
    '<script type="application/ld+json">{"@type":"Comment","author":{"@type":"Person","name":"Troll Nine"}}</script>'
)
PERSON_NODE: Final = '<script type="application/ld+json">{"@type":"Person","name":"Paula Publisher"}</script>'
OTHER_STORY: Final = (
    '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Council votes on the new sea wall",'
    '"url":"https://www.bay-gazette.example/politics/sea-wall-vote-4695.html","author":{"@type":"Person",'
    '"name":"Otto Other"}}</script>'
)


def test_20_author_of_the_article_itself() -> None:
    """Only the article's own author counts: not a commenter's, not another story's, not the site's."""
    own = json_ld(url=URL, author={"@type": "Person", "name": "Mara Lindqvist"})
    head = '<meta name="dc.creator" content="Bay Gazette">' + COMMENT_NODE + PERSON_NODE + OTHER_STORY + own
    assert names(read(page(paragraphs(STORY), head=head, byline=""))) == ["Mara Lindqvist"]


def test_20_site_is_author_only_for_want_of_a_person() -> None:
    """The site's own name gives way to the byline shown; alone it stays, as an organization."""
    head = '<meta name="dc.creator" content="Bay Gazette">'
    assert names(read(page(paragraphs(STORY), head=head))) == ["Mara Lindqvist"]
    alone = read(page(paragraphs(STORY), head=head + COMMENT_NODE, byline=""))
    assert [(author.name, author.type) for author in alone.authors] == [("Bay Gazette", "organization")]


@pytest.mark.parametrize(
    ("lang", "shown", "name"),
    [
        ("en", "By Abby Byrne", "Abby Byrne"),
        ("en", "Abby Bystrom", "Abby Bystrom"),
        ("de", "Von Vonda Vonnegut", "Vonda Vonnegut"),
        ("fr", "Par Parfait Lemoine", "Parfait Lemoine"),
        ("es", "Por Porfirio Díaz", "Porfirio Díaz"),
    ],
)
def test_21_prefix_ends_at_a_word(lang: str, shown: str, name: str) -> None:
    """Only the word "by" is taken off a name, never letters of it."""
    byline = f'<p class="byline">{shown}</p>'
    assert names(read(page(paragraphs(STORY), byline=byline, lang=lang))) == [name]


SEVERAL: Final = {
    "nodes": json_ld(author=[{"@type": "Person", "name": "Mara Lindqvist"}, {"@type": "Person", "name": "Abel Roe"}]),
    "strings": json_ld(author=["Mara Lindqvist", "Abel Roe"]),
    "joined": json_ld(author={"@type": "Person", "name": "Mara Lindqvist and Abel Roe"}),
    "names": json_ld(author={"@type": "Person", "name": ["Mara Lindqvist", "Abel Roe"]}),
    "semicolon": '<meta name="author" content="Mara Lindqvist; Abel Roe">',
    "repeated meta": '<meta name="author" content="Mara Lindqvist"><meta name="author" content="Abel Roe">',
}


@pytest.mark.parametrize("kind", SEVERAL)
def test_22_several_authors(kind: str) -> None:
    """However a page lists two authors, there are two."""
    assert names(read(page(paragraphs(STORY), head=SEVERAL[kind], byline=""))) == ["Mara Lindqvist", "Abel Roe"]


def test_22_comma_is_not_always_a_list() -> None:
    """A comma that belongs to the name does not split it."""
    byline = '<p class="byline">By John Doe, Jr.</p>'
    assert names(read(page(paragraphs(STORY), byline=byline))) == ["John Doe, Jr."]


def dated(value: str, *, shown: str = "", meta: str = "", url: str = URL) -> Article:
    """Return the record of a page whose JSON-LD, visible line and meta element give these dates."""
    head = json_ld(datePublished=value) if value else ""
    head += f'<meta property="article:published_time" content="{meta}">' if meta else ""
    return read(page(paragraphs(STORY), head=head, byline=f'<p class="date">{shown}</p>' if shown else ""), url)


def test_23_instant_with_zone() -> None:
    """An instant keeps its zone's day and its exact time; a day alone never becomes midnight."""
    article = dated("2024-05-17T01:30:00+05:30")
    assert article.published_date == date(2024, 5, 17)
    assert article.published_at == datetime(2024, 5, 16, 20, 0, tzinfo=UTC)
    assert article.published_raw == "2024-05-17T01:30:00+05:30"
    for only_day in ("2024-05-17", "2024-05-17T09:00:00"):
        article = dated(only_day)
        assert (article.published_date, article.published_at) == (date(2024, 5, 17), None)


def test_23_shown_day_is_completed_by_the_meta_element() -> None:
    """Where JSON-LD tells the day and a meta element the instant of the same day, the instant is kept."""
    article = dated("2024-05-17", meta="2024-05-17T09:05:00-04:00", shown="May 17, 2024")
    assert article.published_at == datetime(2024, 5, 17, 13, 5, tzinfo=UTC)
    assert "date_disagrees" not in codes(article)


def test_24_sources_that_disagree() -> None:
    """When two places of a page tell different days, the record warns and names the other."""
    article = dated("2024-05-17T09:00:00Z", meta="2023-02-01T09:00:00Z")
    warned = next(w for w in article.warnings if w.code == "date_disagrees")
    assert article.published_date == date(2024, 5, 17)
    assert (warned.field, warned.detail) == ("published_date", "meta.article:published_time: 2023-02-01")


def test_24_local_time_stamped_as_utc() -> None:
    """The same clock with two zones cannot be one instant: the record warns."""
    assert "date_disagrees" in codes(dated("2024-05-17T09:00:00Z", meta="2024-05-17T09:00:00+02:00"))
    assert "date_disagrees" not in codes(dated("2024-05-17T07:00:00Z", meta="2024-05-17T09:00:00+02:00"))


# --- charsets and scripts ----------------------------------------------------------------------------------------

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


# --- access, further pages, other kinds of page ------------------------------------------------------------------

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


# --- pages nobody meant to be read -------------------------------------------------------------------------------

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
