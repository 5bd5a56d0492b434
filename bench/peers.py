#!/usr/bin/env python3
"""Print title, authors, date and language of the labelled pages beside those of trafilatura and newspaper4k.

    pip install --group bench
    python bench/peers.py --data PATH

Title: equal after folding case, punctuation and white space. Authors: F1 over the folded names. Date: the label's
calendar day. Language: one that the country of the publisher is written in (fundus-dev alone has the country). Each
figure is the mean over the pages that carry the label; a system that fails on a page has no fields there. The pages
are read with the shipped model; no field but the trail is taken from what it says alone.
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scraper import extract

FIELDS = ("title", "authors", "date", "language")
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")
# What the news of a country is written in, where that is not the language of the same code.
_COUNTRIES = {
    "at": "de", "be": "fr nl de en", "ca": "en fr", "ch": "de fr it", "cz": "cs", "dk": "da", "gl": "da kl",
    "il": "he en de", "ind": "en hi", "isl": "is", "jp": "ja en", "kr": "ko en", "li": "de", "ls": "en", "lu": "de fr",
    "mx": "es", "my": "ms en", "no": "no nb nn", "py": "es de", "se": "sv", "tz": "en sw", "ua": "uk", "uk": "en",
    "us": "en", "za": "en",
}  # fmt: skip


@dataclass(frozen=True)
class Fields:
    """What one system says of one page."""

    title: str | None = None
    authors: tuple[str, ...] = ()
    date: str | None = None
    language: str | None = None


System = Callable[[bytes, str], Fields]


def ours() -> System:
    def read(html: bytes, url: str) -> Fields:
        article = extract(html, url=url)
        names = tuple(author.name for author in article.authors)
        return Fields(article.title, names, str(article.published_date or ""), article.language)

    return read


def trafilatura() -> System:
    from trafilatura import bare_extraction

    def read(html: bytes, url: str) -> Fields:
        found = bare_extraction(html, url=url, with_metadata=True)
        if found is None:
            return Fields()
        names = tuple((found.author or "").split("; "))
        return Fields(found.title, names, found.date, found.language)

    return read


def newspaper4k() -> System:
    from newspaper import Article
    from newspaper.configuration import Configuration

    config = Configuration()
    config.fetch_images = False  # it would ask the page's host for them

    def read(html: bytes, url: str) -> Fields:
        article = Article(url, config=config)
        article.download(input_html=html.decode("utf-8", "replace"))
        article.parse()
        day = article.publish_date.isoformat() if article.publish_date else None
        return Fields(article.title, tuple(article.authors), day, article.meta_lang)

    return read


SYSTEMS: dict[str, Callable[[], System]] = {"ours": ours, "trafilatura": trafilatura, "newspaper4k": newspaper4k}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--step", type=int, default=1, help="take every N-th page only")
    parser.add_argument("--system", action="append", choices=SYSTEMS, help="these alone; repeatable")
    parser.add_argument("--json", type=Path, help="write what each system says of each page here")
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    systems = {name: SYSTEMS[name]() for name in options.system or SYSTEMS}
    values: defaultdict[tuple[str, str, str], list[float]] = defaultdict(list)
    said = []
    for number, (name, html, truth) in enumerate(pages(options.data)):
        if number % options.step:
            continue
        for system, read in systems.items():
            fields = read_safely(read, html, truth.get("url") or "https://example.org/")
            said.append({"set": name, "id": truth["id"], "system": system} | vars(fields))
            for field, value in score(fields, truth):
                for group in groups_of(name, truth):
                    values[group, field, system].append(value)
    show(values, list(systems))
    if options.json:
        options.json.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")


def pages(root: Path) -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    """Yield (set, page, truth) of every labelled page that has a field to compare."""
    for file in sorted(root.glob("*/truth.jsonl")):
        for truth in map(json.loads, file.open(encoding="utf-8")):
            if truth.get("title"):
                yield (
                    file.parent.name,
                    gzip.decompress((file.parent / "html" / f"{truth['id']}.html.gz").read_bytes()),
                    truth,
                )


def groups_of(name: str, truth: dict[str, Any]) -> Iterator[str]:
    yield name
    if truth.get("type", "article") == "article" and name == "wcxb-dev":
        yield f"{name}, articles"


def read_safely(read: System, html: bytes, url: str) -> Fields:
    """Return what a system says; a crash is a result too."""
    try:
        return read(html, url)
    except Exception:
        return Fields()


def score(fields: Fields, truth: dict[str, Any]) -> Iterator[tuple[str, float]]:
    """Yield (field, 0 to 1) for each label of a page."""
    yield "title", float(fold(fields.title) == fold(truth["title"]))
    if truth.get("authors"):
        found, wanted = {fold(n) for n in fields.authors} - {""}, {fold(n) for n in truth["authors"]} - {""}
        both = len(found & wanted)
        yield "authors", 2 * both / (len(found) + len(wanted)) if both else 0.0
    if truth.get("date"):
        yield "date", float((fields.date or "")[:10] == truth["date"][:10])
    if country := truth.get("lang"):
        own = (fields.language or "").split("-")[0].lower()
        yield "language", float(own in _COUNTRIES.get(country, country).split())


def fold(text: str | None) -> str:
    """Return the words of a text, in lower case, each Han or Kana character a word."""
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text or "").lower()))


def show(values: dict[tuple[str, str, str], list[float]], systems: list[str]) -> None:
    print(f"{'':22}{'field':10}{'pages':>6}" + "".join(f"{name:>14}" for name in systems))
    for group in sorted({group for group, _, _ in values}):
        for field in FIELDS:
            if rows := [values[group, field, system] for system in systems if values.get((group, field, system))]:
                figures = "".join(f"{sum(row) / len(row):14.3f}" for row in rows)
                print(f"{group:22}{field:10}{len(rows[0]):>6}{figures}")


if __name__ == "__main__":
    sys.exit(main())
