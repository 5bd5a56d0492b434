"""In the middle: a page read into labelled blocks and raw candidates; and the parts that a record keeps of them."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from scraper.model.page import Rights
from scraper.model.words import Access, BlockType, Count, Label, Method, PageType, Value, WarningCode


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
    number: int | None = None
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
    block: Annotated[
        Count | None,
        Meta(description="Index in `blocks` of its own block; null: it is not among them."),
    ] = None


class Embed(Value, frozen=True, kw_only=True):
    provider: Annotated[str, Meta(description="Registrable name of the host, such as youtube or twitter.")]
    url: Annotated[str, Meta(description="Address of what is embedded.")]
    text: Annotated[str | None, Meta(description="Text shown in its place.")] = None
    block: Annotated[
        Count | None,
        Meta(description="Index in `blocks` of its own block; null: it is not among them."),
    ] = None


class Warned(Value, frozen=True, kw_only=True):
    code: Annotated[WarningCode, Meta(description="What was noticed; the list is below.")]
    field: Annotated[str | None, Meta(description="The field concerned.")] = None
    detail: Annotated[str | None, Meta(description="The figures or values.")] = None


class Draft(Value, frozen=True, kw_only=True):
    """What the extractors read off a page: labelled blocks, and ranked raw candidates for each field."""

    blocks: tuple[Block, ...] = ()
    method: Method = "empty"
    confidence: float = 0.0
    page_type: PageType = "other"
    page_types: dict[PageType, float] = msgspec.field(default_factory=dict)
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
