"""The breadcrumb trail as readers see it: a box named so, or a short line of steps above the headline."""

from __future__ import annotations

import re
from typing import Final

from scraper.extractors.cues import is_cue, starts_with_cue
from scraper.extractors.sketch import Sketch, words_of
from scraper.model import Crumb

_SEPARATORS: Final = "»>›→/|·•‹«←➔▸❯＞∕"
_STEP: Final = re.compile(rf"\s+[{re.escape(_SEPARATORS)}]+\s+|\s*[»›❯➔▸＞>]\s*")
_EDGES: Final = f" {_SEPARATORS}:"
_MAX_STEPS: Final = 8
_MAX_STEP_CHARS: Final = 120


def find_breadcrumbs(sketch: Sketch) -> tuple[Crumb, ...]:
    """Mark the trail's runs and return its steps, from the home page down; () if the page shows none.

    Of several trails on a page the first with two steps or more counts; the others are marked too.
    """
    trails = [*_named_trails(sketch), *_line_trails(sketch)]
    for runs in trails:
        for index in runs:
            sketch.mark(index, "breadcrumb", "a trail of steps")
    read = [_steps(sketch, runs) for runs in trails]
    return max(read, key=lambda steps: len(steps) > 1, default=())


def _named_trails(sketch: Sketch) -> list[list[int]]:
    """Return the runs of each box that the markup calls a breadcrumb."""
    boxes: dict[int, list[int]] = {}
    for index, run in enumerate(sketch.runs):
        if sketch.zone(index) != "breadcrumb":
            continue
        element = run.element
        while (parent := sketch.layout.parents[element]) >= 0 and sketch.zones[parent] == "breadcrumb":
            element = parent
        boxes.setdefault(element, []).append(index)
    return list(boxes.values())


def _line_trails(sketch: Sketch) -> list[list[int]]:
    """Return the line above the headline that reads `A > B > C`, if there is one."""
    end = sketch.headline if sketch.headline is not None else min(sketch.first_body, 12)
    for index in range(max(0, end - 12), end):
        text = sketch.runs[index].text
        parts = [p for p in _STEP.split(text) if p.strip(_EDGES)]
        by_arrow = re.search(r"[»>›→❯➔▸＞]", text) is not None
        if sketch.labels[index] in {None, "body"} and len(text) <= 160 and 2 <= len(parts) <= _MAX_STEPS:
            short = all(len(words_of(p)) <= 6 for p in parts[:-1])
            if short and (
                by_arrow or (is_cue("home", parts[0]) and not sketch.layout.is_hidden(sketch.runs[index].element))
            ):
                return [[index]]
    return []


def _steps(sketch: Sketch, runs: list[int]) -> tuple[Crumb, ...]:
    crumbs: list[Crumb] = []
    for index in runs:
        run = sketch.runs[index]
        links = {t.strip(_EDGES): sketch.document.resolve(h) for t, h in run.links}
        for part in _parts(run.text, list(links)):
            name = part.strip(_EDGES)
            if cue := starts_with_cue("here", name):
                name = name[len(cue) :].strip(_EDGES + "：")
            if name and len(name) <= _MAX_STEP_CHARS:
                crumbs.append(Crumb(name=name, url=links.get(name)))
    seen: dict[str, Crumb] = {}
    for crumb in crumbs[: _MAX_STEPS + 1]:
        seen.setdefault(crumb.name.lower(), crumb)
    return tuple(seen.values())


def _parts(text: str, links: list[str]) -> list[str]:
    """Cut a trail's text at its separators, but never inside the text of a link."""
    held = text
    for number, link in enumerate(links):
        if link:
            held = held.replace(link, f" \ue000{number}\ue001 ", 1)
    parts = [p for chunk in re.split("(\ue000\\d+\ue001)", held) for p in _STEP.split(f" {chunk} ")]
    return [links[int(m[1])] if (m := re.fullmatch("\\s*\ue000(\\d+)\ue001\\s*", p)) else p for p in parts]
