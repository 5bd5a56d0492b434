#!/usr/bin/env python3
"""Print how well bodies are found on the labelled pages, by models that never saw the page's site.

    python bench/train/train.py --data PATH     # leaves the five folds' models in its cache
    python bench/quality.py --data PATH

The whole extraction runs, not the model alone. Every figure is the mean bag-of-words F1 of a body, with a bootstrap
interval of 95 % over pages; trafilatura's (standard and precision) come from the same pages, its outputs kept in the
cache because it is slow.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).parent / "train"))

from labels import bag_f1, words
from pages import FOLDS, Labelled, load_pages

from scraper.extractors import extract_draft
from scraper.extractors.model import Model
from scraper.normalizers import normalize_draft
from scraper.pipeline import source_of

Floats = npt.NDArray[np.float64]
TYPED = str.maketrans("\u2018\u2019\u201c\u201d\u2010\u2011\u2013\u2014", "''\"\"----")
"""Snippets are labelled with the quotes and dashes of a keyboard where the page, and our text, has the printer's."""
SYSTEMS = ("ours", "trafilatura", "precision")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "scraper-train")
    parser.add_argument("--json", type=Path, help="write every page's figures here")
    options = parser.parse_args()
    models = [
        Model.from_arrays(np.load(options.cache / f"fold-{fold}.npz", allow_pickle=False)) for fold in range(FOLDS)
    ]
    pages = [page for page in load_pages(options.data) if page.text]
    peer = peer_texts(pages, options.cache / "trafilatura.jsonl")
    table: dict[str, list[tuple[float, float, float]]] = {}
    labels = snippets(options.data)
    shares: dict[str, list[float]] = {}
    found = []
    for page in pages:
        truth = Counter(words(page.text or ""))
        text, page_type, confidence = extract(page, models[page.fold])
        figures = [bag_f1(Counter(words(t)), truth)[2] for t in (text, *peer[f"{page.set}/{page.id}"])]
        for name, share in snippet_shares(
            text, labels.get(f"{page.set}/{page.id}", {}) if page.type == "article" else {}
        ):
            shares.setdefault(name, []).append(share)
        for group in groups_of(page):
            table.setdefault(group, []).append((figures[0], figures[1], figures[2]))
        found.append({"id": page.id, "set": page.set, "type": page.type, "said": page_type, "confidence": confidence}
                     | dict(zip(SYSTEMS, figures, strict=True)))  # fmt: skip
    show(table)
    print(
        "\nsnippets of wcxb-dev articles: share of those that must be in the text, and of those that must not, that are"
    )
    for name, values in shares.items():
        print(f"{name:34}{np.mean(values):8.4f}")
    if options.json:
        options.json.write_text(json.dumps(found))


def extract(page: Labelled, model: Model) -> tuple[str, str, float]:
    """Return the text, page type and confidence of the record that a model leads to: rules, routing and all."""
    document = page.document()
    draft = extract_draft(document, model)
    article = normalize_draft(draft, source_of(document, draft))
    return article.text, article.page_type, article.confidence


def snippets(root: Path) -> dict[str, dict[str, list[str]]]:
    """Return the labelled snippets of every page that has some."""
    found = {}
    for file in sorted(root.glob("*/truth.jsonl")):
        for line in file.read_text(encoding="utf-8").rstrip("\n").split("\n"):
            truth = json.loads(line)
            found[f"{file.parent.name}/{truth['id']}"] = {key: truth.get(key) or [] for key in ("with", "without")}
    return found


def snippet_shares(text: str, labels: dict[str, list[str]]) -> Iterator[tuple[str, float]]:
    """Yield the share of a page's snippets that are in the text, by several ways of looking."""
    low, bare = flat(text), f" {' '.join(words(text))} "
    typed = low.translate(TYPED)
    lines = {" ".join(words(line)) for line in text.split("\n")}
    if wanted := labels.get("with"):
        yield "with, letter for letter", sum(flat(s) in low for s in wanted) / len(wanted)
        yield "with, quotes and dashes as typed", sum(flat(s).translate(TYPED) in typed for s in wanted) / len(wanted)
        yield "with, by words", sum(f" {' '.join(words(s))} " in bare for s in wanted) / len(wanted)
    if unwanted := labels.get("without"):
        yield "without, letter for letter", sum(flat(s) in low for s in unwanted) / len(unwanted)
        yield "without, as typed", sum(flat(s).translate(TYPED) in typed for s in unwanted) / len(unwanted)
        yield "without, as a line of its own", sum(" ".join(words(s)) in lines for s in unwanted) / len(unwanted)


def flat(text: str) -> str:
    return " ".join(text.lower().split())


def groups_of(page: Labelled) -> Iterator[str]:
    if page.set == "wcxb-dev":
        yield "wcxb-dev, all"
        yield f"wcxb-dev, {page.type}"
    else:
        yield page.set


def peer_texts(pages: list[Labelled], file: Path) -> dict[str, tuple[str, str]]:
    """Return trafilatura's standard and precision texts, from the cache where they are in it."""
    logging.disable(logging.CRITICAL)
    known: dict[str, tuple[str, str]] = {}
    if file.exists():
        for line in file.read_text(encoding="utf-8").split("\n"):
            if line:
                entry = json.loads(line)
                known[entry["page"]] = (entry["standard"], entry["precision"])
    with file.open("a", encoding="utf-8") as out:
        for page in pages:
            key = f"{page.set}/{page.id}"
            if key not in known:
                known[key] = (run_peer(page, precision=False), run_peer(page, precision=True))
                print(json.dumps({"page": key, "standard": known[key][0], "precision": known[key][1]}), file=out)
    return known


def run_peer(page: Labelled, *, precision: bool) -> str:
    from trafilatura import extract as peer_extract

    html = page.document().page.body
    return peer_extract(html, url=page.url, include_comments=False, favor_precision=precision) or ""


def show(table: dict[str, list[tuple[float, float, float]]]) -> None:
    random = np.random.default_rng(0)
    print(f"{'':26}{'pages':>6}" + "".join(f"{name:>24}" for name in SYSTEMS) + f"{'ours - trafilatura':>28}")
    for group, rows in sorted(table.items()):
        figures = np.array(rows)
        draws = figures[random.integers(0, len(figures), (1000, len(figures)))].mean(axis=1)
        cells = "".join(f"{figures[:, i].mean():>10.4f} {interval(draws[:, i])}" for i in range(3))
        gain = figures[:, 0].mean() - figures[:, 1].mean()
        print(f"{group:26}{len(figures):>6}{cells}{gain:>+14.4f} {interval(draws[:, 0] - draws[:, 1])}")


def interval(draws: Floats) -> str:
    low, high = np.percentile(draws, [2.5, 97.5])
    return f"[{low:.3f}, {high:.3f}]"


if __name__ == "__main__":
    main()
