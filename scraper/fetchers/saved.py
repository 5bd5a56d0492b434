"""Pages from disk: saved HTML and text files."""

from __future__ import annotations

import gzip
import zlib
from io import BytesIO
from pathlib import Path
from typing import Final

from scraper.errors import FetchError
from scraper.fetchers.warc import BEGINS
from scraper.model import Page, SourceKind
from scraper.web.headers import binary_type
from scraper.web.mhtml import is_mhtml, page_of_mhtml

_GZIP_MAGIC: Final = b"\x1f\x8b\x08"
_TEXT_SUFFIXES: Final = frozenset({".txt", ".text"})


def read_saved(path: Path, url: str | None = None, *, max_bytes: int) -> Page:
    """Return a saved page, out of gzip and out of the archive of a browser (MHTML).

    Its address is `url` if one is given, else the file's own; when it was fetched nobody knows.

    The charset is left to the bytes. Raises FetchError: file_unreadable, too_large, content_type.
    """
    address = url or path.absolute().as_uri()
    try:
        with path.open("rb") as file:
            body = file.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise FetchError("file_unreadable", address, why) from error
    suffix = Path(path.stem).suffix if path.suffix.lower() == ".gz" else path.suffix
    kind = "text/plain" if suffix.lower() in _TEXT_SUFFIXES else "text/html"
    return page_of_bytes(body, address, max_bytes=max_bytes, content_type=kind, is_named=url is not None)


def page_of_bytes(
    body: bytes,
    address: str,
    *,
    max_bytes: int,
    content_type: str | None = None,
    is_named: bool = False,
    source: SourceKind = "file",
) -> Page:
    """Return the page that these bytes are, at most one more than `max_bytes` of which were read.

    An archive's page has the address that the browser had it from, unless it `is_named`. Raises FetchError:
    file_unreadable, too_large, content_type.
    """
    body = _unzipped(body, address, max_bytes) if body.startswith(_GZIP_MAGIC) and len(body) <= max_bytes else body
    if len(body) > max_bytes:
        raise FetchError("too_large", address, f"more than {max_bytes:,} bytes")
    if body.startswith(BEGINS):
        raise FetchError("content_type", address, "it is a web archive: give it as a file named .warc or .warc.gz")
    if is_mhtml(body):
        return _from_mhtml(address, body, is_named=is_named, source=source)
    if found := binary_type(body[:16]):
        raise FetchError("content_type", address, f"it is {found}")
    headers = (("content-type", content_type),) if content_type else ()
    return Page(url=address, final_url=address, body=body, headers=headers, source=source)


def _unzipped(body: bytes, address: str, max_bytes: int) -> bytes:
    try:
        return gzip.GzipFile(fileobj=BytesIO(body)).read(max_bytes + 1)
    except (EOFError, OSError, zlib.error) as error:
        raise FetchError("file_unreadable", address, f"the gzip file is damaged: {error}") from error


def _from_mhtml(address: str, body: bytes, *, is_named: bool, source: SourceKind) -> Page:
    """Return the page of an archive; where the browser had it from is its final address, if nobody names another."""
    part = page_of_mhtml(body)
    if part is None:
        raise FetchError("content_type", address, "it is an MHTML archive without a page")
    return Page(
        url=address,
        final_url=address if is_named else part.url or address,
        body=part.body,
        headers=(("content-type", part.content_type),),
        source=source,
    )
