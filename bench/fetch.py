"""How fast the fetcher is beside plain httpx and aiohttp: many hosts, each of which takes a moment to answer.

    python bench/fetch.py [--hosts 300] [--pages 10000] [--latency-ms 50]

Starts a server of its own on loopback and stops it. Every system asks for the same pages in a process of its own;
CPU is that of this process alone. Ours does what it always does: robots.txt of each host, one owner a host, the
address guard, the request log, bounded decoding. The delay between requests is set to 0.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import resource
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final

PAGE: Final = gzip.compress(
    ("<!doctype html><title>A small page</title>" + "<p>The bridge across the bay carries trains.</p>" * 60).encode()
)
HEAD: Final = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Encoding: gzip\r\n"
    b"Content-Length: " + str(len(PAGE)).encode() + b"\r\n\r\n"
)
NOT_FOUND: Final = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
SYSTEMS: Final = ("scraper", "httpx-20", "httpx-500", "aiohttp-500")


class Answering(asyncio.Protocol):
    """Answers each request after the latency; connections stay open."""

    latency_s = 0.05

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport, self._held = transport, b""

    def data_received(self, data: bytes) -> None:
        self._held += data
        while b"\r\n\r\n" in self._held:
            head, _, self._held = self._held.partition(b"\r\n\r\n")
            answer = NOT_FOUND if b" /robots.txt " in head[:40] else HEAD + PAGE
            asyncio.get_running_loop().call_later(self.latency_s, self._answer, answer)

    def _answer(self, answer: bytes) -> None:
        if not self._transport.is_closing():
            self._transport.write(answer)


async def serve(latency_s: float) -> None:
    """Print the port, then answer until stdin closes."""
    Answering.latency_s = latency_s
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Answering, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


async def gather_bounded(urls: list[str], at_once: int, get: Callable[[str], Awaitable[int]]) -> tuple[int, int]:
    """Get all addresses, so many at once; return how many came and how many failed."""
    places = asyncio.Semaphore(at_once)

    async def one(url: str) -> bool:
        async with places:
            try:
                return await get(url) > 0
            except Exception:
                return False

    came = sum(await asyncio.gather(*(one(url) for url in urls)))
    return came, len(urls) - came


async def run_scraper(urls: list[str], port: int) -> tuple[int, int]:
    from scraper.config import FetchConfig
    from scraper.fetchers import HttpFetcher
    from scraper.model import Target

    config = FetchConfig(
        delay_s=0.0,
        latency_factor=0.0,
        hosts_at_once=500,
        per_host=2,
        connect_to={"*": f"127.0.0.1:{port}"},
        contact="https://example.org/bench",
    )
    log: list[Any] = []
    async with HttpFetcher(config, record=log.append) as at:

        async def get(url: str) -> int:
            return len((await at.fetch_page(Target(url=url, source="list"))).body)

        return await gather_bounded(urls, len(urls), get)


async def run_httpx(urls: list[str], port: int, connections: int) -> tuple[int, int]:
    import httpx

    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    async with httpx.AsyncClient(limits=limits, timeout=60, trust_env=False) as client:

        async def get(url: str) -> int:
            host, _, path = url.removeprefix("http://").partition("/")
            answer = await client.get(f"http://127.0.0.1:{port}/{path}", headers={"Host": host})
            return len(answer.content)

        return await gather_bounded(urls, connections, get)


async def run_aiohttp(urls: list[str], port: int, connections: int) -> tuple[int, int]:
    import aiohttp

    connector = aiohttp.TCPConnector(limit=connections)
    async with aiohttp.ClientSession(connector=connector) as client:

        async def get(url: str) -> int:
            host, _, path = url.removeprefix("http://").partition("/")
            async with client.get(f"http://127.0.0.1:{port}/{path}", headers={"Host": host}) as answer:
                return len(await answer.read())

        return await gather_bounded(urls, connections, get)


def run_system(name: str, port: int, hosts: int, pages: int) -> None:
    """Run one system in this process and print its figures as JSON."""
    urls = [f"http://h{number % hosts}.example/p{number}" for number in range(pages)]
    kind, _, connections = name.partition("-")
    began_s = time.perf_counter()
    cpu_s = time.process_time()
    if kind == "scraper":
        came, failed = asyncio.run(run_scraper(urls, port))
    elif kind == "httpx":
        came, failed = asyncio.run(run_httpx(urls, port, int(connections)))
    else:
        came, failed = asyncio.run(run_aiohttp(urls, port, int(connections)))
    seconds, cpu_s = time.perf_counter() - began_s, time.process_time() - cpu_s
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"came": came, "failed": failed, "seconds": seconds, "cpu_s": cpu_s, "peak_mb": peak_mb}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--hosts", type=int, default=300)
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--latency-ms", type=float, default=50.0)
    parser.add_argument("--systems", nargs="+", choices=SYSTEMS, default=SYSTEMS)
    parser.add_argument("--serve", type=float, help=argparse.SUPPRESS)
    parser.add_argument("--run", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve is not None:
        asyncio.run(serve(options.serve))
        return
    if options.run:
        run_system(options.run[0], int(options.run[1]), options.hosts, options.pages)
        return
    compare(options)


def compare(options: argparse.Namespace) -> None:
    me = [sys.executable, __file__, "--hosts", str(options.hosts), "--pages", str(options.pages)]
    server = subprocess.Popen([*me, "--serve", str(options.latency_ms / 1000)], stdin=-1, stdout=-1, text=True)
    assert server.stdout and server.stdin
    port = server.stdout.readline().strip()
    print(f"{options.pages} pages on {options.hosts} hosts, {options.latency_ms:g} ms each")
    print(f"{'':12}{'pages/s':>9}{'CPU ms/page':>13}{'failed':>8}{'peak MB':>9}")
    try:
        for name in options.systems:
            found = json.loads(subprocess.run([*me, "--run", name, port], check=True, capture_output=True).stdout)
            print(
                f"{name:12}{found['came'] / found['seconds']:9.0f}{1000 * found['cpu_s'] / options.pages:13.2f}"
                f"{found['failed']:8}{found['peak_mb']:9.0f}",
                flush=True,
            )
    finally:
        server.stdin.close()
        server.wait(10)


if __name__ == "__main__":
    main()
