"""Cues: what people write to announce a thing ("read next", "Lesezeit", "広告"), one data file a language.

The cues of all languages are tried together: a page's declared language is often wrong, and its furniture is
often in another one. They tell what a block *is*; whether it belongs to the body is for shape and model to say.

Thousands of cues are looked up by their first three letters, which is faster than a pattern of alternatives.
Text is folded first, letter by letter, so that a place in the folded text is the same place in the text.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Final, Literal, get_args

CueKind = Literal[
    "read_next",
    "also_read",
    "reading_time",
    "advertisement",
    "share",
    "newsletter",
    "comments",
    "tags",
    "about_author",
    "photo",
    "by",
    "published",
    "updated",
    "consent",
    "paywall",
    "home",
    "here",
    "this_page",
    "contents",
]
_ASCII_WORD: Final = re.compile(r"[a-z0-9]+")
_EDGE: Final = re.compile(r"[\W_]*")
_LETTER: Final = re.compile(r"[^\W\d_]")
_DENSE: Final = r"\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF\u3040-\u30FF\u3400-\u9FFF"
"""Letters of scripts that put no space between words."""
_OPEN_ENDED: Final = re.compile(
    r"(?:[\u3040-\u30FF\u3400-\u9FFF]{2}|[\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF]{5}|[\W_])\Z"
)
"""Ends of cues that a letter may follow at once: in dense scripts (very short cues excepted), and after a sign."""
_JOINERS: Final = "\u200c\u200d"
_ALIKE: Final = (
    str.maketrans("ıςёșțάέήίόύώϊϋΐΰ", "iσеşţαεηιουωιυιυ")
    | str.maketrans("أإآٱىیکہە", "ااااييكهه")
    | dict.fromkeys(map(ord, "’‘ʼ`"), "'")
    | dict.fromkeys(map(ord, "\u00a0\u202f\u200c"), " ")
    | {ord("\u2011"): "-"}
)
"""What writers and keyboards swap: Turkish i, Greek accents (capitals have none), hamza, Persian letters, quotes."""
_SET_APART: Final = frozenset(
    {"by", "posted by", "published by", "written by"}
    | {"on", "posted", "posted on", "published", "published on", "updated", "updated on"}
)
"""Cues that pages set apart from a name or month by a margin alone: "ByJane Roe", "Updated onMay 2, 2025"."""
_KEY_CHARS: Final = 3
_HEAD_CHARS: Final = 200
"""No cue, with what stands before it, reaches further into a text."""


@dataclass(frozen=True, slots=True)
class _Index:
    """The folded cues of a kind."""

    by_key: Mapping[str, tuple[str, ...]]
    """Cues by their first letters, longest first."""
    open_ended: frozenset[str]
    signs: frozenset[str]
    """Cues that are no words, such as ©."""


@cache
def load_cues() -> dict[str, tuple[str, ...]]:
    """Return every cue by kind, lower case, longest first."""
    found: dict[str, set[str]] = {}
    for file in (resources.files("scraper.extractors") / "cues").iterdir():
        if file.name.endswith(".toml"):
            for kind, cues in tomllib.loads(file.read_text(encoding="utf-8")).items():
                found.setdefault(kind, set()).update(cue.lower() for cue in cues)
    return {kind: tuple(sorted(cues, key=lambda cue: (-len(cue), cue))) for kind, cues in sorted(found.items())}


def starts_with_cue(kind: CueKind, text: str) -> str | None:
    """Return the cue (with what punctuation stands before it) that a text starts with, or None."""
    end = _end_of_cue(kind, text)
    return text[:end] if end else None


def is_cue(kind: CueKind, text: str) -> bool:
    """Whether a text is nothing but such a cue, punctuation and figures aside."""
    end = _end_of_cue(kind, text)
    return end > 0 and _LETTER.search(text, end) is None


def contains_cue(kind: CueKind, text: str) -> bool:
    """Whether such a cue, of more than two letters, stands anywhere in a text."""
    index, folded = _index(kind), _fold(text)
    words = _first_words(kind) if text.isascii() else None
    if words is not None and words.isdisjoint(_ASCII_WORD.findall(folded)):
        return False
    for found in _starts(kind).finditer(folded):
        start = found.start()
        cues = index.by_key.get(folded[start : start + _KEY_CHARS], ())
        if cues and any(_stands_at(index, cue, text, folded=folded, start=start) for cue in cues if len(cue) > 2):
            return True
    return False


def _end_of_cue(kind: CueKind, text: str) -> int:
    """Return where the longest cue at the first word ends, or a sign before that word; 0 when there is none."""
    key = text[:_KEY_CHARS]
    if key.isascii() and key[:1].isalnum():  # nothing stands before the word: most begin like no cue of the kind
        key, known = key.lower(), _index(kind).by_key
        if not (key in known or key[:2] in known or key[:1] in known):
            return 0
    return _ends_of_cues(text[:_HEAD_CHARS]).get(kind, 0)


@lru_cache(maxsize=4_096)
def _ends_of_cues(text: str) -> Mapping[str, int]:
    """Return for each kind that has a cue at the first word where the longest one ends: all kinds in one look."""
    found: dict[str, int] = {}
    edge = _EDGE.match(text)
    first = edge.end() if edge else 0
    by_start, key = _by_start(), _fold(text[first : first + _KEY_CHARS])
    folded = ""
    for size in range(len(key), 0, -1):
        for kind, cue in by_start.get(key[:size], ()):
            folded = folded or _fold(text[first:])
            if kind not in found and folded.startswith(cue) and _may_end(_index(kind), cue, text, first + len(cue)):
                found[kind] = first + len(cue)
    for kind, signs in _signs() if first else ():
        if kind not in found and (
            end := max((text.rfind(s, 0, first) + len(s) for s in signs if s in text[:first]), default=0)
        ):
            found[kind] = end
    return found


@cache
def _by_start() -> Mapping[str, tuple[tuple[CueKind, str], ...]]:
    """Return the cues of all kinds by their first letters, longest first."""
    found: dict[str, list[tuple[CueKind, str]]] = {}
    for kind in get_args(CueKind):
        for key, cues in _index(kind).by_key.items():
            found.setdefault(key, []).extend((kind, cue) for cue in cues)
    return {key: tuple(sorted(cues, key=lambda item: -len(item[1]))) for key, cues in found.items()}


@cache
def _signs() -> tuple[tuple[CueKind, frozenset[str]], ...]:
    return tuple((kind, signs) for kind in get_args(CueKind) if (signs := _index(kind).signs))


def _stands_at(index: _Index, cue: str, text: str, *, folded: str, start: int) -> bool:
    """Whether a cue stands in a text at a place, as words of its own."""
    before = text[start - 1] if start else " "
    inside = before in _JOINERS or unicodedata.category(before) in {"Mn", "Mc"}
    return not inside and folded.startswith(cue, start) and _may_end(index, cue, text, start + len(cue))


def _may_end(index: _Index, cue: str, text: str, end: int) -> bool:
    """Whether a cue that ends here ends a word; marks (vowel signs) and joiners count as letters."""
    if end == len(text) or cue in index.open_ended:
        return True
    after = text[end]
    if cue in _SET_APART and after.isupper() and text[end - 1].islower():
        return True
    return not (after.isalnum() or after == "_" or after in _JOINERS or unicodedata.category(after) in {"Mn", "Mc"})


def _fold(text: str) -> str:
    """Return a text of the same length in which letters that mean the same are the same."""
    return text.lower() if text.isascii() else text.replace("İ", "i").lower().translate(_ALIKE)


@cache
def _index(kind: CueKind) -> _Index:
    cues = sorted({_fold(cue) for cue in load_cues()[kind]}, key=lambda cue: (-len(cue), cue))
    by_key: dict[str, list[str]] = {}
    for cue in cues:
        by_key.setdefault(cue[:_KEY_CHARS], []).append(cue)
    return _Index(
        by_key={key: tuple(found) for key, found in by_key.items()},
        open_ended=frozenset(cue for cue in cues if _OPEN_ENDED.search(cue)),
        signs=frozenset(cue for cue in cues if not _LETTER.search(cue)),
    )


@cache
def _first_words(kind: CueKind) -> frozenset[str] | None:
    """Return the first word of each cue that ASCII text may hold; None where one of these cues has no word."""
    firsts = [_ASCII_WORD.search(cue) for cues in _index(kind).by_key.values() for cue in cues if cue.isascii()]
    return frozenset([match[0] for match in firsts if match]) if all(firsts) else None


@cache
def _starts(kind: CueKind) -> re.Pattern[str]:
    """Return what finds the places where a cue may start: a word's start, or any letter of a dense script."""
    firsts = "".join(sorted({re.escape(key[0]) for key in _index(kind).by_key}))
    dense = "".join(re.findall(f"[{_DENSE}]", firsts))
    anywhere = f"|(?<=[{_DENSE}])[{dense}]" if dense else ""
    return re.compile(rf"(?<!\w)[{firsts}]{anywhere}")
