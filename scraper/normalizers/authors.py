"""Authors out of bylines: names without prefixes, roles, addresses; organizations kept apart. Pure and total."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import unquote, urlsplit

from scraper.model import Author, Byline, Name
from scraper.normalizers.bylines import (
    cut_pattern,
    is_agency,
    is_credential,
    is_name,
    is_nobody,
    is_organization,
    is_role,
    joiner_pattern,
    prefix_pattern,
)
from scraper.normalizers.month_names import month_of
from scraper.normalizers.text import clean_text
from scraper.normalizers.titles import fold_name

_MAX_AUTHORS: Final = 40
_MAX_CHARS: Final = 600
_URL: Final = re.compile(r"^(?:https?://|www\.)\S+$", re.IGNORECASE)
_EMAIL: Final = re.compile(
    r"[<(\[]?(?:mailto:)?[\w.+-]{1,64}(?:@|\s?\[at\]\s?)[\w-]{1,63}(?:\.[\w-]{1,63})+[>)\]]?", re.IGNORECASE
)
_HANDLE: Final = re.compile(r"[(\[]?(?<![\w.])@\w{2,30}[)\]]?")
_LINK: Final = re.compile(r"https?://\S+", re.IGNORECASE)
_PARENTHESES: Final = re.compile(r"\s*[(\[（【][^()\[\]（）【】]{0,80}[)\]）】]")
_BAR: Final = re.compile(r"\s+[|/–—•·-]+\s+|\s*[|•｜／]\s*|\s+/|\t")
_EDGES: Final = ' \t,;:|/–—-•·*_"“”«»・،．。'
_EAST_ASIAN_ROLE: Final = re.compile(
    r"\s*(?:本报|本報|本台)?(?:特派)?(?:记者|記者|特派員|編集委員|论说委员|論説委員|(?:선임|인턴)?기자|특파원)$"
)
_LIST: Final = re.compile(r"\s*[,;，；、،؛]\s*")
_LEADING_AND: Final = re.compile(r"^(?:and|und|et|og|och|и|και|&)\s+", re.IGNORECASE)
_SLUG: Final = re.compile(r"^[a-z]+(?:[-_.+ ][a-z'’]+){1,3}$")
_DATE_WORDS: Final = frozenset({"on", "am", "le", "el", "il", "em", "op", "den", "at"})
_PARENT_SEGMENTS: Final = frozenset(
    {"author", "authors", "autor", "autoren", "auteur", "profile", "people", "by", "writer", "staff", "contributor"}
    | {"contributors", "user", "journalist", "person", "team", "redaktion"}
)


def parse_authors(
    bylines: Sequence[Byline], *, language: str | None, site_names: Iterable[str]
) -> tuple[tuple[Author, ...], str | None, str | None]:
    """Return the authors, the byline as printed, and its origin.

    The first byline that names a person wins; else the first that names an organization. Next to a person, agencies
    and the site itself are left out. A comma that belongs to a name ("Smith, Jr.", "Jane Doe, MS, RD") stays.

    Total. Every name once, compared without case.
    """
    sites = frozenset(fold_name(name) for name in site_names) - {""}
    first: tuple[tuple[Author, ...], str | None, str | None] | None = None
    for byline in bylines:
        authors = _read_byline(byline, language, sites)
        found = (authors, _raw(byline), byline.origin)
        if any(author.type == "person" for author in authors):
            return found
        first = first or (found if authors else None)
    return first or ((), next((raw for byline in bylines if (raw := _raw(byline))), None), None)


def split_names(raw: str, *, language: str | None) -> tuple[str, ...]:
    """Return the names in one printed byline, in order, roles and addresses left out.

    >>> split_names("By Abby Stone and John Roe, Staff Writers", language="en")
    ('Abby Stone', 'John Roe')
    >>> split_names("Dylan Bailey, MS, RD, FAND", language="en")
    ('Dylan Bailey, MS, RD, FAND',)
    """
    text = clean_text(raw[:_MAX_CHARS])
    if _URL.match(text):
        return tuple(filter(None, [name_from_url(text)]))
    text = _strip_addresses(text)
    text = _strip_prefixes(text, language)
    text = _before_cut(text)
    return tuple(name for part in _split_bars(text) for name in _split_list(part, language))


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


def _read_byline(byline: Byline, language: str | None, sites: frozenset[str]) -> tuple[Author, ...]:
    kept: dict[str, Author] = {}
    for given in byline.names[:_MAX_AUTHORS]:
        names = split_names(given.name, language=language)
        for name in names:
            author = _author(name, given if len(names) == 1 else Name(name=name, type=given.type), sites)
            if author:
                kept.setdefault(author.name.casefold(), author)
    authors = list(kept.values())
    if any(author.type == "person" for author in authors):
        authors = [author for author in authors if author.type == "person" or not _is_house(author.name, sites)]
    return tuple(authors[:_MAX_AUTHORS])


def _author(name: str, given: Name, sites: frozenset[str]) -> Author | None:
    if is_nobody(name) or not any(char.isalpha() for char in name):
        return None
    is_house = _is_house(name, sites) or is_organization(name)
    kind = "organization" if is_house or given.type == "organization" else "person"
    url = given.url or (given.name.strip() if _URL.match(given.name.strip()) else None)
    return Author(name=name, type="organization" if kind == "organization" else "person", url=url)


def _is_house(name: str, sites: frozenset[str]) -> bool:
    return fold_name(name) in sites or is_agency(name)


def _strip_addresses(text: str) -> str:
    for pattern in (_LINK, _EMAIL, _HANDLE, _PARENTHESES):
        text = pattern.sub(" ", text)
    return " ".join(text.split()).strip(_EDGES)


def _strip_prefixes(text: str, language: str | None) -> str:
    pattern = prefix_pattern((language or "").split("-")[0])
    for _ in range(3):
        shorter = pattern.sub("", text).strip(_EDGES)
        if shorter == text or not shorter:
            break
        text = shorter
    return text


def _before_cut(text: str) -> str:
    """Return what stands before "Updated", "min read" and the like, and before the first number."""
    if cut := cut_pattern().search(text):
        text = text[: cut.start()]
    number = re.search(r"[\s,(|]+\d", text)
    if number is None or not number.start():
        return text.strip(_EDGES)
    words = text[: number.start()].split()
    while len(words) > 2 and (words[-1].casefold() in _DATE_WORDS or month_of(words[-1].strip(_EDGES), None)):
        words.pop()
    return " ".join(words).strip(_EDGES)


def _split_bars(text: str) -> tuple[str, ...]:
    """Return the parts between bars and dashes that are names; where none is, the first part."""
    parts = [part.strip(_EDGES) for part in _BAR.split(text)]
    parts = [part for part in parts if part]
    if len(parts) < 2:
        return tuple(parts)
    named = [part for part in parts if _has_name(part)]
    return tuple(named or parts[:1])


def _has_name(part: str) -> bool:
    return not is_organization(part) and any(is_name(piece) for piece in joiner_pattern().split(part) if piece)


def _split_list(text: str, language: str | None) -> tuple[str, ...]:
    """Return the names of a list; the text as one name unless every part is a name."""
    pieces = _join_credentials([_LEADING_AND.sub("", piece).strip(_EDGES) for piece in _LIST.split(text)])
    people = [piece for piece in pieces if piece and not is_role(piece)]
    if not people:
        return (text,) if text and is_organization(text) else ()
    names = [name for piece in people for name in _split_joined(piece, language)]
    if len(names) > 1 and not all(_is_full_name(name) for name in names):
        names = _drop_trailing(names, text)
    return tuple(cleaned for name in names if (cleaned := _finish(name, language)))


def _drop_trailing(names: list[str], text: str) -> list[str]:
    """Return the leading full names (what follows is a place or an office), else the whole text as one name."""
    leading = []
    for name in names:
        if not _is_full_name(name):
            break
        leading.append(name)
    return leading or [text]


def _is_full_name(name: str) -> bool:
    return is_name(name.split(",", maxsplit=1)[0]) or is_organization(name)


def _join_credentials(pieces: list[str]) -> list[str]:
    joined: list[str] = []
    for piece in pieces:
        if joined and all(is_credential(word) for word in piece.split()) and piece:
            joined[-1] = f"{joined[-1]}, {piece}"
        else:
            joined.append(piece)
    return joined


def _split_joined(text: str, language: str | None) -> list[str]:
    """Split at "and" and its like, if full names stand on all sides."""
    if "," in text:
        head, comma, tail = text.partition(",")
        *others, last = _split_joined(head, language)
        return [*others, last + comma + tail]
    parts = [_strip_prefixes(part.strip(_EDGES), language) for part in joiner_pattern().split(text)]
    parts = [part for part in parts if part]
    return parts if len(parts) > 1 and all(_is_full_name(part) for part in parts) else [text]


def _finish(name: str, language: str | None) -> str:
    name = _EAST_ASIAN_ROLE.sub("", _strip_prefixes(name, language)).strip(_EDGES)
    return re.sub(r"^و(?=\S{3,}\s)", "", name) if name.startswith("و") and " " in name else name
