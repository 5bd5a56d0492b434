"""The section of a story: one name, and neither the site's, the page's own nor that of a kind of page."""

from __future__ import annotations

import pytest
from gazette import STORY, json_ld, page, paragraphs, read
from hypothesis import given
from hypothesis import strategies as st

from scraper.model import Candidate
from scraper.normalizers.sections import first_section, pick_section

VALUES = [
    pytest.param("Harbour", "Harbour", id="a name"),
    pytest.param("Harbour,Ferries,News and Views", "Harbour", id="a list without spaces"),
    pytest.param("Harbour, Ferries", "Harbour", id="a list of two"),
    pytest.param("Arts, Books & Films", "Arts, Books & Films", id="one name of three words"),
    pytest.param("Hilfen, Beratung und Recht", "Hilfen, Beratung und Recht", id="one name, German"),
    pytest.param("Ferries, Docks, Quays, Sheds and Cranes", "Ferries", id="a list of many"),
    pytest.param("Boats under $3,000", "Boats under $3,000", id="a number"),
    pytest.param("news|harbour", "harbour", id="a path"),
    pytest.param("news/local/harbour-courts", "harbour-courts", id="a longer path"),
    pytest.param("Food/Drink", "Food/Drink", id="a stroke"),
]
NONE = ["42", "Uncategorized", "article", "Bay Gazette", "the bay gazette", "https://bay.example/news", "A word " * 20]


@pytest.mark.parametrize(("value", "first"), VALUES)
def test_one_section_of_a_value(value: str, first: str) -> None:
    """Lists and paths give one name; a name with commas of its own stays."""
    assert first_section(value) == first


@pytest.mark.parametrize("value", NONE)
def test_what_is_no_section(value: str) -> None:
    """Numbers, defaults of a system, the site's name and sentences are passed over for what comes next."""
    found = [Candidate(value=v, origin=o) for v, o in ((value, "jsonld.articleSection"), ("A, B, C", "breadcrumbs"))]
    assert pick_section(found, "The Bay Gazette") == ("A, B, C", "breadcrumbs")


@given(st.text(max_size=200))
def test_sections_are_total(value: str) -> None:
    """Any text gives a name or none, and no candidates give none."""
    section, origin = pick_section([Candidate(value=value, origin="meta.section")], None)
    assert (section is None) == (origin is None)
    assert pick_section([], None) == (None, None)


@pytest.mark.parametrize(
    "last", ["How the old ferry and its crew came back", "Why is the ferry back, and who paid for it?"]
)
def test_the_page_itself_is_no_section(last: str) -> None:
    """The trail's last step is the page, though it words its title in another way."""
    steps = [("Home", "/"), ("Harbour", "/harbour/"), (last, None)]
    items = [
        {
            "@type": "ListItem",
            "position": n,
            "name": name,
            **({"item": f"https://www.bay-gazette.example{url}"} if url else {}),
        }
        for n, (name, url) in enumerate(steps, 1)
    ]
    trail = {"@type": "BreadcrumbList", "itemListElement": items}
    article = read(page(paragraphs(STORY), head=json_ld(breadcrumb=trail)))
    assert [crumb.name for crumb in article.breadcrumbs][-1] == last
    assert (article.section, article.origin.section) == ("Harbour", "breadcrumbs")


def test_white_space_without_end_takes_no_time() -> None:
    """A template that prints a page of spaces between two names does not stall the search for the first."""
    for space in (" ", "\n", "\xa0"):
        spread = f"Harbour{space * 200_000},{space * 200_000}Ferries"
        assert pick_section([Candidate(value=spread, origin="jsonld.articleSection")], None)[0] == "Harbour"
