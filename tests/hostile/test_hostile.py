"""Every behaviour of the hostile server alone: it ends in its named outcome, and the next page arrives."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from hostile.behaviours import BEHAVIOURS
from hostile.loopback_only import Watch, watching
from hostile.registry import Behaviour
from hostile.server import HostileServer
from scraper.config import FetchConfig
from scraper.errors import FETCH_REASONS, FetchError, SourceError
from scraper.fetchers import HttpFetcher
from scraper.model import Target
from scraper.sources.feeds import parse_feed
from scraper.sources.sitemaps import parse_sitemap
from scraper.web.charset import decode_body

NOW = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostileServer]:
    with HostileServer(tmp_path_factory.mktemp("hostile")) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("SSL_CERT_FILE", str(server.authority.path))
        yield server


@pytest.fixture(scope="module")
def watch() -> Iterator[Watch]:
    with watching() as watch:
        yield watch


def fetcher(server: HostileServer, *, in_haste: bool = False) -> HttpFetcher:
    """Return a fetcher whose pauses pass at once; all names lead to the server. In haste it waits for little else."""
    slept_s = [0.0]

    async def sleep(seconds: float) -> None:
        slept_s[0] += seconds
        await asyncio.sleep(0)

    config = FetchConfig(
        delay_s=0.0,
        retries=1,
        connect_timeout_s=0.4 if in_haste else 10.0,
        read_timeout_s=0.4 if in_haste else 10.0,
        deadline_s=1.0 if in_haste else 30.0,
        max_retry_after_s=2.0,
        connect_to=server.connect_to,
    )
    return HttpFetcher(config, now=lambda: NOW, monotonic=lambda: slept_s[0], sleep=sleep, random=lambda: 0.5)


async def outcome(at: HttpFetcher, behaviour: Behaviour) -> tuple[str, str]:
    """Return how the fetch of a behaviour ends, and the text or the detail that it ends with."""
    try:
        if behaviour.kind == "page":
            page = await at.fetch_page(Target(url=behaviour.url, source="list"))
            return "page", decode_body(page.body, page.header("content-type")).text
        found = await at.fetch_resource(behaviour.url, source=behaviour.kind)
        parse = parse_feed if behaviour.kind == "feed" else parse_sitemap
        return "page", str(parse(found.body, found.final_url))
    except FetchError as error:
        return error.reason, error.detail
    except SourceError as error:
        return "unreadable", str(error)


@pytest.mark.parametrize(
    "behaviour",
    [pytest.param(each, id=each.name, marks=[pytest.mark.slow] * each.waits) for each in BEHAVIOURS],
)
def test_each_alone(behaviour: Behaviour, server: HostileServer, watch: Watch) -> None:
    """Whatever a server does ends in its named outcome, on loopback, and a good host is fetched from right after."""

    async def told() -> tuple[tuple[str, str], str]:
        async with fetcher(server, in_haste=behaviour.waits) as at:
            ended = await outcome(at, behaviour)
            good = await at.fetch_page(Target(url="http://good-5.example/after", source="list"))
            return ended, good.body.decode()

    (ended, said), good = asyncio.run(told())
    assert (ended, said) == (behaviour.outcome, said)
    assert behaviour.shows in said
    assert "The story of good-5 after" in good
    assert (watch.strayed, watch.looked_up) == ([], [])


def test_those_that_wait_together(server: HostileServer, watch: Watch) -> None:
    """Many that never come to an end, at once: each ends in its named outcome when its time is over."""
    waiting = [each for each in BEHAVIOURS if each.waits]

    async def told() -> list[tuple[str, str]]:
        async with fetcher(server, in_haste=True) as at, asyncio.timeout(20):
            return await asyncio.gather(*(outcome(at, each) for each in waiting))

    ended = [reason for reason, _ in asyncio.run(told())]
    assert ended == [each.outcome for each in waiting]
    assert len(waiting) > 10
    assert (watch.strayed, watch.looked_up) == ([], [])


def test_what_stands_behind_an_answer_is_nobodys(server: HostileServer) -> None:
    """Bytes that nobody asked for, behind a complete answer, are never taken for the next answer of that host."""

    async def told(host: str) -> list[str]:
        async with fetcher(server) as at:
            urls = [f"http://{host}.example/{number}" for number in range(4)]
            pages = [await at.fetch_page(Target(url=url, source="list")) for url in urls]
            return [page.body.decode().partition("</title>")[0].rpartition(">")[2] for page in pages]

    own = [f"The story of answer-behind-the-answer {number}" for number in range(4)]
    assert asyncio.run(told("answer-behind-the-answer")) == own
    assert asyncio.run(told("body-behind-a-204")) == [""] * 4


def test_the_list_is_sound() -> None:
    """Each has a name, a sentence and an outcome that the documentation knows."""
    assert len({each.name for each in BEHAVIOURS}) == len(BEHAVIOURS) >= 60
    known = {"page", "unreadable", *FETCH_REASONS}
    assert [each.name for each in BEHAVIOURS if each.outcome not in known or not each.does] == []
