"""What a publisher reserves of text and data mining, in /.well-known/tdmrep.json.

Source: https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/
"""

from __future__ import annotations

from typing import Any, Final, Self
from urllib.parse import urlsplit, urlunsplit

import msgspec
from protego import Protego

from scraper.model import Rights, Value

MAX_TDMREP_BYTES: Final = 500 * 1024
_MAX_ENTRIES: Final = 1000


class _Entry(Value, frozen=True, kw_only=True):
    location: str
    reservation: int
    policy: str | None


class TdmRep(Value, frozen=True, kw_only=True):
    """The declarations of one host, in their order."""

    entries: tuple[_Entry, ...] = ()

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Return the declarations of a file. Total: what is none is left out."""
        try:
            found = msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return cls()
        rows = found if isinstance(found, list) else [found]
        return cls(entries=tuple(entry for row in rows[:_MAX_ENTRIES] if (entry := _entry(row)) is not None))

    def rights_for(self, url: str) -> Rights:
        """Return what the first entry that matches the address reserves; empty if none does."""
        path = urlunsplit(("", "", urlsplit(url).path or "/", urlsplit(url).query, ""))
        for entry in self.entries:
            if _matches(entry.location, path):
                return Rights(tdm_reservation=entry.reservation, tdm_policy=entry.policy)
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
    return _Entry(location=location, reservation=int(reservation), policy=policy if isinstance(policy, str) else None)


def _matches(location: str, path: str) -> bool:
    """Locations are patterns as in robots.txt: `*` is any run of characters, `$` the end."""
    place = location if location.startswith(("/", "*")) else "/" + location
    if any(ord(char) < 32 for char in place):
        return False
    rules = Protego.parse(f"User-agent: *\nDisallow: {place}")
    return not rules.can_fetch("https://host.invalid" + path, "*")
