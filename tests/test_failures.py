"""What users of other extractors report as broken, one failure a test: the number in the name is its row in the list.

Here what goes wrong with the body; test_failures_fields.py has the other fields, test_failures_pages.py whole pages.
"""

from __future__ import annotations

from html import escape
from typing import Final

import pytest
from gazette import LINKS, STORIES, STORY, TITLE, json_ld, leaked, linked, missing, page, paragraphs, read, repeated

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


NO_LEADS: Final = {
    "a note": "When you buy through links on our pages, we may earn a commission from our partners.",
    "days": "Last updated: 4 March 2025 at 6:33 a.m. ET First published: 3 March 2025 at 4:12 p.m. ET by us",
    "who wrote it": "By Ines Falk, who writes about ferries, docks and the people who work on them for us",
    "a caption": "Ines Falk, right, at the slip a day before the ferry came back",
    "a credit": "The ferry on its way down the slip in the evening light. Photo: courtesy of Ines Falk",
}


@pytest.mark.parametrize("kind", NO_LEADS)
def test_05_what_is_no_lead(kind: str) -> None:
    """Notes, dates, bylines, captions and credits between headline and story are not the standfirst."""
    tools = '<div class="tools"><a href="/s">Share</a> <a href="/p">Print</a></div>'
    headline = f"<h1>{TITLE}</h1>"
    picture = '<img src="/slip.jpg" alt="">' if kind == "a caption" else ""
    header = f'<header>{headline}{picture}<div class="info">{NO_LEADS[kind]}</div>{tools}</header>'
    article = read(page(paragraphs(STORY)).replace(headline, header))
    assert article.lead is None
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
    assert "Fare:\nthree pounds" in article.text
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
        ("youtube", "https://www.youtube.com/embed/abc123", 5),
    ]
    assert [block.type for block in article.blocks[2:6]] == ["embed", "paragraph", "paragraph", "embed"]
    assert "[twitter](https://twitter.com/bayharbour/status/1791)" in article.markdown
    assert "nobody is wet yet" in (article.embeds[0].text or "")
    assert leaked(article, "nobody is wet yet", "Harbour Office") == []
    assert missing(article) == []


@pytest.mark.parametrize(
    ("source", "providers"),
    [
        (
            "https://www.facebook.com/plugins/video.php?href=https%3A%2F%2Fwww.facebook.com%2Fbay%2Fvideos%2F1",
            ["facebook"],
        ),
        ("https://www.facebook.com/v6.0/plugins/like.php?action=like", []),
        ("https://www.facebook.com/plugins/share_button.php?href=x", []),
        ("https://pagead2.googlesyndication.com/pagead/ads?client=ca-pub-1", []),
        ("https://ads.bay-gazette.example/www/delivery/afr.php?zoneid=285", []),
        ("https://pos.baidu.com/scmm?di=u1", []),
        ("https://show-3.mediav.com/s?of=2", []),
        ("https://t1.network.example/kas/static/safeframe.html", []),
        ("https://player.loads.example/v/ads-of-the-year", ["loads"]),
        ("https://videos.harbour.co.uk/v/1", ["harbour"]),
        ("https://x.com/bayharbour/status/1791", ["twitter"]),
        ("https://b7741.cloudfront.net/v/1.mp4", ["cloudfront"]),
    ],
)
def test_13_frames_of_advertisers_are_no_embeds(source: str, providers: list[str]) -> None:
    """Advertisements and buttons to share stand in frames as well, and nobody embedded them in the story."""
    frame = f'<iframe src="{source}"></iframe>'
    article = read(page(paragraphs(STORY[:2]) + frame + paragraphs(STORY[2:])))
    assert [embed.provider for embed in article.embeds] == providers
