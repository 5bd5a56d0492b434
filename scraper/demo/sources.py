"""Where a crawl of the demo newspaper starts: one source of each kind that speaks HTTP."""

from __future__ import annotations

from scraper.config import SourceConfig


def demo_sources() -> tuple[SourceConfig, ...]:
    """Return the sources of the demo newspaper; together they name every article of it that may be fetched."""
    return (
        SourceConfig(kind="sitemap", url="http://courier.example/"),
        SourceConfig(kind="sitemap", url="http://www.lumen.example/sitemap.xml.gz"),
        SourceConfig(kind="feed", url="http://courier.example/feed.xml"),
        SourceConfig(kind="feed", url="http://ledger.example/atom.xml"),
        SourceConfig(kind="feed", url="http://www.lumen.example/feed.json"),
        SourceConfig(kind="section", url="http://ledger.example/"),
        SourceConfig(
            kind="urls",
            urls=(
                "http://courier.example/2025/04/02/city-budget-libraries?utm_source=letter&utm_medium=email",
                "http://courier.example/2025/04/02/city-budget-libraries/amp",
                "http://courier.example/ferry-news",
                "http://courier.example/private/election-draft",
            ),
        ),
    )
