"""Whatever bytes a server sends, a fetch ends in a page or in a named reason."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Iterator

import pytest
from backports import zstd
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.config import FetchConfig
from scraper.errors import FetchError
from scraper.fetchers import HttpFetcher
from scraper.model import Page, Target

PAGE = b"<!doctype html><p>Hello, world."
STARTS = st.sampled_from(
    [
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.0 200 OK\r\n",
        b"HTTP/1.1 103 Hints\r\n\r\nHTTP/1.1 200\n",
        b"HTTP/1.1 404 No\r\n",
        b"HTTP/1.1 302 Found\r\n",
        b"HTTP/1.1 204 None\r\n",
        b"HTTP/9.9 200 OK\r\n",
        b"http/1.1 200 OK\r\n",
        b"\r\n",
        b"",
    ]
)
FIELDS = st.lists(
    st.sampled_from(
        [
            b"Content-Type: text/html\r\n",
            b"Content-Type: image/png\n",
            b"Content-Encoding: gzip\r\n",
            b"content-length: 5\r\n",
            b"Content-Encoding: br, deflate\r\n",
            b"Transfer-Encoding: chunked\r\n",
            b"Content-Length: 0\r\n",
            b"Location: /a\r\n",
            b"Location: //[::1\r\n",
            b"Location: http://\xff\xfe/\r\n",
            b"Retry-After: 1\r\n",
            b"Connection: close\r\n",
            b" folded\r\n",
            b"Content-Encoding: zstd\r\n",
            b"X: \x00\r\n",
            b": empty\r\n",
            b"Set-Cookie: \xe9\r\n",
            b"content-length: 5, 5\r\n",
            b"Location: https://[::ffff:1.2.3.4]:99999/\r\n",
            b"Location: \x01\x02%zz\r\n",
            b"Refresh: 0\r\n",
        ]
    ),
    max_size=6,
)
BODIES = st.sampled_from(
    [
        PAGE,
        gzip.compress(PAGE),
        zlib.compress(PAGE),
        zstd.compress(PAGE),
        b"5\r\nHello\r\n0\r\n\r\n",
        b"5\r\nHello",
        b"zz\r\n",
        b"",
    ]
)
ANSWERS = st.builds(
    lambda start, fields, end, body, tail, cut: (start + b"".join(fields) + end + body + tail)[:cut],
    STARTS,
    FIELDS,
    st.sampled_from([b"\r\n", b"\n", b""]),
    BODIES,
    st.binary(max_size=40),
    st.integers(20, 600),
)


class Wire:
    """A server that sends the same bytes to whoever asks, then hangs up, and a fetcher that asks it."""

    def __init__(self) -> None:
        self.answer = b""
        self._runner = asyncio.Runner()
        self._runner.run(self._open())

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._send, "127.0.0.1", 0)
        at = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        self._fetcher = HttpFetcher(
            FetchConfig(
                delay_s=0.0, retries=0, robots=False, deadline_s=2.0, max_retry_after_s=1e9, connect_to={"*": at}
            ),
            monotonic=lambda: 0.0,
            sleep=lambda _: asyncio.sleep(0),
        )

    async def _send(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(self.answer)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    def fetch(self, answer: bytes, host: str) -> Page | None:
        self.answer = answer
        try:
            return self._runner.run(self._fetcher.fetch_page(Target(url=f"http://{host}.example/story", source="list")))
        except FetchError:
            return None

    def close(self) -> None:
        self._server.close()
        self._runner.run(self._fetcher.__aexit__(None, None, None))
        self._runner.close()


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    wire = Wire()
    yield wire
    wire.close()


@settings(max_examples=150, deadline=None)
@given(answer=ANSWERS, number=st.integers(0, 10**9))
def test_any_answer(wire: Wire, answer: bytes, number: int) -> None:
    """Only a FetchError comes out, and the next good page arrives."""
    page = wire.fetch(answer, f"host-{number}")
    assert page is None or len(page.body) <= 10_000
    good = wire.fetch(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE, "good")
    assert good is not None
    assert good.body == PAGE


@settings(max_examples=50, deadline=None)
@given(answer=st.binary(max_size=200), number=st.integers(0, 10**9))
def test_any_bytes(wire: Wire, answer: bytes, number: int) -> None:
    """The same for bytes that are no HTTP at all."""
    page = wire.fetch(answer, f"host-{number}")
    assert page is None or len(page.body) <= 10_000
