"""Files of gzip members, one a record: each can be read by itself, and a file may be cut behind any of them.

Source: RFC 1952, 2.2; https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/, annex D
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

_BLOCK_BYTES: Final = 1 << 16
_GZIP: Final = zlib.MAX_WBITS | 16


class Member(NamedTuple):
    """One record, inflated, and where it stands in the file."""

    offset: int
    length: int
    content: bytes


def read_members(file: BinaryIO) -> Iterator[Member]:
    """Yield the members that are there as a whole, in order; what is torn or damaged ends it."""
    offset, rest = 0, b""
    while rest or (rest := file.read(_BLOCK_BYTES)):
        stream, pieces, taken = zlib.decompressobj(_GZIP), list[bytes](), 0
        try:
            while not stream.eof:
                if not rest and not (rest := file.read(_BLOCK_BYTES)):
                    return
                pieces.append(stream.decompress(rest))
                taken += len(rest)
                rest = b""
        except zlib.error:
            return
        rest = stream.unused_data
        length = taken - len(rest)
        yield Member(offset, length, b"".join(pieces))
        offset += length


def cut_torn_member(path: Path) -> int:
    """Remove what stands after a file's last whole member; return how many bytes that was."""
    with path.open("r+b") as file:
        keep = 0
        for member in read_members(file):
            keep = member.offset + member.length
        size = path.stat().st_size
        file.truncate(keep)
    return size - keep
