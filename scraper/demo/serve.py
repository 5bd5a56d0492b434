"""A small HTTP/1.1 server on a loopback port that plays the hosts of the demo newspaper."""

from __future__ import annotations

import gzip
import hashlib
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import brotli

from scraper.demo.routes import Route, find_route, load_routes, site_folder
from scraper.model import Value

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_LOOPBACK: Final = "127.0.0.1"
_HTML: Final = {"Content-Type": "text/html; charset=utf-8"}
_MISDIRECTED: Final = b"<!DOCTYPE html><title>Misdirected</title><h1>No such host here</h1>"


class Seen(Value, frozen=True, kw_only=True):
    """One request the server got; `at_s` is on the monotonic clock."""

    host: str
    path: str
    user_agent: str
    at_s: float
    method: str = "GET"
    status: int = 200


class Reply(Value, frozen=True, kw_only=True):
    status: int
    headers: dict[str, str]
    body: bytes = b""


class Desk:
    """Decides what a request gets. One for a server; safe to use from many threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._routes = load_routes(folder)
        self._hosts = frozenset(host for host, _ in self._routes)
        self._asked: Counter[tuple[str, str]] = Counter()
        self._lock = threading.Lock()

    def answer(self, host: str, target: str, headers: Mapping[str, str]) -> Reply:
        """Return the reply to GET; `headers` are the request's, their names in lower case."""
        if host not in self._hosts:
            return Reply(status=421, headers=dict(_HTML), body=_MISDIRECTED)
        route = find_route(self._routes, host, target)
        if route is None:
            missing = self._routes[(host, "/404")]
            return Reply(status=404, headers=missing.headers, body=self._read(missing))
        return self._refusal(route) or self._page(route, headers)

    def _refusal(self, route: Route) -> Reply | None:
        if route.trouble is None:
            return None
        with self._lock:
            self._asked[(route.host, route.path)] += 1
            asked = self._asked[(route.host, route.path)]
        if asked > route.trouble.times:
            return None
        return Reply(
            status=route.trouble.status, headers=_HTML | route.trouble.headers, body=b"<h1>Back in a moment</h1>"
        )

    def _page(self, route: Route, headers: Mapping[str, str]) -> Reply:
        body, extra = self._read(route), dict(route.headers)
        if route.last_modified is not None:
            tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
            extra |= {"ETag": tag, "Last-Modified": route.last_modified}
            if _is_unchanged(headers, tag, route.last_modified):
                return Reply(status=304, headers={k: v for k, v in extra.items() if k != "Content-Type"})
        if route.encoding != "identity":
            extra["Vary"] = "Accept-Encoding"
            if _accepts(headers.get("accept-encoding") or "", route.encoding):
                extra["Content-Encoding"] = route.encoding
                body = _encode(body, route.encoding)
        return Reply(status=route.status, headers=extra, body=body)

    def _read(self, route: Route) -> bytes:
        if route.file is None:
            return b""
        body = (self._folder / route.file).read_bytes()
        return gzip.compress(body, mtime=0) if route.packed else body


def _is_unchanged(headers: Mapping[str, str], tag: str, modified: str) -> bool:
    """Tell whether the client's copy is good; If-None-Match goes before the date.

    Source: RFC 9110, 13.2.2
    """
    wanted = headers.get("if-none-match")
    if wanted is not None:
        return wanted.strip() == "*" or tag in {part.strip().removeprefix("W/") for part in wanted.split(",")}
    since = headers.get("if-modified-since")
    if since is None:
        return False
    try:
        return parsedate_to_datetime(since) >= parsedate_to_datetime(modified)
    except (TypeError, ValueError):
        return False


def _accepts(accept: str, coding: str) -> bool:
    """Tell whether an Accept-Encoding names this coding with a weight above zero (RFC 9110, 12.5.3)."""
    for part in accept.lower().split(","):
        name, _, weight = part.strip().partition(";")
        if name.strip() == coding:
            return weight.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def _encode(body: bytes, coding: str) -> bytes:
    if coding == "gzip":
        return gzip.compress(body, mtime=0)
    packed: bytes = brotli.compress(body, quality=5) if coding == "br" else zstd.compress(body)
    return packed


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "DemoPress", ""
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and body in one write
    server: _Server

    def do_GET(self) -> None:
        host = (self.headers.get("Host") or "").partition(":")[0].lower()
        reply = self.server.desk.answer(host, self.path, {name.lower(): value for name, value in self.headers.items()})
        self.server.note(self, host, reply.status)
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != 304:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(reply.body)

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the requests are in `DemoServer.requests`."""


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True
    request_queue_size = 128

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.seen: list[Seen] = []
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__((_LOOPBACK, 0), _Handler)

    def note(self, handler: _Handler, host: str, status: int) -> None:
        seen = Seen(
            host=host,
            path=handler.path,
            user_agent=handler.headers.get("User-Agent") or "",
            at_s=time.monotonic(),
            method=handler.command,
            status=status,
        )
        with self._lock:
            self.seen.append(seen)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a client that hangs up in the middle is no news."""

    def hang_up(self) -> None:
        """End the kept-alive connections, so that their threads end."""
        with self._lock:
            still_open = tuple(self._open)
        for connection in still_open:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # the client was faster


class DemoServer:
    """The demo newspaper on 127.0.0.1, at a port of the system's choice, in a thread of its own.

    A context manager: on leaving it, the port is closed and every thread has ended.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._server = _Server(Desk(folder or site_folder()))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="demo-press")

    @property
    def port(self) -> int:
        return self._server.server_port

    @property
    def connect_to(self) -> dict[str, str]:
        """The value for `fetch.connect_to` with which the hosts of the demo are found here."""
        return {"*": f"{_LOOPBACK}:{self.port}"}

    @property
    def requests(self) -> tuple[Seen, ...]:
        """All requests so far, in order of arrival."""
        return tuple(self._server.seen)

    def __enter__(self) -> DemoServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()
        self._thread.join()
