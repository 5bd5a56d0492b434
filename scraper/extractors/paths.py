"""Where on the page each block stands, for tools that show it there: a CSS path to the block's element."""

from __future__ import annotations

from collections import Counter
from typing import Final

import msgspec

from scraper.document import Document
from scraper.extractors.blocks import segment
from scraper.extractors.layout import Layout
from scraper.model import Draft

_MAX_STEPS: Final = 100
"""A path over more elements helps nobody, and on a hostile page all of them together would fill the memory."""


def locate_blocks(document: Document, draft: Draft) -> Draft:
    """Return the draft of this document with the path of each block; "" for a block that stands nowhere in the tree.

    Cutting is repeated rather than remembered: a crawl pays nothing for what only a person asks.
    """
    if document.is_plain or document.root is None:
        return draft
    layout = segment(document.root)
    steps = _steps(layout)
    blocks = list(draft.blocks)
    for run in layout.runs:
        blocks[run.index] = msgspec.structs.replace(blocks[run.index], path=_path(layout, steps, run.element))
    return msgspec.structs.replace(draft, blocks=tuple(blocks))


def _steps(layout: Layout) -> list[str]:
    """Return each element as one step of a selector, from its parent."""
    siblings = list(zip(layout.parents, layout.tags, strict=True))
    of_kind, seen, steps = Counter(siblings), Counter[tuple[int, str]](), list[str]()
    for place in siblings:
        seen[place] += 1
        steps.append(place[1] if of_kind[place] == 1 else f"{place[1]}:nth-of-type({seen[place]})")
    return steps


def _path(layout: Layout, steps: list[str], element: int) -> str:
    path: list[str] = []
    while element >= 0:
        path.append(steps[element])
        element = layout.parents[element]
        if len(path) > _MAX_STEPS:
            return ""
    return " > ".join(reversed(path))
