"""What a run says while it goes on: one moving line on a terminal, plain lines elsewhere, nothing when asked."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Final, Literal, TextIO

from scraper.crawl.tally import Tally

Talk = Literal["quiet", "normal", "verbose"]
_TERMINAL_EVERY_S: Final = 0.25
_LOG_EVERY_S: Final = 10.0
_ERASE_LINE: Final = "\r\x1b[K"
_COLUMNS: Final = 80
"""Of a terminal that does not say how wide it is."""
_SHOWN_CHARS: Final = 300
_END_CHARS: Final = 120


def plain(text: str) -> str:
    """Return the text on one line and without control characters: a page shall not write to the terminal.

    One that is long is cut in its middle: it begins with an address, and ends with what is the matter.
    """
    shown = "".join(char if char.isprintable() else " " for char in text)
    if len(shown) <= _SHOWN_CHARS:
        return shown
    return f"{shown[: _SHOWN_CHARS - _END_CHARS - 3]}...{shown[-_END_CHARS:]}"


class Progress:
    """Talks to `stream` about a run. `clock` gives seconds, of any origin.

    A stream that is closed, or whose reader goes away (`scraper crawl 2>&1 | head`), ends the talk and not the run.
    """

    def __init__(self, stream: TextIO | None, talk: Talk, *, clock: Callable[[], float]) -> None:
        self._stream, self._talk, self._clock = stream, talk, clock
        self._on_terminal = talk != "quiet" and stream is not None and stream.isatty()
        self._began_s = clock()
        self._line_stands = False

    def say(self, sentence: str) -> None:
        """Say something that went wrong, or that a person should know."""
        if self._talk != "quiet":
            self._print(sentence)

    def warn(self, sentence: str) -> None:
        """Say what --quiet lets pass too: that somebody has to look."""
        self._print(sentence)

    def detail(self, sentence: str) -> None:
        """Say what only --verbose shows: what came of each page."""
        if self._talk == "verbose":
            self._print(sentence)

    def line(self, tally: Tally) -> str:
        """Return the figures of the moment."""
        seconds = max(self._clock() - self._began_s, 1e-9)
        return (
            f"{tally.pages} pages, {tally.pages / seconds:.1f}/s, {tally.articles} articles, "
            f"{tally.rejected} rejected, {tally.in_flight} in flight, {tally.targets - tally.ended} to go"
        )

    async def watch(self, tally: Tally) -> None:
        """Show the figures again and again, until cancelled."""
        if self._talk == "quiet":
            return
        while True:
            await asyncio.sleep(_TERMINAL_EVERY_S if self._on_terminal else _LOG_EVERY_S)
            if self._on_terminal:
                self._write(f"{_ERASE_LINE}{self.line(tally)[: self._columns() - 1]}")
                self._line_stands = True
            else:
                self._print(self.line(tally))

    def _columns(self) -> int:
        """Return how wide the terminal is now: of a line that it breaks in two, only the second could be erased."""
        try:
            return (os.get_terminal_size(self._stream.fileno()).columns if self._stream else 0) or _COLUMNS
        except (OSError, ValueError):
            return _COLUMNS

    def clear(self) -> None:
        """Take the moving line away."""
        if self._line_stands:
            self._write(_ERASE_LINE)
            self._line_stands = False

    def _print(self, sentence: str) -> None:
        self.clear()
        self._write(plain(sentence) + "\n")

    def _write(self, text: str) -> None:
        if self._stream is None:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:
            self._stream = None
