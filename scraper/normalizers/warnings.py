"""What a careful reader of a record should know. Pure and total."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from scraper.model import ContentBlock, Draft, Value, Warned
from scraper.normalizers.language import Language
from scraper.normalizers.moments import Dated
from scraper.normalizers.text import has_markup, repair_mojibake

_SHORT_WORDS: Final = 50
_GUESSED: Final = frozenset({"detected", "default"})


class TextFacts(Value, frozen=True, kw_only=True):
    """The body as read, and what of the page bears on trusting it."""

    text: str
    blocks: tuple[ContentBlock, ...]
    indexes: tuple[int, ...]
    words: int
    charset_source: str | None
    canonical_refused: str | None


def collect_warnings(
    draft: Draft,
    facts: TextFacts,
    *,
    title: str | None,
    published: Dated,
    language: Language,
    doubts: tuple[Warned, ...] = (),
) -> tuple[Warned, ...]:
    """Return the extractors' warnings and our own, each code once a field, in a fixed order."""
    found = [
        *draft.warnings,
        *_about_body(draft, facts.text, facts.blocks, facts.words),
        *_about_date(published),
        *doubts,
    ]
    if title is None:
        found.append(Warned(code="title_missing", field="title"))
    if facts.charset_source in _GUESSED:
        found.append(Warned(code="charset_guessed", field="text", detail=facts.charset_source))
    if facts.canonical_refused:
        found.append(Warned(code="canonical_other_site", field="canonical_url", detail=facts.canonical_refused))
    if language.disagrees:
        found.append(Warned(code="language_disagrees", field="language", detail=language.disagrees))
    if missing := set(draft.page_urls) - set(draft.joined_urls):
        found.append(Warned(code="pages_missing", field="text", detail=f"{len(missing)} further pages"))
    return tuple({(warned.code, warned.field): warned for warned in reversed(found)}.values())[::-1]


def _about_body(draft: Draft, text: str, blocks: Sequence[ContentBlock], words: int) -> Iterator[Warned]:
    if not text:
        yield Warned(code="body_empty", field="text")
    elif words < _SHORT_WORDS:
        yield Warned(code="body_short", field="text", detail=f"{words} words")
    if lost := text.count("\ufffd"):
        yield Warned(code="replacement_characters", field="text", detail=f"{lost} characters")
    raw = "\n".join(block.text for block in draft.blocks if block.label == "body")
    if repair_mojibake(raw) != raw:
        yield Warned(code="mojibake_repaired", field="text")
    if any(has_markup(block.text) for block in blocks if block.type != "code"):
        yield Warned(code="markup_in_text", field="text")


def _about_date(published: Dated) -> Iterator[Warned]:
    if published.origin and published.origin.startswith("modified."):
        yield Warned(code="published_from_modified", field="published_date", detail="the page tells no other day")
    if published.disagrees:
        yield Warned(code="date_disagrees", field="published_date", detail=published.disagrees)
    if published.future:
        yield Warned(code="date_in_future", field="published_date", detail=published.future)
