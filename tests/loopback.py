"""A small HTTP server on loopback whose routes are coroutines: they may send any bytes at any time, or none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

Route = Callable[["Asked", asyncio.StreamWriter], Awaitable[None]]


@dataclass(frozen=True)
class Asked:
    """One request as the server saw it; header names in lower case."""

    path: str
    headers: Mapping[str, str]
    connection: int
    """Number of the connection it came over, from 0."""
    at_s: float
    """When, by the event loop's clock."""
    method: str = "GET"
    body: bytes = b""

    @property
    def host(self) -> str:
        return self.headers.get("host", "")


@dataclass
class Server:
    """The running server: what it was asked, in order."""

    port: int
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]


def respond(body: bytes = b"", status: str = "200 OK", **headers: str) -> Route:
    """Return a route that answers always the same; `content_type="x"` sends `content-type: x`."""
    return in_turn(raw_response(body, status, **headers))


def raw_response(body: bytes = b"", status: str = "200 OK", **headers: str) -> bytes:
    """Return the bytes of a whole answer."""
    fields = {"content-type": "text/html; charset=utf-8", "content-length": str(len(body))}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in fields.items() if value)]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def raw(data: bytes) -> Route:
    """Return a route that sends these bytes, then hangs up."""

    async def route(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        writer.close()

    return route


def in_turn(*answers: bytes) -> Route:
    """Return a route that sends the answers one after the other, then the last one for ever."""
    left = list(answers)

    async def route(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(left.pop(0) if len(left) > 1 else left[0])

    return route


@asynccontextmanager
async def serving(routes: Mapping[str, Route]) -> AsyncIterator[Server]:
    """Serve the routes on a free port of 127.0.0.1: by `host/path` (host without port), by path, else 404."""
    server = Server(port=0)
    open_writers: set[asyncio.StreamWriter] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = server.connections
        server.connections += 1
        open_writers.add(writer)
        try:
            while (asked := await _read_request(reader, number)) is not None and not writer.is_closing():
                server.asked.append(asked)
                await _route(routes, asked)(asked, writer)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            open_writers.discard(writer)
            writer.close()

    listener = await asyncio.start_server(connected, "127.0.0.1", 0)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listener.close()
        for writer in list(open_writers):
            writer.transport.abort()
        await listener.wait_closed()
        await asyncio.sleep(0)


async def _read_request(reader: asyncio.StreamReader, connection: int) -> Asked | None:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")[:-2]
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    method, path, *_ = first.split(" ")
    return Asked(path, headers, connection, asyncio.get_running_loop().time(), method, body)


def _route(routes: Mapping[str, Route], asked: Asked) -> Route:
    host = asked.host.partition(":")[0]
    missing = respond(b"", "404 Not Found")
    return routes.get(host + asked.path) or routes.get(asked.path) or missing
