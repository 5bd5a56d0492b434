"""Authors out of bylines: names without prefixes, roles, addresses; organizations kept apart. Pure and total."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final, TypeAlias
from urllib.parse import unquote, urlsplit

from scraper.model import Author, Byline, Name
from scraper.normalizers.bylines import (
    is_agency,
    is_credential,
    is_dense,
    is_name,
    is_nobody,
    is_organization,
    other_duty_pattern,
)
from scraper.normalizers.names import split_names
from scraper.normalizers.text import clean_text
from scraper.normalizers.titles import fold_name

_Found: TypeAlias = tuple[tuple[Author, ...], str | None, str | None]
_MAX_AUTHORS: Final = 40
_ROUNDS: Final = 3
_URL: Final = re.compile(r"^(?:https?://|www\.)\S+$", re.IGNORECASE)
_LAST_NAME_FIRST: Final = frozenset({"meta.citation_author"})
"""Highwire tags print "Roe, Jane". Source: https://scholar.google.com/intl/en/scholar/inclusion.html#indexing"""
_STATED: Final = ("jsonld.", "meta.")
_SAID: Final = "dom.byline"
_BARE: Final = "dom"
_COLONS: Final = " :："
_SHOWN: Final = frozenset({_SAID, _BARE})
_LOGIN: Final = re.compile(r"^(?:[a-z][\w.-]*|\S*[\d_.]\S*|[A-Z][a-z]+[A-Z])$")
"""What only a system calls its user: "andrew.roe", "jroe7", "KatieS"."""
_SLUG: Final = re.compile(r"^[a-z]+(?:[-_.+ ][a-z'’]+){1,3}$")
_PARENT_SEGMENTS: Final = frozenset(
    {"author", "authors", "autor", "autoren", "auteur", "profile", "people", "by", "writer", "staff", "contributor"}
    | {"contributors", "user", "journalist", "person", "team", "redaktion"}
)


def parse_authors(
    bylines: Sequence[Byline], *, language: str | None, site_names: Iterable[str]
) -> tuple[tuple[Author, ...], str | None, str | None]:
    """Return the authors, the byline as printed, and its origin.

    The first byline that names a person wins; else the first that names an organization, which also stands where the
    page shows it as its byline. What can only be a user's login, and people whom a meta element names, give way to
    other full names behind "by". A few bare letters of a script without capitals may be a button's, and do not replace
    an organization. Next to a person, agencies and the site itself are left out. A comma that belongs to a name
    ("Smith, Jr.", "Jane Doe, MS, RD") stays.

    Total, and idempotent: its names give the same names. Every name once, compared without case.
    """
    sites = fold_names(site_names)
    house: _Found | None = None
    vague: _Found | None = None
    for byline in bylines:
        authors = read_byline(byline, language, sites)
        found = (authors, _raw(byline), byline.origin)
        if house and byline.origin in _SHOWN and _folded(authors) == _folded(house[0]):
            return house
        people = [author for author in authors if author.type == "person"]
        if people and vague is None and _is_vague(byline.origin, people):
            vague = found
        elif people and house and byline.origin == _BARE and all(is_dense(a.name) for a in people):
            continue
        elif people and vague is None:
            return found
        elif people and vague and byline.origin == _SAID and all(is_name(a.name) for a in people):
            return vague if _share_a_name(people, vague[0]) else found
        elif authors and not people:
            house = house or found
    raw = next((raw for byline in bylines if (raw := _raw(byline))), None)
    return vague or house or ((), raw, None)


def fold_names(site_names: Iterable[str]) -> frozenset[str]:
    """Return the names of a site as `read_byline` compares them."""
    return frozenset(fold_name(name) for name in site_names) - {""}


def _folded(authors: tuple[Author, ...]) -> list[str]:
    return [fold_name(author.name) for author in authors]


def _is_vague(origin: str, people: Sequence[Author]) -> bool:
    """Whether these may be whoever keeps the site: a meta element names the account, JSON-LD sometimes its login."""
    return origin.startswith("meta.") or (origin.startswith(_STATED) and all(_is_login(author) for author in people))


def _share_a_name(some: Iterable[Author], others: Iterable[Author]) -> bool:
    words = {word for author in some for word in author.name.casefold().split()}
    return any(not words.isdisjoint(author.name.casefold().split()) for author in others)


def _is_login(author: Author) -> bool:
    return _LOGIN.match(author.name) is not None


def name_from_url(url: str) -> str | None:
    """Return the name that an author page's address spells, or None.

    >>> name_from_url("https://example.org/author/jane-van-doe/"), name_from_url("https://example.org/?author=3")
    ('Jane van Doe', None)
    """
    try:
        segments = [unquote(segment) for segment in urlsplit(url).path.split("/") if segment]
    except ValueError:
        return None
    if (
        not segments
        or not _SLUG.match(segments[-1].lower())
        or (len(segments) < 2 or segments[-2] not in _PARENT_SEGMENTS)
    ):
        return None
    words = re.split(r"[-_.+ ]", segments[-1].lower())
    small = {"van", "von", "de", "der", "den", "la", "del", "da", "di", "bin"}
    return " ".join(word if at and word in small else word.capitalize() for at, word in enumerate(words))


def _raw(byline: Byline) -> str | None:
    return clean_text(byline.raw or ", ".join(name.name for name in byline.names)) or None


def read_byline(byline: Byline, language: str | None, sites: frozenset[str]) -> tuple[Author, ...]:
    """Return the authors that one byline names, each once; `sites` are the site's own names, folded."""
    kept: dict[str, Author] = {}
    for given in byline.names[:_MAX_AUTHORS]:
        if byline.origin in _SHOWN and byline.raw and _did_other(given.name, byline.raw):
            continue
        names = _names_of(given.name, byline.origin, language, sites)
        for name in names:
            author = _author(name, given if len(names) == 1 else Name(name=name, type=given.type), sites)
            if author:
                kept.setdefault(author.name.casefold(), author)
    authors = list(kept.values())
    if any(author.type == "person" for author in authors):
        authors = [author for author in authors if author.type == "person" or not _is_house(author.name, sites)]
    return tuple(authors[:_MAX_AUTHORS])


def _did_other(name: str, line: str) -> bool:
    """Whether a shown line says, right before a name, that its bearer did something else than write."""
    duty = other_duty_pattern().match(line)
    return duty is not None and line[duty.end() :].lstrip(_COLONS).startswith(name.lstrip(_COLONS))


def _names_of(printed: str, origin: str, language: str | None, sites: frozenset[str]) -> tuple[str, ...]:
    if fold_name(printed) in sites:
        return (clean_text(printed).strip(" ,;:"),)
    if _URL.match(printed.strip()):
        return tuple(filter(None, [name_from_url(printed.strip())]))
    if origin in _LAST_NAME_FIRST and printed.count(",") == 1:
        last, _, first = printed.partition(",")
        printed = printed if is_credential(first.strip()) else f"{first.strip()} {last.strip()}"
    names = split_names(printed, language=language)
    for _ in range(_ROUNDS):
        again = tuple(part for name in names for part in split_names(name, language=language))
        if again == names:
            break
        names = again
    return tuple(name for name in names if split_names(name, language=language) == (name,))


def _author(name: str, given: Name, sites: frozenset[str]) -> Author | None:
    name = _before_house(name, sites)
    if is_nobody(name) or not any(char.isalpha() for char in name):
        return None
    is_house = _is_house(name, sites) or is_organization(name)
    kind = "organization" if is_house or given.type == "organization" else "person"
    url = given.url or (given.name.strip() if _URL.match(given.name.strip()) else None)
    return Author(name=name, type="organization" if kind == "organization" else "person", url=url)


def _before_house(name: str, sites: frozenset[str]) -> str:
    """Return the person's name in front of an agency's or the site's: "Jane Doe Associated Press"."""
    words = name.split()
    for at in range(2, len(words)):
        head, tail = " ".join(words[:at]), " ".join(words[at:])
        if is_name(head) and not is_organization(head) and len(tail) > 1 and _is_house(tail, sites):
            return head if len(words) - at > 1 or tail.isupper() else name
    return name


def _is_house(name: str, sites: frozenset[str]) -> bool:
    return fold_name(name) in sites or is_agency(name)
