"""scraper.fetchers.audit and `scraper audit`: polite crawls pass, each kind of impoliteness is found."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest
from loopback import Route, in_turn, raw_response, respond, serving

from scraper.cli.main import run
from scraper.config import FetchConfig, SiteConfig
from scraper.errors import FetchError
from scraper.fetchers import HttpFetcher
from scraper.fetchers.audit import VIOLATIONS, Violated, audit_requests
from scraper.fetchers.log import HostLine, LogLine, RequestLine, RobotsLine, RunLine
from scraper.fetchers.memory import KeptResource, NoMemory
from scraper.model import Target

HTML = b"<!doctype html><title>A</title><p>Hello, world, this is a page.</p>"
BEGAN = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)
URL = "https://a.example/news/1"


def crawl_twenty_hosts() -> list[LogLine]:
    """Fetch from twenty hosts with delays, widths, Crawl-delays, busy answers and rules; return the log."""
    lines: list[LogLine] = []
    names = [f"h{number}.example" for number in range(20)]
    sites = {
        name: SiteConfig(
            delay_s=0.005 * (number % 5), per_host=1 + number % 3, latency_factor=3.0 if number % 4 else 0.0
        )
        for number, name in enumerate(names)
    }
    routes: dict[str, Route] = {"/busy": in_turn(raw_response(b"", "503 Busy", retry_after="1"), raw_response(HTML))}
    routes |= {f"/p{page}": respond(HTML) for page in range(6)} | {"/r": respond(b"", "302 Found", location="/p1")}
    for number, name in enumerate(names):
        rules = f"User-agent: *\nDisallow: /p{number % 6}$\nCrawl-delay: {0.02 * (number % 4)}"
        routes[f"{name}/robots.txt"] = respond(rules.encode())

    async def visit(at: HttpFetcher, url: str) -> None:
        try:
            await at.fetch_page(Target(url=url, source="list"))
        except FetchError as error:
            assert error.reason == "robots_disallowed", error

    async def story() -> None:
        async with serving(routes) as server:
            config = FetchConfig(delay_s=0.01, retries=1, connect_to={"*": f"127.0.0.1:{server.port}"})
            async with HttpFetcher(config, sites, record=lines.append, tdmrep=True) as at:
                urls = [f"http://{name}/{path}" for name in names for path in ("p0", "p1", "p2", "p3", "p4", "p5", "r")]
                urls += [f"http://{name}/busy" for name in names[:3]]
                await asyncio.gather(*(visit(at, url) for url in urls))

    asyncio.run(story())
    return lines


def test_a_polite_crawl_passes(tmp_path: Path) -> None:
    """Twenty hosts with mixed delays leave a log in which the audit finds nothing; each request is one line."""
    log = tmp_path / "requests.jsonl"
    lines = crawl_twenty_hosts()
    log.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
    requests = [line for line in lines if isinstance(line, RequestLine)]
    assert {line.kind for line in requests} == {"robots", "tdmrep", "page"}
    assert {line.wait_reason for line in requests} >= {"", "delay", "crawl_delay", "latency", "parked"}
    assert run(["audit", str(log)]) == 0
    verdict = audit_requests(enumerate(lines, 1))
    assert (verdict.violations, verdict.hosts, verdict.requests) == ((), 20, len(requests))


def log_of(*lines: LogLine, **host: Any) -> list[LogLine]:
    """Return a log of one host and its robots.txt, then the lines."""
    rule: dict[str, Any] = {"delay_s": 1.0, "max_crawl_delay_s": 10.0, "latency_factor": 2.0, "per_host": 1}
    rule |= {"window": "", "window_zone": "UTC", "robots": True, "user_agent": "bot/1"}
    text = "User-agent: *\nDisallow: /no\nCrawl-delay: 3"
    robots = RobotsLine(
        start_s=0.5, origin="https://a.example", state="fetched", fetched_at=BEGAN, agent="bot", text=text
    )
    return [
        RunLine(at=BEGAN, version="1"),
        HostLine(host="a.example", key="a.example", **rule | host),
        request(0.0, url="https://a.example/robots.txt", kind="robots"),
        robots,
        *lines,
    ]


def request(start_s: float, *, url: str = URL, lasts_s: float = 0.1, **more: Any) -> RequestLine:
    host = url.split("/")[2]
    line = RequestLine(
        at=BEGAN + timedelta(seconds=start_s),
        start_s=start_s,
        end_s=start_s + lasts_s,
        host=host,
        key=host,
        url=url,
        kind="page",
        outcome="ok",
        status=200,
        head_s=lasts_s,
    )
    return msgspec.structs.replace(line, **more)


PLANTED: dict[str, tuple[list[LogLine], list[str]]] = {
    "polite": (log_of(request(3.0), request(6.1)), []),
    "Crawl-delay": (log_of(request(3.0), request(5.9)), ["too_fast"]),
    "Crawl-delay beyond its cap": (log_of(request(3.0), request(4.5), max_crawl_delay_s=1.5), []),
    "own delay": (log_of(request(5.0), request(9.0), delay_s=5.0), ["too_fast"]),
    "robots.txt counts as a request": (log_of(request(0.9)), ["too_fast"]),
    "slow host": (log_of(request(3.0, lasts_s=9.0), request(12.5)), []),
    "latency, too soon": (
        log_of(request(3.0, lasts_s=4.0), request(7.1, lasts_s=0.1), latency_factor=4.0),
        ["too_fast"],
    ),
    "two at once": (log_of(request(3.0, lasts_s=9.0), request(7.0)), ["too_many_at_once"]),
    "two at once, allowed": (log_of(request(3.0, lasts_s=9.0), request(7.0), per_host=2), []),
    "disallowed": (log_of(request(3.0, url="https://a.example/no/1")), ["disallowed"]),
    "robots switched off": (log_of(request(3.0, url="https://a.example/no/1"), robots=False), []),
    "other scheme": (log_of(request(3.0, url="http://a.example/1")), ["robots_not_asked"]),
    "day old rules": (log_of(request(25 * 3600.0)), ["robots_stale"]),
    "day old rules, and the host does not give newer ones": (
        log_of(
            request(25 * 3600.0, url="https://a.example/robots.txt", kind="robots", status=500),
            request(25 * 3600.0 + 4, kind="page"),
        ),
        [],
    ),
    "Retry-After": (log_of(request(3.0, status=503, retry_after_s=30.0), request(20.0)), ["parked"]),
    "after Retry-After": (log_of(request(3.0, status=503, retry_after_s=30.0), request(33.2)), []),
    "429 without Retry-After": (log_of(request(3.0, status=429), request(50.0)), ["parked"]),
    "429 twice doubles": (log_of(request(3.0, status=429), request(70.0, status=429), request(140.0)), ["parked"]),
    "parked by an earlier run": (
        log_of(request(3.0), parked_until=BEGAN + timedelta(seconds=60)),
        ["parked", "parked"],
    ),
    "outside its hours": (log_of(request(3.0), window="13:00-14:00"), ["outside_hours"]),
    "unknown host": (log_of(request(3.0, url="https://b.example/1")), ["unknown_host"]),
    "parts of a visit": (log_of(request(3.0, kind="render"), request(3.2, kind="part"), request(3.4, kind="part")), []),
    "a page right after a part": (
        log_of(request(3.0, kind="render"), request(5.9, kind="part"), request(7.0, kind="render")),
        ["too_fast"],
    ),
    "a part of no visit": (log_of(request(3.0, kind="part")), ["too_fast"]),
    "more parts than a visit has": (
        log_of(request(3.0, kind="render"), *(request(4.0 + number, kind="part") for number in range(61))),
        ["too_fast"],
    ),
    "a forbidden part": (
        log_of(request(3.0, kind="render"), request(3.2, kind="part", url="https://a.example/no/1")),
        ["disallowed"],
    ),
    "unreachable robots": (
        [
            *log_of(request(3.0)),
            RobotsLine(start_s=4.0, origin="https://a.example", state="unreachable", fetched_at=BEGAN, agent="bot"),
            request(7.0),
        ],
        ["disallowed"],
    ),
    "the next run begins anew": (
        [*log_of(request(3.0)), *log_of(request(3.0))],
        [],
    ),
}


@pytest.mark.parametrize(("log", "kinds"), PLANTED.values(), ids=PLANTED)
def test_planted(log: list[LogLine], kinds: list[str]) -> None:
    """Each violation planted in a log is found, once, and nothing else is."""
    assert [violation.kind for violation in audit_requests(enumerate(log, 1)).violations] == kinds


def test_every_kind_is_planted() -> None:
    """The table above leaves no kind of violation out, and each is explained."""
    assert {kind for _, kinds in PLANTED.values() for kind in kinds} == set(get_args(Violated)) == set(VIOLATIONS)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        pytest.param(lambda path: path.mkdir(), "holds no requests-*.jsonl", id="empty folder"),
        pytest.param(lambda path: path.write_text("nonsense\n"), "line 1 is no line of a request log", id="no log"),
        pytest.param(lambda path: None, "cannot be read (No such file", id="missing"),
    ],
)
def test_no_log(
    tmp_path: Path, make: Callable[[Path], None], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is no log is one sentence, and no proof."""
    path = tmp_path / "log"
    make(path)
    assert run(["audit", str(path)]) == 2
    assert sentence in capsys.readouterr().err


def test_the_verdict_in_words_and_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command names line, kind and address, ends with 1, and gives the same as JSON."""
    log = tmp_path / "requests.jsonl"
    log.write_bytes(b"".join(msgspec.json.encode(line) + b"\n" for line in PLANTED["disallowed"][0]))
    assert run(["audit", str(tmp_path)]) == 1
    said = capsys.readouterr().out
    assert "line 5: disallowed: https://a.example/no/1 (Disallow: /no)" in said
    assert "2 requests to 1 host in 1 run: 1 violation." in said
    packed = tmp_path / "packed"
    packed.mkdir()
    (packed / "requests-2026-11-22-0001.jsonl.gz").write_bytes(gzip.compress(log.read_bytes()))
    assert run(["audit", str(packed)]) == 1
    assert capsys.readouterr().out == said
    assert run(["audit", str(log), "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out)["violations"][0]["kind"] == "disallowed"


def test_rules_of_yesterday_hold_while_the_host_gives_no_newer(tmp_path: Path) -> None:
    """A robots.txt of an earlier run that cannot be renewed stays in force, and the log says so."""
    kept = KeptResource(
        status=200, body=b"User-agent: *\nDisallow: /no\n", fetched_at=datetime.now(UTC) - timedelta(hours=25)
    )
    lines: list[LogLine] = []

    class Kept(NoMemory):
        def load_resource(self, url: str) -> KeptResource | None:
            return kept

    async def story() -> None:
        routes = {"/robots.txt": respond(b"", "500 Oops"), "/a": respond(b"<p>Hello, this is a page.</p>")}
        async with serving(routes) as server:
            config = FetchConfig(delay_s=0.0, retries=0, connect_to={"*": f"127.0.0.1:{server.port}"})
            async with HttpFetcher(config, record=lines.append, memory=Kept()) as at:
                await at.fetch_page(Target(url="http://a.example/a", source="list"))
                with pytest.raises(FetchError, match="robots_disallowed"):
                    await at.fetch_page(Target(url="http://a.example/no", source="list"))

    asyncio.run(story())
    assert audit_requests(enumerate(lines, 1)).violations == ()
