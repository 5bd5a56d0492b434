#!/usr/bin/env python3
"""Print how many trails and teasers of the labelled pages are found, by models that never saw the page's site.

    python bench/train/train.py --data PATH     # leaves the five folds' models in its cache
    python bench/fields.py --data PATH [--worst N]

Trails: on the pages that declare a BreadcrumbList, with that declaration hidden from the extractor, the share where
the names read off the visible page are the declared ones. Teasers: the snippets that must not be in the text and
are, word for word, a link to another page of the site; the share of them in `related`, and in the text.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import sys
import tempfile
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

sys.path.insert(0, str(Path(__file__).parent / "train"))

from pages import FOLDS, Labelled, load_pages

from scraper.document import Document
from scraper.extractors import extract_draft
from scraper.extractors.cues import is_cue
from scraper.extractors.model import Model
from scraper.extractors.sketch import words_of
from scraper.extractors.structured import Structured
from scraper.extractors.trails import is_root
from scraper.model import Article
from scraper.normalizers import normalize_draft
from scraper.pipeline import source_of
from scraper.web.jsonld import JsonLd, types_of
from scraper.web.urls import same_site

LABELS = Path(__file__).parent / "labels" / "teasers.json"
"""By page of wcxb-dev: the places of those unwanted snippets that are other stories' titles, read page by page."""
MIN_TITLE_WORDS = 4
MIN_TITLE_CHARS = 8
LONG_WORD_CHARS = 4
MIN_LONG_WORDS = 3
MAX_GAP = 2
CHROME = "nav, header, footer, [role=navigation], [role=banner], [role=contentinfo]"
TRAIL_COLUMNS = ("same", "but for the title", "but for home too")


@dataclass(frozen=True)
class Trail:
    """What is declared and found on one page, and whether a reader sees a trail at all."""

    page: Labelled
    declared: list[str]
    found: list[str]
    homes: frozenset[str]
    """Folded names of the steps that lead to the site's home page."""
    titles: list[str]
    shown: bool

    def figures(self) -> tuple[bool, bool, bool]:
        """Return whether the names are the same; but for a last step that is the title; but for home as well."""
        if not self.found:
            return False, False, False
        said, seen = [fold(n) for n in self.declared], [fold(n) for n in self.found]
        shorter = self.without_title(self.declared), self.without_title(self.found)
        inner = self.without_home(shorter[0]), self.without_home(shorter[1])
        return said == seen, *([fold(n) for n in a] == [fold(n) for n in b] for a, b in (shorter, inner))

    def without_title(self, names: list[str]) -> list[str]:
        return names[:-1] if names and is_title(names[-1], self.titles) else names

    def without_home(self, names: list[str]) -> list[str]:
        return names[1:] if names and (is_cue("home", names[0]) or fold(names[0]) in self.homes) else names


@dataclass(frozen=True)
class Snippet:
    """A teaser's title that must not be in the text."""

    page: Labelled
    text: str
    in_chrome: bool
    """It stands in navigation, header or footer, and nowhere else."""
    is_story: bool
    """The address it links to is made of its words."""
    is_teaser: bool
    """A person reading the page took it for the title of another story."""
    related: bool
    in_text: bool


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "scraper-train")
    parser.add_argument("--worst", type=int, default=0, help="print the ids of this many misses")
    parser.add_argument("--step", type=int, default=1, help="take every N-th page only")
    parser.add_argument("--json", type=Path, help="write every page's findings here")
    options = parser.parse_args()
    models = [
        Model.from_arrays(np.load(options.cache / f"fold-{fold}.npz", allow_pickle=False)) for fold in range(FOLDS)
    ]
    trails: list[Trail] = []
    snippets: list[Snippet] = []
    unwanted = load_unwanted(options.data)
    labels = json.loads(LABELS.read_text(encoding="utf-8"))
    for number, page in enumerate(load_pages(options.data)):
        if number % options.step:
            continue
        trails += read_trail(page, models[page.fold])
        snippets += read_snippets(page, unwanted.get(f"{page.set}/{page.id}", []), labels, models[page.fold])
    show_trails(trails, options.worst)
    show_snippets(snippets, options.worst)
    if options.json:
        found = {"trails": [describe_trail(t) for t in trails], "teasers": [describe_snippet(s) for s in snippets]}
        options.json.write_text(json.dumps(found, ensure_ascii=False, indent=1))


def fold(text: str) -> str:
    """Return a text's letters and figures alone, in lower case."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text).casefold())


def is_title(name: str, titles: Iterable[str]) -> bool:
    """Whether a step is the page's title, whole or cut short."""
    own = fold(name)
    return any(own == title or is_start(own, title) or is_start(title, own) for title in map(fold, titles))


def is_start(short: str, long: str) -> bool:
    return len(short) >= MIN_TITLE_CHARS and long.startswith(short)


def extract(document: Document, model: Model) -> Article:
    draft = extract_draft(document, model)
    return normalize_draft(draft, source_of(document, draft))


# --- trails -----------------------------------------------------------------------------------------------


def read_trail(page: Labelled, model: Model) -> list[Trail]:
    """Return the page's trail, or nothing if it declares none."""
    document = page.document()
    stated = Structured(document).breadcrumbs
    declared = [crumb.name for crumb in stated]
    if not declared:
        return []
    hide_trail(document)
    article = extract(document, model)
    found = [crumb.name for crumb in article.breadcrumbs] if article.origin.breadcrumbs == "dom" else []
    titles = [t for t in (article.title, document.title_tag, *document.meta.get("og:title", ())) if t]
    homes = frozenset(fold(c.name) for crumbs in (stated, article.breadcrumbs) for c in crumbs[:1] if is_root(c.url))
    return [Trail(page, declared, found, homes, titles, is_shown(document, declared, titles))]


def hide_trail(document: Document) -> None:
    """Take the declared trail out of what the extractor will read."""
    nodes = [n for n in document.json_ld.nodes if "BreadcrumbList" not in types_of(n)]
    bare = tuple({key: value for key, value in n.items() if key != "breadcrumb"} for n in nodes)
    document.__dict__["json_ld"] = JsonLd(nodes=bare, broken=document.json_ld.broken)


def is_shown(document: Document, declared: Sequence[str], titles: Sequence[str]) -> bool:
    """Whether the page shows two of the declared steps, the title apart, or home and the title, side by side.

    Side by side: no more than MAX_GAP other texts between them, and none but a few links in the box around both.
    """
    names = [fold(n) for n in declared]
    pieces = pieces_of(document)
    pairs = set(itertools.pairwise(names))
    if len(names) > 2 and is_title(declared[-1], titles):
        pairs.discard((names[-2], names[-1]))
    for place, piece in enumerate(pieces):
        for other in pieces[place + 1 : place + 2 + MAX_GAP]:
            if (piece.name, other.name) in pairs and is_small_box(piece.node, other.node, len(names)):
                return True
    return False


@dataclass(frozen=True)
class Piece:
    name: str
    node: object


def pieces_of(document: Document) -> list[Piece]:
    """Return the page's texts and the labels of links without text, folded; a bare link to the root is "home"."""
    found: list[Piece] = []
    if document.root is None:
        return found
    for node in document.root.traverse(include_text=True):
        if node.tag == "-text":
            if (name := fold(node.text_content or "")) and node.parent.tag not in {"script", "style"}:
                found.append(Piece(name, node))
        elif node.tag == "a" and not fold(node.text()):
            attributes = node.attributes
            images = [i.attributes.get("alt") for i in node.css("img")]
            label = next((x for x in (attributes.get("aria-label"), attributes.get("title"), *images) if x), None)
            root = urlsplit(document.resolve(attributes.get("href")) or "x").path in {"", "/"}
            if name := fold(label or ("home" if root else "")):
                found.append(Piece(name, node))
    return found


def is_small_box(first: object, second: object, steps: int) -> bool:
    """Whether the smallest element around two nodes holds hardly more links than the trail has steps."""
    above = set()
    node = first.parent  # type: ignore[attr-defined]
    while node is not None:
        above.add(node.mem_id)
        node = node.parent
    node = second.parent  # type: ignore[attr-defined]
    while node is not None and node.mem_id not in above:
        node = node.parent
    return node is not None and len(node.css("a")) <= steps + 1 and not node.css("h1, p")


def show_trails(trails: list[Trail], worst: int) -> None:
    print(f"{'trails':26}{'pages':>6}{'found':>8}" + "".join(f"{name:>20}" for name in TRAIL_COLUMNS))
    for name in sorted({t.page.set for t in trails}):
        show_trail_row(name, [t for t in trails if t.page.set == name])
    show_trail_row("all that declare one", trails)
    show_trail_row("of them: it is shown", [t for t in trails if t.shown])
    show_trail_row("of them: it is not", [t for t in trails if not t.shown])
    show_trail_row("of all: one was found", [t for t in trails if t.found])
    missed = [f"{t.page.set}/{t.page.id}" for t in trails if t.shown and not t.figures()[2]]
    print("\n".join(missed[:worst]))


def show_trail_row(name: str, trails: list[Trail]) -> None:
    if trails:
        figures = np.array([(bool(t.found), *t.figures()) for t in trails]).mean(axis=0)
        print(f"{name:26}{len(trails):>6}{figures[0]:>8.3f}" + "".join(f"{f:>20.3f}" for f in figures[1:]))


def describe_trail(trail: Trail) -> dict[str, object]:
    return {
        "page": f"{trail.page.set}/{trail.page.id}", "declared": trail.declared, "found": trail.found,
        "titles": trail.titles, "shown": trail.shown, "figures": trail.figures(),
    }  # fmt: skip


# --- teasers ----------------------------------------------------------------------------------------------


def load_unwanted(root: Path) -> dict[str, list[str]]:
    """Return the snippets that must not be in a page's text, for each page of wcxb-dev."""
    lines = (root / "wcxb-dev" / "truth.jsonl").read_text(encoding="utf-8").rstrip("\n").split("\n")
    return {f"wcxb-dev/{truth['id']}": truth.get("without") or [] for truth in map(json.loads, lines)}


def read_snippets(page: Labelled, unwanted: list[str], labels: dict[str, list[int]], model: Model) -> list[Snippet]:
    """Return those of the unwanted snippets that are titles of other stories, and where they went."""
    long = [s for s in unwanted if len(words_of(s)) >= MIN_TITLE_WORDS]
    if not long:
        return []
    document = page.document()
    links = links_away(document)
    titles = [s for s in long if fold(s) in links]
    if not titles:
        return []
    article = extract(document, model)
    related, text = {fold(r.title) for r in article.related}, fold(article.text)
    read = {unwanted[place] for place in labels.get(page.id, ())}
    return [Snippet(page, s, *links[fold(s)], s in read, is_among(fold(s), related), fold(s) in text) for s in titles]


def is_among(snippet: str, titles: Iterable[str]) -> bool:
    """Whether a snippet is one of these titles, perhaps with words such as "Next post" in front or a date behind."""
    return any(t == snippet or (t in snippet and 2 * len(t) >= len(snippet)) for t in titles)


def links_away(document: Document) -> dict[str, tuple[bool, bool]]:
    """Return, by the text of each link to another page of the site, whether it stands in the page's chrome only, and
    whether its address repeats its words, as a story's does."""
    found: dict[str, tuple[bool, bool]] = {}
    if document.root is None:
        return found
    chrome = {node.mem_id for box in document.root.css(CHROME) for node in box.css("a")}
    for node in document.root.css("a[href]"):
        url = document.resolve(node.attributes.get("href"))
        name = fold(text := node.text(separator=" "))
        if name and url and same_site(url, document.url) and url.split("#")[0] != document.url.split("#")[0]:
            inside, story = found.get(name, (True, False))
            found[name] = inside and node.mem_id in chrome, story or repeats(url, text)
    return found


def repeats(url: str, text: str) -> bool:
    """Whether half of a text's long words, three at least, stand in an address."""
    long = {word for word in words_of(text) if len(word) >= LONG_WORD_CHARS}
    inside = [word for word in long if word in urlsplit(url).path.lower()]
    return len(inside) >= MIN_LONG_WORDS and 2 * len(inside) >= len(long)


def show_snippets(snippets: list[Snippet], worst: int) -> None:
    print(f"\n{'teasers':26}{'titles':>6}{'in related':>12}{'in the text':>12}")
    show_snippet_row("all such links", snippets)
    show_snippet_row("outside nav/header/footer", [s for s in snippets if not s.in_chrome])
    stories = [s for s in snippets if not s.in_chrome and s.is_story]
    show_snippet_row("of them: stories", stories)
    for kind in sorted({s.page.type for s in stories}):
        show_snippet_row(f"  {kind}", [s for s in stories if s.page.type == kind])
    read = [s for s in snippets if s.is_teaser]
    show_snippet_row("teasers, read by eye", read)
    missed = [f"{s.page.set}/{s.page.id}" for s in read if s.in_text or not s.related]
    print("\n".join(missed[:worst]))


def show_snippet_row(name: str, snippets: list[Snippet]) -> None:
    if snippets:
        figures = np.array([(s.related, s.in_text) for s in snippets]).mean(axis=0)
        print(f"{name:26}{len(snippets):>6}{figures[0]:>12.3f}{figures[1]:>12.3f}")


def describe_snippet(snippet: Snippet) -> dict[str, object]:
    return {
        "page": f"{snippet.page.set}/{snippet.page.id}", "type": snippet.page.type, "text": snippet.text,
        "chrome": snippet.in_chrome, "story": snippet.is_story, "teaser": snippet.is_teaser,
        "related": snippet.related, "in_text": snippet.in_text,
    }  # fmt: skip


if __name__ == "__main__":
    main()
