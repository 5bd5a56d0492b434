"""The three standard streams of the process, made fit to be used before anything else happens."""

from __future__ import annotations

import io
import os
import sys
from typing import Final, TextIO

_NOWHERE: Final = ((0, os.O_RDONLY), (1, os.O_RDONLY), (2, os.O_WRONLY))
"""How each descriptor that was closed is opened on the null device: writing to such a stdout fails, as it should."""


def settle_streams() -> None:
    """Open what was closed (`>&-`), and write UTF-8 to files and pipes whatever the locale says.

    No file of ours, the crawl's memory least of all, gets the number of a closed stream, to which a library might
    write. What a terminal of another charset cannot show is escaped.
    """
    for number, flags in _NOWHERE:
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, flags)  # takes the lowest number that is free: this one
    if sys.stdin is None:
        sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    if sys.stdout is None:
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)
    if isinstance(getattr(sys.stdout, "buffer", None), io.RawIOBase):
        # `python -u`: a disk that fills up takes a part of a write, and without a buffer the rest is lost in silence.
        sys.stdout = os.fdopen(1, "w", buffering=1, encoding=sys.stdout.encoding, closefd=False)
    for stream in (sys.stdout, sys.stderr):
        _speak_utf8(stream)


def _speak_utf8(stream: TextIO) -> None:
    if not isinstance(stream, io.TextIOWrapper):
        return
    if stream.isatty():
        stream.reconfigure(errors="backslashreplace")
    else:
        stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
