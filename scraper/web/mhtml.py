"""Pages that a browser has saved as one file: MHTML, a mail whose first HTML part is the page. Pure.

Source: RFC 2557; https://datatracker.ietf.org/doc/html/rfc2557
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser
from itertools import islice
from typing import Final

from scraper.model import Value
from scraper.web.urls import parse_http_url

_HEAD_CHARS: Final = 8192
_MAX_PARTS: Final = 1000
"""Looked at: the page is the first or one of the first."""
_HEADERS: Final = re.compile(rb"\s*(?:[!-9;-~]+:[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*)+\r?\n")
_HTML: Final = frozenset({"text/html", "application/xhtml+xml"})


class SavedPart(Value, frozen=True, kw_only=True):
    """The page of an archive, out of its transfer encoding."""

    body: bytes
    content_type: str
    url: str | None = None
    """Where the browser had it from."""


def is_mhtml(body: bytes) -> bool:
    """Tell whether a file begins as an archive does: headers alone, which announce parts that belong together."""
    head = _HEADERS.match(body[:_HEAD_CHARS])
    return head is not None and b"multipart/related" in head[0].lower()


def page_of_mhtml(body: bytes) -> SavedPart | None:
    """Return the page of an archive, or None if it holds none. Total, and linear: parts inside parts are not read."""
    try:
        archive = _message(body[:_HEAD_CHARS])
        boundary = archive.get_boundary("").encode()
        parts = map(_message, islice(_parts(body, boundary), _MAX_PARTS)) if boundary else ()
        part = next((part for part in parts if part.get_content_type() in _HTML), None)
        content = part.get_payload(decode=True) if part is not None else None
    except (ValueError, LookupError):  # headers that name what is no charset, or are none
        return None
    if part is None or not isinstance(content, bytes):
        return None
    charset = part.get_content_charset()
    return SavedPart(
        body=content,
        content_type="text/html" + f"; charset={charset}" * bool(charset),
        url=_address(archive, "snapshot-content-location") or _address(part, "content-location"),
    )


def _message(text: bytes) -> Message:
    return BytesParser().parsebytes(text, headersonly=True)


def _parts(body: bytes, boundary: bytes) -> Iterator[bytes]:
    """Yield what stands between the lines that hold the boundary; what stands before the first is no part."""
    line = re.compile(rb"(?:^|\r?\n)--" + re.escape(boundary) + rb"(?:--)?[ \t]*(?:\r?\n|$)")
    begins = None
    for found in line.finditer(body):
        if begins is not None:
            yield body[begins : found.start()]
        begins = found.end()
    if begins is not None:
        yield body[begins:]


def _address(part: Message, header: str) -> str | None:
    value = next((value for name, value in part.raw_items() if name.lower() == header), "")
    return parse_http_url(str(value).encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
