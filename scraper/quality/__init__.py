"""Article -> Rejected or None: one function a reason. Duplicates are the crawl's business."""

from scraper.quality.binary import judge_document
from scraper.quality.judge import DOCUMENT_REASONS, REASONS, judge_article
from scraper.quality.reserved import RESERVED_REASONS, judge_rights

__all__ = ["DOCUMENT_REASONS", "REASONS", "RESERVED_REASONS", "judge_article", "judge_document", "judge_rights"]
