"""Draft -> Article: raw strings become clean values. Pure, total, idempotent."""

from scraper.normalizers.article import Source, normalize_draft

__all__ = ["Source", "normalize_draft"]
