#!/usr/bin/env python3
"""Print precision and recall of every label on the pages that were labelled by hand (bench/labels/README.md).

    python bench/label_quality.py --data PATH [--cache DIR]

With the cache of bench/train/train.py each page is read by the fold model that never saw its site. Without it the
shipped model reads them: it was trained on these pages, so what it says of the body is then too good.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

sys.path.insert(0, str(Path(__file__).parent / "train"))

from labels import words
from pages import FOLDS, Labelled, load_pages

from scraper.extractors import extract_draft
from scraper.extractors.model import Model
from scraper.model import LABELS, Block, Label

Floats = npt.NDArray[np.float64]
LABELLED = Path(__file__).parent / "labels" / "pages.jsonl"
DRAWS = 1000


@dataclass(frozen=True, slots=True)
class Judged:
    """One block: what the reader and the extractor call it, and how many words it has."""

    page: str
    index: int
    truth: Label
    said: Label
    words: int
    reason: str


class Changed(Exception):
    """A page is no longer cut into the blocks that were labelled."""


def main() -> None:
    options = _options()
    models = _models(options.cache)
    judged: list[Judged] = []
    refused = 0
    pages = {(page.set, page.id): page for page in load_pages(options.data)}
    for line in LABELLED.read_text(encoding="utf-8").rstrip("\n").split("\n"):
        entry = json.loads(line)
        page = pages[entry["set"], entry["id"]]
        if options.articles and page.type != "article":
            continue
        try:
            judged += judge_page(entry, page, models[page.fold])
        except Changed as changed:
            refused += 1
            print(f"refused: {changed}", file=sys.stderr)
    if not judged:
        sys.exit("no page left to judge")
    print(
        f"{len({block.page for block in judged})} pages, {len(judged)} blocks; body by "
        + (
            "the models that never saw the page's site"
            if options.cache
            else "the shipped model, trained on these pages"
        )
    )
    show_labels(judged)
    show_confusions(judged, options.confusions)
    if options.json:
        options.json.write_text(json.dumps(list(_disagreements(judged)), indent=0), encoding="utf-8")
    sys.exit(1 if refused else 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, help="where bench/train/train.py left the five folds' models")
    parser.add_argument("--articles", action="store_true", help="leave the pages out that are no articles")
    parser.add_argument("--confusions", type=int, default=20, help="how many confusions to print, costliest first")
    parser.add_argument("--json", type=Path, help="write every block that is labelled wrongly here, without its text")
    return parser.parse_args()


def _models(cache: Path | None) -> list[Model | None]:
    if cache is None:
        return [None] * FOLDS
    return [Model.from_arrays(np.load(cache / f"fold-{fold}.npz", allow_pickle=False)) for fold in range(FOLDS)]


def judge_page(entry: dict[str, Any], page: Labelled, model: Model | None) -> list[Judged]:
    """Return the page's blocks with both labels. Raises Changed when its blocks are not those that were labelled."""
    blocks = extract_draft(page.document(), model).blocks
    name = f"{page.set}/{page.id}"
    if hash_of(blocks) != entry["hash"]:
        raise Changed(
            f"{name}: its blocks are no longer those that were labelled ({entry['runs']} then, {len(blocks)} now); "
            "label it again"
        )
    truth = truth_of(entry["labels"])
    return [
        Judged(name, b.index, truth[b.index], b.label, len(words(b.text)), b.reasons[-1] if b.reasons else "")
        for b in blocks
    ]


def hash_of(blocks: tuple[Block, ...]) -> str:
    """Return what tells whether a page is cut as it was; white space inside a block does not count."""
    text = "\n".join("".join(block.text.split()) for block in blocks)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def truth_of(ranges: dict[Label, str]) -> dict[int, Label]:
    """Return the label of each block number. A number that stands twice would be a slip of the labels' file."""
    truth: dict[int, Label] = {}
    for label, parts in ranges.items():
        for part in parts.split(","):
            first, _, last = part.partition("-")
            for index in range(int(first), int(last or first) + 1):
                if index in truth:
                    raise ValueError(f"block {index} is labelled twice: {truth[index]} and {label}")
                truth[index] = label
    return truth


def show_labels(judged: list[Judged]) -> None:
    """Print the table: by blocks with the interval of F1 over resampled pages, then weighted by words."""
    print(
        f"\n{'label':12}{'blocks':>8}{'said':>8}{'prec':>8}{'recall':>8}{'F1':>8}{'95 % of F1':>18}"
        f"{'words':>9}{'prec':>8}{'recall':>8}{'F1':>8}"
    )
    by_blocks, by_words = counts(judged, weighted=False), counts(judged, weighted=True)
    random = np.random.default_rng(0)
    draws = by_blocks[random.integers(0, len(by_blocks), (DRAWS, len(by_blocks)))].sum(axis=1)
    for number, label in enumerate(LABELS):
        hits, said, true = by_blocks[:, number].sum(axis=0)
        low, high = np.percentile(f1(*draws[:, number].T), [2.5, 97.5])
        word_hits, word_said, word_true = by_words[:, number].sum(axis=0)
        print(
            f"{label:12}{true:8.0f}{said:8.0f}{_figures(hits, said, true)}{f'[{low:.3f}, {high:.3f}]':>18}"
            f"{word_true:9.0f}{_figures(word_hits, word_said, word_true)}"
        )
    right = [block.truth == block.said for block in judged]
    size = [block.words for block in judged]
    print(f"{'right':12}{np.mean(right):8.3f} of the blocks, {np.average(right, weights=size):.3f} of the words")


def counts(judged: list[Judged], *, weighted: bool) -> Floats:
    """Return (pages, labels, 3): what both say, what the extractor says, what the reader says."""
    numbers = {page: number for number, page in enumerate(dict.fromkeys(block.page for block in judged))}
    table = np.zeros((len(numbers), len(LABELS), 3))
    for block in judged:
        page, size = numbers[block.page], block.words if weighted else 1
        said, true = LABELS.index(block.said), LABELS.index(block.truth)
        table[page, said, 1] += size
        table[page, true, 2] += size
        table[page, true, 0] += size if said == true else 0
    return table


def f1(hits: Floats, said: Floats, true: Floats) -> Floats:
    return np.asarray(2 * hits / np.maximum(said + true, 1))


def _figures(hits: float, said: float, true: float) -> str:
    shown = (hits / said if said else None, hits / true if true else None, 2 * hits / (said + true) if true else None)
    return "".join(f"{figure:8.3f}" if figure is not None else f"{'-':>8}" for figure in shown)


def show_confusions(judged: list[Judged], most: int) -> None:
    """Print what is taken for what, those that misplace most words first, with the pages that have most of it."""
    blocks: Counter[tuple[Label, Label]] = Counter()
    sizes: Counter[tuple[Label, Label]] = Counter()
    pages: dict[tuple[Label, Label], Counter[str]] = {}
    for block in judged:
        pair = (block.truth, block.said)
        if block.truth != block.said:
            blocks[pair] += 1
            sizes[pair] += block.words
            pages.setdefault(pair, Counter())[block.page] += block.words
    print(f"\n{'is':12}{'said':12}{'blocks':>8}{'words':>8}{'pages':>7}  most words on")
    for pair, size in sizes.most_common(most):
        worst = ", ".join(f"{page} ({count})" for page, count in pages[pair].most_common(3))
        print(f"{pair[0]:12}{pair[1]:12}{blocks[pair]:8}{size:8}{len(pages[pair]):7}  {worst}")


def _disagreements(judged: list[Judged]) -> Iterator[dict[str, Any]]:
    for block in judged:
        if block.truth != block.said:
            yield {"page": block.page, "block": block.index, "is": block.truth, "said": block.said,
                   "words": block.words, "reason": block.reason}  # fmt: skip


if __name__ == "__main__":
    main()
