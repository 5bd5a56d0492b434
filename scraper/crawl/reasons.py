"""The reasons for a rejection that the crawl itself gives; those of the other stages stand where they are found."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

DUPLICATE: Final = "duplicate"
SOFT_404: Final = "soft_404"
EXCEPTION: Final = "exception"
CRASH: Final = "crash"
TIMEOUT: Final = "timeout"

JUDGE_REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {DUPLICATE: "Another address gave the same article, or nearly the same text; `duplicate_of` is its id."}
)
BUG_REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        EXCEPTION: "The extraction failed with an exception of our own making; the page is kept in `bugs/`.",
        CRASH: "The page made its extraction process fall over; the page is kept in `bugs/`.",
        TIMEOUT: "The extraction took longer than `crawl.page_timeout_s`; the page is kept in `bugs/`.",
    }
)
