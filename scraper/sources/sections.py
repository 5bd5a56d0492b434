"""Section pages -> Targets: the links that look like articles; and the feeds a page declares."""

from __future__ import annotations

import re
from collections import defaultdict
from statistics import median
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from scraper.model import Value
from scraper.sources.addresses import could_be_article, score_address
from scraper.sources.found import Findings, SourceResult, clean_hint
from scraper.sources.markup import parse_page
from scraper.web.urls import resolve_url, same_site

MIN_SCORE: Final = 4.0
"""A link at or above it is taken for an article."""
MAX_LINKS: Final = 5_000
_MAX_ANCESTORS: Final = 25
_MIN_FAMILY: Final = 3
_KINSHIP: Final = 2.5
_LONG_CHARS: Final = 25
_SHORT_CHARS: Final = 12
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4"})
_MENU_COST: Final = 4.0
_EDGE_COST: Final = {"footer": 4.0, "header": 2.0, "aside": 1.5}
_MENU_NAME: Final = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|breadcrumbs?|pagination|pager|social|share)(?:$|[\s_-])", re.IGNORECASE
)
_EDGE_NAME: Final = re.compile(r"(?:^|[\s_-])(?:footer|contentinfo)(?:$|[\s_-])", re.IGNORECASE)
_WIDE_LETTER: Final = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Thai, Japanese, Chinese, Korean: a letter counts as three of an alphabet."""


class Sighting(Value, frozen=True, kw_only=True):
    """One link of the page: where it leads, what it shows and what it stands in."""

    url: str
    text: str
    text_rank: int
    """2 for a heading, 1 for the link's own text, 0 for a label or the text of its picture."""
    score: float
    """What its own text and surroundings say."""
    family: str
    """Names and classes of what it stands in: the links of one list of stories share them."""


def parse_section(html: bytes | str, url: str, *, depth: int = 1) -> SourceResult:
    """Return the links of a page that look like articles of the same site, in order of appearance.

    Judged by the shape of the address, the length of the text, the heading or card a link stands in, and the company
    of similar links. `title` is the heading or first long text that links there.

    Raises SourceError for a page built to stall the parser; any other bytes are accepted.
    """
    findings = Findings("section", url)
    by_address: dict[str, list[Sighting]] = defaultdict(list)
    for sighting in _find_links(html, url):
        by_address[sighting.url].append(sighting)
    own = {address: _score(address, sightings) for address, sightings in by_address.items()}
    kin = _score_families(by_address, own)
    for address, sightings in by_address.items():
        if own[address] + max(kin[sighting.family] for sighting in sightings) >= MIN_SCORE:
            findings.add(address, title=clean_hint(_choose_title(sightings)), depth=depth)
    return findings.result()


def _find_links(html: bytes | str, url: str) -> list[Sighting]:
    tree = parse_page(html, url)
    base = _read_base(tree, url)
    sightings = []
    for node in tree.css("a[href]")[:MAX_LINKS]:
        address = resolve_url(base, node.attributes.get("href") or "")
        if address is not None and same_site(url, address) and could_be_article(address, url):
            sightings.append(_sight(node, address))
    return sightings


def _read_base(tree: LexborHTMLParser, url: str) -> str:
    node = tree.css_first("base[href]")
    return (resolve_url(url, node.attributes.get("href") or "") if node is not None else None) or url


def _sight(node: LexborNode, address: str) -> Sighting:
    heading = node.css_first("h1, h2, h3, h4")
    surroundings, in_heading, family = _look_around(node)
    own = _read_text(heading if heading is not None else node)
    text = own or _read_label(node)
    is_headline = heading is not None or in_heading
    score = surroundings + _score_text(text) + (2.0 if is_headline else 0.0)
    rank = 0 if not own else 2 if is_headline else 1
    return Sighting(url=address, text=text, text_rank=rank, score=score, family=family)


def _choose_title(sightings: list[Sighting]) -> str:
    return max(sightings, key=lambda sighting: (sighting.text_rank, min(len(sighting.text), _LONG_CHARS))).text


def _read_text(node: LexborNode) -> str:
    return " ".join(node.text(deep=True, separator=" ").split())


def _read_label(node: LexborNode) -> str:
    """Return what a link without text is called: its label, its title or its picture's text."""
    image = node.css_first("img[alt]")
    labels = (node.attributes.get("aria-label"), node.attributes.get("title"), image and image.attributes.get("alt"))
    return " ".join(next((label for label in labels if label and " " in label), "").split())


def _look_around(node: LexborNode) -> tuple[float, bool, str]:
    """Return a score for what stands around a link, whether it is a heading, and the link's family.

    An article is the horizon: its own header and footer are not the page's.
    """
    names, in_heading, inner_cost, edge_cost = [node.tag or ""], False, 0.0, 0.0
    parent = node.parent
    for _ in range(_MAX_ANCESTORS):
        if parent is None or parent.tag in {"body", "html", "main"}:
            break
        named = f"{parent.attributes.get('class') or ''} {parent.attributes.get('role') or ''}"
        if len(names) < 4:
            names.append(f"{parent.tag}.{named[:40]}")
        if parent.tag == "article":
            return 1.5 - inner_cost, in_heading, " ".join(names)
        in_heading = in_heading or parent.tag in _HEADINGS
        inner_cost = max(inner_cost, _MENU_COST if parent.tag == "nav" or _MENU_NAME.search(named) else 0.0)
        edge_cost = max(edge_cost, _EDGE_COST.get(parent.tag or "", 0.0), 3.0 if _EDGE_NAME.search(named) else 0.0)
        parent = parent.parent
    return -max(inner_cost, edge_cost), in_heading, " ".join(names)


def _score_text(text: str) -> float:
    chars = len(text) + 2 * len(_WIDE_LETTER.findall(text))
    return 2.0 if chars >= _LONG_CHARS else 1.0 if chars >= _SHORT_CHARS else -1.0 if text else 0.0


def _score(address: str, sightings: list[Sighting]) -> float:
    return score_address(address) + max(sighting.score for sighting in sightings)


def _score_families(by_address: dict[str, list[Sighting]], own: dict[str, float]) -> dict[str, float]:
    """Return what the company of similar links says for each family: a list of stories lifts its plain members."""
    families: dict[str, list[float]] = defaultdict(list)
    for address, sightings in by_address.items():
        for family in {sighting.family for sighting in sightings}:
            families[family].append(own[address])
    return {
        family: _KINSHIP if len(scores) >= _MIN_FAMILY and median(scores) >= MIN_SCORE else 0.0
        for family, scores in families.items()
    }
