"""The parts of the report that tell of the runs: how they went, what they met, how they behaved."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import escape
from typing import Final

from scraper.report import charts
from scraper.report.amounts import number, percent, plural, seconds, size
from scraper.report.changes import tell_changes
from scraper.report.run_values import (
    AlarmShown,
    CauseShown,
    CrawlReport,
    PolitenessShown,
)

_CODE: Final = re.compile(r"`([^`]+)`")
_WAITS: Final = {
    "delay": "the configured pause", "crawl_delay": "as robots.txt asks", "latency": "slow hosts get longer pauses",
    "parked": "the host asked for peace", "window": "outside its hours", "places": "requests open already",
}  # fmt: skip


def last_run(report: CrawlReport) -> str:
    """Return how the last run went."""
    run = report.runs[-1]
    parts = [("targets", run.targets, ""), ("articles", run.articles, "="), ("rejected", run.rejected, "+"),
             ("unchanged", run.unchanged, "+"), ("left for later", run.pending, "+")]  # fmt: skip
    summed = "".join(
        f"<div><dt>{name}</dt><dd{f' class=sign data-sign={sign}' if sign else ''}>{number(count)}</dd></div>"
        for name, count, sign in parts
    )
    facts = {
        "Began": f"{escape(run.name)} UTC", "Took": seconds(run.seconds), "Pages": number(run.pages),
        "Speed": f"{run.pages_per_s:,.1f} pages/s", "Bytes": size(run.bytes),
        "Changed articles": f"{number(run.revisions)} of {number(run.articles)}",
        "Hosts": number(len(run.hosts)), "Stopped by": escape(run.stopped_by or "nothing; it came to its end"),
    }  # fmt: skip
    listed = "".join(
        f"<div{' class=far' if name == 'Stopped by' else ''}><dt>{name}</dt><dd>{value}</dd></div>"
        for name, value in facts.items()
    )
    ended = escape(run.ended[:1].upper() + run.ended[1:])
    mark = {"good": "✓", "calm": "–", "bad": "!"}[run.mood]
    return (
        f'<p class="ended {run.mood}"><span aria-hidden="true">{mark}</span> {ended} '
        f'(exit code {run.code})</p><dl class="sum">{summed}</dl><dl class="facts">{listed}</dl>'
    )


def since(report: CrawlReport) -> str:
    """Return the last run beside the one before."""
    before, last = report.runs[-2:]
    rows = [
        _compared(name, getattr(before, field), getattr(last, field), form)
        for name, field, form in (
            ("Targets", "targets", number), ("Articles", "articles", number), ("of them changed", "revisions", number),
            ("Rejected", "rejected", number), ("Unchanged", "unchanged", number), ("Left for later", "pending", number),
            ("Pages", "pages", number), ("Bytes", "bytes", size), ("Time", "seconds", seconds),
            ("Pages per second", "pages_per_s", number), ("Alarms", "alarms", number),
        )
    ]  # fmt: skip
    news = "".join(f"<li>{escape(sentence)}</li>" for sentence in tell_changes(before, last))
    told = f'<ul class="news">{news}</ul>' if news else '<p class="soft">The same hosts, sources and reasons.</p>'
    return charts.table("The last run and the run before", ("Figure", "Before", "Last", "Change"), rows) + told


def _compared(name: str, before: float, last: float, write: Callable[[float], str]) -> tuple[str, str, str, str]:
    change = last - before
    said = "=" if not change else f"{'+' if change > 0 else '−'}{write(abs(change))}"
    return name, write(before), write(last), said


def alarms(report: CrawlReport) -> str:
    """Return what a person has to look at."""
    rows = "".join(f"<li>{_alarm(alarm)}</li>" for alarm in report.alarms)
    note = (
        '<p class="note">A sample is the page as it came, scripts and all; '
        "<code>scraper inspect FILE --open</code> shows it harmlessly, beside what is read off it.</p>"
        if any(alarm.sample for alarm in report.alarms)
        else ""
    )
    return f"<ul>{rows}</ul>{note}"


def _alarm(alarm: AlarmShown) -> str:
    is_file = alarm.sample and (alarm.sample.startswith("file:///") or ":" not in alarm.sample)
    sample = f'; <a href="{escape(alarm.sample or "")}">a page of it</a>' if is_file else ""
    what = "articles among the pages read" if alarm.what == "yield" else alarm.what
    return (
        f"<b>{escape(alarm.host)}</b>: {escape(what)} {_figure(alarm, alarm.now)}, "
        f"normal is {_figure(alarm, alarm.before)}{sample}"
    )


def _figure(alarm: AlarmShown, value: float) -> str:
    return f"{number(round(value))} characters" if alarm.what == "text_chars" else percent(value, 1)


def run_by_run(report: CrawlReport) -> str:
    """Return a column for each run."""
    rows = [(run.name, (run.articles, run.rejected, run.unchanged, run.pending)) for run in report.runs]
    more = f'<p class="note">{plural(report.earlier, "run")} before these: not shown.</p>' if report.earlier else ""
    return more + charts.stacked(
        "runs-chart", "Targets of each run, by what came of them",
        ("Articles", "Rejected", "Unchanged", "Left for later"), rows,
    )  # fmt: skip


def causes(report: CrawlReport) -> str:
    """Return a bar for each reason, what it means, and an address that met it."""
    whole = sum(cause.count for cause in report.causes)
    return f'<ul class="cards">{"".join(f"<li>{_cause(cause, whole)}</li>" for cause in report.causes)}</ul>'


def _cause(cause: CauseShown, whole: int) -> str:
    last = "" if cause.last is None else f"; {number(cause.last)} in the last run"
    detail = f" ({escape(cause.detail[:120])})" if cause.detail else ""
    example = f'<p class="such">such as {_short(cause.url)}{detail}</p>' if cause.url else ""
    meaning = _CODE.sub(r"<code>\1</code>", escape(cause.meaning))
    return (
        f"<h3>{escape(cause.reason)}</h3><p><b>{number(cause.count)}</b> of {number(whole)}, "
        f"{percent(cause.count, whole)}{last}</p>{charts.bar(cause.count, whole, 'warm')}<p>{meaning}</p>{example}"
    )


def _short(url: str) -> str:
    return escape(url if len(url) <= 120 else url[:119] + "…")


def politeness(report: CrawlReport) -> str:
    """Return the audit's verdict, what was waited for, and what was asked."""
    assert report.politeness is not None
    polite = report.politeness
    waited = [(f"{escape(reason)}<small>{_WAITS.get(reason, '')}</small>", value) for reason, value in polite.waited_s]
    total = sum(value for _, value in waited)
    asked = [(escape(name), count) for name, count in polite.kinds]
    ended = [(escape(name), count) for name, count in polite.outcomes]
    parts = {
        "Waited, by reason": charts.bars("Time waited", ("Reason", "Time"), waited, whole=total, write=seconds)
        if waited
        else '<p class="soft">No request had to wait.</p>',
        "What was asked for": charts.bars("Requests by kind", ("Kind", "Requests"), asked, whole=polite.requests),
        "How requests ended": charts.bars("Requests by outcome", ("Outcome", "Requests"), ended, whole=polite.requests),
    }
    columns = "".join(f"<div><h3>{name}</h3>{body}</div>" for name, body in parts.items())
    return f'{"".join(_verdict(polite))}<div class="trio">{columns}</div>'


def _verdict(polite: PolitenessShown) -> Iterator[str]:
    about = f"{plural(polite.requests, 'request')} to {plural(polite.hosts, 'host')} in {plural(polite.runs, 'run')}"
    if not polite.violations:
        yield f'<p class="verdict good"><span aria-hidden="true">✓</span> Polite: {about}, no violation.</p>'
        return
    count = sum(each for _, _, each in polite.violations)
    yield f'<p class="verdict bad"><span aria-hidden="true">!</span> {plural(count, "violation")}: {about}.</p>'
    rows = [(f"<b>{escape(kind)}</b><small>{escape(meaning)}</small>", n) for kind, meaning, n in polite.violations]
    yield charts.bars("Violations by kind", ("Kind", "Requests"), rows, whole=count, tone="warm")
    lines = "".join(f"<li>{escape(example)}</li>" for example in polite.examples)
    yield charts.behind(f"The first {len(polite.examples)}", f'<ul class="news">{lines}</ul>')
