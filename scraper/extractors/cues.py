"""Cues: what people write to announce a thing ("read next", "Lesezeit", "広告"), one data file a language.

The cues of all languages are tried together: a page's declared language is often wrong, and its furniture is
often in another one. They tell what a block *is*; whether it belongs to the body is for shape and model to say.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources
from typing import Final, Literal

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
]
_UNSPACED: Final = re.compile(r"[\u0E00-\u0EFF\u1000-\u109F\u1780-\u17FF\u3040-\u30FF\u3400-\u9FFF]$")


@cache
def load_cues() -> dict[str, tuple[str, ...]]:
    """Return every cue by kind, lower case, longest first."""
    found: dict[str, set[str]] = {}
    for file in (resources.files("scraper.extractors") / "cues").iterdir():
        if file.name.endswith(".toml"):
            for kind, cues in tomllib.loads(file.read_text(encoding="utf-8")).items():
                found.setdefault(kind, set()).update(cue.lower() for cue in cues)
    return {kind: tuple(sorted(cues, key=lambda cue: (-len(cue), cue))) for kind, cues in sorted(found.items())}


@cache
def _pattern(kind: CueKind) -> re.Pattern[str]:
    cues = [re.escape(cue) + ("" if _UNSPACED.search(cue) else r"(?!\w)") for cue in load_cues()[kind]]
    return re.compile(rf"[\W_]*(?:{'|'.join(cues)})", re.I)


def starts_with_cue(kind: CueKind, text: str) -> str | None:
    """Return the cue (with what punctuation stands before it) that a text starts with, or None."""
    match = _pattern(kind).match(text)
    return match[0] if match else None


def is_cue(kind: CueKind, text: str) -> bool:
    """Whether a text is nothing but such a cue, punctuation and figures aside."""
    match = _pattern(kind).match(text)
    return match is not None and not re.search(r"[^\W\d_]", text[match.end() :])


def contains_cue(kind: CueKind, text: str) -> bool:
    """Whether such a cue stands anywhere in a text."""
    return bool(_anywhere(kind).search(text))


@cache
def _anywhere(kind: CueKind) -> re.Pattern[str]:
    cues = [re.escape(cue) + ("" if _UNSPACED.search(cue) else r"(?!\w)") for cue in load_cues()[kind] if len(cue) > 2]
    return re.compile(rf"(?:(?<!\w)|(?<=[\u0E00-\u9FFF]))(?:{'|'.join(cues)})", re.I)
