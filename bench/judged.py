#!/usr/bin/env python3
"""Count what the quality checks make of the labelled pages, with the settings of a crawl that configures nothing.

    python bench/judged.py --data PATH
    python bench/judged.py --data PATH --pages                   # also names the articles that are rejected, and why

A page whose label is an article should pass; one of another kind should be rejected, as what it is. A page that has
several of the reasons counts under the first. The shipped model reads, which was trained on these pages.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from scraper.config import QualityConfig
from scraper.model import Page, Rejected
from scraper.pipeline import read_page


class Labelled(NamedTuple):
    """A page and what its label says that it is."""

    folder: str
    id: str
    kind: str
    html: bytes
    url: str


def load(root: Path) -> Iterator[Labelled]:
    """Yield every labelled page."""
    for file in sorted(root.glob("*/truth.jsonl")):
        for truth in map(json.loads, file.open(encoding="utf-8")):
            html = gzip.decompress((file.parent / "html" / f"{truth['id']}.html.gz").read_bytes())
            name = file.parent.name
            url = truth.get("url") or f"https://{name}.example/{truth['id']}"
            yield Labelled(name, truth["id"], truth.get("type") or "article", html, url)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--pages", action="store_true", help="name the articles that are rejected")
    parser.add_argument("--step", type=int, default=1, help="take every N-th page only")
    options = parser.parse_args()
    counts: dict[tuple[str, str], Counter[str]] = {}
    for number, page in enumerate(load(options.data)):
        if number % options.step:
            continue
        result = read_page(Page(url=page.url, final_url=page.url, body=page.html), QualityConfig())
        reason = result.reason if isinstance(result, Rejected) else ""
        counts.setdefault((page.folder, page.kind), Counter())[reason] += 1
        if options.pages and page.kind == "article" and isinstance(result, Rejected):
            print(page.folder, page.id, result.reason, result.detail or "")
    print(f"{'':28}{'pages':>6}{'passed':>8}  rejected as")
    for (folder, kind), reasons in sorted(counts.items()):
        others = ", ".join(f"{reason} {count}" for reason, count in reasons.most_common() if reason)
        print(f"{folder + ', ' + kind:28}{reasons.total():6}{reasons['']:8}  {others}")


if __name__ == "__main__":
    main()
