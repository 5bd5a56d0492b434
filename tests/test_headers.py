"""scraper.web.headers: HTTP header fields as values."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.web.headers import (
    binary_type,
    charset_param,
    is_page_type,
    is_resource_type,
    media_type,
    parse_http_date,
    retry_after_s,
)

NOW = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)

TYPES = [
    ("text/html; charset=utf-8", "text/html", True, True),
    ("TEXT/HTML", "text/html", True, True),
    ("text/html, text/plain", "text/html", True, True),
    ("application/xhtml+xml", "application/xhtml+xml", True, True),
    ("text/plain", "text/plain", True, True),
    ("application/rss+xml", "application/rss+xml", False, True),
    ("application/feed+json", "application/feed+json", False, True),
    ("application/x-gzip", "application/x-gzip", False, True),
    ("application/pdf", "application/pdf", False, False),
    ("video/mp4", "video/mp4", False, False),
    ("image/png", "image/png", False, False),
    ("text/css", "text/css", False, True),
    ("html", None, True, True),
    ("", None, True, True),
    (None, None, True, True),
]


@pytest.mark.parametrize(("field", "essence", "page", "resource"), TYPES, ids=[str(row[0]) for row in TYPES])
def test_media_types(field: str | None, essence: str | None, page: bool, resource: bool) -> None:
    """The essence is read, and the gates open for what can hold a page or a feed."""
    assert (media_type(field), is_page_type(field), is_resource_type(field)) == (essence, page, resource)


CHARSETS = [
    ("text/html; charset=utf-8", "utf-8"),
    ('text/html;CHARSET="Shift_JIS"', "Shift_JIS"),
    ("text/html; charset='latin1'", "latin1"),
    ("text/html; charset = utf-8 ", "utf-8"),
    ("text/html; version=1; charset=koi8-r; x=y", "koi8-r"),
    ("text/html; charset=", None),
    ("text/html", None),
    (None, None),
]


@pytest.mark.parametrize(("field", "label"), CHARSETS, ids=[str(row[0]) for row in CHARSETS])
def test_charset_param(field: str | None, label: str | None) -> None:
    """The label comes as it is spelled."""
    assert charset_param(field) == label


WAITS = [
    ("120", 120.0),
    (" 0 ", 0.0),
    ("Wed, 01 May 2024 12:01:30 GMT", 90.0),
    ("Wed, 01 May 2024 14:01:30 +0200", 90.0),
    ("Wednesday, 01-May-24 12:01:30 GMT", 90.0),
    ("Wed May  1 12:01:30 2024", 90.0),
    ("Wed, 01 May 2024 11:00:00 GMT", 0.0),
    ("-5", None),
    ("1.5", None),
    ("soon", None),
    ("", None),
    (None, None),
    ("9" * 40, None),
    ("Wed, 99 May 2024 12:01:30 GMT", None),
]


@pytest.mark.parametrize(("value", "seconds"), WAITS, ids=[str(row[0]) for row in WAITS])
def test_retry_after(value: str | None, seconds: float | None) -> None:
    """Seconds or a date in any of its three forms; nothing else."""
    assert retry_after_s(value, now=NOW) == seconds


@settings(max_examples=100)
@given(st.text())
def test_headers_are_total(text: str) -> None:
    """No header field raises."""
    seconds = retry_after_s(text, now=NOW)
    assert seconds is None or seconds >= 0
    assert parse_http_date(text) is None or parse_http_date(text).tzinfo is UTC  # type: ignore[union-attr]
    assert media_type(text) is None or "/" in str(media_type(text))
    assert charset_param(text) != ""


BINARY = [
    (b"%PDF-1.7\n", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff\xe0", "image/jpeg"),
    (b"\x00\x00\x00\x20ftypisom", "video/mp4"),
    (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
    (b"PK\x03\x04", "application/zip"),
    (b"7z\xbc\xaf\x27\x1c\x00\x04", "application/x-7z-compressed"),
    (b"\xfd7zXZ\x00\x00", "application/x-xz"),
    (b"BZh91AY&SY", "application/x-bzip2"),
    (b"BZh is what we say", None),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "application/msword"),
    (b"II*\x00\x08", "image/tiff"),
    (b"III* a comedy", None),
    (b"\x00\x00\x01\x00\x01\x00", "image/x-icon"),
    (b"fLaC\x00", "audio/flac"),
    (b"FLV\x01\x05", "video/x-flv"),
    (b"\x00\x00\x01\xba", "video/mpeg"),
    (b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (b"SQLite format 3 is a fi", None),
    (b"<!doctype html>", None),
    (b"", None),
    (b"RIFFRAFF of the town", None),
]


@pytest.mark.parametrize(("head", "kind"), BINARY, ids=[repr(row[0]) for row in BINARY])
def test_binary_type(head: bytes, kind: str | None) -> None:
    """Pictures, papers and archives betray themselves by their first bytes."""
    assert binary_type(head) == kind
