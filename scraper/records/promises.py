"""What a record promises beyond its shape: its text, counts, hashes and addresses agree with each other."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from types import UnionType
from typing import Annotated, Any, Final, get_args, get_origin, get_type_hints

import msgspec

from scraper.model import Article, Origin
from scraper.records.shape import Fault
from scraper.web.body import count_words, hash_text, join_text

_ABSOLUTE: Final = re.compile(
    r"(?:https?|ftp)://[^\s/?#]+(?:[/?#]\S*)?|file:///\S*|(?!https?:|ftp:|file:)[a-z][a-z0-9+.-]*:\S+", re.I
)
_HEX: Final = {"id": 32, "near_hash": 16, "content_hash": 32, "html_hash": 32}
_AS_SENT: Final = frozenset({"fetch", "rights"})
"""What stands here is told as the server sent it."""


def promise_faults(line: str, record: Any) -> Iterator[Fault]:
    """Yield where a record of the right shape contradicts itself.

    `line` is its JSON; `record` has the fields of Article as attributes; those that a lean one leaves out are None.
    """
    if not unicodedata.is_normalized("NFC", line):  # rare, and the place is dear to find
        yield from _not_normalized(record)
    for path, url in _urls(record):
        if not _ABSOLUTE.fullmatch(url):
            yield path, f"is {url[:80]!r}, no absolute address"
    for name, digits in _HEX.items():
        if not re.fullmatch(f"[0-9a-f]{{{digits}}}", getattr(record, name)):
            yield name, f"is no hash of {digits} hex digits"
    yield from _text_faults(record)
    yield from _fact_faults(record)


def _text_faults(record: Any) -> Iterator[Fault]:
    if record.char_count != len(record.text):
        yield "char_count", f"is {record.char_count}; text has {len(record.text)} characters"
    if record.word_count != (words := count_words(record.text)):
        yield "word_count", f"is {record.word_count}; text has {words} words"
    if record.content_hash != hash_text(record.title or "", record.text):
        yield "content_hash", "is not that of title and text"
    if record.blocks is None:
        return
    if join_text(record.blocks) != record.text:
        yield "blocks", "do not join to text"
        return
    kinds = [block.type for block in record.blocks]
    for name, kind in (("images", "image"), ("embeds", "embed")):
        for place, item in enumerate(getattr(record, name)):
            if item.block is not None and kind not in kinds[item.block : item.block + 1]:
                yield f"{name}[{place}].block", f"is {item.block}; there is no {kind} in that place of blocks"


def _fact_faults(record: Any) -> Iterator[Fault]:
    for name in ("published", "modified"):
        if getattr(record, f"{name}_at") is not None and getattr(record, f"{name}_date") is None:
            yield f"{name}_date", f"is null, but {name}_at is known"
    if (record.language is None) != (record.language_source is None):
        yield "language_source", "does not go with language: both are null, or none is"
    if record.pages.urls and len(record.pages.urls) != record.pages.count:
        yield "pages.urls", f"has {len(record.pages.urls)} addresses for {record.pages.count} pages"
    if record.revision == 1:
        if record.previous_hash is not None:
            yield "previous_hash", "is set, but revision is 1"
        if record.changed_fields:
            yield "changed_fields", "is not empty, but revision is 1"
    elif record.previous_hash is None:
        yield "previous_hash", f"is null, but revision is {record.revision}"
    for place, name in enumerate(record.changed_fields):
        if name not in Article.__struct_fields__:
            yield f"changed_fields[{place}]", f"is {name[:40]!r}, no field of a record"


def _not_normalized(record: Any) -> Iterator[Fault]:
    """Yield every text that is not NFC, but for what is told as a server sent it."""
    stack = [(name, getattr(record, name)) for name in reversed(Article.__struct_fields__) if name not in _AS_SENT]
    while stack:
        path, value = stack.pop()
        if isinstance(value, str):
            if not unicodedata.is_normalized("NFC", value):
                yield path, "is not NFC"
        elif isinstance(value, list | tuple):
            stack += [(f"{path}[{place}]", item) for place, item in reversed(list(enumerate(value)))]
        elif isinstance(value, msgspec.Struct):
            stack += [(f"{path}.{name}", getattr(value, name)) for name in reversed(value.__struct_fields__)]


_Finder = Callable[[Any, str], Iterator[tuple[str, str]]]


def _urls(record: Any) -> Iterator[tuple[str, str]]:
    """Yield each address in a record, with its place."""
    return _struct_finder(Article)(record, "")


@cache
def _struct_finder(struct: type) -> _Finder:
    # Origin has the names of the fields, and says of each where it came from: no address is in it.
    found = [(name, _finder(name, hint)) for name, hint in get_type_hints(struct).items() if struct is not Origin]
    finders = [(name, finder) for name, finder in found if finder is not None]

    def find(value: Any, path: str) -> Iterator[tuple[str, str]]:
        for name, finder in finders:
            inner = getattr(value, name)
            if inner:
                yield from finder(inner, f"{path}.{name}" if path else name)

    return find


def _finder(name: str, hint: Any) -> _Finder | None:
    """Return what finds the addresses in a field: by the names that the model gives to fields that hold one."""
    kinds = [kind for kind in _parts(hint) if kind is not type(None)]
    if kinds == [str]:
        return (lambda value, path: iter([(path, value)])) if _names_url(name) else None
    if len(kinds) == 1 and isinstance(kinds[0], type) and issubclass(kinds[0], msgspec.Struct):
        return _struct_finder(kinds[0]) if _holds_urls(kinds[0]) else None
    if len(kinds) == 1 and get_origin(kinds[0]) is tuple:
        return _each(_finder(name, get_args(kinds[0])[0]))
    return None


def _each(finder: _Finder | None) -> _Finder | None:
    if finder is None:
        return None

    def find(values: Sequence[Any], path: str) -> Iterator[tuple[str, str]]:
        for place, value in enumerate(values):
            yield from finder(value, f"{path}[{place}]")

    return find


def _holds_urls(struct: type) -> bool:
    return struct is not Origin and any(_finder(name, hint) for name, hint in get_type_hints(struct).items())


def _names_url(name: str) -> bool:
    return name in {"url", "urls", "tdm_policy"} or name.endswith("_url")


def _parts(hint: Any) -> tuple[Any, ...]:
    if get_origin(hint) is Annotated:
        return _parts(get_args(hint)[0])
    return tuple(part for each in get_args(hint) for part in _parts(each)) if isinstance(hint, UnionType) else (hint,)
