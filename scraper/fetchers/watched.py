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

_MAX_HEADS: Final = 200
"""Answers before the answer. One or two are usual."""
_HEAD_READ_BYTES: Final = 32 * 1024
"""Read at a time within a head: all that is read is taken apart before it is judged."""


class WatchedStream(httpcore.AsyncNetworkStream):
    """A stream that refuses to read on when an answer's head is too long. Each request begins a new head."""

    def __init__(self, stream: httpcore.AsyncNetworkStream) -> None:
        self._stream = stream
        self._begin_head()

    def _begin_head(self) -> None:
        self._is_head = True
        self._head_bytes = self._heads = 0

    def begin_body(self) -> None:
        """The head is complete: what is read from now on is not counted."""
        self._is_head = False

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        """Return the next bytes. Raises FetchError: header_flood."""
        if not self._is_head:
            return await self._stream.read(max_bytes, timeout)
        if self._head_bytes > MAX_HEAD_BYTES or self._heads > _MAX_HEADS:
            raise FetchError("header_flood", "", f"{self._head_bytes:,} bytes and no end, {self._heads} status lines")
        data = await self._stream.read(min(max_bytes, _HEAD_READ_BYTES), timeout)
        self._head_bytes += len(data)
        self._heads += data.count(b"\nHTTP/1.")
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        self._begin_head()
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
