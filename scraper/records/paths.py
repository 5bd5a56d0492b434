"""Fields of a record by their names, dotted where they lie inside another: `title`, `fetch.status`, `authors.name`."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Final, TypeAlias

import msgspec
from msgspec import inspect

from scraper.errors import UsageError
from scraper.model import Article

FieldPath: TypeAlias = tuple[str, ...]
Fields: TypeAlias = Mapping[str, msgspec.Raw]
"""A record with its values still in JSON: what is not asked for is not read."""
_EMPTY: Final = frozenset({b"null", b"[]", b'""', b"{}"})


def parse_field(name: str) -> FieldPath:
    """Return the way to a field of a record. Raises UsageError, with names that are meant perhaps, if there is none."""
    if name not in _names():
        near = difflib.get_close_matches(name, _names(), n=3) or list(Article.__struct_fields__)
        raise UsageError(f"{name!r} is no field of a record; there is {', '.join(near)}.")
    return tuple(name.split("."))


def value_at(fields: Fields, path: FieldPath) -> Any:
    """Return the value of a field, None where the record has none; through a list the list of its items' values."""
    raw = fields.get(path[0])
    value = None if raw is None else msgspec.json.decode(raw)
    return _inside(value, path[1:]) if len(path) > 1 else value


def is_filled(raw: msgspec.Raw | None) -> bool:
    """Return whether a value says anything: no null, no empty text or list."""
    return raw is not None and bytes(raw) not in _EMPTY


def has_value(fields: Fields, path: FieldPath) -> bool:
    """Return whether a record has something at a path; through a list, whether one of its items has."""
    if len(path) == 1:
        return is_filled(fields.get(path[0]))
    value = value_at(fields, path)
    return any(value) if isinstance(value, list) else value is not None and value != ""


def _inside(value: Any, steps: Iterable[str]) -> Any:
    for step in steps:
        if isinstance(value, list):
            value = [item.get(step) if isinstance(item, dict) else None for item in value]
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


@cache
def _names() -> tuple[str, ...]:
    """Return the name of every field, those inside others behind them."""
    return tuple(_names_of(inspect.type_info(Article), ""))


def _names_of(kind: inspect.Type, before: str) -> Iterable[str]:
    match kind:
        case inspect.Metadata(type=inner):
            yield from _names_of(inner, before)
        case inspect.VarTupleType(item_type=inner):
            yield from _names_of(inner, before)
        case inspect.UnionType(types=types):
            for each in types:
                yield from _names_of(each, before)
        case inspect.StructType(fields=fields):
            for field in fields:
                yield before + field.encode_name
                yield from _names_of(field.type, f"{before}{field.encode_name}.")
