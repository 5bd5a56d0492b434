"""Names and days shown on a page that are somebody else's: of reviewers, deliveries, entries of a list, versions."""

from __future__ import annotations

import pytest

from scraper.extractors.ownership import own_bylines, own_days
from scraper.extractors.visible import has_date
from scraper.model import Byline, Candidate, Crumb, Name, PageType

SHOWN = ("2 May 2025", "3 May 2025", "5 May 2025", "8 May 2025")


@pytest.mark.parametrize(
    ("kind", "shown", "kept"),
    [
        pytest.param("article", SHOWN, 4, id="an article's"),
        pytest.param("forum", SHOWN, 4, id="a thread's: its first post"),
        pytest.param("product", SHOWN[:1], 0, id="of a review"),
        pytest.param("collection", SHOWN[:2], 0, id="of a sale"),
        pytest.param("listing", SHOWN, 0, id="of each entry"),
        pytest.param("listing", SHOWN[:1] * 4, 4, id="of the list as a whole"),
    ],
)
def test_days_that_readers_see(kind: PageType, shown: tuple[str, ...], kept: int) -> None:
    """A day is the page's own where its kind has one to show; what it declares always is."""
    stated = Candidate(value="2025-05-01", origin="jsonld.datePublished")
    found = own_days(kind, (stated, *(Candidate(value=day, origin="dom") for day in shown)))
    assert (found[0], len(found) - 1) == (stated, kept)


@pytest.mark.parametrize(
    ("kind", "origin", "kept"),
    [
        pytest.param("article", "dom.rel=author", True, id="an article's"),
        pytest.param("product", "dom", False, id="a reviewer or a brand"),
        pytest.param("collection", "dom.byline", False, id="a designer"),
        pytest.param("product", "meta.author", True, id="declared"),
        pytest.param("listing", "dom.rel=author", False, id="of the entries"),
        pytest.param("listing", "dom.byline", True, id="who made the list"),
    ],
)
def test_names_that_readers_see(kind: PageType, origin: str, *, kept: bool) -> None:
    """A name is the author's where the kind of page has an author to show."""
    byline = Byline(names=(Name(name="Jane Roe"),), origin=origin)
    assert bool(own_bylines(kind, (byline,), ())) is kept


@pytest.mark.parametrize(
    ("url", "kept"),
    [pytest.param("https://bay.example/author/roe", True, id="a link"), pytest.param(None, False, id="none")],
)
def test_who_tested_the_products(url: str | None, *, kept: bool) -> None:
    """A shop names reviewers and brands; a line that links to its authors' pages names who wrote a test of products."""
    byline = Byline(names=(Name(name="Jane Roe", url=url),), origin="dom.byline")
    assert bool(own_bylines("product", (byline,), ())) is kept


@pytest.mark.parametrize(
    ("name", "origin", "kept"),
    [
        pytest.param("金融機関", "dom", False, id="a topic beside the date"),
        pytest.param("#Banks", "dom", False, id="as a tag"),
        pytest.param("Jane Roe", "dom", True, id="a name"),
        pytest.param("Banks", "dom.byline", True, id="somebody called so, behind by"),
    ],
)
def test_topics_are_no_names(name: str, origin: str, *, kept: bool) -> None:
    """A bare step of the trail is not who wrote it."""
    byline = Byline(names=(Name(name=name),), origin=origin)
    trail = (Crumb(name="Home"), Crumb(name="banks"), Crumb(name="金融機関"))
    assert bool(own_bylines("article", (byline,), trail)) is kept


@pytest.mark.parametrize(
    ("text", "dated"),
    [
        pytest.param("2025-03-04", True, id="ISO"),
        pytest.param("4. 3. 2025", True, id="Czech"),
        pytest.param("Posted 04/03/25", True, id="two digits"),
        pytest.param("2025. 3. 4. 09:30", True, id="Korean"),
        pytest.param("25. 3. 4.", True, id="Korean, two digits"),
        pytest.param("2025年3月4日", True, id="Chinese"),
        pytest.param("2025년 3월 4일", True, id="Korean, in letters"),
        pytest.param("Version 3.14.3", False, id="a version"),
        pytest.param("v18.2.0", False, id="of a package"),
        pytest.param("4.8 / 5", False, id="a rating"),
        pytest.param("94.90 -17%", False, id="a price"),
        pytest.param("1-5-8", False, id="sizes"),
        pytest.param("192.168.10.24", False, id="a host"),
    ],
)
def test_what_looks_like_a_day(text: str, *, dated: bool) -> None:
    """A version, a rating and a price are no days."""
    assert has_date(text) is dated
