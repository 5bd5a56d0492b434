"""From a host name to the addresses to dial: resolved once, vetted, then dialled as they are.

The name is not resolved again when connecting, so a name server that changes its answer in between (DNS rebinding)
gains nothing. The host name still goes into the Host header, the TLS handshake and the certificate check.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from ipaddress import ip_address
from typing import Final

from scraper.errors import ConfigError, FetchError, TransientError
from scraper.fetchers.guard import AddressGuard

Resolve = Callable[[str, int], Awaitable[tuple[str, ...]]]
"""Host and port -> addresses, best first; OSError if there are none."""

_MAX_ADDRESSES: Final = 4
_LOOPBACK: Final = ("127.0.0.1", "::1")
_NEVER_RESOLVED: Final = (".invalid", ".onion")
"""Names that must not be sent to a name server. RFC 6761, 6.4; RFC 7686, 2."""


async def resolve_by_system(host: str, port: int) -> tuple[str, ...]:
    """Ask the system's resolver. Raises OSError.

    Each question has a thread of its own: the system takes half a minute to give up on a silent name server, and a
    few such names would fill the loop's shared threads. Nobody waits for one that was given up, not even at the end.
    """
    loop = asyncio.get_running_loop()
    answered: asyncio.Future[tuple[str, ...]] = loop.create_future()

    def tell(addresses: tuple[str, ...], error: Exception | None) -> None:
        if answered.done():
            return
        if error is None:
            answered.set_result(addresses)
        else:
            answered.set_exception(error)

    def ask() -> None:
        addresses: tuple[str, ...] = ()
        error: Exception | None = None
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            addresses = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
        except (OSError, UnicodeError) as raised:
            error = raised
        with suppress(RuntimeError):  # the loop has ended since
            loop.call_soon_threadsafe(tell, addresses, error)

    threading.Thread(target=ask, name=f"resolve {host}", daemon=True).start()
    return await answered


class Dialer:
    """Knows where to connect for a host. `connect_to` is obeyed unvetted: the operator wrote it.

    Except that its `*` does not send private addresses anywhere: those no operator meant, but a page or a redirect.
    """

    def __init__(
        self, guard: AddressGuard, *, connect_to: Mapping[str, str] | None = None, resolve: Resolve = resolve_by_system
    ) -> None:
        self._guard, self._resolve = guard, resolve
        self._connect_to = {host.lower(): _parse_endpoint(value) for host, value in (connect_to or {}).items()}

    async def endpoints(self, host: str, port: int) -> tuple[tuple[str, int], ...]:
        """Return the addresses and ports to try, in order; at least one.

        Raises FetchError: dns_failed (transient if the name server did not answer; may pass if it says that there is
        no such name), address_refused.
        """
        host = host.lower().rstrip(".")
        redirected = self._connect_to.get(host)
        if redirected is not None:
            return ((redirected[0], redirected[1] or port),)
        everything = self._connect_to.get("*")
        if everything is not None and not _is_number(host):
            return ((everything[0], everything[1] or port),)
        addresses = await self._addresses(host, port)
        refused = {address: why for address in addresses if (why := self._guard.refusal(host, address))}
        vetted = tuple(address for address in addresses if address not in refused)
        if not vetted:
            address, why = next(iter(refused.items()))
            raise FetchError("address_refused", host, f"{address} is {why}; fetch.allow_hosts = [{host!r}] allows it")
        if everything is not None:
            return ((everything[0], everything[1] or port),)
        return tuple((address, port) for address in vetted[:_MAX_ADDRESSES])

    async def key_by_address(self, host: str, port: int) -> str:
        """Return the first address of a host, which all hosts of that machine share; the host itself if it has none."""
        try:
            return (await self.endpoints(host, port))[0][0]
        except FetchError:
            return host.lower().rstrip(".")

    def vet_host(self, host: str) -> None:
        """Raise FetchError(address_refused) for a host that is, in any spelling, an address that may not be dialled.

        For requests through a proxy, which looks names up itself.
        """
        name = host.lower().strip("[].")
        address = _as_address(name)
        if name == "localhost" or name.endswith(".localhost"):
            address = _LOOPBACK[0]
        why = self._guard.refusal(name, address) if address else None
        if why:
            raise FetchError("address_refused", host, f"{address} is {why}; fetch.allow_hosts = [{host!r}] allows it")

    async def _addresses(self, host: str, port: int) -> tuple[str, ...]:
        if host == "localhost" or host.endswith(".localhost"):  # RFC 6761, 6.3
            return _LOOPBACK
        if host.endswith(_NEVER_RESOLVED):
            raise FetchError("dns_failed", host, "a name that is never looked up")
        try:
            addresses = await self._resolve(host, port)
        except socket.gaierror as error:
            why = error.strerror or str(error)
            if error.errno == socket.EAI_AGAIN:
                raise TransientError("dns_failed", host, why) from error
            # Without a network some systems say that the name does not exist.
            raise FetchError("dns_failed", host, why, may_pass=True) from error
        except UnicodeError as error:
            raise FetchError("dns_failed", host, str(error)) from error
        except OSError as error:  # of this system, such as too many open files: it says nothing of the name
            raise TransientError("dns_failed", host, str(error)) from error
        if not addresses:
            raise FetchError("dns_failed", host, "the name has no address")
        return addresses


def _as_address(host: str) -> str | None:
    """Return the address that a host is in whatever spelling (2130706433, 0x7f.1, ::1), or None for a name."""
    if ":" in host:
        return host
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return None


def _parse_endpoint(text: str) -> tuple[str, int | None]:
    """Return the address and port of `127.0.0.1:8080`, `[::1]:8080` or `127.0.0.1`."""
    address, colon, port = text.rpartition(":") if not text.endswith("]") and ":" in text else (text, "", "")
    if not address or (colon and not (port.isascii() and port.isdigit() and 0 < int(port) < 65536)):
        raise ConfigError(f"fetch.connect_to: {text!r} is no address:port such as 127.0.0.1:8080")
    return address.strip("[]"), int(port) if colon else None


def _is_number(host: str) -> bool:
    """Tell whether the host is an address already."""
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
