"""The trail: read however a site draws it, and never off a menu."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.document import Document
from scraper.extractors import extract_draft
from scraper.extractors.trails import clean_name, is_root, tidy_steps
from scraper.model import Crumb, Page

URL = "https://site.example/news/town/old-mill-gets-a-new-wheel"
TITLE = "Old mill gets a new wheel after ninety years"
TEXT = "The wheel turned for the first time since the flood, and half the town had come to watch it do so. " * 3


def read(trail: str, *, below: str = "", url: str = URL) -> list[str]:
    """Return the names of the trail of a page with this markup above its headline."""
    return [crumb.name for crumb in crumbs(trail, below=below, url=url)]


def crumbs(trail: str, *, below: str = "", url: str = URL) -> tuple[Crumb, ...]:
    html = (
        f"<html><head><title>{TITLE} - The Site</title></head><body>{trail}<h1>{TITLE}</h1>{below}"
        f"<article><p>{TEXT}</p><p>{TEXT}</p><p>{TEXT}</p></article></body></html>"
    )
    page = Page(url=url, final_url=url, body=html.encode(), headers=(("content-type", "text/html; charset=utf-8"),))
    return extract_draft(Document.from_page(page)).breadcrumbs


HOME = '<a href="/">Home</a>'
NEWS = '<a href="/news/">News</a>'
TOWN = '<a href="/news/town/">Town</a>'
THREE = ["Home", "News", "Town"]

DRAWN = {
    "list": (f'<ol class="c-breadcrumb"><li>{HOME}<li>{NEWS}<li>{TOWN}</ol>', THREE),
    "separator items": (
        f'<ul class="breadcrumbs"><li>{HOME}</li><li class="sep">/</li><li>{NEWS}</li><li>›</li><li>{TOWN}</ul>', THREE,
    ),
    "bare links": (f'<div id="navCrumbs">{HOME}{NEWS}{TOWN}</div>', THREE),
    "text between": (f'<p class="breadcrumb">{HOME} &raquo; {NEWS} &raquo; Town</p>', THREE),
    "span": (f'<p><span class="breadcrumb">{HOME} &gt; {NEWS} &gt; <b>Town</b></span></p>', THREE),
    "named steps": (f'<p>{HOME.replace("<a", "<a class=crumb")} {NEWS.replace("<a", "<a class=crumb")}</p>', THREE[:2]),
    "icon": ('<nav aria-label="Breadcrumb"><a href="/"><svg></svg></a> ' + NEWS + "</nav>", THREE[:2]),
    "icon with label": (
        f'<nav aria-label="breadcrumbs"><a href="/" title="Start"><i class="fa"></i></a>{NEWS}</nav>',
        ["Start", "News"],
    ),
    "picture": (f'<div class="breadcrumb"><a href="/"><img alt="Front"></a> / {NEWS}</div>', ["Front", "News"]),
    "ligature": (
        f'<ul class="breadcrumb"><li>{HOME}<i class="material-icons">chevron_right</i></li><li>{NEWS}</li></ul>',
        THREE[:2],
    ),
    "microdata": (
        '<div itemtype="https://schema.org/BreadcrumbList"><span itemprop="itemListElement"><a itemprop="item"'
        f' href="/"><span itemprop="name">Home</span></a></span><span itemprop="itemListElement">{NEWS}</span></div>',
        THREE[:2],
    ),
    "twice": (f'<ul class="breadcrumb"><li>{HOME}<li>{NEWS}<li>{HOME}<li>{NEWS}</ul>', THREE[:2]),
    "menu inside": (
        f'<ol class="breadcrumb"><li>{HOME}<li>{NEWS}<ul><li><a href="/sport/">Sport</a><li><a href="/tv/">TV</a></ul>'
        f"<li>{TOWN}</ol>",
        THREE,
    ),
    "you are here": (f'<div class="breadcrumb">You are here: {HOME} / {NEWS}</div>', THREE[:2]),
    "for screen readers": (
        f'<div class="breadcrumb"><span class="sr-only">Breadcrumb</span>{HOME}<span>|</span>{NEWS}</div>', THREE[:2],
    ),
    "backwards": (f'<ul class="breadcrumb"><li>{TOWN}<li>{NEWS}<li>{HOME}</ul>', THREE),
    "title last": (f'<ul class="breadcrumb"><li>{HOME}<li>{TITLE}</ul>', ["Home", TITLE]),
    "title cut short": (
        f'<ul class="breadcrumb"><li>{HOME}<li>{TITLE}<li>{TITLE[:14]}…</ul>', ["Home", TITLE],
    ),
    "article number": (f'<div class="breadcrumb">{HOME} / {NEWS} <span>Item#: N8X-16</span></div>', THREE[:2]),
    "best of two": (
        '<div class="breadcrumb-wrap"><a href="/news/town/">Town</a>'
        f'<p id="breadcrumbs">{HOME} » {NEWS} » {TOWN}</p></div>',
        THREE,
    ),
}  # fmt: skip

LABELS = {
    "German": "Brotkrumen", "French": "Fil d'Ariane", "Spanish": "Migas de pan", "Swedish": "Brödsmulor",
    "Czech": "Drobečková navigace", "Japanese": "パンくずリスト", "Russian": "Хлебные крошки", "Chinese": "面包屑导航",
}  # fmt: skip

UNNAMED = {
    "each below the one before": (f'<div class="x">{NEWS}{TOWN}</div>', ["News", "Town"]),
    "from home, with signs": (f'<div>{HOME}<span>|</span><a href="/tv/">TV</a><span>|</span></div>', ["Home", "TV"]),
    "from home, in items": (
        '<ul><li><a href="/"><svg></svg></a></li><li><div>/</div></li><li><a href="/tv">TV</a></li></ul>',
        ["Home", "TV"],
    ),
    "from home to the title": (f"<div>{HOME}<span>{TITLE}</span></div>", ["Home", TITLE]),
    "a line with arrows": ("<p>Science &gt; Machines &gt; Mills</p>", ["Science", "Machines", "Mills"]),
}  # fmt: skip

NO_TRAILS = {
    "menu": f"<ul>{''.join(f'<li><a href=/{n}/>{n.title()}</a>' for n in ('world', 'sport', 'tv', 'life'))}</ul>",
    "menu from home": f'<ul><li>{HOME}<li><a href="/sport/">Sport</a><li><a href="/tv/">TV</a></ul>',
    "menu called a trail": (
        '<ul class="breadcrumb-menu">' + "".join(f"<li><a href=/{n}/>{n.title()}</a>" for n in "abcde") + "</ul>"
    ),
    "pager": '<p><a href="?photo=1">← Previous photo</a> <a href="?photo=3">Next photo →</a></p>',
    "way back": '<div class="breadcrumb"><a href="/news/">&lt; News</a></div>',
    "section above the headline": '<p><a href="/tv/">TV</a></p>',
    "logo and sign-in": '<div><a href="/"><img alt="logo"></a><a href="/subscribe/">Subscribe</a></div>',
    "nothing": "",
}


@pytest.mark.parametrize(("trail", "names"), DRAWN.values(), ids=DRAWN)
def test_a_named_trail_is_read_however_it_is_drawn(trail: str, names: list[str]) -> None:
    """Lists, links, arrows, icons, menus and repeats give the same steps."""
    assert read(trail) == names


@pytest.mark.parametrize("label", LABELS.values(), ids=LABELS)
def test_a_trail_may_be_named_by_its_label_in_many_languages(label: str) -> None:
    """The label for screen readers names the box where its class does not."""
    assert read(f'<nav aria-label="{label}">{HOME}<a href="/tv/">TV</a><a href="/tv/tonight/">Tonight</a></nav>') == [
        "Home", "TV", "Tonight",
    ]  # fmt: skip


@pytest.mark.parametrize(("trail", "names"), UNNAMED.values(), ids=UNNAMED)
def test_an_unnamed_trail_is_known_by_where_it_leads(trail: str, names: list[str]) -> None:
    """Links that lead down the site to this page, or from the home page to right above the headline."""
    assert read(trail) == names


@pytest.mark.parametrize("markup", NO_TRAILS.values(), ids=NO_TRAILS)
def test_a_row_of_links_alone_is_no_trail(markup: str) -> None:
    """Menus, pagers, ways back and logos are left alone."""
    assert read(markup) == []


def test_each_linked_step_has_its_address() -> None:
    """Addresses are absolute; a step without a link has none."""
    found = crumbs(f'<div class="breadcrumb">{HOME} / {NEWS} / Town</div>')
    assert [crumb.url for crumb in found] == ["https://site.example/", "https://site.example/news/", None]


def test_a_trail_below_the_headline_counts() -> None:
    """Some sites put it under the title."""
    assert read("", below=f'<div class="breadcrumb">{HOME} / {NEWS}</div>') == ["Home", "News"]


def test_the_steps_are_labelled_and_not_in_the_body() -> None:
    """What was read as a trail is told apart from the text."""
    html = f'<title>{TITLE}</title><h1>{TITLE}</h1><p class="breadcrumb">{HOME} / {NEWS}</p>' + f"<p>{TEXT}</p>" * 3
    draft = extract_draft(Document.from_page(Page(url=URL, final_url=URL, body=html.encode())))
    labels = {block.text: block.label for block in draft.blocks}
    assert labels["Home / News"] == "breadcrumb"
    assert labels[TITLE] == "heading"


@pytest.mark.parametrize(
    ("url", "root"),
    [("https://a.example/", True), ("https://a.example/en/", True), ("https://a.example/index.html", True),
     ("https://a.example/pt-br", True), ("https://a.example/news", False), (None, False)],
)  # fmt: skip
def test_home_pages_are_told_by_their_address(url: str | None, root: bool) -> None:
    """The root, a language's root, and index files."""
    assert is_root(url) is root


@pytest.mark.parametrize(
    ("names", "tidied"),
    [
        (["首页", "国内", "正文"], ["首页", "国内"]),
        (["ホーム", "政治", "記事詳細"], ["ホーム", "政治"]),
        (["Home", "City", "Article details"], ["Home", "City"]),
        (["Home", "City", "Articles of war"], ["Home", "City", "Articles of war"]),
        (["Article"], ["Article"]),
    ],
)
def test_a_last_step_that_only_says_article(names: list[str], tidied: list[str]) -> None:
    """It is no section: it says that the reader has arrived."""
    assert [crumb.name for crumb in tidy_steps([Crumb(name=name) for name in names])] == tidied
    linked = tidy_steps([Crumb(name=name, url=f"https://a.example/{at}") for at, name in enumerate(names)])
    assert [crumb.name for crumb in linked] == names


@settings(max_examples=60)
@given(st.lists(st.text(max_size=30), max_size=14))
def test_tidy_steps_are_clean_distinct_and_few(names: list[str]) -> None:
    """Any names give steps without edges, none twice in a row, or none at all."""
    found = [crumb.name for crumb in tidy_steps([Crumb(name=name) for name in names])]
    assert found == [clean_name(name) for name in found]
    assert all(a != b for a, b in itertools.pairwise(found))
    assert len(found) <= 10
