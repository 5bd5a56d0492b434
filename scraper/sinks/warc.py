"""Requests and answers as WARC records: gzip, a member each, for archives and their tools.

Bodies stand there as they came over the wire, in their Content-Encoding. What is not there any more is the chunking
that carried them: a Transfer-Encoding, and a Content-Length that is not the record's, are kept under names that begin
with `x-crawler-`, as Common Crawl does it.

Source: https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from scraper.model import Exchanged
from scraper.version import VERSION

_GZIP_LEVEL: Final = 6
_PROFILE: Final = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_CONFORMS_TO: Final = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
_KEPT_ASIDE: Final = "x-crawler-"
_BLANK: Final = str.maketrans("\r\n", "  ")

Headers = Iterable[tuple[str, str]]
NewId = Callable[[], str]


def new_id() -> str:
    """Return a name that no other record has."""
    return f"<{uuid.uuid4().urn}>"


def encode_info(file: str, at: datetime, *, new_id: NewId = new_id) -> bytes:
    """Return the record that begins a file."""
    fields = {"software": f"article-scraper/{VERSION}", "format": "WARC File Format 1.1", "conformsTo": _CONFORMS_TO}
    block = "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode()
    return _record("warcinfo", new_id(), at, block, kind="application/warc-fields", more=[("WARC-Filename", file)])


def encode_exchange(exchanged: Exchanged, *, new_id: NewId = new_id) -> bytes:
    """Return an answer and its request as two records: `response`, or `revisit` where nothing has changed (304).

    What tells who we are to a site is left out: see `Exchanged`.
    """
    answer_id, at = new_id(), exchanged.at
    target = ("WARC-Target-URI", exchanged.url)
    more = [target]
    if exchanged.status == 304:
        more.append(("WARC-Profile", _PROFILE))
    elif exchanged.truncated:
        more.append(("WARC-Truncated", exchanged.truncated))
    answer = _record(
        "revisit" if exchanged.status == 304 else "response",
        answer_id,
        at,
        _answer_head(exchanged) + exchanged.body,
        kind="application/http;msgtype=response",
        more=more,
        payload=None if exchanged.status == 304 else exchanged.body,
    )
    asked = _record(
        "request",
        new_id(),
        at,
        _request_head(exchanged) + exchanged.sent_body,
        kind="application/http;msgtype=request",
        more=[target, ("WARC-Concurrent-To", answer_id)],
    )
    return answer + asked


def _record(
    what: str, record_id: str, at: datetime, block: bytes, *, kind: str, more: Headers, payload: bytes | None = None
) -> bytes:
    fields = [
        ("WARC-Type", what),
        ("WARC-Record-ID", record_id),
        ("WARC-Date", f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"),
        *more,
        ("WARC-Block-Digest", _digest(block)),
        *([("WARC-Payload-Digest", _digest(payload))] if payload is not None else []),
        ("Content-Type", kind),
        ("Content-Length", str(len(block))),
    ]
    return gzip.compress(_head("WARC/1.1", fields) + block + b"\r\n\r\n", _GZIP_LEVEL, mtime=0)


def _head(first: str, fields: Headers) -> bytes:
    lines = [first, *(f"{name}: {value}" for name, value in fields)]
    return ("\r\n".join(line.translate(_BLANK) for line in lines) + "\r\n\r\n").encode("utf-8", "replace")


def _answer_head(exchanged: Exchanged) -> bytes:
    length = str(len(exchanged.body))
    fields = []
    for name, value in exchanged.headers:
        is_carried = name == "transfer-encoding" or (name == "content-length" and value.strip() != length)
        fields.append((_KEPT_ASIDE + name if is_carried and exchanged.status != 304 else name, value))
    if exchanged.status != 304 and not any(name == "content-length" for name, _ in fields):
        fields.append(("content-length", length))
    return _head(f"HTTP/1.1 {exchanged.status} {exchanged.reason}".rstrip(), fields)


def _request_head(exchanged: Exchanged) -> bytes:
    parts = urlsplit(exchanged.url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    fields = [("host", parts.netloc.rpartition("@")[2]), *exchanged.sent_headers]
    if exchanged.sent_body:
        fields.append(("content-length", str(len(exchanged.sent_body))))
    return _head(f"{exchanged.method} {path} HTTP/1.1", fields)


def _digest(content: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(content, usedforsecurity=False).digest()).decode()
