#!/usr/bin/env python3
"""Extract the labelled pages twice, the body by the block model and by trafilatura, and show `scraper diff` of the two.

    python bench/backed.py --data PATH
    python bench/backed.py --data PATH --out FOLDER              # keeps both files, to ask `scraper diff` more

Both read a page with the same code but for the choice of the body's runs: on every page that the gate calls an
article trafilatura's precision mode is asked, as it is where the model is unsure (about one article in a hundred).
Other pages are left out, for trafilatura is never asked there.
"""

from __future__ import annotations

import argparse
import gzip
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

from scraper import Article, extract
from scraper.extractors import body

_ALWAYS = 2.0
"""No page is expected to do so well."""


def pages(root: Path) -> Iterator[tuple[bytes, str]]:
    """Yield (page, address) of every labelled page; one without an address gets one of its own."""
    for file in sorted(root.glob("*/truth.jsonl")):
        for truth in map(json.loads, file.open(encoding="utf-8")):
            html = (file.parent / "html" / f"{truth['id']}.html.gz").read_bytes()
            yield gzip.decompress(html), f"https://{file.parent.name}.example/{truth['id']}"


def by_trafilatura(html: bytes, url: str) -> Article:
    """Return the record whose body is what trafilatura chose."""
    with patch.object(body, "ASK_BELOW", _ALWAYS):
        return extract(html, url=url)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, help="keep the records here")
    parser.add_argument("--step", type=int, default=1, help="take every N-th page only")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        folder = options.out or Path(passing)
        folder.mkdir(parents=True, exist_ok=True)
        files = [folder / "trafilatura.jsonl", folder / "model.jsonl"]
        with files[0].open("w", encoding="utf-8") as theirs, files[1].open("w", encoding="utf-8") as ours:
            for number, (html, url) in enumerate(pages(options.data)):
                if number % options.step:
                    continue
                article = extract(html, url=url)
                if article.page_type in {"article", "live_blog"}:
                    ours.write(article.to_json() + "\n")
                    theirs.write(by_trafilatura(html, url).to_json() + "\n")
        subprocess.run([sys.executable, "-m", "scraper", "diff", *map(str, files), "--samples", "0"], check=False)


if __name__ == "__main__":
    main()
