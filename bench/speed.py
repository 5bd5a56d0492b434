#!/usr/bin/env python3
"""Pages a second on one core, whole extraction with all metadata, ours and the peers' in the same run.

    python bench/speed.py --data PATH                              # wcxb-dev articles and fundus-dev
    python bench/speed.py --data PATH --pages 100 --rounds 2

Every system gets the same decompressed pages in the same process, in turn, page by page, so that a busy machine slows
all of them alike; the best of the rounds counts for each page. `parse` is selectolax alone, the limit. Figures are CPU
time. Needs the dependency group `bench`.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from selectolax.lexbor import LexborHTMLParser

System = Callable[[bytes, str | None], object]
SETS = (("wcxb-dev", "article"), ("fundus-dev", None))


def systems() -> dict[str, System]:
    """Return what is measured, by name; a peer that is not installed is left out."""
    from scraper import extract

    found: dict[str, System] = {"scraper": extract, "parse": lambda html, url: LexborHTMLParser(html)}
    try:
        from trafilatura import bare_extraction

        found["trafilatura"] = lambda html, url: bare_extraction(html, url=url, with_metadata=True)
        found["trafilatura fast"] = lambda html, url: bare_extraction(html, url=url, with_metadata=True, fast=True)
        from resiliparse.extract.html2text import extract_plain_text
        from resiliparse.parse.encoding import bytes_to_str, detect_encoding

        found["resiliparse"] = lambda html, url: extract_plain_text(
            bytes_to_str(html, detect_encoding(html)), main_content=True
        )
    except ImportError as e:
        print(f"left out: {e}")
    return found


def load(folder: Path, kind: str | None, limit: int) -> Iterator[tuple[bytes, str | None]]:
    """Yield (page, address) of a data set, every k-th so that about `limit` come."""
    rows = [json.loads(line) for line in (folder / "truth.jsonl").open(encoding="utf-8")]
    rows = [row for row in rows if kind is None or row.get("type", "article") == kind]
    for row in rows[:: max(1, len(rows) // limit) if limit else 1]:
        yield gzip.decompress((folder / "html" / f"{row['id']}.html.gz").read_bytes()), row.get("url")


def measure(pages: list[tuple[bytes, str | None]], tried: dict[str, System], rounds: int) -> dict[str, list[float]]:
    """Return the seconds of CPU each system takes for each page, the best of the rounds."""
    best = {name: [float("inf")] * len(pages) for name in tried}
    for html, url in pages[:3]:
        for extract in tried.values():
            extract(html, url)
    for _ in range(rounds):
        for number, (html, url) in enumerate(pages):
            for name, extract in tried.items():
                start = time.process_time()
                extract(html, url)
                best[name][number] = min(best[name][number], time.process_time() - start)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--pages", type=int, default=0, help="about so many of each set; 0: all")
    parser.add_argument("--rounds", type=int, default=2)
    args = parser.parse_args()
    tried = systems()
    for name, kind in SETS:
        pages = list(load(args.data / name, kind, args.pages))
        best = measure(pages, tried, args.rounds)
        peer = sum(best["trafilatura"]) if "trafilatura" in best else 0.0
        print(
            f"\n{name} {kind or ''}: {len(pages)} pages\n"
            f"{'':18}{'pages/s':>9}{'mean ms':>9}{'max ms':>9}{'x trafilatura':>15}"
        )
        for system, seconds in best.items():
            total = sum(seconds)
            ratio = f"{peer / total:15.2f}" if peer else f"{'-':>15}"
            print(
                f"{system:18}{len(pages) / total:9.1f}{1000 * total / len(pages):9.2f}{1000 * max(seconds):9.0f}{ratio}"
            )


if __name__ == "__main__":
    main()
