"""What is done to the bytes of a feed or sitemap before a parser sees them. Total and linear in time."""

from __future__ import annotations

import codecs
import re
import zlib
from itertools import islice
from typing import Final

from scraper.model import Value
from scraper.web.bombs import is_bomb

MAX_INFLATED_BYTES: Final = 52_428_800
"""50 MB: what a sitemap may hold at most.

Source: https://www.sitemaps.org/protocol.html (Sitemap file requirements)
"""
MAX_AMPERSANDS: Final = 1_000_000
"""Twenty for each address that a sitemap may hold; the XML is cut where there are more."""
_MAX_LAYERS: Final = 2
_CHUNK_BYTES: Final = 2_048
"""Packed bytes inflated at a time: a thousand times as many may come out of them."""
_GZIP_MAGIC: Final = b"\x1f\x8b"
_GZIP_WBITS: Final = 31
_CONTROLS: Final = bytes(set(range(32)) - {9, 10, 13})
_WIDE_STARTS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
)
# XML 1.0, 4.6: the five names every parser knows. Any other name needs a DTD, and those are not read.
_BARE_AMPERSAND: Final = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});)")
_CDATA_OR_BARE: Final = re.compile(rb"<!\[CDATA\[.*?(?:\]\]>|\Z)|" + _BARE_AMPERSAND.pattern, re.DOTALL)
_DECLARED: Final = re.compile(rb"^\s*<\?xml[^>]{0,200}\?>")


class Inflated(Value, frozen=True, kw_only=True):
    """A body without its gzip layers; `problem` says why it is not the whole of it."""

    body: bytes
    problem: str | None = None


def inflate(body: bytes) -> Inflated:
    """Return the body with up to two layers of gzip taken off, as far as it goes, MAX_INFLATED_BYTES at most."""
    problem: str | None = None
    for _ in range(_MAX_LAYERS):
        if not body.startswith(_GZIP_MAGIC):
            break
        body, trouble = _gunzip(body)
        problem = problem or trouble
    if len(body) > MAX_INFLATED_BYTES:
        body, problem = body[:MAX_INFLATED_BYTES], _too_large()
    return Inflated(body=body, problem=problem)


def _gunzip(packed: bytes) -> tuple[bytes, str | None]:
    out: list[bytes] = []
    left, at = MAX_INFLATED_BYTES, 0
    while packed.startswith(_GZIP_MAGIC, at):
        member = zlib.decompressobj(_GZIP_WBITS)
        while not member.eof and at < len(packed):
            try:
                piece = member.decompress(packed[at : at + _CHUNK_BYTES], left)
            except zlib.error:
                return b"".join(out), "its gzip stream is broken, so only what stands before the break was read"
            at += min(_CHUNK_BYTES, len(packed) - at) - len(member.unused_data)
            out.append(piece)
            left -= len(piece)
            if is_bomb(MAX_INFLATED_BYTES - left, packed_bytes=at):
                return b"", f"its gzip stream swells without end: {at} bytes hold more than {MAX_INFLATED_BYTES - left}"
            if left <= 0:
                return b"".join(out), _too_large()
        if not member.eof:
            return b"".join(out), "its gzip stream ends too early"
    return b"".join(out), None


def _too_large() -> str:
    return f"it is larger than {MAX_INFLATED_BYTES} bytes, so only the beginning was read"


def narrow(body: bytes) -> bytes:
    """Return UTF-16 and UTF-32 as UTF-8 without declaration; any other body as it is."""
    for bom, encoding in _WIDE_STARTS:
        if body.startswith(bom):
            return _DECLARED.sub(b"", body.decode(encoding, "replace").encode("utf-8", "replace"))
    return body


def drop_controls(body: bytes) -> bytes:
    """Return the body without the C0 controls that XML forbids (XML 1.0, 2.2)."""
    return body.translate(None, _CONTROLS)


def escape_ampersands(body: bytes) -> bytes:
    """Return the XML with every `&` that starts no predefined entity written `&amp;`; CDATA is left alone.

    Parsers that recover drop a bare `&` and give a wrong address without a word.

    >>> escape_ampersands(b"<loc>/?a=1&b=2&amp;c=3</loc>")
    b'<loc>/?a=1&amp;b=2&amp;c=3</loc>'
    """
    body = cut_after(body, b"&", MAX_AMPERSANDS)
    if b"<![CDATA[" not in body:
        return _BARE_AMPERSAND.sub(b"&amp;", body)
    return _CDATA_OR_BARE.sub(lambda match: b"&amp;" if match[0] == b"&" else match[0], body)


def cut_after(body: bytes, mark: bytes, count: int) -> bytes:
    """Return the body up to where `mark` stands for the count + 1st time; all of it if it never does."""
    if body.count(mark) <= count:
        return body
    return body[: next(islice(re.finditer(re.escape(mark), body), count, None)).start()]


def cut_unfinished(body: bytes, names: tuple[str, ...]) -> tuple[bytes, bool]:
    """Return the XML up to the last end of an element called one of `names`, and whether an unfinished one follows.

    A parser that recovers closes what is open at the end of a truncated file, and gives half an address.
    """
    joined = "|".join(names).encode()
    last_end = 0
    for match in re.finditer(rb"</(?:[\w.-]{1,40}:)?(?:" + joined + rb")\s{0,9}>", body):
        last_end = match.end()
    unfinished = re.compile(rb"<(?:[\w.-]{1,40}:)?(?:" + joined + rb")[\s/>]").search(body, last_end)
    return (body, False) if unfinished is None else (body[: unfinished.start()], True)
