"""Phrases, in many languages, that give a page away which is no article."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

_NOTICE_CHARS: Final = 2000
"""A message stands at the beginning of a text."""


def cues_in(kind: str, text: str) -> tuple[str, ...]:
    """Return the phrases of this kind, of any language, that the text's beginning holds."""
    text = fold_text(text[:_NOTICE_CHARS])
    return tuple(cue for cue in _cues()[kind] if cue in text)


def cue_in(kind: str, text: str) -> str | None:
    """Return the first of them, or None."""
    return next(iter(cues_in(kind, text)), None)


def fold_text(text: str) -> str:
    """Return the text as the phrases are spelled: lower case, straight apostrophes."""
    return text.casefold().replace("’", "'")


@cache
def _cues() -> Mapping[str, tuple[str, ...]]:
    raw = tomllib.loads(files(__package__).joinpath("data/cues.toml").read_text("utf-8"))
    return {kind: tuple(cue for cues in languages.values() for cue in cues) for kind, languages in raw.items()}
