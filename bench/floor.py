#!/usr/bin/env python3
"""Hold the quality reached: compare today's figures with fixtures/floor.json, and fail where one sank by over 0.003.

    python bench/floor.py                                # the project's own fixture pages
    python bench/floor.py --data PATH                    # and every other labelled page
    python bench/floor.py --data PATH --update           # write today's figures as the new floor

The labelled pages are read with the shipped model, which has seen them: the floor tells that a change made something
worse, not how good the extractor is on pages it does not know. For that see bench/quality.py.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scraper import extract
from scraper.model import Article

FIXTURES = Path(__file__).parent.parent / "fixtures"
FLOOR = FIXTURES / "floor.json"
STEP = 2
"""With so many pages none of them alone sinks a figure by more than the tolerance."""
TOLERANCE = 0.003
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")
Figures = dict[str, dict[str, float]]


def words(text: str | None) -> list[str]:
    return _WORD.findall((text or "").lower())


def word_f1(found: str, truth: str) -> float:
    """Return the F1 of two bags of words."""
    a, b = Counter(words(found)), Counter(words(truth))
    both = sum((a & b).values())
    return 2 * both / (sum(a.values()) + sum(b.values())) if both else float(not a and not b)


def figures_of(article: Article, truth: dict[str, Any]) -> Iterator[tuple[str, float]]:
    """Yield (figure, value) for every label the page has."""
    if truth.get("text"):
        yield "text f1", word_f1(article.text, truth["text"])
    if truth.get("title"):
        yield "title", float(words(article.title) == words(truth["title"]))
    if truth.get("authors"):
        found = {" ".join(words(author.name)) for author in article.authors}
        wanted = {" ".join(words(name)) for name in truth["authors"]}
        yield "authors f1", 2 * len(found & wanted) / (len(found) + len(wanted))
    if truth.get("date"):
        yield "date", float(str(article.published_date) == truth["date"][:10])
    for key, name in (("with", "with"), ("without", "kept out")):
        if snippets := truth.get(key):
            text = " ".join(article.text.lower().split())
            share = sum(" ".join(s.lower().split()) in text for s in snippets) / len(snippets)
            yield name, share if key == "with" else 1 - share


def labelled(data: Path, step: int = STEP) -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    """Yield (set, page, truth) of every `step`-th labelled page."""
    for file in sorted(data.glob("*/truth.jsonl")):
        rows = [json.loads(line) for line in file.open(encoding="utf-8")]
        for truth in rows[::step]:
            yield (
                file.parent.name,
                gzip.decompress((file.parent / "html" / f"{truth['id']}.html.gz").read_bytes()),
                truth,
            )


def fixtures() -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    """Yield (set, page, truth) of the fixture pages that are articles."""
    for file in sorted(FIXTURES.glob("site/*/*/expected.json")):
        expected = json.loads(file.read_text(encoding="utf-8"))
        if "text" in expected:
            url = json.loads(file.with_name("meta.json").read_text(encoding="utf-8"))["url"]
            truth = expected | {"url": url, "date": expected.get("published_date")}
            yield "fixtures", file.with_name("page.html").read_bytes(), truth


def measure(pages: Iterator[tuple[str, bytes, dict[str, Any]]]) -> Figures:
    """Return the mean of each figure in each set."""
    values: defaultdict[str, defaultdict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for name, html, truth in pages:
        for figure, value in figures_of(extract(html, truth.get("url")), truth):
            values[name][figure].append(value)
    return {s: {f: round(sum(v) / len(v), 4) for f, v in figures.items()} for s, figures in values.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--update", action="store_true", help="write today's figures as the new floor")
    args = parser.parse_args()
    found = measure(fixtures())
    if args.data and args.data.is_dir():
        found |= measure(labelled(args.data))
    floor: Figures = json.loads(FLOOR.read_text(encoding="utf-8")) if FLOOR.exists() else {}
    if args.update:
        FLOOR.write_text(json.dumps(floor | found, indent=2) + "\n", encoding="utf-8")
    sunk = 0
    for name, figures in found.items():
        for figure, value in figures.items():
            wanted = floor.get(name, {}).get(figure, 0.0)
            low = value < wanted - TOLERANCE
            sunk += low
            print(f"{name:12}{figure:12}{value:8.4f}  floor {wanted:.4f}{'  SUNK' if low else ''}")
    print(f"{sunk} figures sank by more than {TOLERANCE}")
    return int(sunk > 0 and not args.update)


if __name__ == "__main__":
    sys.exit(main())
