"""Time: servers that are slow, silent, or never done."""

from __future__ import annotations

import asyncio

from loopback import Asked, raw_response

from hostile.registry import FRONT, behaves, page, story

HEAD = FRONT.encode()
FOR_EVER_S = 30.0


async def drip_bytes(writer: asyncio.StreamWriter, data: bytes, *, gap_s: float = 0.05) -> None:
    """Send the data byte by byte, over and over, until the client has enough."""
    while not writer.is_closing():
        for byte in data:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(gap_s)


@behaves("deadline")
async def drip(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Sends a byte of the body every 50 ms."""
    writer.write(HEAD + b"content-length: 5000\r\n\r\n")
    await drip_bytes(writer, b"<p>")


@behaves("deadline")
async def drip_chunked(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Sends a chunk of one byte, itself byte by byte."""
    writer.write(HEAD + b"transfer-encoding: chunked\r\n\r\n")
    await drip_bytes(writer, b"1\r\na\r\n")


@behaves("deadline")
async def drip_headers(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Sends a byte of its headers every 50 ms."""
    writer.write(HEAD)
    await drip_bytes(writer, b"x-more: and more\r\n")


@behaves("deadline")
async def drip_status(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Sends its status line byte by byte."""
    await drip_bytes(writer, b"HTTP/1.1 200 " + b"O" * 50)


@behaves("deadline")
async def slow_interim_answers(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Sends a 103 every 50 ms and never the answer."""
    while not writer.is_closing():
        writer.write(b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.05)


@behaves("timeout")
async def silent_before_headers(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Takes the request and says nothing."""
    await asyncio.sleep(FOR_EVER_S)


@behaves("timeout")
async def silent_in_headers(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Falls silent within its headers."""
    writer.write(HEAD + b"content-len")
    await writer.drain()
    await asyncio.sleep(FOR_EVER_S)


@behaves("timeout")
async def silent_after_headers(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Falls silent after its headers."""
    writer.write(HEAD + b"content-length: 100\r\n\r\n")
    await writer.drain()
    await asyncio.sleep(FOR_EVER_S)


@behaves("timeout")
async def silent_in_body(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Falls silent within its body."""
    writer.write(HEAD + b"content-length: 9000\r\n\r\n" + story("silent-in-body"))
    await writer.drain()
    await asyncio.sleep(FOR_EVER_S)


@behaves("timeout")
async def silent_before_the_last_chunk(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Sends the whole page in chunks and never the chunk that ends it."""
    writer.write(HEAD + b"transfer-encoding: chunked\r\n\r\n5\r\n<p>hi\r\n")
    await writer.drain()
    await asyncio.sleep(FOR_EVER_S)


@behaves("too_large")
async def endless_chunks(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Sends chunks as fast as they are taken, for ever."""
    writer.write(HEAD + b"transfer-encoding: chunked\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"10000\r\n" + b"a" * 65536 + b"\r\n")
        await writer.drain()


@behaves("too_large")
async def endless_body(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Sends a body without length, for ever."""
    writer.write(HEAD + b"\r\n")
    while not writer.is_closing():
        writer.write(b"a" * 65536)
        await writer.drain()


@behaves("http_status")
async def dripping_404(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Answers 404 and drips its body."""
    writer.write(b"HTTP/1.1 404 Not Found\r\ncontent-length: 5000\r\n\r\n")
    await drip_bytes(writer, b"<p>")


@behaves("page")
async def dripping_redirect(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Redirects and drips the body of the redirect."""
    if asked.path == "/moved":
        writer.write(page("dripping-redirect"))
        return
    writer.write(b"HTTP/1.1 302 Found\r\nlocation: /moved\r\ncontent-length: 5000\r\n\r\n")
    await drip_bytes(writer, b"<p>")


@behaves("page")
async def pauses(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Sends a good page in three parts with pauses between them."""
    answer = raw_response(story("pauses"))
    for part in (answer[:30], answer[30:500], answer[500:]):
        writer.write(part)
        await writer.drain()
        await asyncio.sleep(0.05)
