"""Files of records, line by line: plain, gzip or zstd, known by their first bytes and not by their names."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final, TypeAlias

from scraper.errors import RecordsError, UsageError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Lines: TypeAlias = Callable[[Path], Iterator[tuple[int, int, bytes]]]
"""How the lines of a file are read: `numbered_lines`, or one that leaves some of them out."""
ENDINGS: Final = (".jsonl", ".jsonl.gz", ".jsonl.zst")
_PATTERNS: Final = ("articles*", "*=*/**/part-*", "part-*")
"""What a folder's files are called, without their endings: a crawl's, an export's in partitions, one partition's."""
MAX_LINE_BYTES: Final = 1 << 27
"""No record is longer; a file without line feeds shall not fill the memory."""
BLOCK_BYTES: Final = 1 << 16
"""What is read at a time: larger blocks fall out of the processor's cache before they are decoded and compared."""
_GZIP: Final = b"\x1f\x8b"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"


def find_record_files(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return the files named, and of each folder named its `articles*.jsonl` (also .gz, .zst), sorted by name.

    Of an export in partitions these are its `site=example.org/.../part-*.jsonl`, or those of one of its folders.

    Raises UsageError for what is not there, and for a folder without records.
    """
    return tuple(file for path in paths for file in _files_of(path))


def _files_of(path: Path) -> list[Path]:
    if not path.is_dir():
        if not path.exists():
            raise UsageError(f"{path}: there is no such file or folder.")
        return [path]
    files = next(filter(None, (_matching(path, pattern) for pattern in _PATTERNS)), [])
    if not files:
        raise UsageError(f"{path}: the folder holds no articles*.jsonl and no part-*.jsonl (also .gz, .zst).")
    return files


def _matching(folder: Path, pattern: str) -> list[Path]:
    return sorted(file for ending in ENDINGS for file in folder.glob(f"{pattern}{ending}"))


def read_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file, unpacked, without their line feeds.

    Raises UsageError if it cannot be opened, RecordsError with the first line that is not there in full.
    """
    return (line.rstrip(b"\r\n") for line in read_whole_lines(path))


def numbered_lines(path: Path) -> Iterator[tuple[int, int, bytes]]:
    """Yield the number of each line, from 1, the bytes before it in the unpacked file, and the line. See read_lines."""
    offset = 0
    for number, line in enumerate(read_whole_lines(path), 1):
        yield number, offset, line.rstrip(b"\r\n")
        offset += len(line)


def read_whole_lines(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file, unpacked, with their line feeds: their lengths add up to places. See read_lines."""
    number = 0
    try:
        for lines in read_blocks(path):
            for line in io.BytesIO(lines):
                yield line
                number += 1
    except RecordsError as error:
        raise RecordsError(path, number + 1, error.reason) from error


def read_blocks(path: Path) -> Iterator[bytes]:
    """Yield the lines of a file, unpacked, whole and many at a time; only the last may be without its line feed.

    Raises UsageError if it cannot be opened, RecordsError after the last line that is there in full; which one that is
    knows who has counted them.
    """
    held: list[bytes] = []  # what is not yielded yet, the begin of a line at its end
    size = 0
    with open_records(path) as file:
        # A read that meets damage loses what it had unpacked before.
        step = BLOCK_BYTES if isinstance(file.raw, io.FileIO) else io.DEFAULT_BUFFER_SIZE
        try:
            while piece := file.read1(step):
                first, end = piece.find(b"\n"), piece.rfind(b"\n") + 1
                if size + (first + 1 or len(piece)) >= MAX_LINE_BYTES:
                    raise RecordsError(path, 0, f"the line is longer than {MAX_LINE_BYTES:,} bytes")
                if end:
                    yield b"".join((*held, piece[:end]))
                    held.clear()
                    size = 0
                held.append(piece[end:])
                size += len(piece) - end
        except EOFError as error:
            raise RecordsError(path, 0, "the compressed file ends in the middle; copy it once more") from error
        except (gzip.BadGzipFile, zlib.error, zstd.ZstdError) as error:
            raise RecordsError(path, 0, f"the compressed file is damaged ({error})") from error
        except OSError as error:
            raise RecordsError(path, 0, f"cannot be read ({error.strerror})") from error
    if size:
        yield b"".join(held)


def open_records(path: Path) -> io.BufferedReader:
    """Return the file, unpacked while it is read; it can seek, where it is packed by reading it again. UsageError."""
    try:
        with path.open("rb") as file:
            head = file.read(len(_ZSTD))
        if head.startswith(_GZIP):
            return io.BufferedReader(gzip.GzipFile(path))
        if head == _ZSTD:
            return io.BufferedReader(zstd.ZstdFile(path))
        return io.BufferedReader(io.FileIO(path), 1 << 18)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}).") from error
