"""What the crawl and its extraction processes say to each other: msgpack, each message led by its length."""

from __future__ import annotations

import struct
from typing import Final

import msgspec

from scraper.config import QualityConfig
from scraper.model import Page, Rejected, Value
from scraper.rules import Rules
from scraper.sinks import Profile

HEADER: Final = struct.Struct(">I")
READY: Final = b"ready"


class Job(Value, frozen=True, kw_only=True):
    """What a process is told once, at its start."""

    quality: QualityConfig
    profile: Profile
    page_timeout_s: float
    rules: Rules = Rules(by_host={})
    wants_gist: bool = True


class Gist(Value, frozen=True, kw_only=True):
    """What the crawl has to know of an article without reading its line."""

    article_id: str
    own_id: str
    """Its id by the address it was fetched from."""
    canonical_url: str | None = None
    """The address that the page declares as its own."""
    content_hash: str
    signature: bytes = b""
    """MinHash of the text."""
    fields: dict[str, bytes] = msgspec.field(default_factory=dict)
    """Name of a field that matters -> hash of its value: what a revision has changed."""
    published: float | None = None
    """Unix seconds."""
    is_live: bool = False
    text_chars: int = 0
    link_chars: int = 0


class Reply(Value, frozen=True, kw_only=True):
    """What came of a page: an encoded article and its gist, or a rejection."""

    line: bytes = b""
    gist: Gist | None = None
    following: tuple[str, ...] = ()
    """Addresses of the article's further pages, if they were not in what was read."""
    rejected: Rejected | None = None


def frame(message: bytes) -> bytes:
    """Return the message as it goes through the pipe."""
    return HEADER.pack(len(message)) + message


def encode(value: Job | Page | Reply) -> bytes:
    return frame(msgspec.msgpack.encode(value))
