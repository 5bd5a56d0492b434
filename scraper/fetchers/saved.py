"""Pages from disk: saved HTML and text files."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from scraper.errors import FetchError
from scraper.model import Page
from scraper.web.headers import binary_type

_TEXT_SUFFIXES: Final = frozenset({".txt", ".text"})


def read_saved(path: Path, url: str | None = None, *, max_bytes: int) -> Page:
    """Return a saved page. Its address is `url` if one is given, else the file's own; when it was fetched nobody knows.

    The charset is left to the bytes. Raises FetchError: file_unreadable, too_large, content_type.
    """
    address = url or path.absolute().as_uri()
    try:
        with path.open("rb") as file:
            body = file.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise FetchError("file_unreadable", address, why) from error
    if len(body) > max_bytes:
        raise FetchError("too_large", address, f"more than {max_bytes:,} bytes")
    if found := binary_type(body[:16]):
        raise FetchError("content_type", address, f"the file is {found}")
    kind = "text/plain" if path.suffix.lower() in _TEXT_SUFFIXES else "text/html"
    return Page(
        url=address,
        final_url=address,
        body=body,
        headers=(("content-type", kind),),
        source="file",
    )
