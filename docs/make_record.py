"""Write docs/record.md from scraper/model, the one place that says what the fields mean, and the lists of reasons.

python docs/make_record.py
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from msgspec import Meta

from scraper import model
from scraper.crawl.reasons import BUG_REASONS, JUDGE_REASONS
from scraper.errors import FETCH_REASONS
from scraper.quality import DOCUMENT_REASONS, REASONS, RESERVED_REASONS

_HEAD = """# The record, version {version}

`articles-*.jsonl` hold one JSON object a line, UTF-8, each one article. Every key is always there (null or `[]` when
nothing is known), in the order below. Text is NFC, addresses are absolute, instants are UTC (RFC 3339). What the page
does not say is null: nothing is guessed without a mark (`language_source`, `origin`, `warnings`, `confidence`).

Additive changes raise the minor version of `schema_version`, all others the major. The same bytes, address and time
of fetching give the same line. `scraper schema` prints the JSON Schema; in Python the record is `scraper.Article`.
With `profile = "lean"` the keys `blocks`, `markdown`, `origin` and `removed` are left out.

This page is made from the code's own words by `python docs/make_record.py`.
"""
_READING = """## Reading the files

`scraper validate`, `stats`, `cat`, `diff` and `export` read folders of records, packed ones (.gz, .zst) as well. How to
load them with pandas, Polars, DuckDB, Spark and Hugging Face datasets is in [downstream.md](downstream.md).

What a reader may count on, and `scraper validate --deep` checks: each line is JSON in UTF-8 with every key of its
profile in the order below, and no other; lists of names are closed; instants are UTC; text is NFC; addresses are
absolute; `word_count`, `char_count` and `content_hash` follow from `title` and `text`, `text` from `blocks`; an `id`
has each `revision` once, in ascending order. A file of a newer minor version may have keys and names that are new:
pass them over.
"""
_WARNINGS_HEAD = "What each `code` of `warnings` says; `detail` has the figures or values behind it.\n"
_REASONS_HEAD = "The closed list of `stage` and `reason`; `detail` has the figures or the rule behind it.\n"
_STRUCTS = (
    model.Author, model.Crumb, model.ContentBlock, model.Link, model.Image, model.Embed, model.Related,
    model.Removed, model.Pages, model.Warned, model.Origin, model.Rights, model.Fetch, model.ExtractorInfo,
)  # fmt: skip


def render() -> str:
    """Return the whole page."""
    parts = [_HEAD.format(version=model.SCHEMA_VERSION), _READING, "## Article\n", _table(model.Article)]
    for struct in _STRUCTS:
        parts += [f"## {struct.__name__}\n", *_about(struct), _table(struct)]
    parts += ["## Warnings\n", _WARNINGS_HEAD, _listed("code", model.WARNINGS.items())]
    parts += [
        "# Rejections: `rejected-*.jsonl`\n",
        "A page that gives no article is one line here, never half a record.\n",
    ]
    parts += [_table(model.Rejected)]
    parts += ["## Reasons\n", _REASONS_HEAD, _reasons()]
    return "\n".join(parts)


def _about(struct: type) -> list[str]:
    about = inspect.cleandoc(vars(struct).get("__doc__") or "")
    return [f"{about}\n"] if about else []


def _listed(name: str, rows: Iterable[tuple[str, str]]) -> str:
    return "\n".join([f"| {name} | meaning |", "|---|---|", *(f"| `{word}` | {said} |" for word, said in rows), ""])


def _reasons() -> str:
    groups = [("fetch", FETCH_REASONS), ("document", DOCUMENT_REASONS), ("judge", REASONS), ("judge", RESERVED_REASONS)]
    groups += [("judge", JUDGE_REASONS)]
    rows = [
        f"| {stage} | `{reason}` | {meaning} |"
        for stage, reasons in [*groups, ("bug", BUG_REASONS)]
        for reason, meaning in reasons.items()
    ]
    return "\n".join(["| stage | reason | meaning |", "|---|---|---|", *rows, ""])


def _table(struct: type) -> str:
    hints = get_type_hints(struct, include_extras=True)
    rows = [f"| `{name}` | {_type(hints[name])} | {_meaning(hints[name])} |" for name in struct.__struct_fields__]  # type: ignore[attr-defined]
    return "\n".join(["| field | type | meaning |", "|---|---|---|", *rows, ""])


def _meaning(hint: Any) -> str:
    metas = [m for m in get_args(hint) if isinstance(m, Meta)] if get_origin(hint) is Annotated else []
    return next((m.description for m in metas if m.description), "")


def _type(hint: Any) -> str:
    origin, inner = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _type(inner[0])
    if origin is Literal:
        return " or ".join(str(value) for value in inner)
    if origin is tuple:
        return f"[{_type(inner[0])}]"
    if origin in {Union, UnionType}:
        return " or ".join(_type(part) for part in inner)
    return {"str": "string", "NoneType": "null", "bool": "boolean"}.get(hint.__name__, hint.__name__)


if __name__ == "__main__":
    Path(__file__).with_name("record.md").write_text(render(), encoding="utf-8")
