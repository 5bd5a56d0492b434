"""The one module that knows the HTTP library: sends one GET, yields the answer's raw bytes, names what went wrong.

Two of its habits are changed. Connections are dialled at addresses that our Dialer chose, so that what was vetted is
what is connected to. And hosts are spread over many small pools, since one pool searches all its connections for
every request: with hundreds of them open that search is most of the work.
"""

from __future__ import annotations

import asyncio
import ssl
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final, cast

import httpcore
import httpx

from scraper.errors import FetchError, TransientError
from scraper.fetchers.dial import Dialer
from scraper.fetchers.watched import MAX_HEAD_BYTES, WatchedStream

_POOLS: Final = 64
_KEEP_ALIVE_S: Final = 15.0
_IDLE_CONNECTIONS: Final = 16
"""Idle connections kept, a pool."""
_MAX_HEADERS: Final = 1000
_MAX_PIECES: Final = 50_000
"""Pieces in which a body may come. 50 MB in Ethernet packets are 35,000; 10 MB byte by byte are minutes of work."""
_PIECES_A_TURN: Final = 200
"""Pieces read before others get their turn: those that came in one packet are there without waiting."""
_DRAINED_BYTES: Final = 64 * 1024
_DRAIN_S: Final = 0.25


@dataclass(frozen=True, slots=True)
class Reply:
    """The head of an answer, and its body to come: raw, still coded."""

    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    chunks: AsyncIterator[bytes]

    def header(self, name: str) -> str | None:
        """Return the first header of this lower-case name, or None."""
        return next((value for key, value in self.headers if key == name), None)

    async def drain(self) -> None:
        """Read a body that nobody wants, if it is short and there: its connection can be used again then.

        Never fails: the answer is known, whatever becomes of its body.
        """
        drained = 0
        with suppress(FetchError, TimeoutError):
            async with asyncio.timeout(_DRAIN_S):
                async for chunk in self.chunks:
                    drained += len(chunk)
                    if drained > _DRAINED_BYTES:
                        return


class HttpClient:
    """Sends GET requests; keeps connections alive. No cookies, no redirects, no proxies, nothing from the environment.

    TLS certificates are always verified, for the host that was asked for.
    """

    def __init__(self, dialer: Dialer, *, connect_timeout_s: float, read_timeout_s: float) -> None:
        backend = _GuardedBackend(dialer)
        context = ssl.create_default_context()
        self._pools = tuple(_PoolTransport(context, backend) for _ in range(_POOLS))
        self._timeouts = httpx.Timeout(read_timeout_s, connect=connect_timeout_s, pool=None).as_dict()

    async def aclose(self) -> None:
        for pool in self._pools:
            await pool.aclose()

    @asynccontextmanager
    async def get(self, url: str, headers: Mapping[str, str]) -> AsyncIterator[Reply]:
        """Send one GET and yield the answer when its head is there.

        Raises FetchError, from here and from the answer's chunks: dns_failed, address_refused, connect_failed,
        tls_failed, timeout, header_flood, protocol_error, truncated, bad_url; transient ones as TransientError.
        """
        with _named_errors(url):
            request = httpx.Request("GET", url, headers=headers, extensions={"timeout": self._timeouts})
            pool = self._pools[zlib.crc32(request.url.raw_host) % _POOLS]
            response = await pool.handle_async_request(request)
            response.request = request
        chunks = _chunks(response, url)
        try:
            yield Reply(
                status=response.status_code,
                reason=response.reason_phrase,
                headers=_headers(response, url),
                chunks=chunks,
            )
        finally:
            await chunks.aclose()
            if _has_more(response):
                await response.extensions["network_stream"].aclose()
            await response.aclose()


def _has_more(response: httpx.Response) -> bool:
    """Tell whether bytes that are no part of this answer came with it: a body behind a 204, a second answer.

    The library would keep the connection and take them for the answer to the next request, and so a page for another.
    It shows its parser nowhere; should the way to it change, every connection is closed after one answer.
    """
    found: Any = response.stream
    for name in ("_httpcore_stream", "_stream", "_connection", "_h11_state"):
        found = getattr(found, name, None)
    return found is None or bool(found.trailing_data[0])


def _headers(response: httpx.Response, url: str) -> tuple[tuple[str, str], ...]:
    """Return the header fields, names in lower case. Raises FetchError: header_flood."""
    stream = response.extensions.get("network_stream")
    if isinstance(stream, WatchedStream):
        stream.begin_body()
    raw = response.headers.raw
    if len(raw) > _MAX_HEADERS:
        raise FetchError("header_flood", url, f"{len(raw):,} headers")
    if (size := sum(len(name) + len(value) for name, value in raw)) > MAX_HEAD_BYTES:
        raise FetchError("header_flood", url, f"{size:,} bytes of headers")
    return tuple((name.decode("latin-1").lower(), _text(value)) for name, value in raw)


def _text(value: bytes) -> str:
    """Header values are bytes: UTF-8 if they can be, else Latin-1 (RFC 9110, 5.5)."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


async def _chunks(response: httpx.Response, url: str) -> AsyncGenerator[bytes, None]:
    pieces = 0
    with _named_errors(url, in_body=True):
        async for chunk in cast(httpx.AsyncByteStream, response.stream):  # aiter_raw would give the connection back
            pieces += 1
            if pieces > _MAX_PIECES:
                raise FetchError("protocol_error", url, f"a body in more than {_MAX_PIECES:,} pieces")
            if pieces % _PIECES_A_TURN == 0:
                await asyncio.sleep(0)
            yield chunk


@contextmanager
def _named_errors(url: str, *, in_body: bool = False) -> Iterator[None]:
    """Turn the library's errors into ours."""
    try:
        yield
    except FetchError as error:  # from our own dialer and streams, which do not know the URL
        raise type(error)(error.reason, url, error.detail) from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError) as error:
        raise FetchError("bad_url", url, str(error)) from error
    except httpx.HTTPError as error:
        raise _named(error, url, in_body=in_body) from error


def _named(error: httpx.HTTPError, url: str, *, in_body: bool) -> FetchError:
    detail = str(error) or type(error).__name__
    if isinstance(error, httpx.ConnectTimeout):
        return TransientError("timeout", url, "no connection in time")
    if isinstance(error, httpx.TimeoutException):
        return TransientError("timeout", url, "the server fell silent")
    if isinstance(error, httpx.ConnectError):
        failed = _tls_error(error)
        return FetchError("tls_failed", url, failed) if failed else TransientError("connect_failed", url, detail)
    if "Receive buffer too long" in detail:
        return FetchError("header_flood", url, f"more than {MAX_HEAD_BYTES:,} bytes of headers")
    if "without sending complete message body" in detail or (in_body and isinstance(error, httpx.NetworkError)):
        return TransientError("truncated", url, detail)
    if isinstance(error, httpx.NetworkError) or "disconnected without sending" in detail:
        return TransientError("protocol_error", url, f"the server hung up ({detail})")
    return FetchError("protocol_error", url, detail)


def _tls_error(error: BaseException | None) -> str | None:
    """Return what TLS complained about, if a TLS error stands somewhere behind this one."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        if isinstance(error, ssl.SSLError):
            return getattr(error, "verify_message", "") or error.reason or str(error)
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return None


class _PoolTransport(httpx.AsyncHTTPTransport):
    """The library's transport over a connection pool that dials through our backend."""

    def __init__(self, context: ssl.SSLContext, backend: httpcore.AsyncNetworkBackend) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=None,  # Pace bounds them
            max_keepalive_connections=_IDLE_CONNECTIONS,
            keepalive_expiry=_KEEP_ALIVE_S,
            network_backend=backend,
        )


class _GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens TCP connections to the endpoints that the Dialer names, the first that answers."""

    def __init__(self, dialer: Dialer) -> None:
        self._dialer = dialer
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  the library's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                endpoints = await self._dialer.endpoints(host, port)
                return await self._first(endpoints, None if timeout is None else timeout / len(endpoints))
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error

    async def _first(
        self, endpoints: tuple[tuple[str, int], ...], timeout_s: float | None
    ) -> httpcore.AsyncNetworkStream:
        *others, last = endpoints
        for address, port in others:
            try:
                return WatchedStream(await self._network.connect_tcp(address, port, timeout=timeout_s))
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return WatchedStream(await self._network.connect_tcp(*last, timeout=timeout_s))
