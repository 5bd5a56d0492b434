"""The page itself, made harmless and with its blocks marked, as the source of a frame.

Written anew from the parsed tree, tag by tag and attribute by attribute: what is not on a list here is not written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from importlib import resources
from typing import Final
from urllib.parse import quote

from selectolax.lexbor import LexborNode

from scraper.model import Block
from scraper.report.colours import label_css
from scraper.report.styles import clean_css
from scraper.report.tree import UNSHOWN, Places, Tree

FRAME_CSP: Final = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'"
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_RENAMED: Final = {
    "body": "div", "html": "div", "form": "div", "details": "div", "summary": "div", "noscript": "div", "dialog": "div",
    "button": "span", "label": "span", "marquee": "div", "plaintext": "pre", "xmp": "pre", "listing": "pre",
    "picture": "span", "slot": "span", "image": "span", "area": "span", "menuitem": "span",
}  # fmt: skip
"""Elements shown as others: they would act, take the focus, or break the parse of what follows."""
_BOXES: Final = frozenset(("iframe", "video", "audio", "object", "embed", "canvas", "applet", "svg", "frame"))
_FIELDS: Final = frozenset(("input", "select", "textarea"))
_VOID: Final = frozenset(("br", "hr", "wbr", "col"))
_KEPT: Final = frozenset(
    ("class", "id", "title", "lang", "dir", "align", "valign", "bgcolor", "color", "width", "height", "colspan",
     "rowspan", "cellpadding", "cellspacing", "border", "start", "value", "type", "reversed", "datetime", "hidden",
     "span", "size", "face", "nowrap"),
)  # fmt: skip
_MAX_ATTRIBUTE_CHARS: Final = 2_000
_MAX_IMAGE_CHARS: Final = 200_000
_MAX_SIDE_PX: Final = 4_000
_MIN_TEXT_PX: Final = 60
_SIZE: Final = re.compile(r"\s*(\d{1,4})(?:px|\.\d+)?\s*")


def frame_source(html: str, blocks: Sequence[Block], *, is_plain: bool = False) -> tuple[str, frozenset[int]]:
    """Return the page as a document of its own, and the indexes of the blocks that are marked in it."""
    if is_plain:
        return _document("", "".join(_line(block) for block in blocks), ""), frozenset(b.index for b in blocks)
    tree = Tree(html)
    writer = _Writer(tree, Places(tree, blocks))
    body = writer.written()
    root = tree.parser.root
    styles = "".join(_style(node) for node in tree.parser.css("style")) if root is not None else ""
    return _document(styles, body, _attributes(root) if root is not None else ""), frozenset(writer.shown)


def _document(styles: str, body: str, attributes: str) -> str:
    own = resources.files("scraper.report").joinpath("frame.css").read_text(encoding="utf-8")
    return (
        f'<!doctype html><html{attributes}><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{FRAME_CSP}"><title>The page</title>{styles}'
        f"<style>{own}{label_css()}</style></head>{body if body.startswith('<body') else f'<body>{body}'}</body></html>"
    )


def _style(node: LexborNode) -> str:
    media = node.attributes.get("media")
    condition = f' media="{escape(media)}"' if media else ""
    return f"<style data-scraper-page{condition}>{clean_css(node.text() or '')}</style>"


def _line(block: Block) -> str:
    return f"<p{_mark(block, is_first=True)}>{_badge(block)}{escape(block.text)}</p>"


class _Writer:
    """Writes the body of a page."""

    def __init__(self, tree: Tree, places: Places) -> None:
        self._tree, self._places = tree, places
        self._out: list[str] = []
        self.shown: set[int] = set()

    def written(self) -> str:
        """Return the body as HTML."""
        tree, at = self._tree, 0
        closing: list[tuple[int, str]] = []
        while at < len(tree.nodes):
            while closing and closing[-1][0] <= at:
                self._out.append(closing.pop()[1])
            at = self._node(at, closing)
        self._out.extend(end for _, end in reversed(closing))
        return "".join(self._out)

    def _node(self, at: int, closing: list[tuple[int, str]]) -> int:
        """Write one node, or its beginning; return where to go on."""
        tree = self._tree
        tag, text = tree.tags[at], tree.texts[at]
        if text is not None:
            self._text(at, text)
            return at + 1
        if tag in _BOXES:
            self._out.append(_box(tag, tree.nodes[at]))
        elif tag in _FIELDS:
            self._out.append(_field(tree.nodes[at]))
        elif tag in {"img", "amp-img", "image"}:
            self._out.append(_image(tree.nodes[at]))
        elif tag in _VOID:
            self._out.append(f"<{tag}{_attributes(tree.nodes[at])}>")
        elif not tag.startswith("-") and tag not in UNSHOWN and (tag != "noscript" or self._is_read(at)):
            closing.append((tree.ends[at], self._open(at, tag)))
            return at + 1
        return tree.ends[at]

    def _is_read(self, at: int) -> bool:
        """Whether any block stands in a <noscript>: most hold counting pixels and excuses."""
        below = range(at, self._tree.ends[at])
        return any(index in self._places.pieces or index in self._places.elements for index in below)

    def _open(self, at: int, tag: str) -> str:
        """Write an element's start tag; return its end tag."""
        node, block = self._tree.nodes[at], self._places.elements.get(at)
        name = "body" if at == 0 else _RENAMED.get(tag, tag if _NAME.fullmatch(tag) else "span")
        link = node.attributes.get("href") if tag == "a" else None
        led = f' data-href="{escape(link[:_MAX_ATTRIBUTE_CHARS])}"' if link else ""
        if block is None:
            self._out.append(f"<{name}{_attributes(node)}{led}>")
        else:
            self.shown.add(block.index)
            self._out.append(f"<{name}{_attributes(node)}{led}{_mark(block, is_first=True)}>{_badge(block)}")
        return f"</{name}>"

    def _text(self, at: int, text: str) -> None:
        block = self._places.pieces.get(at)
        if block is None:
            self._out.append(escape(text, quote=False))
            return
        is_first = block.index not in self.shown
        self.shown.add(block.index)
        badge = _badge(block) if is_first else ""
        self._out.append(
            f"<scraper-mark{_mark(block, is_first=is_first)}>{badge}{escape(text, quote=False)}</scraper-mark>"
        )


def _mark(block: Block, *, is_first: bool) -> str:
    focus = ' tabindex="-1"' if is_first else ""
    return f' data-scraper-block="{block.index}" data-scraper-label="{block.label}"{focus}'


def _badge(block: Block) -> str:
    return f"<scraper-badge>{block.label}</scraper-badge>"


def _attributes(node: LexborNode) -> str:
    """Return the attributes that say how an element looks, and nothing else, ready to be written."""
    kept = []
    for name, value in node.attributes.items():
        text = (value or "")[:_MAX_ATTRIBUTE_CHARS]
        if name == "style":
            kept.append(f' style="{escape(clean_css(text))}"')
        elif name in _KEPT:
            kept.append(f' {name}="{escape(text)}"')
    return "".join(kept)


def _side(node: LexborNode, name: str) -> int | None:
    match = _SIZE.fullmatch(node.attributes.get(name) or "")
    return min(int(match[1]), _MAX_SIDE_PX) if match and int(match[1]) else None


def _image(node: LexborNode) -> str:
    """Return a grey picture of the same size that shows the alternative text."""
    width, height = _side(node, "width"), _side(node, "height")
    width, height = width or (height and height * 16 // 9) or 320, height or (width and width * 9 // 16) or 180
    alt = " ".join((node.attributes.get("alt") or "").split())
    source, grey = (node.attributes.get("src") or "").strip(), ""
    if not source.lower().startswith("data:image/") or len(source) > _MAX_IMAGE_CHARS:
        source, grey = _grey(width or 1, height or 1, alt[:120]), " data-scraper-grey"
    shown = "".join(
        f' {name}="{escape(value)}"' for name, value in node.attributes.items() if name in {"class", "id"} and value
    )
    style = node.attributes.get("style")
    styled = f' style="{escape(clean_css(style))}"' if style else ""
    return f'<img{grey}{shown}{styled} src="{escape(source)}" alt="{escape(alt)}" width="{width}" height="{height}">'


def _grey(width: int, height: int, text: str) -> str:
    size = max(12, min(28, width // 24))
    words = (
        f'<text x="50%" y="50%" text-anchor="middle" dominant-baseline="middle" font-family="sans-serif" '
        f'font-size="{size}" fill="#595959">{escape(text[: 2 * width // size])}</text>'
        if width >= _MIN_TEXT_PX and height >= 2 * size
        else ""
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<rect width="100%" height="100%" fill="#d9dbde"/>{words}</svg>'
    )
    return f"data:image/svg+xml,{quote(svg)}"


def _box(tag: str, node: LexborNode) -> str:
    """Return what stands for a frame, a video and the like; nothing for a drawing, which is mostly an icon."""
    if tag == "svg":
        return ""
    width, height = _side(node, "width"), _side(node, "height")
    size = f"width:{width}px;" * bool(width) + f"height:{height}px" * bool(height)
    source = (node.attributes.get("src") or node.attributes.get("data") or "")[:200]
    return f'<scraper-box style="{size}">{tag} {escape(source)}</scraper-box>'


def _field(node: LexborNode) -> str:
    told = node.attributes
    if (told.get("type") or "").lower() == "hidden":
        return ""
    return f"<scraper-box>{escape((told.get('placeholder') or told.get('value') or '')[:80])}</scraper-box>"
