"""Bytes to text: which charset a page is in, in the order browsers use.

Byte order mark, Content-Type header, `<meta>` in the first 1,024 bytes, strict UTF-8, detection, windows-1252.
Labels mean what they mean on the web (latin1 is windows-1252, shift_jis is cp932, gb2312 is gb18030). A declaration
that the bytes contradict loses: pages are re-encoded by proxies that leave the old label standing.

Source: https://html.spec.whatwg.org/#determining-the-character-encoding, https://encoding.spec.whatwg.org/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal

from w3lib.encoding import html_body_declared_encoding, read_bom, resolve_encoding, to_unicode

from scraper.model import Value
from scraper.web.headers import charset_param

if TYPE_CHECKING:
    from charset_normalizer import CharsetMatch

CharsetSource = Literal["bom", "http", "meta", "utf8", "detected", "default"]

_PRESCAN_BYTES: Final = 1024
_LATE_PRESCAN_BYTES: Final = 16_384
_SAMPLE_BYTES: Final = 8_192
_ESCAPE_BASED: Final = frozenset({"iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_kr", "hz"})
"""Charsets whose text is all ASCII bytes: for them ASCII is no sign of UTF-8."""
_WIDE: Final = {"utf-16": "utf-16-le", "utf-32": "utf-32-le"}
_MAX_BROKEN_RATIO: Final = 0.02
"""A declared charset is believed while at most this part of the non-ASCII bytes does not fit it."""

# The legacy charsets of the Encoding Standard that pages are really found in, the common ones first.
_DETECTABLE: Final = [
    *("cp1252", "cp1251", "shift_jis", "cp932", "euc_jp", "gb18030", "big5", "euc_kr", "cp949", "iso8859_2"),
    *("cp1250", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1258", "cp874", "koi8_r", "koi8_u"),
    *("iso8859_5", "iso8859_6", "iso8859_7", "iso8859_8", "iso8859_15", "iso2022_jp", "utf_16_le", "utf_16_be"),
]


_MIN_TELLING_BYTES: Final = 8
"""Fewer bytes beyond ASCII tell detection nothing."""

_LANG: Final = re.compile(rb"""<html\b[^<>]*?\blang\s*=\s*["']?([A-Za-z]{2,3})""", re.IGNORECASE)

# What a page in a language is in if it does not say: the suggested defaults of HTML, 13.2.3.2, and the encodings that
# were as common there. Languages not named here are written in windows-1252.
_LANGUAGE_CHARSETS: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(("ar", "fa", "ur"), ("cp1256",)),
    **dict.fromkeys(("ru", "be", "bg", "mk", "sr"), ("cp1251", "koi8_r", "iso8859_5")),
    "uk": ("cp1251", "koi8_u"),
    **dict.fromkeys(("cs", "hu", "pl", "sk", "sl", "hr", "ro"), ("cp1250", "iso8859_2")),
    **dict.fromkeys(("et", "lt", "lv"), ("cp1257",)),
    **dict.fromkeys(("tr", "az", "ku"), ("cp1254",)),
    "el": ("cp1253", "iso8859_7"),
    "he": ("cp1255",),
    "th": ("cp874",),
    "vi": ("cp1258",),
    "ja": ("shift_jis", "cp932", "euc_jp", "iso2022_jp"),
    "ko": ("euc_kr", "cp949"),
    "zh": ("gb18030", "big5"),
    **dict.fromkeys(("en", "de", "fr", "es", "pt", "it", "nl", "sv", "da", "no", "nb", "fi", "is", "ca"), ("cp1252",)),
}


class Decoded(Value, kw_only=True, frozen=True):
    """The text of a page and how it was read. `replaced` counts the U+FFFD that decoding put in."""

    text: str
    charset: str
    source: CharsetSource
    replaced: int = 0
    utf8: bytes | None = None
    """The text in UTF-8, where the body was that."""


def decode_body(body: bytes, content_type: str | None = None) -> Decoded:
    """Return the text of the body. Total: what fits no charset becomes U+FFFD, and is counted.

    >>> decode_body(b"caf\\xe9", "text/html; charset=latin1").text
    'café'
    """
    bom_charset, bom = read_bom(body)
    if bom_charset is not None and bom is not None:
        return _decode_as(body[len(bom) :], bom_charset, "bom")
    charset, source = _declared(body, content_type)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_legacy(body, charset, source)
    if charset is None:
        return Decoded(text=text, charset="utf-8", source="utf8", utf8=body)
    if text.isascii() and (charset in _ESCAPE_BASED or charset.startswith("utf-16")) and _is_stateful(body, charset):
        return _decode_as(body, charset, source)
    if text.isascii() or charset == "utf-8":
        return Decoded(text=text, charset=charset, source=source, utf8=body)
    return Decoded(text=text, charset="utf-8", source="utf8", utf8=body)


def _is_stateful(body: bytes, charset: str) -> bool:
    """Tell whether ASCII bytes hold what the charset needs to mean more: escapes, or the NULs of wide characters."""
    sign = b"~{" if charset == "hz" else b"\0" if charset.startswith("utf-16") else b"\x1b"
    return sign in body


def _declared(body: bytes, content_type: str | None) -> tuple[str | None, CharsetSource]:
    """Return the charset that the header or the page declares, by its Python name."""
    label = charset_param(content_type)
    charset = resolve_encoding(label) if label else None
    if charset is not None:
        return _WIDE.get(charset, charset), "http"
    charset = html_body_declared_encoding(body[:_PRESCAN_BYTES])
    # A meta that could be read as ASCII cannot stand in a UTF-16 page. Source: HTML, 13.2.3.2 (prescan)
    return ("utf-8" if charset and charset.startswith("utf-") else charset), "meta"


def _decode_legacy(body: bytes, charset: str | None, source: CharsetSource) -> Decoded:
    """Decode bytes that are not valid UTF-8."""
    if charset is not None and charset != "utf-8":
        decoded = _decode_as(body, charset, source)
        if decoded.replaced <= _MAX_BROKEN_RATIO * max(50, _count_high(body)):
            return decoded
    repaired = _decode_as(body, "utf-8", source if charset == "utf-8" else "utf8")
    if _count_high_chars(repaired.text) >= 3 * repaired.replaced:
        return repaired
    late = html_body_declared_encoding(body[:_LATE_PRESCAN_BYTES]) if charset is None else None
    if late is not None and late != "utf-8":
        decoded = _decode_as(body, late, "meta")
        if not decoded.replaced:
            return decoded
    detected = _detect(body)
    return _decode_as(body, detected, "detected") if detected else _decode_as(body, "cp1252", "default")


def _count_high(body: bytes) -> int:
    return len(body) - len(body.translate(None, _HIGH_BYTES))


def _count_high_chars(text: str) -> int:
    """Count the characters beyond ASCII that are no replacement characters."""
    return len(text) - len(text.encode("ascii", "ignore")) - text.count("\ufffd")


_HIGH_BYTES: Final = bytes(range(0x80, 0x100))


def _decode_as(body: bytes, charset: str, source: CharsetSource) -> Decoded:
    text: str = to_unicode(body, charset)
    replaced = text.count("\ufffd")
    if replaced and charset == "utf-8":
        replaced -= body.count(b"\xef\xbf\xbd")
    return Decoded(text=text, charset=charset, source=source, replaced=replaced)


def _detect(body: bytes) -> str | None:
    """Return the most likely legacy charset of undeclared bytes, or None if none stands out.

    The page's language decides where it can; a tie goes to windows-1252, by far the most common.
    """
    candidates = _of_language(body)
    if len(candidates) == 1 and not _decode_as(body, candidates[0], "detected").replaced:
        return candidates[0]
    sample = _telling_sample(body)
    if _count_high(sample) < _MIN_TELLING_BYTES:
        return None
    from charset_normalizer import from_bytes

    matches = from_bytes(sample, cp_isolation=list(candidates) or _DETECTABLE, threshold=0.3)
    best = min(matches, key=lambda match: (match.chaos, -match.coherence), default=None)
    if best is None:
        return None
    level = [name for m in matches if m.chaos <= best.chaos and m.coherence >= best.coherence for name in _names(m)]
    charset = resolve_encoding("cp1252" if "cp1252" in level else best.encoding)
    return None if charset is None or charset == "utf-8" else charset


def _names(match: CharsetMatch) -> tuple[str, ...]:
    return (match.encoding, *match.could_be_from_charset)


def _of_language(body: bytes) -> tuple[str, ...]:
    """Return the legacy charsets of the language that `<html lang>` names; none if it names none that we know."""
    match = _LANG.search(body[:_LATE_PRESCAN_BYTES])
    return _LANGUAGE_CHARSETS.get(match[1].decode().lower(), ()) if match else ()


def _telling_sample(body: bytes) -> bytes:
    """Return the lines with non-ASCII bytes, without tags."""
    text = re.sub(rb"<[^<>]*>", b"\n", body[: 64 * _SAMPLE_BYTES])
    lines = (line.strip() for line in text.split(b"\n"))
    return b"\n".join(line for line in lines if line.translate(None, _HIGH_BYTES) != line)[:_SAMPLE_BYTES]
