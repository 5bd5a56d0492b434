"""The words of bylines: prefixes, roles, joiners, organizations, in many languages. Pure and total."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Final

from scraper.model import Value
from scraper.normalizers.titles import fold_name

_NOT_LETTER: Final = re.compile(r"[^\w'’-]+")
# Degrees, orders, generations: at least two capitals in at most six letters, or one of the few that are mixed.
_CREDENTIAL: Final = re.compile(
    r"^(?:(?:[A-Z]\.?){2,6}(?:-(?:[A-Z]\.?){1,4})?|(?:[A-Z][a-z]{0,3}\.?){0,2}[A-Z]\.?|Ph\.?\s?D\.?|M\.?\s?Sc\.?|B\.?\s?Sc\.?|"
    r"Jr\.?|Sr\.?|Esq\.?|Dr\.?|Pharm\.?D\.?|Psy\.?D\.?|Ed\.?D\.?|M\.?Ed\.?|M\.?Phil\.?|Dipl\.-?\w{0,5}\.?|"
    r"II|III|IV|E-RYT(?:\s?\d{3})?)[®™]?$"
)
_MAX_NAME_WORDS: Final = 6
_MAX_NAME_CHARS: Final = 70


class Cues(Value, frozen=True, kw_only=True):
    """The lists of data/authors.toml, ready for looking up."""

    prefixes: tuple[str, ...]
    prefixes_of: dict[str, tuple[str, ...]]
    joiners: tuple[str, ...]
    roles: frozenset[str]
    cuts: tuple[str, ...]
    organization_words: frozenset[str]
    organization_names: frozenset[str]
    nobody: frozenset[str]
    particles: frozenset[str]


@cache
def byline_cues() -> Cues:
    """Return the lists, read once."""
    raw = tomllib.loads(files(__package__).joinpath("data/authors.toml").read_text("utf-8"))
    return Cues(
        prefixes=tuple(raw["prefixes"]),
        prefixes_of={language: tuple(words) for language, words in raw["prefixes_of"].items()},
        joiners=tuple(raw["joiners"]["words"]),
        roles=frozenset(raw["roles"]["words"]),
        cuts=tuple(raw["cuts"]["words"]),
        organization_words=frozenset(raw["organizations"]["words"]),
        organization_names=frozenset(fold_name(name) for name in raw["organizations"]["names"]),
        nobody=frozenset(fold_name(name) for name in raw["nobody"]["names"]),
        particles=frozenset(raw["particles"]["words"]),
    )


@cache
def prefix_pattern(language: str) -> re.Pattern[str]:
    """Return what matches byline prefixes at the start: those of every language, and those of this one."""
    cues = byline_cues()
    words = sorted({*cues.prefixes, *cues.prefixes_of.get(language, ())}, key=lambda word: (-len(word), word))
    spaced = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in words if not _is_dense(word))
    dense = "|".join(re.escape(word) for word in words if _is_dense(word))
    return re.compile(
        rf"^[\s:–—/-]*(?:(?:{spaced})(?:\(\w+\))?(?:\s*[:：/／|]\s*|\s+)|(?:{dense})\s*[:：/／|｜\s]\s*)", re.I
    )


@cache
def joiner_pattern() -> re.Pattern[str]:
    """Return what matches the words and signs between two names."""
    words = "|".join(re.escape(word) for word in byline_cues().joiners)
    return re.compile(
        rf"\s*[;、，؛&＆+]\s*|\s*,\s*(?:(?:{words})\s+)?|\s+(?:{words})\s+|\s+(?=و[^\s،]{{3,}}\s)", re.IGNORECASE
    )


@cache
def cut_pattern() -> re.Pattern[str]:
    """Return what matches the first word after a name that is no longer of it."""
    words = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in byline_cues().cuts)
    return re.compile(rf"[\s,(|:]+(?:{words})(?!\w)", re.IGNORECASE)


def is_credential(text: str) -> bool:
    """Return whether the text is a degree or the like, which stays with the name before it.

    >>> [is_credential(text) for text in ("MS", "Ph.D.", "Jr.", "FAND", "Reporter", "AP")]
    [True, True, True, True, False, False]
    """
    return bool(_CREDENTIAL.match(text)) and fold_name(text) not in byline_cues().organization_names


def is_role(text: str) -> bool:
    """Return whether the text says what somebody is."""
    return not byline_cues().roles.isdisjoint(_words(text))


def is_organization(text: str) -> bool:
    """Return whether a name is that of an agency, a newsroom or a company."""
    cues = byline_cues()
    dense = any(word in text for word in cues.organization_words if _is_dense(word))
    has_domain = re.search(r"\w\.(?:com|org|net|de|fr|co\.uk|info|io)\b", text, re.IGNORECASE) is not None
    return dense or has_domain or is_agency(text) or not cues.organization_words.isdisjoint(_words(text))


def is_agency(text: str) -> bool:
    """Return whether a name is that of a news agency."""
    return fold_name(text) in byline_cues().organization_names


def is_nobody(text: str) -> bool:
    """Return whether a name is what systems print where nobody is named."""
    return fold_name(text) in byline_cues().nobody


def is_name(text: str, *, min_words: int = 2) -> bool:
    """Return whether the text looks like one person's name: few words, no digits, capitals where the script has them.

    >>> is_name("Ludwig van Beethoven"), is_name("senior reporter"), is_name("王小明"), is_name("Jane Doe and others")
    (True, False, True, False)
    """
    words = text.split()
    if not text or len(text) > _MAX_NAME_CHARS or len(words) > _MAX_NAME_WORDS or any(c.isdigit() for c in text):
        return False
    if is_role(text):
        return False
    if _is_dense(text):
        return 2 <= len(text) <= 20
    particles = byline_cues().particles
    return len(words) >= min_words and all(_is_name_word(word) or word.casefold() in particles for word in words)


def _is_name_word(word: str) -> bool:
    letters = [char for char in word if char.isalpha()]
    return bool(letters) and (not letters[0].islower() or any(char.isupper() for char in letters[1:3]))


def _is_dense(text: str) -> bool:
    """Return whether the text is of a script without spaces between words."""
    letters = [char for char in text if char.isalpha()]
    return bool(letters) and all("\u3005" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7a3" for char in letters)


def _words(text: str) -> set[str]:
    return {word.strip("'’-") for word in _NOT_LETTER.split(text.casefold())}
