"""On the way in: what is wanted, what was sent, what came."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from scraper.model.words import SourceKind, Value


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
    x_robots_tag: Annotated[str | None, Meta(description="X-Robots-Tag headers, as sent, joined by commas.")] = None
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
    moved_to: str | None = None
    """Where the redirects at the beginning lead that are for good."""
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
