"""Target -> Page: all network input, and the reading of saved pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scraper.fetchers.http import HttpFetcher

__all__ = ["HttpFetcher"]


def __getattr__(name: str) -> object:
    """Load HttpFetcher when it is asked for: reading saved pages needs no HTTP library."""
    if name == "HttpFetcher":
        from scraper.fetchers.http import HttpFetcher

        return HttpFetcher
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
