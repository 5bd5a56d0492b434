"""Authors as the links beside a headline name them: to the page of whoever wrote it, and of nobody else."""

from __future__ import annotations

import pytest
from gazette import LINEAR, STORY, URL, growth, json_ld, names, page, paragraphs, read

from scraper.config import QualityConfig
from scraper.model import Page
from scraper.pipeline import Explained, explain_page

MARA = '<a href="/author/mara-lindqvist">Mara Lindqvist</a>'
OLE = '<a href="/author/ole-brandt/">Ole Brandt</a>'


ROLE = '<a href="/author/mara-lindqvist">Gardens Expert</a>'
GLUED = '<a href="/author/mara-lindqvist">Mara LindqvistGardens Editor</a>'
AGO = '<p class="post-meta">Mara Lindqvist|Published 4 months ago</p>'
TOPIC = '<a href="/blog/?topic=906">Harbour Matters</a>'
TOPICS = '<a href="/c/boats">Boats</a>, <a href="/c/home">Home Harbours</a>'
NUMBERED = '<a href="/list?p=1&amp;author=1">Mara Lindqvist</a> <a href="/list?p=1&amp;author=2">Ana Reis</a>'
NOT_SPELLED = '<a href="/blog?author=57b5">ana reis</a>'


def authors(above: str, *, below: str = "", head: str = "", before: str = "") -> list[str]:
    return names(read(page(before + paragraphs(STORY) + below, head=head, byline=above)))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param(f"<p>{MARA}Gardens EditorMay 17, 2024 | 6 comments</p>", "Mara Lindqvist", id="glued to all"),
        pytest.param(f"<p>{MARA} Bay County Gazette &amp; Mail</p>", "Mara Lindqvist", id="her paper behind her"),
        pytest.param(f"<p>{MARA} 8:41 PM on May 17, 2024</p>", "Mara Lindqvist", id="a time behind her"),
        pytest.param(f"<p>May 17, 2024 {MARA} Town, Sea</p>", "Mara Lindqvist", id="between date and topics"),
        pytest.param(f"<p>Review by {MARA} Contributor</p>", "Mara Lindqvist", id="a genre before by"),
        pytest.param(f"<p>Kolumne von {MARA} - 17.05.2024</p>", "Mara Lindqvist", id="the same in German"),
        pytest.param(f"<p>{GLUED}</p>", "Mara Lindqvist", id="spelled"),
        pytest.param(f"<p>{MARA}</p><p>,</p><p>{OLE}</p>", "Mara Lindqvist, Ole Brandt", id="a comma between lines"),
        pytest.param(f"<ul><li>{MARA}</li><li>{OLE}</li></ul>", "Mara Lindqvist, Ole Brandt", id="a list"),
        pytest.param(f"<p>By {MARA}, reporter, and Ole Brandt, intern</p>", "Mara Lindqvist, Ole Brandt", id="roles"),
        pytest.param(f"<p>By {MARA}, Ole Brandt and Ana Reis</p>", "Mara Lindqvist, Ole Brandt, Ana Reis", id="one"),
        pytest.param(f"<p>{MARA}</p><p>{ROLE}</p>", "Mara Lindqvist", id="role"),
        pytest.param('<p><a href="/author/gardendesk">gardendesk</a></p><p>May 17</p>', "gardendesk", id="a login"),
        pytest.param(f"<p>{NOT_SPELLED} May 17, 2024</p>", "", id="small, and nothing spells it"),
        pytest.param('<p><a href="/@maralindqvist?source=x">Mara Lindqvist</a></p>', "Mara Lindqvist", id="an at sign"),
        pytest.param('<p>May 17, 2024 <a href="/team/mara">Mara Lindqvist</a></p>', "Mara Lindqvist", id="of a team"),
        pytest.param(f"<p>Medically reviewed by {OLE} — Written by {MARA}</p>", "Mara Lindqvist", id="a reviewer"),
        pytest.param(f"<p>By {MARA}</p><p>Contributions from {OLE}</p>", "Mara Lindqvist", id="contributions"),
        pytest.param(f"<p>{MARA}Writer{OLE}Photographer</p>", "Mara Lindqvist", id="a photographer"),
        pytest.param(f"<p>Photos by {OLE}</p>", "", id="nobody but a photographer"),
        pytest.param('<p><a href="https://tiktok.example/@bay">TikTok</a></p>', "", id="a network"),
        pytest.param('<p><a href="/author/mara-lindqvist">More posts</a></p>', "", id="more of her posts"),
        pytest.param('<p><a href="/users/sign_in">Sign In</a></p>', "", id="a door"),
    ],
)  # fmt: skip
def test_a_line_that_links_to_its_authors(line: str, expected: str) -> None:
    """The words of such a link are the name, whatever is glued to them; who did something else is no author."""
    assert ", ".join(authors(line)) == expected


def test_links_of_other_stories_cards_name_nobody_here() -> None:
    """rel="author" stands in the cards below the story as well."""
    cards = "".join(
        f'<div class="related"><h3><a href="/t/{i}">The harbour in winter, part {i}</a></h3>'
        f'<a rel="author" href="/author/ole-brandt">Ole Brandt</a></div>'
        for i in range(4)
    )
    assert authors(f"<p>By {MARA}</p>", below=f"<section><h2>Read next</h2>{cards}</section>") == ["Mara Lindqvist"]


def test_what_is_declared_comes_first() -> None:
    """A link is what readers are shown; the story's own JSON-LD is surer."""
    declared = json_ld(author={"@type": "Person", "name": "Ana Reis"})
    assert authors(f"<p>By {MARA}</p>", head=declared) == ["Ana Reis"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("<p>by Mara Lindqvist—10 min read</p>", "Mara Lindqvist", id="with a reading time"),
        pytest.param("<h2>By Mara Lindqvist</h2>", "Mara Lindqvist", id="as a heading"),
        pytest.param("<h2>By the Numbers</h2>", "", id="a heading that is none"),
        pytest.param("<p>May 17, 2024 · 30 min · 6279 words · Mara Lindqvist</p>", "Mara Lindqvist", id="one of many"),
        pytest.param(f"{AGO}<p>May 17, 2024</p>", "Mara Lindqvist", id="ago"),
        pytest.param("<p>Daisy-Mae LindqvistDec 05, 20232 Shares1530 Views</p>", "Daisy-Mae Lindqvist", id="figures"),
        pytest.param("<p>Mara (Lin) Lindqvist Published: May 17, 2024</p>", "Mara Lindqvist", id="a short name"),
        pytest.param("<p>posted on 2024-05-17 23:30 EST by Mara Lindqvist</p>", "Mara Lindqvist", id="behind the zone"),
        pytest.param(f"<p>{TOPIC}</p><p>May 17, 2024</p>", "", id="a topic by its address"),
        pytest.param(f"<p>{TOPICS} · May 17, 2024</p>", "", id="topics that link"),
        pytest.param("<p>Mara Lindqvist 2 minutes read</p><p>May 17, 2024</p>", "Mara Lindqvist", id="a figure behind"),
        pytest.param("<p>Mara Lindqvist | Senior Writer | May 17, 2024</p>", "Mara Lindqvist", id="a role behind"),
        pytest.param('<p>May 17, 2024 • <a href="/town">Bay Matters</a></p>', "", id="a section"),
        pytest.param('<p>Editor-in-Chief</p><p>May 17, 2024</p>', "", id="a role and no name"),
        pytest.param('<p class="byline">순천 구현모 기자 desk@bay.example</p>', "구현모", id="a Korean reporter"),
    ],
)  # fmt: skip
def test_a_line_without_links(line: str, expected: str) -> None:
    """Its parts are looked at one by one, without days, times and reading times."""
    assert ", ".join(authors(line)) == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param("<p>Author</p><p>Mara Lindqvist</p>", "Mara Lindqvist", id="two lines"),
        pytest.param("<p>Written by</p><p>More stories</p>", "", id="no name"),
        pytest.param("<p>Written by Mara Lindqvist</p>", "Mara Lindqvist", id="one line"),
    ],
)
def test_a_signature_some_way_below_the_story(lines: str, expected: str) -> None:
    """Buttons and boxes may stand between."""
    between = "<div class='share'>" + "".join(f"<button>Share {i}</button>" for i in range(8)) + "</div>"
    assert ", ".join(authors("", below=f"{between}<footer class='post-footer'>{lines}</footer>")) == expected


def test_a_byline_right_above_a_body_that_begins_far_below() -> None:
    """Between headline and body may stand a table of contents; the byline is looked for at both ends of it."""
    parts = "".join(f'<li><a href="#p{i}">Part {i} of the crossing</a></li>' for i in range(30))
    contents = f'<nav class="table-of-contents"><ul>{parts}</ul></nav>'
    before = f"{contents}<p>{MARA}</p><p>May 17, 2024</p>"
    article = read(page(before + paragraphs(STORY), byline=""))
    assert names(article) == ["Mara Lindqvist"]
    assert "Part 7 of the crossing" not in article.text


def test_the_line_is_labelled_as_a_byline() -> None:
    """A link to the author's page and hardly more is no navigation."""
    html = page(f"<p>{MARA}</p>" + paragraphs(STORY), byline="")
    explained = explain_page(Page(url=URL, final_url=URL, body=html.encode()), QualityConfig())
    assert isinstance(explained, Explained)
    assert [block.label for block in explained.draft.blocks if block.text == "Mara Lindqvist"] == ["byline"]


def test_a_long_rule_of_hyphens_before_a_link_takes_no_time() -> None:
    """What stands before a link to an author is looked through once, however long it is."""

    def ruled(length: int) -> None:
        article = read(page(f"<p>By {MARA}</p><p>{'-' * length}{OLE}</p>" + paragraphs(STORY), byline=""))
        assert names(article)[0] == "Mara Lindqvist"

    assert growth(ruled, 300) < LINEAR


def test_two_pages_of_one_list_are_two_authors() -> None:
    """Some sites tell authors apart by a parameter alone, behind others."""
    assert authors(f"<p>By {NUMBERED}</p>") == ["Mara Lindqvist", "Ana Reis"]


def test_a_signature_as_the_last_line_of_the_body() -> None:
    """It may be taken for body, and names its author all the same."""
    assert authors("", below="<p>Reporting by Mara Lindqvist.</p>") == ["Mara Lindqvist"]
