"""Names of months in many languages, found in any case, with or without accents. Pure and total."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

_ACCENTS: Final = re.compile("[\u0300-\u036f\u064b-\u0652]")
# Letters that differ by habit rather than by meaning: dotless i, final sigma, Arabic and Persian yeh and kaf.
_SAME: Final = str.maketrans({"ı": "i", "ς": "σ", "ي": "ی", "ى": "ی", "ك": "ک", "أ": "ا", "إ": "ا", "آ": "ا"})
_RELATED: Final = {
    "nb": "no",
    "nn": "no",
    "fil": "tl",
    "bs": "sr",
    "sh": "sr",
    "prs": "fa",
    "ps": "fa",
    "in": "id",
    "iw": "he",
}
_HEBREW_PREFIX: Final = "ב"


def fold_word(word: str) -> str:
    """Return the word for looking up: no case, no accents, no habits of spelling.

    >>> fold_word("AOÛT"), fold_word("Kasım"), fold_word("Σεπτεμβρίου")
    ('aout', 'kasim', 'σεπτεμβριου')
    """
    decomposed = unicodedata.normalize("NFD", word.casefold().translate(_SAME))
    return unicodedata.normalize("NFC", _ACCENTS.sub("", decomposed)).translate(_SAME)


def month_of(word: str, language: str | None) -> int | None:
    """Return the Gregorian month 1 to 12 a word names in this language, in English, or in all that know it alike.

    >>> month_of("Sept", None), month_of("listopada", "pl"), month_of("listopada", "hr"), month_of("listopada", None)
    (9, 11, 10, None)
    """
    folded = fold_word(word)
    base = (language or "").split("-")[0]
    for table in (_table(_RELATED.get(base, base)), _table("en"), _unanimous()):
        if folded in table:
            return table[folded]
    if folded.startswith(_HEBREW_PREFIX):
        return _table("he").get(folded.removeprefix(_HEBREW_PREFIX))
    return None


def jalali_month_of(word: str) -> int | None:
    """Return the month 1 to 12 of the Iranian calendar a word names."""
    return _tables()["jalali:fa"].get(fold_word(word))


def join_month_phrases(text: str) -> str:
    """Return the text with month names of several words drawn together: `كانون الثاني`, `tháng chín`."""
    phrases = _phrases()
    return phrases.sub(lambda match: re.sub(r"\s+", "", match[0]), text)


@cache
def _tables() -> Mapping[str, Mapping[str, int]]:
    raw = tomllib.loads(files(__package__).joinpath("data/months.toml").read_text("utf-8"))
    tables = {language: _read_table(months) for language, months in raw["gregorian"].items()}
    return tables | {f"jalali:{language}": _read_table(months) for language, months in raw["jalali"].items()}


def _read_table(months: list[str]) -> Mapping[str, int]:
    return {fold_word(name.replace("_", "")): at for at, names in enumerate(months, 1) for name in names.split()}


def _table(language: str) -> Mapping[str, int]:
    return _tables().get(language, {})


@cache
def _unanimous() -> Mapping[str, int]:
    """Return the names that mean the same month in every language that has them."""
    meanings: dict[str, set[int]] = defaultdict(set)
    for language, table in _tables().items():
        if not language.startswith("jalali:"):
            for name, month in table.items():
                meanings[name].add(month)
    return {name: months.pop() for name, months in meanings.items() if len(months) == 1}


@cache
def _phrases() -> re.Pattern[str]:
    raw = tomllib.loads(files(__package__).joinpath("data/months.toml").read_text("utf-8"))
    names = {name for months in raw["gregorian"].values() for forms in months for name in forms.split() if "_" in name}
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    return re.compile(r"(?<!\w)(?:" + "|".join(r"\s+".join(n.split("_")) for n in longest_first) + r")(?!\w)", re.I)
