"""Files of records unpacked piece by piece, and read on behind what is damaged: plain, gzip or zstd, a member a record.

Source: RFC 1952, 2.2 (gzip); RFC 8878, 3.1 (zstd); https://iipc.github.io/warc-specifications/specifications/warc-zstd/
"""

from __future__ import annotations

import struct
import sys
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final, Protocol

from scraper.model import Value

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

DAMAGE: Final = (zlib.error, zstd.ZstdError, EOFError)
"""What reading raises where a file is damaged, or ends in the middle of a record."""
_PIECE_BYTES: Final = 1 << 16
_ZSTD_BLOCK_BYTES: Final = 1 << 17
_MAX_DICTIONARY_BYTES: Final = 1 << 24
_GZIP_MAGIC: Final = b"\x1f\x8b\x08"
_ZSTD_MAGIC: Final = b"\x28\xb5\x2f\xfd"
_DICTIONARY_MAGIC: Final = b"\x5d\x2a\x4d\x18"
_TRAINED_MAGIC: Final = b"\x37\xa4\x30\xec"


class _Inflater(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Plain:
    eof, needs_input, unused_data = False, True, b""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return data


class _Gzip:
    """One gzip member, with the manners of zstd's decompressor."""

    def __init__(self) -> None:
        self._stream, self.needs_input = zlib.decompressobj(zlib.MAX_WBITS | 16), True

    @property
    def eof(self) -> bool:
        return self._stream.eof

    @property
    def unused_data(self) -> bytes:
        return self._stream.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        piece = self._stream.decompress(self._stream.unconsumed_tail + data, max_length)
        self.needs_input = len(piece) < max_length and not self._stream.unconsumed_tail
        return piece


class _Packing(Value, frozen=True, kw_only=True):
    """How a file is packed."""

    new: Callable[[], _Inflater]
    mark: bytes
    """What a record of it begins with, and the bytes of that which belong to the record before."""
    before: int = 0


class Unpacked:
    """What a file holds, from front to end. The first bytes of a record are `head`."""

    def __init__(self, file: BinaryIO, head: bytes) -> None:
        self._file, self._head = file, head
        self._packing = _packing_of(file, head)
        self._is_packed = self._packing.new is not _Plain
        self._start_at(0)

    def _start_at(self, offset: int) -> None:
        self._file.seek(offset)
        self._inflater, self._is_fresh, self._member = self._packing.new(), True, offset
        self._packed = self._held = b""
        self._at = 0

    def begins(self) -> int | None:
        """Skip line ends; return where in the file the next record begins, None at the end. Raises one of DAMAGE."""
        while not self._skip_line_ends():
            if not self._fill():
                return None
        return self.place

    def ends(self) -> bool:
        """Skip line ends; tell whether a record can end here: with the file, its member, or before another one."""
        while not self._skip_line_ends():
            if not self._fill(crosses=False):
                return True
        while len(self._held) - self._at < len(self._head) and self._fill(crosses=False):
            pass
        return self._held.startswith(self._head, self._at)

    @property
    def place(self) -> int:
        """Where in the file it is read; in a packed one, where the member begins."""
        return self._member if self._is_packed else self._file.tell() - len(self._held) + self._at

    def read(self, count: int) -> bytes:
        """Return so many bytes. Raises EOFError if there are fewer, or another of DAMAGE."""
        pieces, missing = list[bytes](), count
        while missing:
            piece = self._held[self._at : self._at + missing]
            self._at += len(piece)
            pieces.append(piece)
            missing -= len(piece)
            if missing and not self._fill():
                raise EOFError("the file ends in the middle of it")
        return b"".join(pieces)

    def skip(self, count: int) -> None:
        """Leave so many bytes out. Raises what read does."""
        while count:
            count -= len(self.read(min(count, _PIECE_BYTES)))

    def read_line(self, max_bytes: int) -> bytes:
        """Return the bytes up to a line feed, with it; without one, at most `max_bytes`. Raises one of DAMAGE."""
        while (end := self._held.find(b"\n", self._at)) < 0 and len(self._held) - self._at < max_bytes:
            if not self._fill():
                break
        return self.read(min((end + 1 or len(self._held)) - self._at, max_bytes))

    def go_on_after(self, place: int) -> int | None:
        """Go to the first record that begins after this place in the file; return where that is, None if none does."""
        for offset in self._marks_after(place):
            self._file.seek(offset)
            try:
                begins = self._packing.new().decompress(self._file.read(2 * _ZSTD_BLOCK_BYTES), len(self._head))
            except DAMAGE:
                continue
            if begins.startswith(self._head):
                self._start_at(offset)
                return offset
        return None

    def _marks_after(self, place: int) -> Iterator[int]:
        mark, start, held = self._packing.mark, place + 1, b""
        while True:
            self._file.seek(start + len(held))
            if not (block := self._file.read(_PIECE_BYTES)):
                return
            held += block
            at = held.find(mark)
            while at >= 0:
                yield start + at + self._packing.before
                at = held.find(mark, at + 1)
            kept = min(len(held), len(mark) - 1)
            start += len(held) - kept
            held = held[len(held) - kept :]

    def _skip_line_ends(self) -> bool:
        """Return whether anything else is left of what is held."""
        while self._held[self._at : self._at + 1] in {b"\r", b"\n"}:
            self._at += 1
        return self._at < len(self._held)

    def _fill(self, *, crosses: bool = True) -> bool:
        """Hold more; return False at the end of the file, or of the member where it may not be crossed."""
        while True:
            if self._inflater.eof:
                if not crosses:
                    return False
                self._packed = self._inflater.unused_data
                self._member = self._file.tell() - len(self._packed)
                self._inflater, self._is_fresh = self._packing.new(), True
            if self._inflater.needs_input and not self._packed:
                self._packed = self._file.read(_PIECE_BYTES)
                if not self._packed:
                    if self._is_packed and not self._is_fresh:
                        raise EOFError("the file ends in the middle of it")
                    return False
            piece = self._inflater.decompress(self._packed, _PIECE_BYTES)
            self._packed, self._is_fresh = b"", False
            if piece:
                self._held, self._at = self._held[self._at :] + piece, 0
                return True


def _packing_of(file: BinaryIO, head: bytes) -> _Packing:
    """Return how a file is packed, by its first bytes."""
    first = file.read(8)
    if first.startswith(_GZIP_MAGIC):
        return _Packing(new=_Gzip, mark=_GZIP_MAGIC)
    if first.startswith(_DICTIONARY_MAGIC):
        (length,) = struct.unpack("<I", first[4:])
        words = file.read(min(length, _MAX_DICTIONARY_BYTES))
        if words.startswith(_ZSTD_MAGIC):
            words = zstd.ZstdDecompressor().decompress(words, _MAX_DICTIONARY_BYTES)
        dictionary = zstd.ZstdDict(words, is_raw=not words.startswith(_TRAINED_MAGIC))
        return _Packing(new=lambda: zstd.ZstdDecompressor(zstd_dict=dictionary), mark=_ZSTD_MAGIC)
    if first.startswith(_ZSTD_MAGIC):
        return _Packing(new=zstd.ZstdDecompressor, mark=_ZSTD_MAGIC)
    return _Packing(new=_Plain, mark=b"\n" + head, before=1)
