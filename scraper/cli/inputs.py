"""What stands on the command line for a page: a file, a folder, an archive, an address, or stdin."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from scraper.config import FetchConfig
from scraper.crawl.pages import saved_path
from scraper.errors import FetchError, SourceError, UsageError
from scraper.fetchers.warc import is_archive
from scraper.model import Target
from scraper.sources.files import find_saved_pages
from scraper.web.urls import host_of, parse_http_url


def check_url(url: str | None) -> None:
    """Raise UsageError for a --url that is no web address."""
    if url is not None and parse_http_url(url) is None:
        raise UsageError(f"--url {url!r} is not a web address: give it whole, beginning with http:// or https://.")


def find_pages(path: str) -> Iterator[Target]:
    """Return the saved pages at a path. Raises SourceError."""
    try:
        return find_saved_pages(path_of(path))
    except SourceError as error:
        if not isinstance(error.__cause__, FileNotFoundError):
            raise
        hint = "" if path.startswith("file://") else "; an address begins with http:// or https://"
        raise SourceError(f"{path}: there is no such file or folder{hint}.") from error


def holds_many(each: str) -> bool:
    """Tell whether it is a folder or an archive."""
    path = path_of(each)
    return is_folder(path) or (not is_address(each) and is_archive(path))


def is_folder(path: Path) -> bool:
    """Tell whether a path is a folder; of one that may not be looked at, nobody knows."""
    try:
        return path.is_dir()
    except OSError:
        return False


def is_address(each: str) -> bool:
    """Tell whether it is an address of the web, or of something else that is not here."""
    return "://" in each and not each.startswith("file://")


def path_of(each: str) -> Path:
    """Return the path that it names, itself or as file://. Raises UsageError for a file:// that names none."""
    try:
        return saved_path(each) if each.startswith("file://") else Path(each)
    except ValueError as error:
        raise UsageError(f"{each}: is no address of a file, such as file:///tmp/page.html ({error}).") from error


def name_of(url: str) -> str:
    """Return what a page is called in a sentence: a saved one by its path from here, another by its address."""
    if not url.startswith("file://"):
        return url
    path, here = saved_path(url), Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def no_page(error: FetchError, given: str = "") -> str:
    """Return in a sentence why there is no page; of an address, `given`, also where it led to, if not there itself."""
    name = given or name_of(error.url)
    if given and error.url not in {given, (parse_http_url(given) or given).partition("#")[0]}:
        name = f"{given}: leads to {error.url}"
    return f"{name}: no page: {error.reason}{f' ({error.detail})' if error.detail else ''}."


def allowing(config: FetchConfig, inputs: tuple[str, ...]) -> FetchConfig:
    """A host named by hand on the command line may be a private one; one that a page leads to may not."""
    named = (host for each in inputs if (host := host_of(each)))
    return msgspec.structs.replace(config, allow_hosts=(*config.allow_hosts, *named))
