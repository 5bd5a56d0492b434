"""A Draft made into an Article: the first candidate that holds wins, its origin is kept. Pure and total."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Final, TypedDict

import msgspec

from scraper.model import (
    SCHEMA_VERSION,
    Article,
    Author,
    Byline,
    Candidate,
    ContentBlock,
    Draft,
    Embed,
    Image,
    Origin,
    Page,
    Pages,
    PageType,
    Related,
    Removed,
    Value,
    Warned,
)
from scraper.normalizers.authors import parse_authors
from scraper.normalizers.body import content_blocks, count_removed, render_markdown, round_share
from scraper.normalizers.candidates import pick_first
from scraper.normalizers.disagreements import early_change, other_authors, other_title
from scraper.normalizers.language import Language, resolve_language
from scraper.normalizers.lists import (
    clean_crumbs,
    clean_embeds,
    clean_images,
    clean_related,
    distinct_texts,
    with_media,
)
from scraper.normalizers.moments import Dated, pick_moment
from scraper.normalizers.reading_time import parse_reading_time_min
from scraper.normalizers.sections import pick_section
from scraper.normalizers.site import Site, refused_canonical, resolve_site
from scraper.normalizers.source import Source, extractor_of, fetch_of, rights_of
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


class _Told(TypedDict):
    """The fields of the record that several places of a page may tell."""

    title: str | None
    subtitle: str | None
    lead: str | None
    authors: tuple[Author, ...]
    authors_raw: str | None
    published_date: date | None
    published_at: datetime | None
    published_raw: str | None
    modified_date: date | None
    modified_at: datetime | None
    modified_raw: str | None
    section: str | None
    reading_time_min: int | None


class _Body(TypedDict):
    """The fields of the record that hold the body, what stands in it, and what was taken out of it."""

    text: str
    markdown: str
    blocks: tuple[ContentBlock, ...]
    word_count: int
    char_count: int
    images: tuple[Image, ...]
    embeds: tuple[Embed, ...]
    related: tuple[Related, ...]
    removed: Removed
    pages: Pages
    near_hash: str


class _Fields(Value, frozen=True, kw_only=True):
    """What several places of a page tell, read, with the origin of each field."""

    told: _Told
    published: Dated
    language: Language
    origin: Origin
    doubts: tuple[Warned, ...]
    """Where places of the page contradict each other."""


def normalize_draft(draft: Draft, source: Source) -> Article:
    """Return the complete record for what the extractors read off a page.

    Total: what cannot be read becomes None. The same draft and source give the same record.
    """
    site = resolve_site(draft, source.address)
    blocks, indexes = content_blocks(draft.blocks)
    text = join_text(blocks)
    language = resolve_language(draft.language, text=text, direction=draft.direction)
    fields = _read_fields(draft, source.page, site, language, opening=blocks[0].text if blocks else None)
    facts = TextFacts(
        text=text,
        blocks=blocks,
        indexes=indexes,
        words=count_words(text),
        charset_source=source.charset_source,
        canonical_refused=refused_canonical(draft, source.address),
    )
    found = collect_warnings(
        draft, facts, title=fields.told["title"], published=fields.published, language=language, doubts=fields.doubts
    )
    return _build(draft, source, site, fields=fields, facts=facts, found=found)


def article_id(url: str, html_hash: str) -> str:
    """Return the id of the article at an address: equal for all spellings of it.

    A path on a disk, or no address at all, says nothing of an article: then the bytes, by their hash, decide.
    """
    return hash_text(canonical_url(url) if host_of(url) else html_hash)


def _read_fields(draft: Draft, page: Page, site: Site, language: Language, *, opening: str | None) -> _Fields:
    """Return the fields; what the body opens with is neither its subtitle nor its lead."""
    title, title_origin = _read_title(draft, page, site)
    subtitle, subtitle_origin = pick_first(draft.subtitle, lambda raw: _other_than(raw, title, opening))
    lead, lead_origin = pick_first(draft.lead, lambda raw: _other_than(raw, title, subtitle, opening))
    section, section_origin = pick_section(draft.section, site.name)
    reading_time_min, reading_origin = pick_first(draft.reading_time, parse_reading_time_min)
    published, modified = _read_dates(draft, page, language.tag)
    authors, authors_raw, authors_origin = parse_authors(draft.authors, language=language.tag, site_names=site.keys)
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
    told = _Told(
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
        reading_time_min=reading_time_min,
    )
    doubts = (*_doubts(draft, site, title, authors, language.tag), *early_change(published, modified))
    return _Fields(told=told, published=published, language=language, origin=origin, doubts=doubts)


def _doubts(
    draft: Draft, site: Site, title: str | None, authors: tuple[Author, ...], language: str | None
) -> Iterator[Warned]:
    """Yield where places of an article's page contradict each other; on others slogans and reviewers do by nature.

    What a site's rule says is beyond doubt.
    """
    if draft.page_type not in _ARTICLES:
        return
    if not _is_ruled(draft.title) and (other := other_title(title, draft.title, lambda raw: _title(raw, site))):
        yield Warned(code="title_disagrees", field="title", detail=other)
    if not _is_ruled(draft.authors) and (
        other := other_authors(authors, draft.authors, language=language, site_names=site.keys)
    ):
        yield Warned(code="authors_disagree", field="authors", detail=other)


def _is_ruled(candidates: Sequence[Candidate | Byline]) -> bool:
    return bool(candidates) and candidates[0].origin == "rule"


def _read_dates(draft: Draft, page: Page, language: str | None) -> tuple[Dated, Dated]:
    """Return the days of publication and of the last change; where only the latter is told it stands for both."""
    now = page.fetched_at or _LATEST
    stated = (*draft.published, *_hint(page, page.hint_published))
    published = pick_moment(stated, language=language, now=now, modified=draft.modified)
    modified = pick_moment(draft.modified, language=language, now=now)
    if published.day is None and modified.day is not None:
        published = msgspec.structs.replace(published, day=modified.day, origin=f"modified.{modified.origin}")
    return published, modified


def _build(
    draft: Draft, source: Source, site: Site, *, fields: _Fields, facts: TextFacts, found: tuple[Warned, ...]
) -> Article:
    breadcrumbs, tags = clean_crumbs(draft), clean_tags(draft.tags)
    html_hash = hash_bytes(source.page.body)
    return Article(
        schema_version=SCHEMA_VERSION,
        id=article_id(site.canonical or source.address, html_hash),
        page_type=draft.page_type,
        url=source.page.url,
        final_url=source.page.final_url,
        canonical_url=site.canonical,
        domain=site.domain,
        site_name=site.name,
        breadcrumbs=breadcrumbs,
        tags=tags,
        language=fields.language.tag,
        language_source=fields.language.source,
        direction=fields.language.direction,
        access=draft.access,
        access_evidence=distinct_texts(clean_text(item) for item in draft.access_evidence),
        content_hash=hash_text(fields.told["title"] or "", facts.text),
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
        rights=rights_of(draft.rights, source.page),
        fetch=fetch_of(source),
        extractor=extractor_of(source),
        **fields.told,
        **_body(draft, source, site, facts),
    )


def _body(draft: Draft, source: Source, site: Site, facts: TextFacts) -> _Body:
    images, embeds = clean_images(draft, facts.indexes, site.keys), clean_embeds(draft, facts.indexes)
    blocks, images, embeds = with_media(facts.blocks, images, embeds)
    return _Body(
        text=facts.text,
        markdown=render_markdown(blocks),
        blocks=blocks,
        word_count=facts.words,
        char_count=len(facts.text),
        images=images,
        embeds=embeds,
        related=clean_related(draft, site.keys),
        removed=count_removed(draft.blocks),
        pages=_pages(draft, source.address),
        near_hash=near_hash(facts.text),
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
