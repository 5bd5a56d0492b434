"""Draft -> Article: raw strings become clean values. Pure, total, idempotent."""

from scraper.normalizers.article import Source, article_id, normalize_draft

__all__ = ["Source", "article_id", "normalize_draft"]
