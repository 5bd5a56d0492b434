"""A file of lines in the making: it grows under a name of its own, and gets its real one when it is complete."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Final

from scraper.errors import SinkError
from scraper.model import Value

SUFFIX: Final = ".part"
_LOOK_BACK_BYTES: Final = 65_536
_MAKE_ROOM: Final = "make room and start again, nothing is lost"
_MORE_FILES: Final = "raise the limit of open files (ulimit -n) and start again, nothing is lost"
_REMEDIES: Final = {
    errno.ENOSPC: _MAKE_ROOM,
    errno.EDQUOT: _MAKE_ROOM,
    errno.EFBIG: _MAKE_ROOM,
    errno.EMFILE: _MORE_FILES,
    errno.ENFILE: _MORE_FILES,
}


class Rotation(Value, frozen=True, kw_only=True):
    """How large a file may become before the next one is begun. 0: as large as it wants."""

    bytes: int = 0
    records: int = 0

    def allows(self, size: int, records: int) -> bool:
        """Tell whether a file may have this size."""
        return (not self.bytes or size <= self.bytes) and (not self.records or records <= self.records)


NO_LIMIT: Final = Rotation()


class Part:
    """Lines for `path`, written to `path` + `.part` until it is published.

    A line that the system does not take in full is taken back. `durable` is how long the file is known to be on the
    disk; it grows with `sync`.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._part = path, part_of(path)
        self._fd = os.open(self._part, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        self.name = path.name
        self.size = self.count = self.durable = 0
        """Bytes, lines, and bytes known to be on the disk."""
        self._is_open = True

    def has_room(self, line: bytes, rotation: Rotation) -> bool:
        """Tell whether a line may still come into this file; the first one always may."""
        return not self.count or rotation.allows(self.size + len(line), self.count + 1)

    def append(self, line: bytes) -> None:
        """Write one line, its line feed included. Raises SinkError."""
        rest = memoryview(line)
        try:
            while rest:
                rest = rest[os.write(self._fd, rest) :]
        except OSError as error:
            os.ftruncate(self._fd, self.size)
            raise sink_error(self._path, error) from error
        self.size += len(line)
        self.count += 1

    def sync(self) -> None:
        """Bring every line written so far to the disk. Raises SinkError."""
        if not self._is_open or self.size == self.durable:
            return
        try:
            os.fsync(self._fd)
        except OSError as error:
            raise sink_error(self._path, error) from error
        self.durable = self.size

    def close(self) -> None:
        """Let go of the file under the name that it has."""
        if self._is_open:
            self._is_open = False
            os.close(self._fd)


def part_of(path: Path) -> Path:
    """Return the name under which a file is written."""
    return path.with_name(path.name + SUFFIX)


def sink_error(path: Path, error: OSError) -> SinkError:
    """Return what the system says, as one sentence, with what is to be done about it."""
    remedy = _REMEDIES.get(error.errno or 0, "see that the folder exists and is yours to write")
    return SinkError(f"{path}: cannot be written ({error.strerror}); {remedy}.")


def cut_torn_line(path: Path) -> int:
    """Remove what stands after a file's last line feed; return how many bytes that was."""
    with path.open("r+b") as file:
        size = keep = file.seek(0, os.SEEK_END)
        while keep:
            start = max(0, keep - _LOOK_BACK_BYTES)
            file.seek(start)
            found = file.read(keep - start).rfind(b"\n")
            if found >= 0:
                keep = start + found + 1
                break
            keep = start
        if keep < size:
            file.truncate(keep)
    return size - keep
