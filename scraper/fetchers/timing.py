"""How long hosts took to answer, and what was waited for: figures from a log of requests, taken as it goes by."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from scraper.fetchers.log import LogLine, RequestLine
from scraper.model import Value

LATENCY_STEPS_S: Final = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


class HostTiming(Value, frozen=True, kw_only=True):
    """How one host answered; the seconds are those from the request to the head of the answer, by nearest rank."""

    host: str
    answers: int
    median_s: float
    p95_s: float
    histogram: tuple[int, ...]
    """Answers below the first of LATENCY_STEPS_S, between each two, and from the last one on."""


class Timing(Value, frozen=True, kw_only=True):
    """What a log says of time."""

    requests: int
    hosts: tuple[HostTiming, ...]
    """The slowest first."""
    waited_s: dict[str, float]
    """By reason, the longest first."""
    kinds: dict[str, int]
    outcomes: dict[str, int]
    """Requests by how they ended, the most frequent first."""


class Watch:
    """Takes figures of the lines that go through it: eight bytes an answer, and the counters."""

    def __init__(self) -> None:
        self._answers: dict[str, array[float]] = {}
        self._kinds, self._outcomes = Counter[str](), Counter[str]()
        self._waited = dict[str, float]()
        self._requests = 0

    def passing(self, lines: Iterable[tuple[int, LogLine]]) -> Iterator[tuple[int, LogLine]]:
        """Yield the lines as they are."""
        for number, line in lines:
            if isinstance(line, RequestLine):
                self._take(line)
            yield number, line

    def _take(self, line: RequestLine) -> None:
        self._requests += 1
        self._kinds[line.kind] += 1
        self._outcomes[_outcome(line)] += 1
        if line.wait_reason:
            self._waited[line.wait_reason] = self._waited.get(line.wait_reason, 0.0) + line.waited_s
        if line.head_s is not None:
            self._answers.setdefault(line.host, array("d")).append(line.head_s)

    def timing(self) -> Timing:
        """Return the figures of all lines that have gone through."""
        hosts = [_host(host, answers) for host, answers in self._answers.items()]
        return Timing(
            requests=self._requests,
            hosts=tuple(sorted(hosts, key=lambda each: (-each.median_s, each.host))),
            waited_s=dict(sorted(self._waited.items(), key=lambda item: (-item[1], item[0]))),
            kinds=dict(sorted(self._kinds.items(), key=lambda item: (-item[1], item[0]))),
            outcomes=dict(sorted(self._outcomes.items(), key=lambda item: (-item[1], item[0]))),
        )


def _outcome(line: RequestLine) -> str:
    """Return how a request ended: `ok` for a page, or the status or reason that says why there is none."""
    if line.outcome != "ok":
        return line.outcome
    return "ok" if line.status is None or line.status < 300 else f"status {line.status}"


def _host(host: str, answers: array[float]) -> HostTiming:
    ranked = sorted(answers)
    counts = [0] * (len(LATENCY_STEPS_S) + 1)
    for seconds in ranked:
        counts[bisect_right(LATENCY_STEPS_S, seconds)] += 1
    return HostTiming(
        host=host,
        answers=len(ranked),
        median_s=ranked[-(-len(ranked) // 2) - 1],
        p95_s=ranked[-(-len(ranked) * 95 // 100) - 1],
        histogram=tuple(counts),
    )
