"""Bodies out of their content codings, in bounded memory.

The HTTP library would inflate each network chunk whole: 1 KB can become 1 GB. Here every step yields at most 64 KiB,
and both the bytes on the wire and the bytes inflated are counted against the cap as they come. A body that swells
beyond anything ever written is refused long before the cap.

Source: RFC 9110, 8.4.1 (gzip, deflate), RFC 7932 (br), RFC 8878 and RFC 9659 (zstd, window of 8 MB)
"""

from __future__ import annotations

import io
import re
import sys
import zlib
from collections.abc import Iterator
from typing import Final, Protocol

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

from scraper.errors import FetchError
from scraper.web.bombs import is_bomb

ACCEPT_ENCODING: Final = "gzip, deflate, br, zstd"

_PIECE_BYTES: Final = 64 * 1024
_STEP_BYTES: Final = 8 * 1024
"""Of a coded body so much is inflated before its swelling is judged."""
_HEAD_BYTES: Final = 16
_MAX_CODINGS: Final = 3
_MAX_MEMBERS: Final = 1000
_ZSTD_WINDOW_LOG: Final = 23
_GZIP: Final = frozenset({"gzip", "x-gzip", ""})
_GZIP_MAGIC: Final = b"\x1f\x8b"
_GZIP_START: Final = b"\x1f\x8b\x08"
"""With the method: where the label speaks of another coding, two bytes are too little to go by."""
_ZSTD_MAGIC: Final = re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18")
_MARKUP: Final = re.compile(rb"\s*(?:\xef\xbb\xbf)?<[!?a-zA-Z]")
_NO_CODING: Final = frozenset({"", "identity", "none", "utf-8", "utf8", "binary", "8bit"})
"""What servers write where nothing is coded."""


class _Inflater(Protocol):
    @property
    def finished(self) -> bool: ...

    def feed(self, data: bytes) -> Iterator[bytes]: ...


class _Identity:
    finished = True

    def feed(self, data: bytes) -> Iterator[bytes]:
        yield data


class _Zlib:
    """gzip (of any number of members), zlib or raw deflate, by `wbits`."""

    def __init__(self, wbits: int) -> None:
        self._wbits, self._stream, self._members = wbits, zlib.decompressobj(wbits), 1
        self._held = b""

    @property
    def finished(self) -> bool:
        return self._stream.eof

    def feed(self, data: bytes) -> Iterator[bytes]:
        data, self._held = self._held + data, b""
        while data:
            if self._stream.eof and not self._next_member(data):
                return
            piece = self._stream.decompress(data, _PIECE_BYTES)
            yield piece
            while len(piece) == _PIECE_BYTES and not self._stream.eof:
                piece = self._stream.decompress(self._stream.unconsumed_tail, _PIECE_BYTES)
                yield piece
            data = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail

    def _next_member(self, data: bytes) -> bool:
        """Start the next gzip member; what follows the last one and is none is ignored, as browsers do."""
        if self._wbits != zlib.MAX_WBITS | 16 or not data.startswith(_GZIP_MAGIC):
            self._held = data if data == _GZIP_MAGIC[:1] else b""
            return False
        self._members += 1
        if self._members > _MAX_MEMBERS:
            raise zlib.error(f"more than {_MAX_MEMBERS} gzip members")
        self._stream = zlib.decompressobj(self._wbits)
        return True


class _Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    @property
    def finished(self) -> bool:
        return bool(self._stream.is_finished())

    def feed(self, data: bytes) -> Iterator[bytes]:
        if self.finished:
            return
        piece = self._stream.process(data, output_buffer_limit=_PIECE_BYTES)
        yield piece
        while not self.finished and (len(piece) >= _PIECE_BYTES or not self._stream.can_accept_more_data()):
            piece = self._stream.process(b"", output_buffer_limit=_PIECE_BYTES)
            yield piece


class _Zstd:
    """zstd, of any number of frames."""

    def __init__(self) -> None:
        self._stream, self._frames = self._open(), 1

    @staticmethod
    def _open() -> zstd.ZstdDecompressor:
        return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG})

    @property
    def finished(self) -> bool:
        return self._stream.eof

    def feed(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._stream.eof:
                self._next_frame()
            yield self._stream.decompress(data, _PIECE_BYTES)
            while not self._stream.eof and not self._stream.needs_input:
                yield self._stream.decompress(b"", _PIECE_BYTES)
            data = self._stream.unused_data if self._stream.eof else b""

    def _next_frame(self) -> None:
        self._frames += 1
        if self._frames > _MAX_MEMBERS:
            raise zstd.ZstdError(f"more than {_MAX_MEMBERS} zstd frames")
        self._stream = self._open()


def _choose(coding: str, head: bytes) -> _Inflater | None:
    """Return what inflates a body labelled `coding` that begins with `head`; the bytes beat the label."""
    if head.startswith(_GZIP_START if coding not in _GZIP else _GZIP_MAGIC):
        return _Zlib(zlib.MAX_WBITS | 16)
    if coding and _ZSTD_MAGIC.match(head):
        return _Zstd()
    if coding in _GZIP or coding == "zstd" or _MARKUP.match(head):
        return _Identity()
    if coding == "br":
        return _Brotli()
    if coding == "deflate":
        return _Zlib(zlib.MAX_WBITS if _is_zlib(head) else -zlib.MAX_WBITS)
    return None


def _is_zlib(head: bytes) -> bool:
    return len(head) > 1 and head[0] & 0x0F == 8 and int.from_bytes(head[:2], "big") % 31 == 0


class _Stage:
    """One coding taken off: waits for the first bytes to see what they really are."""

    def __init__(self, coding: str, url: str) -> None:
        self._coding, self._url = coding, url
        self._head = b""
        self._inflater: _Inflater | None = None

    def feed(self, data: bytes, *, last: bool = False) -> Iterator[bytes]:
        if self._inflater is None:
            self._head += data
            if not self._head or (len(self._head) < _HEAD_BYTES and not last):
                return
            data, self._inflater = self._head, _choose(self._coding, self._head)
            if self._inflater is None:
                raise FetchError("bad_encoding", self._url, f"unknown content coding {self._coding!r}")
        try:
            yield from self._inflater.feed(data)
        except (zlib.error, brotli.error, zstd.ZstdError, EOFError) as error:
            raise FetchError("bad_encoding", self._url, f"{self._coding or 'gzip'}: {error}") from error

    def check_finished(self) -> None:
        if self._inflater is not None and not self._inflater.finished:
            raise FetchError("truncated", self._url, f"the {self._coding or 'gzip'} stream ends too early")


class BodyDecoder:
    """Collects one body. `feed` its bytes as they come, then `finish`.

    Raises FetchError: too_large past `max_bytes` on the wire or inflated, bad_encoding for what cannot be inflated,
    truncated for a stream that ends too early. With `cut`, a body past the cap is cut there instead: `is_full` then
    says that no more is needed. With `unlabelled_gzip`, a gzip body that no header announces is inflated as well.
    """

    def __init__(
        self,
        content_encoding: str | None,
        url: str,
        max_bytes: int,
        *,
        cut: bool = False,
        unlabelled_gzip: bool = False,
    ) -> None:
        codings = [coding.strip().lower() for coding in (content_encoding or "").split(",")]
        codings = [coding for coding in codings if coding not in _NO_CODING]
        if len(codings) > _MAX_CODINGS:
            raise FetchError("bad_encoding", url, f"{len(codings)} content codings, more than {_MAX_CODINGS}")
        self._url, self._max_bytes, self._cut = url, max_bytes, cut
        self._stages = [_Stage(coding, url) for coding in reversed(codings or [""] * unlabelled_gzip)]
        self._body = io.BytesIO()
        self.wire_bytes = 0
        self.inflated_bytes = 0

    @property
    def is_full(self) -> bool:
        return self._cut and self.inflated_bytes >= self._max_bytes

    @property
    def head(self) -> bytes:
        """The first bytes inflated so far, 16 or more if there are as many."""
        return bytes(self._body.getbuffer()[:_HEAD_BYTES])

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the wire."""
        step = _STEP_BYTES if self._stages else len(chunk) or 1
        for at in range(0, len(chunk), step):
            piece = chunk[at : at + step]
            self.wire_bytes += len(piece)
            if self.wire_bytes > self._max_bytes and not self._cut:
                raise self._too_large("on the wire")
            self._keep(self._through(piece, 0, last=False))
            if self.is_full:
                return

    def finish(self) -> bytes:
        """Return the whole body."""
        if not self.is_full:
            self._keep(self._through(b"", 0, last=True))
        if not self.is_full:
            for stage in self._stages:
                stage.check_finished()
        if self._cut:
            self._body.truncate(self._max_bytes)
        return self._body.getvalue()

    def _through(self, data: bytes, depth: int, *, last: bool) -> Iterator[bytes]:
        """Yield what comes out of the stages from `depth` on, in pieces of bounded size."""
        if depth == len(self._stages):
            yield data
            return
        for piece in self._stages[depth].feed(data, last=last):
            yield from self._through(piece, depth + 1, last=False)
        if last:
            yield from self._through(b"", depth + 1, last=True)

    def _keep(self, pieces: Iterator[bytes]) -> None:
        for piece in pieces:
            self.inflated_bytes += self._body.write(piece)
            if self.is_full:
                return
            if self.inflated_bytes > self._max_bytes:
                raise self._too_large("inflated")
            if is_bomb(self.inflated_bytes, packed_bytes=self.wire_bytes):
                raise self._too_large(f"out of {self.wire_bytes:,}: a bomb")

    def _too_large(self, where: str) -> FetchError:
        """Return the error, and let go of the body: an error is kept for longer than its page was wanted."""
        counted, self._body = min(self._max_bytes, max(self.inflated_bytes, self.wire_bytes)), io.BytesIO()
        return FetchError("too_large", self._url, f"more than {counted:,} bytes {where}")
