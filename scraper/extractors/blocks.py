"""A page as flat arrays: one traversal of the parsed tree gives elements, text runs and media in document order.

A *run* is a maximal piece of text under one nearest block-level element, cut at block boundaries and at double
line breaks. Every visible character of the page is in exactly one run; runs are what the classifier labels and what
text, Markdown and teasers are read off. Nothing here judges: no text is dropped because of what it says.

Cost is linear in the number of nodes and bounded by the caps below; a cap that was hit is told in `Layout.warnings`.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from selectolax.lexbor import LexborNode

from scraper.extractors.kinds import set_kind
from scraper.extractors.layout import Layout, Media, Run
from scraper.extractors.tables import join
from scraper.extractors.tags import (
    BARE,
    BOLD,
    FLAG_OF_ROLE,
    FLAG_OF_TAG,
    HIDDEN,
    INLINE,
    MEDIA,
    NOSCRIPT,
    PRE,
    SKIPPED,
)

__all__ = ["Layout", "Media", "Run", "segment", "segment_text"]

MAX_NODES: Final = 300_000
MAX_DEPTH: Final = 1_000
MAX_TEXT_CHARS: Final = 4_000_000
MIN_NOSCRIPT_CHARS: Final = 800
"""A shorter <noscript> is a tracking pixel or a notice, not the page's text (forums put whole threads there)."""
_EMBED_CLASSES: Final = ("twitter-", "instagram-media", "tiktok-embed", "bluesky-embed", "reddit-embed")
_TEXT_ID: Final = 2
"""Lexbor's tag id of a text node."""


def segment(root: LexborNode) -> Layout:
    """Return the layout of the tree below `root` (the body; the root element where there is none).

    Total, and linear in the number of nodes: MAX_NODES, MAX_DEPTH and MAX_TEXT_CHARS bound the work, each with a
    warning. The tree is left as it was.
    """
    walk = _Walk()
    left = MAX_NODES
    for node in root.traverse(include_text=True):
        if node.tag_id == _TEXT_ID:
            walk.text(node)
        else:
            walk.element(node)
        left -= 1
        if not left or walk.chars > MAX_TEXT_CHARS:
            walk.layout.warnings.append("page_truncated" if left else "too_many_nodes")
            break
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


class _Walk:
    """The state of one traversal. Spelled out more than elsewhere: this runs for every node of every page."""

    __slots__ = (
        "block_of", "br", "chars", "index_of", "kinds", "last_link", "layout", "link_of", "links", "open", "parts",
        "pieces",
    )  # fmt: skip

    def __init__(self) -> None:
        self.layout = Layout()
        self.index_of: dict[int, int] = {}
        """mem_id -> element index. A skipped element is not in it, so all below it is skipped too."""
        self.kinds: dict[int, _TagKind] = {}
        """By tag id. Of this page only: custom elements' ids differ from page to page."""
        self.block_of: list[int] = []
        self.link_of: list[int] = []
        self.open: Run | None = None
        self.parts: list[str] = []
        self.links: list[tuple[int, list[str]]] = []
        """What the open run is made of: its texts, and for each link its element and texts."""
        self.pieces: list[tuple[Run, list[str], list[tuple[int, list[str]]]]] = []
        self.br = 0
        self.last_link = -1
        self.chars = 0

    def text(self, node: LexborNode) -> None:
        parent = self.index_of.get(node.parent.mem_id)  # type: ignore[union-attr]
        if parent is None or not (text := node.text_content):
            return
        run, link = self.open, self.link_of[parent]
        if text.isspace():
            if run is not None:
                self.parts.append(text)
                if link < 0:
                    self.last_link = -1
            return
        block, flags = self.block_of[parent], self.layout.flags[parent]
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

    def element(self, node: LexborNode) -> None:
        kind = self.kinds.get(node.tag_id) or self._kind(node)
        layout = self.layout
        if not layout.tags:
            self._root(node, kind)
            return
        parent = self.index_of.get(node.parent.mem_id)  # type: ignore[union-attr]
        if parent is None:
            return
        if kind.is_special:
            if kind.tag == "br":
                self._break(parent)
            elif kind.tag in MEDIA:
                self._add(node, kind, parent)
        elif layout.depths[parent] >= MAX_DEPTH:
            self._too_deep(node, parent, kind.is_block)
        else:
            self.index_of[node.mem_id] = self._add(node, kind, parent)

    def _kind(self, node: LexborNode) -> _TagKind:
        """Return what this page's elements of one tag have in common."""
        tag = node.tag or ""
        if not tag[:1].isalpha():  # comments, doctypes, elements without a name
            tag = "br" if tag == "br" else "-"
        special = tag in SKIPPED or tag in {"br", "-"}
        kind = _TagKind(tag, tag not in INLINE, special, tag not in BARE, tag in MEDIA, FLAG_OF_TAG.get(tag, 0))
        self.kinds[node.tag_id] = kind
        return kind

    def _root(self, node: LexborNode, kind: _TagKind) -> None:
        token, flags = _read(node.attributes)
        layout = self.layout
        layout.tags.append(kind.tag)
        layout.parents.append(-1)
        layout.nodes.append(node)
        layout.tokens.append(token)
        layout.flags.append(flags | kind.flags)
        layout.depths.append(0)
        self.link_of.append(-1)
        self.block_of.append(0)
        self.index_of[node.mem_id] = 0

    def _add(self, node: LexborNode, kind: _TagKind, parent: int) -> int:
        """Append one element to the arrays; return its index."""
        tag, is_block, _, is_read, is_media, flags = kind
        layout, token = self.layout, ""
        index = len(self.block_of)
        if is_read and (attributes := node.attributes):
            token, more = _read(attributes)
            flags |= more
        layout.tags.append(tag)
        layout.parents.append(parent)
        layout.nodes.append(node)
        layout.tokens.append(token)
        layout.flags.append(flags | layout.flags[parent])
        layout.depths.append(layout.depths[parent] + 1)
        self.link_of.append(index if tag == "a" else self.link_of[parent])
        if is_block:
            self.block_of.append(index)
            self.open, self.br = None, 0
        else:
            self.block_of.append(self.block_of[parent])
        if is_media or (tag == "blockquote" and any(x in token for x in _EMBED_CLASSES)):
            layout.media.append(Media(index, tag, len(self.pieces), node))
        return index

    def _break(self, parent: int) -> None:
        """Note a <br>: the second in a row ends the run, except in preformatted text."""
        self.br += 1
        if self.open is None:
            return
        if self.br > 1 and not self.layout.flags[parent] & PRE:
            self.open = None
        else:
            self.parts.append("\n")
            self.last_link = -1

    def _too_deep(self, node: LexborNode, parent: int, is_block: bool) -> None:
        """Let an element below MAX_DEPTH pass for its ancestor: its text is kept, its boundaries still cut."""
        self.index_of[node.mem_id] = parent
        if is_block:
            self.open, self.br = None, 0
        if "too_deep" not in self.layout.warnings:
            self.layout.warnings.append("too_deep")

    def finish(self) -> Layout:
        """Close the arrays, type the runs, join tables and code."""
        layout = self.layout
        layout.ends = _ends(layout.parents)
        dropped = _noscript_to_drop(layout, self.pieces)
        place: list[int] = []
        levels: dict[int, int] = {}
        for run, parts, links in self.pieces:
            place.append(len(layout.runs))
            if run.flags & NOSCRIPT and layout.climb(run.element, NOSCRIPT, "noscript") in dropped:
                continue
            set_kind(run, layout, levels)
            text = "".join(parts)
            run.text = text.strip("\n\r").rstrip() if run.kind == "code" else " ".join(text.split())
            if links:
                run.anchors = [(" ".join("".join(t).split()), layout.nodes[i]) for i, t in links]
                run.link_chars = min(sum([len(t) for t, _ in run.anchors]), len(run.text))
            layout.runs.append(run)
        place.append(len(layout.runs))
        new = join(layout)
        for media in layout.media:
            media.run = new[place[media.run]]
        for index, run in enumerate(layout.runs):
            run.index = index
        return layout


def _read(attributes: dict[str, str | None]) -> tuple[str, int]:
    """Return the tokens that name an element's role, and the flags its attributes set."""
    get = attributes.get
    if len(attributes) == 1 and "class" in attributes:
        return (attributes["class"] or "")[:400].lower(), 0
    role = (get("role") or "").lower()
    flags = FLAG_OF_ROLE.get(role, 0)
    style = get("style") or ""
    unseen = "none" in style and "display:none" in style.replace(" ", "").lower()
    if unseen or "hidden" in attributes or get("aria-hidden") == "true":
        flags |= HIDDEN
    named = (get("class"), get("id"), role, get("itemprop"), get("data-testid"), get("data-component"))
    return " ".join(filter(None, named))[:400].lower(), flags


def _ends(parents: list[int]) -> list[int]:
    """Return for each element one past its last descendant: a child always follows its parent."""
    ends = [0] * len(parents)
    for index in range(len(parents) - 1, -1, -1):
        end = ends[index] = ends[index] or index + 1
        parent = parents[index]
        if parent >= 0 and not ends[parent]:  # the last child comes first
            ends[parent] = end
    return ends


def _noscript_to_drop(layout: Layout, pieces: list[tuple[Run, list[str], list[tuple[int, list[str]]]]]) -> set[int]:
    """Return the <noscript> elements that repeat or excuse the page instead of holding its text."""
    if not any(run.flags & NOSCRIPT for run, _, _ in pieces):
        return set()
    chars: dict[int, int] = {}
    outside = 0
    for run, parts, _ in pieces:
        size = sum(map(len, parts))
        if run.flags & NOSCRIPT:
            element = layout.climb(run.element, NOSCRIPT, "noscript")
            chars[element] = chars.get(element, 0) + size
        else:
            outside += size
    return {element for element, size in chars.items() if size < MIN_NOSCRIPT_CHARS or size < outside}
