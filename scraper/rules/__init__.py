"""What is known of single sites: where their pages keep body, headline, authors and date. Data, checked when read."""

from scraper.rules.reading import load_rules
from scraper.rules.rule import Rule, Rules

__all__ = ["Rule", "Rules", "load_rules"]
