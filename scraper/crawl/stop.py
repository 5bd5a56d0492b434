"""Ctrl-C, SIGTERM and a lost terminal: once to finish what is in flight; the first two again to stop at once."""

from __future__ import annotations

import asyncio
import signal
from typing import Final

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Stop:
    """Counts the wishes to stop. A context manager that listens to the signals while it is open.

    SIGHUP counts once: shell and system both send it when a terminal is closed. Who started the process with SIGHUP
    ignored, as `nohup` does, wants it to go on, and it does.
    """

    def __init__(self) -> None:
        self.soon = asyncio.Event()
        self.now = asyncio.Event()
        self._heard: list[signal.Signals] = []

    def ask(self) -> None:
        """Take one wish to stop."""
        (self.now if self.soon.is_set() else self.soon).set()

    def __enter__(self) -> Stop:
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self.ask)
        self._heard += _SIGNALS
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            loop.add_signal_handler(signal.SIGHUP, self.soon.set)
            self._heard.append(signal.SIGHUP)
        return self

    def __exit__(self, *_: object) -> None:
        loop = asyncio.get_running_loop()
        for number in self._heard:
            loop.remove_signal_handler(number)
