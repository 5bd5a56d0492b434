"""What a person looks at: a page beside its record, as one HTML file that loads nothing."""

from __future__ import annotations

from scraper.report.inspection import render_inspection
from scraper.report.values import FieldSaid, Said

__all__ = ["FieldSaid", "Said", "render_inspection"]
