#!/usr/bin/env python3
"""Measure title, authors and date as readers alone see them: what pages tell machines is hidden from the extractor.

    python bench/shown.py --data PATH

JSON-LD, meta elements and attributes of microdata and RDFa are cut out of the articles' pages. Most sites have them;
where one lacks them this reading is all there is. Each page is read with them and without, and without by trafilatura.
The shipped model has seen these pages, and some rules were written after reading where this bench fails.
"""

from __future__ import annotations

import argparse
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from floor import figures_of, labelled
from trafilatura import bare_extraction

from scraper import extract

FIGURES = ("title", "authors f1", "date")
_JSON_LD = re.compile(rb"<script[^>]*ld\+json[^>]*>.*?</script>", re.S | re.I)
_META = re.compile(rb"<meta\b(?=[^>]*\b(?:name|property|itemprop)\s*=)(?![^>]*charset)[^>]*>", re.I)
_ATTRIBUTES = re.compile(rb"\b(?:itemprop|property|typeof|itemtype)\s*=", re.I)


def hidden(html: bytes) -> bytes:
    """Return the page without what it tells machines."""
    return _ATTRIBUTES.sub(rb"data-was=", _META.sub(b"", _JSON_LD.sub(b"", html)))


def by_trafilatura(html: bytes, url: str | None) -> Any:
    """Return title, authors and date as trafilatura reads them, under the names that a record has."""
    found = bare_extraction(html, url=url, with_metadata=True)
    names = (found.author or "").split("; ") if found else []
    return SimpleNamespace(
        title=found.title if found else None,
        authors=[SimpleNamespace(name=name) for name in names if name],
        published_date=found.date if found else None,
    )


def readings(html: bytes, url: str | None) -> Iterator[tuple[str, Any]]:
    """Yield (way, what it read) of a page."""
    yield "told", extract(html, url)
    yield "shown", extract(hidden(html), url)
    yield "trafilatura", by_trafilatura(hidden(html), url)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    values: defaultdict[tuple[str, str], defaultdict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for name, html, truth in labelled(parser.parse_args().data, step=1):
        if truth.get("type", "article") != "article":
            continue
        facts = {key: truth.get(key) for key in ("title", "authors", "date")}
        for way, found in readings(html, truth.get("url")):
            for figure, value in figures_of(found, facts):
                values[name, figure][way].append(value)
    print(f"{'':24}pages    told   shown  trafilatura, shown")
    for (name, figure), ways in sorted(values.items(), key=lambda item: (item[0][0], FIGURES.index(item[0][1]))):
        told, shown, theirs = (sum(ways[way]) / len(ways[way]) for way in ("told", "shown", "trafilatura"))
        print(f"{name:12}{figure:12}{len(ways['told']):5}{told:8.3f}{shown:8.3f}{theirs:8.3f}")


if __name__ == "__main__":
    main()
