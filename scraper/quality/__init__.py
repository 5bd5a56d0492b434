"""Article -> Rejected or None: one function a reason. Duplicates are the crawl's business."""

from scraper.quality.judge import REASONS, judge_article

__all__ = ["REASONS", "judge_article"]
