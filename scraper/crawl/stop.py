"""Ctrl-C and SIGTERM: once to finish what is in flight, twice to stop at once."""

from __future__ import annotations

import asyncio
import signal
from typing import Final

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Stop:
    """Counts the wishes to stop. A context manager that listens to the signals while it is open."""

    def __init__(self) -> None:
        self.soon = asyncio.Event()
        self.now = asyncio.Event()

    def ask(self) -> None:
        """Take one wish to stop."""
        (self.now if self.soon.is_set() else self.soon).set()

    def __enter__(self) -> Stop:
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.add_signal_handler(number, self.ask)
        return self

    def __exit__(self, *_: object) -> None:
        loop = asyncio.get_running_loop()
        for number in _SIGNALS:
            loop.remove_signal_handler(number)
