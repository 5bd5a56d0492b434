"""The labelled pages: reading them, and folding them so that no site is in two folds."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

from scraper.document import Document
from scraper.model import Page

FOLDS = 5
_FETCHED_AT = datetime(2025, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Labelled:
    """One page with its truth. `domain` is registrable, `fold` a function of it alone."""

    id: str
    set: str
    type: str
    url: str
    domain: str
    fold: int
    text: str | None
    html: Path

    def document(self) -> Document:
        """Decode the page as the pipeline does."""
        page = Page(
            url=self.url, final_url=self.url, body=gzip.decompress(self.html.read_bytes()), fetched_at=_FETCHED_AT
        )
        return Document.from_page(page)


def load_pages(root: Path) -> Iterator[Labelled]:
    """Yield every page of every data set under `root`, in a fixed order."""
    suffixes = PublicSuffixList()
    for file in sorted(root.glob("*/truth.jsonl")):
        for line in file.read_text(encoding="utf-8").rstrip("\n").split("\n"):
            truth = json.loads(line)
            url = truth.get("url") or "https://example.org/"
            host = urlsplit(url).hostname or ""
            domain = suffixes.privatesuffix(host) or host or truth["id"]
            yield Labelled(
                id=truth["id"],
                set=file.parent.name,
                type=truth.get("type", "article"),
                url=url,
                domain=domain,
                fold=hashlib.blake2b(domain.encode(), digest_size=8).digest()[0] % FOLDS,
                text=truth.get("text"),
                html=file.parent / "html" / f"{truth['id']}.html.gz",
            )
