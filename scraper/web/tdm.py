"""What a publisher reserves of text and data mining, in /.well-known/tdmrep.json.

Source: https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Self
from urllib.parse import urlsplit, urlunsplit

import msgspec
from protego import Protego

from scraper.model import Rights, Value

MAX_TDMREP_BYTES: Final = 500 * 1024
_MAX_ENTRIES: Final = 1000
_GROUP_ENTRIES: Final = 32
"""So many are asked at once, then one by one: of 1,000 entries some 60 questions are left."""


class _Entry(Value, frozen=True, kw_only=True):
    location: str
    rules: Protego
    rights: Rights


class _Group(Value, frozen=True, kw_only=True):
    rules: Protego
    """Of all its entries together."""
    entries: tuple[_Entry, ...]


class TdmRep(Value, frozen=True, kw_only=True):
    """The declarations of one host, in their order."""

    groups: tuple[_Group, ...] = ()

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Return the declarations of a file. Total: what is none is left out."""
        try:
            found = msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return cls()
        rows = found if isinstance(found, list) else [found]
        entries = [entry for row in rows[:_MAX_ENTRIES] if (entry := _entry(row)) is not None]
        starts = range(0, len(entries), _GROUP_ENTRIES)
        return cls(groups=tuple(_group(entries[start : start + _GROUP_ENTRIES]) for start in starts))

    def rights_for(self, url: str) -> Rights:
        """Return what the first entry that matches the address reserves; empty if none does."""
        path = urlunsplit(("", "", urlsplit(url).path or "/", urlsplit(url).query, ""))
        for group in self.groups:
            if _matches(group.rules, path):
                return next(entry.rights for entry in group.entries if _matches(entry.rules, path))
        return Rights()


def tdmrep_url(url: str) -> str:
    """Return where the declarations over a URL stand."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], "/.well-known/tdmrep.json", "", ""))


def _entry(row: Any) -> _Entry | None:
    if not isinstance(row, dict):
        return None
    location, reservation, policy = row.get("location"), row.get("tdm-reservation"), row.get("tdm-policy")
    if isinstance(reservation, str) and reservation.strip() in {"0", "1"}:
        reservation = int(reservation)
    if not isinstance(location, str) or not location or reservation not in (0, 1):
        return None
    place = location if location.startswith(("/", "*")) else "/" + location
    if any(ord(char) < 32 for char in place) or len(place.splitlines()) > 1:
        return None
    rights = Rights(tdm_reservation=int(reservation), tdm_policy=policy if isinstance(policy, str) else None)
    return _Entry(location=place, rules=_rules([place]), rights=rights)


def _group(entries: Sequence[_Entry]) -> _Group:
    return _Group(rules=_rules([entry.location for entry in entries]), entries=tuple(entries))


def _rules(places: Sequence[str]) -> Protego:
    """Locations are patterns as in robots.txt: `*` is any run of characters, `$` the end."""
    return Protego.parse("\n".join(("User-agent: *", *(f"Disallow: {place}" for place in places))))


def _matches(rules: Protego, path: str) -> bool:
    return not rules.can_fetch("https://host.invalid" + path, "*")
