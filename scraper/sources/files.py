"""Saved pages on disk -> Targets with file:// addresses."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from scraper.errors import SourceError
from scraper.model import Target

PAGE_ENDINGS: Final = (".html", ".htm", ".xhtml", ".txt", ".html.gz", ".mhtml", ".mht")
_PARTS_SUFFIX: Final = "_files"
"""A browser saves `story.html` with its pictures and frames in `story_files`: those are no pages."""


def find_saved_pages(path: Path | str) -> Iterator[Target]:
    """Yield a saved page, or the pages in a folder and the folders in it, sorted by name, links not followed.

    A file named here is taken whatever its ending; in a folder those of PAGE_ENDINGS are, but no pipes. A folder
    inside that cannot be opened is yielded as it is, so that it fails at the fetch and is counted.

    Raises SourceError, naming the path, at once if it does not exist or cannot be opened.
    """
    start = Path(path)
    try:
        if not start.is_dir():
            start.stat()
            return iter((_target(start, start),))
        with os.scandir(start):
            return _walk(start)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a path"
        raise SourceError(f"{path}: cannot be read ({reason}).") from error


def _walk(start: Path) -> Iterator[Target]:
    unreadable: list[OSError] = []
    for folder, subfolders, names in os.walk(start, onerror=unreadable.append):
        yield from (_target(Path(error.filename), start) for error in unreadable)
        unreadable.clear()
        subfolders[:] = sorted(name for name in subfolders if not _is_parts(name, names))
        pages = sorted(name for name in names if name.lower().endswith(PAGE_ENDINGS) and not _is_pipe(folder, name))
        yield from (_target(Path(folder, name), start) for name in pages)
    yield from (_target(Path(error.filename), start) for error in unreadable)


def _is_pipe(folder: str, name: str) -> bool:
    """Tell whether a name is that of a pipe: to open one that nobody writes to takes for ever."""
    return Path(folder, name).is_fifo()


def _is_parts(name: str, pages: list[str]) -> bool:
    stem = name.removesuffix(_PARTS_SUFFIX)
    return stem != name and any(stem + ending in pages for ending in PAGE_ENDINGS)


def _target(page: Path, start: Path) -> Target:
    return Target(url=page.absolute().as_uri(), source="file", found_at=str(start))
