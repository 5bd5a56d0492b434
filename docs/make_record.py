"""Write docs/record.md from scraper/model.py, the one place that says what the fields mean.

python docs/make_record.py
"""

from __future__ import annotations

from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from msgspec import Meta

from scraper import model

_HEAD = """# The record, version {version}

`articles.jsonl` holds one JSON object a line, UTF-8, each one article. Every key is always there (null or `[]` when
nothing is known), in the order below. Text is NFC, addresses are absolute, instants are UTC (RFC 3339). What the page
does not say is null: nothing is guessed without a mark (`language_source`, `origin`, `warnings`, `confidence`).

Additive changes raise the minor version of `schema_version`, all others the major. The same bytes, address and time
of fetching give the same line. `scraper schema` prints the JSON Schema; in Python the record is `scraper.Article`.
With `profile = "lean"` the keys `blocks`, `markdown`, `origin` and `removed` are left out.

This page is made from `scraper/model.py` by `python docs/make_record.py`.
"""
_STRUCTS = (
    model.Author, model.Crumb, model.ContentBlock, model.Link, model.Image, model.Embed, model.Related,
    model.Removed, model.Pages, model.Warned, model.Origin, model.Rights, model.Fetch, model.ExtractorInfo,
)  # fmt: skip


def render() -> str:
    """Return the whole page."""
    parts = [_HEAD.format(version=model.SCHEMA_VERSION), "## Article\n", _table(model.Article)]
    for struct in _STRUCTS:
        parts += [f"## {struct.__name__}\n", _table(struct)]
    parts += ["# rejected.jsonl\n", "A page that gives no article is one line here, never half a record.\n"]
    parts += [_table(model.Rejected)]
    return "\n".join(parts)


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
