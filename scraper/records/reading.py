"""Records as values, also those of other versions: nothing is refused that an older or newer writer may have meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from scraper.errors import RecordsError
from scraper.model import SCHEMA_VERSION, Article
from scraper.records.files import Lines, numbered_lines

Part = TypeVar("Part", bound=msgspec.Struct)


@cache
def reading_type(struct: type[msgspec.Struct] = Article) -> type[msgspec.Struct]:
    """Return a struct with the same fields as one of the model's, in which each may be missing (None then).

    Lists of names are open, numbers have no bounds, and keys that we do not know are passed over.
    """
    fields = [(name, hint | None, None) for name, hint in open_types(struct, reading_type).items()]
    return msgspec.defstruct(f"Reading{struct.__name__}", fields, frozen=True, kw_only=True, gc=False)


def open_types(
    struct: type[msgspec.Struct], inner_type: Callable[[type[msgspec.Struct]], Any], *, integer: Any = int
) -> dict[str, Any]:
    """Return the type of each field of a struct, without bounds and lists of names; what is to stand for inner structs.

    `integer` stands for whole numbers.
    """

    def opened(hint: Any) -> Any:
        origin, inner = get_origin(hint), get_args(hint)
        if origin is Annotated:
            return opened(inner[0])
        if origin is Literal:
            return str
        if origin is tuple:
            return tuple[opened(inner[0]), ...]  # type: ignore[misc]
        if origin in {Union, UnionType}:
            return Union[tuple(opened(part) for part in inner)]  # noqa: UP007
        if hint is int:
            return integer
        return inner_type(hint) if isinstance(hint, type) and issubclass(hint, msgspec.Struct) else hint

    return {name: opened(hint) for name, hint in get_type_hints(struct).items()}


def read_records(files: Iterable[Path], lines: Lines = numbered_lines) -> Iterator[tuple[Path, int, Any]]:
    """Yield each record as a reading_type, and its file and line. Raises UsageError and RecordsError.

    A record of another major version is an error: its fields may have the same names and mean something else.
    """
    decode = msgspec.json.Decoder(reading_type()).decode
    for file in files:
        for number, _, line in lines(file):
            try:
                record: Any = decode(line)
            except (ValueError, RecursionError) as error:
                raise not_a_record(file, number, error) from error
            if _major(record.schema_version or SCHEMA_VERSION) != _major(SCHEMA_VERSION):
                reason = (
                    f"is a record of version {record.schema_version}; this program reads {_major(SCHEMA_VERSION)}.x"
                )
                raise RecordsError(file, number, reason)
            yield file, number, record


def _major(version: str) -> str:
    return version.partition(".")[0]


def read_parts(
    files: Iterable[Path], part: type[Part], lines: Lines = numbered_lines
) -> Iterator[tuple[Part, dict[str, msgspec.Raw], bytes]]:
    """Yield of each record the fields that `part` has, all fields as written, and its line.

    Raises UsageError and RecordsError.
    """
    parts, fields_of = msgspec.json.Decoder(part), msgspec.json.Decoder(dict[str, msgspec.Raw])
    for file in files:
        for number, _, line in lines(file):
            try:
                record, fields = parts.decode(line), fields_of.decode(line)
            except (ValueError, RecursionError) as error:
                raise not_a_record(file, number, error) from error
            yield record, fields, line


def not_a_record(path: Path, number: int, error: Exception) -> RecordsError:
    """Return the error for a line that cannot be read at all."""
    return RecordsError(path, number, f"is no record ({error}); `scraper validate` names every fault")
