"""What a report shows of files of rejections: how many for each reason, and an address of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import msgspec

from scraper.model import Value
from scraper.records.files import read_lines
from scraper.records.reading import not_a_record


class Refusal(Value, frozen=True, kw_only=True):
    """One reason; the example is the first line that has it."""

    reason: str
    stage: str
    count: int
    url: str
    detail: str


class _Line(msgspec.Struct, frozen=True, gc=False):
    reason: str
    url: str = ""
    stage: str = ""
    detail: str | None = None
    status: int | None = None


def count_refusals(files: Iterable[Path]) -> tuple[Refusal, ...]:
    """Return the reasons, the most frequent first. Raises UsageError and RecordsError."""
    decode = msgspec.json.Decoder(_Line).decode
    counts, first = Counter[str](), dict[str, _Line]()
    for file in files:
        for number, text in enumerate(read_lines(file), 1):
            try:
                line = decode(text)
            except (ValueError, RecursionError) as error:
                raise not_a_record(file, number, error) from error
            counts[line.reason] += 1
            first.setdefault(line.reason, line)
    return tuple(
        Refusal(
            reason=reason, stage=first[reason].stage, count=count, url=first[reason].url, detail=_detail(first[reason])
        )
        for reason, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )


def _detail(line: _Line) -> str:
    status = str(line.status) if line.status is not None and line.reason == "http_status" else ""
    return line.detail or status
