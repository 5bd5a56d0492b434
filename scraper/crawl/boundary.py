"""The page boundary: whatever a page sets off in the extraction ends here, as a rejection of that page."""

from __future__ import annotations

import logging

from scraper.config import QualityConfig
from scraper.crawl.reasons import EXCEPTION
from scraper.model import Article, Page, Rejected
from scraper.pipeline import read_page
from scraper.rules import Rules

_LOG = logging.getLogger(__name__)


def read_guarded(page: Page, quality: QualityConfig, *, rules: Rules) -> Article | Rejected:
    """Return what came of a page. Total: a bug gives a rejection with stage `bug`, its traceback in the log."""
    try:
        return read_page(page, quality, rules=rules)
    except Exception as error:
        _LOG.exception("bug while reading %s", page.url)
        return Rejected(
            url=page.url,
            stage="bug",
            reason=EXCEPTION,
            detail=f"{type(error).__name__}: {error}"[:500],
            final_url=page.final_url,
            status=page.status,
            source=page.source,
            at=page.fetched_at,
        )
