"""scraper.fetchers.decode: content codings off, in bounded memory."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib
from collections.abc import Iterator

import brotli
import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.errors import FetchError
from scraper.fetchers.decode import BodyDecoder

URL = "https://example.org/a"
MB = 1024 * 1024


def deflate_raw(data: bytes) -> bytes:
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return squeezer.compress(data) + squeezer.flush()


CODINGS = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "Deflate ": deflate_raw,
    "br": brotli.compress,
    "zstd": zstd.compress,
    "identity": bytes,
    "": bytes,
}


def inflate(coding: str | None, coded: bytes, *, step: int = 1000, max_bytes: int = MB, cut: bool = False) -> bytes:
    decoder = BodyDecoder(coding, URL, max_bytes, cut=cut)
    for at in range(0, len(coded), step):
        decoder.feed(coded[at : at + step])
    return decoder.finish()


@pytest.mark.parametrize("coding", CODINGS)
@settings(max_examples=25)
@given(data=st.binary(max_size=3000), step=st.integers(1, 200))
def test_round_trip(coding: str, data: bytes, step: int) -> None:
    """What was coded comes back, however the network cuts it."""
    body = b"<p>" + data
    assert inflate(coding, CODINGS[coding](body), step=step) == body


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_pages_larger_than_a_piece(coding: str) -> None:
    """Bodies of many pieces come whole."""
    body = b"<p>" + bytes(range(256)) * 2000
    assert inflate(coding, CODINGS[coding](body), step=len(body)) == body


MISLABELLED = [
    ("markup called gzip", "gzip", b"<!doctype html><p>hi", b"<!doctype html><p>hi"),
    ("short markup called gzip", "gzip", b"<p>", b"<p>"),
    ("markup called br", "br", b"<!doctype html><p>hi", b"<!doctype html><p>hi"),
    ("markup called deflate", "deflate", b" \n<html><p>hi", b" \n<html><p>hi"),
    ("markup called zstd", "zstd", b"<html><p>hi", b"<html><p>hi"),
    ("markup called anything", "sdch", b"<html><p>hi", b"<html><p>hi"),
    ("charset as a coding", "UTF-8", b"<p>hi", b"<p>hi"),
    ("empty body called gzip", "gzip", b"", b""),
    ("two codings", "br, gzip", gzip.compress(brotli.compress(b"<p>hi")), b"<p>hi"),
    ("two gzip members", "gzip", gzip.compress(b"<p>a") + gzip.compress(b"b"), b"<p>ab"),
    ("two zstd frames", "zstd", zstd.compress(b"<p>a") + zstd.compress(b"b"), b"<p>ab"),
    ("rubbish after gzip", "gzip", gzip.compress(b"<p>a") + b"\0\0\0", b"<p>a"),
    ("rubbish after brotli", "br", brotli.compress(b"<p>a") + b"", b"<p>a"),
]


@pytest.mark.parametrize(("coding", "coded", "body"), [r[1:] for r in MISLABELLED], ids=[r[0] for r in MISLABELLED])
def test_the_bytes_beat_the_label(coding: str, coded: bytes, body: bytes) -> None:
    """Wrong labels do not cost the page."""
    assert inflate(coding, coded) == body
    assert inflate(coding, coded, step=1) == body


REFUSED = [
    ("unknown coding", "compress", b"\x1f\x9d\x90abcdefghijklmnop", "bad_encoding"),
    ("too many codings", "gzip,gzip,gzip,gzip", b"", "bad_encoding"),
    ("broken gzip", "gzip", gzip.compress(b"a" * 900)[:20] + b"\xff" * 40, "bad_encoding"),
    ("broken brotli", "br", b"\xff" * 40, "bad_encoding"),
    ("broken zstd", "zstd", b"\x28\xb5\x2f\xfd" + b"\xff" * 40, "bad_encoding"),
    ("zstd with a giant window", "zstd", b"\x28\xb5\x2f\xfd\x00\xf8" + b"\0" * 20, "bad_encoding"),
    ("gzip members without end", "gzip", gzip.compress(b"") * 2000, "bad_encoding"),
    ("zstd frames without end", "zstd", zstd.compress(b"") * 2000, "bad_encoding"),
    ("gzip cut off", "gzip", gzip.compress(bytes(range(256)) * 9)[:-30], "truncated"),
    ("brotli cut off", "br", brotli.compress(bytes(range(256)) * 9)[:-3], "truncated"),
    ("zstd cut off", "zstd", zstd.compress(bytes(range(256)) * 9)[:-3], "truncated"),
    ("too long on the wire", "", b"<p>" + b"a" * MB, "too_large"),
]


@pytest.mark.parametrize(("coding", "coded", "reason"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_cannot_be_inflated(coding: str, coded: bytes, reason: str) -> None:
    """Each failure has its name."""
    with pytest.raises(FetchError) as caught:
        inflate(coding, coded)
    assert (caught.value.reason, caught.value.url) == (reason, URL)


def zeros(amount_mb: int) -> Iterator[bytes]:
    for _ in range(amount_mb):
        yield bytes(MB)


def bomb(coding: str) -> bytes:
    """Return 64 MB of zeros, coded as tightly as the coding can."""
    squeezer = {
        "gzip": lambda: zlib.compressobj(9, zlib.DEFLATED, 31),
        "deflate": lambda: zlib.compressobj(9),
        "zstd": lambda: zstd.ZstdCompressor(3),
    }.get(coding)
    if squeezer is not None:
        stream = squeezer()
        return b"".join([stream.compress(piece) for piece in zeros(64)]) + stream.flush()
    stream = brotli.Compressor(quality=3, lgwin=22)
    return b"".join([stream.process(piece) for piece in zeros(64)]) + stream.finish()


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd", "gzip of gzip"])
def test_bombs_stop_at_the_cap(coding: str) -> None:
    """A small body that inflates without end is refused at the cap and costs little more memory than it."""
    coded = gzip.compress(bomb("gzip")) if coding == "gzip of gzip" else bomb(coding)
    tracemalloc.start()
    with pytest.raises(FetchError) as caught:
        inflate("gzip, gzip" if coding == "gzip of gzip" else coding, coded, step=len(coded), max_bytes=4 * MB)
    peak_bytes = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert caught.value.reason == "too_large"
    assert peak_bytes < 20 * MB


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_large_regular_sitemap_is_no_bomb(coding: str) -> None:
    """50,000 addresses that differ in a number alone, 8 MB that shrink a hundredfold, come whole."""
    dated = "<lastmod>2024-05-01T00:00:00Z</lastmod><changefreq>daily</changefreq><priority>0.5</priority></url>\n"
    rows = (f"<url><loc>https://news.example/2024/05/story-{n}.html</loc>{dated}" for n in range(50_000))
    body = "".join(rows).encode()
    coded = brotli.compress(body, quality=5) if coding == "br" else CODINGS[coding](body)
    assert len(body) > 7 * MB
    assert inflate(coding, coded, step=60_000, max_bytes=50 * MB) == body


def test_a_cut_body_is_cut() -> None:
    """With `cut` the cap ends the body instead of the fetch, on the wire and inflated."""
    assert inflate("", b"a" * 5000, max_bytes=3000, cut=True) == b"a" * 3000
    assert inflate("gzip", gzip.compress(b"a" * 500_000), max_bytes=3000, cut=True) == b"a" * 3000


def test_unlabelled_gzip() -> None:
    """A gzip body that nobody announced is inflated for pages and left alone for feeds and sitemaps."""
    coded = gzip.compress(b"<p>hi</p>")
    decoder = BodyDecoder(None, URL, MB, unlabelled_gzip=True)
    decoder.feed(coded)
    assert decoder.finish() == b"<p>hi</p>"
    assert inflate(None, coded) == coded


@settings(max_examples=100)
@given(
    coding=st.sampled_from(sorted(CODINGS)), data=st.binary(max_size=400), magic=st.sampled_from([b"", b"\x1f\x8b\x08"])
)
def test_no_bytes_raise_anything_else(coding: str, data: bytes, magic: bytes) -> None:
    """Any bytes under any label give a body or a FetchError."""
    try:
        assert isinstance(inflate(coding, magic + data, step=7), bytes)
    except FetchError as error:
        assert error.reason in {"bad_encoding", "truncated"}
