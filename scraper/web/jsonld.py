"""JSON-LD as publishers really write it: broken, nested, in graphs and arrays."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from scraper.model import Value

Node = dict[str, Any]

_MAX_CHARS: Final = 1_000_000
_MAX_DEPTH: Final = 40
_MAX_NODES: Final = 2_000
_TRAILING_COMMA: Final = re.compile(r",(\s*[}\]])")
_WRAPPING: Final = re.compile(
    r"^\s*(?:<!--|/\*.*?\*/|//\s*<!\[CDATA\[|<!\[CDATA\[)+|(?:-->|//\s*\]\]>|\]\]>|;)\s*$", re.S
)
_HEADLINE: Final = re.compile(r'"(headline|datePublished|dateModified|description)"\s*:\s*"((?:[^"\\]|\\.)*)"\s*[,}\n]')

_STRING: Final = r'"((?:[^"\\]|\\.)*)"'
_AUTHOR: Final = re.compile(rf'"author"\s*:\s*(?:{_STRING}|(\[[^\]]{{0,4000}}\]|\{{[^{{}}]{{0,2000}}\}}))')
_NAME: Final = re.compile(rf'"name"\s*:\s*{_STRING}')


class JsonLd(Value, frozen=True, kw_only=True):
    """All nodes of a page's JSON-LD, outermost first, and how many scripts could not be read whole."""

    nodes: tuple[Node, ...] = ()
    broken: int = 0


def parse_jsonld(scripts: Iterable[str]) -> JsonLd:
    """Return the nodes of these ld+json scripts; total on any text.

    A script that is not JSON is repaired where the fault is common (control characters, comments, trailing
    commas, escaped entities); what remains broken gives a node of the few plain strings that can be read safely.
    """
    nodes: list[Node] = []
    broken = 0
    for script in scripts:
        try:
            nodes.extend(_flatten(_load(script)))
        except ValueError:
            broken += 1
            nodes.extend(_salvage(script))
    return JsonLd(nodes=tuple(nodes[:_MAX_NODES]), broken=broken)


def types_of(node: Node) -> tuple[str, ...]:
    """Return a node's types without their namespace: `("NewsArticle",)`."""
    value = node.get("@type")
    found = value if isinstance(value, list) else [value]
    return tuple(t.rsplit("/", 1)[-1].rsplit(":", 1)[-1] for t in found if isinstance(t, str))


def text_of(value: object) -> str | None:
    """Return the text of a value: a string, `@value`, `name` or `url` of a node, or the first of a list."""
    if isinstance(value, str):
        return html.unescape(value).strip() or None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, list):
        return next((t for t in map(text_of, value) if t), None)
    if isinstance(value, dict):
        return next((t for key in ("@value", "name", "headline", "url", "@id") if (t := text_of(value.get(key)))), None)
    return None


def texts_of(value: object) -> tuple[str, ...]:
    """Return the texts of a value or of each item of a list."""
    items = value if isinstance(value, list) else [value]
    return tuple(t for t in map(text_of, items) if t)


def nodes_of(value: object) -> tuple[Node, ...]:
    """Return the nodes in a value that is a node or a list with nodes."""
    items = value if isinstance(value, list) else [value]
    return tuple(item for item in items if isinstance(item, dict))


def _load(script: str) -> object:
    text = script[:_MAX_CHARS].strip()
    for mend in (str, _unwrap, html.unescape):
        try:
            return msgspec.json.decode(mend(text))
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            pass
    try:
        return json.loads(_TRAILING_COMMA.sub(r"\1", _unwrap(text)), strict=False)
    except RecursionError as e:
        raise ValueError("nested too deeply") from e


def _unwrap(text: str) -> str:
    return _WRAPPING.sub("", text)


def _flatten(value: object) -> list[Node]:
    """Return the top nodes and those of their graphs, with references within the script resolved one step."""
    top = list(_top_nodes(value, 0))
    known = {node["@id"]: node for node in top if isinstance(node.get("@id"), str) and len(node) > 1}
    return [_resolve(node, known) for node in top]


def _top_nodes(value: object, depth: int) -> Iterator[Node]:
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from _top_nodes(item, depth + 1)
    elif isinstance(value, dict):
        if any(not key.startswith("@") for key in value):
            yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage"):
            if isinstance(value.get(key), (list, dict)):
                yield from _top_nodes(value[key], depth + 1)


def _resolve(node: Node, known: dict[str, Node]) -> Node:
    def follow(value: object) -> object:
        if isinstance(value, dict) and len(value) == 1 and isinstance(value.get("@id"), str):
            return known.get(value["@id"], value)
        if isinstance(value, list):
            return [follow(item) for item in value]
        return value

    return {key: follow(value) for key, value in node.items()}


def _salvage(script: str) -> list[Node]:
    """Return what plain `"key": "value"` pairs of a broken script say, if it is about an article."""
    kind = re.search(r'"@type"\s*:\s*"(\w*(?:Article|Posting))"', script[:_MAX_CHARS])
    if not kind:
        return []
    pairs: Node = {}
    for key, value in _HEADLINE.findall(script[:_MAX_CHARS]):
        if text := _unescape(value):
            pairs.setdefault(key, text)
    if author := _AUTHOR.search(script[:_MAX_CHARS]):
        named = [author[1]] if author[1] else _NAME.findall(author[2] or "")
        pairs["author"] = [{"@type": "Person", "name": text} for value in named if (text := _unescape(value))]
    return [{"@type": kind[1], **pairs}] if pairs else []


def _unescape(value: str) -> str | None:
    """Return what stands between the quotes of a JSON string, decoded; None if it is none."""
    try:
        return str(json.loads(f'"{value}"', strict=False))
    except ValueError:
        return None
