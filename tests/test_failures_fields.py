"""What users of other extractors report as broken in pictures, titles, authors and dates; see test_failures.py."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Final

import pytest
from gazette import STORY, TITLE, URL, codes, json_ld, leaked, missing, names, page, paragraphs, read

from scraper.model import Article

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


@pytest.mark.parametrize(
    "byline",
    [
        '<ul><li><span>16 May 2024</span></li><li><span>By</span><a href="/staff/mara">Mara Lindqvist</a></li></ul>',
        "<p><span>By</span><span>Mara Lindqvist</span></p>",
        '<p class="byline"><b>by</b><a href="/staff/mara">Mara Lindqvist</a> <i>Updated on</i><i>May 18, 2024</i></p>',
    ],
)
def test_21_a_name_set_apart_by_a_margin(byline: str) -> None:
    """The word "by" and the name are two, where no space stands between their elements."""
    assert names(read(page(paragraphs(STORY), byline=byline))) == ["Mara Lindqvist"]


PIER: Final = "Mara Lindqvist is our correspondent at the pier."


@pytest.mark.parametrize(
    ("above", "below"),
    [
        pytest.param(
            "<p>May 17, 2024 • Mara Lindqvist in Harbour</p>",
            "",
            id="with a section, beside a date",
        ),
        pytest.param("<p>May 17, 2024 · Mara Lindqvist on behalf of the pier group</p>", "", id="for a house"),
        pytest.param("<p>Mara Lindqvist Published: May 17, 2024</p>", "", id="a word before the date"),
        pytest.param("<div>By</div><div>Mara Lindqvist</div>", "", id="by in a line of its own"),
        pytest.param('<h4><a href="/mara">by Mara Lindqvist</a></h4>', "", id="linked, as a heading"),
        pytest.param("<p>Recipe by Mara Lindqvist</p>", "", id="what was written"),
        pytest.param('<p><a href="/authors/mara">Mara Lindqvist</a></p>', "", id="alone, linked to her page"),
        pytest.param("<p>Mara Lindqvist</p>", f"<p>{PIER}</p>", id="alone, told of below"),
        pytest.param("", "<div>Written by Mara Lindqvist</div>", id="below"),
        pytest.param(
            "", "<div>This post was written by Mara Lindqvist, head of the pier.</div>", id="below, a sentence"
        ),
        pytest.param("<p>By Mara Lindqvist. Medically reviewed by Abel Roe</p>", "", id="and who reviewed it"),
    ],
)
def test_21_names_in_weaker_places(above: str, below: str) -> None:
    """Names that only their place, their link or another line of the page shows to be the author's."""
    assert names(read(page(paragraphs(STORY) + below, byline=above))) == ["Mara Lindqvist"]


@pytest.mark.parametrize(
    ("above", "below"),
    [
        pytest.param("<p>Get Started</p>", "<p>Get Started</p>", id="a button, twice"),
        pytest.param("<p>Average Ferry Cost in Harbour</p><p>May 17, 2024</p>", "", id="a heading with in"),
        pytest.param("<p>Reviewed by Abel Roe</p>", "", id="a reviewer alone"),
        pytest.param(
            "", '<ul class="tags"><li>كتب</li><li>تعليم</li></ul>', id="a tag that means wrote as well as books"
        ),
        pytest.param("", "<div>By the same pier: three bakeries and an oven</div>", id="by below the body"),
    ],
)
def test_21_what_is_no_name_in_such_places(above: str, below: str) -> None:
    """Buttons, headings, reviewers and other stories are no authors."""
    assert names(read(page(paragraphs(STORY) + below, byline=above))) == []


@pytest.mark.parametrize(
    ("head", "byline", "expected"),
    [
        pytest.param('<meta name="author" content="Abel Roe">', "By Mara Lindqvist", ["Mara Lindqvist"], id="account"),
        pytest.param(
            '<meta name="author" content="Abel Roe">', "By Abel Roe and Mara Lindqvist", ["Abel Roe"], id="same"
        ),
        pytest.param('<meta name="author" content="Abel Roe">', "Mara Lindqvist", ["Abel Roe"], id="no by"),
        pytest.param(json_ld(author="Abel Roe"), "By Mara Lindqvist", ["Abel Roe"], id="JSON-LD"),
    ],
)
def test_20_who_keeps_the_site_did_not_write_the_story(head: str, byline: str, expected: list[str]) -> None:
    """A meta element often names the account; another full name behind "by" is the author's."""
    assert names(read(page(paragraphs(STORY), head=head, byline=f'<p class="byline">{byline}</p>'))) == expected


def test_21_a_byline_above_the_headline_is_another_storys() -> None:
    """Of two bylines the one below the headline counts."""
    cards = '<div><a href="/a"><h2>Three bakeries, one oven</h2></a><small>By Abel Roe May 1, 2024</small></div>'
    html = page(paragraphs(STORY), byline='<p class="byline">By Mara Lindqvist</p>')
    assert names(read(html.replace("<main>", f"{cards}<main>"))) == ["Mara Lindqvist"]


def test_21_a_weekday_is_no_part_of_the_name() -> None:
    """The day before a date that was cut off goes as well."""
    byline = '<p class="byline">Posted by Mara Lindqvist on Tuesday, August 29, 2023</p>'
    assert names(read(page(paragraphs(STORY), byline=byline))) == ["Mara Lindqvist"]


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


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("<p>Mara Lindqvist</p>", "Written by Mara Lindqvist"),
        (
            "<p>Mara Lindqvist, our correspondent at the pier</p>",
            "Written by Mara Lindqvist, our correspondent at the pier",
        ),
    ],
)
def test_the_byline_as_printed_has_the_name(name: str, raw: str) -> None:
    """Where "by" and the name stand in boxes of their own, both are the byline."""
    byline = f'<div class="byline"><p>Written by</p>{name}</div><time>May 17, 2024</time>'
    article = read(page(paragraphs(STORY), byline=byline))
    assert (names(article), article.authors_raw) == (["Mara Lindqvist"], raw)


def test_a_sentence_below_the_word_by_is_no_name() -> None:
    """Where the word "by" is followed by the text about the author, it names nobody."""
    about = "<p>I have lived by the pier since the harbour was built and still love to watch the boats.</p>"
    assert names(read(page(paragraphs(STORY), byline=f'<div class="byline"><p>Written by</p>{about}</div>'))) == []


def test_22_comma_is_not_always_a_list() -> None:
    """A comma that belongs to the name does not split it."""
    byline = '<p class="byline">By John Doe, Jr.</p>'
    assert names(read(page(paragraphs(STORY), byline=byline))) == ["John Doe, Jr."]


def dated(value: str, *, shown: str = "", meta: str = "", url: str = URL) -> Article:
    """Return the record of a page whose JSON-LD, visible line and meta element give these dates."""
    head = json_ld(datePublished=value) if value else ""
    head += f'<meta property="article:published_time" content="{meta}">' if meta else ""
    return read(page(paragraphs(STORY), head=head, byline=f'<p class="date">{shown}</p>' if shown else ""), url)


@pytest.mark.parametrize(
    ("declared", "name"),
    [("https://www.bay-gazette.example", "Gazette Media"), ("Bay Gazette |", "Bay Gazette"), ("Bay-Gazette", None)],
)
def test_20_site_names_as_templates_leave_them(declared: str, name: str | None) -> None:
    """An address is no name, and a separator without a slogan behind it no part of one."""
    html = page(paragraphs(STORY), head=json_ld(publisher={"@type": "Organization", "name": "Gazette Media"}))
    article = read(html.replace('content="Bay Gazette"', f'content="{declared}"'))
    assert article.site_name == (name or declared)


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


@pytest.mark.parametrize(
    ("head", "code", "detail"),
    [
        pytest.param(
            json_ld(headline="Wages at the yard rise by a tenth this spring"),
            "title_disagrees",
            "jsonld.headline: Wages at the yard rise by a tenth this spring",
            id="another title",
        ),
        pytest.param(
            json_ld(author={"@type": "Person", "name": "Abel Roe"}),
            "authors_disagree",
            "dom.byline: Mara Lindqvist",
            id="other people",
        ),
        pytest.param(
            json_ld(articleBody="The council met on Tuesday to hear what the new sea wall will cost the town. " * 8),
            "body_disagrees",
            "of jsonld.articleBody is in it",
            id="another body",
        ),
    ],
)
def test_24_a_place_that_tells_of_another_story(head: str, code: str, detail: str) -> None:
    """Where two places cannot both be right the record says what the other one was; a usual page says nothing."""
    told = {warned.code: warned.detail for warned in read(page(paragraphs(STORY), head=head)).warnings}
    assert detail in (told[code] or "")
    plain = json_ld(headline=TITLE, author={"@type": "Person", "name": "Mara Lindqvist"}, articleBody=" ".join(STORY))
    assert code not in codes(read(page(paragraphs(STORY), head=plain)))


def test_24_local_time_stamped_as_utc() -> None:
    """The same clock with two zones cannot be one instant: the record warns."""
    assert "date_disagrees" in codes(dated("2024-05-17T09:00:00Z", meta="2024-05-17T09:00:00+02:00"))
    assert "date_disagrees" not in codes(dated("2024-05-17T07:00:00Z", meta="2024-05-17T09:00:00+02:00"))


def test_the_date_of_another_story_gives_way_to_the_line_below_the_headline() -> None:
    """A time element in a card below the body is not surer than a plain date beside the headline."""
    card = '<div class="card"><a href="/town/oven-4702.html">One oven for three</a><time>16 Feb 2025</time></div>'
    article = read(page(paragraphs(STORY) + card * 3, byline="<p>17 May 2024</p>"))
    assert article.published_date == date(2024, 5, 17)


def test_the_day_that_a_time_element_shows() -> None:
    """A shop's blog tells machines the evening in UTC, a day later than it shows."""
    byline = '<span><time datetime="2026-02-24T04:13:00Z">February 23, 2026</time></span>'
    article = read(page(paragraphs(STORY), byline=byline))
    assert article.published_date == date(2026, 2, 23)
    assert article.published_at == datetime(2026, 2, 24, 4, 13, tzinfo=UTC)


@pytest.mark.parametrize(
    ("head", "url"),
    [
        ('<meta name="published" content="July 17, 2025">', URL),
        ("", "https://www.bay-gazette.example/articles/2025-07-17+Ropes+and+knots"),
    ],
)
def test_days_in_less_usual_places(head: str, url: str) -> None:
    """A meta element that is called published, and an address whose words are joined by plus signs."""
    assert read(page(paragraphs(STORY), head=head, byline=""), url).published_date == date(2025, 7, 17)
