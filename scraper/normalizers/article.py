"""A Draft made into an Article: the first candidate that holds wins, its origin is kept. Pure and total."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import msgspec

from scraper.model import (
    SCHEMA_VERSION,
    Article,
    Author,
    Candidate,
    Draft,
    ExtractorInfo,
    Fetch,
    Origin,
    Page,
    Pages,
    PageType,
    Rights,
    Value,
    Warned,
)
from scraper.normalizers.authors import parse_authors
from scraper.normalizers.body import content_blocks, count_removed, render_markdown, round_share
from scraper.normalizers.candidates import pick_first
from scraper.normalizers.language import Language, resolve_language
from scraper.normalizers.lists import clean_crumbs, clean_embeds, clean_images, clean_related, distinct_texts
from scraper.normalizers.moments import Dated, pick_moment
from scraper.normalizers.reading_time import parse_reading_time_min
from scraper.normalizers.sections import pick_section
from scraper.normalizers.site import Site, refused_canonical, resolve_site
from scraper.normalizers.tags import clean_tags
from scraper.normalizers.text import clean_text
from scraper.normalizers.titles import clean_title, fold_name
from scraper.normalizers.warnings import TextFacts, collect_warnings
from scraper.normalizers.words import near_hash
from scraper.web.body import count_words, hash_bytes, hash_text, join_text
from scraper.web.urls import canonical_url, host_of

_LATEST: Final = datetime(2035, 1, 1, tzinfo=UTC)
"""Dates past this are refused on pages of which nobody knows when they were fetched."""
_FEED_KINDS: Final = frozenset({"feed", "sitemap"})
_ARTICLES: Final[frozenset[PageType]] = frozenset({"article", "live_blog"})


class Source(Value, frozen=True, kw_only=True):
    """Where a Draft came from: the page, how it was decoded, and what read it."""

    page: Page
    url: str | None = None
    """The page's address, where it is another than the one it was served from: what a saved page declares."""
    charset: str | None = None
    charset_source: str | None = None
    version: str
    model: str | None = None
    site_model: str | None = None

    @property
    def address(self) -> str:
        """The page's web address, or whatever stands in its place."""
        return self.url or self.page.final_url


class _Fields(Value, frozen=True, kw_only=True):
    """The fields that several places of a page may tell, read, with the origin of each."""

    title: str | None
    subtitle: str | None
    lead: str | None
    section: str | None
    reading_time_min: int | None
    published: Dated
    modified: Dated
    authors: tuple[Author, ...]
    authors_raw: str | None
    language: Language
    origin: Origin


def normalize_draft(draft: Draft, source: Source) -> Article:
    """Return the complete record for what the extractors read off a page.

    Total: what cannot be read becomes None. The same draft and source give the same record.
    """
    site = resolve_site(draft, source.address)
    blocks, indexes = content_blocks(draft.blocks)
    text = join_text(blocks)
    language = resolve_language(draft.language, text=text, direction=draft.direction)
    fields = _read_fields(draft, source.page, site, language)
    facts = TextFacts(
        text=text,
        blocks=blocks,
        indexes=indexes,
        words=count_words(text),
        charset_source=source.charset_source,
        canonical_refused=refused_canonical(draft, source.address),
    )
    found = collect_warnings(draft, facts, title=fields.title, published=fields.published, language=language)
    return _build(draft, source, site, fields=fields, facts=facts, found=found)


def article_id(url: str, html_hash: str) -> str:
    """Return the id of the article at an address: equal for all spellings of it.

    A path on a disk, or no address at all, says nothing of an article: then the bytes, by their hash, decide.
    """
    return hash_text(canonical_url(url) if host_of(url) else html_hash)


def _read_fields(draft: Draft, page: Page, site: Site, language: Language) -> _Fields:
    lang, now = language.tag, page.fetched_at or _LATEST
    title, title_origin = _read_title(draft, page, site)
    subtitle, subtitle_origin = pick_first(draft.subtitle, lambda raw: _other_than(raw, title))
    lead, lead_origin = pick_first(draft.lead, lambda raw: _other_than(raw, title, subtitle))
    section, section_origin = pick_section(draft.section, site.name)
    reading_time_min, reading_origin = pick_first(draft.reading_time, parse_reading_time_min)
    stated = (*draft.published, *_hint(page, page.hint_published))
    published = pick_moment(stated, language=lang, now=now, modified=draft.modified)
    modified = pick_moment(draft.modified, language=lang, now=now)
    if published.day is None and modified.day is not None:
        published = msgspec.structs.replace(published, day=modified.day, origin=f"modified.{modified.origin}")
    authors, authors_raw, authors_origin = parse_authors(draft.authors, language=lang, site_names=site.keys)
    origin = Origin(
        title=title_origin,
        subtitle=subtitle_origin,
        lead=lead_origin,
        authors=authors_origin,
        published=published.origin,
        modified=modified.origin,
        section=section_origin,
        language=language.origin,
        site_name=site.name_origin,
        canonical_url=site.canonical_origin,
        reading_time=reading_origin,
    )
    return _Fields(
        title=title,
        subtitle=subtitle,
        lead=lead,
        section=section,
        reading_time_min=reading_time_min,
        published=published,
        modified=modified,
        authors=authors,
        authors_raw=authors_raw,
        language=language,
        origin=origin,
    )


def _build(
    draft: Draft, source: Source, site: Site, *, fields: _Fields, facts: TextFacts, found: tuple[Warned, ...]
) -> Article:
    # Longer than a function should be: it is one expression, a line a field of the record.
    page, breadcrumbs = source.page, clean_crumbs(draft)
    html_hash = hash_bytes(page.body)
    tags = clean_tags(draft.tags)
    return Article(
        schema_version=SCHEMA_VERSION,
        id=article_id(site.canonical or source.address, html_hash),
        page_type=draft.page_type,
        url=page.url,
        final_url=page.final_url,
        canonical_url=site.canonical,
        domain=site.domain,
        site_name=site.name,
        title=fields.title,
        subtitle=fields.subtitle,
        lead=fields.lead,
        authors=fields.authors,
        authors_raw=fields.authors_raw,
        published_date=fields.published.day,
        published_at=fields.published.at,
        published_raw=fields.published.raw,
        modified_date=fields.modified.day,
        modified_at=fields.modified.at,
        modified_raw=fields.modified.raw,
        section=fields.section,
        breadcrumbs=breadcrumbs,
        tags=tags,
        language=fields.language.tag,
        language_source=fields.language.source,
        direction=fields.language.direction,
        text=facts.text,
        markdown=render_markdown(facts.blocks),
        blocks=facts.blocks,
        word_count=facts.words,
        char_count=len(facts.text),
        reading_time_min=fields.reading_time_min,
        images=clean_images(draft, facts.indexes, site.keys),
        embeds=clean_embeds(draft, facts.indexes),
        related=clean_related(draft, site.keys),
        removed=count_removed(draft.blocks),
        access=draft.access,
        access_evidence=distinct_texts(clean_text(item) for item in draft.access_evidence),
        pages=_pages(draft, source.address),
        content_hash=hash_text(fields.title or "", facts.text),
        near_hash=near_hash(facts.text),
        html_hash=html_hash,
        confidence=round_share(draft.confidence) or 0.0,
        method=draft.method,
        warnings=found,
        origin=msgspec.structs.replace(
            fields.origin,
            breadcrumbs=draft.breadcrumbs_origin if breadcrumbs else None,
            tags=draft.tags_origin if tags else None,
            text=draft.method if facts.text else None,
        ),
        rights=_rights(draft.rights, page),
        fetch=_fetch(source),
        extractor=ExtractorInfo(
            name="scraper", version=source.version, model=source.model, site_model=source.site_model
        ),
    )


def _hint(page: Page, value: str | None) -> tuple[Candidate, ...]:
    """Return what the feed or sitemap said, as the last candidate."""
    return (Candidate(value=value, origin=page.source),) if value and page.source in _FEED_KINDS else ()


def _read_title(draft: Draft, page: Page, site: Site) -> tuple[str | None, str | None]:
    """Return the title and its origin: not the site's name, unless a page that is no article says nothing else."""
    candidates = (*draft.title, *_hint(page, page.hint_title))
    found = pick_first(candidates, lambda raw: _title(raw, site))
    if found[0] is None and draft.page_type not in _ARTICLES:
        return pick_first(candidates, lambda raw: clean_text(raw) or None)
    return found


def _title(raw: str, site: Site) -> str | None:
    title = clean_title(raw, site.keys)
    return title if title and fold_name(title) not in {fold_name(key) for key in site.keys} else None


def _other_than(raw: str, *taken: str | None) -> str | None:
    """Return the cleaned text unless a field before it already says the same."""
    text = clean_text(raw)
    return text if text and fold_name(text) not in {fold_name(other) for other in taken if other} else None


def _pages(draft: Draft, own_url: str) -> Pages:
    others, before = draft.page_urls, draft.pages_before
    missing = set(others) - set(draft.joined_urls)
    urls = (*others[:before], own_url, *others[before:]) if others else ()
    return Pages(count=1 + len(others), urls=urls, truncated=bool(missing))


def _rights(declared: Rights, page: Page) -> Rights:
    """Return the page's own declaration, completed by its headers, then by what its host declares.

    Source: TDM Reservation Protocol, https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240202/
    """
    reservation = page.header("tdm-reservation")
    from_header = int(reservation) if reservation in {"0", "1"} else None
    own = from_header if declared.tdm_reservation is None else declared.tdm_reservation
    site = page.site_rights if own is None else Rights()
    return Rights(
        robots_meta=declared.robots_meta,
        x_robots_tag=declared.x_robots_tag or page.header("x-robots-tag"),
        tdm_reservation=site.tdm_reservation if own is None else own,
        tdm_policy=declared.tdm_policy or page.header("tdm-policy") or site.tdm_policy,
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
