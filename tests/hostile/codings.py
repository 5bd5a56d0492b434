"""Content codings: bombs, wrong labels, broken streams."""

from __future__ import annotations

import gzip
import zlib
from functools import cache

import brotli
from backports import zstd
from loopback import raw_response

from hostile.registry import behaves, page, story

MB = bytes(1 << 20)
GIB_IN_MB = 1024


def _gib(stream: object) -> bytes:
    return b"".join(stream.compress(MB) for _ in range(GIB_IN_MB)) + stream.flush()  # type: ignore[attr-defined]


@cache
def gib_deflated(wbits: int) -> bytes:
    """Return 1 GiB of zeros, coded in 1 MB: as small as deflate can."""
    part = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    middle = part.compress(MB) + part.flush(zlib.Z_FULL_FLUSH)
    head = {31: b"\x1f\x8b\x08\0\0\0\0\0\0\x03", 15: b"\x78\x9c"}[wbits]
    return head + middle * GIB_IN_MB


@cache
def gib_brotli() -> bytes:
    """Return the same in 1.6 KB."""
    stream = brotli.Compressor(quality=3, lgwin=22)
    return b"".join(stream.process(MB) for _ in range(GIB_IN_MB)) + stream.finish()


@cache
def gib_zstd() -> bytes:
    """Return the same in 32 KB."""
    return _gib(zstd.ZstdCompressor(1))


@behaves("too_large")
def gzip_bomb() -> bytes:
    """Sends 1 MB that inflates to 1 GiB."""
    return page("", gib_deflated(31), content_encoding="gzip")


@behaves("too_large")
def deflate_bomb() -> bytes:
    """Sends 1 MB that inflates to 1 GiB."""
    return page("", gib_deflated(15), content_encoding="deflate")


@behaves("too_large")
def brotli_bomb() -> bytes:
    """Sends 1.6 KB that inflate to 1 GiB."""
    return page("", gib_brotli(), content_encoding="br")


@behaves("too_large")
def zstd_bomb() -> bytes:
    """Sends 32 KB that inflate to 1 GiB."""
    return page("", gib_zstd(), content_encoding="zstd")


@behaves("too_large")
def nested_bomb() -> bytes:
    """Sends gzip of gzip, 3 KB that inflate to 1 GiB."""
    return page("", gzip.compress(gib_deflated(31)), content_encoding="gzip, gzip")


@behaves("too_large")
def mixed_bomb() -> bytes:
    """Sends zstd of brotli of a gzip bomb."""
    coded = zstd.compress(brotli.compress(gib_deflated(31), quality=5))
    return page("", coded, content_encoding="gzip, br, zstd")


@behaves("too_large")
def unlabelled_bomb() -> bytes:
    """Sends a gzip bomb that no header announces."""
    return page("", gib_deflated(31))


@behaves("too_large", kind="feed", path="/feed.xml")
def feed_bomb() -> bytes:
    """Sends a brotli bomb as a feed."""
    return raw_response(gib_brotli(), content_type="application/rss+xml", content_encoding="br")


@behaves("unreadable", kind="feed", path="/feed.xml")
def feed_gzip_bomb() -> bytes:
    """Sends a gzip bomb as a feed, without saying so."""
    return raw_response(gib_deflated(31), content_type="application/rss+xml")


@behaves("unreadable", kind="sitemap", path="/sitemap.xml.gz")
def sitemap_bomb() -> bytes:
    """Sends a .xml.gz of 1 MB that inflates to 1 GiB."""
    return raw_response(gib_deflated(31), content_type="application/gzip")


@behaves("unreadable", kind="sitemap", path="/sitemap.xml.gz")
def sitemap_nested_bomb() -> bytes:
    """Sends a .xml.gz.gz of 3 KB that inflates to 1 GiB."""
    return raw_response(gzip.compress(gib_deflated(31)), content_type="application/gzip")


@behaves("bad_encoding")
def unknown_coding() -> bytes:
    """Says `Content-Encoding: sdch` over bytes that are no markup."""
    return page("", bytes(range(256)), content_encoding="sdch")


@behaves("page")
def unknown_coding_of_markup() -> bytes:
    """Says `Content-Encoding: sdch` over plain HTML."""
    return page("unknown-coding-of-markup", content_encoding="sdch")


@behaves("page")
def gzip_that_is_plain() -> bytes:
    """Says gzip, sends plain HTML."""
    return page("gzip-that-is-plain", content_encoding="gzip")


@behaves("page")
def gzip_unsaid() -> bytes:
    """Says nothing, sends gzip."""
    return page("gzip-unsaid", gzip.compress(story("gzip-unsaid")))


@behaves("page")
def br_that_is_gzip() -> bytes:
    """Says br, sends gzip."""
    return page("", gzip.compress(story("br-that-is-gzip")), content_encoding="br")


@behaves("page")
def deflate_that_is_gzip() -> bytes:
    """Says deflate, sends gzip."""
    return page("", gzip.compress(story("deflate-that-is-gzip")), content_encoding="deflate")


@behaves("page")
def gzip_that_is_zstd() -> bytes:
    """Says gzip, sends zstd."""
    return page("", zstd.compress(story("gzip-that-is-zstd")), content_encoding="gzip")


@behaves("page")
def deflate_without_wrapping() -> bytes:
    """Says deflate, sends it without the zlib header, as old servers do."""
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    coded = squeezer.compress(story("deflate-without-wrapping")) + squeezer.flush()
    return page("", coded, content_encoding="deflate")


@behaves("page")
def gzip_and_rubbish() -> bytes:
    """Sends gzip with rubbish after its end."""
    return page("", gzip.compress(story("gzip-and-rubbish")) + b"\0\0rubbish", content_encoding="gzip")


@behaves("page")
def gzip_twice() -> bytes:
    """Sends gzip of gzip and says so."""
    coded = gzip.compress(gzip.compress(story("gzip-twice")))
    return page("", coded, content_encoding="gzip, gzip")


@behaves("truncated")
def gzip_cut_off() -> bytes:
    """Sends a gzip stream without its end, in an answer that is complete."""
    return page("", gzip.compress(story("gzip-cut-off"))[:-40], content_encoding="gzip")


@behaves("truncated")
def br_cut_off() -> bytes:
    """Sends a brotli stream without its end."""
    return page("", brotli.compress(story("br-cut-off"))[:-40], content_encoding="br")


@behaves("truncated")
def zstd_cut_off() -> bytes:
    """Sends a zstd stream without its end."""
    return page("", zstd.compress(story("zstd-cut-off"))[:-40], content_encoding="zstd")


@behaves("bad_encoding")
def gzip_broken() -> bytes:
    """Sends a gzip stream with a byte wrong in its middle."""
    coded = bytearray(gzip.compress(story("gzip-broken")))
    coded[len(coded) // 2] ^= 0xFF
    return page("", bytes(coded), content_encoding="gzip")


@behaves("bad_encoding")
def too_many_codings() -> bytes:
    """Says gzip eight times."""
    return page("", gzip.compress(b""), content_encoding=", ".join(["gzip"] * 8))


@behaves("bad_encoding")
def gzip_members() -> bytes:
    """Sends 5,000 empty gzip members."""
    return page("", gzip.compress(b"") * 5000, content_encoding="gzip")


@behaves("bad_encoding")
def zstd_window() -> bytes:
    """Sends zstd that asks for a window of 2 GB."""
    return page("", b"\x28\xb5\x2f\xfd\x00\xa8" + bytes(100), content_encoding="zstd")


@behaves("page", in_crawl="empty_page")
def empty_gzip() -> bytes:
    """Says gzip, sends nothing."""
    return page("", b"", content_encoding="gzip")
