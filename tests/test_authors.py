"""Authors out of bylines."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.model import Byline, Name
from scraper.normalizers.authors import name_from_url, parse_authors

SITE = ("The Daily Example", "example.com", "example")
with (Path(__file__).parent / "data" / "authors.tsv").open(encoding="utf-8", newline="") as file:
    ROWS = [tuple(row) for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)][1:]


def _byline(*names: str, origin: str = "dom", raw: str | None = None) -> Byline:
    return Byline(names=tuple(Name(name=name) for name in names), origin=origin, raw=raw)


def _shown(bylines: tuple[Byline, ...], language: str | None = "en") -> str:
    """Return the names parted by bars, organizations marked by `=`."""
    authors, _, _ = parse_authors(bylines, language=language, site_names=SITE)
    return "|".join(("=" if author.type == "organization" else "") + author.name for author in authors)


@pytest.mark.parametrize(("language", "raw", "names"), ROWS, ids=[f"{row[0]}:{row[1]}" for row in ROWS])
def test_a_printed_byline_gives_its_names(language: str, raw: str, names: str) -> None:
    """Prefixes, roles, addresses and times go; names stay whole; organizations are told apart."""
    assert _shown((_byline(raw),), language) == names


def test_the_table_is_as_broad_as_promised() -> None:
    """At least 200 lines in at least 25 languages."""
    assert len(ROWS) >= 200
    assert len({row[0] for row in ROWS}) >= 25


@given(st.lists(st.text(max_size=80), max_size=4), st.sampled_from([None, "en", "de", "it", "ja"]))
@settings(max_examples=100, deadline=None)
def test_any_names_give_distinct_clean_authors(names: list[str], language: str | None) -> None:
    """Total; every name once, none empty, none with white space around it."""
    authors, _, _ = parse_authors((_byline(*names),), language=language, site_names=SITE)
    found = [author.name for author in authors]
    assert len({name.casefold() for name in found}) == len(found)
    assert all(name and name == name.strip() for name in found)


_PLAIN = st.sampled_from(
    ["Jane Doe", "Abby Stone", "Ludwig van Beethoven", "Mary O'Neil", "Ana García", "Jan de Vries"]
)


@given(st.lists(_PLAIN, min_size=1, max_size=5, unique=True), st.sampled_from([", ", "; ", " & ", " and "]))
@settings(max_examples=50, deadline=None)
def test_a_joined_list_gives_the_names_it_was_made_of(names: list[str], joiner: str) -> None:
    """Round trip: names joined in print come apart again, in order."""
    assert _shown((_byline("By " + joiner.join(names)),)).split("|") == names


def test_a_list_already_split_stays_split() -> None:
    """JSON-LD lists keep their names, types and addresses."""
    byline = Byline(
        names=(Name(name="Jane Doe", url="https://example.com/jane"), Name(name="Acme", type="organization")),
        origin="jsonld.author",
    )
    authors, raw, origin = parse_authors((byline,), language="en", site_names=SITE)
    assert [(a.name, a.type, a.url) for a in authors] == [
        ("Jane Doe", "person", "https://example.com/jane"),
        ("Acme", "organization", None),
    ]
    assert (raw, origin) == ("Jane Doe, Acme", "jsonld.author")


def test_the_first_byline_with_a_person_wins() -> None:
    """The site as author gives way to a person named elsewhere, and stands where nobody else is named."""
    site, person = _byline("The Daily Example", origin="jsonld.author"), _byline("By Jane Doe", origin="dom")
    assert _shown((site, person)) == "Jane Doe"
    assert _shown((site,)) == "=The Daily Example"
    assert _shown((_byline("Jane Doe", "Reuters", "Stanford University"),)) == "Jane Doe|=Stanford University"


def test_what_was_printed_is_kept_without_authors() -> None:
    """A byline that names nobody still gives the raw string, and no origin."""
    assert parse_authors((_byline("", raw="by admin"),), language="en", site_names=()) == ((), "by admin", None)
    assert parse_authors((), language=None, site_names=()) == ((), None, None)


@pytest.mark.parametrize("url", ["http://[broken", "https://example.com", "https://example.com/news/jane-doe"])
def test_an_address_that_names_no_author_gives_none(url: str) -> None:
    """Only an author page's address spells a name."""
    assert name_from_url(url) is None


def test_the_address_given_as_a_name_becomes_the_authors_page() -> None:
    """A URL in the name's place is not lost."""
    authors, _, _ = parse_authors((_byline("https://example.com/author/jane-doe"),), language="en", site_names=SITE)
    assert (authors[0].name, authors[0].url) == ("Jane Doe", "https://example.com/author/jane-doe")
