"""On the way out: the records, of pages that are articles and of those that are not.

`Article` is the record that the JSONL holds. Its fields, their order and their descriptions are said here (some of its
parts in `draft` and `page`) and nowhere else: the JSON Schema (`scraper schema`) and docs/record.md are made of them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from scraper.model.draft import Crumb, Embed, Image, Link, Related, Warned
from scraper.model.page import Rights
from scraper.model.words import Access, BlockType, Count, Method, Ordinal, PageType, SourceKind, Stage, Value

SCHEMA_VERSION: Final = "1.0"


class Author(Value, frozen=True, kw_only=True):
    name: Annotated[str, Meta(description="Cleaned name.")]
    type: Annotated[Literal["person", "organization"], Meta(description="schema.org's Person or Organization.")]
    url: Annotated[str | None, Meta(description="The author's page.")] = None


class ContentBlock(Value, frozen=True, kw_only=True):
    type: Annotated[BlockType, Meta(description="What kind of block.")]
    text: Annotated[
        str,
        Meta(
            description="Its text, with the page's own line breaks; a table's cells joined by tabs. Of an image the "
            "alternative text or the caption, of an embed its provider: both are no part of the record's text."
        ),
    ]
    level: Annotated[
        Ordinal | None,
        Meta(description="1 to 6 for headings; nesting for list items, and for paragraphs that go on with one."),
    ] = None
    number: Annotated[Count | None, Meta(description="Number of a list item, in ordered lists.")] = None
    links: Annotated[
        tuple[Link, ...],
        Meta(description="Links in it, in order; of an image its address and caption, of an embed its address."),
    ] = ()
    confidence: Annotated[
        float | None, Meta(description="Probability that it is body, 0 to 1; null for images and embeds.")
    ] = None


class Removed(Value, frozen=True, kw_only=True):
    """How many blocks of each label were separated from the body."""

    heading: Annotated[int, Meta(description="Blocks that are headings outside of the body.")] = 0
    lead: Annotated[int, Meta(description="Blocks that are the standfirst.")] = 0
    byline: Annotated[int, Meta(description="Blocks that name who wrote it.")] = 0
    dateline: Annotated[int, Meta(description="Blocks that say when, or from where.")] = 0
    caption: Annotated[int, Meta(description="Blocks that are captions or credits of images.")] = 0
    breadcrumb: Annotated[int, Meta(description="Blocks that are a trail to the page.")] = 0
    teaser: Annotated[int, Meta(description="Blocks that lead to other stories.")] = 0
    ad: Annotated[int, Meta(description="Blocks that advertise, or say that others do.")] = 0
    navigation: Annotated[int, Meta(description="Blocks of menus and other links around.")] = 0
    share: Annotated[int, Meta(description="Blocks to share, save or print it.")] = 0
    newsletter: Annotated[int, Meta(description="Blocks that offer a newsletter or an app.")] = 0
    consent: Annotated[int, Meta(description="Blocks that ask for consent.")] = 0
    comment: Annotated[int, Meta(description="Blocks that are readers' comments, or around them.")] = 0
    paywall: Annotated[int, Meta(description="Blocks that ask for a subscription or a sign-in.")] = 0
    footer: Annotated[int, Meta(description="Blocks of the site's footer.")] = 0
    other: Annotated[int, Meta(description="Blocks of none of these kinds.")] = 0
    words: Annotated[int, Meta(description="Words in all of them together.")] = 0


class Pages(Value, frozen=True, kw_only=True):
    count: Annotated[int, Meta(description="Pages the article has, as far as known.", ge=1)] = 1
    urls: Annotated[
        tuple[str, ...], Meta(description="Their addresses, in order, the first page's first; empty for one page.")
    ] = ()
    truncated: Annotated[bool, Meta(description="True if not all of them are joined here.")] = False


class Origin(Value, frozen=True, kw_only=True):
    """Where each field's value came from; those named are examples.

    `dom` is what readers see; `jsonld`, `meta` and `microdata` are what machines are told; `title` and `link` are the
    elements of that name, `url` is a date in the address, `rule` a site rule; `feed` and `sitemap` named the page.
    null: the field is empty.
    """

    title: Annotated[str | None, Meta(description="Of title: `dom.h1`, `jsonld.headline`, `title`.")] = None
    subtitle: Annotated[str | None, Meta(description="Of subtitle: `dom`, `jsonld.alternativeHeadline`.")] = None
    lead: Annotated[str | None, Meta(description="Of lead: `dom`.")] = None
    authors: Annotated[str | None, Meta(description="Of authors: `jsonld.author`, `meta.author`, `dom.byline`.")] = None
    published: Annotated[str | None, Meta(description="Of the publication: `jsonld.datePublished`, `dom`.")] = None
    modified: Annotated[str | None, Meta(description="Of the last change: `jsonld.dateModified`, `dom`.")] = None
    section: Annotated[str | None, Meta(description="Of section: `breadcrumbs`, `meta.article:section`.")] = None
    breadcrumbs: Annotated[str | None, Meta(description="Of breadcrumbs: `dom`, `jsonld.BreadcrumbList`.")] = None
    tags: Annotated[str | None, Meta(description="Of tags: `meta.article:tag`, `jsonld.keywords`.")] = None
    language: Annotated[str | None, Meta(description="Of language: `dom.lang`, `detected`.")] = None
    site_name: Annotated[str | None, Meta(description="Of site_name: `meta.og:site_name`.")] = None
    canonical_url: Annotated[str | None, Meta(description="Of canonical_url: `link.canonical`.")] = None
    reading_time: Annotated[str | None, Meta(description="Of reading_time_min: `dom`.")] = None
    text: Annotated[str | None, Meta(description="Of text: the same as method.")] = None


class Fetch(Value, frozen=True, kw_only=True):
    fetched_at: Annotated[
        datetime | None, Meta(description="When the bytes arrived, UTC; null where nothing was fetched.")
    ] = None
    status: Annotated[int | None, Meta(description="HTTP status; null where nothing was fetched.")] = None
    content_type: Annotated[
        str | None, Meta(description="Content-Type header, as sent; of a saved page as its file's name or MHTML says.")
    ] = None
    charset: Annotated[str | None, Meta(description="Charset used to decode.")] = None
    charset_source: Annotated[str | None, Meta(description="bom, http, meta, utf8, detected or default.")] = None
    bytes: Annotated[int, Meta(description="Length of the page, inflated, in bytes.", ge=0)] = 0
    redirects: Annotated[int, Meta(description="Redirects followed.", ge=0)] = 0
    etag: Annotated[str | None, Meta(description="ETag header.")] = None
    last_modified: Annotated[str | None, Meta(description="Last-Modified header.")] = None
    source: Annotated[SourceKind, Meta(description="Kind of source that named the URL.")] = "command"


class ExtractorInfo(Value, frozen=True, kw_only=True):
    name: Annotated[str, Meta(description="Always scraper.")]
    version: Annotated[str, Meta(description="Version of the package.")]
    model: Annotated[str | None, Meta(description="Version of the block model, if it was used.")] = None
    site_model: Annotated[str | None, Meta(description="Site rule used, by host.")] = None


class Article(Value, frozen=True, kw_only=True):
    """One article, as it stands in one line of articles-*.jsonl."""

    schema_version: Annotated[str, Meta(description="Version of this schema.")]
    id: Annotated[
        str,
        Meta(
            description="Stable for the article: hash of the canonical URL, the same after a re-crawl; hash of the "
            "bytes where no address is known."
        ),
    ]
    revision: Annotated[int, Meta(description="1 at the first sight, then counted up.", ge=1)] = 1
    previous_hash: Annotated[str | None, Meta(description="content_hash of the revision before.")] = None
    changed_fields: Annotated[
        tuple[str, ...],
        Meta(description="Fields that differ from the revision before; none if `scraper forget` had it written again."),
    ] = ()
    page_type: Annotated[PageType, Meta(description="Kind of page. A crawl keeps articles unless told otherwise.")]
    url: Annotated[
        str, Meta(description="Address as asked for; file:// for a saved page, about:blank where none was given.")
    ]
    final_url: Annotated[str, Meta(description="Address after redirects.")]
    canonical_url: Annotated[str | None, Meta(description="As the page declares it, on the same site only.")]
    domain: Annotated[
        str | None, Meta(description="Registrable domain of final_url, or of the address that a saved page declares.")
    ]
    site_name: Annotated[str | None, Meta(description="The publisher's name.")]
    title: Annotated[str | None, Meta(description="Headline, without the site's suffix.")]
    subtitle: Annotated[str | None, Meta(description="Secondary headline (dek).")]
    lead: Annotated[str | None, Meta(description="Standfirst: the summary shown between headline and body.")]
    authors: Annotated[tuple[Author, ...], Meta(description="Who wrote it, in order.")]
    authors_raw: Annotated[str | None, Meta(description="The byline or the declaration that authors were read from.")]
    published_date: Annotated[
        date | None,
        Meta(
            description="Calendar day, as the page tells it; where it tells only of a change, that day, with a warning."
        ),
    ]
    published_at: Annotated[
        datetime | None, Meta(description="Exact instant (UTC), only where the page gives time and zone.")
    ]
    published_raw: Annotated[str | None, Meta(description="The text the day was read from, as the page has it.")]
    modified_date: Annotated[
        date | None, Meta(description="Calendar day of the last change; never copied from published.")
    ]
    modified_at: Annotated[datetime | None, Meta(description="Instant of the last change (UTC).")]
    modified_raw: Annotated[str | None, Meta(description="The text the day was read from, as the page has it.")]
    section: Annotated[str | None, Meta(description="Section or category.")]
    breadcrumbs: Annotated[tuple[Crumb, ...], Meta(description="The trail, from the home page down.")]
    tags: Annotated[tuple[str, ...], Meta(description="Keywords and topics.")]
    language: Annotated[str | None, Meta(description="BCP 47 tag.")]
    language_source: Annotated[Literal["declared", "detected"] | None, Meta(description="How it is known.")]
    direction: Annotated[Literal["ltr", "rtl"], Meta(description="Writing direction.")]
    text: Annotated[
        str, Meta(description="The body: the texts of its blocks, tables and code included, joined by blank lines.")
    ]
    markdown: Annotated[str, Meta(description="The body as CommonMark, made from blocks.")]
    blocks: Annotated[
        tuple[ContentBlock, ...], Meta(description="The body's blocks, in order; the source of text and markdown.")
    ]
    word_count: Annotated[int, Meta(description="Words in text; Chinese, Japanese and Thai by characters.", ge=0)]
    char_count: Annotated[int, Meta(description="Characters in text.", ge=0)]
    reading_time_min: Annotated[Count | None, Meta(description="Minutes, only as the page states them.")]
    images: Annotated[tuple[Image, ...], Meta(description="Pictures of the article, in order.")]
    embeds: Annotated[tuple[Embed, ...], Meta(description="Videos, posts and the like inside the body.")]
    related: Annotated[tuple[Related, ...], Meta(description="Read-next teasers and inline links to other stories.")]
    removed: Annotated[Removed, Meta(description="What was separated from the body, by label.")]
    access: Annotated[Access, Meta(description="Whether the page is free to read.")]
    access_evidence: Annotated[tuple[str, ...], Meta(description="What access rests on.")]
    pages: Annotated[Pages, Meta(description="Pages of a multi-page article.")]
    content_hash: Annotated[str, Meta(description="Equal where title and text are equal.")]
    near_hash: Annotated[str, Meta(description="64-bit SimHash of the text: near-equal texts differ in few bits.")]
    html_hash: Annotated[str, Meta(description="Equal where the bytes are equal.")]
    confidence: Annotated[
        float, Meta(description="How well text is expected to match the true body: F1, 0 to 1.", ge=0, le=1)
    ]
    method: Annotated[Method, Meta(description="How the body was found.")]
    warnings: Annotated[tuple[Warned, ...], Meta(description="What a careful reader should know.")]
    origin: Annotated[Origin, Meta(description="Where each field came from.")]
    rights: Annotated[Rights, Meta(description="What the publisher declares about reuse.")]
    fetch: Annotated[Fetch, Meta(description="How the page was fetched.")]
    extractor: Annotated[ExtractorInfo, Meta(description="What made this record.")]

    def to_json(self) -> str:
        """Return the record as one line of JSON: every key, fixed order, no line feed."""
        return msgspec.json.encode(self).decode()


LEFT_OUT_OF_LEAN: Final = frozenset({"blocks", "markdown", "origin", "removed"})
"""The bulky fields, which profile lean leaves out."""


class Rejected(Value, frozen=True, kw_only=True):
    """A page that gives no article, and why: one line of rejected-*.jsonl."""

    url: Annotated[str, Meta(description="Address as asked for.")]
    stage: Annotated[Stage, Meta(description="Where it ended.")]
    reason: Annotated[str, Meta(description="One word of the closed list in docs/record.md.")]
    detail: Annotated[str | None, Meta(description="The figures, the rule or the message.")] = None
    final_url: Annotated[str | None, Meta(description="Address after redirects.")] = None
    status: Annotated[int | None, Meta(description="HTTP status, if one was received.")] = None
    duplicate_of: Annotated[str | None, Meta(description="id of the article this repeats.")] = None
    page_type: Annotated[PageType | None, Meta(description="Kind of page, if it was read.")] = None
    source: Annotated[SourceKind | None, Meta(description="Kind of source that named the URL.")] = None
    at: Annotated[datetime | None, Meta(description="When, UTC; null where nothing was fetched.")] = None
