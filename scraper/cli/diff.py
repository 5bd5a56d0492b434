"""scraper diff"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import click
import msgspec

from scraper.cli.skipping import exit_after, lines_of, skip_option
from scraper.errors import UsageError
from scraper.records.diff import Diff, Sample, diff_records
from scraper.records.files import find_record_files
from scraper.records.paths import parse_field

_SHOWN_CHARS: Final = 120
_CONTEXT: Final = 1


@click.command("diff", short_help="Compare two sets of records: what is new, gone or changed, by field.")
@click.argument("before", metavar="A", type=click.Path(path_type=Path))
@click.argument("after", metavar="B", type=click.Path(path_type=Path))
@click.option("--field", "fields", multiple=True, metavar="FIELD", help="Only this field, shown as a unified diff.")
@click.option("--samples", type=click.IntRange(min=0), default=3, show_default=True, help="Differences shown a field.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@skip_option
def command(before: Path, after: Path, *, fields: tuple[str, ...], samples: int, form: str, skip_invalid: bool) -> int:
    """Compare the records of A and B, files or folders, article by article, by the latest revision in each.

    An article has changed if a field differs that is not about its making (revision, previous_hash, changed_fields,
    html_hash, fetch, extractor); those are counted, too.

    \b
    Examples:
      scraper diff out-before out-after
      scraper diff old.jsonl.gz new.jsonl --field text --samples 10
      scraper diff out-before out-after --format json | jq .fields
    """
    for name in fields:
        if len(parse_field(name)) > 1:
            raise UsageError(f"--field {name}: fields are compared as a whole; name {name.split('.')[0]}.")
    lines, old, new = lines_of(skip_invalid=skip_invalid), find_record_files([before]), find_record_files([after])
    diff = diff_records(old, new, fields=fields, samples=samples, lines=lines)
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(diff), indent=2).decode())
    else:
        for line in _lines(diff, fields):
            click.echo(_printable(line))
    return exit_after(lines)


def _lines(diff: Diff, fields: tuple[str, ...]) -> Iterator[str]:
    yield f"{diff.before:,} articles, then {diff.after:,}"
    yield f"added {len(diff.added):,}, removed {len(diff.removed):,}, changed {diff.changed:,}, the same {diff.same:,}"
    wanted = {name: count for name, count in diff.fields.items() if not fields or name in fields}
    if wanted:
        yield from ("", f"{'field':<20}{'differs in':>12}")
    for name, count in wanted.items():
        yield f"{name:<20}{count:>12,}"
    for name, samples in diff.samples.items():
        for sample in samples:
            yield from ("", f"{name} of {sample.id} {sample.url}")
            yield from _unified(sample) if fields else _short(sample)


def _short(sample: Sample) -> Iterator[str]:
    """Yield both values from where they part, on a line each."""
    before, after = (_text(value).replace("\n", " ") for value in (sample.before, sample.after))
    same = next((at for at, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), 0)
    start = max(0, same - _SHOWN_CHARS // 4)
    for mark, text in (("-", before), ("+", after)):
        shown = text[start : start + _SHOWN_CHARS]
        yield f"{mark} {'...' if start else ''}{shown}{'...' if start + _SHOWN_CHARS < len(text) else ''}"


def _unified(sample: Sample) -> Iterator[str]:
    before, after = (_text(value).split("\n") for value in (sample.before, sample.after))
    yield from difflib.unified_diff(before, after, "A", "B", lineterm="", n=_CONTEXT)


def _printable(line: str) -> str:
    """Return the line without control characters, whatever its length: a text shall not write to the terminal."""
    return "".join(char if char.isprintable() else " " for char in line)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
