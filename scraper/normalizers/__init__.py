"""Draft -> Article: raw strings become clean values. Pure, total, idempotent."""

from scraper.normalizers.article import article_id, normalize_draft
from scraper.normalizers.source import Source

__all__ = ["Source", "article_id", "normalize_draft"]
