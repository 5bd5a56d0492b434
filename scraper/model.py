"""The nouns of the package: frozen values, no IO, nothing computed.

`Article` is the record that the JSONL holds. Its fields, their order and their descriptions are said here and
nowhere else: the JSON Schema (`scraper schema`) and docs/record.md are made from this module.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final, Literal, get_args

import msgspec
from msgspec import Meta

SCHEMA_VERSION: Final = "1.0"

PageType = Literal[
    "article", "live_blog", "forum", "product", "collection", "listing", "documentation", "service", "other"
]
BlockType = Literal["heading", "paragraph", "list_item", "quote", "code", "table", "image", "embed", "live_entry"]
Label = Literal[
    "body",
    "heading",
    "lead",
    "byline",
    "dateline",
    "caption",
    "breadcrumb",
    "teaser",
    "ad",
    "navigation",
    "share",
    "newsletter",
    "consent",
    "comment",
    "paywall",
    "footer",
    "other",
]
Method = Literal["blocks", "trafilatura", "jsonld", "rule", "plain_text", "empty"]
Access = Literal["free", "metered", "paid", "unknown"]
SourceKind = Literal["list", "feed", "sitemap", "section", "file", "command", "page"]
Stage = Literal["source", "fetch", "document", "extract", "normalize", "judge", "bug"]
WarningCode = Literal[
    "body_empty",
    "body_short",
    "body_from_jsonld",
    "body_disagrees",
    "title_missing",
    "title_disagrees",
    "date_disagrees",
    "published_from_modified",
    "date_in_future",
    "authors_disagree",
    "charset_guessed",
    "replacement_characters",
    "mojibake_repaired",
    "markup_in_text",
    "jsonld_broken",
    "page_truncated",
    "too_many_nodes",
    "too_deep",
    "too_many_attributes",
    "canonical_other_site",
    "canonical_shared",
    "language_disagrees",
    "rule_missed",
    "pages_missing",
]
Count = Annotated[int, Meta(ge=0)]
Ordinal = Annotated[int, Meta(ge=1)]
LABELS: Final[tuple[Label, ...]] = get_args(Label)


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all values: immutable, compared by content."""


# --- on the way in ---------------------------------------------------------------------------------------


class Target(Value, frozen=True, kw_only=True):
    """An address somebody wants fetched, and what its source already said about it."""

    url: str
    source: SourceKind
    found_at: str | None = None
    """The feed, sitemap, section or list that named it."""
    depth: int = 0
    title: str | None = None
    published: str | None = None
    modified: str | None = None
    """`lastmod` or `updated`, as printed: hints, never facts."""


class Rights(Value, frozen=True, kw_only=True):
    robots_meta: Annotated[str | None, Meta(description="Content of meta robots, as printed.")] = None
    x_robots_tag: Annotated[str | None, Meta(description="X-Robots-Tag header, as sent.")] = None
    tdm_reservation: Annotated[int | None, Meta(description="TDM reservation: 1 reserved, 0 not.")] = None
    tdm_policy: Annotated[str | None, Meta(description="Address of the TDM policy.")] = None


class Page(Value, frozen=True, kw_only=True):
    """What a fetch brought: the bytes of one page, inflated, and how they came."""

    url: str
    """As asked."""
    final_url: str
    """After redirects."""
    body: bytes
    fetched_at: datetime | None = None
    """With zone UTC; None where nothing was fetched."""
    status: int | None = None
    """Of the HTTP answer; None where nothing was fetched."""
    headers: tuple[tuple[str, str], ...] = ()
    """Names in lower case."""
    redirects: tuple[str, ...] = ()
    source: SourceKind = "command"
    found_at: str | None = None
    hint_title: str | None = None
    hint_published: str | None = None
    site_rights: Rights = Rights()
    """What the host declares for this address beside the page itself (tdmrep.json)."""
    skip_reserved: bool = False
    """Whether the operator leaves pages alone whose publisher reserves their use."""
    following: tuple[Page, ...] = ()
    """Other pages of the same article, in any order."""

    def header(self, name: str) -> str | None:
        """Return the first header of this lower-case name, or None."""
        return next((value for key, value in self.headers if key == name), None)


class Exchanged(Value, frozen=True, kw_only=True):
    """A request and its answer as they went over the wire, for an archive.

    Headers that the operator has set, cookies and logins are not there: they may be secrets.
    """

    url: str
    at: datetime
    method: Literal["GET", "POST"] = "GET"
    sent_headers: tuple[tuple[str, str], ...] = ()
    sent_body: bytes = b""
    status: int
    reason: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    """Names in lower case."""
    body: bytes = b""
    """Still in its Content-Encoding."""
    truncated: Literal["length", "unspecified"] | None = None
    """Why the body is not there in full."""


# --- in the middle ---------------------------------------------------------------------------------------


class Link(Value, frozen=True, kw_only=True):
    """A link inside a block; `url` is absolute."""

    text: Annotated[str, Meta(description="The linked words.")]
    url: Annotated[str, Meta(description="Where they lead, absolute.")]


class Block(Value, frozen=True, kw_only=True):
    """One block of the page with the label it was given. Every visible text of the page is in exactly one."""

    index: int
    label: Label
    type: BlockType
    text: str
    level: int | None = None
    links: tuple[Link, ...] = ()
    score: float = 0.0
    """How sure the body classifier is that this is body, 0 to 1."""
    reasons: tuple[str, ...] = ()
    path: str = ""
    """CSS path from the root to the block's element, `body > main > p:nth-of-type(2)`; only where it was asked for."""


class Candidate(Value, frozen=True, kw_only=True):
    """A raw value for one field and where it was found (`jsonld.headline`, `meta.og:title`, `dom` ...)."""

    value: str
    origin: str


class Name(Value, frozen=True, kw_only=True):
    """A raw author name, with what the page says of it."""

    name: str
    url: str | None = None
    type: Literal["person", "organization"] | None = None


class Byline(Value, frozen=True, kw_only=True):
    """The authors as one place of the page names them."""

    names: tuple[Name, ...]
    origin: str
    raw: str | None = None


class Crumb(Value, frozen=True, kw_only=True):
    name: Annotated[str, Meta(description="Name of the step, as shown.")]
    url: Annotated[str | None, Meta(description="Where it leads.")] = None


class Related(Value, frozen=True, kw_only=True):
    title: Annotated[str, Meta(description="Title of the other story.")]
    url: Annotated[str | None, Meta(description="Its address.")] = None
    section: Annotated[str | None, Meta(description="Its section, where the teaser shows one.")] = None
    summary: Annotated[str | None, Meta(description="The teaser's blurb.")] = None
    place: Annotated[
        Literal["inline", "tail", "sidebar"],
        Meta(description="Inside the body, after it, or beside or before it."),
    ] = "tail"


class Image(Value, frozen=True, kw_only=True):
    url: Annotated[str, Meta(description="The best source offered, absolute.")]
    role: Annotated[Literal["lead", "inline"], Meta(description="Above the body, or within it.")] = "inline"
    alt: Annotated[str | None, Meta(description="Alternative text, without markup left-overs.")] = None
    caption: Annotated[str | None, Meta(description="Caption as shown.")] = None
    credit: Annotated[str | None, Meta(description="Photographer or agency.")] = None
    width: Annotated[Count | None, Meta(description="Declared width in pixels.")] = None
    height: Annotated[Count | None, Meta(description="Declared height in pixels.")] = None
    block: Annotated[Count | None, Meta(description="Index in `blocks` of the block it stands before.")] = None


class Embed(Value, frozen=True, kw_only=True):
    provider: Annotated[str, Meta(description="Registrable name of the host, such as youtube or twitter.")]
    url: Annotated[str, Meta(description="Address of what is embedded.")]
    text: Annotated[str | None, Meta(description="Text shown in its place.")] = None
    block: Annotated[Count | None, Meta(description="Index in `blocks` of the block it stands before.")] = None


class Warned(Value, frozen=True, kw_only=True):
    code: Annotated[WarningCode, Meta(description="What was noticed.")]
    field: Annotated[str | None, Meta(description="The field concerned.")] = None
    detail: Annotated[str | None, Meta(description="The figures or values.")] = None


class Draft(Value, frozen=True, kw_only=True):
    """What the extractors read off a page: labelled blocks, and ranked raw candidates for each field."""

    blocks: tuple[Block, ...] = ()
    method: Method = "empty"
    confidence: float = 0.0
    page_type: PageType = "other"
    page_types: dict[PageType, float] = {}
    """How likely the page is of each type, as the model alone sees it."""
    site_rule: str | None = None
    """Host of the site rule that had a say."""
    title: tuple[Candidate, ...] = ()
    subtitle: tuple[Candidate, ...] = ()
    lead: tuple[Candidate, ...] = ()
    authors: tuple[Byline, ...] = ()
    published: tuple[Candidate, ...] = ()
    modified: tuple[Candidate, ...] = ()
    section: tuple[Candidate, ...] = ()
    tags: tuple[str, ...] = ()
    language: tuple[Candidate, ...] = ()
    direction: str | None = None
    site_name: tuple[Candidate, ...] = ()
    canonical_url: tuple[Candidate, ...] = ()
    reading_time: tuple[Candidate, ...] = ()
    breadcrumbs: tuple[Crumb, ...] = ()
    breadcrumbs_origin: str | None = None
    tags_origin: str | None = None
    images: tuple[Image, ...] = ()
    embeds: tuple[Embed, ...] = ()
    related: tuple[Related, ...] = ()
    page_urls: tuple[str, ...] = ()
    """Addresses of the other pages of a multi-page article, in order."""
    pages_before: int = 0
    """How many of them come before this page."""
    joined_urls: tuple[str, ...] = ()
    """Those of them whose body is in `blocks`."""
    access: Access = "unknown"
    access_evidence: tuple[str, ...] = ()
    rights: Rights = Rights()
    warnings: tuple[Warned, ...] = ()


# --- on the way out --------------------------------------------------------------------------------------


class Author(Value, frozen=True, kw_only=True):
    name: Annotated[str, Meta(description="Cleaned name.")]
    type: Annotated[Literal["person", "organization"], Meta(description="schema.org's Person or Organization.")]
    url: Annotated[str | None, Meta(description="The author's page.")] = None


class ContentBlock(Value, frozen=True, kw_only=True):
    type: Annotated[BlockType, Meta(description="What kind of block.")]
    text: Annotated[str, Meta(description="Its text; a table's cells joined by tabs, rows by line feeds.")]
    level: Annotated[Ordinal | None, Meta(description="1 to 6 for headings; nesting for list items.")] = None
    links: Annotated[tuple[Link, ...], Meta(description="Links in it, in order.")] = ()
    confidence: Annotated[float | None, Meta(description="Probability that it is body, 0 to 1.")] = None


class Removed(Value, frozen=True, kw_only=True):
    """How many blocks of each label were separated from the body."""

    heading: int = 0
    lead: int = 0
    byline: int = 0
    dateline: int = 0
    caption: int = 0
    breadcrumb: int = 0
    teaser: int = 0
    ad: int = 0
    navigation: int = 0
    share: int = 0
    newsletter: int = 0
    consent: int = 0
    comment: int = 0
    paywall: int = 0
    footer: int = 0
    other: int = 0
    words: Annotated[int, Meta(description="Words in all of them together.")] = 0


class Pages(Value, frozen=True, kw_only=True):
    count: Annotated[int, Meta(description="Pages the article has, as far as known.", ge=1)] = 1
    urls: Annotated[
        tuple[str, ...], Meta(description="Their addresses, in order, the first page's first; empty for one page.")
    ] = ()
    truncated: Annotated[bool, Meta(description="True if not all of them are joined here.")] = False


class Origin(Value, frozen=True, kw_only=True):
    """Where each field's value came from: `jsonld.headline`, `meta.og:title`, `dom`, `rule`, `feed`, `url` ..."""

    title: str | None = None
    subtitle: str | None = None
    lead: str | None = None
    authors: str | None = None
    published: str | None = None
    modified: str | None = None
    section: str | None = None
    breadcrumbs: str | None = None
    tags: str | None = None
    language: str | None = None
    site_name: str | None = None
    canonical_url: str | None = None
    reading_time: str | None = None
    text: str | None = None


class Fetch(Value, frozen=True, kw_only=True):
    fetched_at: Annotated[
        datetime | None, Meta(description="When the bytes arrived, UTC; null where nothing was fetched.")
    ] = None
    status: Annotated[int | None, Meta(description="HTTP status; null where nothing was fetched.")] = None
    content_type: Annotated[str | None, Meta(description="Content-Type header, as sent.")] = None
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
    """One article, as it stands in one line of articles.jsonl."""

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
    changed_fields: Annotated[tuple[str, ...], Meta(description="Fields that differ from the revision before.")] = ()
    page_type: Annotated[PageType, Meta(description="Kind of page. A crawl keeps articles unless told otherwise.")]
    url: Annotated[str, Meta(description="Address as asked for; a saved page's is file://.")]
    final_url: Annotated[str, Meta(description="Address after redirects.")]
    canonical_url: Annotated[str | None, Meta(description="As the page declares it, on the same site only.")]
    domain: Annotated[
        str | None, Meta(description="Registrable domain of final_url, or of the address that a saved page declares.")
    ]
    site_name: Annotated[str | None, Meta(description="The publisher's name.")]
    title: Annotated[str | None, Meta(description="Headline, without the site's suffix.")]
    subtitle: Annotated[str | None, Meta(description="Secondary headline (dek).")]
    lead: Annotated[str | None, Meta(description="Standfirst: the summary shown between headline and body.")]
    authors: Annotated[tuple[Author, ...], Meta(description="Bylines, cleaned, in order.")]
    authors_raw: Annotated[str | None, Meta(description="Byline as printed.")]
    published_date: Annotated[
        date | None,
        Meta(
            description="Calendar day, as the page tells it; where it tells only of a change, that day, with a warning."
        ),
    ]
    published_at: Annotated[
        datetime | None, Meta(description="Exact instant (UTC), only where the page gives time and zone.")
    ]
    published_raw: Annotated[str | None, Meta(description="As printed.")]
    modified_date: Annotated[
        date | None, Meta(description="Calendar day of the last change; never copied from published.")
    ]
    modified_at: Annotated[datetime | None, Meta(description="Instant of the last change (UTC).")]
    modified_raw: Annotated[str | None, Meta(description="As printed.")]
    section: Annotated[str | None, Meta(description="Section or category.")]
    breadcrumbs: Annotated[tuple[Crumb, ...], Meta(description="The trail, from the home page down.")]
    tags: Annotated[tuple[str, ...], Meta(description="Keywords and topics.")]
    language: Annotated[str | None, Meta(description="BCP 47 tag.")]
    language_source: Annotated[Literal["declared", "detected"] | None, Meta(description="How it is known.")]
    direction: Annotated[Literal["ltr", "rtl"], Meta(description="Writing direction.")]
    text: Annotated[
        str, Meta(description="The body: paragraphs, headings, list items and quotes, joined by blank lines.")
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
    confidence: Annotated[float, Meta(description="Expected F1 of text, 0 to 1.", ge=0, le=1)]
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
    """A page that gives no article, and why: one line of rejected.jsonl."""

    url: Annotated[str, Meta(description="Address as asked for.")]
    stage: Annotated[Stage, Meta(description="Where it ended.")]
    reason: Annotated[str, Meta(description="One word of a closed list; see docs/record.md.")]
    detail: Annotated[str | None, Meta(description="The figures, the rule or the message.")] = None
    final_url: Annotated[str | None, Meta(description="Address after redirects.")] = None
    status: Annotated[int | None, Meta(description="HTTP status, if one was received.")] = None
    duplicate_of: Annotated[str | None, Meta(description="id of the article this repeats.")] = None
    page_type: Annotated[PageType | None, Meta(description="Kind of page, if it was read.")] = None
    source: Annotated[SourceKind | None, Meta(description="Kind of source that named the URL.")] = None
    at: Annotated[datetime | None, Meta(description="When, UTC; null where nothing was fetched.")] = None
