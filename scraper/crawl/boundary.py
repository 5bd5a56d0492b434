"""The page boundary: whatever a page sets off in the extraction ends here, as a rejection of that page."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from scraper.config import QualityConfig
from scraper.crawl.reasons import EXCEPTION
from scraper.model import Article, Page, Rejected
from scraper.pipeline import read_page
from scraper.rules import Rules

T = TypeVar("T")
_LOG = logging.getLogger(__name__)


def read_guarded(page: Page, quality: QualityConfig, *, rules: Rules) -> Article | Rejected:
    """Return what came of a page. Total: a bug gives a rejection with stage `bug`, its traceback in the log."""
    return guard_page(page, lambda: read_page(page, quality, rules=rules))


def guard_page(page: Page, work: Callable[[], T]) -> T | Rejected:
    """Return what the work on a page gives. Total: a bug in it gives a rejection of that page, as above."""
    try:
        return work()
    except Exception as error:
        _LOG.exception("bug while reading %s", page.url)
        return Rejected(
            url=page.url,
            stage="bug",
            reason=EXCEPTION,
            detail=f"{type(error).__name__}: {error}"[:500].encode("utf-8", "backslashreplace").decode("utf-8"),
            final_url=page.final_url,
            status=page.status,
            source=page.source,
            at=page.fetched_at,
        )
