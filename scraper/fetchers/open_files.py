"""How many files a process may open, and what connections get of them: to the system, each of them is an open file."""

from __future__ import annotations

import resource
from contextlib import suppress
from typing import Final

from scraper.model import Value

OTHER_FILES: Final = 32
"""Files that a process has open beside its connections: its streams, records, memory, and the loop's own."""
_IDLE_IN_POOL: Final = 16
"""Idle connections kept, a pool, if the process may open so many files."""
_SPARED: Final = 128
"""Files that idle connections leave free in any case."""


class Share(Value, frozen=True, kw_only=True):
    """What connections get."""

    at_once: int
    """Requests in flight at most; one at least."""
    idle: int
    """Idle connections kept, a pool."""


def share_open_files(at_once: int, *, pools: int, others: int) -> Share:
    """Return what of the files that this process may open is left for connections beside `others`.

    The process is let open as many as all that was wanted takes, as far as the system allows. By itself it may open
    1,024 on most systems, and a crawl of a thousand hosts would end with the last of them. Where that is not enough,
    idle connections go first, then requests in flight: these wait for each other.
    """
    spared = max(others, _SPARED)
    allowed = _allow(pools * _IDLE_IN_POOL + at_once + spared)
    if allowed is None:
        return Share(at_once=at_once, idle=_IDLE_IN_POOL)
    idle = (allowed - at_once - spared) // pools
    return Share(at_once=max(1, min(at_once, allowed - others)), idle=max(0, min(_IDLE_IN_POOL, idle)))


def _allow(wanted: int) -> int | None:
    """Let this process open so many files, up to the hard limit; return how many it may open, None if any number."""
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= allowed < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted if most < 0 else min(wanted, most), most))
        allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return None if allowed < 0 else allowed
