"""The breadcrumb trail as readers see it: a box named so, links that lead down the site, or a line with arrows.

A menu also is a row of links; what tells a trail is that the page calls it one, or that each step lies below the
one before and the page itself below them all.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from scraper.extractors.cues import contains_cue, is_cue
from scraper.extractors.sketch import Sketch, words_of
from scraper.extractors.tags import FOOTER
from scraper.extractors.trails import MAX_STEPS, SPLIT, clean_name, fold_name, is_root, is_title, read_steps, tidy_steps
from scraper.model import Crumb

_NAMING: Final = ("class", "id", "itemtype", "typeof", "aria-label", "data-testid")
_NAMED: Final = ",".join(f'[{attribute}*="crumb" i]' for attribute in _NAMING)
_LABELLED: Final = 'nav[aria-label],ol[aria-label],ul[aria-label],[role="navigation"][aria-label]'
_NAME: Final = re.compile(r"(?i:bread[-_]?crumb)|(?<![A-Za-z])crumbs?(?![a-z])|Crumbs?(?![a-z])")
_EDGES: Final = " /|»›>:"
_BACKWARDS: Final = ("«", "‹", "<", "←")
_MAX_BOX_LINKS: Final = 24
_MAX_BOX_CHARS: Final = 900
_SIGN: Final = re.compile(r"(?m)^\s*[»>›→/|·•❯➔▸►]\s*$")
_MAX_CLIMB: Final = 4
_MAX_RUNS_BETWEEN: Final = 3
_MAX_SECTION_CHARS: Final = 40
_ABOVE_HEADLINE: Final = 14
_BELOW_HEADLINE: Final = 3
"""Runs around the headline among which an unnamed trail is looked for."""


def find_breadcrumbs(sketch: Sketch) -> tuple[Crumb, ...]:
    """Mark the trail's runs and return its steps, from the home page down; () if the page shows none.

    Of several named trails the one that is most of a trail counts; the others are marked too.
    """
    best: tuple[Crumb, ...] = ()
    for box, steps in _named_trails(sketch):
        _mark(sketch, box)
        best = max(best, steps, key=lambda found: _rank(sketch, found))
    if len(best) < 2:
        for runs, steps in (*_rows(sketch), *_line_trails(sketch)):
            for index in runs:
                sketch.mark(index, "breadcrumb", "a trail of steps")
            return steps if len(steps) > len(best) else best
    return best


def _rank(sketch: Sketch, steps: tuple[Crumb, ...]) -> tuple[bool, bool, int]:
    """Return how much of a trail these steps are: links all but the last; home first or the page last; how many."""
    if not steps:
        return False, False, 0
    linked = len(steps) > 1 and all(step.url for step in steps[:-1])
    placed = is_root(steps[0].url) or is_cue("home", steps[0].name) or is_title(steps[-1].name, sketch.document)
    return linked, placed, len(steps)


def _named_trails(sketch: Sketch) -> Iterator[tuple[LexborNode, tuple[Crumb, ...]]]:
    """Yield the boxes that are called a trail and read like one, with their steps; a box before those in it."""
    root = sketch.document.root
    if root is None:
        return
    found = [(node, node.attributes) for node in root.css(f"{_NAMED},{_LABELLED}")]
    named = [node for node, attributes in found if _is_named(attributes)]
    named += [node for node, attributes in found if _is_labelled(node, attributes)]
    members = {node.mem_id for node in named}
    done: set[int] = set()
    for node in named:
        box = _box_of(node, members)
        if box.mem_id not in done and _is_small(box):
            done.add(box.mem_id)
            if steps := read_steps(box, sketch.document):
                yield box, steps


def _is_named(attributes: dict[str, str | None]) -> bool:
    return any(_NAME.search(value) for name in _NAMING if (value := attributes.get(name)))


def _is_labelled(node: LexborNode, attributes: dict[str, str | None]) -> bool:
    """Whether a list or a navigation says of itself that it tells where the reader is."""
    label = attributes.get("aria-label")
    box = label and (node.tag in {"nav", "ol", "ul"} or attributes.get("role") == "navigation")
    return bool(label and box and contains_cue("here", label))


def _box_of(node: LexborNode, members: set[int]) -> LexborNode:
    """Return the box of a named element: its parent, where each step is named and the box is not."""
    parent = node.parent
    if parent is None or parent.mem_id in members or parent.tag == "body":
        return node
    siblings = [child for child in parent.iter() if child.mem_id in members]
    return parent if len(siblings) > 1 and all(len(s.css("a")) <= 1 for s in siblings) else node


def _is_small(box: LexborNode) -> bool:
    """Whether a box is no larger than a trail, menus in it allowed."""
    return box.tag != "body" and len(box.css("a")) <= _MAX_BOX_LINKS and len(box.text()) <= 4 * _MAX_BOX_CHARS


def _mark(sketch: Sketch, box: LexborNode) -> None:
    """Mark the runs of a box; the headline stays the headline."""
    layout = sketch.layout
    mem_id = box.mem_id
    element = next((i for i, node in enumerate(layout.nodes) if node.mem_id == mem_id), -1)
    if element < 0:
        return
    links = {node.mem_id for node in box.css("a")}
    chars, end = len(box.text()), layout.ends[element]
    for index, run in enumerate(sketch.runs):
        inside = element <= run.element < end
        if not inside and run.anchors and len(run.text) <= chars + MAX_STEPS:
            inside = run.anchors[0][1].mem_id in links and all(node.mem_id in links for _, node in run.anchors)
        if inside and index != sketch.headline:
            sketch.mark(index, "breadcrumb", "stands in a box called a trail")


def _near_headline(sketch: Sketch) -> range:
    end = _end(sketch)
    return range(max(0, end - _ABOVE_HEADLINE), min(len(sketch.runs), end + _BELOW_HEADLINE + 1))


def _end(sketch: Sketch) -> int:
    return sketch.headline if sketch.headline is not None else min(sketch.first_body, 12)


def _rows(sketch: Sketch) -> Iterator[tuple[list[int], tuple[Crumb, ...]]]:
    """Yield the first row of links near the headline that leads down the site to this page, though nothing names it."""
    layout, near = sketch.layout, _near_headline(sketch)
    for index in near:
        run = sketch.runs[index]
        if index == sketch.headline or not run.anchors or run.flags & FOOTER:
            continue
        element = run.element
        for _ in range(_MAX_CLIMB):
            inside = [i for i in near if layout.within(sketch.runs[i].element, element)]
            links = sum(len(sketch.runs[i].anchors) for i in inside)
            before = any(sketch.runs[i].anchors for i in inside if i < index)
            if not inside or before or sketch.headline in inside or links >= MAX_STEPS or element <= 0:
                break
            steps = read_steps(layout.nodes[element], sketch.document) if _may_lead_down(sketch, element) else ()
            if len(steps) > 1 and (_is_chain(sketch, inside, steps) or _is_home_row(sketch, inside, element, steps)):
                yield inside, steps
                return
            element = layout.parents[element]


def _may_lead_down(sketch: Sketch, element: int) -> bool:
    """Whether the first link of an element is a home page's, or lies above the second one or this page."""
    hrefs = (node.attributes.get("href") for node in sketch.layout.nodes[element].css("a")[:2])
    urls = [url for href in hrefs if (url := sketch.document.resolve(href))]
    if not urls:
        return False
    first, below = _path(urls[0]), [_path(sketch.document.url), *map(_path, urls[1:])]
    return is_root(urls[0]) or any(path[: len(first)] == first != path for path in below)


def _is_chain(sketch: Sketch, inside: list[int], steps: tuple[Crumb, ...]) -> bool:
    """Whether each step's address lies below the one before, and the page's below the last one's, or right after."""
    urls = [step.url for step in steps if step.url]
    if len(urls) < 2 or not all(step.url for step in steps[:-1]) or len({urlsplit(url).hostname for url in urls}) > 1:
        return False
    paths, own = [_path(url) for url in urls], _path(sketch.document.url)
    if paths[-1] == own:
        paths.pop()
    below = all(b[: len(a)] == a and len(b) > len(a) for a, b in itertools.pairwise(paths))
    above = own[: len(paths[-1])] == paths[-1] != own
    return below and (above or (len(paths) > 1 and bool(paths[0]) and _is_close(sketch, inside)))


def _is_close(sketch: Sketch, inside: list[int]) -> bool:
    """Whether runs stand right above the headline."""
    return sketch.headline is not None and 0 < sketch.headline - inside[-1] <= _MAX_RUNS_BETWEEN


def _is_home_row(sketch: Sketch, inside: list[int], element: int, steps: tuple[Crumb, ...]) -> bool:
    """Whether steps start at the home page, stand right above the headline, and are set apart by signs or items."""
    if not _is_close(sketch, inside):
        return False
    host = urlsplit(sketch.document.url).hostname
    others = [step.url for step in steps[1:] if step.url]
    if not is_root(steps[0].url) or any(urlsplit(u).hostname != host or not _path(u) for u in others):
        return False
    if not all(step.url for step in steps[:-1]) or any(len(step.name) > _MAX_SECTION_CHARS for step in steps[:-1]):
        return False
    node = sketch.layout.nodes[element]
    signs = _SIGN.search(node.text(separator="\n")) is not None or node.css_first("svg") is not None
    return is_title(steps[-1].name, sketch.document) or (bool(others) and signs)


@lru_cache(maxsize=1_024)
def _path(url: str) -> tuple[str, ...]:
    return tuple(part for part in urlsplit(url).path.lower().split("/") if part and not part.startswith("index."))


def _line_trails(sketch: Sketch) -> Iterator[tuple[list[int], tuple[Crumb, ...]]]:
    """Yield the line above the headline that reads `A > B > C`, if there is one."""
    for index in range(max(0, _end(sketch) - 12), _end(sketch)):
        text = sketch.runs[index].text
        parts = [p for p in SPLIT.split(text) if p.strip(_EDGES)]
        by_arrow = re.search(r"[»>›→❯➔▸＞]", text) is not None and not text.startswith(_BACKWARDS)
        if sketch.labels[index] in {None, "body"} and len(text) <= 160 and 2 <= len(parts) < MAX_STEPS:
            short = all(len(words_of(p)) <= 6 for p in parts[:-1])
            seen = not sketch.layout.is_hidden(sketch.runs[index].element)
            if short and (by_arrow or (is_cue("home", parts[0]) and seen)):
                yield [index], _line_steps(sketch, index)
                return


def _line_steps(sketch: Sketch, index: int) -> tuple[Crumb, ...]:
    run = sketch.runs[index]
    urls = {fold_name(t): sketch.document.resolve(h) for t, h in run.links}
    parts = _parts(run.text, [t for t, _ in run.links])
    return tidy_steps([Crumb(name=part, url=urls.get(fold_name(clean_name(part)))) for part in parts])


def _parts(text: str, links: list[str]) -> list[str]:
    """Cut a trail's text at its separators, but never inside the text of a link."""
    held = text
    for number, link in enumerate(links):
        if link:
            held = held.replace(link, f" \ue000{number}\ue001 ", 1)
    parts = [p for chunk in re.split("(\ue000\\d+\ue001)", held) for p in SPLIT.split(f" {chunk} ")]
    return [links[int(m[1])] if (m := re.fullmatch("\\s*\ue000(\\d+)\ue001\\s*", p)) else p for p in parts]
