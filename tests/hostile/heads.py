"""HTTP heads: broken ones, odd ones, floods of headers and of answers before the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from loopback import Asked, Route, raw

from hostile.registry import FRONT, behaves, page, story

HEAD = FRONT.encode()


def for_ever(first: bytes, more: Callable[[int], bytes]) -> Route:
    """Return a route that sends the first bytes, then more of them as fast as they are taken."""

    async def route(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(first)
        sent = 0
        while not writer.is_closing():
            writer.write(b"".join(more(sent + number) for number in range(500)))
            await writer.drain()
            sent += 500

    return route


@behaves("protocol_error")
def bad_status_line() -> Route:
    """Answers `HELLO`."""
    return raw(b"HELLO\r\n\r\n")


@behaves("protocol_error")
def http_09() -> Route:
    """Sends HTML without any head, as HTTP/0.9 did."""
    return raw(story("http-09"))


@behaves("protocol_error")
def status_of_words() -> Route:
    """Answers `HTTP/1.1 OK 200`."""
    return raw(b"HTTP/1.1 OK 200\r\n\r\n")


@behaves("protocol_error")
def status_000() -> Route:
    """Answers with status 000."""
    return raw(b"HTTP/1.1 000 None\r\ncontent-length: 0\r\n\r\n")


@behaves("protocol_error")
def http_2_unasked() -> Route:
    """Answers in HTTP/2 frames."""
    return raw(b"\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x80\0\x04\0\1\0\0\0\5\0\xff\xff\xff")


@behaves("page")
def http_10() -> Route:
    """Answers in HTTP/1.0, ended by hanging up."""
    return raw(b"HTTP/1.0 200 OK\r\ncontent-type: text/html\r\n\r\n" + story("http-10"))


@behaves("page")
def no_reason_phrase() -> Route:
    """Answers `HTTP/1.1 200` and no more on that line."""
    return raw(b"HTTP/1.1 200\r\ncontent-type: text/html\r\n\r\n" + story("no-reason-phrase"))


@behaves("page")
def bare_line_feeds() -> Route:
    """Ends its header lines with LF alone."""
    return raw(HEAD.replace(b"\r", b"") + b"\n" + story("bare-line-feeds"))


@behaves("header_flood")
def interim_storm() -> Route:
    """Sends 103 answers as fast as they are taken, and never the answer."""
    return for_ever(b"", lambda _: b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n")


@behaves("header_flood")
def continue_storm() -> Route:
    """Sends 100 answers as fast as they are taken."""
    return for_ever(b"", lambda _: b"HTTP/1.1 100 Continue\r\n\r\n")


@behaves("page")
def early_hints() -> bytes:
    """Sends two 103 answers, then the page."""
    return b"HTTP/1.1 103 Early Hints\r\nlink: </a.css>\r\n\r\n" * 2 + page("early-hints")


@behaves("protocol_error")
def switching_protocols() -> Route:
    """Answers 101 to a request that asked for no such thing."""
    return raw(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n\x81\x05hello")


@behaves("header_flood")
def one_huge_header() -> Route:
    """Sends a header of 150 KB."""
    return raw(HEAD + b"x-long: " + b"a" * 150_000 + b"\r\n\r\n" + story("one-huge-header"))


@behaves("header_flood")
def ten_thousand_headers() -> Route:
    """Sends 10,000 short headers."""
    return raw(HEAD + b"".join(b"x%d: 1\r\n" % number for number in range(10_000)) + b"\r\n<p>")


@behaves("header_flood")
def two_thousand_headers() -> Route:
    """Sends 2,000 headers, small enough together."""
    return raw(HEAD + b"".join(b"x%d: 1\r\n" % number for number in range(2_000)) + b"\r\n<p>")


@behaves("header_flood")
def endless_headers() -> Route:
    """Sends header lines without end."""
    return for_ever(HEAD, lambda number: b"x-%d: %s\r\n" % (number, b"a" * 50))


@behaves("header_flood")
def endless_header() -> Route:
    """Sends one header line without end."""
    return for_ever(HEAD + b"x-long: ", lambda _: b"a" * 100)


@behaves("page")
def cookie_flood() -> Route:
    """Sets 300 cookies of 200 bytes."""
    cookies = b"".join(b"set-cookie: c%d=%s\r\n" % (number, b"a" * 200) for number in range(300))
    return raw(HEAD + cookies + b"\r\n" + story("cookie-flood"))


@behaves("protocol_error")
def header_without_colon() -> Route:
    """Sends a header line that is none."""
    return raw(HEAD + b"this is no header\r\n\r\n" + story("x"))


@behaves("protocol_error")
def nul_in_header() -> Route:
    """Sends a NUL byte in a header."""
    return raw(HEAD + b"x-nul: a\0b\r\n\r\n" + story("x"))


@behaves("page")
def folded_header() -> Route:
    """Folds a header over two lines, as was allowed long ago."""
    return raw(HEAD + b"x-folded: one\r\n  two\r\n\r\n" + story("folded-header"))


@behaves("page")
def header_in_latin_1() -> Route:
    """Sends a header with bytes that are no UTF-8."""
    return raw(HEAD + b"x-name: caf\xe9\r\n\r\n" + story("header-in-latin-1"))
