"""What must not be dialled is not dialled: proven by the connections that Python itself reports."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from hostile.behaviours import BEHAVIOURS
from hostile.loopback_only import watching
from hostile.names import GOOD, NAMES, Name
from hostile.registry import Behaviour
from hostile.server import HostileServer
from scraper.config import FetchConfig
from scraper.errors import FetchError
from scraper.fetchers import HttpFetcher
from scraper.fetchers.dial import resolve_by_system
from scraper.model import Target

REFUSED = [each for each in BEHAVIOURS if each.outcome in {"address_refused", "scheme_refused"}]
DIRECT = (
    "http://127.0.0.1/", "http://localhost/", "http://a.localhost/",
    "http://0.0.0.0/", "http://0/", "http://[::]/",
    "http://[::1]/", "http://10.1.2.3/", "http://172.16.0.1/",
    "http://192.168.0.1/", "http://100.64.0.1/", "http://169.254.169.254/latest/",
    "http://metadata.example/", "http://2130706433/", "http://0x7f.0.0.1/",
    "http://0x7f000001/", "http://017700000001/", "http://0177.1/",
    "http://127.1/", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/",
    "http://[::7f00:1]/", "http://[64:ff9b::7f00:1]/", "http://[64:ff9b:1::1]/",
    "http://[2002:7f00:1::]/", "http://[2001:0:0:0:0:0:80ff:fffe]/", "http://[fe80::1]/",
    "http://[fc00::1]/", "http://[fd00:ec2::254]/", "http://224.0.0.1/",
    "http://255.255.255.255/", "http://192.0.0.192/", "http://168.63.129.16/",
    "http://a@127.0.0.1/", "http://good.example@127.0.0.1/", "http://１２７.0.0.1/",
    "http://127。0。0。1/", "https://127.0.0.1/", "https://[::1]:8443/",
)  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostileServer]:
    with HostileServer(tmp_path_factory.mktemp("addresses")) as server:
        yield server


def fetcher(**more: Any) -> HttpFetcher:
    """Return a fetcher that dials what is resolved, where public names are metadata's or nobody's."""

    async def resolve(host: str, port: int) -> tuple[str, ...]:
        if host == "metadata.example":
            return ("169.254.169.254",)
        return (host.strip("[]"),)

    async def sleep(seconds: float) -> None:
        await asyncio.sleep(0)

    settings: dict[str, Any] = {"delay_s": 0.0, "connect_timeout_s": 10.0, "retries": 1}
    resolver = more.pop("resolve", resolve)
    return HttpFetcher(FetchConfig(**settings | more), resolve=resolver, sleep=sleep, random=lambda: 0.0)


async def end(at: HttpFetcher, url: str) -> str:
    try:
        await at.fetch_page(Target(url=url, source="list"))
    except FetchError as error:
        return error.reason
    return "page"


@pytest.mark.parametrize("robots", [True, False], ids=["robots", "no robots"])
@pytest.mark.parametrize("everything", [True, False], ids=["with *", "without"])
def test_private_addresses_are_never_dialled(everything: bool, robots: bool) -> None:
    """However they are spelled, whatever connect_to says of all other hosts, no connection is even tried."""

    async def told() -> list[str]:
        connect_to = {"*": "127.0.0.1:1"} if everything else {}
        async with fetcher(connect_to=connect_to, robots=robots) as at:
            names = ("metadata.example", "localhost")
            urls = [url for url in DIRECT if not everything or not any(name in url for name in names)]
            return [f"{url} {ended}" for url in urls if (ended := await end(at, url)) != "address_refused"]

    with watching() as watch:
        assert asyncio.run(told()) == []
    assert (watch.connected, watch.looked_up) == ([], [])


@pytest.mark.parametrize("behaviour", REFUSED, ids=[each.name for each in REFUSED])
def test_redirects_to_them_are_never_followed(behaviour: Behaviour, server: HostileServer) -> None:
    """The host that redirects is asked over one connection, and that is the only one."""
    own = {behaviour.host: f"127.0.0.1:{server.ports['plain']}"}

    async def told() -> str:
        async with fetcher(connect_to=own) as at:
            return await end(at, behaviour.url)

    with watching() as watch:
        assert asyncio.run(told()) == behaviour.outcome
    assert (watch.connected, watch.looked_up) == (["127.0.0.1"], [])


@pytest.mark.parametrize("name", NAMES, ids=[each.name for each in NAMES])
def test_names(name: Name, server: HostileServer) -> None:
    """Each answer of the name server is vetted, and only what was vetted is dialled, for each connection anew."""
    url = f"http://{name.host}:{server.ports['plain']}/story"

    async def told() -> tuple[str, ...]:
        ends = []
        resolve = name.resolver()
        for _ in range(2):
            connect_timeout_s = 0.1 if name.answers == (None,) else 10.0
            limits: dict[str, Any] = {"connect_timeout_s": connect_timeout_s, "allow_networks": (f"{GOOD}/32",)}
            async with fetcher(resolve=resolve, robots=False, **limits) as at:
                ends.append(await end(at, url))
        return tuple(ends)

    with watching() as watch:
        assert asyncio.run(told()) == name.outcomes
    assert watch.connected == [GOOD] * name.dialled


@pytest.fixture
def untraced() -> Iterator[None]:
    """No thread is traced: Python 3.11 cannot install the trace of a coverage run in two that start at one instant."""
    trace = threading.gettrace()
    threading.settrace(None)  # type: ignore[arg-type]
    yield
    threading.settrace(trace)  # type: ignore[arg-type]


@pytest.mark.usefixtures("untraced")
def test_silent_name_servers_hold_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """With 40 look-ups that never end, the next one is answered, threads are to be had, and the run can end."""
    for_ever = threading.Event()

    def answer(host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        if host.startswith("silent"):
            for_ever.wait(30)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (GOOD, port))]

    async def told() -> tuple[tuple[str, ...], int]:
        hanging = [asyncio.create_task(resolve_by_system(f"silent-{number}.example", 80)) for number in range(40)]
        await asyncio.sleep(0)
        async with asyncio.timeout(5):
            found = await resolve_by_system("good.example", 80)
            number = await asyncio.to_thread(lambda: 7)
        for task in hanging:
            task.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)
        return found, number

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    try:
        assert asyncio.run(told()) == ((GOOD,), 7)
        assert not for_ever.is_set()
    finally:
        for_ever.set()


def test_the_system_resolver_says_what_went_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its error comes through as it is."""

    def answer(host: str, port: int, **_: object) -> list[tuple[Any, ...]]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    with pytest.raises(socket.gaierror, match="not known"):
        asyncio.run(resolve_by_system("nobody.example", 80))
