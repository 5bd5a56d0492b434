"""A store of objects on loopback: what an S3 client asks for, in memory; it refuses what a test wants refused."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape, unescape


class Request(NamedTuple):
    method: str
    target: str
    """As it stood in the first line: a path, or an address where we are taken for a proxy."""
    size: int
    authorization: str


@dataclass
class Bucket:
    """One bucket, `news`: its complete objects by key, the uploads that nobody has ended, and what was asked."""

    port: int = 0
    objects: dict[str, bytes] = field(default_factory=dict)
    uploads: dict[str, dict[int, bytes]] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)
    refuse: Callable[[str, str], int] = lambda method, target: 0
    """By method and target a status to answer with, or 0."""
    seen: list[frozenset[str]] = field(default_factory=list)
    """After each request, which keys a reader would find."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, method: str, target: str, body: bytes) -> tuple[int, bytes]:
        refused = self.refuse(method, target)
        if refused:
            return refused, b"<Error><Code>Refused</Code><Message>as the test wants it</Message></Error>"
        path, query = unquote(urlsplit(target).path), parse_qs(urlsplit(target).query, keep_blank_values=True)
        name, _, key = path.removeprefix("/").partition("/")
        if name != "news":
            return 404, b"<Error><Code>NoSuchBucket</Code></Error>"
        if "uploadId" in query or "uploads" in query:
            return self._upload(method, key, query, body)
        if "list-type" in query:
            return 200, self._listing(query["prefix"][0])
        if method == "POST":
            return 200, self._deleted([unescape(found.decode()) for found in re.findall(rb"<Key>(.*?)</Key>", body)])
        if method == "PUT":
            self.objects[key] = body
            return 200, b""
        return (200, self.objects[key]) if key in self.objects else (404, b"<Error><Code>NoSuchKey</Code></Error>")

    def _upload(self, method: str, key: str, query: dict[str, list[str]], body: bytes) -> tuple[int, bytes]:
        if "uploads" in query:
            number = f"upload-{len(self.asked)}"
            self.uploads[number] = {}
            answer = f"<InitiateMultipartUploadResult><UploadId>{number}</UploadId></InitiateMultipartUploadResult>"
            return 200, answer.encode()
        number = query["uploadId"][0]
        if number not in self.uploads:
            return 404, b"<Error><Code>NoSuchUpload</Code></Error>"
        if method == "PUT":
            self.uploads[number][int(query["partNumber"][0])] = body
            return 200, b""
        parts = self.uploads.pop(number)
        if method == "DELETE":
            return 204, b""
        listed = [int(part) for part in re.findall(rb"<PartNumber>(\d+)</PartNumber>", body)]
        self.objects[key] = b"".join(parts[part] for part in listed)
        return 200, b'<CompleteMultipartUploadResult><ETag>"e"</ETag></CompleteMultipartUploadResult>'

    def _listing(self, prefix: str) -> bytes:
        found = "".join(
            f"<Contents><Key>{escape(key)}</Key><Size>{len(body)}</Size>"
            '<LastModified>2026-11-22T07:00:00.000Z</LastModified><ETag>"e"</ETag></Contents>'
            for key, body in sorted(self.objects.items())
            if key.startswith(prefix)
        )
        return f"<ListBucketResult><IsTruncated>false</IsTruncated>{found}</ListBucketResult>".encode()

    def _deleted(self, keys: list[str]) -> bytes:
        for key in keys:
            self.objects.pop(key, None)
        found = "".join(f"<Deleted><Key>{escape(key)}</Key></Deleted>" for key in keys)
        return f"<DeleteResult>{found}</DeleteResult>".encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Who hangs up has heard enough."""


@contextmanager
def serving() -> Iterator[Bucket]:
    """Serve an empty bucket on a free port of 127.0.0.1."""
    bucket, lock = Bucket(), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None: ...

        def handle_any(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            with lock:
                bucket.asked.append(
                    Request(self.command, self.path, len(body), self.headers.get("authorization") or "")
                )
                status, answer = bucket.answer(self.command, self.path, body)
                bucket.seen.append(frozenset(bucket.objects))
            self.send_response(status)
            for name, value in {
                "content-length": str(len(answer)),
                "etag": '"e"',
                "last-modified": "Sun, 22 Nov 2026 07:00:00 GMT",
            }.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer)

        do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do_CONNECT = handle_any

    server = _Server(("127.0.0.1", 0), Handler)
    bucket.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield bucket
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
