"""What one run brought of one host."""

from __future__ import annotations

import msgspec

from scraper.model import Value


class Figures(Value, frozen=True, kw_only=True):
    """Counts and means over the pages of a host in one run."""

    fetched: int = 0
    """Pages that came and were read; what the server said is unchanged does not count."""
    articles: int = 0
    """Those that gave an article."""
    text_chars: float = 0.0
    """Mean length of the articles' texts."""
    fields: dict[str, int] = msgspec.field(default_factory=dict)
    """Name of a field (`title`, `authors`, `date`) -> articles that have it."""
    link_density: float = 0.0
    """Mean share of the articles' text that is links, 0 to 1."""
    rejected: dict[str, int] = msgspec.field(default_factory=dict)
    """Pages that gave none, by reason."""
