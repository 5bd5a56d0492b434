"""A page as flat arrays: one traversal of the parsed tree gives elements, text runs and media in document order.

A *run* is a maximal piece of text under one nearest block-level element, cut at block boundaries and at double
line breaks. Every visible character of the page is in exactly one run; runs are what the classifier labels and what
text, Markdown and teasers are read off. Nothing here judges: no text is dropped because of what it says.

Cost is linear in the number of nodes and bounded by the caps below; a cap that was hit is told in `Layout.warnings`.
"""

from __future__ import annotations

from itertools import islice
from typing import Final, NamedTuple

from selectolax.lexbor import LexborNode

from scraper.extractors.kinds import TYPED, set_kind
from scraper.extractors.layout import Layout, Media, Run, lines_of
from scraper.extractors.noscript import noscript_to_drop
from scraper.extractors.permalinks import MARKS, cut_marks
from scraper.extractors.tables import join
from scraper.extractors.tags import (
    BARE,
    BOLD,
    FLAG_OF_TAG,
    INLINE,
    LINE_END,
    MEDIA,
    NOSCRIPT,
    PRE,
    SKIPPED,
    read_role,
)
from scraper.web.tree import subtree_ends

__all__ = ["Layout", "Media", "Run", "segment", "segment_text"]

MAX_NODES: Final = 300_000
MAX_DEPTH: Final = 1_000
MAX_TEXT_CHARS: Final = 4_000_000
_EMBED_CLASSES: Final = ("twitter-", "instagram-media", "tiktok-embed", "bluesky-embed", "reddit-embed")
_TEXT_ID: Final = 2
"""Lexbor's tag id of a text node."""


def segment(root: LexborNode) -> Layout:
    """Return the layout of the tree below `root` (the body; the root element where there is none).

    Total, and linear in the number of nodes: MAX_NODES, MAX_DEPTH and MAX_TEXT_CHARS bound the work, each with a
    warning. The tree is left as it was.
    """
    walk = _Walk()
    walk.through(root)
    return walk.finish()


def segment_text(text: str) -> Layout:
    """Return the layout of plain text: one paragraph a non-empty line, under a lone body without a node."""
    layout = Layout(tags=["body"], parents=[-1], ends=[1], tokens=[""], flags=[0], depths=[0])
    for line in text[:MAX_TEXT_CHARS].splitlines():
        if words := line.split():
            run = Run(0, 0)
            run.index, run.text, run.bold_only = len(layout.runs), " ".join(words), False
            layout.runs.append(run)
    if len(text) > MAX_TEXT_CHARS:
        layout.warnings.append("page_truncated")
    return layout


class _TagKind(NamedTuple):
    """What all elements of one tag have in common."""

    tag: str
    is_block: bool
    is_special: bool
    """Nothing below it is text of the page, or there is nothing below it."""
    is_read: bool
    is_media: bool
    flags: int


_Element = tuple[int, str, int, LexborNode, str, int, int, int, int]
"""Index, tag, parent's index, node, token, flags, depth, and the indexes of the link and the block at or above it.

A plain tuple: a named one takes three times as long to make, and a page has thousands.
"""
_FLAGS: Final = 5
_DEPTH: Final = 6
_LINK: Final = 7
_BLOCK: Final = 8


class _Walk:
    """The state of one traversal. Spelled out more than elsewhere: this runs for every node of every page."""

    __slots__ = (
        "br", "chars", "elements", "held", "kinds", "last_link", "layout", "links", "names", "open", "parts", "pieces",
    )  # fmt: skip

    def __init__(self) -> None:
        self.layout = Layout()
        self.elements: list[_Element] = []
        self.held: dict[int, _Element] = {}
        """By mem_id. A skipped element is not in it, so all below it is skipped too."""
        self.names: dict[tuple[str | None, str | None], str] = {}
        """Tokens by class and id: elements of one kind share one string."""
        self.kinds: dict[int, _TagKind] = {}
        """By tag id. Of this page only: custom elements' ids differ from page to page."""
        self.open: Run | None = None
        self.parts: list[str] = []
        self.links: list[tuple[int, list[str]]] = []
        """What the open run is made of: its texts, and for each link its element and texts."""
        self.pieces: list[tuple[Run, list[str], list[tuple[int, list[str]]]]] = []
        self.br = 0
        self.last_link = -1
        self.chars = 0

    def through(self, root: LexborNode) -> None:
        """Take in each node of the tree in document order, until a cap is reached."""
        held, kinds = self.held, self.kinds
        nodes = root.traverse(include_text=True)
        self._root(next(nodes))
        for node in islice(nodes, MAX_NODES - 1):
            above = held.get(node.parent.mem_id)  # type: ignore[union-attr]
            if above is None:
                continue
            tag_id = node.tag_id
            if tag_id == _TEXT_ID:
                text = node.text_content or ""
                if text.isspace():  # half of all texts
                    if self.open is not None:
                        self.parts.append(text)
                        if above[_LINK] < 0:
                            self.last_link = -1
                        elif self.links and self.links[-1][0] == above[_LINK]:
                            self.links[-1][1].append(text)
                elif text:
                    self._text(text, above)
                    if self.chars > MAX_TEXT_CHARS:
                        self.layout.warnings.append("page_truncated")
                        return
                continue
            kind = kinds.get(tag_id) or self._kind(node)
            if kind.is_special:
                self._special(node, kind, above)
            elif above[_DEPTH] >= MAX_DEPTH:
                self._too_deep(node, above, kind.is_block)
            else:
                held[node.mem_id] = self._add(node, kind, above)
        if next(nodes, None) is not None:
            self.layout.warnings.append("too_many_nodes")

    def _text(self, text: str, above: _Element) -> None:
        """Take in a text that is more than white space."""
        run = self.open
        flags, link, block = above[_FLAGS], above[_LINK], above[_BLOCK]
        if run is None or run.element != block:
            run = self.open = Run(block, flags, after_br=self.br > 1)
            self.parts, self.links, self.last_link = [], [], -1
            self.pieces.append((run, self.parts, self.links))
        if not flags & BOLD:
            run.bold_only = False
        if link >= 0:
            if not self.links or self.links[-1][0] != link:
                self.links.append((link, []))
                if self.last_link >= 0:  # two links that touch are two words
                    self.parts.append(" ")
            self.links[-1][1].append(text)
        self.last_link = link
        self.parts.append(text)
        self.br = 0
        self.chars += len(text)

    def _kind(self, node: LexborNode) -> _TagKind:
        """Return what this page's elements of one tag have in common."""
        tag = node.tag or ""
        if not tag[:1].isalpha():  # comments, doctypes, elements without a name
            tag = "br" if tag == "br" else "-"
        special = tag in SKIPPED or tag in {"br", "-"}
        kind = _TagKind(tag, tag not in INLINE, special, tag not in BARE, tag in MEDIA, FLAG_OF_TAG.get(tag, 0))
        self.kinds[node.tag_id] = kind
        return kind

    def _root(self, node: LexborNode) -> None:
        kind = self._kind(node)
        token, flags = read_role(node.attributes, self.names)
        root = (0, kind.tag, -1, node, token, flags | kind.flags, 0, -1, 0)
        self.elements.append(root)
        self.held[node.mem_id] = root

    def _special(self, node: LexborNode, kind: _TagKind, above: _Element) -> None:
        """Note a line break, or a medium of which nothing below is looked at."""
        if kind.tag == "br":
            self._break(above)
        elif kind.is_media:
            self._add(node, kind, above)

    def _add(self, node: LexborNode, kind: _TagKind, above: _Element) -> _Element:
        """Append one element to the page's."""
        tag, is_block, _, is_read, is_media, flags = kind
        parent, _, _, _, _, flags_above, depth, link, block = above
        index, token = len(self.elements), ""
        if is_read and (attributes := node.attributes):
            token, more = read_role(attributes, self.names)
            flags |= more
        if is_block:
            self.open, self.br, block = None, 0, index
        elif tag == "a":
            link = index
        elif tag == "span" and node.first_child is None and "br" in (node.attributes.get("class") or "").split():
            self._break(above)
        element = (index, tag, parent, node, token, flags | flags_above, depth + 1, link, block)
        self.elements.append(element)
        if is_media or (tag == "blockquote" and any(x in token for x in _EMBED_CLASSES)):
            self.layout.media.append(Media(index, tag, len(self.pieces), node))
        return element

    def _break(self, above: _Element) -> None:
        """Note a <br>, or a <span class=br>: the second in a row ends the run, except in preformatted text."""
        self.br += 1
        if self.open is None:
            return
        is_code = above[_FLAGS] & PRE
        if self.br > 1 and not is_code:
            self.open = None
        else:
            end = "\n" if is_code else LINE_END
            self.parts.append(end)
            if self.links and self.links[-1][0] == above[_LINK]:
                self.links[-1][1].append(end)
            self.last_link = -1

    def _too_deep(self, node: LexborNode, above: _Element, is_block: bool) -> None:
        """Let an element below MAX_DEPTH pass for its ancestor: its text is kept, its boundaries still cut."""
        self.held[node.mem_id] = above
        if is_block:
            self.open, self.br = None, 0
        if "too_deep" not in self.layout.warnings:
            self.layout.warnings.append("too_deep")

    def finish(self) -> Layout:
        """Fill the arrays, type the runs, join tables and code."""
        layout = self.layout
        columns = zip(*self.elements, strict=True)
        _, tags, parents, nodes, tokens, flags, depths, _, _ = map(list, columns)
        layout.tags, layout.parents, layout.nodes = tags, parents, nodes
        layout.tokens, layout.flags, layout.depths = tokens, flags, depths
        layout.ends = subtree_ends(layout.parents)
        dropped = noscript_to_drop(layout, self.pieces)
        place: list[int] = []
        levels: dict[int, int] = {}
        for run, parts, links in self.pieces:
            place.append(len(layout.runs))
            if run.flags & NOSCRIPT and layout.climb(run.element, NOSCRIPT, "noscript") in dropped:
                continue
            if run.flags & TYPED:
                set_kind(run, layout, levels)
            text = "".join(parts)
            run.text = text.strip("\n\r").rstrip() if run.kind == "code" else " ".join(text.split())
            if LINE_END in text:
                run.lines = lines_of(text)
            if links:
                run.anchors = [(" ".join("".join(t).split()), layout.nodes[i]) for i, t in links]
                chars = [
                    len(a[0]) if len(t) < 3 else _link_chars(t) for a, (_, t) in zip(run.anchors, links, strict=True)
                ]
                run.link_chars = min(sum(chars), len(run.text))
                if run.anchors[0][0] in MARKS or run.anchors[-1][0] in MARKS or run.text.endswith("]"):
                    cut_marks(run)
                if not run.text:
                    continue
            layout.runs.append(run)
        place.append(len(layout.runs))
        new = join(layout)
        for media in layout.media:
            media.run = new[place[media.run]]
        for index, run in enumerate(layout.runs):
            run.index = index
        return layout


def _link_chars(parts: list[str]) -> int:
    """Return the characters of a link but for the white space between its elements: so the model has learnt it."""
    return len(" ".join("".join(filter(str.strip, parts)).split()))
