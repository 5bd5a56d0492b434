"""Web archives read: the records of a WARC file, one at a time, whatever is between them.

This is not warcio's work: a record that is damaged ends its iterator, it takes a record's body as long as it is, and it
would be a dependency for what is a page of code beside the bounded decoders that are here anyway.

Source: https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from scraper.fetchers.unpacked import DAMAGE, Unpacked
from scraper.model import Value

ARCHIVE_ENDINGS: Final = (".warc", ".warc.gz", ".warc.zst")
BEGINS: Final = b"WARC/"
_MAX_HEAD_BYTES: Final = 1 << 16
_MAX_ANSWER_HEAD_BYTES: Final = 1 << 18
_STATUS_LINE: Final = re.compile(rb"HTTP/\d(?:\.\d)?\s+(\d{3})\b")

Fields = Mapping[str, str]


class Answered(Value, frozen=True, kw_only=True):
    """An answer of HTTP as an archive has it."""

    fields: dict[str, str]
    """Of the record; names in lower case."""
    status: int
    headers: tuple[tuple[str, str], ...]
    """Of the answer; names in lower case."""
    length: int
    """Of the body."""
    body: bytes | None = None
    """Still in its codings; None if it is longer than was asked for."""

    def header(self, name: str) -> str | None:
        """Return the first header of this lower-case name, or None."""
        return next((value for key, value in self.headers if key == name), None)


class Flaw(Value, frozen=True, kw_only=True):
    """What cannot be read of an archive: from where in the file, and where reading goes on, if anywhere."""

    place: int
    reason: str
    until: int | None


def is_archive(path: Path) -> bool:
    """Tell whether a file is an archive, by its name, or by its first bytes if it is not packed."""
    try:
        if path.name.lower().endswith(ARCHIVE_ENDINGS):
            return not path.is_dir()
        with path.open("rb") as file:
            return file.read(len(BEGINS)) == BEGINS
    except (OSError, ValueError):
        return False


def read_answers(path: Path, wants: Callable[[Answered], bool], *, max_body_bytes: int) -> Iterator[Answered | Flaw]:
    """Yield the answers that are wanted, by all but their body, and what is damaged between them.

    No more than one record of at most `max_body_bytes` is in memory. Raises OSError.
    """
    with path.open("rb") as file:
        yield from _answers(file, wants, max_body_bytes)


def _answers(file: BinaryIO, wants: Callable[[Answered], bool], max_body_bytes: int) -> Iterator[Answered | Flaw]:
    try:
        archive = Unpacked(file, BEGINS)
    except DAMAGE as error:  # the dictionary that all of it is packed with
        yield Flaw(place=0, reason=str(error), until=None)
        return
    while True:
        place = None
        try:
            place = archive.begins()
            if place is None:
                return
            answered = _read_record(archive, wants, max_body_bytes)
        except (*DAMAGE, ValueError) as error:
            place = archive.place if place is None else place
            until = archive.go_on_after(place)
            yield Flaw(place=place, reason=str(error), until=until)
            if until is None:
                return
        else:
            if answered is not None:
                yield answered


def _read_record(archive: Unpacked, wants: Callable[[Answered], bool], max_body_bytes: int) -> Answered | None:
    """Return the next record if it is an answer that is wanted. Raises ValueError and what Unpacked does."""
    if not archive.read_line(_MAX_HEAD_BYTES).startswith(BEGINS):
        raise ValueError("no record begins there")
    fields = dict(_read_fields(archive))
    length = fields.get("content-length", "")
    if not re.fullmatch(r"[0-9]{1,15}", length):
        raise ValueError("its head does not say how long it is")
    answered, left = None, int(length)
    if fields.get("warc-type") == "response" and fields.get("content-type", "").lower().startswith("application/http"):
        begun = archive.read(min(left, _MAX_ANSWER_HEAD_BYTES))
        left -= len(begun)
        answered = _parse_answer(fields, begun, left)
        if answered is not None and not wants(answered):
            answered = None
        if answered is not None and answered.length <= max_body_bytes:
            body = begun[_body_starts(begun) :] + archive.read(left)
            answered = msgspec.structs.replace(answered, body=body)
            left = 0
    archive.skip(left)
    if not archive.ends():
        raise ValueError("it is not as long as it says")
    return answered


def _read_fields(archive: Unpacked) -> Iterator[tuple[str, str]]:
    left = _MAX_HEAD_BYTES
    while line := archive.read_line(left).strip():
        name, _, value = line.decode("utf-8", "replace").partition(":")
        yield name.strip().lower(), value.strip()
        left -= len(line)
        if left <= 0:
            raise ValueError("its head has no end")


def _parse_answer(fields: dict[str, str], begun: bytes, left: int) -> Answered | None:
    """Return an answer without its body; None if it does not begin as HTTP does."""
    status = _STATUS_LINE.match(begun)
    if status is None:
        return None
    head = _text(begun[: _body_starts(begun)])
    lines = re.sub(r"\r?\n[ \t]+", " ", head).split("\n")[1:]
    pairs = (line.partition(":") for line in lines if ":" in line)
    return Answered(
        fields=fields,
        status=int(status[1]),
        headers=tuple((name.strip().lower(), value.strip()) for name, _, value in pairs),
        length=len(begun) - _body_starts(begun) + left,
    )


def _text(head: bytes) -> str:
    try:
        return head.decode("utf-8")
    except UnicodeDecodeError:
        return head.decode("latin-1")


def _body_starts(answer: bytes) -> int:
    end = re.search(rb"\r?\n\r?\n", answer)
    return end.end() if end else len(answer)
