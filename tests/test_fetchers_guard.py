"""scraper.fetchers.guard and dial: which addresses are dialled, and which never."""

from __future__ import annotations

import asyncio
import errno
import socket

import pytest

from scraper.errors import ConfigError, FetchError, TransientError
from scraper.fetchers.dial import Dialer
from scraper.fetchers.guard import AddressGuard, refusal

REFUSED = [
    *("0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.9.9.9"),
    *("169.254.0.1", "169.254.169.254", "169.254.170.2", "168.63.129.16", "100.100.100.200", "172.16.0.1"),
    *("192.0.0.1", "192.0.0.192", "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.1"),
    *("224.0.0.1", "192.168.1.1", "240.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1"),
    *("::ffff:7f00:1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1"),
    *("2002:7f00:1::", "2002:a00:1::1", "2001:db8::1", "3fff::1", "100::1", "fc00::1", "fd00:ec2::254", "fdff::1"),
    *("fe80::1", "fec0::1", "ff02::1", "ff0e::1", "2001:0:4136:e378:8000:63bf:f5ff:fffe", "5f00::1", "nonsense", ""),
]  # fmt: skip
PUBLIC = [
    *(
        "1.1.1.1",
        "8.8.8.8",
        "93.184.216.34",
        "100.63.255.255",
        "100.128.0.1",
        "172.15.255.255",
        "172.32.0.1",
        "192.167.1.1",
    ),
    *("2606:4700:4700::1111", "2a00:1450:4001:831::200e", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"),
]


@pytest.mark.parametrize("address", REFUSED, ids=[address or "empty" for address in REFUSED])
def test_refused(address: str) -> None:
    """Nothing private is public, in whatever clothes it comes."""
    assert refusal(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address: str) -> None:
    """Public addresses are dialled, the neighbours of private ranges too."""
    assert refusal(address) is None


def test_the_operator_may_allow() -> None:
    """Hosts with their subdomains, and networks, whether spelled as IPv4 or mapped into IPv6."""
    guard = AddressGuard(allow_hosts=("Intranet.example", "[::1]"), allow_networks=("10.1.0.0/16", "fd12::/16"))
    assert guard.refusal("wiki.intranet.example", "192.168.0.1") is None
    assert guard.refusal("::1", "::1") is None
    assert guard.refusal("other.example", "10.1.2.3") is None
    assert guard.refusal("other.example", "::ffff:10.1.2.3") is None
    assert guard.refusal("other.example", "fd12::9") is None
    assert guard.refusal("notintranet.example", "192.168.0.1") == "private"
    assert guard.refusal("other.example", "10.2.0.1") == "private"
    assert guard.refusal("other.example", "nonsense") == "no address"


def test_bad_settings_are_named() -> None:
    """A network or an endpoint that is none is a ConfigError that shows it."""
    with pytest.raises(ConfigError, match=r"10\.0\.0\.0/99"):
        AddressGuard(allow_networks=("10.0.0.0/99",))
    for endpoint in ("127.0.0.1:", "127.0.0.1:http", "127.0.0.1:99999", ":80", ""):
        with pytest.raises(ConfigError, match="connect_to"):
            Dialer(AddressGuard(), connect_to={"*": endpoint})


def endpoints(
    host: str, *, found: tuple[str, ...] | Exception = (), **options: dict[str, str]
) -> tuple[tuple[str, int], ...]:
    """Return what a Dialer would dial for the host at port 80 if it resolved so; the names asked for are recorded."""

    async def resolve(name: str, port: int) -> tuple[str, ...]:
        if isinstance(found, Exception):
            raise found
        assert found, f"{name} was looked up"
        return found

    return asyncio.run(
        Dialer(AddressGuard(), resolve=resolve, connect_to=options.get("connect_to")).endpoints(host, 80)
    )


def test_connect_to() -> None:
    """Hosts named by the operator are dialled where it says, without vetting or look-up; `*` is the rest."""
    table = {"courier.example": "127.0.0.1:8080", "six.example": "[::1]:81", "bare.example": "::1", "*": "127.0.0.9"}
    assert endpoints("Courier.example.", connect_to=table) == (("127.0.0.1", 8080),)
    assert endpoints("six.example", connect_to=table) == (("::1", 81),)
    assert endpoints("other.example", connect_to=table) == (("127.0.0.9", 80),)


def test_only_vetted_addresses_are_dialled() -> None:
    """Of several addresses the public ones remain; with none left the way out is named."""
    assert endpoints("mixed.example", found=("127.0.0.1", "8.8.8.8", "10.0.0.1")) == (("8.8.8.8", 80),)
    with pytest.raises(FetchError, match=r"allow_hosts = \['evil.example'\]") as caught:
        endpoints("evil.example", found=("::ffff:127.0.0.1",))
    assert caught.value.reason == "address_refused"


@pytest.mark.parametrize("host", ["localhost", "news.localhost", "a.b.localhost."])
def test_localhost_is_loopback_without_a_look_up(host: str) -> None:
    """RFC 6761, 6.3: and loopback is refused like every private address."""
    with pytest.raises(FetchError) as caught:
        endpoints(host)
    assert caught.value.reason == "address_refused"


FAILURES = [
    ("never.invalid", (), FetchError, False),
    ("hidden.onion", (), FetchError, False),
    ("no.example", socket.gaierror(socket.EAI_NONAME, "Name or service not known"), FetchError, True),
    ("few-files.example", OSError(errno.EMFILE, "Too many open files"), TransientError, True),
    ("later.example", socket.gaierror(socket.EAI_AGAIN, "Temporary failure"), TransientError, True),
    ("odd.example", UnicodeError("label too long"), FetchError, False),
]


@pytest.mark.parametrize(("host", "found", "kind", "may_pass"), FAILURES, ids=[row[0] for row in FAILURES])
def test_names_without_address(
    host: str, found: tuple[str, ...] | Exception, kind: type[FetchError], may_pass: bool
) -> None:
    """Each is dns_failed. A silent name server is worth another try, and an unknown name another run.

    A machine without a network may say of every name that it does not exist.
    """
    with pytest.raises(FetchError) as caught:
        endpoints(host, found=found)
    assert (caught.value.reason, type(caught.value), caught.value.may_pass) == ("dns_failed", kind, may_pass)


def test_a_name_that_resolves_to_nothing() -> None:
    """An empty answer is dns_failed too."""

    async def resolve(name: str, port: int) -> tuple[str, ...]:
        return ()

    with pytest.raises(FetchError, match="dns_failed"):
        asyncio.run(Dialer(AddressGuard(), resolve=resolve).endpoints("empty.example", 80))
