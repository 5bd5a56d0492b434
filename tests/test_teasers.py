"""Teasers: other stories end up in `related`, with their section and blurb, and menus do not."""

from __future__ import annotations

import pytest

from scraper.document import Document
from scraper.extractors import extract_draft
from scraper.model import Page, Related

URL = "https://site.example/news/old-mill-gets-a-new-wheel"
TITLE = "Old mill gets a new wheel after ninety years"
BODY = [
    f"{start}, and half the town had come to watch it turn for the first time since the flood of that spring. " * 3
    for start in ("The wheel was hung on Monday", "Nobody had believed in it", "The miller wept", "The band played on")
]
BRIDGE = ("The bridge that nobody wanted to cross", "/news/the-bridge-nobody-wanted")
FERRY = ("Why the ferry still runs on Sundays", "/news/why-the-ferry-still-runs")
WELLS = ("Three wells and a very long drought", "/news/three-wells")


def link(story: tuple[str, str], words: str = "{}") -> str:
    return f'<a href="{story[1]}">{words.format(story[0])}</a>'


def related(after: str = "", *, inside: str = "", before: str = "") -> tuple[Related, ...]:
    paragraphs = [f"<p>{text}</p>" for text in BODY]
    paragraphs.insert(2, inside)
    html = (
        f"<html><head><title>{TITLE}</title></head><body>{before}<main><article><h1>{TITLE}</h1>"
        f"{''.join(paragraphs)}</article>{after}</main></body></html>"
    )
    return extract_draft(Document.from_page(Page(url=URL, final_url=URL, body=html.encode()))).related


def titles(after: str = "", *, inside: str = "", before: str = "") -> list[str]:
    return [story.title for story in related(after, inside=inside, before=before)]


NAMES = [BRIDGE[0], FERRY[0]]
CARDS = {
    "cards": f'<div class="card"><h3>{link(BRIDGE)}</h3></div><div class="card"><h3>{link(FERRY)}</h3></div>',
    "cards with serial names": (
        f'<div class="post-17 first"><p>{link(BRIDGE)}</p></div><div class="post-18"><p>{link(FERRY)}</p></div>'
    ),
    "list under a cue": f"<h3>Read next</h3><ul><li>{link(BRIDGE)}</li><li>{link(FERRY)}</li></ul>",
    "sidebar": f"<aside><ul><li>{link(BRIDGE)}</li><li>{link(FERRY)}</li></ul></aside>",
    "picture with the title": "".join(
        f'<div class="tile"><img src="/i{n}.jpg" alt="{s[0]}"><p>{link(s)}</p></div>'
        for n, s in enumerate([BRIDGE, FERRY])
    ),
    "headings in the footer": (
        f"<footer><h2>Chosen stories</h2><article><h3>{link(BRIDGE)}</h3></article>"
        f"<article><h3>{link(FERRY)}</h3></article></footer>"
    ),
    "neighbours by class": (
        f'<nav class="x"><div class="nav-previous">{link(BRIDGE, "Previous Post {}")}</div>'
        f'<div class="nav-next">{link(FERRY, "Next Post {}")}</div></nav>'
    ),
    "neighbours in one line": (
        f'<nav class="post-navigation">{link(BRIDGE, "Previous: {} Prev")} {link(FERRY, "Next: {} Next")}</nav>'
    ),
    "neighbours by relation": "".join(
        f'<p><a rel="{rel}" href="{s[1]}">{s[0]}</a></p>' for rel, s in (("prev", BRIDGE), ("next", FERRY))
    ),
    "neighbours by what is said to a screen reader": (
        f'<nav><a aria-label="Previous page" href="{BRIDGE[1]}">{BRIDGE[0]}</a>'
        f'<a aria-label="Next: story" href="{FERRY[1]}">{FERRY[0]}</a></nav>'
    ),
}
ALONE = {
    "in a related box": f'<div class="related-story"><p>{link(BRIDGE)}</p></div>',
    "below a cue": f"<p>Read next</p><p>{link(BRIDGE)}</p>",
}
LINES = {
    "cue with its colon": f"<p>Watch: {link(BRIDGE)}</p>",
    "German": f"<p>Hintergrund: {link(BRIDGE)}</p>",
    "German, informal": f"<p>Lest auch: {link(BRIDGE)}</p>",
    "French, colon apart": f"<p>Lire : {link(BRIDGE)}</p>",
    "Japanese": f"<p>関連：{link(BRIDGE)}</p>",
    "bullet": f"<p>• {link(BRIDGE)}</p>",
    "link follows the cue": f"<p>Read also {link(BRIDGE)}</p>",
}
NOT_STORIES = {
    "menu": '<nav><ul><li><a href="/a/long/menu">A long entry of it</a><li><a href="/b">And one more entry</a></nav>',
    "menu without a nav": "<ul>" + "".join(f'<li><a href="/m{n}">{t}</a>' for n, t in enumerate(
        ["Women's wool coats and hats", "Women's silk dresses too", "Coats", "Hats", "Shoes"])) + "</ul>",
    "footer list": '<footer><ul><li><a href="/p1">Our workshops for young people</a>'
    '<li><a href="/p2">A programme for older people</a></ul></footer>',
    "tags": '<div class="tags"><a href="/tag/mills">Mills of the northern valley</a></div>'
    '<div class="tags"><a href="/tag/wheels">Wheels of the northern valley</a></div>',
    "author archive": '<p><a href="/author/ada">View all posts by Ada Miller</a></p>'
    '<p><a href="/author/ben">View all posts by Ben Miller</a></p>',
    "forms": '<p><a href="/register">You must register an account first</a></p>'
    '<p><a href="/newsletter">Get the letter every single morning</a></p>',
    "pages of a list": '<p class="nav-next"><a href="/news/page/3">Next page of this list</a></p>',
    "a carousel's button": '<p><a aria-label="Next slide" href="#slide-2">Go to the next slide</a></p>',
    "twice the same": "".join('<div class="c"><p><a href="/shop">Shop all our pits</a></p></div>' for _ in "ab"),
    "paid for": "".join(
        f'<p><a rel="sponsored" href="/ad{n}">Buy this very fine new mattress</a></p>' for n in range(2)
    ),
    "framework's own name": '<div id="__next"><p><a href="/terms-of-use">All the terms of use</a></p></div>',
}  # fmt: skip


@pytest.mark.parametrize("markup", CARDS.values(), ids=CARDS)
def test_stories_around_the_body_are_related(markup: str) -> None:
    """Cards, lists, sidebars, footers and neighbours give their titles, cleaned and once each."""
    assert titles(markup) == NAMES


@pytest.mark.parametrize("markup", ALONE.values(), ids=ALONE)
def test_one_story_alone_needs_an_announcement(markup: str) -> None:
    """A box called so or a line above tells; a lone link does not."""
    assert titles(markup) == [BRIDGE[0]]
    assert titles(f"<p>{link(BRIDGE)}</p>") == []


@pytest.mark.parametrize("markup", LINES.values(), ids=LINES)
def test_a_line_that_only_points_elsewhere_is_inline(markup: str) -> None:
    """It leaves the body and keeps its place."""
    assert [(story.title, story.place) for story in related(inside=markup)] == [(BRIDGE[0], "inline")]


def test_a_sentence_with_a_link_stays() -> None:
    """A cue word that begins a sentence points nowhere."""
    assert (
        titles(inside=f"<p>More than once the town had heard of {link(BRIDGE)}, and laughed about it aloud.</p>") == []
    )


@pytest.mark.parametrize("markup", NOT_STORIES.values(), ids=NOT_STORIES)
def test_what_is_no_story_is_not_related(markup: str) -> None:
    """Menus, archives, forms, pagers and advertisements stay out."""
    assert titles(markup) == []


def test_short_titles_join_the_list_they_stand_in() -> None:
    """A story's title may be short where most beside it are not."""
    markup = f'<ul><li>{link(BRIDGE)}</li><li>{link(FERRY)}</li><li><a href="/news/mud">Mud again</a></li></ul>'
    assert titles(markup) == [*NAMES, "Mud again"]


def test_a_card_gives_section_and_blurb() -> None:
    """What stands in the card belongs to its story."""
    blurb = "It was built in a hurry and paid for over forty years, and still the boats were faster."
    markup = "".join(
        f'<div class="card"><span>River</span><h3>{link(s)}</h3><p>{blurb}</p></div>' for s in (BRIDGE, WELLS)
    )
    first = related(markup)[0]
    assert (first.section, first.summary, first.place) == ("River", blurb, "tail")
    assert first.url == f"https://site.example{BRIDGE[1]}"


@pytest.mark.parametrize(
    "below",
    ['<a href="{0}">Weiter zum Text</a>', "<button>Merken</button>", "<p>[post-views]</p>", "<p>Published:</p>"],
)
def test_what_stands_below_a_title_is_no_section(below: str) -> None:
    """A link on to the story, a button and a label without its value name none, in whatever language."""
    cards = (f'<div class="card"><h3>{link(s)}</h3>{below.format(s[1])}</div>' for s in (BRIDGE, WELLS))
    assert [story.section for story in related("".join(cards))] == [None, None]


KICKER = '<div class="card"><p>{0}</p><p>{1}</p></div>'
ELSEWHERE = {
    "an advertisement": "https://ad.doubleclick.net/click;1",
    "a post": "https://twitter.com/mill/status/17",
    "an app": "https://apps.apple.com/app/id17",
    "a channel": "https://whatsapp.com/channel/17",
    "an account": "https://subscribe.site.example/offers",
    "the page itself": f"{URL}?ref=latest",
    "the page's other form": f"{URL}/?amp=1#top",
}
NO_NAMES = ["Read more", "28.11.2024", "8:30 a.m.", "https://other.example/paper/17", "pic.twitter.com/fFty4EMY8X"]


@pytest.mark.parametrize("address", ELSEWHERE.values(), ids=ELSEWHERE)
def test_addresses_that_hold_no_story(address: str) -> None:
    """A line that leads to an advertisement, an app, a post or an account is no story, in a list or in the text."""
    elsewhere = ("Get all of our stories first", address)
    assert titles(f"<ul><li>{link(BRIDGE)}</li><li>{link(elsewhere)}</li><li>{link(FERRY)}</li></ul>") == NAMES
    assert titles(inside=f"<p>• {link(elsewhere)}</p>") == []


@pytest.mark.parametrize("name", NO_NAMES)
def test_links_that_name_no_story(name: str) -> None:
    """What a link says of the day, of its address or of reading on is no title."""
    assert titles(inside=f"<p>• {link((name, WELLS[1]))}</p>") == []
    named = "".join(f"<li>{link((name, story[1]))}</li><li>{link(story)}</li>" for story in (BRIDGE, FERRY))
    assert titles(f"<ul>{named}</ul>") == NAMES


def test_signs_around_a_title() -> None:
    """A sign that points at a title is none of it."""
    assert titles(f"<ul><li>{link(BRIDGE, '> {}')}</li><li>{link(FERRY, '{} ►')}</li></ul>") == NAMES


def test_a_linked_kicker_is_no_title() -> None:
    """Of two links to one story the title is the title, and the words above it are the section."""
    cards = (KICKER.format(link(story, "River news:"), link(story)) for story in (BRIDGE, FERRY))
    assert [(story.title, story.section) for story in related("".join(cards))] == [
        (name, "River news") for name in NAMES
    ]


@pytest.mark.parametrize("below", ["It was built in a hurry, and paid for over forty years.", "1 hr 45 mins"])
def test_a_short_title_is_no_kicker(below: str) -> None:
    """What stands below a short title and links to the story as well is not the title."""
    cards = (KICKER.format(link((f"Mud, part {n}", f"/mud/{n}")), link((below, f"/mud/{n}"))) for n in (1, 2))
    assert titles("".join(cards)) == ["Mud, part 1", "Mud, part 2"]


def test_a_summary_says_more_than_the_title() -> None:
    """Kicker and title in one line, as in a text for screen readers, are no summary; the kicker is the section."""
    kicker = "Along the northern river bank"
    cards = (f'<div class="card"><h3>{link(s)}</h3><p>{kicker} {s[0]}</p></div>' for s in (BRIDGE, FERRY))
    assert [(story.section, story.summary) for story in related("".join(cards))] == [(kicker, None)] * 2
