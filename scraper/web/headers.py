"""What HTTP header fields say, as values."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

PAGE_TYPES: Final = frozenset(
    {"text/html", "application/xhtml+xml", "text/plain", "application/xml", "text/xml", "application/vnd.wap.xhtml+xml"}
)
"""Media types that can hold an article page."""

_RESOURCE_TYPES: Final = PAGE_TYPES | {
    "application/json",
    "application/feed+json",
    "application/gzip",
    "application/x-gzip",
    "application/octet-stream",
    "binary/octet-stream",
    "application/rdf",
}
"""Media types that feeds and sitemaps are served with, right or wrong, besides `text/*`, `*+xml` and `*+json`."""

_CHARSET: Final = re.compile(r"""(?:^|;)\s*charset\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;,"']+))""", re.IGNORECASE)

# Leading bytes of formats that are sometimes sent as text/html. Source: https://mimesniff.spec.whatwg.org/ (6 and 7)
_SIGNATURES: Final = (
    (b"%PDF-", "application/pdf"),
    (b"%!PS-Adobe-", "application/postscript"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"PK\x03\x04", "application/zip"),
    (b"Rar!\x1a\x07", "application/x-rar-compressed"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"\xfd7zXZ\x00", "application/x-xz"),
    (b"BZh91AY&SY", "application/x-bzip2"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"\x00\x00\x01\x00", "image/x-icon"),
    (b"fLaC", "audio/flac"),
    (b"FLV\x01", "video/x-flv"),
    (b"\x00\x00\x01\xba", "video/mpeg"),
    (b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (b"OggS\x00", "application/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"\x7fELF", "application/octet-stream"),
    (b"\x00asm", "application/wasm"),
    (b"wOFF", "font/woff"),
    (b"wOF2", "font/woff2"),
)


def media_type(content_type: str | None) -> str | None:
    """Return the `type/subtype` of a Content-Type field in lower case, or None if there is none.

    Total. Of several values joined by commas the first counts.

    >>> media_type("Text/HTML; charset=utf-8")
    'text/html'
    """
    essence = re.split(r"[;,]", content_type or "", maxsplit=1)[0].strip().lower()
    return essence if re.fullmatch(r"[!#$%&'*+.^_`|~0-9a-z-]+/[!#$%&'*+.^_`|~0-9a-z-]+", essence) else None


def charset_param(content_type: str | None) -> str | None:
    """Return the charset label of a Content-Type field as it is spelled, or None. Total."""
    match = _CHARSET.search(content_type or "")
    return (match[1] or match[2] or match[3] or "").strip() or None if match else None


def is_page_type(content_type: str | None) -> bool:
    """Tell whether this Content-Type may hold an article page; an absent or unreadable one may."""
    essence = media_type(content_type)
    return essence is None or essence in PAGE_TYPES


def is_resource_type(content_type: str | None) -> bool:
    """Tell whether this Content-Type may hold a feed, a sitemap or a list; an absent or unreadable one may."""
    essence = media_type(content_type)
    if essence is None or essence in _RESOURCE_TYPES:
        return True
    return essence.startswith("text/") or essence.endswith(("+xml", "+json"))


def binary_type(head: bytes) -> str | None:
    """Return the media type that the leading bytes of a body betray, if it is one that holds no text.

    Source: https://mimesniff.spec.whatwg.org/
    """
    if head[4:8] == b"ftyp":
        return "video/mp4"
    if head[:4] == b"RIFF" and head[8:12] in {b"WEBP", b"WAVE", b"AVI "}:
        return {b"WEBP": "image/webp", b"WAVE": "audio/wave", b"AVI ": "video/avi"}[head[8:12]]
    return next((name for magic, name in _SIGNATURES if head.startswith(magic)), None)


def retry_after_s(value: str | None, *, now: datetime) -> float | None:
    """Return how long the server asks us to wait, in seconds, or None if it does not say.

    Total: any text is accepted. A date already past reads as 0.0; a negative or fractional number as None.

    Source: RFC 9110, 10.2.3 (delay-seconds or HTTP-date)

    >>> retry_after_s("120", now=datetime(2024, 1, 1, tzinfo=UTC))
    120.0
    """
    text = (value or "").strip()
    if re.fullmatch(r"[0-9]{1,12}", text):
        return float(text)
    at = parse_http_date(text)
    return None if at is None else max(0.0, (at - now).total_seconds())


def parse_http_date(text: str) -> datetime | None:
    """Return the instant (UTC) of an HTTP-date in any of its three forms, or None. Total.

    Source: RFC 9110, 5.6.7
    """
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
