"""What HTML elements mean for the text in them: which are block-level, which are skipped, what each one tells."""

from __future__ import annotations

from typing import Final

# What an element says of all text below it. Bits, so that a child inherits with one OR.
HIDDEN: Final = 1 << 0
NAV: Final = 1 << 1
HEADER: Final = 1 << 2
FOOTER: Final = 1 << 3
ASIDE: Final = 1 << 4
FORM: Final = 1 << 5
ARTICLE: Final = 1 << 6
MAIN: Final = 1 << 7
SECTION: Final = 1 << 8
TABLE: Final = 1 << 9
LIST: Final = 1 << 10
ITEM: Final = 1 << 11
QUOTE: Final = 1 << 12
FIGURE: Final = 1 << 13
CAPTION: Final = 1 << 14
PRE: Final = 1 << 15
LINK: Final = 1 << 16
BUTTON: Final = 1 << 17
HEADING: Final = 1 << 18
BOLD: Final = 1 << 19
NOSCRIPT: Final = 1 << 20
DIALOG: Final = 1 << 21
DETAILS: Final = 1 << 22
ADDRESS: Final = 1 << 23
PARAGRAPH: Final = 1 << 24
CELL: Final = 1 << 25

LINE_END: Final = "\x1e"
"""Stands for a <br> in the text of an open run: white space to `str.split`, and to no page."""

FLAG_OF_TAG: Final = {
    "nav": NAV,
    "header": HEADER,
    "footer": FOOTER,
    "aside": ASIDE,
    "form": FORM,
    "article": ARTICLE,
    "main": MAIN,
    "section": SECTION,
    "table": TABLE,
    **dict.fromkeys(("ul", "ol", "dl", "menu"), LIST),
    **dict.fromkeys(("li", "dt", "dd"), ITEM),
    "blockquote": QUOTE,
    "figure": FIGURE,
    **dict.fromkeys(("figcaption", "caption"), CAPTION),
    **dict.fromkeys(("pre", "listing", "xmp"), PRE),
    "a": LINK,
    **dict.fromkeys(("button", "label"), BUTTON),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), HEADING),
    **dict.fromkeys(("b", "strong"), BOLD),
    "noscript": NOSCRIPT,
    "dialog": DIALOG,
    "details": DETAILS,
    "address": ADDRESS,
    "p": PARAGRAPH,
    **dict.fromkeys(("td", "th"), CELL),
}
FLAG_OF_ROLE: Final = {
    "navigation": NAV,
    "menu": NAV,
    "menubar": NAV,
    "banner": HEADER,
    "contentinfo": FOOTER,
    "complementary": ASIDE,
    "search": FORM,
    "main": MAIN,
    "article": ARTICLE,
    "heading": HEADING,
    "dialog": DIALOG,
    "alertdialog": DIALOG,
}
INLINE: Final = frozenset(
    {
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "mark",
        "nobr",
        "q",
        "ruby",
        "rb",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
        "img",
        "picture",
        "source",
        "math",
        "mi",
        "mn",
        "mo",
        "ms",
        "mtext",
        "mrow",
        "mfrac",
        "msqrt",
        "mroot",
        "msub",
        "msup",
        "msubsup",
        "munder",
        "mover",
        "munderover",
        "mpadded",
        "mphantom",
        "mspace",
        "mstyle",
        "semantics",
        "tspan",
    }
)
SKIPPED: Final = frozenset(
    {
        "script",
        "style",
        "template",
        "svg",
        "head",
        "title",
        "select",
        "option",
        "datalist",
        "textarea",
        "object",
        "embed",
        "canvas",
        "audio",
        "math-ml",
        "annotation",
        "annotation-xml",
        "noframes",
        "noembed",
        "rp",
        "rt",
        "map",
        "progress",
        "meter",
        "iframe",
        "video",
    }
)
MEDIA: Final = frozenset({"img", "picture", "source", "figure", "video", "iframe", "amp-img"})
BARE: Final = INLINE - {"math", "data", "time"}
"""Inline elements whose attributes are not read: they say nothing of the text's role, and reading costs."""
_TELLING: Final = frozenset({"role", "style", "hidden", "aria-hidden", "itemprop", "data-testid", "data-component"})
"""Attributes that are read beside class and id."""


def read_role(attributes: dict[str, str | None], known: dict[tuple[str | None, str | None], str]) -> tuple[str, int]:
    """Return the tokens that name an element's role, and the flags its attributes set; `known` are those seen."""
    get = attributes.get
    if _TELLING.isdisjoint(attributes):
        names, own = key = get("class"), get("id")
        token = known.get(key)
        if token is None:
            token = known[key] = (f"{names} {own}" if names and own else names or own or "")[:400].lower()
        return token, 0
    role = (get("role") or "").lower()
    flags = FLAG_OF_ROLE.get(role, 0)
    style = get("style") or ""
    unseen = "none" in style and "display:none" in style.replace(" ", "").lower()
    if unseen or "hidden" in attributes or get("aria-hidden") == "true":
        flags |= HIDDEN
    named = (get("class"), get("id"), role, get("itemprop"), get("data-testid"), get("data-component"))
    return " ".join(filter(None, named))[:400].lower(), flags
