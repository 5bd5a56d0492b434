"""Trying again: what is transient, with growing pauses. The only place that retries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt

from scraper.errors import TransientError

_Result = TypeVar("_Result")
_MAX_PAUSE_S: Final = 30.0


class Retry:
    """Calls again after a TransientError, `retries` times at most; every other error goes up at once.

    The pause before try n is drawn from 0 to 2^n seconds (full jitter). It is 0 after an answer of 429 or 503: the
    host is parked then, and its pace makes the next turn wait.
    """

    def __init__(self, retries: int, *, sleep: Callable[[float], Awaitable[None]], random: Callable[[], float]) -> None:
        self._retries, self._sleep, self._random = retries, sleep, random

    async def run(self, call: Callable[[], Awaitable[_Result]]) -> _Result:
        """Return what the call returns, or raise its last error."""
        retrying = AsyncRetrying(
            stop=stop_after_attempt(self._retries + 1),
            wait=self._pause_s,
            retry=retry_if_exception_type(TransientError),
            sleep=self._sleep,
            reraise=True,
        )
        async for attempt in retrying:
            with attempt:
                return await call()
        raise AssertionError("tenacity ends with a result or an error")

    def _pause_s(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, TransientError) and error.status in {429, 503}:
            return 0.0
        return self._random() * min(_MAX_PAUSE_S, 2.0**state.attempt_number)
