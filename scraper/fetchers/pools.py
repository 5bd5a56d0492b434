"""Where connections come from: many small pools of the HTTP library, dialling where our Dialer says.

Two of the library's habits are changed. Connections are dialled at addresses that our Dialer chose, so that what was
vetted is what is connected to. And hosts are spread over many small pools, since one pool searches all its connections
for every request: with hundreds of them open that search is most of the work. Hosts that go through a proxy, or that
bring a certificate authority of their own, have pools of their own.
"""

from __future__ import annotations

import asyncio
import ssl
import zlib
from collections.abc import Iterable
from functools import partial
from typing import Any, Final

import httpcore
import httpx

from scraper.errors import ConfigError
from scraper.fetchers.dial import Dialer
from scraper.fetchers.watched import WatchedStream

POOLS: Final = 256
_KEEP_ALIVE_S: Final = 15.0


class Route:
    """The pools of one way out: directly or through a proxy, trusting one set of authorities."""

    def __init__(self, dialer: Dialer, *, idle: int, proxy: str = "", ca_file: str = "") -> None:
        """`idle` connections are kept, a pool. Raises ConfigError: the file holds no certificates."""
        self._make = partial(_PoolTransport, _tls_context(ca_file), _GuardedBackend(dialer), proxy, idle)
        self._pools: dict[int, _PoolTransport] = {}

    async def handle(self, request: httpx.Request) -> httpx.Response:
        """Send a request over its host's pool. Raises the library's errors, and the Dialer's."""
        number = zlib.crc32(request.url.raw_host) % POOLS
        pool = self._pools.get(number)
        if pool is None:
            pool = self._pools[number] = self._make()
        return await pool.handle_async_request(request)

    async def aclose(self) -> None:
        """Close every connection."""
        for pool in self._pools.values():
            await pool.aclose()


def _tls_context(ca_file: str) -> ssl.SSLContext:
    """Return what verifies certificates: by the system's authorities, and by those in the file if one is named."""
    context = ssl.create_default_context()
    if ca_file:
        try:
            context.load_verify_locations(ca_file)
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(f"{ca_file}: is no file of certificates in PEM form ({error}).") from error
    return context


class _PoolTransport(httpx.AsyncHTTPTransport):
    """The library's transport over a connection pool that dials through our backend, or through a proxy.

    The proxy's own address is dialled as it is: the operator wrote it.
    """

    def __init__(self, context: ssl.SSLContext, backend: httpcore.AsyncNetworkBackend, proxy: str, idle: int) -> None:
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=None,  # Pace bounds them
            max_keepalive_connections=idle,
            keepalive_expiry=_KEEP_ALIVE_S,
            network_backend=_WatchedBackend() if proxy else backend,
            proxy=_proxy(proxy) if proxy else None,
        )


def _proxy(address: str) -> httpcore.Proxy:
    url = httpx.URL(address)
    login = (url.username, url.password) if url.username else None
    return httpcore.Proxy(str(url.copy_with(username=None, password=None)), auth=login)


class _WatchedBackend(httpcore.AnyIOBackend):
    """Opens TCP connections to a proxy."""

    async def connect_tcp(self, *args: Any, **kwargs: Any) -> httpcore.AsyncNetworkStream:
        return WatchedStream(await super().connect_tcp(*args, **kwargs))


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
