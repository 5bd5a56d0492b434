"""Pages out of web archives: the answers of a WARC file that a page can be read from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from scraper.errors import FetchError
from scraper.fetchers.decode import BodyDecoder
from scraper.fetchers.warc import Answered, Flaw, read_answers
from scraper.model import Page
from scraper.web.headers import binary_type, media_type
from scraper.web.urls import parse_http_url

_HTML: Final = frozenset({"text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml"})
_CHUNK_LINE: Final = re.compile(rb"[ \t]*([0-9a-fA-F]{1,8})[ \t]*(?:;[^\n]*)?\r?\n")
_UNREADABLE: Final = "file_unreadable"


def read_archived(path: Path, *, max_bytes: int) -> Iterator[Page | FetchError]:
    """Yield the pages of an archive, in order: its answers of status 200 that are HTML by their Content-Type.

    A page that cannot be read is a FetchError in its place, and so is what is damaged: the rest follows. Bodies are
    decoded as those of fetched pages are, and held to `max_bytes`. Raises FetchError(file_unreadable).
    """
    address = path.absolute().as_uri()
    try:
        for found in read_answers(path, _is_page, max_body_bytes=max_bytes):
            try:
                yield _flaw(found, address) if isinstance(found, Flaw) else _page(found, max_bytes)
            except FetchError as error:
                yield error
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise FetchError(_UNREADABLE, address, why) from error


def _flaw(flaw: Flaw, address: str) -> FetchError:
    then = "nothing after it can be read" if flaw.until is None else f"reading goes on at byte {flaw.until:,}"
    return FetchError(_UNREADABLE, address, f"the record at byte {flaw.place:,} is damaged: {flaw.reason}; {then}")


def _is_page(answered: Answered) -> bool:
    return answered.status == 200 and media_type(answered.header("content-type")) in _HTML


def _page(answered: Answered, max_bytes: int) -> Page:
    """Return the page of an answer. Raises FetchError: bad_url, truncated, too_large, bad_encoding, content_type."""
    named = answered.fields.get("warc-target-uri", "").strip("<>")
    url = parse_http_url(named)
    if url is None:
        raise FetchError("bad_url", named, "the archive has it as the address of a page")
    if cut := answered.fields.get("warc-truncated"):
        raise FetchError("truncated", url, f"the archive has a part of it alone ({cut})")
    if answered.body is None:
        raise FetchError("too_large", url, f"{answered.length:,} bytes, more than {max_bytes:,}")
    body = answered.body
    if "chunked" in (answered.header("transfer-encoding") or "").lower():
        body = _joined_chunks(body, url)
    encoding = ",".join(value for name, value in answered.headers if name == "content-encoding")
    decoder = BodyDecoder(encoding, url, max_bytes, unlabelled_gzip=True)
    decoder.feed(body)
    body = decoder.finish()
    if found := binary_type(body[:16]):
        raise FetchError("content_type", url, f"the body is {found}, whatever its label says")
    return Page(
        url=url,
        final_url=url,
        body=body,
        fetched_at=_instant(answered.fields.get("warc-date", "")),
        status=answered.status,
        headers=answered.headers,
    )


def _joined_chunks(body: bytes, url: str) -> bytes:
    """Return a chunked body as one; what has no chunks, whatever its label says, as it is. Raises FetchError.

    Source: RFC 9112, 7.1
    """
    pieces, at = list[bytes](), 0
    while chunk := _CHUNK_LINE.match(body, at):
        size = int(chunk[1], 16)
        if size == 0:
            return b"".join(pieces)
        pieces.append(body[chunk.end() : chunk.end() + size])
        at = chunk.end() + size
        at += 2 if body.startswith(b"\r\n", at) else 1
    if pieces:
        raise FetchError("truncated", url, "the last chunk is not there")
    return body


def _instant(text: str) -> datetime | None:
    """Return the instant that a WARC-Date tells, in UTC; None for one that tells none. Total."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
