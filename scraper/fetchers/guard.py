"""Which addresses may be dialled: public ones, and those that the operator allows by name.

A page may name any host, and any name may resolve to any address; so every address is looked at after it was
resolved and before it is dialled. Without this a link on a page could make the crawler read the operator's own
network, or the credentials that cloud machines serve at 169.254.169.254.

Source: https://www.iana.org/assignments/iana-ipv4-special-registry, https://www.iana.org/assignments/iana-ipv6-special-registry
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

from scraper.errors import ConfigError

_Address = IPv4Address | IPv6Address
_Network = IPv4Network | IPv6Network

_METADATA: Final = frozenset(
    map(ip_address, ("169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192"))
) | {ip_address("fd00:ec2::254")}
_REFUSED: Final[tuple[tuple[_Network, str], ...]] = tuple(
    (ip_network(network), name)
    for network, name in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.31.196.0/24", "AS112"),
        ("192.52.193.0/24", "AMT"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("192.175.48.0/24", "AS112"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("::1/128", "loopback"),
        ("::/128", "unspecified"),
        ("64:ff9b:1::/48", "local NAT64"),
        ("100::/64", "discard"),
        ("2001::/23", "protocol assignments"),
        ("2001:db8::/32", "documentation"),
        ("3fff::/20", "documentation"),
        ("5f00::/16", "segment routing"),
        ("fc00::/7", "private"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)
_NAT64: Final = IPv6Network("64:ff9b::/96")
_COMPATIBLE: Final = IPv6Network("::/96")


def embedded_ipv4(address: _Address) -> IPv4Address | None:
    """Return the IPv4 address that an IPv6 address leads to (mapped, compatible, NAT64, 6to4, Teredo), or None."""
    if isinstance(address, IPv4Address):
        return None
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 1):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def refusal(address: str) -> str | None:
    """Return why an address is not public (`loopback`, `metadata service` ...), or None if it is. Total."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return "no address"
    inner = embedded_ipv4(parsed)
    if inner is not None:
        why = refusal(str(inner))
        return f"{why} ({inner})" if why else None
    if parsed in _METADATA:
        return "metadata service"
    name = next((name for network, name in _REFUSED if parsed in network), None)
    return name or (None if parsed.is_global else "not public")


class AddressGuard:
    """Holds the operator's exceptions: hosts (with their subdomains) and networks that may be private."""

    def __init__(self, *, allow_hosts: Iterable[str] = (), allow_networks: Iterable[str] = ()) -> None:
        self._hosts = frozenset(host.lower().strip("[].") for host in allow_hosts)
        self._networks = tuple(_parse_network(text) for text in allow_networks)

    def refusal(self, host: str, address: str) -> str | None:
        """Return why this address, resolved from this host, may not be dialled, or None if it may."""
        why = refusal(address)
        if why is None or self._is_allowed_host(host) or self._is_allowed_address(address):
            return None
        return why

    def _is_allowed_host(self, host: str) -> bool:
        return any(host == allowed or host.endswith("." + allowed) for allowed in self._hosts)

    def _is_allowed_address(self, address: str) -> bool:
        """An address in IPv6 clothes is judged by the IPv4 address inside."""
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        parsed = embedded_ipv4(parsed) or parsed
        return any(parsed in network for network in self._networks)


def _parse_network(text: str) -> _Network:
    try:
        return ip_network(text, strict=False)
    except ValueError as error:
        raise ConfigError(f"fetch.allow_networks: {text!r} is no network such as 10.0.0.0/8: {error}") from error
