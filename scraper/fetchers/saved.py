"""Pages from disk: saved HTML and text files."""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path
from typing import Final

from scraper.errors import FetchError
from scraper.model import Page
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
            is_gzip = file.peek(len(_GZIP_MAGIC)).startswith(_GZIP_MAGIC)
            body = (gzip.GzipFile(fileobj=file) if is_gzip else file).read(max_bytes + 1)
    except (EOFError, zlib.error) as error:
        raise FetchError("file_unreadable", address, f"the gzip file is damaged: {error}") from error
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise FetchError("file_unreadable", address, why) from error
    if len(body) > max_bytes:
        raise FetchError("too_large", address, f"more than {max_bytes:,} bytes")
    if is_mhtml(body):
        return _from_mhtml(address, body, is_named=url is not None)
    if found := binary_type(body[:16]):
        raise FetchError("content_type", address, f"the file is {found}")
    suffix = Path(path.stem).suffix if path.suffix.lower() == ".gz" else path.suffix
    kind = "text/plain" if suffix.lower() in _TEXT_SUFFIXES else "text/html"
    return Page(
        url=address,
        final_url=address,
        body=body,
        headers=(("content-type", kind),),
        source="file",
    )


def _from_mhtml(address: str, body: bytes, *, is_named: bool) -> Page:
    """Return the page of an archive; where the browser had it from is its final address, if nobody names another."""
    part = page_of_mhtml(body)
    if part is None:
        raise FetchError("content_type", address, "the file is an MHTML archive without a page")
    return Page(
        url=address,
        final_url=address if is_named else part.url or address,
        body=part.body,
        headers=(("content-type", part.content_type),),
        source="file",
    )
