"""Records as Parquet, through pyarrow; the columns' types follow from the model."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import inspect

from scraper.errors import UsageError
from scraper.model import SCHEMA_VERSION, Article
from scraper.records.files import Lines, numbered_lines
from scraper.records.reading import not_a_record, read_records

if TYPE_CHECKING:
    import pyarrow as pa

_GROUP_RECORDS: Final = 2_000
_GROUP_CHARS: Final = 20_000_000
"""A row group is held in memory while it is made: so many records, or characters of text, are enough."""


def write_parquet(files: Iterable[Path], to: Path, *, lines: Lines = numbered_lines) -> int:
    """Write all records and return how many. Raises UsageError where pyarrow is not installed."""
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise UsageError("Parquet needs pyarrow: pip install 'article-scraper[parquet]'.") from error
    schema, count = arrow_schema(), 0
    with to.open("wb") as out, parquet.ParquetWriter(out, schema, compression="zstd") as writer:
        for rows, file, number in _groups(files, lines):
            try:
                writer.write_batch(pa.RecordBatch.from_pylist(rows, schema=schema))
            except (pa.ArrowInvalid, OverflowError) as error:
                raise not_a_record(file, number, error) from error
            count += len(rows)
    return count


def _groups(files: Iterable[Path], lines: Lines) -> Iterator[tuple[list[dict[str, Any]], Path, int]]:
    """Yield the rows of each row group, and where its last one stood."""
    rows: list[dict[str, Any]] = []
    chars, file, number = 0, Path(), 0
    for file, number, record in read_records(files, lines):
        rows.append(msgspec.to_builtins(record, builtin_types=(date, datetime)))
        chars += len(record.text or "")
        if len(rows) >= _GROUP_RECORDS or chars >= _GROUP_CHARS:
            yield rows, file, number
            rows, chars = [], 0
    if rows:
        yield rows, file, number


@cache
def arrow_schema() -> pa.Schema:
    """Return the Arrow schema of the record: date32, timestamp[us, UTC], lists and structs where the model has them."""
    import pyarrow as pa

    struct = _arrow_type(inspect.type_info(Article))
    return pa.schema(list(struct), metadata={"schema_version": SCHEMA_VERSION})


def _arrow_type(kind: inspect.Type) -> pa.DataType:
    import pyarrow as pa

    match kind:
        case inspect.Metadata(type=inner):
            return _arrow_type(inner)
        case inspect.UnionType(types=types):
            return next(_arrow_type(each) for each in types if not isinstance(each, inspect.NoneType))
        case inspect.StructType(fields=fields):
            return pa.struct([pa.field(field.encode_name, _arrow_type(field.type)) for field in fields])
        case inspect.VarTupleType(item_type=item):
            return pa.list_(_arrow_type(item))
        case inspect.IntType():
            return pa.int64()
        case inspect.FloatType():
            return pa.float64()
        case inspect.BoolType():
            return pa.bool_()
        case inspect.DateType():
            return pa.date32()
        case inspect.DateTimeType():
            return pa.timestamp("us", tz="UTC")
        case inspect.StrType() | inspect.LiteralType():
            return pa.string()
    raise TypeError(f"no column type for {kind}")
