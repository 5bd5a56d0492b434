"""The shape of a record, out of the model, held against a value that JSON gave: every fault, and where it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from functools import cache
from math import isfinite
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import msgspec
from msgspec import inspect

from scraper.model import LEFT_OUT_OF_LEAN, SCHEMA_VERSION, Article

Fault: TypeAlias = tuple[str, str]
"""Where in the record, and what is wrong there."""
_Check: TypeAlias = Callable[[Any, str, bool], Iterator[Fault]]
_VERSION: Final = re.compile(r"(\d{1,4})\.(\d{1,4})")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_INSTANT: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)?")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")
_SHOWN: Final = 40


class Object(dict[str, Any]):
    """An object of JSON that remembers keys it was given twice."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.repeated = () if len(self) == len(pairs) else tuple(_repeated(key for key, _ in pairs))


def _repeated(keys: Iterator[str]) -> Iterator[str]:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            yield key
        seen.add(key)


def shape_faults(record: Any) -> Iterator[Fault]:
    """Yield where the value is no record of a schema that this version reads, and why.

    Keys and names of lists that we do not know are right in a record of a newer minor version, and keys that an older
    one did not have may be missing there. Objects are instances of Object, that repeated keys are seen.
    """
    if not isinstance(record, dict):
        yield "", f"is {_kind(record)}, no object"
        return
    version = record.get("schema_version")
    match = _VERSION.fullmatch(version) if isinstance(version, str) else None
    if match is None:
        yield (
            "schema_version",
            "is no version such as " + SCHEMA_VERSION if "schema_version" in record else "is missing",
        )
        return
    (major, minor), ours = (int(match[1]), int(match[2])), [int(part) for part in SCHEMA_VERSION.split(".")]
    if major != ours[0]:
        yield "schema_version", f"is {version}; this program reads {ours[0]}.x"
        return
    missing_ok = LEFT_OUT_OF_LEAN if LEFT_OUT_OF_LEAN.isdisjoint(record) else frozenset()
    if minor < ours[1]:
        missing_ok = frozenset(Article.__struct_fields__)
    yield from _struct_faults(_checks(Article), record, "", missing_ok, newer=minor > ours[1])


@cache
def _checks(struct: type) -> Mapping[str, _Check]:
    """Return the check of each field of a struct, in order."""
    info = inspect.type_info(struct)
    assert isinstance(info, inspect.StructType)
    return MappingProxyType({field.encode_name: _check_of(field.type) for field in info.fields})


def _struct_faults(
    checks: Mapping[str, _Check], value: Any, path: str, missing_ok: frozenset[str] = frozenset(), *, newer: bool
) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield path, f"is {_kind(value)}, no object"
        return
    inside = f"{path}." if path else ""
    for key in getattr(value, "repeated", ()):
        yield inside + _shown(key), "is there twice"
    for key, check in checks.items():
        if key in value:
            yield from check(value[key], inside + key, newer)
        elif key not in missing_ok:
            yield inside + key, "is missing"
    if not newer:
        yield from ((inside + _shown(key), "is no key of this schema") for key in value if key not in checks)
    known = [key for key in value if key in checks]
    wanted = [key for key in checks if key in value]
    if known != wanted:
        stray, before = next(pair for pair in zip(known, wanted, strict=True) if pair[0] != pair[1])
        yield inside + stray, f"stands where {before!r} belongs: keys have a fixed order"


def _check_of(kind: inspect.Type) -> _Check:
    """Return the check for a type of the model. Raises TypeError for one that no record has."""
    match kind:
        case inspect.Metadata(type=inner):
            return _check_of(inner)
        case inspect.StructType(cls=cls):
            return lambda value, path, newer: _struct_faults(_checks(cls), value, path, newer=newer)
        case inspect.VarTupleType(item_type=item):
            return _list_check(_check_of(item))
        case inspect.UnionType(types=types):
            (inner,) = (each for each in types if not isinstance(each, inspect.NoneType))
            check = _check_of(inner)
            return lambda value, path, newer: iter(()) if value is None else check(value, path, newer)
        case inspect.LiteralType(values=values):
            return _literal_check([str(each) for each in values])
        case inspect.IntType(ge=low):
            return _number_check((int,), "integer", low, None)
        case inspect.FloatType(ge=low, le=high):
            return _number_check((int, float), "number", low, high)
        case inspect.BoolType():
            return lambda value, path, _: _told(None if isinstance(value, bool) else f"is {_kind(value)}", path)
        case inspect.StrType():
            return lambda value, path, _: _told(_string_fault(value), path)
        case inspect.DateType():
            return lambda value, path, _: _told(_day_fault(value), path)
        case inspect.DateTimeType():
            return lambda value, path, _: _told(_instant_fault(value), path)
    raise TypeError(f"no check for {kind}")


def _told(reason: str | None, path: str) -> Iterator[Fault]:
    if reason is not None:
        yield path, reason


def _list_check(check: _Check) -> _Check:
    def faults(value: Any, path: str, newer: bool) -> Iterator[Fault]:
        if not isinstance(value, list):
            yield path, f"is {_kind(value)}, no list"
            return
        for place, item in enumerate(value):
            yield from check(item, f"{path}[{place}]", newer)

    return faults


def _literal_check(names: list[str]) -> _Check:
    def faults(value: Any, path: str, newer: bool) -> Iterator[Fault]:
        if not isinstance(value, str):
            yield path, f"is {_kind(value)}, none of {', '.join(names)}"
        elif value not in names and not newer:
            yield path, f"is {_shown(value)!r}, none of {', '.join(names)}"

    return faults


def _number_check(kinds: tuple[type[Any], ...], name: str, low: float | None, high: float | None) -> _Check:
    def faults(value: Any, path: str, _: bool) -> Iterator[Fault]:
        if not isinstance(value, kinds) or isinstance(value, bool):
            yield path, f"is {_kind(value)}, no {name}"
        elif isinstance(value, float) and not isfinite(value):
            yield path, "is too large a number"
        elif low is not None and value < low:
            yield path, f"is {value}, below {low}"
        elif high is not None and value > high:
            yield path, f"is {value}, above {high}"

    return faults


def _string_fault(value: Any) -> str | None:
    if not isinstance(value, str):
        return f"is {_kind(value)}, no string"
    return "holds half a surrogate pair" if not value.isascii() and _SURROGATE.search(value) else None


def _day_fault(value: Any) -> str | None:
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        return f"is {_kind(value)}, no day written as 2026-11-22"
    return None if _holds(date.fromisoformat, value) else f"is {value}, no day of the calendar"


def _instant_fault(value: Any) -> str | None:
    match = _INSTANT.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return f"is {_kind(value)}, no instant written as 2026-11-22T07:00:00Z"
    if not _holds(datetime.fromisoformat, match[1]):
        return f"is {value}, no instant of the calendar"
    if match[2] is None:
        return f"is {value}, without a zone: instants are UTC"
    return None if match[2] in {"Z", "+00:00"} else f"is {value}, not UTC"


def _holds(parse: Callable[[str], object], value: str) -> bool:
    try:
        parse(value)
    except ValueError:
        return False
    return True


def _kind(value: Any) -> str:
    """Return what a value of JSON is, in words."""
    if isinstance(value, str):
        return repr(_shown(value))
    if value is None or isinstance(value, bool):
        return msgspec.json.encode(value).decode()
    if isinstance(value, int | float):
        return str(value)[:_SHOWN]
    return "a list" if isinstance(value, list) else "an object"


def _shown(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."
