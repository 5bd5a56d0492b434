"""Whether the page is free to read, and what its publisher reserves: declared and observed, kept apart."""

from __future__ import annotations

import re
from typing import Final

from scraper.document import Document
from scraper.extractors.cues import contains_cue
from scraper.extractors.sketch import Sketch
from scraper.model import Access, Rights
from scraper.web.jsonld import Node, nodes_of, text_of

_MAX_RUNS_BELOW: Final = 10
"""A wall stands where the text breaks off; further below, menus and the page's own boxes offer subscriptions too."""
_MAX_CLIMB: Final = 8
_GIFTS: Final = re.compile(r"donat|fundrais|support-us|cli-support|contributions-")
"""Names of boxes in which papers that are free to read ask for gifts."""


def read_access(sketch: Sketch) -> tuple[Access, tuple[str, ...]]:
    """Return the access and the evidence for it."""
    evidence: list[str] = []
    node = sketch.structured.node
    free = _declared_free(node)
    parts = [_declared_free(part) for part in nodes_of(node.get("hasPart"))]
    if free:
        evidence.append(f"jsonld.isAccessibleForFree={free}")
    if "false" in parts:
        evidence.append("jsonld.hasPart.isAccessibleForFree=false")
    tier = sketch.document.first_meta("article:content_tier", "og:article:content_tier", "content_tier")
    if tier:
        evidence.append(f"meta.{tier[0]}={tier[1].lower()}")
    walls = any(_is_wall(sketch, index) for index in sketch.marked("paywall"))
    if walls:
        evidence.append("dom.paywall")
    said = " ".join(evidence)
    if re.search(r"tier=metered", said):
        return "metered", tuple(evidence)
    if free in {"false", "no", "0"} or "hasPart" in said or "tier=locked" in said or (walls and not free):
        return "paid", tuple(evidence)
    return ("free" if free in {"true", "yes", "1"} or "tier=free" in said else "unknown"), tuple(evidence)


def _is_wall(sketch: Sketch, index: int) -> bool:
    """Whether a run asks for money for this story: around its text, not in a menu, for gifts or for comments."""
    if sketch.body:
        start = min(sketch.first_body, sketch.first_body if sketch.headline is None else sketch.headline)
        if not start <= index <= sketch.last_body + _MAX_RUNS_BELOW:
            return False
    layout, element = sketch.layout, sketch.runs[index].element
    for _ in range(_MAX_CLIMB):
        if _GIFTS.search(layout.tokens[element]):
            return False
        element = max(0, layout.parents[element])
    return not contains_cue("comments", sketch.runs[index].text)


def _declared_free(node: Node) -> str:
    """Return what a node says of free access, in lower case, without schema.org's address in front; "" for nothing."""
    value = node.get("isAccessibleForFree", "")
    return (text_of(value) or str(value)).lower().removeprefix("http://").removeprefix("https://").rpartition("/")[2]


def read_rights(document: Document) -> Rights:
    """Return what robots and text-and-data-mining declarations say, as printed; all fields of one name as one.

    Source: TDM Reservation Protocol, sections 4 and 5 (header and meta element).
    """
    robots = document.meta.get("robots", ()) + document.meta.get("googlebot", ())
    page = document.page
    reservation = page.header("tdm-reservation") or (document.meta.get("tdm-reservation") or (None,))[0]
    return Rights(
        robots_meta=", ".join(robots) or None,
        x_robots_tag=", ".join(value for name, value in page.headers if name == "x-robots-tag") or None,
        tdm_reservation=int(reservation) if reservation in {"0", "1"} else None,
        tdm_policy=page.header("tdm-policy") or (document.meta.get("tdm-policy") or (None,))[0],
    )
