"""Records as a SQLite database: `articles`, and `authors`, `tags` and `related` with a row for each of theirs."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from msgspec import inspect

from scraper.model import Article, Author, Related
from scraper.records.files import Lines, numbered_lines
from scraper.records.flat import flat
from scraper.records.reading import not_a_record, read_records

_SIDE: Final = {"authors": Author.__struct_fields__, "related": Related.__struct_fields__, "tags": ("tag",)}
"""Lists that have a table of their own, and its columns."""
_MAIN: Final = tuple(name for name in Article.__struct_fields__ if name not in _SIDE)


def write_sqlite(files: Iterable[Path], to: Path, *, lines: Lines = numbered_lines) -> int:
    """Write all records and return how many.

    `articles.record` counts them; the other tables name it, and the place in the list from 0. Days and instants are
    text in ISO 8601, what is nested is JSON, as SQLite's own functions read it. Raises OSError for whatever SQLite
    cannot write.
    """
    record = 0
    try:
        with closing(sqlite3.connect(to)) as database, database:
            # The file is new and gets its name when it is complete: nothing to roll back.
            database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + _tables())
            for file, number, each in read_records(files, lines):
                record += 1
                try:
                    _insert(database, record, each)
                except (OverflowError, UnicodeError) as error:
                    raise not_a_record(file, number, error) from error
            database.executescript(_indexes())
    except sqlite3.Error as error:
        raise OSError(str(error)) from error
    return record


def _insert(database: sqlite3.Connection, record: int, each: Any) -> None:
    _row(database, "articles", [record, *(flat(getattr(each, name)) for name in _MAIN)])
    for table, columns in _SIDE.items():
        for position, item in enumerate(getattr(each, table) or ()):
            values = [item] if columns == ("tag",) else [getattr(item, name) for name in columns]
            _row(database, table, [record, position, *values])


def _row(database: sqlite3.Connection, table: str, values: list[Any]) -> None:
    database.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", values)


def _tables() -> str:
    info = inspect.type_info(Article)
    assert isinstance(info, inspect.StructType)
    kinds = {field.encode_name: _affinity(field.type) for field in info.fields}
    main = ", ".join(f"{name} {kinds[name]}" for name in _MAIN)
    sides = (
        f"CREATE TABLE {table} (record INTEGER NOT NULL REFERENCES articles, position INTEGER NOT NULL, "
        f"{', '.join(f'{name} TEXT' for name in columns)}, PRIMARY KEY (record, position)) WITHOUT ROWID;"
        for table, columns in _SIDE.items()
    )
    return f"CREATE TABLE articles (record INTEGER PRIMARY KEY, {main});" + "".join(sides)


def _indexes() -> str:
    named = {"articles": ("id", "domain", "published_date"), "authors": ("name",), "tags": ("tag",)}
    return "".join(
        f"CREATE INDEX {table}_{column} ON {table} ({column});"
        for table, columns in named.items()
        for column in columns
    )


def _affinity(kind: inspect.Type) -> str:
    match kind:
        case inspect.Metadata(type=inner):
            return _affinity(inner)
        case inspect.UnionType(types=types):
            return next(_affinity(each) for each in types if not isinstance(each, inspect.NoneType))
        case inspect.IntType() | inspect.BoolType():
            return "INTEGER"
        case inspect.FloatType():
            return "REAL"
    return "TEXT"
