"""Lines that are byte for byte what the writer makes of a record: known by decoding them and encoding them again.

Whoever passes has every key, once, in order, no other, and values of the right types; nobody need look at a key alone.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC
from typing import Any, Final, get_type_hints

import msgspec

from scraper.model import LEFT_OUT_OF_LEAN, SCHEMA_VERSION, Article

_LONG: Final = frozenset({"text", "markdown"})
"""Half of a record. They are passed over, which finds all but what is no UTF-8, and copied when it is encoded again."""


class WrittenLines:
    """Reads lines of records that are as written; with `whole`, the long texts as well, as text."""

    def __init__(self, *, whole: bool) -> None:
        self._passed = frozenset[str]() if whole else _LONG
        kinds = Article if whole else _kind("Full", frozenset(), _LONG), _kind("Lean", LEFT_OUT_OF_LEAN, self._passed)
        self._decoders = [msgspec.json.Decoder(kind).decode_lines for kind in kinds]
        self._encode = msgspec.json.Encoder().encode_lines

    def read(self, lines: bytes) -> list[Any] | None:
        """Return the records if all lines are as written, in the profile full or all in lean, of our version.

        None says nothing yet: a line may be spelled otherwise, with spaces or escapes, and be right.
        """
        for decode in self._decoders:
            try:
                records: list[Any] = decode(lines)
                are_as_written = self._encode(records) == lines
            except (ValueError, OverflowError, RecursionError):
                continue
            if are_as_written and all(map(self._is_ours, records)):
                if decode is not self._decoders[0]:
                    self._decoders.reverse()  # a file of lean records goes on with lean ones
                return records
        return None

    def _is_ours(self, record: Any) -> bool:
        """Return what encoding again does not show: the version, UTC as the zone, and texts that were passed over."""
        if record.schema_version != SCHEMA_VERSION:
            return False
        for moment in (record.published_at, record.modified_at, record.fetch.fetched_at):
            if moment is not None and moment.tzinfo is not UTC:
                return False
        return not self._passed or (_is_text(record.text) and _is_text(getattr(record, "markdown", record.text)))


def _kind(name: str, left_out: Collection[str], passed_over: Collection[str]) -> type[msgspec.Struct]:
    """Return Article without some fields, and some as they stand in the line."""
    hints = get_type_hints(Article, include_extras=True)
    fields = [(key, msgspec.Raw if key in passed_over else hints[key]) for key in hints if key not in left_out]
    return msgspec.defstruct(name, fields, frozen=True, kw_only=True, gc=False)


def _is_text(value: msgspec.Raw) -> bool:
    """Return whether a value of JSON that was passed over is a string in UTF-8."""
    try:
        return str(value, "utf-8")[0] == '"'
    except UnicodeDecodeError:
        return False
