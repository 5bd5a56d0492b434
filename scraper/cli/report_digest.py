"""What the rooms counted, as the plain values that the report's page is made of."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote

from scraper.cli.report_inputs import Found, Run
from scraper.crawl.exits import Exit
from scraper.crawl.reasons import BUG_REASONS, DUPLICATE, JUDGE_REASONS
from scraper.crawl.tally import HostFigures, Summary
from scraper.errors import FETCH_REASONS
from scraper.fetchers.timing import LATENCY_STEPS_S, HostTiming
from scraper.quality import DOCUMENT_REASONS, REASONS, RESERVED_REASONS
from scraper.records.refusals import Refusal
from scraper.records.survey import BYTE_STEPS, CONFIDENCE_STEPS, WORD_STEPS, Survey
from scraper.report import (
    AlarmShown,
    CauseShown,
    HostShown,
    LatencyShown,
    RecordsShown,
    RunShown,
    SourceShown,
    StoryShown,
)
from scraper.report.amounts import bin_names, seconds, size
from scraper.report.run_values import Count, Mood
from scraper.sinks.output import run_name, sample_path

MEANINGS: Final = {
    **FETCH_REASONS, **DOCUMENT_REASONS, **REASONS, **RESERVED_REASONS, **JUDGE_REASONS, **BUG_REASONS,
}  # fmt: skip
_NOT_READ: Final = frozenset({*FETCH_REASONS, DUPLICATE})
"""Reasons for which no page was judged: they say nothing of what a site gives."""
_FIELDS: Final = (
    "title", "subtitle", "lead", "authors", "published_date", "published_at", "modified_date", "section", "breadcrumbs",
    "tags", "language", "images", "related", "embeds", "canonical_url", "site_name", "reading_time_min",
)  # fmt: skip


def run_shown(run: Run) -> RunShown:
    """Return a run as the report shows it."""
    summary = run.summary
    return RunShown(
        name=summary.started.strftime("%Y-%m-%d %H:%M"),
        version=summary.version,
        targets=summary.targets,
        articles=summary.articles,
        rejected=summary.rejected,
        unchanged=summary.unchanged,
        pending=summary.pending,
        revisions=summary.revisions,
        pages=summary.pages,
        bytes=summary.bytes,
        seconds=summary.seconds,
        pages_per_s=summary.pages_per_s,
        ended=_meaning(summary.exit),
        code=summary.exit,
        mood=_mood(summary.exit),
        stopped_by=summary.stopped_by,
        reasons=summary.rejected_by_reason,
        hosts=tuple(sorted(summary.hosts)),
        failed_hosts=tuple(sorted(host for host, figures in summary.hosts.items() if figures.failed)),
        alarms=len(summary.alarms),
        errors=tuple(sorted(source.name for source in summary.sources if source.error)),
    )


def _meaning(code: int) -> str:
    return next((each.meaning for each in Exit if each == code), "ended with a code that this version does not know")


def _mood(code: int) -> Mood:
    if code in {Exit.DONE, Exit.NOTHING_NEW}:
        return "good"
    return "calm" if code == Exit.INTERRUPTED else "bad"


def alarms_shown(run: Run, beside: Path | None) -> tuple[AlarmShown, ...]:
    """Return the alarms of a run; the way to a sample page is one from the folder `beside`, if that is known."""
    return tuple(
        AlarmShown(
            host=alarm.host,
            what=alarm.what,
            before=alarm.before,
            now=alarm.now,
            sample=_sample(run, alarm.host, beside),
        )
        for alarm in run.summary.alarms
    )


def _sample(run: Run, host: str, beside: Path | None) -> str | None:
    path = sample_path(run.folder, host, run_name(run.summary.started))
    if not path.exists():
        return None
    return path.resolve().as_uri() if beside is None else quote(Path(os.path.relpath(path, beside)).as_posix())


def hosts_shown(runs: Sequence[Summary]) -> tuple[HostShown, ...]:
    """Return every host: those with alarms in the last run first, then those that failed, then by articles."""
    last = runs[-1]
    alarming = {alarm.host for alarm in last.alarms}
    shown = [_host(host, runs, is_alarming=host in alarming) for host in {host for run in runs for host in run.hosts}]
    return tuple(
        sorted(
            shown,
            key=lambda host: (
                not host.is_alarming,
                not host.has_failed,
                -sum(n or 0 for n in host.articles),
                host.host,
            ),
        )
    )


def _host(host: str, runs: Sequence[Summary], *, is_alarming: bool) -> HostShown:
    figures = [run.hosts.get(host) for run in runs]
    return HostShown(
        host=host,
        yields=tuple(_yield(each) if each else None for each in figures),
        articles=tuple(each.articles if each else None for each in figures),
        is_alarming=is_alarming,
        has_failed=bool(figures[-1] and figures[-1].failed),
        left=figures[-1].left if figures[-1] else None,
    )


def _yield(figures: HostFigures) -> float | None:
    judged = sum(count for reason, count in figures.rejected.items() if reason not in _NOT_READ)
    return figures.articles / (figures.articles + judged) if figures.articles + judged else None


def causes_shown(runs: Sequence[Summary], refusals: Sequence[Refusal]) -> tuple[CauseShown, ...]:
    """Return the reasons, the most frequent first: counted by the runs where there are any, else by the lines."""
    lines = {refusal.reason: refusal for refusal in refusals}
    counts = Counter({reason: refusal.count for reason, refusal in lines.items()})
    if runs:
        counts = Counter()
        for run in runs:
            counts.update(run.rejected_by_reason)
    return tuple(
        CauseShown(
            reason=reason,
            meaning=MEANINGS.get(reason, ""),
            count=count,
            last=runs[-1].rejected_by_reason.get(reason, 0) if len(runs) > 1 else None,
            url=lines[reason].url if reason in lines else "",
            detail=lines[reason].detail if reason in lines else "",
        )
        for reason, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )


def sources_shown(summary: Summary) -> tuple[SourceShown, ...]:
    """Return the sources of a run, those with errors first."""
    shown = [
        SourceShown(
            kind=each.kind,
            name=each.name,
            named=each.named,
            new=each.new,
            bad=each.bad,
            unchanged=each.unchanged,
            error=each.error,
        )
        for each in summary.sources
    ]
    return tuple(sorted(shown, key=lambda each: (each.error is None, each.kind, each.name)))


def latency_shown(timings: Sequence[HostTiming]) -> tuple[LatencyShown, ...]:
    """Return the hosts with the names of their bins."""
    names = bin_names([seconds(step) if step < 1 else f"{step:g} s" for step in LATENCY_STEPS_S])
    return tuple(
        LatencyShown(
            host=each.host, answers=each.answers, median_s=each.median_s, p95_s=each.p95_s,
            histogram=_named(names, each.histogram),
        )
        for each in timings
    )  # fmt: skip


def records_shown(survey: Survey) -> RecordsShown:
    """Return what the records hold, its bins named."""
    return RecordsShown(
        files=survey.files,
        records=survey.records,
        fields=tuple((name, survey.filled.get(name, 0)) for name in _FIELDS),
        sites=_counts(survey.sites),
        languages=_counts(survey.languages),
        methods=_counts(survey.methods),
        access=_counts(survey.access),
        warnings=_counts(survey.warnings),
        words=_named(bin_names([f"{step:,}" for step in WORD_STEPS]), survey.words),
        bytes=_named(bin_names([size(step).replace(".0 ", " ") for step in BYTE_STEPS]), survey.bytes),
        confidence=_named(bin_names([f"{step:g}" for step in CONFIDENCE_STEPS]), survey.confidence),
        published=_counts(survey.published),
        undated=survey.undated,
        stories=tuple(
            StoryShown(title=each.title, site=each.site, day=each.day, url=each.url, text=each.text)
            for each in survey.samples
        ),
    )


def notes_on(found: Found) -> Iterator[str]:
    """Yield what has to be known to read the page."""
    yield from found.notes
    for name, files in (("records", found.articles), ("rejections", found.rejected), ("requests", found.requests)):
        if files:
            more = f" to {files[-1].name}" if len(files) > 1 else ""
            yield f"Files of {name}: {len(files):,}, {files[0].name}{more}."


def _counts(counts: Mapping[str, int]) -> tuple[Count, ...]:
    return tuple(counts.items())


def _named(names: Sequence[str], counts: Sequence[int]) -> tuple[Count, ...]:
    return tuple(zip(names, counts, strict=True))
