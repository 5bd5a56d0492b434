"""Asynchronous results for who asks for one after the other, and Ctrl-C at any moment of it."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import AsyncGenerator, Coroutine, Iterator
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")


def drive(results: AsyncGenerator[T]) -> Iterator[T]:
    """Yield what an asynchronous generator yields, and leave it closed, whatever ends this.

    Ctrl-C raises KeyboardInterrupt out of here: never inside the loop, where it could break what has to be closed.
    """
    with _Waiting() as waiting:
        try:
            while found := waiting.run(_next_of(results)):
                yield from found
        finally:
            waiting.run(results.aclose())  # from the outermost on: left to the loop, all would be closed at once


class _Waiting:
    """A loop that runs while somebody waits for a result. Ctrl-C ends the wait; between two it is the interpreter's.

    asyncio's own handler raises KeyboardInterrupt inside the loop if the task that it knows is done at that moment.
    """

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._task: asyncio.Task[Any] | None = None
        self._waits = self._came = self._handles = False

    def __enter__(self) -> _Waiting:
        self._runner.__enter__()
        if threading.current_thread() is threading.main_thread():
            self._handles = signal.getsignal(signal.SIGINT) is signal.default_int_handler
        if self._handles:
            signal.signal(signal.SIGINT, self._on_signal)
        return self

    def __exit__(self, *exc: Any) -> None:
        try:
            self._runner.__exit__(*exc)
        finally:
            if self._handles:
                signal.signal(signal.SIGINT, signal.default_int_handler)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Return what comes of the work. Raises KeyboardInterrupt after Ctrl-C, once the work has let go."""
        self._waits = True
        try:
            result = self._runner.run(self._noted(work))
        except asyncio.CancelledError:
            if not self._came:
                raise
        finally:
            self._waits = False
        if self._came:
            self._came = False
            raise KeyboardInterrupt
        return result

    async def _noted(self, work: Coroutine[Any, Any, T]) -> T:
        self._task = task = asyncio.current_task()
        if self._came and task is not None:
            task.cancel()
        try:
            return await work
        finally:
            self._task = None

    def _on_signal(self, _: int, __: FrameType | None) -> None:
        if not self._waits:
            raise KeyboardInterrupt
        self._came = True
        if self._task is not None:
            self._task.get_loop().call_soon_threadsafe(self._task.cancel)


async def _next_of(results: AsyncGenerator[T]) -> tuple[T, ...]:
    try:
        return (await anext(results),)
    except StopAsyncIteration:
        return ()
