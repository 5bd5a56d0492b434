"""A Draft made into an Article: the first candidate that holds wins, its origin is kept. Pure and total."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Final, TypeVar
from urllib.parse import urlsplit

from scraper.model import (
    SCHEMA_VERSION,
    Article,
    Candidate,
    ContentBlock,
    Crumb,
    Draft,
    Embed,
    ExtractorInfo,
    Fetch,
    Image,
    Origin,
    Page,
    Pages,
    Related,
    Rights,
    Value,
)
from scraper.normalizers.authors import parse_authors
from scraper.normalizers.body import content_blocks, content_index, count_removed, join_text, render_markdown
from scraper.normalizers.language import Language, resolve_language
from scraper.normalizers.moments import pick_moment
from scraper.normalizers.reading_time import parse_reading_time_min
from scraper.normalizers.text import clean_optional, clean_text
from scraper.normalizers.titles import clean_title, fold_name, site_keys
from scraper.normalizers.warnings import collect_warnings
from scraper.normalizers.words import count_words, hash_bytes, hash_text, near_hash
from scraper.web.urls import canonical_url, registrable_domain, resolve_url, same_site

T = TypeVar("T")
_LATEST: Final = datetime(2035, 1, 1, tzinfo=UTC)
"""Dates past this are refused on pages of which nobody knows when they were fetched."""
_FEED_KINDS: Final = frozenset({"feed", "sitemap"})


class Source(Value, frozen=True, kw_only=True):
    """Where a Draft came from: the page, how it was decoded, and what read it."""

    page: Page
    charset: str | None = None
    charset_source: str | None = None
    version: str
    model: str | None = None
    site_model: str | None = None


class _Names(Value, frozen=True, kw_only=True):
    """The names under which the site appears, and the address it declares for the page."""

    domain: str | None
    site_name: str | None
    site_origin: str | None
    keys: tuple[str, ...]
    canonical: str | None
    canonical_origin: str | None


class _Body(Value, frozen=True, kw_only=True):
    blocks: tuple[ContentBlock, ...]
    text: str
    words: int


def normalize_draft(draft: Draft, source: Source) -> Article:
    """Return the complete record for what the extractors read off a page.

    Total: what cannot be read becomes None. The same draft and source give the same record.
    """
    page = source.page
    names = _resolve_names(draft, page)
    blocks = content_blocks(draft.blocks)
    text = join_text(blocks)
    body = _Body(blocks=blocks, text=text, words=count_words(text))
    language = resolve_language(draft.language, text=text, direction=draft.direction)
    return _build(draft, source, names, body, language)


def _build(draft: Draft, source: Source, names: _Names, body: _Body, language: Language) -> Article:
    page, lang = source.page, language.tag
    title, title_origin = _pick((*draft.title, *_hint(page, page.hint_title)), lambda raw: _title(raw, names))
    subtitle, subtitle_origin = _pick(draft.subtitle, lambda raw: _other_than(raw, title))
    lead, lead_origin = _pick(draft.lead, lambda raw: _other_than(raw, title, subtitle))
    section, section_origin = _pick(draft.section, clean_optional)
    reading_time, reading_origin = _pick(draft.reading_time, parse_reading_time_min)
    published_candidates = (*draft.published, *_hint(page, page.hint_published))
    now = page.fetched_at or _LATEST
    published = pick_moment(published_candidates, language=lang, now=now)
    modified = pick_moment(draft.modified, language=lang, now=now)
    authors, authors_raw, authors_origin = parse_authors(draft.authors, language=lang, site_names=names.keys)
    breadcrumbs = _crumbs(draft)
    tags = _distinct(clean_text(tag) for tag in draft.tags)
    return Article(
        schema_version=SCHEMA_VERSION,
        id=hash_text(canonical_url(names.canonical or page.final_url)),
        page_type=draft.page_type,
        url=page.url,
        final_url=page.final_url,
        canonical_url=names.canonical,
        domain=names.domain,
        site_name=names.site_name,
        title=title,
        subtitle=subtitle,
        lead=lead,
        authors=authors,
        authors_raw=authors_raw,
        published_date=published.day,
        published_at=published.at,
        published_raw=published.raw,
        modified_date=modified.day,
        modified_at=modified.at,
        modified_raw=modified.raw,
        section=section,
        breadcrumbs=breadcrumbs,
        tags=tags,
        language=lang,
        language_source=language.source,
        direction=language.direction,
        text=body.text,
        markdown=render_markdown(body.blocks),
        blocks=body.blocks,
        word_count=body.words,
        char_count=len(body.text),
        reading_time_min=reading_time,
        images=_images(draft, names.keys),
        embeds=_embeds(draft),
        related=_related(draft, names.keys),
        removed=count_removed(draft.blocks),
        access=draft.access,
        access_evidence=_distinct(clean_text(item) for item in draft.access_evidence),
        pages=_pages(draft),
        content_hash=hash_text(title or "", body.text),
        near_hash=near_hash(body.text),
        html_hash=hash_bytes(page.body),
        confidence=round(min(max(draft.confidence, 0.0), 1.0), 4) if draft.confidence == draft.confidence else 0.0,
        method=draft.method,
        warnings=collect_warnings(
            draft,
            body_text=body.text,
            blocks=body.blocks,
            words=body.words,
            title=title,
            published=published,
            language=language,
            charset_source=source.charset_source,
            canonical_refused=_refused_site(draft, page),
        ),
        origin=Origin(
            title=title_origin,
            subtitle=subtitle_origin,
            lead=lead_origin,
            authors=authors_origin,
            published=published.origin,
            modified=modified.origin,
            section=section_origin,
            breadcrumbs=draft.breadcrumbs_origin if breadcrumbs else None,
            tags=draft.tags_origin if tags else None,
            language=language.origin,
            site_name=names.site_origin,
            canonical_url=names.canonical_origin,
            reading_time=reading_origin,
            text=draft.method if body.text else None,
        ),
        rights=_rights(draft.rights, page),
        fetch=_fetch(source),
        extractor=ExtractorInfo(
            name="scraper", version=source.version, model=source.model, site_model=source.site_model
        ),
    )


def _pick(candidates: Iterable[Candidate], parse: Callable[[str], T | None]) -> tuple[T | None, str | None]:
    """Return the first value that parses and its origin."""
    for candidate in candidates:
        if (value := parse(candidate.value)) is not None:
            return value, candidate.origin
    return None, None


def _hint(page: Page, value: str | None) -> tuple[Candidate, ...]:
    """Return what the feed or sitemap said, as the last candidate."""
    return (Candidate(value=value, origin=page.source),) if value and page.source in _FEED_KINDS else ()


def _resolve_names(draft: Draft, page: Page) -> _Names:
    domain = registrable_domain(page.final_url)
    site_name, site_origin = _pick(draft.site_name, clean_optional)
    canonical, canonical_origin = _pick(draft.canonical_url, lambda url: _canonical(url, page.final_url))
    declared = (clean_text(candidate.value) for candidate in draft.site_name)
    return _Names(
        domain=domain,
        site_name=site_name,
        site_origin=site_origin,
        keys=site_keys(declared, domain),
        canonical=canonical,
        canonical_origin=canonical_origin,
    )


def _canonical(declared: str, final_url: str) -> str | None:
    """Return the declared address if it is one of this site and no mere home page of another page."""
    url = resolve_url(final_url, declared)
    if url is None or not same_site(url, final_url):
        return None
    return None if _is_home(url) and not _is_home(final_url) else url


def _refused_site(draft: Draft, page: Page) -> str | None:
    """Return the first address declared that is of another site."""
    urls = (resolve_url(page.final_url, candidate.value) for candidate in draft.canonical_url)
    return next((url for url in urls if url and not same_site(url, page.final_url)), None)


def _is_home(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in {"", "/"} and not parts.query


def _title(raw: str, names: _Names) -> str | None:
    title = clean_title(raw, names.keys)
    return title if title and fold_name(title) not in {fold_name(key) for key in names.keys} else None


def _other_than(raw: str, *taken: str | None) -> str | None:
    """Return the cleaned text unless a field before it already says the same."""
    text = clean_text(raw)
    return text if text and fold_name(text) not in {fold_name(other) for other in taken if other} else None


def _distinct(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the texts that are not empty, each once, compared without case, in order."""
    kept: dict[str, str] = {}
    for text in texts:
        if text:
            kept.setdefault(text.casefold(), text)
    return tuple(kept.values())


def _crumbs(draft: Draft) -> tuple[Crumb, ...]:
    cleaned = (Crumb(name=clean_text(crumb.name), url=crumb.url) for crumb in draft.breadcrumbs)
    return tuple(crumb for crumb in cleaned if crumb.name)


def _images(draft: Draft, site_names: Sequence[str]) -> tuple[Image, ...]:
    kept: dict[str, Image] = {}
    for image in draft.images:
        cleaned = Image(
            url=image.url,
            role=image.role,
            alt=clean_title(image.alt, site_names) or None if image.alt else None,
            caption=clean_optional(image.caption),
            credit=clean_optional(image.credit),
            width=image.width,
            height=image.height,
            block=content_index(draft.blocks, image.block),
        )
        kept.setdefault(image.url, cleaned)
    return tuple(kept.values())


def _embeds(draft: Draft) -> tuple[Embed, ...]:
    return tuple(
        Embed(
            provider=embed.provider,
            url=embed.url,
            text=clean_optional(embed.text),
            block=content_index(draft.blocks, embed.block),
        )
        for embed in draft.embeds
    )


def _related(draft: Draft, site_names: Sequence[str]) -> tuple[Related, ...]:
    """Return the teasers, each once by address, title and place, with something to show."""
    kept: dict[tuple[str | None, str, str], Related] = {}
    for item in draft.related:
        title = clean_title(item.title, site_names)
        cleaned = Related(
            title=title,
            url=item.url,
            section=clean_optional(item.section),
            summary=clean_optional(item.summary),
            place=item.place,
        )
        if title:
            kept.setdefault((item.url, title.casefold(), item.place), cleaned)
    return tuple(kept.values())


def _pages(draft: Draft) -> Pages:
    return Pages(count=1 + len(draft.page_urls), truncated=bool(draft.page_urls))


def _rights(declared: Rights, page: Page) -> Rights:
    """Return the page's own declaration, completed by its headers.

    Source: TDM Reservation Protocol, https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240202/
    """
    reservation = page.header("tdm-reservation")
    from_header = int(reservation) if reservation in {"0", "1"} else None
    return Rights(
        robots_meta=declared.robots_meta,
        x_robots_tag=declared.x_robots_tag or page.header("x-robots-tag"),
        tdm_reservation=from_header if declared.tdm_reservation is None else declared.tdm_reservation,
        tdm_policy=declared.tdm_policy or page.header("tdm-policy"),
    )


def _fetch(source: Source) -> Fetch:
    page = source.page
    return Fetch(
        fetched_at=page.fetched_at,
        status=page.status,
        content_type=page.header("content-type"),
        charset=source.charset,
        charset_source=source.charset_source,
        bytes=len(page.body),
        redirects=len(page.redirects),
        etag=page.header("etag"),
        last_modified=page.header("last-modified"),
        source=page.source,
    )
