"""The names in one printed byline: what stands around them goes, lists come apart. Pure and total."""

from __future__ import annotations

import re
from typing import Final

from scraper.normalizers.bylines import (
    cut_pattern,
    is_agency,
    is_credential,
    is_name,
    is_organization,
    is_role,
    is_weekday,
    joiner_pattern,
    name_before_role,
    other_duty_pattern,
    prefix_pattern,
    unglue,
)
from scraper.normalizers.month_names import month_of
from scraper.normalizers.text import clean_text

_MAX_CHARS: Final = 600
_EMAIL: Final = re.compile(
    r"[<(\[]?(?:mailto:)?[\w.+-]{1,64}(?:@|\s?\[at\]\s?)[\w-]{1,63}(?:\.[\w-]{1,63})+[>)\]]?", re.IGNORECASE
)
_HANDLE: Final = re.compile(r"[(\[]?(?<![\w.])@\w{2,30}[)\]]?")
_LINK: Final = re.compile(r"https?://\S+", re.IGNORECASE)
_PARENTHESES: Final = re.compile(r"\s*[(\[（【][^()\[\]（）【】]{0,80}[)\]）】]")
_BAR: Final = re.compile(r"\s+[|/–—•·-]+\s+|\s*[|•｜／]\s*|\s+/|\t")
_EDGES: Final = ' \t,;:：|/–—-•·*_"“”«»・،．。'
_EAST_ASIAN_ROLE: Final = re.compile(
    r"\s*(?:本报|本報|本台)?(?:特派)?(?:记者|記者|特派員|編集委員|论说委员|論説委員|(?:(?:선임|인턴|수습|객원)\s*)?기자|특파원)$"
)
_LIST: Final = re.compile(r"\s*[,;，；、،؛]\s*")
_LEADING_AND: Final = re.compile(r"^(?:and|und|et|og|och|и|και|&)\s+", re.IGNORECASE)
_DATE_WORDS: Final = frozenset({"on", "am", "le", "el", "il", "em", "op", "den", "at"})


def split_names(raw: str, *, language: str | None) -> tuple[str, ...]:
    """Return the names in one printed byline, in order, roles and addresses left out.

    >>> split_names("By Abby Stone and John Roe, Staff Writers", language="en")
    ('Abby Stone', 'John Roe')
    >>> split_names("Dylan Bailey, MS, RD, FAND", language="en")
    ('Dylan Bailey, MS, RD, FAND',)
    """
    printed = _strip_addresses(unglue(clean_text(raw[:_MAX_CHARS])))
    if other_duty_pattern().match(printed):
        return ()
    text = _strip_prefixes(printed, language)
    said = text != printed
    text = _before_cut(text)
    text = name_before_role(text) if said else text
    return tuple(name for part in _split_bars(text) for name in _split_list(part, language))


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
        text = re.sub(r"(?<=[^.\s]{2})\.$", "", text[: cut.start()])
    number = re.search(r"[\s,(|]+\d", text)
    words = text[: number.start() if number else len(text)].split()
    if (number is None and not (words and is_weekday(words[-1].strip(_EDGES)))) or (number and not number.start()):
        return text.strip(_EDGES)
    if all(_is_of_date(word) for word in words):
        return ""
    least = 2
    while len(words) > 1:
        word = words[-1].strip(_EDGES)
        least = 1 if is_weekday(word) else least
        if not (is_weekday(word) or (len(words) > least and (word.casefold() in _DATE_WORDS or month_of(word, None)))):
            break
        words.pop()
    return " ".join(words).strip(_EDGES)


def _is_of_date(word: str) -> bool:
    bare = word.strip(_EDGES)
    return is_weekday(bare) or month_of(bare, None) is not None


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
    people = _people_of(_join_credentials([piece.strip(_EDGES) for piece in _LIST.split(text)]))
    if not people:
        return (text,) if text and is_organization(text) else ()
    names = [name for piece in people for name in _split_joined(piece, language)]
    if len(names) > 1 and not all(_is_full_name(name) for name in names):
        names = _drop_trailing(names, text)
    return tuple(cleaned for name in names if (cleaned := _finish(name, language)))


def _people_of(pieces: list[str]) -> list[str]:
    """Return the pieces of a list that name somebody: no roles, and no house that somebody is said to be of.

    What follows a person or a role without "and" is where they work: "Jane Doe, Reporter, Modern Farmer".
    """
    people: list[str] = []
    after_role = False
    for at, piece in enumerate(pieces):
        bare = _LEADING_AND.sub("", piece).strip(_EDGES)
        if is_role(bare):
            parts = [part.strip(_EDGES) for part in joiner_pattern().split(bare)]
            people += [part for part in parts[1:] if is_name(part) and not is_organization(part)]
            after_role = True
            continue
        has_role = at + 1 < len(pieces) and is_role(pieces[at + 1])
        named = any(_has_name(name) for name in people)
        of_whom = named and bare == piece and (is_organization(bare) or (after_role and not has_role))
        if bare and not of_whom:
            people.append(bare)
            after_role = False
    return people


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
    if "&" in text and any(" " not in part and is_organization(part) and not is_agency(part) for part in parts):
        return [text]
    return parts if len(parts) > 1 and all(_is_full_name(part) for part in parts) else [text]


def _finish(name: str, language: str | None) -> str:
    name = _EAST_ASIAN_ROLE.sub("", _strip_prefixes(name, language)).strip(_EDGES)
    name = re.sub(r"^و(?=\S{3,}\s)", "", name) if name.startswith("و") and " " in name else name
    words = name.split()
    half = len(words) // 2
    return " ".join(words[:half]) if half > 1 and words[:half] == words[half:] else name
