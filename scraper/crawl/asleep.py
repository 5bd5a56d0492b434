"""Tasks that wait for their host: whoever wants to end a run need not wait with them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Asleep:
    """Knows which tasks wait; one that has a request in flight is awake."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    def add(self, task: asyncio.Task[Any]) -> None:
        """Count a task in, until it ends or is left out."""
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def leave(self) -> None:
        """Leave the current task out: it waits for its host no more."""
        self._tasks.discard(_current())

    @contextmanager
    def here(self) -> Iterator[None]:
        """Count the current task in meanwhile."""
        self._tasks.add(_current())
        try:
            yield
        finally:
            self._tasks.discard(_current())

    @contextmanager
    def awake(self) -> Iterator[None]:
        """Leave the current task out meanwhile, if it is in."""
        task = _current()
        was_in = task in self._tasks
        self._tasks.discard(task)
        try:
            yield
        finally:
            if was_in:
                self._tasks.add(task)

    def cancel(self) -> None:
        """End all that wait."""
        for task in tuple(self._tasks):
            task.cancel()


def _current() -> asyncio.Task[Any]:
    task = asyncio.current_task()
    if task is None:
        raise RuntimeError("outside of any task")
    return task
