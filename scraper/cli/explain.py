"""Why a record is what it is, for a person: each field beside what else the page said, and every block's label."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import accumulate, takewhile
from typing import Final

from scraper.crawl.progress import plain
from scraper.model import Article, Block, Byline, Candidate, Draft
from scraper.normalizers.authors import parse_authors
from scraper.normalizers.dates import parse_moment
from scraper.normalizers.reading_time import parse_reading_time_min
from scraper.normalizers.titles import clean_title, fold_name
from scraper.pipeline import Explained

WIDTH: Final = 100
_NAME: Final = 14
_TEXT: Final = 36
_LEAST: Final = 0.05
"""Less likely page types are left out."""
_NEVER: Final = datetime(9000, 1, 1, tzinfo=UTC)


def explain_lines(explained: Explained) -> Iterator[str]:
    """Yield the explanation line by line, each at most WIDTH columns wide, no line feeds."""
    draft, article = explained.draft, explained.article
    yield _fit(article.url)
    yield ""
    yield from _summary(explained)
    yield ""
    silent: list[str] = []
    for name, lines in _fields(draft, article):
        if lines:
            yield from (_fit(f"{name if not number else '':<{_NAME}} {line}") for number, line in enumerate(lines))
        else:
            silent.append(name)
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


def _fields(draft: Draft, article: Article) -> Iterator[tuple[str, list[str]]]:
    """Yield each field's name and lines; no lines where the page says nothing of it."""
    origin, site = article.origin, tuple(filter(None, (article.site_name, article.domain)))
    title = _same_text(article.title, lambda raw: clean_title(raw, site))
    minutes = article.reading_time_min
    yield "title", _field(article.title, origin.title, draft.title, title)
    for name in ("subtitle", "lead"):
        value = getattr(article, name)
        yield name, _field(value, getattr(origin, name), getattr(draft, name), _same_text(value))
    yield "authors", _authors(draft.authors, article)
    for name, day in (("published", article.published_date), ("modified", article.modified_date)):
        value = _shown(getattr(article, f"{name}_at") or day)
        yield name, _field(value, getattr(origin, name), getattr(draft, name), _same_day(day, article))
    yield "section", _field(article.section, origin.section, draft.section, _same_text(article.section))
    yield "breadcrumbs", _field(" > ".join(crumb.name for crumb in article.breadcrumbs), origin.breadcrumbs)
    yield "tags", _field(", ".join(article.tags), origin.tags)
    yield "language", _field(article.language, origin.language, draft.language, _same_text(article.language))
    yield "site_name", _field(article.site_name, origin.site_name, draft.site_name, _same_text(article.site_name))
    own = article.canonical_url
    yield "canonical_url", _field(own, origin.canonical_url, draft.canonical_url, lambda raw: raw == own)
    spoken = None if minutes is None else f"{minutes} min"
    yield (
        "reading_time",
        _field(spoken, origin.reading_time, draft.reading_time, lambda raw: parse_reading_time_min(raw) == minutes),
    )


def _field(
    value: str | None, origin: str | None, said: Iterable[Candidate] = (), agrees: Callable[[str], bool] | None = None
) -> list[str]:
    """Return the value, where it came from and who agrees, and what the others said, each text once."""
    also: dict[str, None] = {}
    other: dict[str, list[str]] = {}
    for candidate in said:
        if agrees is not None and value is not None and agrees(candidate.value):
            also.setdefault(candidate.origin)
        else:
            other.setdefault(plain(candidate.value), []).append(candidate.origin)
    also.pop(origin or "", None)
    if not value and not other:
        return []
    found = [plain(value or ""), f"from {origin}" + (f", also {', '.join(also)}" if also else "")]
    return [*(found if value else ["-"]), *(f"not  {', '.join(who)}: {text}" for text, who in other.items())]


def _authors(said: Iterable[Byline], article: Article) -> list[str]:
    names = [author.name for author in article.authors]
    known = {", ".join(name.name for name in byline.names) or byline.raw or "": byline for byline in said}
    candidates = [Candidate(value=text, origin=byline.origin) for text, byline in known.items()]

    def agrees(raw: str) -> bool:
        read, _, _ = parse_authors((known[raw],), language=article.language, site_names=())
        return [author.name for author in read] == names

    return _field(", ".join(names) or None, article.origin.authors, candidates, agrees)


def _same_text(value: str | None, clean: Callable[[str], str] = str) -> Callable[[str], bool]:
    return lambda raw: value is not None and fold_name(clean(raw)) == fold_name(value)


def _same_day(day: date | None, article: Article) -> Callable[[str], bool]:
    def agrees(raw: str) -> bool:
        moment = parse_moment(raw, language=article.language, now=article.fetch.fetched_at or _NEVER)
        return moment is not None and moment.day == day

    return agrees


def _shown(moment: date | None) -> str | None:
    """Return a day, or an instant, in ISO 8601."""
    return moment.isoformat() if moment else None


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
