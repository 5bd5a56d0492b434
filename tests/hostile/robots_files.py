"""robots.txt: what its answer means for the page behind it."""

from __future__ import annotations

import asyncio
import gzip
from typing import Any

from loopback import Asked, Route, raw, raw_response

from hostile.codings import gib_deflated
from hostile.redirects import to
from hostile.registry import behaves
from hostile.silence import FOR_EVER_S, drip_bytes

DISALLOW = b"User-agent: *\nDisallow: /story\n"


def robots(outcome: str, **more: Any) -> Any:
    """Register a behaviour of robots.txt."""
    return behaves(outcome, at="robots.txt", **more)


def _text(body: bytes, **headers: str) -> bytes:
    return raw_response(body, content_type="text/plain", **headers)


@robots("robots_disallowed")
def robots_disallow() -> bytes:
    """Forbids the page."""
    return _text(DISALLOW)


@robots("page")
def robots_empty() -> bytes:
    """Is empty."""
    return _text(b"")


@robots("page")
def robots_page() -> bytes:
    """Is an HTML page."""
    return raw_response(b"<!doctype html><html><title>Home</title><p>Disallow: everything</html>")


@robots("page")
def robots_rubbish() -> bytes:
    """Is 100 KB of bytes at random."""
    return _text(bytes(range(256)) * 400)


@robots("robots_disallowed")
def robots_mark() -> bytes:
    """Forbids the page, behind a byte order mark."""
    return _text(b"\xef\xbb\xbf" + DISALLOW)


@robots("robots_disallowed")
def robots_returns() -> bytes:
    """Forbids the page, in lines that end with CR."""
    return _text(DISALLOW.replace(b"\n", b"\r"))


@robots("page")
def robots_late_rule() -> bytes:
    """Is 1 MiB long and forbids the page after 500 KiB."""
    return _text(b"User-agent: *\n" + b"# nothing\n" * 60_000 + b"Disallow: /\n" + b"#" * 440_000)


@robots("robots_disallowed")
def robots_early_rule() -> bytes:
    """Is 1 MiB long and forbids the page at once."""
    return _text(DISALLOW + b"# nothing\n" * 100_000)


@robots("page")
def robots_bomb() -> bytes:
    """Is a gzip bomb."""
    return _text(gib_deflated(31), content_encoding="gzip")


@robots("robots_disallowed")
def robots_gzip() -> bytes:
    """Forbids the page, in gzip."""
    return _text(gzip.compress(DISALLOW), content_encoding="gzip")


@robots("page")
async def robots_endless(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Never ends."""
    writer.write(b"HTTP/1.1 200 OK\r\n\r\nUser-agent: *\n")
    while not writer.is_closing():
        writer.write(b"Allow: /story\n" * 1000)
        await writer.drain()


def _moved(hops: int) -> Route:
    async def route(asked: Asked, writer: asyncio.StreamWriter) -> None:
        host, path = asked.host, asked.path
        hop = 0 if path == "/robots.txt" else int(path.rpartition("=")[2])
        writer.write(_text(DISALLOW) if hop == hops else to(f"http://{host}/robots.txt?hop={hop + 1}"))

    return route


@robots("robots_disallowed")
def robots_five_hops() -> Route:
    """Forbids the page after five redirects."""
    return _moved(5)


@robots("page")
def robots_six_hops() -> Route:
    """Forbids the page after six redirects, of which five are followed."""
    return _moved(6)


@robots("page")
def robots_loop() -> bytes:
    """Redirects to itself."""
    return to("/robots.txt")


@robots("robots_disallowed")
def robots_elsewhere() -> bytes:
    """Redirects to the robots.txt of another host, which forbids the page."""
    return to("http://robots-disallow.example/robots.txt")


@robots("page")
def robots_to_file() -> bytes:
    """Redirects to file:."""
    return to("file:///etc/passwd")


@robots("address_refused")
def robots_to_metadata() -> bytes:
    """Redirects to 169.254.169.254."""
    return to("http://169.254.169.254/robots.txt")


@robots("page")
def robots_401() -> bytes:
    """Answers 401."""
    return raw_response(b"", "401 Unauthorized")


@robots("page")
def robots_403() -> bytes:
    """Answers 403."""
    return raw_response(b"", "403 Forbidden")


@robots("page")
def robots_404() -> bytes:
    """Answers 404."""
    return raw_response(b"", "404 Not Found")


@robots("robots_unreachable")
def robots_429() -> bytes:
    """Answers 429."""
    return raw_response(b"", "429 Too Many Requests")


@robots("robots_unreachable")
def robots_500() -> bytes:
    """Answers 500."""
    return raw_response(b"", "500 Internal Server Error")


@robots("robots_unreachable")
def robots_503() -> bytes:
    """Answers 503."""
    return raw_response(b"", "503 Service Unavailable")


@robots("robots_unreachable", waits=True)
async def robots_silent(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Says nothing."""
    await asyncio.sleep(FOR_EVER_S)


@robots("robots_unreachable", waits=True)
async def robots_drip(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Comes byte by byte."""
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    await drip_bytes(writer, b"#")


@robots("robots_unreachable")
def robots_truncated() -> Route:
    """Ends before its announced length."""
    return raw(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\nUser-agent: *\n")


@robots("robots_unreachable")
def robots_no_http() -> Route:
    """Is no HTTP."""
    return raw(b"\0\1\2\3\r\n\r\n")


@robots("page")
def robots_absurd_delay() -> bytes:
    """Asks for a Crawl-delay of 30 years: it counts as the longest allowed."""
    return _text(b"User-agent: *\nCrawl-delay: 1000000000\n")


@robots("page")
def robots_rubbish_delay() -> bytes:
    """Asks for a Crawl-delay of `nan`, of minus one and of `soon`."""
    return _text(b"User-agent: *\nCrawl-delay: nan\nCrawl-delay: -1\nCrawl-delay: soon\n")
