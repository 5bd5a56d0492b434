"""An article that is not kept: the one way in which the judges say so."""

from __future__ import annotations

from scraper.model import Article, Rejected


def reject_article(article: Article, reason: str, detail: str) -> Rejected:
    """Return the rejection of an article, with what is known of its page."""
    return Rejected(
        url=article.url,
        stage="judge",
        reason=reason,
        detail=detail,
        final_url=article.final_url,
        status=article.fetch.status,
        page_type=article.page_type,
        source=article.fetch.source,
        at=article.fetch.fetched_at,
    )
