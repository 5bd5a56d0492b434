"""Authors out of bylines."""

from __future__ import annotations

import csv
import unicodedata
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
    """At least 400 lines in at least 40 languages."""
    assert len(ROWS) >= 400
    assert len({row[0] for row in ROWS}) >= 40


@given(st.lists(st.text(max_size=80), max_size=4), st.sampled_from([None, "en", "de", "it", "ja"]))
@settings(max_examples=100, deadline=None)
def test_any_names_give_distinct_clean_authors(names: list[str], language: str | None) -> None:
    """Total; every name once, none empty, none with white space around it."""
    authors, _, _ = parse_authors((_byline(*names),), language=language, site_names=SITE)
    found = [author.name for author in authors]
    assert len({name.casefold() for name in found}) == len(found)
    assert all(name and name == name.strip() for name in found)


_PIECES = st.lists(
    st.one_of(
        st.text(max_size=12),
        st.sampled_from(
            [
                *("By ", "von ", "Jane Doe", "Ana García", ", ", " & ", " and ", " | ", "Reporter", "MD", "Reuters"),
                *("@doe", "The Daily Example", "jane@example.com", "Updated 4 Sep", "DoePublished", "作者：", "王小明"),
                *("\u202e", "\u200b"),
            ]
        ),
    ),
    max_size=8,
).map("".join)


@given(_PIECES, st.sampled_from([None, "en", "de", "zh"]), st.sampled_from(["jsonld.author", "dom.byline", "dom"]))
@settings(max_examples=200, deadline=None)
def test_authors_read_again_are_the_same_authors(raw: str, language: str | None, origin: str) -> None:
    """Idempotent: a record's names, read as a list of names, give the record's names."""
    once, _, _ = parse_authors((_byline(raw, origin=origin),), language=language, site_names=SITE)
    again, _, _ = parse_authors(
        (_byline(*(author.name for author in once), origin=origin),), language=language, site_names=SITE
    )
    assert [author.name for author in again] == [author.name for author in once]


@given(_PIECES, st.sampled_from([None, "en", "de", "zh"]))
@settings(max_examples=100, deadline=None)
def test_no_name_has_what_no_name_has(raw: str, language: str | None) -> None:
    """Names are NFC, of no more letters than the print, on one line, without addresses and invisible characters."""
    authors, printed, _ = parse_authors((_byline(raw),), language=language, site_names=SITE)
    for author in authors:
        assert unicodedata.is_normalized("NFC", author.name)
        assert author.name.isprintable() or not author.name.isascii()
        assert "@example" not in author.name and "\n" not in author.name and "\u202e" not in author.name
        # Words run together come apart: a name may have a space more than was printed.
        assert printed is not None and len("".join(author.name.split())) <= len("".join(printed.split()))


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


def test_a_reviewer_is_no_author() -> None:
    """Whoever reviewed, edited or photographed is left out, and what the page shows as its byline stays."""
    team, reviewer = (
        _byline("The Example Team", origin="jsonld.author"),
        _byline("Reviewed by Jane Doe", origin="dom.byline"),
    )
    assert _shown((team, reviewer)) == "=The Example Team"
    assert _shown((reviewer,)) == ""


def test_who_a_label_says_did_something_else_is_no_author() -> None:
    """A shown line whose label was taken off the name still says what its bearer did."""
    house = _byline("海湾日报", origin="meta.article:author")
    editor, writer = (_byline("王小明", origin="dom.byline", raw=f"{label}：王小明") for label in ("责任编辑", "作者"))
    assert _shown((house, editor), "zh") == "=海湾日报"
    assert _shown((house, writer), "zh") == "王小明"


def test_the_house_that_the_page_shows_as_its_byline_stands() -> None:
    """A newsroom that is declared and shown is the author, whoever else is named below."""
    declared, shown = _byline("Lifestyle Desk", origin="jsonld.author"), _byline("Lifestyle Desk", origin="dom")
    other = _byline("Design Style", origin="dom")
    assert _shown((declared, shown, other)) == "=Lifestyle Desk"
    assert _shown((declared, other)) == "Design Style"


@pytest.mark.parametrize("login", ["andrew.roe", "jroe7", "KatieS", "jane_doe"])
def test_a_login_gives_way_to_a_name_behind_by(login: str) -> None:
    """What only a system calls its user stands where nobody else is named."""
    stated, said = _byline(login, origin="jsonld.author"), _byline("Aoife Doe", origin="dom.byline")
    assert _shown((stated, said)) == "Aoife Doe"
    assert _shown((stated, _byline("No Comments", origin="dom"))) == login
    assert _shown((_byline("Teller", origin="jsonld.author"), said)) == "Teller"


def test_scholarly_tags_print_the_last_name_first() -> None:
    """Highwire's citation_author is turned round; a degree behind a comma is not."""
    byline = _byline("Roe, Jane Q.", "John Doe", "Ann Poe, PhD", origin="meta.citation_author")
    assert _shown((byline,)) == "Jane Q. Roe|John Doe|Ann Poe, PhD"


def test_the_house_behind_a_name_goes() -> None:
    """The site and agencies that are printed right behind a person are not of the name."""
    assert _shown((_byline("Jane Doe Daily Example"),)) == "Jane Doe"
    assert _shown((_byline("Jane Doe Associated Press"),)) == "Jane Doe"
    assert _shown((_byline("Jane Doe AP"),)) == "Jane Doe"
    assert _shown((_byline("Maria Luisa Beta"),)) == "Maria Luisa Beta"


@pytest.mark.parametrize(
    ("bylines", "shown"),
    [
        pytest.param((_byline("新京报", origin="meta.author"), _byline("放大字")), "=新京报", id="a button's letters"),
        pytest.param(
            (_byline("新京报", origin="meta.author"), _byline("刘光博", origin="dom.byline")), "刘光博", id="by"
        ),
        pytest.param((_byline("News Desk", origin="meta.author"), _byline("Ana García")), "Ana García", id="capitals"),
        pytest.param((_byline("刘光博"),), "刘光博", id="alone"),
    ],
)
def test_bare_letters_beside_an_organization(bylines: tuple[Byline, ...], shown: str) -> None:
    """Where a script has no capitals, a word beside the date is a person's name only if nobody else is named."""
    assert _shown(bylines, "zh") == shown
