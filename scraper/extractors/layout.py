"""The values of a segmented page: its elements as parallel arrays, its text runs, its media."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from selectolax.lexbor import LexborNode

from scraper.extractors.tags import HIDDEN, LINE_END
from scraper.model import WarningCode

Kind = Literal["paragraph", "heading", "list_item", "quote", "code", "table", "caption"]


class Run:
    """One piece of text; `index` counts from 0 in document order, `element` is its block-level element's index."""

    __slots__ = (
        "_attributes", "_links", "_sponsored", "after_br", "anchors", "bold_only", "element", "flags", "index", "item",
        "kind", "level", "lines", "link_chars", "text",
    )  # fmt: skip

    def __init__(self, element: int, flags: int, after_br: bool = False) -> None:
        self.index = -1
        self.element = element
        self.flags = flags
        """Bits of the element that holds the first text, with all its ancestors'."""
        self.after_br = after_br
        self.text = ""
        """White space collapsed; a code run keeps its lines, a table is tab- and newline-joined."""
        self.lines: tuple[str, ...] = ()
        """The lines of the text where a reader sees several, parted by <br>."""
        self.kind: Kind = "paragraph"
        self.level = 0
        """Of a heading 1 to 6, of a list item its nesting from 1, else 0."""
        self.item = -1
        """Element index of the list item that holds it, or -1."""
        self.bold_only = True
        self.anchors: list[tuple[str, LexborNode]] = []
        self.link_chars = 0
        self._attributes: list[dict[str, str | None]] | None = None
        self._links: list[tuple[str, str]] | None = None
        self._sponsored: bool | None = None

    @property
    def link_attributes(self) -> list[dict[str, str | None]]:
        """Return the attributes of each of the anchors; read when first asked for."""
        if self._attributes is None:
            self._attributes = [node.attributes for _, node in self.anchors]
        return self._attributes

    @property
    def links(self) -> list[tuple[str, str]]:
        """Return (text, href as written) of each link with text, in order; read when first asked for."""
        if self._links is None:
            both = zip(self.anchors, self.link_attributes, strict=True)
            self._links = [(anchor[0], attributes.get("href") or "") for anchor, attributes in both]
        return self._links

    @property
    def longest_link(self) -> tuple[str, dict[str, str | None]]:
        """Return text and attributes of its longest link, the first of equals; it must have one."""
        at = 0
        if len(self.anchors) > 1:
            sizes = [len(text) for text, _ in self.anchors]
            at = sizes.index(max(sizes))
        return self.anchors[at][0], self.link_attributes[at]

    @property
    def is_sponsored(self) -> bool:
        """Whether its links are declared as paid for; looked up when first asked for."""
        if self._sponsored is None:
            self._sponsored = any("sponsored" in (a.get("rel") or "") for a in self.link_attributes)
        return self._sponsored


@dataclass(slots=True)
class Media:
    """An image, video, frame or embedded post; `run` is the index of the run it stands before."""

    element: int
    tag: str
    run: int
    node: LexborNode

    @property
    def attributes(self) -> dict[str, str | None]:
        """Return the element's attributes as written."""
        return self.node.attributes


@dataclass(slots=True)
class Layout:
    """The page as parallel arrays over its elements (0 is the root), and its runs and media. Read-only once built."""

    tags: list[str] = field(default_factory=list)
    parents: list[int] = field(default_factory=list)
    """Index of the parent element; -1 for the root."""
    ends: list[int] = field(default_factory=list)
    """One past the last descendant: element or run element `e` is inside `i` when i <= e < ends[i]."""
    nodes: list[LexborNode] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    """Own class, id, role, itemprop, data-testid and data-component in lower case; "" for plain inline elements."""
    flags: list[int] = field(default_factory=list)
    """Bits of the element and all its ancestors: HIDDEN, NAV, ARTICLE ..."""
    depths: list[int] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    media: list[Media] = field(default_factory=list)
    warnings: list[WarningCode] = field(default_factory=list)

    @property
    def truncated(self) -> bool:
        """Tell whether a cap cut the page."""
        return "too_many_nodes" in self.warnings or "page_truncated" in self.warnings

    def is_hidden(self, element: int) -> bool:
        """Tell whether the element or one above it is declared hidden."""
        return bool(self.flags[element] & HIDDEN)

    def climb(self, element: int, flag: int, *tags: str) -> int:
        """Return the nearest element at or above `element` with one of `tags`, or -1; `flag` must be the tags' bit."""
        while element >= 0 and self.flags[element] & flag:
            if self.tags[element] in tags:
                return element
            element = self.parents[element]
        return -1

    def within(self, element: int, ancestor: int) -> bool:
        """Tell whether `element` is `ancestor` or below it."""
        return ancestor <= element < self.ends[ancestor]


def lines_of(text: str) -> tuple[str, ...]:
    """Return the lines of a run's text as taken off the tree, white space collapsed; none where it has but one."""
    lines = tuple(words for line in text.split(LINE_END) if (words := " ".join(line.split())))
    return lines if len(lines) > 1 else ()
