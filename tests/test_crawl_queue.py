"""Whose turn it is: every address once, every host in turn, nothing forgotten."""

from __future__ import annotations

import asyncio
from collections import Counter
from itertools import groupby

from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.crawl.queue import HostQueue, queue_host
from scraper.crawl.room import Room
from scraper.model import Target


def target(url: str) -> Target:
    return Target(url=url, source="list")


def test_hosts_take_turns() -> None:
    """A host that came first with a long list gives way after each page."""

    async def run() -> list[str]:
        queue, order = HostQueue(lambda _: 1), []
        for url in [*(f"http://long.example/{n}" for n in range(4)), "http://short.example/", "http://third.example/"]:
            await queue.put(target(url))
        queue.close()
        while (each := await queue.take()) is not None:
            order.append(queue_host(each))
            queue.release(each)
        return order

    assert asyncio.run(run())[:4] == ["long.example", "short.example", "third.example", "long.example"]


def test_busy_host_waits_for_release() -> None:
    """No more targets of a host are out than it may have."""

    async def run() -> None:
        queue = HostQueue(lambda _: 2)
        for number in range(3):
            await queue.put(target(f"http://a.example/{number}"))
        first = await queue.take()
        await queue.take()
        third = asyncio.create_task(queue.take())
        await asyncio.sleep(0)
        assert not third.done()
        assert first is not None
        queue.release(first)
        assert (await third) is not None

    asyncio.run(run())


def test_same_address_once() -> None:
    """Spellings of one address are one target."""

    async def run() -> list[bool]:
        queue = HostQueue(lambda _: 1)
        urls = [
            "http://a.example/s?b=1&a=2",
            "http://A.example:80/s?a=2&b=1#top",
            "http://a.example/s?a=2&b=1&utm_source=x",
        ]
        return [await queue.put(target(url)) for url in urls]

    assert asyncio.run(run()) == [True, False, False]


def test_full_host_holds_up_its_own_source_only() -> None:
    """A source that names too much of one host waits; another host's source does not; closing ends the wait."""

    async def run() -> None:
        queue = HostQueue(lambda _: 1, host_bound=2)
        puts = [asyncio.create_task(queue.put(target(f"http://a.example/{number}"))) for number in range(3)]
        await asyncio.sleep(0)
        assert await queue.put(target("http://b.example/"))
        assert [put.done() for put in puts] == [True, True, False]
        taken = await queue.take()
        assert taken is not None
        assert await puts[2]
        late = asyncio.create_task(queue.put(target("http://a.example/late")))
        await asyncio.sleep(0)
        assert not late.done()
        queue.close()
        assert not await late

    asyncio.run(run())


def test_drop_leaves_nothing() -> None:
    """After a stop nothing more is handed out, to anybody who waits."""

    async def run() -> None:
        queue = HostQueue(lambda _: 1)
        await queue.put(target("http://a.example/1"))
        await queue.put(target("http://a.example/2"))
        taken = await queue.take()
        waiting = [asyncio.create_task(queue.take()) for _ in range(3)]
        await asyncio.sleep(0)
        queue.close(drop=True)
        assert await asyncio.gather(*waiting) == [None, None, None]
        assert taken is not None
        queue.release(taken)
        assert await queue.take() is None

    asyncio.run(run())


def test_saved_files_share_a_turn() -> None:
    """Files have no host; they wait in one line of their own."""
    assert queue_host(target("file:///tmp/a.html")) == queue_host(target("file:///tmp/b/c.txt"))


@given(
    hosts=st.lists(st.sampled_from("abcde"), max_size=40),
    takers=st.integers(1, 5),
    width=st.integers(1, 3),
)
@settings(max_examples=60, deadline=None)
def test_everything_put_is_taken_once(hosts: list[str], takers: int, width: int) -> None:
    """Whatever the mixture, each target comes out exactly once, in its host's order, never too many of a host."""

    async def run() -> list[str]:
        queue = HostQueue(lambda _: width, host_bound=3)
        taken: list[str] = []
        out: Counter[str] = Counter()

        async def put() -> None:
            for number, host in enumerate(hosts):
                await queue.put(target(f"http://{host}.example/{number}"))
            queue.close()

        async def take() -> None:
            while (each := await queue.take()) is not None:
                out[queue_host(each)] += 1
                assert out[queue_host(each)] <= width
                taken.append(each.url)
                await asyncio.sleep(0)
                out[queue_host(each)] -= 1
                queue.release(each)

        await asyncio.wait_for(asyncio.gather(put(), *(take() for _ in range(takers))), 5)
        return taken

    taken = asyncio.run(run())
    named = [f"http://{host}.example/{number}" for number, host in enumerate(hosts)]
    assert sorted(taken) == sorted(named)

    def by_host(urls: list[str]) -> dict[str, list[str]]:
        ordered = sorted(urls, key=lambda url: url.split("/")[2])
        return {host: list(group) for host, group in groupby(ordered, key=lambda url: url.split("/")[2])}

    assert by_host(taken) == by_host(named)


def test_room_holds_requests_back() -> None:
    """While a page waits for a place no request is admitted; when it has one, or gave up, all are."""

    async def run() -> None:
        room = Room(1)
        await room.enter()
        await room.admit()
        waiting = [asyncio.create_task(room.enter()) for _ in range(2)]
        await asyncio.sleep(0)
        request = asyncio.create_task(room.admit())
        await asyncio.sleep(0)
        room.leave()
        await waiting[0]
        assert not request.done()
        waiting[1].cancel()
        await request
        room.leave()
        await room.enter()

    asyncio.run(asyncio.wait_for(run(), 5))
