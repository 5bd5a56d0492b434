"""Has a site changed under our feet? Today's figures of a host against those of its earlier runs. Pure.

A redesign shows in the first run after it: pages come as ever, and give no article, no author, half the text. What is
normal is learned from the host itself: the median of its runs, and how far they scatter. Ratios are judged as draws
from an urn that is itself drawn anew for each run (beta-binomial), so that a host whose runs differ may differ.

Source: Rousseeuw, Croux, "Alternatives to the median absolute deviation", JASA 1993 (the factor 1.4826)
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from statistics import median
from typing import Final

from scraper.frontier.figures import Figures
from scraper.model import Value

MIN_RUNS: Final = 5
MIN_PAGES_BEFORE: Final = 30
MIN_PAGES_NOW: Final = 8

_MAD: Final = 1.4826
_CHANCE: Final = 1e-6
"""A ratio so unlikely by chance alone is an alarm; so little, because what is normal was learned from few runs."""
_CHANCE_IF_GONE: Final = 1e-3
"""The same where nothing at all came, and no earlier run was near it."""
_GONE: Final = 0.02
_NEVER_NEAR: Final = 0.1
_WORTH: Final = 0.6
"""A ratio or length must have fallen to less than this share of what it was; less is not worth waking anybody."""
_WORTH_CHARS: Final = 0.7
_MIN_RATIO: Final = 0.1
_SPREAD: Final = 0.04
"""The least that runs differ by beyond chance: pages of one day have things in common."""
_CHARS_SPREAD: Final = 0.1
_ARTICLE_SPREAD: Final = 0.55
"""Standard deviation of the logarithm of an article's length, within one site."""
_DENSITY_SPREAD: Final = 0.02
_DENSITY_RISE: Final = 0.15
_SIGMAS: Final = 3.5
_DOUBT: Final = 2.0
"""Few runs show too little of their scatter: of five, it is taken to be 1.4 times what it seems."""
_MANY_RUNS: Final = 12
_MAX_DRAWS: Final = 300
"""More pages make no surer: the runs' own scatter is then all that is left."""


class Alarm(Value, frozen=True, kw_only=True):
    """One figure of a host that has left what is normal for it."""

    host: str
    what: str
    """`yield`, `text_chars`, `link_density`, or the name of a field."""
    before: float
    """The median of the earlier runs."""
    now: float


def find_alarms(host: str, history: Sequence[Figures], now: Figures) -> list[Alarm]:
    """Return what is not normal, compared with the earlier runs; nothing where there is too little to compare.

    At least 5 runs with 30 pages before, and 8 pages now, are enough.
    """
    return [
        Alarm(host=host, what=what, before=round(before, 4), now=round(today, 4))
        for what, before, today in (*_fallen_ratios(history, now), *_fallen_text(history, now), *_links(history, now))
    ]


def _fallen_ratios(history: Sequence[Figures], now: Figures) -> Iterator[tuple[str, float, float]]:
    runs = [(run.articles, run.fetched) for run in history]
    if before := _fell(runs, now.articles, now.fetched):
        yield "yield", before, now.articles / now.fetched
    for field in sorted({name for run in history for name in run.fields}):
        runs = [(run.fields.get(field, 0), run.articles) for run in history]
        found = now.fields.get(field, 0)
        if before := _fell(runs, found, now.articles):
            yield field, before, found / now.articles


def _fell(runs: Sequence[tuple[int, int]], found: int, total: int) -> float | None:
    """Return the ratio that was normal, if today's is too low to be chance; else None."""
    runs = [(hits, of) for hits, of in runs if of > 0]
    pages = sum(of for _, of in runs)
    if not _is_enough(len(runs), pages, total):
        return None
    before = median(hits / of for hits, of in runs)
    if before < _MIN_RATIO or found / total >= _WORTH * before:
        return None
    likely = (before * pages + 1) / (pages + 2)
    scale = min(1.0, _MAX_DRAWS / total)
    chance = _tail(int(found * scale), math.ceil(total * scale), likely, _spread_beyond_chance(runs, before, likely))
    is_gone = found <= _GONE * total and min(hits / of for hits, of in runs) > _NEVER_NEAR * before
    return before if chance < (_CHANCE_IF_GONE if is_gone else _CHANCE) else None


def _spread_beyond_chance(runs: Sequence[tuple[int, int]], before: float, likely: float) -> float:
    """Return by how much the ratios of runs differ (as a standard deviation) beyond what few pages explain."""
    seen = _scatter([hits / of for hits, of in runs], before) * (1 + _DOUBT / len(runs))
    by_chance = median(likely * (1 - likely) / of for _, of in runs)
    least = _SPREAD + math.sqrt(likely * (1 - likely)) / (2 * len(runs))
    return max(least, math.sqrt(max(0.0, seen**2 - by_chance)))


def _tail(found: int, total: int, mean: float, spread: float) -> float:
    """Return the chance of `found` or fewer of `total` under a beta-binomial of this mean and spread of the mean."""
    weight = max(2.0, mean * (1 - mean) / spread**2 - 1)
    a, b = mean * weight, (1 - mean) * weight
    const = math.lgamma(total + 1) + math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) - math.lgamma(a + b + total)
    return sum(
        math.exp(
            const - math.lgamma(k + 1) - math.lgamma(total - k + 1) + math.lgamma(k + a) + math.lgamma(total - k + b)
        )
        for k in range(found + 1)
    )


def _fallen_text(history: Sequence[Figures], now: Figures) -> Iterator[tuple[str, float, float]]:
    runs = [run for run in history if run.articles and run.text_chars > 0]
    if not _is_enough(len(runs), sum(run.articles for run in runs), now.articles):
        return
    logs = [math.log(run.text_chars) for run in runs]
    before, today = median(logs), math.log(max(now.text_chars, 1.0))
    sampling = _ARTICLE_SPREAD / math.sqrt(now.articles)
    tolerance = _tolerance(_scatter(logs, before), math.hypot(_CHARS_SPREAD, sampling), runs, now)
    if before - today > max(tolerance, -math.log(_WORTH_CHARS)):
        yield "text_chars", math.exp(before), now.text_chars


def _links(history: Sequence[Figures], now: Figures) -> Iterator[tuple[str, float, float]]:
    runs = [run for run in history if run.articles]
    if not _is_enough(len(runs), sum(run.articles for run in runs), now.articles):
        return
    ratios = [run.link_density for run in runs]
    before = median(ratios)
    tolerance = _tolerance(_scatter(ratios, before), _DENSITY_SPREAD, runs, now)
    if now.link_density - before > max(tolerance, _DENSITY_RISE):
        yield "link_density", before, now.link_density


def _tolerance(seen: float, least: float, runs: Sequence[Figures], now: Figures) -> float:
    """Return how far a mean may stray: wider where few runs tell, and where today's articles are fewer than usual."""
    fewer = math.sqrt(max(1.0, median(run.articles for run in runs) / now.articles))
    return _SIGMAS * max(least, seen * fewer * (1 + _DOUBT / len(runs)))


def _scatter(values: Sequence[float], middle: float) -> float:
    """Return the standard deviation as far as it can be told, whatever a few odd runs were like."""
    away = sorted(abs(value - middle) for value in values)
    seen = _MAD * median(away)
    if len(values) >= _MANY_RUNS:
        return seen
    # The median of so few may be small by luck. The farthest is left out: it may be a run that failed.
    return max(seen, math.sqrt(sum(distance**2 for distance in away[:-1]) / (len(away) - 2)))


def _is_enough(runs: int, pages_before: int, pages_now: int) -> bool:
    return runs >= MIN_RUNS and pages_before >= MIN_PAGES_BEFORE and pages_now >= MIN_PAGES_NOW
