"""What the HTTP library does for us: sends one request, yields the answer's raw bytes, names what went wrong.

Where its connections come from is in `pools`.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, Final, cast

import httpx

from scraper.errors import FetchError, TransientError
from scraper.fetchers.dial import Dialer
from scraper.fetchers.pools import Route
from scraper.fetchers.settings import HostSettings
from scraper.fetchers.watched import MAX_HEAD_BYTES, WatchedStream

_COOKIE_POLICY: Final = DefaultCookiePolicy(strict_ns_domain=DefaultCookiePolicy.DomainStrictNonDomain)
"""A cookie without a domain goes back to its own host alone (RFC 6265, 5.3)."""
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
    """Sends requests; keeps connections alive. No redirects, nothing from the environment.

    TLS certificates are always verified, for the host that was asked for. Cookies are kept for those hosts alone whose
    settings name cookies or a login.
    """

    def __init__(self, dialer: Dialer, *, idle: int) -> None:
        """`idle` connections are kept, a pool."""
        self._dialer, self._idle = dialer, idle
        self._routes = {("", ""): Route(dialer, idle=self._idle)}
        self._jars: dict[str, httpx.Cookies] = {}

    def prepare(self, settings: HostSettings) -> None:
        """Look at what a host's requests cannot do without. Raises ConfigError."""
        self._route(settings)

    async def aclose(self) -> None:
        for route in self._routes.values():
            await route.aclose()

    @asynccontextmanager
    async def send(
        self,
        url: str,
        headers: Mapping[str, str],
        settings: HostSettings,
        *,
        form: Mapping[str, str] | None = None,
        content: bytes | None = None,
    ) -> AsyncIterator[Reply]:
        """Send one GET, or a POST of the form's fields or the content, and yield the answer when its head is there.

        Raises FetchError, from here and from the answer's chunks: dns_failed, address_refused, connect_failed,
        tls_failed, timeout, header_flood, protocol_error, truncated, bad_url; transient ones as TransientError.
        """
        with _named_errors(url):
            request = self._request(url, headers, settings, form=form, content=content)
            if settings.proxy:
                self._dialer.vet_host(request.url.host)
            response = await self._route(settings).handle(request)
            response.request = request
            if (jar := self.jar(settings)) is not None:
                jar.extract_cookies(response)
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

    def jar(self, settings: HostSettings) -> httpx.Cookies | None:
        """Return the cookies of a site, or None where none are kept."""
        if not settings.keeps_cookies:
            return None
        jar = self._jars.get(settings.site)
        if jar is None:
            jar = self._jars[settings.site] = httpx.Cookies(CookieJar(_COOKIE_POLICY))
            for name, value in settings.cookies:
                jar.set(name, value, domain="." + settings.site)
        return jar

    def forget_cookies(self, settings: HostSettings) -> None:
        """Begin anew with the cookies that the settings name."""
        self._jars.pop(settings.site, None)

    def _request(
        self,
        url: str,
        headers: Mapping[str, str],
        settings: HostSettings,
        *,
        form: Mapping[str, str] | None,
        content: bytes | None,
    ) -> httpx.Request:
        limits = httpx.Timeout(settings.read_timeout_s, connect=settings.connect_timeout_s, pool=None).as_dict()
        method = "GET" if form is None and content is None else "POST"
        extensions = {"timeout": limits}
        request = httpx.Request(method, url, headers=headers, data=form, content=content, extensions=extensions)
        if (jar := self.jar(settings)) is not None:
            jar.set_cookie_header(request)
        return request

    def _route(self, settings: HostSettings) -> Route:
        key = (settings.proxy, settings.ca_file)
        if key not in self._routes:
            self._routes[key] = Route(self._dialer, idle=self._idle, proxy=settings.proxy, ca_file=settings.ca_file)
        return self._routes[key]


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
    if "Illegal header value" in detail:
        return FetchError("protocol_error", url, "a header of ours that cannot be sent")  # it may hold a secret
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
            if error.reason == "WRONG_VERSION_NUMBER":  # so OpenSSL calls what begins as no TLS at all
                return "the server speaks no TLS at this port"
            return getattr(error, "verify_message", "") or error.reason or str(error)
        seen.add(id(error))
        error = error.__cause__ or error.__context__
    return None
