"""Articles to a stream, each after its commit: what was seen there is on the disk."""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO, Final

from scraper.sinks.names import ARTICLES
from scraper.sinks.output import Length
from scraper.sinks.part import part_of

_BLOCK_BYTES: Final = 1 << 20


class Echo:
    """Copies the lines of articles to `stream` from a thread of its own.

    They are read back from the files, so a reader who is slow costs no memory and holds up nobody. One who goes away
    ends the copying and not the run; so does a stream that takes no more, and then `failed` says why. After a kill the
    files may have lines that the stream has not: those of the last commit.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._files: dict[str, tuple[int, int]] = {}
        """Name of a part -> descriptor, and how far it was handed on."""
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="echo")
        self._is_read = True
        self.failed: OSError | None = None

    def show(self, folder: Path, lengths: Iterable[Length]) -> None:
        """Hand on what is new in parts that are as long as said, durably; parts not named any more are over."""
        now = {length.file: length.bytes for length in lengths if length.sink == ARTICLES}
        for file, size in now.items():
            fd, shown = self._files.get(file) or (os.open(part_of(folder / file), os.O_RDONLY | os.O_CLOEXEC), 0)
            self._files[file] = (fd, size)
            if size > shown:
                self._thread.submit(self._copy, fd, shown, size)
        for file in self._files.keys() - now.keys():
            self._thread.submit(os.close, self._files.pop(file)[0])

    def close(self) -> None:
        """Wait until all was read, or the reader has gone."""
        for fd, _ in self._files.values():
            self._thread.submit(os.close, fd)
        self._files.clear()
        self._thread.shutdown(wait=True)

    def _copy(self, fd: int, start: int, end: int) -> None:
        try:
            while self._is_read and start < end:
                block = os.pread(fd, min(end - start, _BLOCK_BYTES), start)
                self._stream.write(block)
                start += len(block)
            if self._is_read:
                self._stream.flush()
        except (OSError, ValueError) as error:
            self._is_read = False
            if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
                self.failed = error
