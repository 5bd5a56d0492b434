"""Where results go: Article -> line, lines -> files that survive a kill and a full disk."""

from scraper.sinks.lines import Profile, encode_article
from scraper.sinks.output import OutputFolder
from scraper.sinks.schema import article_schema, rejected_schema

__all__ = ["OutputFolder", "Profile", "article_schema", "encode_article", "rejected_schema"]
