"""The headline: the run that the page's own titles confirm, however short it is."""

from __future__ import annotations

import pytest
from gazette import LINEAR, URL, growth, page, read, sketch_of

from scraper.extractors.headline import slogans, title_candidates
from scraper.model import Candidate, Draft, Page, PageType
from scraper.normalizers import normalize_draft
from scraper.normalizers.article import Source

STORY = "".join(f"<p>On day {number} of the repair a part was missing, and the crew went home.</p>" for number in "123")


@pytest.mark.parametrize(
    ("shown", "stated", "title"),
    [
        pytest.param("Models", "Models | Gazette Docs", "Models", id="one word"),
        pytest.param("Trail maps", "Trail maps - North Wiki", "Trail maps", id="two words"),
        pytest.param("Promise", "Promise - JavaScript | Web Docs", "Promise", id="two parts behind it"),
        pytest.param("Kayaks", "Kayaks and canoes | Shop", "Kayaks and canoes | Shop", id="half of a part"),
        pytest.param("Bay Gazette", "Bay Gazette | Ferry stops", "Ferry stops", id="the site's name"),
        pytest.param("Menu", "Trail maps | North Wiki", "Trail maps | North Wiki", id="something else"),
    ],
)
def test_a_short_headline(shown: str, stated: str, title: str) -> None:
    """An h1 too short to be sure of is the headline where a title says it before its first separator."""
    html = page(STORY, title="@").replace("<h1>@</h1>", f"<h1>{shown}</h1>").replace("@ - Bay Gazette", stated)
    article = read(html)
    assert article.title == title
    assert article.origin.title == ("dom.h1" if title == shown else "title")


def test_a_blog_whose_name_is_the_h1() -> None:
    """What stands before the story's own title in the title element is the blog's name, in whatever heading."""
    html = page(STORY, title="@", head='<meta property="og:title" content="Ferry stops move to the pier">')
    html = html.replace("<h1>@</h1>", "<h3>Ferry stops move to the pier</h3>")
    html = html.replace("<nav>", "<h1>Notes from the Bay</h1><nav>")
    article = read(html.replace("@ - Bay Gazette", "Notes from the Bay: Ferry stops move to the pier"))
    assert article.title == "Ferry stops move to the pier"
    assert "Notes from the Bay" not in article.text


@pytest.mark.parametrize(
    ("stated", "title"),
    [
        pytest.param("Ferry stops move to the pier - Notes from the Bay", "Ferry stops move to the pier", id="alone"),
        pytest.param(
            "Ferry stops move to the pier - by Ole - Notes from the Bay", "Ferry stops move to the pier", id="by"
        ),
        pytest.param("Notes from the Bay - Ferry stops move to the pier", "Notes from the Bay", id="at the beginning"),
    ],
)
def test_a_blog_whose_name_ends_the_title_element(stated: str, title: str) -> None:
    """An h1 that the title element ends in is no headline if a heading below it says what stands before."""
    html = page(STORY, title="@").replace("<h1>@</h1>", "<h2>Ferry stops move to the pier</h2>")
    html = html.replace("<nav>", "<h1>Notes from the Bay</h1><nav>").replace("@ - Bay Gazette", stated)
    assert (read(html).title or "").startswith(title)


SLOGAN = "Your canvas, your words."
PADS = "Sketch pads for painters"


@pytest.mark.parametrize(
    ("kind", "shown", "stated", "title"),
    [
        pytest.param("service", SLOGAN, f"{PADS} | Inkwell", PADS, id="a slogan"),
        pytest.param("service", PADS, f"{PADS} | Inkwell", PADS, id="confirmed"),
        pytest.param("listing", "Read this one first", "Stories on tides - Review", "Stories on tides", id="of a part"),
        pytest.param("collection", "Summer is over", "Oars and paddles | Shop", "Oars and paddles", id="an offer"),
        pytest.param("product", "Oar of beech wood", "Beech 240 | Shop", "Oar of beech wood", id="a product's own"),
        pytest.param("article", SLOGAN, f"{PADS} | Inkwell", SLOGAN, id="an article's"),
        pytest.param("service", SLOGAN, "Home | Inkwell", SLOGAN, id="a title that says nothing"),
    ],
)
def test_the_name_of_a_page_that_is_no_article(kind: PageType, shown: str, stated: str, title: int) -> None:
    """A company's page, or a list, goes by what its title element begins with, unless that confirms the h1."""
    html = page(STORY, title="@").replace("<h1>@</h1>", f"<h1>{shown}</h1>").replace("@ - Bay Gazette", stated)
    sketch = sketch_of(html)
    found = title_candidates(sketch, kind)
    assert found[0].value == title
    others = [slogan.value for slogan in slogans(sketch, found)]
    assert others == ([shown] if found[0].origin == "title" else [])


@pytest.mark.parametrize(("kind", "title"), [("listing", "Bay Gazette"), ("article", None)])
def test_a_front_page_is_called_after_its_site(kind: PageType, title: str | None) -> None:
    """Where a page that is no article says nothing but the site's name, that is its title; an article has none then."""
    name = Candidate(value="Bay Gazette", origin="title")
    source = Source(page=Page(url=URL, final_url=URL, body=b""), version="1")
    assert normalize_draft(Draft(page_type=kind, title=(name,), site_name=(name,)), source).title == title


def test_the_name_of_a_site_in_many_headings_takes_no_time() -> None:
    """A page that calls every entry after its site is looked through once."""
    assert growth(lambda count: read(page("<h1>Bay Gazette</h1>" * count + STORY)), 1500) < LINEAR
