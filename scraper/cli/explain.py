"""Why a record is what it is, for a person: each field beside what else the page said, and every block's label."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import accumulate, takewhile
from typing import Final

from scraper.cli.fields import compare_fields
from scraper.model import Block
from scraper.pipeline import Explained
from scraper.report.values import FieldSaid

WIDTH: Final = 100
_NAME: Final = 14
_TEXT: Final = 36
_LEAST: Final = 0.05
"""Less likely page types are left out."""


def explain_lines(explained: Explained) -> Iterator[str]:
    """Yield the explanation line by line, each at most WIDTH columns wide, no line feeds."""
    draft, article = explained.draft, explained.article
    yield _fit(article.url)
    yield ""
    yield from _summary(explained)
    yield ""
    silent: list[str] = []
    for field in compare_fields(draft, article):
        if lines := _lines_of(field):
            names = (field.name, *[""] * len(lines))
            yield from (_fit(f"{name:<{_NAME}} {line}") for name, line in zip(names, lines, strict=False))
        else:
            silent.append(field.name)
    if silent:
        yield _fit(f"{'nothing':<{_NAME}} {', '.join(silent)}")
    yield ""
    yield from block_lines(draft.blocks)


def block_lines(blocks: Sequence[Block]) -> Iterator[str]:
    """Yield the table of blocks: a heading, then number, label, score, text and reasons of each."""
    yield f"{'#':>4} {'label':<10} score {_pad('text', _TEXT)} why"
    for block in blocks:
        yield _fit(f"{block.index:>4} {block.label:<10} {block.score:>5.2f} {_pad(block.text, _TEXT)} {_why(block)}")


def _summary(explained: Explained) -> Iterator[str]:
    draft, article = explained.draft, explained.article
    chances = sorted(draft.page_types.items(), key=lambda item: -item[1])
    shown = ", ".join(f"{kind} {chance:.2f}" for kind, chance in chances if chance >= _LEAST)
    yield _fact("page type", article.page_type + (f" (the model: {shown})" if shown else ""))
    taken = sum(block.label == "body" for block in draft.blocks)
    size = f"{taken} of {len(draft.blocks)} blocks, {article.word_count} words"
    yield _fact("body", f"{size}; method {article.method}, confidence {article.confidence:.2f}")
    if draft.site_rule:
        yield _fact("site rule", draft.site_rule)
    for warned in article.warnings:
        about = ": ".join(filter(None, (warned.field, warned.detail)))
        yield _fact("warning", warned.code + (f" ({about})" if about else ""))
    reason = explained.rejected
    yield _fact("a crawl", f"rejects it: {reason.reason} ({reason.detail})" if reason else "keeps it")


def _fact(name: str, text: str) -> str:
    return _fit(f"{name:<{_NAME}} {text}")


def _lines_of(field: FieldSaid) -> list[str]:
    """Return the value, where it came from and who agrees, and what the others said; [] where the page is silent."""
    if not field.value and not field.others:
        return []
    also = f", also {', '.join(field.also)}" if field.also else ""
    found = [field.value, f"from {field.origin}{also}"] if field.value else ["-"]
    return [*found, *(f"not  {', '.join(said.origins)}: {said.text}" for said in field.others)]


def _why(block: Block) -> str:
    """Return the reasons, the one that decided first, without the label where it is the block's own."""
    return "; was ".join(reason.removeprefix(f"{block.label}: ") for reason in reversed(block.reasons))


def _pad(text: str, width: int) -> str:
    """Return a text cut or filled up to exactly so many columns."""
    cut = _fit(text, width)
    return cut + " " * (width - sum(map(_columns, cut)))


def _fit(text: str, width: int = WIDTH) -> str:
    """Return a text on one line of at most so many columns; what is cut off shows as an ellipsis."""
    text = "".join(char if char.isprintable() else " " for char in text)
    if sum(map(_columns, text)) <= width:
        return text.rstrip()
    ends = accumulate(map(_columns, text))
    return "".join(char for char, _ in takewhile(lambda item: item[1] < width, zip(text, ends, strict=True))) + "…"


def _columns(char: str) -> int:
    """Return how many columns of a terminal a character takes."""
    if unicodedata.combining(char) or unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
