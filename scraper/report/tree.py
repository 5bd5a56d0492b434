"""A parsed page as flat arrays in document order, and where the blocks of a draft stand in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import islice
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode

from scraper.model import Block
from scraper.web.markup import guard_html
from scraper.web.tree import subtree_ends

MAX_NODES: Final = 300_000
UNSHOWN: Final = frozenset(
    ("script", "style", "template", "svg", "math", "head", "title", "select", "option", "datalist", "textarea",
     "object", "embed", "applet", "canvas", "audio", "video", "iframe", "frame", "frameset", "noframes", "noembed",
     "map", "progress", "meter", "link", "meta", "base", "param", "source", "track", "portal", "fencedframe"),
)  # fmt: skip
"""Elements of which nothing below is shown: they run, they load, or their text is not the page's."""
_WHOLE: Final = frozenset(
    ("p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "dt", "dd", "td", "th", "caption", "blockquote", "figcaption",
     "div", "section", "article", "header", "footer", "main", "nav", "aside", "address", "pre", "center"),
)  # fmt: skip
"""Elements that may be coloured as a whole."""
_LOOK_AHEAD: Final = 200
"""Text nodes looked through for the beginning of a block."""
_STEP: Final = re.compile(r"(.*?)(?::nth-of-type\((\d{1,6})\))?", re.DOTALL)


class Tree:
    """The nodes from the body down; `ends[i]` is one past the last descendant of node `i`."""

    def __init__(self, html: str) -> None:
        self.parser = LexborHTMLParser(guard_html(html)[0])
        root = self.parser.body or self.parser.root
        self.nodes: list[LexborNode] = []
        self.tags: list[str] = []
        self.parents: list[int] = []
        self.texts: list[str | None] = []
        """Text of a text node that may be shown, None for all else."""
        if root is not None:
            self._take(root)
        self.ends = subtree_ends(self.parents)

    def _take(self, root: LexborNode) -> None:
        places: dict[int, int] = {}
        unshown: set[int] = set()
        for index, node in enumerate(islice(root.traverse(include_text=True), MAX_NODES)):
            above = node.parent
            parent = places.get(above.mem_id, -1) if above is not None and index else -1
            if index and parent < 0:  # below a node beyond the cap
                break
            tag = node.tag or ""
            places[node.mem_id] = index
            if tag in UNSHOWN or parent in unshown:
                unshown.add(index)
            self.nodes.append(node)
            self.tags.append(tag)
            self.parents.append(parent)
            self.texts.append((node.text_content or "") if tag == "-text" and index not in unshown else None)


class Places:
    """Where each block stands: elements that are a block as a whole, and text nodes that are part of one."""

    def __init__(self, tree: Tree, blocks: Sequence[Block]) -> None:
        self.elements: dict[int, Block] = {}
        self.pieces: dict[int, Block] = {}
        self._tree = tree
        self._words = [
            (index, "".join(text.split())) for index, text in enumerate(tree.texts) if text and not text.isspace()
        ]
        self._next = 0
        found = _find(tree, [block.path for block in blocks])
        for block in blocks:
            if (element := found.get(block.path)) is not None:
                self._place(block, element)

    def _place(self, block: Block, element: int) -> None:
        """Mark the text nodes that the block was read from; its element, if they are not to be found."""
        tree = self._tree
        taken = self._taken(block, element)
        if not taken:
            if element and tree.tags[element] in _WHOLE:
                self.elements.setdefault(element, block)
            return
        first, last = taken[0], taken[-1]
        whole = (
            len(taken) == last - first + 1
            and element > 0
            and tree.tags[element] in _WHOLE
            and (first == 0 or self._words[first - 1][0] < element)
            and (last + 1 == len(self._words) or self._words[last + 1][0] >= tree.ends[element])
        )
        if whole and element not in self.elements:
            self.elements[element] = block
        else:
            self.pieces.update((self._words[at][0], block) for at in taken)
        self._next = last + 1

    def _taken(self, block: Block, element: int) -> list[int]:
        """Return the places in `_words` of the nodes that together are the block's text, [] if they are not there."""
        words, end = self._words, self._tree.ends[element]
        whole = "".join(block.text.split())
        at = self._next
        while at < len(words) and words[at][0] < element:
            at += 1
        for start in range(at, min(at + _LOOK_AHEAD, len(words))):
            if words[start][0] >= end:
                break
            if whole.startswith(words[start][1]) and (taken := self._run(whole, start, end)):
                return taken
        return []

    def _run(self, whole: str, start: int, end: int) -> list[int]:
        """Return the nodes from `start` on that spell the text; what stands between them and is not in it is left."""
        taken, done = list[int](), 0
        for at in range(start, min(start + len(whole) + _LOOK_AHEAD, len(self._words))):
            index, word = self._words[at]
            if index >= end:
                break
            if whole.startswith(word, done):
                taken.append(at)
                done += len(word)
                if done == len(whole):
                    return taken
        return []


def _find(tree: Tree, paths: Sequence[str]) -> dict[str, int]:
    """Return the element at each path that leads to one."""
    below: dict[tuple[int, str, int], int] = {}
    seen: Counter[tuple[int, str]] = Counter()
    for index, place in enumerate(zip(tree.parents, tree.tags, strict=True)):
        seen[place] += 1
        below[*place, seen[place]] = index
    found: dict[str, int] = {}
    for path in filter(None, dict.fromkeys(paths)):
        element = -1
        for step in path.split(" > "):
            tag, number = _STEP.fullmatch(step).groups()  # type: ignore[union-attr]
            if (at := below.get((element, tag, int(number or 1)))) is None:
                break
            element = at
        else:
            found[path] = element
    return found
