"""HTML made safe to parse: the parser's time grows with the square of a page's depth and of a tag's attributes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from scraper.model import WarningCode

MAX_DEPTH: Final = 4_000
"""Elements open at once; more take the parser longer than 0.1 s."""
MAX_ATTRIBUTES: Final = 3_000
MAX_TAGS: Final = 300_000
_MIN_DEEP_TAGS: Final = 2 * MAX_DEPTH
_LONG_TAG_CHARS: Final = 4 * MAX_ATTRIBUTES
_NESTING_TAG: Final = re.compile(
    r"<(?:script|style)\b.*?</(?:script|style)|<!--.*?-->"
    r"|<(/?)(?!(?:area|base|br|col|embed|hr|img|input|li|link|meta|p|source|track|wbr)\b)[a-z]",
    re.IGNORECASE | re.DOTALL,
)
_TAG_START: Final = re.compile(r"<([a-z][a-z0-9-]*)", re.IGNORECASE)
_QUOTED: Final = re.compile(r"\"[^\"]*\"|'[^']*'")


def guard_html(text: str) -> tuple[str, tuple[WarningCode, ...]]:
    """Return the text, cut or thinned where parsing it would take seconds, and what was done to it.

    Total; text of ordinary pages comes back as it is.
    """
    codes: list[WarningCode] = []
    steps: tuple[tuple[Callable[[str], str], WarningCode], ...] = (
        (_thin_tags, "too_many_attributes"),
        (_cut_tags, "too_many_nodes"),
        (_cut_depth, "too_deep"),
    )
    for step, code in steps if text.count("<") >= _MIN_DEEP_TAGS else steps[:1]:
        changed = step(text)
        if changed is not text:
            codes.append(code)
        text = changed
    return text, tuple(codes)


def _cut_tags(text: str) -> str:
    """Return the text up to its MAX_TAGS-th tag."""
    if text.count("<") <= MAX_TAGS:
        return text
    pieces = text.split("<", MAX_TAGS)
    return text[: len(text) - len(pieces[-1])]


def _cut_depth(text: str) -> str:
    """Return the text up to where more than MAX_DEPTH elements are open."""
    if text.count("<") < _MIN_DEEP_TAGS:
        return text
    open_tags = 0
    for match in _NESTING_TAG.finditer(text):
        if match[1] is None:  # a script, a style sheet or a comment, whole
            continue
        open_tags = max(0, open_tags - 1) if match[1] else open_tags + 1
        if open_tags > MAX_DEPTH:
            return text[: match.start()]
    return text


def _thin_tags(text: str) -> str:
    """Return the text in which tags with more than MAX_ATTRIBUTES attributes have none."""
    kept: list[str] = []
    start = at = 0
    while at < len(text):
        close = text.rfind(">", at, at + _LONG_TAG_CHARS)
        if close >= 0:
            at = close + 1
            continue
        end = text.find(">", at)
        end = len(text) if end < 0 else end
        tag = _TAG_START.search(text, at, end)
        if tag is not None and _has_many_attributes(text[tag.end() : end]):
            kept.append(text[start : tag.end()])
            start = end
        at = end + 1
    return "".join([*kept, text[start:]]) if kept else text


def _has_many_attributes(inside: str) -> bool:
    words = _QUOTED.sub(" ", inside).split()
    return len({word.partition("=")[0] for word in words}) > MAX_ATTRIBUTES  # a script repeats its words
