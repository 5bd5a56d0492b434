"""Network streams that count what stands before a body: a server may send headers, or answers before the answer, for
ever, and no timeout between two bytes ends that.
"""

from __future__ import annotations

import ssl
from typing import Any, Final

import httpcore

from scraper.errors import FetchError

MAX_HEAD_BYTES: Final = 100 * 1024
"""Headers of an answer, and of the 1xx answers before it. As curl's for a header, and h11's for a head."""


class WatchedStream(httpcore.AsyncNetworkStream):
    """A stream that refuses to read on when an answer's head is too long. Each request begins a new head."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._head_bytes = 0
        self._is_head = True

    def begin_body(self) -> None:
        """The head is complete: what is read from now on is not counted."""
        self._is_head = False

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        """Return the next bytes. Raises FetchError: header_flood."""
        if self._is_head and self._head_bytes > MAX_HEAD_BYTES:
            raise FetchError("header_flood", "", f"no body after {self._head_bytes:,} bytes")
        data = await self._stream.read(max_bytes, timeout)
        self._head_bytes += len(data)
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        self._head_bytes, self._is_head = 0, True
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
    ) -> httpcore.AsyncNetworkStream:
        return WatchedStream(await self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
