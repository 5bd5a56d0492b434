"""A crawl's runs as one HTML page."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from string import Template
from typing import NamedTuple

from scraper.report import host_sections as of_hosts
from scraper.report import record_sections as of_records
from scraper.report import run_sections as of_runs
from scraper.report.amounts import plural
from scraper.report.parts import part
from scraper.report.run_values import CrawlReport, RecordsShown


class _Section(NamedTuple):
    key: str
    heading: str
    note: str
    body: str
    kind: str = ""


def render_crawl_report(report: CrawlReport) -> str:
    """Return the HTML of the report; the same for the same values.

    It loads nothing, runs nothing, and shows what the crawl met as text alone: its policy forbids everything but its
    own styles.
    """
    sections = (*_of_runs(report), *_of_records(report.records))
    return Template(part("run.html")).substitute(
        style=part("tones.css") + part("run.css"),
        title=escape(report.title),
        about=_about(report),
        nav="".join(f'<li><a href="#{section.key}">{section.heading}</a></li>' for section in sections),
        sections="".join(_written(section) for section in sections),
        notes="".join(f"<p>{escape(note)}</p>" for note in report.notes),
    )


def _about(report: CrawlReport) -> str:
    parts = []
    if report.runs:
        first, last = report.runs[0].name, report.runs[-1].name
        parts.append(
            escape(f"{plural(len(report.runs), 'run')}, {first}" + (f" to {last}" if first != last else "") + " UTC")
        )
    if report.records is not None:
        parts.append(f"{plural(report.records.records, 'record')} in {plural(report.records.files, 'file')}")
    return " · ".join(parts) or "Nothing to show."


def _written(section: _Section) -> str:
    note = f'<p class="note">{section.note}</p>' if section.note else ""
    return (
        f'<section id="{section.key}" class="{section.kind}" aria-labelledby="{section.key}-h">'
        f'<h2 id="{section.key}-h">{section.heading}</h2>{note}{section.body}</section>'
    )


def _of_runs(report: CrawlReport) -> Iterator[_Section]:
    if report.runs:
        yield _Section("last", "The last run", "", of_runs.last_run(report), "wide")
    if report.alarms:
        yield _Section("alarms", "Alarms", "", of_runs.alarms(report), "wide alarms")
    if len(report.runs) > 1:
        yield _Section("since", "Since the run before", "", of_runs.since(report))
        yield _Section("runs", "Run by run", "", of_runs.run_by_run(report))
    if report.hosts:
        note = "Articles among the pages that were read and judged, 0 to 100 %; fetches that failed do not count."
        yield _Section("hosts", "Yield by host", note, of_hosts.hosts(report), "wide")
    if report.causes:
        yield _Section("causes", "Why addresses gave no article", "", of_runs.causes(report), "wide")
    if report.politeness is not None:
        yield _Section("politeness", "Politeness", "", of_runs.politeness(report), "wide")
    if report.latency:
        note = "Seconds from the request to the head of the answer; the slowest host first."
        yield _Section("latency", "How fast hosts answer", note, of_hosts.latency(report), "wide")
    if report.sources:
        yield _Section("sources", "Sources", "", of_hosts.sources(report), "wide")


def _of_records(records: RecordsShown | None) -> Iterator[_Section]:
    if records is None:
        return
    if not records.records:
        yield _Section("records", "Records", "", '<p class="soft">The files hold no record.</p>', "wide")
        return
    yield _Section("coverage", "What the records have", "", of_records.coverage(records))
    yield _Section("origins", "Where they come from", "", of_records.origins(records))
    yield _Section("published", "Articles by date of publication", "", of_records.published(records))
    yield _Section("lengths", "Words of text", "", of_records.lengths(records))
    yield _Section("sizes", "Size of the pages", "Inflated.", of_records.sizes(records))
    note = "How good the text is expected to be (F1), 0 to 1."
    yield _Section("confidence", "Confidence", note, of_records.confidence(records))
    yield _Section("warnings", "Warnings", "", of_records.warned(records), "wide")
    note = "Taken by lot, and the same ones each time."
    heading = f"{plural(len(records.stories), 'article')} to read"
    yield _Section("stories", heading, note, of_records.stories(records), "wide")
