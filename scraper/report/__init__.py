"""What a person looks at, as one HTML file that loads nothing: a page beside its record, or the runs of a crawl."""

from __future__ import annotations

from scraper.report.inspection import render_inspection
from scraper.report.run_report import render_crawl_report
from scraper.report.run_values import (
    AlarmShown,
    CauseShown,
    CrawlReport,
    HostShown,
    LatencyShown,
    PolitenessShown,
    RecordsShown,
    RunShown,
    SourceShown,
    StoryShown,
)
from scraper.report.values import FieldSaid, Said

__all__ = [
    "AlarmShown",
    "CauseShown",
    "CrawlReport",
    "FieldSaid",
    "HostShown",
    "LatencyShown",
    "PolitenessShown",
    "RecordsShown",
    "RunShown",
    "Said",
    "SourceShown",
    "StoryShown",
    "render_crawl_report",
    "render_inspection",
]
