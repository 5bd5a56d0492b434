"""The peer of bench/crawl.py: a Scrapy sitemap spider that gives each page to trafilatura, settings as a user would."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import trafilatura
from scrapy.crawler import CrawlerProcess
from scrapy.http import Response
from scrapy.spiders import SitemapSpider


class Articles(SitemapSpider):  # type: ignore[misc]
    """Follow the sitemaps and yield what trafilatura reads off each page, with metadata."""

    name = "articles"

    def parse(self, response: Response, **_: Any) -> Iterator[dict[str, Any]]:
        found = trafilatura.bare_extraction(response.body, url=response.url, with_metadata=True)
        if found is not None:
            yield {key: value for key, value in found.as_dict().items() if isinstance(value, (str, list, type(None)))}


def main(out: str, sitemaps: list[str]) -> None:
    process = CrawlerProcess({
        "FEEDS": {out: {"format": "jsonlines"}},
        "ROBOTSTXT_OBEY": True,
        "CONCURRENT_REQUESTS": 64,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "DOWNLOAD_DELAY": 0,
        "LOG_LEVEL": "ERROR",
        "TELNETCONSOLE_ENABLED": False,
    })  # fmt: skip
    process.crawl(Articles, sitemap_urls=sitemaps)
    process.start()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
