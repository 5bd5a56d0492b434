"""Alarms: none on a normal day of any kind of site, one in the first run after its pages have changed."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.frontier import Figures, find_alarms
from scraper.frontier.watch import MIN_PAGES_NOW, MIN_RUNS
from scraper.model import Value


class Site(Value, frozen=True, kw_only=True):
    """A kind of site: what its runs are drawn from."""

    pages: int
    """A run; some have half as many, some twice."""
    yield_: float
    spread: float
    """Standard deviation of the yield between runs, beyond chance."""
    chars: int
    chars_sigma: float
    """Of the logarithm of an article's length."""
    fields: dict[str, float]
    links: float


SITES = {
    "small": Site(
        pages=20, yield_=0.9, spread=0.05, chars=3000, chars_sigma=0.6, links=0.03,
        fields={"title": 1.0, "authors": 0.85, "date": 0.97},
    ),
    "medium": Site(
        pages=60, yield_=0.85, spread=0.05, chars=3500, chars_sigma=0.6, links=0.04,
        fields={"title": 1.0, "authors": 0.9, "date": 1.0},
    ),
    "large": Site(
        pages=500, yield_=0.8, spread=0.05, chars=4000, chars_sigma=0.7, links=0.04,
        fields={"title": 1.0, "authors": 0.7, "date": 0.97},
    ),
    "noisy": Site(
        pages=120, yield_=0.5, spread=0.12, chars=2500, chars_sigma=0.8, links=0.08,
        fields={"title": 0.98, "authors": 0.5, "date": 0.8},
    ),
    "clean": Site(
        pages=40, yield_=1.0, spread=0.0, chars=3000, chars_sigma=0.4, links=0.02,
        fields={"title": 1.0, "authors": 1.0, "date": 1.0},
    ),
    "listings": Site(
        pages=300, yield_=0.2, spread=0.05, chars=3000, chars_sigma=0.6, links=0.04,
        fields={"title": 1.0, "authors": 0.85, "date": 0.97},
    ),
}  # fmt: skip

ALWAYS_FOUND = {
    "small": {"yield", "authors"},
    "medium": {"yield", "authors", "link_density"},
    "large": {"yield", "authors", "text_chars", "link_density"},
    "noisy": {"yield", "authors", "link_density"},
    "clean": {"yield", "authors", "text_chars", "link_density"},
    "listings": {"yield", "authors", "link_density"},
}
"""What is sure to show in one run of the usual size, or larger."""


def one_run(draw: random.Random, site: Site, *, pages: int | None = None, broken: str = "") -> Figures:
    """Return the figures of a run; with `broken`, of the first after a change of the site's pages."""

    def ratio(mean: float, spread: float) -> float:
        if not 0 < mean < 1 or not spread:
            return mean
        weight = mean * (1 - mean) / spread**2 - 1
        return draw.betavariate(mean * weight, (1 - mean) * weight)

    fetched = pages or max(1, round(draw.lognormvariate(math.log(site.pages), 0.4)))
    good = 0.0 if broken == "yield" else ratio(site.yield_, site.spread)
    articles = sum(draw.random() < good for _ in range(fetched))
    shrunk = 0.5 if broken == "text_chars" else 1.0
    more_links = 0.4 if broken == "link_density" else 0.0
    lengths = [shrunk * draw.lognormvariate(math.log(site.chars), site.chars_sigma) for _ in range(articles)]
    links = [min(1.0, more_links + max(0.0, draw.gauss(site.links, site.links / 2))) for _ in range(articles)]
    shares = {name: 0.0 if name == broken else ratio(share, 0.04) for name, share in site.fields.items()}
    return Figures(
        fetched=fetched,
        articles=articles,
        text_chars=sum(lengths) / max(1, articles),
        link_density=sum(links) / max(1, articles),
        fields={name: sum(draw.random() < share for _ in range(articles)) for name, share in shares.items()},
    )


@pytest.mark.parametrize("name", SITES)
def test_a_normal_run_raises_no_alarm(name: str) -> None:
    """In 150 runs of each kind of site, judged by the up to 30 before them, from the first that can be."""
    site, alarms = SITES[name], []
    for seed in range(3):
        draw = random.Random(f"{name} {seed}")
        runs = [one_run(draw, site) for _ in range(50 + MIN_RUNS)]
        for n in range(MIN_RUNS, len(runs)):
            alarms += find_alarms(name, runs[max(0, n - 30) : n], runs[n])
    assert alarms == []


@pytest.mark.parametrize(
    ("name", "what"), [(name, what) for name, found in ALWAYS_FOUND.items() for what in sorted(found)]
)
def test_the_first_broken_run_raises_an_alarm(name: str, what: str) -> None:
    """The yield goes to nothing, authors vanish, texts halve, links flood in: told at once, and it alone."""
    site = SITES[name]
    for seed in range(20):
        draw = random.Random(f"{name} {what} {seed}")
        history = [one_run(draw, site) for _ in range(draw.choice((8, 12, 30)))]
        alarms = find_alarms(name, history, one_run(draw, site, pages=site.pages, broken=what))
        assert [(alarm.host, alarm.what) for alarm in alarms] == [(name, what)], seed


def test_an_alarm_survives_a_broken_past() -> None:
    """Two broken runs among twenty do not make it normal."""
    draw = random.Random(5)
    site = SITES["medium"]
    history = [one_run(draw, site, broken="yield" if n in {3, 4} else "") for n in range(20)]
    assert find_alarms("h", history, one_run(draw, site)) == []
    (alarm,) = find_alarms("h", history, one_run(draw, site, broken="yield"))
    assert (alarm.what, alarm.now) == ("yield", 0)
    assert alarm.before == pytest.approx(0.85, abs=0.05)


GOOD = Figures(fetched=20, articles=18, text_chars=3000, link_density=0.05, fields={"title": 18})
BAD = Figures(fetched=20, rejected={"too_short": 20})


@pytest.mark.parametrize(
    ("history", "now"),
    [
        ([], BAD),
        ([GOOD] * (MIN_RUNS - 1), BAD),
        ([Figures(fetched=5, articles=5)] * MIN_RUNS, BAD),
        ([GOOD] * 30, Figures(fetched=MIN_PAGES_NOW - 1)),
        ([GOOD] * 30, Figures()),
        ([Figures()] * 30, BAD),
        ([BAD] * 30, BAD),
        ([BAD] * 30, GOOD),
        ([GOOD] * 30, GOOD),
    ],
)
def test_no_alarm_without_enough_to_compare(history: list[Figures], now: Figures) -> None:
    """Too few runs or pages, before or now, or no change at all; better than before is no alarm."""
    assert find_alarms("h", history, now) == []


COUNTS = st.integers(0, 10**6)


@st.composite
def figures(draw: Callable[[st.SearchStrategy[int]], int]) -> Figures:
    fetched = draw(COUNTS)
    articles = draw(st.integers(0, fetched))
    return Figures(
        fetched=fetched,
        articles=articles,
        text_chars=float(draw(COUNTS)),
        link_density=draw(st.integers(0, 100)) / 100,
        fields={"title": draw(st.integers(0, articles))},
    )


@given(st.lists(figures(), max_size=20), figures())
def test_total(history: list[Figures], now: Figures) -> None:
    """Any figures are judged; an alarm says what was and what is."""
    for alarm in find_alarms("h", history, now):
        assert alarm.now > alarm.before if alarm.what == "link_density" else alarm.now < alarm.before
