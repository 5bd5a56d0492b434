"""A record's fields beside what the page says of each: who agrees with the record, and who says what instead."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Final

from scraper.crawl.progress import plain
from scraper.model import Article, Byline, Candidate, Draft
from scraper.normalizers.authors import parse_authors
from scraper.normalizers.dates import parse_moment
from scraper.normalizers.reading_time import parse_reading_time_min
from scraper.normalizers.titles import clean_title, fold_name
from scraper.report.values import FieldSaid, Said

_NEVER: Final = datetime(9000, 1, 1, tzinfo=UTC)


def compare_fields(draft: Draft, article: Article) -> Iterator[FieldSaid]:
    """Yield each field that candidates were found for, or could have been; every text on one line and printable."""
    origin, site = article.origin, tuple(filter(None, (article.site_name, article.domain)))
    title = _same_text(article.title, lambda raw: clean_title(raw, site))
    minutes = article.reading_time_min
    yield _field("title", article.title, origin.title, draft.title, agrees=title)
    for name in ("subtitle", "lead"):
        value = getattr(article, name)
        yield _field(name, value, getattr(origin, name), getattr(draft, name), agrees=_same_text(value))
    yield _authors(draft.authors, article)
    for name, day in (("published", article.published_date), ("modified", article.modified_date)):
        value = _shown(getattr(article, f"{name}_at") or day)
        yield _field(name, value, getattr(origin, name), getattr(draft, name), agrees=_same_day(day, article))
    yield _field("section", article.section, origin.section, draft.section, agrees=_same_text(article.section))
    yield _field("breadcrumbs", " > ".join(crumb.name for crumb in article.breadcrumbs), origin.breadcrumbs)
    yield _field("tags", ", ".join(article.tags), origin.tags)
    yield _field("language", article.language, origin.language, draft.language, agrees=_same_text(article.language))
    yield _field(
        "site_name", article.site_name, origin.site_name, draft.site_name, agrees=_same_text(article.site_name)
    )
    own = article.canonical_url
    yield _field("canonical_url", own, origin.canonical_url, draft.canonical_url, agrees=lambda raw: raw == own)
    spoken = None if minutes is None else f"{minutes} min"
    yield _field(
        "reading_time",
        spoken,
        origin.reading_time,
        draft.reading_time,
        agrees=lambda raw: parse_reading_time_min(raw) == minutes,
    )


def _field(
    name: str,
    value: str | None,
    origin: str | None,
    said: Iterable[Candidate] = (),
    *,
    agrees: Callable[[str], bool] | None = None,
) -> FieldSaid:
    """Return the value, where it came from and who agrees, and what the others said, each text once."""
    also: dict[str, None] = {}
    other: dict[str, list[str]] = {}
    for candidate in said:
        if agrees is not None and value is not None and agrees(candidate.value):
            also.setdefault(candidate.origin)
        else:
            other.setdefault(plain(candidate.value), []).append(candidate.origin)
    also.pop(origin or "", None)
    return FieldSaid(
        name=name,
        value=plain(value) if value else None,
        origin=origin,
        also=tuple(also),
        others=tuple(Said(text=text, origins=tuple(who)) for text, who in other.items()),
    )


def _authors(said: Iterable[Byline], article: Article) -> FieldSaid:
    names = [author.name for author in article.authors]
    known = {", ".join(name.name for name in byline.names) or byline.raw or "": byline for byline in said}
    candidates = [Candidate(value=text, origin=byline.origin) for text, byline in known.items()]

    def agrees(raw: str) -> bool:
        read, _, _ = parse_authors((known[raw],), language=article.language, site_names=())
        return [author.name for author in read] == names

    return _field("authors", ", ".join(names) or None, article.origin.authors, candidates, agrees=agrees)


def _same_text(value: str | None, clean: Callable[[str], str] = str) -> Callable[[str], bool]:
    return lambda raw: value is not None and fold_name(clean(raw)) == fold_name(value)


def _same_day(day: date | None, article: Article) -> Callable[[str], bool]:
    def agrees(raw: str) -> bool:
        moment = parse_moment(raw, language=article.language, now=article.fetch.fetched_at or _NEVER, stated=True)
        return moment is not None and moment.day == day

    return agrees


def _shown(moment: date | None) -> str | None:
    """Return a day, or an instant, in ISO 8601."""
    return moment.isoformat() if moment else None
