"""The parts of the report that tell of the records: what they have, how long they are, and ten of them to read."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from scraper.report import charts
from scraper.report.amounts import number, plural
from scraper.report.run_values import Count, RecordsShown, StoryShown

_SHOWN: Final = 15


def coverage(records: RecordsShown) -> str:
    """Return a bar for each field: the records in which it says something."""
    return _bars("Records in which a field says something", "Field", records.fields, records.records)


def origins(records: RecordsShown) -> str:
    """Return sites, languages, how the bodies were found, and access."""
    parts = (
        ("Sites", records.sites), ("Languages", records.languages), ("How the body was found", records.methods),
        ("Access", records.access),
    )  # fmt: skip
    return "".join(f"<h3>{name}</h3>{_ranked(name, counts, records.records)}" for name, counts in parts if counts)


def warned(records: RecordsShown) -> str:
    """Return a bar for each code."""
    if not records.warnings:
        return '<p class="soft">No record has a warning.</p>'
    return _bars("Records that have a warning", "Warning", records.warnings, records.records, tone="warm")


def lengths(records: RecordsShown) -> str:
    """Return the histogram of the texts' words."""
    return charts.columns("words", "Records by words of text", records.words, ("Words", "Records"))


def sizes(records: RecordsShown) -> str:
    """Return the histogram of the pages' bytes."""
    return charts.columns("bytes", "Pages by size", records.bytes, ("Size", "Pages"))


def confidence(records: RecordsShown) -> str:
    """Return the histogram of the expected quality."""
    return charts.columns("confidence", "Records by confidence", records.confidence, ("Confidence", "Records"))


def published(records: RecordsShown) -> str:
    """Return the records by date of publication."""
    undated = f'<p class="note">{plural(records.undated, "record")} without a date.</p>' if records.undated else ""
    if not records.published:
        return undated
    return (
        charts.columns("published", "Records by date of publication", records.published, ("Date", "Records")) + undated
    )


def stories(records: RecordsShown) -> str:
    """Return the sample."""
    return f'<div class="stories">{"".join(_story(story) for story in records.stories)}</div>'


def _story(story: StoryShown) -> str:
    title = escape(story.title or "(no title)")
    if story.url.startswith(("http://", "https://")):
        title = f'<a href="{escape(story.url)}" rel="noopener noreferrer">{title}</a>'
    about = " · ".join(escape(each) for each in (story.site, story.day) if each)
    text = f'<p dir="auto">{escape(story.text)}</p>' if story.text else '<p class="soft">No text.</p>'
    return f'<article><h3 dir="auto">{title}</h3><p class="soft">{about}</p>{text}</article>'


def _ranked(name: str, counts: Sequence[Count], whole: int) -> str:
    """Return the greatest as bars, and all of them behind `details` where there are more."""
    drawn = _bars(f"Records by {name.lower()}", name, counts[:_SHOWN], whole)
    if len(counts) <= _SHOWN:
        return drawn
    rows = [(escape(each), number(count)) for each, count in counts]
    return drawn + charts.behind(f"All {len(counts):,}", charts.table(f"All {name.lower()}", (name, "Records"), rows))


def _bars(caption: str, head: str, counts: Sequence[Count], whole: int, *, tone: str = "") -> str:
    rows = [(escape(name), count) for name, count in counts]
    return charts.bars(caption, (head, "Records"), rows, whole=whole, tone=tone)
