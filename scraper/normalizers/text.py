"""Text as a reader sees it: one Unicode form, no left-overs of markup, no invisible characters.

Everything here is pure, total and idempotent.
"""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Final, Literal

Layout = Literal["prose", "table", "code"]

# A cheap sign that UTF-8 bytes were read as a one-byte charset: a lead byte's letter, then a trail byte's. The
# repair itself costs a hundred times as much, so it runs only where this fires.
_TRAIL: Final = (
    "\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc"
    "\u2013-\u2026\u2030\u2039\u203a\u20ac\u2122"
)
_LEAD: Final = "ÂÃÄÅÐÑØÙÚÛà-ïð"
_CYRILLIC_TRAIL: Final = "[\u0080-\u00bf\u0402-\u040f\u0452-\u045f]"
# One class of first characters, and only then what each needs: a search skips to the next of them at once.
_MOJIBAKE: Final = re.compile(
    f"[\u0080-\u009f{_LEAD}РС]"
    f"(?:(?<=[\u0080-\u009f])|(?<=[{_LEAD}])[{_TRAIL}]|(?<=[РС]){_CYRILLIC_TRAIL}[РС]{_CYRILLIC_TRAIL})"
)
_AMPERSANDS: Final = re.compile(r"&(?:(?:amp|AMP|#0{0,5}38|#[xX]0{0,5}26);)+")
_ENTITY: Final = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_INLINE: Final = (
    "a|abbr|b|big|blockquote|cite|code|div|em|font|h[1-6]|i|ins|del|li|mark|ol|p|q|s|small|span|strike|strong|sub|"
    "sup|u|ul"
)
_TAG: Final = re.compile(
    rf"<(?:(?P<close>/)\s?(?P<closed>{_INLINE})|(?P<void>br|hr|wbr|img)|(?P<open>{_INLINE}))(?P<attrs>\s[^<>]{{0,2000}}|/)?>",
    re.IGNORECASE,
)
# Soft hyphen, zero-width space, word joiner and its invisible kin, byte order mark, bidi embeddings, overrides and
# isolates, interlinear marks, object replacement, non-characters. ZWJ and ZWNJ stay: Persian, Indic scripts and
# emoji need them; so do the single marks LRM, RLM and ALM.
_INVISIBLE: Final = re.compile(
    "[\u00ad\u180e\u200b\u2060-\u2064\ufeff\u202a-\u202e\u2066-\u2069\ufff9-\ufffc\ufffe\uffff]"
)
_LONE_JOINER: Final = re.compile("[\u200c\u200d](?<!\\S.)(?!\\S)", re.DOTALL)
"""A joiner between spaces joins nothing: what some editors put into a paragraph that is to be empty."""
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_LINE_END: Final = re.compile("\r\n?|[\u0085\u2028\u2029]")
_SPACES: Final = re.compile(r"[^\S\u3000]+")
_SPACES_IN_LINE: Final = re.compile(r"[^\S\n\t\u3000]+")
_ODD_SPACE: Final = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f]")
_ROUNDS: Final = 8
_SUSPECT: Final = re.compile(
    "[\x00-\x1f\x7f-\xa0\xad\u1680\u180e\u2000-\u200b\u2028-\u202f\u205f-\u2069\ufeff\ufff9-\uffff\ud800-\udfff]"
)
"""Characters that one of the steps below may touch; most blocks of most pages have none."""


def clean_text(text: str, *, layout: Layout = "prose") -> str:
    """Return the text in NFC without markup left-overs, invisible characters, controls and surplus white space.

    Quotes, dashes and ligatures stay as the author wrote them. `prose` is one line; `table` keeps line feeds
    (rows) and tabs (cells); `code` keeps all white space and everything that looks like markup.

    Total and idempotent.

    >>> clean_text("The <b>new</b>&nbsp;&lt;b&gt;phone&lt;/b&gt; &amp;amp; its cam\u00adera")
    'The new phone & its camera'
    """
    if layout == "code":
        return _clean_code(text)
    if layout == "prose" and _is_clean(text):
        return text
    for _ in range(_ROUNDS):
        cleaned = _clean_once(text, layout)
        if cleaned == text:
            return text
        text = cleaned
    # Only text built to unfold again and again comes here: without these two characters there is nothing to unfold.
    return _clean_once(text.replace("&", "").replace("<", ""), layout)


def _is_clean(text: str) -> bool:
    """Whether none of the steps of cleaning prose would touch the text."""
    if "&" in text or "<" in text or "  " in text or text[:1].isspace() or text[-1:].isspace():
        return False
    if text.isascii():
        return text.isprintable()
    return not (
        _SUSPECT.search(text) or _MOJIBAKE.search(text) or _LONE_JOINER.search(text)
    ) and unicodedata.is_normalized("NFC", text)


def repair_mojibake(text: str) -> str:
    """Return the text with UTF-8 that was read as another charset put right; anything else unchanged.

    >>> repair_mojibake("cafÃ© â€œau laitâ€\x9d")
    'café “au lait”'
    """
    if text.isascii() or not _MOJIBAKE.search(text):
        return text
    import ftfy  # 15 ms to import, and few pages need it

    config = ftfy.TextFixerConfig(unescape_html=False, restore_byte_a0=True, fix_c1_controls=True)
    return str(ftfy.fix_encoding(_SURROGATE.sub("\ufffd", text), config))


def strip_markup(text: str) -> str:
    """Return the text without literal tags: pairs, closing tags, tags with attributes, line breaks.

    A lone `<b>` stays: it is somebody writing about HTML.

    >>> strip_markup('a <b>b</b> <br/>c <a href="x">d</a>, and use <i> sparingly')
    'a b  c d, and use <i> sparingly'
    """
    if "<" not in text:
        return text
    closed = {match["closed"].lower() for match in _TAG.finditer(text) if match["closed"]}

    def replace(match: re.Match[str]) -> str:
        if match["void"]:
            return " "
        if match["close"] or match["attrs"] or match["open"].lower() in closed:
            return " " if (match["open"] or match["closed"]).lower() in _BLOCKISH else ""
        return match[0]

    return _TAG.sub(replace, text)


_BLOCKISH: Final = frozenset({"p", "div", "li", "ul", "ol", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"})


def has_markup(text: str) -> bool:
    """Return whether something that looks like a tag is left in the text."""
    return "<" in text and _TAG.search(text) is not None


def unescape_entities(text: str) -> str:
    """Return the text with character references resolved, those escaped twice as well.

    >>> unescape_entities("Q&amp;amp;A &copy; AT&T &nosuch;")
    'Q&A © AT&T &nosuch;'
    """
    if "&" not in text:
        return text
    return _ENTITY.sub(lambda match: html.unescape(match[0]), _AMPERSANDS.sub("&", text))


def clean_optional(text: str | None) -> str | None:
    """Return the cleaned text, or None where nothing is left of it."""
    return (clean_text(text) or None) if text else None


def _clean_once(text: str, layout: Layout) -> str:
    text = strip_markup(unescape_entities(repair_mojibake(text)))
    text = _normalize(text)
    if layout == "prose":
        return _SPACES.sub(" ", text).strip()
    lines = (_SPACES_IN_LINE.sub(" ", line) for line in text.split("\n"))
    return "\n".join(line for line in (_trim_cells(line) for line in lines) if line.strip())


def _trim_cells(line: str) -> str:
    return "\t".join(cell.strip() for cell in line.split("\t"))


def _clean_code(text: str) -> str:
    text = _ODD_SPACE.sub(" ", _normalize(text))
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")


def _normalize(text: str) -> str:
    text = _LINE_END.sub("\n", _SURROGATE.sub("\ufffd", text))
    text = _LONE_JOINER.sub("", _CONTROL.sub("", _INVISIBLE.sub("", text)))
    return unicodedata.normalize("NFC", text)
