"""HTTP bodies: broken lengths and chunks, floods behind them, hang-ups."""

from __future__ import annotations

import asyncio
import socket
import struct

from loopback import Asked, Route, raw

from hostile.heads import for_ever
from hostile.registry import FRONT, behaves, page, story

HEAD = FRONT.encode()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Break the connection off the hard way."""
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@behaves("header_flood")
def endless_trailers() -> Route:
    """Ends its chunks with trailers without end."""
    return for_ever(
        HEAD + b"transfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n", lambda number: b"x-%d: a\r\n" % number
    )


@behaves("header_flood")
def endless_chunk_extension() -> Route:
    """Begins a chunk with an extension without end."""
    return for_ever(HEAD + b"transfer-encoding: chunked\r\n\r\n2;x=", lambda _: b"a" * 100)


@behaves("protocol_error")
def bad_chunk_size() -> Route:
    """Sends a chunk of size `zz`."""
    return raw(HEAD + b"transfer-encoding: chunked\r\n\r\nzz\r\nab\r\n0\r\n\r\n")


@behaves("protocol_error")
def negative_chunk_size() -> Route:
    """Sends a chunk of size `-5`."""
    return raw(HEAD + b"transfer-encoding: chunked\r\n\r\n-5\r\nabcde\r\n0\r\n\r\n")


@behaves("protocol_error")
def overflowing_chunk_size() -> Route:
    """Sends a chunk of size 16^30."""
    return raw(HEAD + b"transfer-encoding: chunked\r\n\r\n1" + b"0" * 30 + b"\r\nab")


@behaves("truncated")
def huge_chunk_size() -> Route:
    """Announces a chunk of 1 TB, sends two bytes of it and hangs up."""
    return raw(HEAD + b"transfer-encoding: chunked\r\n\r\nffffffffff\r\nab")


@behaves("protocol_error")
def chunk_longer_than_said() -> Route:
    """Sends more of a chunk than it announced."""
    return raw(HEAD + b"transfer-encoding: chunked\r\n\r\n2\r\nabcdef\r\n0\r\n\r\n")


@behaves("truncated")
def chunks_without_end() -> Route:
    """Hangs up without the last chunk."""
    return raw(HEAD + b"transfer-encoding: chunked\r\n\r\n5\r\n<p>hi\r\n")


@behaves("protocol_error")
def crumbs() -> Route:
    """Sends its body in chunks of one byte, as fast as they are taken, for ever."""
    return for_ever(HEAD + b"transfer-encoding: chunked\r\n\r\n", lambda _: b"1\r\na\r\n")


@behaves("protocol_error")
def unknown_transfer_coding() -> Route:
    """Says `Transfer-Encoding: gzip, chunked`."""
    return raw(HEAD + b"transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n")


@behaves("protocol_error")
def negative_length() -> Route:
    """Says `Content-Length: -1`."""
    return raw(HEAD + b"content-length: -1\r\n\r\n" + story("x"))


@behaves("protocol_error")
def length_in_words() -> Route:
    """Says `Content-Length: many`."""
    return raw(HEAD + b"content-length: many\r\n\r\n" + story("x"))


@behaves("too_large")
def huge_length() -> Route:
    """Announces 1 EB."""
    return raw(HEAD + b"content-length: 1000000000000000000\r\n\r\n" + story("x"))


@behaves("protocol_error")
def absurd_length() -> Route:
    """Announces a length of 5,000 digits."""
    return raw(HEAD + b"content-length: " + b"9" * 5000 + b"\r\n\r\n" + story("x"))


@behaves("page")
def same_length_twice() -> Route:
    """Says its length twice, the same."""
    body = story("same-length-twice")
    return raw(HEAD + b"content-length: %d\r\n" % len(body) * 2 + b"\r\n" + body)


@behaves("protocol_error")
def conflicting_lengths() -> Route:
    """Says two different lengths."""
    return raw(HEAD + b"content-length: 10\r\ncontent-length: 20\r\n\r\n" + story("x"))


@behaves("page")
def length_and_chunks() -> Route:
    """Says a length and sends chunks: the chunks count."""
    body = story("length-and-chunks")
    return raw(
        HEAD + b"content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    )


@behaves("page")
def longer_than_announced() -> Route:
    """Sends more than it announced: the rest is no part of the page."""
    body = story("longer-than-announced")
    return raw(HEAD + b"content-length: %d\r\n\r\n%s" % (len(body), body) + b"<p>and this?" * 50)


@behaves("page")
async def answer_behind_the_answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Sends a second answer behind the page: it is not taken for the host's next page."""
    writer.write(page("answer-behind-the-answer" + asked.path.replace("/", " ")) + page("smuggled"))


@behaves("page", in_crawl="empty_page")
async def body_behind_a_204(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Answers 204 and sends a body, which a 204 has not: it is not taken for the head of the next answer."""
    writer.write(b"HTTP/1.1 204 No Content\r\n\r\n" + page("smuggled"))


@behaves("truncated")
def shorter_than_announced() -> Route:
    """Sends less than it announced, then hangs up."""
    return raw(HEAD + b"content-length: 100000\r\n\r\n" + story("x"))


@behaves("truncated")
async def reset_in_body(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Resets the connection within its body."""
    writer.write(HEAD + b"content-length: 100000\r\n\r\n" + story("x"))
    await writer.drain()
    await asyncio.sleep(0.1)
    _reset(writer)


@behaves("protocol_error")
async def reset_at_once(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Resets the connection instead of answering."""
    _reset(writer)


@behaves("protocol_error")
def hung_up_at_once() -> Route:
    """Hangs up instead of answering."""
    return raw(b"")


@behaves("protocol_error")
def hung_up_in_headers() -> Route:
    """Hangs up within its headers."""
    return raw(HEAD + b"content-len")


@behaves("robots_unreachable", via="closes")
async def hung_up_on_connect(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Takes the connection and hangs up before it has read the request."""


@behaves("connect_failed", via="nobody")
async def nobody_there(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Does not listen at all."""
