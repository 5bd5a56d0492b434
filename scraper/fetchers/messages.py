"""What is asked and what comes: the kinds of requests, an answer, and what its status means."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from scraper.errors import FetchError, TransientError
from scraper.fetchers.log import RequestKind
from scraper.model import Value
from scraper.web.headers import is_page_type, is_resource_type
from scraper.web.robots import MAX_ROBOTS_BYTES

PARKING_STATUSES: Final = frozenset({429, 503})
"""Facts about the host, not the address."""
TRANSIENT_STATUSES: Final = PARKING_STATUSES | {408, 425, 500, 502, 504}


class Want(Value, frozen=True, kw_only=True):
    """What a request is for: what it asks for, which answers it takes, and how much of them."""

    kind: RequestKind
    accept: str
    takes: Callable[[str | None], bool]
    max_bytes: int | None = None
    """None: the configured cap."""
    is_text: bool = False
    """Bodies that begin like a picture, a PDF or an archive are refused, and unlabelled gzip is inflated."""
    cut: bool = False
    """A longer body is cut, not refused."""
    may_be_built: bool = False
    """Where its site has pages built in a browser, this is one of them."""


PAGE: Final = Want(
    kind="page",
    accept="text/html,application/xhtml+xml;q=0.9,text/plain;q=0.5,*/*;q=0.1",
    takes=is_page_type,
    is_text=True,
    may_be_built=True,
)
RESOURCE: Final = Want(
    kind="resource",
    accept="application/rss+xml,application/atom+xml,application/feed+json,application/xml,text/xml,text/html;q=0.8,"
    "*/*;q=0.5",
    takes=is_resource_type,
    max_bytes=50 * 1024 * 1024,  # https://www.sitemaps.org/protocol.html
)
SECTION: Final = msgspec.structs.replace(RESOURCE, may_be_built=True)
ROBOTS: Final = Want(
    kind="robots", accept="text/plain,*/*;q=0.5", takes=lambda _: True, max_bytes=MAX_ROBOTS_BYTES, cut=True
)


class Validators(Value, frozen=True, kw_only=True):
    """What a server gave to recognise its answer by. Source: RFC 9110, 8.8 and 13.1"""

    etag: str | None = None
    last_modified: str | None = None

    def headers(self) -> dict[str, str]:
        """Return the request headers that ask for the body only if it is another one."""
        named = {"if-none-match": self.etag, "if-modified-since": self.last_modified}
        return {name: value for name, value in named.items() if value and value.isprintable() and value.isascii()}


class Answer(Value, frozen=True, kw_only=True):
    """A complete answer. The body is empty unless the status is 2xx."""

    url: str
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""
    wire_bytes: int = 0
    retry_after_s: float | None = None

    def header(self, name: str) -> str | None:
        """Return the first header of this lower-case name, or None."""
        return next((value for key, value in self.headers if key == name), None)


def checked_status(answer: Answer, *, was_asked_for: bool = False) -> Answer:
    """Return a 2xx answer, or a 304 that validators asked for.

    Raises FetchError(http_status), transient where trying again may help.
    """
    if answer.status == 206:
        raise FetchError("truncated", answer.url, "206: a part of the page, though all of it was asked for", status=206)
    if 200 <= answer.status < 300 or (answer.status == 304 and was_asked_for):
        return answer
    detail = f"{answer.status} {answer.reason}".strip()
    if answer.status in TRANSIENT_STATUSES:
        raise TransientError(
            "http_status", answer.url, detail, status=answer.status, retry_after_s=answer.retry_after_s
        )
    raise FetchError("http_status", answer.url, detail, status=answer.status)
