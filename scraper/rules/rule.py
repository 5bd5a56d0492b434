"""A site's rule, and how the one for a page is found."""

from __future__ import annotations

from datetime import date

from scraper.model import Value


class Rule(Value, frozen=True, kw_only=True):
    """Where the pages of one host and its subdomains keep what; all selectors are CSS."""

    host: str
    valid_from: date | None = None
    valid_until: date | None = None
    """First and last day of the page layout that the rule describes; None: no end on that side."""
    body: tuple[str, ...] = ()
    """All text inside what any of these matches is body, all other text is not."""
    drop: tuple[str, ...] = ()
    """Text inside what any of these matches is never body."""
    title: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    """Of these three the first selector that matches counts: its first match, for authors all of them."""

    def holds_on(self, day: date | None) -> bool:
        """Tell whether a page of this day has the layout described; an unknown day counts as today's layout."""
        if day is None:
            return self.valid_until is None
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


class Rules(Value, frozen=True, kw_only=True):
    """All rules, by host; the rules of one host in the order in which they are asked."""

    by_host: dict[str, tuple[Rule, ...]]

    def find(self, host: str, day: date | None) -> Rule | None:
        """Return the rule for a page: the nearest host's, `a.b.example` before `b.example`, that holds on its day."""
        labels = host.lower().split(".")
        for start in range(len(labels)):
            for rule in self.by_host.get(".".join(labels[start:]), ()):
                if rule.holds_on(day):
                    return rule
        return None
