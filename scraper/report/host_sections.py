"""The parts of the report that tell of hosts and sources: what each gives, and how fast."""

from __future__ import annotations

from html import escape
from typing import Final

from scraper.report import charts
from scraper.report.amounts import number, percent, plural, seconds
from scraper.report.run_values import CrawlReport, HostShown, LatencyShown, SourceShown

_CARDS: Final = 24
_ROWS: Final = 200


def hosts(report: CrawlReport) -> str:
    """Return a line for each host, those with alarms first."""
    cards = "".join(f"<li>{_host(at, host)}</li>" for at, host in enumerate(report.hosts[:_CARDS]))
    names = [run.name for run in report.runs]
    rows = [
        (escape(host.host), *(_pair(share, count) for share, count in zip(host.yields, host.articles, strict=True)))
        for host in report.hosts[:_ROWS]
    ]
    figures = charts.behind("The figures", charts.table("Yield and articles, by host and run", ("Host", *names), rows))
    hidden = len(report.hosts) - _CARDS
    more = f'<p class="note">{plural(hidden, "more host")} in the table only.</p>' if hidden > 0 else ""
    return f'<ul class="cards">{cards}</ul>{more}{figures}'


def _pair(share: float | None, count: int | None) -> str:
    return "–" if count is None else f"{'–' if share is None else percent(share, 1)} · {number(count)}"


def _host(at: int, host: HostShown) -> str:
    latest, count = host.yields[-1], sum(each or 0 for each in host.articles)
    last = "none read in the last run" if latest is None else f"now {percent(latest, 1)}"
    marks = [("gives less than it used to", host.is_alarming), ("gave no page", host.has_failed)]
    bad = "".join(f'<p class="bad">{words}</p>' for words, holds in marks if holds)
    left = f"<p>the rest left: {escape(host.left)}</p>" if host.left else ""
    return f"<h3>{escape(host.host)}</h3><p>{last}; {plural(count, 'article')}</p>{bad}{left}{_drawn(at, host)}"


def _drawn(at: int, host: HostShown) -> str:
    """Return the line over the runs; of a single run a bar, and nothing where nothing was read."""
    if all(share is None for share in host.yields):
        return ""
    if len(host.yields) == 1:
        return charts.bar(host.yields[0] or 0.0, 1)
    return charts.line(f"host-{at}", f"Yield of {host.host}", host.yields, is_alarming=host.is_alarming)


def sources(report: CrawlReport) -> str:
    """Return the sources of the last run, those with errors first."""
    rows = [_source(source) for source in report.sources[:_ROWS]]
    heads = ("Source", "Kind", "Named", "New", "Unchanged", "No address")
    return charts.table("Sources of the last run", heads, rows, texts=(1,))


def _source(source: SourceShown) -> tuple[str, ...]:
    why = (source.error or "").removeprefix(f"{source.name}: ")
    error = f'<br><span class="verdict bad">{escape(why)}</span>' if source.error else ""
    counts = (source.named, source.new, source.unchanged, source.bad)
    return (f"{escape(source.name)}{error}", escape(source.kind), *map(number, counts))


def latency(report: CrawlReport) -> str:
    """Return a histogram for each host, the slowest first."""
    cards = "".join(f"<li>{_latency(at, host)}</li>" for at, host in enumerate(report.latency[:_CARDS]))
    bins = [name for name, _ in report.latency[0].histogram]
    rows = [
        (escape(host.host), number(host.answers), seconds(host.median_s), seconds(host.p95_s),
         *(number(count) for _, count in host.histogram))
        for host in report.latency[:_ROWS]
    ]  # fmt: skip
    heads = ("Host", "Answers", "Median", "95 % within", *bins)
    hidden = len(report.latency) - _CARDS
    more = f'<p class="note">{plural(hidden, "more host")} in the table only.</p>' if hidden > 0 else ""
    table = charts.table("Seconds to the first byte, by host", heads, rows)
    return f'<ul class="cards">{cards}</ul>{more}{charts.behind("The figures", table)}'


def _latency(at: int, host: LatencyShown) -> str:
    title = f"Seconds to the first byte of {host.host}"
    chart = charts.columns(f"latency-{at}", title, host.histogram, ("Seconds", "Answers"), small=True)
    return (
        f"<h3>{escape(host.host)}</h3><p>median {seconds(host.median_s)}, 95 % within {seconds(host.p95_s)}</p>"
        f"<p>{plural(host.answers, 'answer')}</p>{chart}"
    )
