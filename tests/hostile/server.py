"""The server: every behaviour under its own host, and good hosts between them, on a few ports of loopback."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from loopback import Asked, raw_response

from hostile.behaviours import BEHAVIOURS
from hostile.certificates import Authority
from hostile.registry import Listener, page

GOOD_HOSTS: Final = tuple(f"good-{number}.example" for number in range(1, 11))
ROBOTS: Final = raw_response(b"User-agent: *\nDisallow: /forbidden\n", content_type="text/plain")

_Streams = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class HostileServer:
    """Runs in a thread of its own; a context manager. Routes that change with each answer begin anew with it."""

    def __init__(self, folder: Path) -> None:
        self.authority = Authority(folder)
        self.ports: dict[Listener, int] = {}
        self.asked: list[str] = []
        """Host and path of each request, in order."""
        self._routes = {behaviour.host: (behaviour, behaviour.make()) for behaviour in BEHAVIOURS}
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    @property
    def connect_to(self) -> dict[str, str]:
        """The value for `fetch.connect_to` with which every name is found here."""
        special = {each.host: f"127.0.0.1:{self.ports[each.via]}" for each in BEHAVIOURS if each.via != "plain"}
        return (
            {"secure.example": f"127.0.0.1:{self.ports['tls']}"} | special | {"*": f"127.0.0.1:{self.ports['plain']}"}
        )

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait(20)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        self._writers: set[asyncio.StreamWriter] = set()
        handlers: dict[Listener, _Streams] = {
            "plain": self._http, "tls": self._http, "talks": _talk, "silent": _say_nothing, "closes": _hang_up,
        }  # fmt: skip
        listeners = []
        for name, handler in handlers.items():
            secure = self._contexts() if name == "tls" else None
            listeners.append(await asyncio.start_server(self._kept(handler), "127.0.0.1", 0, ssl=secure, backlog=500))
            self.ports[name] = listeners[-1].sockets[0].getsockname()[1]
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            self.ports["nobody"] = closed.getsockname()[1]
        self._ready.set()
        await self._over.wait()
        for listener in listeners:
            listener.close()
        for writer in list(self._writers):
            writer.transport.abort()
        await asyncio.sleep(0.05)
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _contexts(self) -> ssl.SSLContext:
        """Return the context that picks the certificate by the name that the client asks for."""
        good = self.authority.context("secure.example", *(each.host for each in BEHAVIOURS if each.via == "tls"))
        odd = {
            "self-signed.example": self.authority.context("self-signed.example", self_signed=True),
            "expired.example": self.authority.context("expired.example", expired=True),
            "wrong-host.example": self.authority.context("another-host.example"),
        }

        def pick(connection: ssl.SSLObject, name: str | None, context: ssl.SSLContext) -> None:
            connection.context = odd.get(name or "", good)

        good.sni_callback = pick  # type: ignore[assignment]
        return good

    def _kept(self, handler: _Streams) -> _Streams:
        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            self._writers.add(writer)
            try:
                await handler(reader, writer)
            except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
                return
            finally:
                self._writers.discard(writer)
                writer.close()

        return connected

    async def _http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not writer.is_closing():
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
            asked = Asked(head[0].split(" ")[1], headers, 0, self._loop.time())
            await self._answer(asked, writer)
            await writer.drain()

    async def _answer(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        host = asked.host.partition(":")[0]
        self.asked.append(host + asked.path)
        behaviour, route = self._routes.get(host, (None, None))
        is_robots = asked.path.partition("?")[0] == "/robots.txt"
        if behaviour is not None and route is not None and is_robots == (behaviour.at == "robots.txt"):
            await route(asked, writer)
        elif is_robots:
            writer.write(ROBOTS)
        else:
            writer.write(page(host.removesuffix(".example") + asked.path.replace("/", " ")))


async def _talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(raw_response(b"<p>You speak TLS to a plain port.", "400 Bad Request"))
    await writer.drain()
    await reader.read()


async def _say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while await reader.read(65536):
        pass


async def _hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(1)
