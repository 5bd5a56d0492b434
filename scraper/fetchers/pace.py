"""Turns: the one gate that every request goes through, host by host."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass
from typing import Final

from scraper.errors import FetchError
from scraper.fetchers.injected import Injected
from scraper.fetchers.memory import Memory, NoMemory
from scraper.fetchers.owner import Owner, Rule, WaitReason

_MAX_OWNERS: Final = 4096


@dataclass(slots=True)
class Turn:
    """A request that may be sent now, and how it came to it."""

    owner: Owner
    began_s: float
    waited_s: float
    why: WaitReason
    """What was waited for longest."""
    gap_s: float
    is_part: bool = False
    """The request belongs to a visit that has begun at this owner, so that no gap lay before it."""


class Pace:
    """Hands out turns. `at_once` bounds the turns open over all hosts.

    `admit` is entered when a turn's host has nothing against it any more, and left when the turn ends: who calls can
    hold requests back there for reasons of his own, and see how many are open.

    A host parked for longer than `max_wait_s` is not waited for: its turns fail with host_parked until then.
    """

    def __init__(
        self,
        given: Injected,
        *,
        at_once: int,
        max_wait_s: float,
        admit: Callable[[], AbstractAsyncContextManager[None]] = nullcontext,
        memory: Memory | None = None,
    ) -> None:
        self._now, self._monotonic, self._sleep, self._random = given
        self._max_wait_s, self._admit = max_wait_s, admit
        self._memory: Memory = memory or NoMemory()
        self._unix_offset_s = given.now().timestamp() - given.monotonic()
        self._anywhere = asyncio.Semaphore(at_once)
        self._owners: dict[str, Owner] = {}
        self._prune_at = _MAX_OWNERS
        self._asked: set[str] = set()
        """Keys asked since `remember_news`."""

    @asynccontextmanager
    async def turn(self, key: str, url: str, rule: Rule, *, visit: set[str] | None = None) -> AsyncIterator[Turn]:
        """Wait for the next turn and hold it. Raises FetchError(host_parked, host_given_up).

        `visit` holds the keys that one visit of a browser has asked already. What it asks of them after that follows
        without a gap, and is not worth waiting for where the host is parked.
        """
        owner = self.owner(key, rule)
        owner.users += 1
        asked_s = self._monotonic()
        try:
            async with owner.slots, AsyncExitStack() as held:
                async with owner.gate:
                    is_part = visit is not None and key in visit
                    max_wait_s = 0.0 if is_part else self._max_wait_s
                    rule = rule.without_gap() if is_part else rule
                    why = await self._wait(owner, url, rule, max_wait_s)
                    ready_s = self._monotonic()
                    await held.enter_async_context(self._anywhere)
                    await held.enter_async_context(self._admit())
                    began_s = self._monotonic()
                    if began_s - ready_s > max(ready_s - asked_s, 0.001):
                        why = "places"
                    gap_s, _ = rule.gap(owner.latency_s)
                    owner.last_at = began_s
                    self._asked.add(key)
                    if visit is not None:
                        visit.add(key)
                waited_s = began_s - asked_s
                yield Turn(owner=owner, began_s=began_s, waited_s=waited_s, why=why, gap_s=gap_s, is_part=is_part)
        finally:
            owner.users -= 1

    def owner(self, key: str, rule: Rule) -> Owner:
        """Return the owner of a key; one that was known to an earlier run knows what it knew then."""
        owner = self._owners.get(key)
        if owner is None:
            self._prune()
            owner = Owner(key, rule.width, monotonic=self._monotonic, random=self._random)
            if state := self._memory.load_host(key):
                owner.restore(state, self._unix_offset_s, breaker_failures=rule.breaker_failures)
            self._owners[key] = owner
        return owner

    def remember(self, owner: Owner) -> None:
        """Keep what is known of a host for other runs."""
        self._memory.save_host(owner.key, owner.state(self._unix_offset_s))

    def remember_news(self) -> None:
        """Keep what is new of the hosts asked of late: a run that is killed must not make the next one impolite."""
        for key in tuple(self._asked):
            if (owner := self._owners.get(key)) is not None:
                self.remember(owner)
        self._asked.clear()

    def close(self) -> None:
        """Keep what is known of all hosts."""
        for owner in self._owners.values():
            self.remember(owner)

    async def _wait(self, owner: Owner, url: str, rule: Rule, max_wait_s: float) -> WaitReason:
        longest_s = 0.0
        longest: WaitReason = ""
        while True:
            owner.check(url, rule)
            wait_s, why = owner.wait(rule, self._now())
            if why in {"parked", "window"} and wait_s > max_wait_s:
                said = "asked to be left alone" if why == "parked" else "is outside its hours"
                raise FetchError("host_parked", url, f"the host {said} for another {wait_s:.0f} s")
            if wait_s <= 0:
                return longest
            if wait_s > longest_s:
                longest_s, longest = wait_s, why
            await self._sleep(wait_s)

    def _prune(self) -> None:
        """Forget hosts that nobody waits for and that owe no wait, once there are very many.

        Those that stay are looked at again when there are twice as many: over a run, each costs a few looks.
        """
        if len(self._owners) < self._prune_at:
            return
        for key in [key for key, owner in self._owners.items() if owner.is_idle()]:
            self.remember(self._owners.pop(key))
        self._prune_at = max(_MAX_OWNERS, 2 * len(self._owners))
