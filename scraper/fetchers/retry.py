"""Trying again: what is transient, with growing pauses, within a budget. The only place that retries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, stop_after_attempt
from tenacity.stop import stop_base

from scraper.errors import TransientError
from scraper.fetchers.injected import Injected

_Result = TypeVar("_Result")
_MAX_PAUSE_S: Final = 30.0


class Retry:
    """Calls again after a TransientError, `retries` times at most; every other error goes up at once.

    The pause before try n is drawn from 0 to 2^n seconds (full jitter). It is 0 after an answer of 429 or 503: the
    host is parked then, and its pace makes the next turn wait. Of all requests to one host no more than `per_host`
    are tried again in a run, and no more than `per_run` altogether; 0: as many as need be.
    """

    def __init__(self, given: Injected, retries: int, *, per_host: int = 0, per_run: int = 0) -> None:
        self._retries, self._per_host, self._per_run = retries, per_host, per_run
        self._sleep, self._random = given.sleep, given.random
        self._spent: Counter[str] = Counter()

    @property
    def spent(self) -> Counter[str]:
        """How often each host was asked again."""
        return Counter(self._spent)

    async def run(self, host: str, call: Callable[[], Awaitable[_Result]]) -> _Result:
        """Return what the call returns, or raise its last error."""
        retrying = AsyncRetrying(
            stop=stop_after_attempt(self._retries + 1) | _StopWhen(lambda: not self._may_spend(host)),
            wait=self._pause_s,
            retry=retry_if_exception_type(TransientError),
            before_sleep=lambda _: self._spent.update([host]),
            sleep=self._sleep,
            reraise=True,
        )
        async for attempt in retrying:
            with attempt:
                return await call()
        raise AssertionError("tenacity ends with a result or an error")

    def _may_spend(self, host: str) -> bool:
        if self._per_host and self._spent[host] >= self._per_host:
            return False
        return not self._per_run or self._spent.total() < self._per_run

    def _pause_s(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, TransientError) and error.status in {429, 503}:
            return 0.0
        return self._random() * min(_MAX_PAUSE_S, 2.0**state.attempt_number)


class _StopWhen(stop_base):
    """Stops when the budget says so."""

    def __init__(self, is_spent: Callable[[], bool]) -> None:
        self._is_spent = is_spent

    def __call__(self, retry_state: RetryCallState) -> bool:
        return self._is_spent()
