"""Names: what the name server answers."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

GOOD: Final = "127.0.0.1"
"""Stands for a public address: the tests allow it, and no other of loopback."""
PRIVATE: Final = "127.0.0.2"


@dataclass(frozen=True)
class Name:
    """A name, and what comes of fetching from it twice."""

    name: str
    does: str
    answers: tuple[tuple[str, ...] | Exception | None, ...]
    """One after the other; None: no answer at all."""
    outcomes: tuple[str, str]
    dialled: int
    """How many connections are tried, all of them to GOOD."""

    @property
    def host(self) -> str:
        return f"{self.name}.example"

    def resolver(self) -> Callable[[str, int], Awaitable[tuple[str, ...]]]:
        left = list(self.answers)

        async def resolve(host: str, port: int) -> tuple[str, ...]:
            answer = left.pop(0) if len(left) > 1 else left[0]
            if answer is None:
                await asyncio.sleep(60)
            if isinstance(answer, Exception):
                raise answer
            return answer or ()

        return resolve


_UNKNOWN: Final = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
_LATER: Final = socket.gaierror(socket.EAI_AGAIN, "Try again")
_REFUSED: Final = ("address_refused", "address_refused")
_ONCE: Final = ("page", "address_refused")
_BOTH: Final = ("page", "page")
_METADATA: Final = "169.254.169.254"
_DISGUISED: Final = ("::ffff:10.0.0.1", "64:ff9b::a00:1")
NAMES: Final = (
    Name("one-address", "Is a public address", ((GOOD,),), _BOTH, 2),
    Name("rebinding", "Is public when asked first, private after that", ((GOOD,), (PRIVATE,)), _ONCE, 1),
    Name("rebinding-to-metadata", f"Is public first, then {_METADATA}", ((GOOD,), (_METADATA,)), _ONCE, 1),
    Name("public-and-private", "Is two addresses, a private one first", ((PRIVATE, GOOD),), _BOTH, 2),
    Name("all-private", "Is three private addresses", (("10.0.0.1", "192.168.1.1", "fc00::1"),), _REFUSED, 0),
    Name("in-disguise", f"Is {' and '.join(_DISGUISED)}", (_DISGUISED,), _REFUSED, 0),
    Name("with-a-zone", "Is fe80::1%eth0", (("fe80::1%eth0",),), _REFUSED, 0),
    Name("no-address-at-all", "Is rubbish", (("not an address",),), _REFUSED, 0),
    Name("unknown-name", "Does not exist", (_UNKNOWN,), ("dns_failed", "dns_failed"), 0),
    Name("empty-answer", "Has no address", ((),), ("dns_failed", "dns_failed"), 0),
    Name("silent-name-server", "Gets no answer", (None,), ("timeout", "timeout"), 0),
    Name("late-name", "Is not known at first, then public", (_LATER, (GOOD,)), _BOTH, 2),
)
