"""The story of a page that a script draws: looked for in the data the page carries for that script.

Frameworks leave the text in inline scripts, as JSON or as pieces of HTML in string literals. The longest literal that
holds markup of paragraphs is the story; one without markup may be anything, and does not count.
"""

from __future__ import annotations

import json
import re
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from scraper.document import Document

_MAX_SCRIPT_CHARS: Final = 3_000_000
_MIN_CHARS: Final = 300
_MAX_LITERALS: Final = 40
_LITERAL: Final = re.compile(r'"((?:[^"\\]|\\.){300,}+)"', re.S)
_MARKUP: Final = re.compile(r"<(?:p|div|section|br)\b|\\u003c(?:p|div|section|br)\b", re.I)
_PARAGRAPHS: Final = "p, h2, h3, h4, li, blockquote, div"
_NOT_BODY: Final = "figure, figcaption, script, style, [class*=caption], [class*=related], [class*=author]"
_BLOCK: Final = frozenset({"p", "div", "section", "article", "ul", "ol", "table", "h2", "h3", "h4", "li", "blockquote"})


def story_in_scripts(document: Document) -> tuple[str, ...]:
    """Return the paragraphs of the story in the page's inline scripts, () if none holds one."""
    literals: list[str] = []
    for script in document.tree.css("script"):
        if script.attributes.get("src") or "ld+json" in (script.attributes.get("type") or ""):
            continue
        text = (script.text() or "")[:_MAX_SCRIPT_CHARS]
        literals += [match[1] for match in _LITERAL.finditer(text) if _MARKUP.search(match[1])]
    stories = (_paragraphs(_decode(literal)) for literal in sorted(literals, key=len, reverse=True)[:_MAX_LITERALS])
    best = max(stories, key=lambda story: sum(map(len, story)), default=())
    return best if sum(map(len, best)) >= _MIN_CHARS and len(best) > 1 else ()


def _decode(literal: str) -> str:
    """Return what a string literal says; one that was escaped twice is read twice."""
    for _ in range(2):
        try:
            literal = json.loads(f'"{literal}"', strict=False)
        except ValueError:
            return literal
        if "\\u003c" not in literal:
            return literal
    return literal


def _paragraphs(html: str) -> tuple[str, ...]:
    """Return the texts of the innermost blocks of a piece of HTML, in order."""
    start = html.find("<")
    if start < 0 or not _MARKUP.search(html):
        return ()
    found = []
    tree = LexborHTMLParser(html[start:])
    for node in tree.css(_NOT_BODY):
        node.decompose()
    for node in tree.css(_PARAGRAPHS):
        if not any(child.tag in _BLOCK for child in node.iter()):
            text = " ".join(node.text(separator=" ").split())
            found += [text] if text else []
    return tuple(dict.fromkeys(found))
