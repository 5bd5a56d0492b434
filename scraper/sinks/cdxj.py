"""The index beside a WARC file: a sorted line for each answer, by address and time, so that any can be found.

Source: https://specs.webrecorder.net/cdxj/0.1.0/
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

import msgspec

from scraper.model import Value
from scraper.sinks.members import Member
from scraper.web.urls import DEFAULT_PORTS

_INDEXED: Final = frozenset({"response", "revisit"})
_WWW: Final = re.compile(r"www\d*\.")


class Record(Value, frozen=True, kw_only=True):
    """What the head of a WARC record says, names in lower case, and its block."""

    fields: dict[str, str]
    block: bytes

    @property
    def at(self) -> datetime | None:
        """When it was made, if it says so in the usual way."""
        try:
            return datetime.fromisoformat(self.fields.get("warc-date", ""))
        except ValueError:
            return None


def read_record(content: bytes) -> Record:
    """Return a record as it stands in its member. Total: what is none has no fields."""
    head, _, block = content.partition(b"\r\n\r\n")
    return Record(fields=_fields(head), block=block)


def index_line(file: str, member: Member, record: Record) -> bytes | None:
    """Return the line of an answer, with its line feed; None for records of other kinds."""
    fields, at = record.fields, record.at
    if fields.get("warc-type") not in _INDEXED or at is None:
        return None
    url = fields.get("warc-target-uri", "")
    head = record.block.partition(b"\r\n\r\n")[0]
    status = head.split(b" ", 2)[1:2]
    is_revisit = fields["warc-type"] == "revisit"
    told = {
        "url": url,
        "mime": "warc/revisit" if is_revisit else _fields(head).get("content-type", "").partition(";")[0].strip(),
        "status": b"".join(status).decode("latin-1").strip(),
        "digest": fields.get("warc-payload-digest"),
        "length": str(member.length),
        "offset": str(member.offset),
        "filename": file,
    }
    line = msgspec.json.encode({name: value for name, value in told.items() if value})
    return f"{surt(url)} {at:%Y%m%d%H%M%S} ".encode() + line + b"\n"


def index_of(lines: Iterable[bytes]) -> bytes:
    """Return the whole index: its lines in the order of their bytes."""
    return b"".join(sorted(lines))


def surt(url: str) -> str:
    """Return the key by which an address is sorted: its host reversed, without scheme and `www`, all in lower case.

    Total.

    >>> surt("https://www.News.example:8443/2024/Bridges/?b=2&a=1")
    'example,news:8443)/2024/bridges?a=1&b=2'
    """
    try:
        parts = urlsplit(url.lower())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return url.lower().replace(" ", "%20")
    host = _WWW.sub("", host, count=1) if _WWW.match(host) else host
    key = host if ":" in host else ",".join(reversed(host.split(".")))
    key += f":{port}" if port and port != DEFAULT_PORTS.get(parts.scheme) else ""
    path = parts.path.rstrip("/") or "/"
    query = "?" + "&".join(sorted(parts.query.split("&"))) if parts.query else ""
    return f"{key}){path}{query}".replace(" ", "%20")


def _fields(head: bytes) -> dict[str, str]:
    lines = head.decode("utf-8", "replace").split("\r\n")[1:]
    pairs = (line.partition(":") for line in reversed(lines))
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
