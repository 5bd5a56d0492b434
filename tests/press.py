"""A small site on a loopback port, for the tests that crawl: pages by path, some of them awkward."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

WORDS: Final = "The bridge across the bay carries more trains every year than its builders ever thought it could. "
MEGABYTE: Final = b"<p>" + b"x" * (1 << 20)
Routes = Mapping[str, "str | bytes | tuple[int, dict[str, str], bytes]"]


def story(number: int, *, head: str = "", tail: str = "", words: int = 200) -> str:
    """Return an article page with a headline and body of its own, of about so many words."""
    text = "".join(f"<p>Part {number}.{part}. {WORDS * 3}</p>" for part in range(words // 50))
    return (
        f"<!doctype html><html lang='en'><head><title>Bridge number {number} opens</title>{head}</head>"
        f"<body><article><h1>Bridge number {number} opens</h1>{text}</article>{tail}</body></html>"
    )


class Press:
    """Answers GET with the route of the path; a context manager that ends its threads.

    Special paths: /huge streams HTML until the client hangs up; /slow... waits until `let_go` is set, then answers.
    """

    def __init__(self, routes: Routes) -> None:
        self.asked: list[str] = []
        self.let_go = threading.Event()
        self.slow_asked = threading.Event()
        self.most_at_once = 0
        self.latency_s = 0.0
        """Seconds that each answer takes."""
        self._at_once = 0
        self._counting = threading.Lock()
        press = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1

            def do_GET(self) -> None:
                press.asked.append(self.path)
                press._count(1)
                time.sleep(press.latency_s)
                press._answer(self, routes)
                press._count(-1)  # before the answer leaves the buffer: who has it may ask again at once

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self.base = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Press:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.let_go.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _count(self, step: int) -> None:
        with self._counting:
            self._at_once += step
            self.most_at_once = max(self.most_at_once, self._at_once)

    def _answer(self, handler: BaseHTTPRequestHandler, routes: Routes) -> None:
        if handler.path == "/huge":
            handler.send_response(200)
            handler.send_header("Content-Type", "text/html")
            handler.send_header("Connection", "close")
            handler.end_headers()
            for chunk in _forever():
                handler.wfile.write(chunk)
            return
        if handler.path.startswith("/slow"):
            self.slow_asked.set()
            self.let_go.wait(20)
        found = routes.get(handler.path.partition("?")[0], (404, {"Content-Type": "text/html"}, b"<h1>Not here</h1>"))
        if isinstance(found, str):
            found = found.encode()
        if isinstance(found, bytes):
            found = (200, {"Content-Type": "text/html; charset=utf-8"}, found)
        status, headers, body = found
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


def _forever() -> Iterator[bytes]:
    for _ in range(200):
        yield MEGABYTE


def closed_port() -> int:
    """Return a port of this machine on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
