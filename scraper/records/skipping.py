"""Lines that are no record, passed over and counted: a torn line of years ago shall not make a folder unreadable."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final

import msgspec
from msgspec import UNSET, Meta, UnsetType

from scraper.errors import RecordsError
from scraper.model import Article
from scraper.records.files import numbered_lines
from scraper.records.reading import not_a_record, open_types

_Integer: Final = Annotated[int, Meta(ge=-(1 << 63), le=(1 << 63) - 1)]
"""Tables have no larger ones."""


class Skipping:
    """Reads the lines of files as `numbered_lines` does, but those that are no record, and knows how many these were.

    A record is an object with an `id` whose keys hold what the model says, as far as they are there; lists of names are
    open, other keys may be there. Whatever reads records can read it. Of a file that cannot be read to its end the rest
    counts as one line. A file that is read again is counted once. Raises UsageError if a file cannot be opened.
    """

    def __init__(self) -> None:
        self.count = 0
        self.first: RecordsError | None = None
        self._seen: dict[Path, int] = {}

    def __call__(self, path: Path) -> Iterator[tuple[int, int, bytes]]:
        decode, decode_typed = msgspec.json.Decoder(dict[str, Any]).decode, msgspec.json.Decoder(_typed()).decode
        try:
            for number, offset, line in numbered_lines(path):
                try:
                    decode_typed(line)
                    decode(line)  # what the model does not know is looked at as well
                    line.decode()
                except (ValueError, RecursionError) as error:
                    self._pass(not_a_record(path, number, error))
                    continue
                yield number, offset, line
        except RecordsError as error:
            self._pass(error)

    def _pass(self, fault: RecordsError) -> None:
        if fault.line > self._seen.get(fault.path, 0):
            self._seen[fault.path] = fault.line
            self.count += 1
            self.first = self.first or fault


@cache
def _typed(struct: type[msgspec.Struct] = Article) -> type[msgspec.Struct]:
    """Return a struct whose fields, as far as they are there, have the types of the model's, null included."""
    must = {"id"} if struct is Article else {field.name for field in msgspec.structs.fields(struct) if field.required}
    hints = open_types(struct, _typed, integer=_Integer)
    fields = [(name, hint) if name in must else (name, hint | UnsetType, UNSET) for name, hint in hints.items()]
    return msgspec.defstruct(f"Typed{struct.__name__}", fields, frozen=True, kw_only=True, gc=False)
