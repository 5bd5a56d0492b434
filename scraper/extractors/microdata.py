"""Microdata: which elements speak of the same thing. Source: WHATWG HTML, 5.2.5 (itemscope, itemprop)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from selectolax.lexbor import LexborNode

_MAX_NODES: Final = 40
_MAX_DEPTH: Final = 60


def of_one_thing(nodes: Sequence[LexborNode]) -> list[LexborNode]:
    """Return those elements that tell a property of the same thing as the first: its authors, not its commenters'."""
    owners = [_owner(node) for node in nodes[:_MAX_NODES]]
    return [node for node, owner in zip(nodes, owners, strict=False) if owner == owners[0]]


def _owner(node: LexborNode) -> int | None:
    """Return the element around this one that is a thing of its own, by its address; None where the page is it."""
    above = node.parent
    for _ in range(_MAX_DEPTH):
        if above is None or "itemscope" in above.attributes:
            return above.mem_id if above is not None else None
        above = above.parent
    return None
