"""A page's own style sheets without what loads, and without what could leave them."""

from __future__ import annotations

import re
from typing import Final

_COMMENT: Final = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_ESCAPED_WORD: Final = re.compile(r"\\(?:[0-9a-f]{1,6}[ \t\r\n\f]?|[a-z_-]|[\r\n\f])", re.IGNORECASE)
_IMPORT: Final = re.compile(r"@import\b[^;{}@]*;?", re.IGNORECASE)
_LOADED: Final = re.compile(r"\burl\((?:\s*\"[^\"\n]*\"\s*|\s*'[^'\n]*'\s*|[^()\"']*)\)", re.IGNORECASE)
_LOADING: Final = re.compile(
    r"(?:-[a-z]+-)?\b(?:url(?:-prefix)?|src|image-set|image|cross-fade|element|expression)\s*\(", re.IGNORECASE
)
_BINDING: Final = re.compile(r"(?:-moz-binding|behavior)\s*:", re.IGNORECASE)
_MAX_PASSES: Final = 8
"""A sheet that takes more is made to get through, and is left out."""
_FIXED: Final = re.compile(r"(?<=position)\s*:\s*(?:fixed|(?:-webkit-)?sticky)\b", re.IGNORECASE)
"""What stays in place while the page scrolls covers the blocks below it; scripts that would close it do not run."""
_NOWHERE: Final = "none("
"""Of no CSS function the name: a browser drops the declaration it stands in."""

_STEPS: Final = (
    (_COMMENT, " "),
    (_ESCAPED_WORD, ""),
    (_IMPORT, " "),
    (_LOADED, "none()"),
    (_LOADING, _NOWHERE),
    (_BINDING, "-x:"),
    (_FIXED, ":static"),
)


def clean_css(css: str) -> str:
    """Return the style sheet, or the declarations of a style attribute, with nothing in it that loads anything.

    Total and idempotent. Escapes of letters go first, since `u\\72l(` is `url(` too; escapes of signs stay, which
    class names are full of.
    """
    for _ in range(_MAX_PASSES):  # what is taken out may join two halves of something else
        before = css
        for pattern, instead in _STEPS:
            css = pattern.sub(instead, css)
        css = css.replace("</", "< /").replace("<!--", " ").replace("\0", "")
        if css == before:
            return css
    return ""
