"""Lists of addresses: plain lines, CSV, JSONL -> Targets."""

from __future__ import annotations

import codecs
import csv
import re
from pathlib import Path
from typing import Any, Final

import msgspec

from scraper.errors import SourceError
from scraper.sources.found import Findings, SourceResult, clean_hint
from scraper.web.urls import parse_http_url

_DELIMITERS: Final = ("\t", ";", ",")
_URL_COLUMNS: Final = ("url", "link", "address")
_NOTE: Final = re.compile(r"\s#.*$")
_LINE_END: Final = re.compile(r"\r\n|\n|\r")

Hints = dict[str, str | None]


class _Columns(msgspec.Struct, frozen=True, kw_only=True):
    """The header of a CSV file: its delimiter and the names of its columns."""

    delimiter: str
    names: tuple[str, ...]


def load_url_list(path: Path | str) -> SourceResult:
    """Return the addresses in a file; see parse_url_list. UTF-8, or UTF-16 with a byte order mark.

    Raises SourceError, naming the path, if the file cannot be read.
    """
    try:
        body = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a path"
        raise SourceError(f"{path}: cannot be read ({reason}).") from error
    wide = body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return parse_url_list(body.decode("utf-16" if wide else "utf-8", "replace"), str(path))


def parse_url_list(text: str, found_at: str) -> SourceResult:
    """Return the addresses of a list, one a line, in order; a bad line is counted with its number.

    A line is an address, a JSON object with the key `url`, or a row of CSV; the columns of a CSV header `url`,
    `title`, `published` and `modified` are hints. Blank lines, lines that start with `#` and what follows ` #` are
    skipped. Total: any text is accepted.

    >>> parse_url_list("# mine\\nhttps://example.org/a\\nnonsense\\n", "urls.txt").bad
    ('urls.txt: line 3 holds no http address.',)
    """
    findings = Findings("list", found_at)
    columns: _Columns | None = None
    is_first = True
    for number, line in enumerate(_LINE_END.split(text.removeprefix("\ufeff")), start=1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        columns = _read_header(line) if is_first else columns
        if not (is_first and columns):
            _add_line(findings, line, number, columns)
        is_first = False
    return findings.result()


def _add_line(findings: Findings, line: str, number: int, columns: _Columns | None) -> None:
    if "\ufffd" in line:
        findings.refuse(f"line {number} is not UTF-8")
        return
    hints = _read_object(line) if line.startswith("{") else _read_row(line, columns)
    url = parse_http_url(hints.get("url") or "")
    if url is None:
        findings.refuse(f"line {number} holds no http address")
        return
    findings.add(
        url,
        base=url,
        title=clean_hint(hints.get("title")),
        published=clean_hint(hints.get("published")),
        modified=clean_hint(hints.get("modified")),
    )


def _read_header(line: str) -> _Columns | None:
    for delimiter in _DELIMITERS:
        names = tuple(name.strip().lower() for name in _split(line, delimiter))
        at = next((names.index(name) for name in _URL_COLUMNS if name in names), None)
        if at is not None:
            return _Columns(delimiter=delimiter, names=(*names[:at], "url", *names[at + 1 :]))
    return None


def _read_object(line: str) -> Hints:
    try:
        found: Any = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return {}
    return {key: value for key, value in found.items() if isinstance(value, str)}


def _read_row(line: str, columns: _Columns | None) -> Hints:
    if columns is not None:
        return dict(zip(columns.names, _split(line, columns.delimiter), strict=False))
    plain = _NOTE.sub("", line)
    if '"' not in plain and not re.search(r"\s", plain):
        return {"url": plain}  # a comma may be part of an address
    delimiter = next((mark for mark in _DELIMITERS if mark in plain), " ")
    return {"url": next((field.strip() for field in _split(plain, delimiter) if _is_address(field.strip())), None)}


def _is_address(field: str) -> bool:
    return field.lower().startswith(("http://", "https://")) and not re.search(r"\s", field)


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []
