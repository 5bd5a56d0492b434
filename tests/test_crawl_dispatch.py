"""Whose turn it is among millions: hosts in turn, few of each in memory, nothing twice and nothing forgotten."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.crawl.dispatch import Dispatcher
from scraper.frontier import Frontier, HostState, Lease
from scraper.model import Target

NOW = 1_700_000_000.0
WORTH_S = 120.0


@pytest.fixture
def frontier(tmp_path: Path) -> Iterator[Frontier]:
    with Frontier(tmp_path) as opened, opened.transaction():
        yield opened


def dispatcher(frontier: Frontier, *, width: int = 1) -> Dispatcher:
    return Dispatcher(frontier, run=1, horizon=NOW, worth_waiting=lambda: NOW + WORTH_S, per_host=lambda _: width)


def add(frontier: Frontier, host: str, count: int, *, first: int = 0, due_at: float = NOW) -> None:
    targets = (Target(url=f"http://{host}/{number}", source="feed") for number in range(first, first + count))
    frontier.urls.add(targets, now=NOW, due_at=due_at)


async def take_all(line: Dispatcher) -> list[Lease]:
    """Take to the end, each one released before the next."""
    taken = []
    while (lease := await line.take()) is not None:
        taken.append(lease)
        line.release(lease)
    return taken


def all_of(line: Dispatcher) -> list[Lease]:
    line.fed()
    return asyncio.run(asyncio.wait_for(take_all(line), 30))


def urls(leases: list[Lease]) -> list[str]:
    return [lease.target.url for lease in leases]


def test_a_long_list_holds_nobody_up(frontier: Frontier) -> None:
    """Fifty small hosts are done while one with ten thousand addresses has had a few turns."""
    add(frontier, "long.example", 10_000)
    for number in range(50):
        add(frontier, f"small-{number}.example", 4)
    line = dispatcher(frontier)
    line.fed()

    async def run() -> list[Lease]:
        return [lease for _ in range(250) if (lease := await line.take()) and not line.release(lease)]

    hosts = Counter(lease.host for lease in asyncio.run(run()))
    assert len(hosts) == 51
    assert hosts["long.example"] <= 50
    assert frontier.leases.counts()["leased"] <= 250 + 16


def test_everything_due_is_handed_out_once(frontier: Frontier) -> None:
    """To the last address, whatever the number of hosts, and then comes the end; what is due later is not."""
    for number in range(130):
        add(frontier, f"h{number}.example", 1 + number % 20)
    add(frontier, "later.example", 5, due_at=NOW + 10)
    taken = urls(all_of(dispatcher(frontier)))
    assert len(taken) == len(set(taken)) == sum(1 + number % 20 for number in range(130))
    counts = frontier.leases.counts()
    assert (counts["leased"], counts["pending"]) == (len(taken), 5)


def test_no_more_of_a_host_than_it_takes(frontier: Frontier) -> None:
    """So many of a host are out as it may have; the next one waits for a release."""
    add(frontier, "a.example", 5)
    line = dispatcher(frontier, width=3)
    line.fed()

    async def run() -> None:
        first = await line.take()
        await line.take()
        await line.take()
        fourth = asyncio.create_task(line.take())
        await asyncio.sleep(0)
        assert not fourth.done()
        assert first is not None
        line.release(first)
        assert await fourth is not None

    asyncio.run(run())


def test_addresses_that_come_while_it_waits(frontier: Frontier) -> None:
    """Who waits is told of new addresses, also of hosts that had none; the end comes when no more can."""
    line = dispatcher(frontier)

    async def run() -> list[str]:
        waiting = asyncio.create_task(take_all(line))
        for first in range(3):
            await asyncio.sleep(0)
            assert not waiting.done()
            add(frontier, "a.example", 1, first=first)
            line.wake()
        await asyncio.sleep(0)
        line.fed()
        return urls(await waiting)

    assert asyncio.run(run()) == [f"http://a.example/{number}" for number in range(3)]


def test_the_end_waits_for_what_is_out(frontier: Frontier) -> None:
    """While an address is out, its host may yet have more: the end comes when the last is back."""
    add(frontier, "a.example", 1)
    line = dispatcher(frontier)
    line.fed()

    async def run() -> None:
        lease = await line.take()
        end = asyncio.create_task(line.take())
        await asyncio.sleep(0)
        assert not end.done()
        assert lease is not None
        line.release(lease)
        assert await end is None

    asyncio.run(run())


def test_a_host_that_is_left(frontier: Frontier) -> None:
    """Nothing more of it is handed out in this run, and what was leased of it waits for the next one."""
    add(frontier, "a.example", 40)
    add(frontier, "b.example", 3)
    line = dispatcher(frontier, width=2)
    line.fed()

    async def run() -> list[str]:
        lease = await line.take()
        assert lease is not None
        assert lease.host == "a.example"
        line.leave("a.example")
        line.wake()
        line.release(lease)
        return urls(await take_all(line))

    assert asyncio.run(run()) == [f"http://b.example/{number}" for number in range(3)]
    counts = {found.host: found.by_status for found in frontier.leases.host_counts()}
    assert (counts["a.example"]["pending"], counts["a.example"]["leased"]) == (39, 1)


def test_close_gives_back_what_was_not_handed_out(frontier: Frontier) -> None:
    """After it nothing is handed out, to nobody who waits; only what is out stays leased."""
    add(frontier, "a.example", 40)
    add(frontier, "b.example", 40)
    line = dispatcher(frontier)

    async def run() -> None:
        out = [await line.take(), await line.take()]
        waiting = asyncio.create_task(line.take())
        await asyncio.sleep(0)
        assert not waiting.done()
        line.close()
        assert await waiting is None
        for lease in filter(None, out):
            line.release(lease)
        line.wake()
        assert await line.take() is None

    asyncio.run(run())
    counts = frontier.leases.counts()
    assert (counts["leased"], counts["pending"]) == (2, 78)


@pytest.mark.parametrize(
    ("parked_s", "is_handed_out"),
    [pytest.param(60, True, id="worth waiting for"), pytest.param(600, False, id="for the next run")],
)
def test_parked_hosts(frontier: Frontier, parked_s: float, is_handed_out: bool) -> None:
    """A host that wants to be left alone for a moment has its turn, one that wants more has none."""
    add(frontier, "a.example", 2)
    frontier.hosts.save([HostState(host="a.example", parked_until=NOW + parked_s)])
    assert len(all_of(dispatcher(frontier))) == (2 if is_handed_out else 0)
    assert frontier.leases.counts()["pending"] == (0 if is_handed_out else 2)


def test_a_parked_host_behind_many_that_are_due_soon(frontier: Frontier) -> None:
    """Hosts whose addresses are due in a moment, after the run began, do not hide one that has its turn."""
    for number in range(250):
        add(frontier, f"soon-{number}.example", 1, due_at=NOW + 10)
    add(frontier, "a.example", 1)
    frontier.hosts.save([HostState(host="a.example", parked_until=NOW + 60)])
    assert urls(all_of(dispatcher(frontier))) == ["http://a.example/0"]


@given(
    hosts=st.lists(st.sampled_from("abcde"), max_size=60),
    width=st.integers(1, 3),
    takers=st.integers(1, 5),
)
@settings(max_examples=30, deadline=None)
def test_whatever_comes_whenever_it_comes(
    tmp_path_factory: pytest.TempPathFactory, hosts: list[str], width: int, takers: int
) -> None:
    """Each address comes out exactly once, never too many of a host, while others are still being named."""

    async def run(frontier: Frontier) -> list[str]:
        line = dispatcher(frontier, width=width)
        out: Counter[str] = Counter()
        taken: list[str] = []

        async def name() -> None:
            for number, host in enumerate(hosts):
                add(frontier, f"{host}.example", 1, first=number)
                line.wake()
                await asyncio.sleep(0)
            line.fed()

        async def fetch(lease: Lease) -> None:
            await asyncio.sleep(0)
            out[lease.host] -= 1
            line.release(lease)

        async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
            tasks.create_task(name())
            while (lease := await line.take()) is not None:
                out[lease.host] += 1
                assert out[lease.host] <= width
                taken.append(lease.target.url)
                tasks.create_task(fetch(lease))
                if out.total() >= takers:
                    await asyncio.sleep(0)
        return taken

    with Frontier(tmp_path_factory.mktemp("state")) as frontier, frontier.transaction():
        taken = asyncio.run(run(frontier))
    assert sorted(taken) == sorted(f"http://{host}.example/{number}" for number, host in enumerate(hosts))
