"""The words of bylines: prefixes, roles, joiners, organizations, in many languages. Pure and total."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Final

from scraper.model import Value
from scraper.normalizers.month_names import month_of
from scraper.normalizers.titles import fold_name

_NOT_LETTER: Final = re.compile(r"[^\w'’-]+")
# Degrees, orders, generations: at least two capitals in at most six letters, or one of the few that are mixed.
_CREDENTIAL: Final = re.compile(
    r"^(?:(?:[A-Z]\.?){2,6}(?:-(?:[A-Z]\.?){1,4})?|(?:[A-Z][a-z]{0,3}\.?){0,2}[A-Z]\.?|Ph\.?\s?D\.?|M\.?\s?Sc\.?|B\.?\s?Sc\.?|"
    r"Jr\.?|Sr\.?|Esq\.?|Dr\.?|Pharm\.?D\.?|Psy\.?D\.?|Ed\.?D\.?|M\.?Ed\.?|M\.?Phil\.?|Dipl\.-?\w{0,5}\.?|"
    r"II|III|IV|E-RYT(?:\s?\d{3})?)[®™]?$"
)
_GLUE: Final = re.compile(r"(?<=[^\W\d_A-Z])(?P<word>[A-Z][^\W\d_A-Z]+)(?:\.?\s*(?P<number>\d)|(?!\w))")
_MAX_NAME_WORDS: Final = 6
_MAX_NAME_CHARS: Final = 70
_MAX_SURNAME_CHARS: Final = 2
"""In Chinese and Korean; what ends like an organization and is no longer may be a short name."""


class Cues(Value, frozen=True, kw_only=True):
    """The lists of data/authors.toml, ready for looking up."""

    prefixes: tuple[str, ...]
    before_colon: tuple[str, ...]
    prefixes_of: dict[str, tuple[str, ...]]
    joiners: tuple[str, ...]
    roles: frozenset[str]
    cuts: tuple[str, ...]
    duties: tuple[str, ...]
    duties_before_colon: tuple[str, ...]
    weekdays: frozenset[str]
    organization_words: frozenset[str]
    dense_organization_words: tuple[str, ...]
    """Those of scripts without spaces: they are looked for inside a name."""
    organization_endings: tuple[str, ...]
    organization_names: frozenset[str]
    nobody: frozenset[str]
    particles: frozenset[str]


@cache
def byline_cues() -> Cues:
    """Return the lists, read once."""
    raw = tomllib.loads(files(__package__).joinpath("data/authors.toml").read_text("utf-8"))
    return Cues(
        prefixes=tuple(raw["prefixes"]),
        before_colon=tuple(raw["before_colon"]["words"]),
        prefixes_of={language: tuple(words) for language, words in raw["prefixes_of"].items()},
        joiners=tuple(raw["joiners"]["words"]),
        roles=frozenset(raw["roles"]["words"]),
        cuts=tuple(raw["cuts"]["words"]),
        duties=tuple(raw["duties"]["words"]),
        duties_before_colon=tuple(raw["duties"]["before_colon"]),
        weekdays=frozenset(raw["weekdays"]["words"]),
        organization_words=frozenset(raw["organizations"]["words"]),
        dense_organization_words=tuple(filter(is_dense, raw["organizations"]["words"])),
        organization_endings=tuple(raw["organizations"]["endings"]),
        organization_names=frozenset(fold_name(name) for name in raw["organizations"]["names"]),
        nobody=frozenset(fold_name(name) for name in raw["nobody"]["names"]),
        particles=frozenset(raw["particles"]["words"]),
    )


@cache
def prefix_pattern(language: str) -> re.Pattern[str]:
    """Return what matches byline prefixes at the start: those of every language, and those of this one."""
    cues = byline_cues()
    words = sorted({*cues.prefixes, *cues.prefixes_of.get(language, ())}, key=lambda word: (-len(word), word))
    spaced, dense = _either([word for word in words if not is_dense(word)]), _either(filter(is_dense, words))
    labels = _either(cues.before_colon)
    return re.compile(
        rf"^[\s:–—/-]*(?:(?:{spaced})(?:\(\w+\))?(?:\s*[:：/／|]\s*|\s+)|(?:{labels})\s*[:：]\s*"
        rf"|(?:{dense})\s*[:：/／|｜=＝\s]\s*)",
        re.I,
    )


def _either(words: Iterable[str]) -> str:
    """Return the words as alternatives, the longest first, any white space for a space."""
    return "|".join(re.escape(w).replace(r"\ ", r"\s+") for w in sorted(words, key=lambda w: (-len(w), w)))


@cache
def other_duty_pattern() -> re.Pattern[str]:
    """Return what matches, at the start, that somebody did something else than write: reviewed, edited, took photos."""
    cues = byline_cues()
    labels = _either(cues.duties_before_colon)
    return re.compile(rf"\W*(?:(?:{_either(cues.duties)})(?:\s*[:：]|\s|$)|(?:{labels})\s*[:：=＝])", re.IGNORECASE)


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
    cues = byline_cues()
    words, labels = _either((*cues.cuts, *cues.duties)), _either(cues.duties_before_colon)
    return re.compile(rf"[\s,(|:]+(?:(?:{words})(?!\w)|(?:{labels})\s*[:：])", re.IGNORECASE)


def unglue(text: str) -> str:
    """Return the text with a space before a word that no name goes on with; a month before a number goes.

    >>> unglue("By Jane DoePublished: Jan 4"), unglue("Jane DoeJan. 4"), unglue("Connor McDonald")
    ('By Jane Doe Published: Jan 4', 'Jane Doe 4', 'Connor McDonald')
    """
    return _GLUE.sub(_unglued, text)


def _unglued(match: re.Match[str]) -> str:
    word, number = match["word"], match["number"]
    if number and month_of(word, None):
        return f" {number}"
    ends = word.casefold() in byline_cues().roles or word.casefold() in byline_cues().cuts
    return f" {match[0]}" if ends else match[0]


def is_weekday(text: str) -> bool:
    """Return whether a word is the name of a day of the week."""
    return text.casefold() in byline_cues().weekdays


def name_before_role(text: str) -> str:
    """Return the name in front of a role that nothing parts from it; the text where there is none.

    >>> name_before_role("Keith Barry Senior Autos Reporter"), name_before_role("Jane Doe, Reporter")
    ('Keith Barry', 'Jane Doe, Reporter')
    """
    words = text.split()
    ends = (at for at, word in enumerate(words) if is_role(word) or _is_staff(words[at : at + 2]))
    head = " ".join(words[: next(ends, 0)])
    alone = is_name(head) and not is_organization(head) and len(joiner_pattern().split(text)) == 1
    return head if alone else text


def _is_staff(words: list[str]) -> bool:
    return len(words) == 2 and words[0].casefold() == "staff" and is_role(words[1])


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
    dense = any(word in text for word in cues.dense_organization_words)
    dense = dense or (len(text) > _MAX_SURNAME_CHARS and text.endswith(cues.organization_endings))
    named = re.match(r"The\s+\S", text) is not None
    has_domain = re.search(r"\w\.(?:com|org|net|de|fr|co\.uk|info|io)\b", text, re.IGNORECASE) is not None
    return dense or named or has_domain or is_agency(text) or not cues.organization_words.isdisjoint(_words(text))


def is_agency(text: str) -> bool:
    """Return whether a name is that of a news agency."""
    return fold_name(text) in byline_cues().organization_names


def is_nobody(text: str) -> bool:
    """Return whether a name is what systems print where nobody is named."""
    return fold_name(text) in byline_cues().nobody or is_weekday(text)


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
    if is_dense(text):
        return 2 <= len(text) <= 20
    particles = byline_cues().particles
    return len(words) >= min_words and all(_is_name_word(word) or word.casefold() in particles for word in words)


def _is_name_word(word: str) -> bool:
    letters = [char for char in word if char.isalpha()]
    return bool(letters) and (not letters[0].islower() or any(char.isupper() for char in letters[1:3]))


def is_dense(text: str) -> bool:
    """Return whether the text is of a script without spaces between words."""
    letters = [char for char in text if char.isalpha()]
    return bool(letters) and all("\u3005" <= char <= "\u9fff" or "\uac00" <= char <= "\ud7a3" for char in letters)


def _words(text: str) -> set[str]:
    return {word.strip("'’-") for word in _NOT_LETTER.split(text.casefold())}
