"""An article as one line of JSON."""

from __future__ import annotations

from typing import Literal

import msgspec

from scraper.model import LEFT_OUT_OF_LEAN, Article

Profile = Literal["full", "lean"]


def encode_article(article: Article, profile: Profile = "full") -> bytes:
    """Return the record as one line of UTF-8 JSON, line feed included; `lean` leaves the bulky fields out.

    Deterministic: equal articles give equal bytes.
    """
    line = msgspec.json.encode(article)
    if profile == "lean":
        fields = msgspec.json.decode(line, type=dict[str, msgspec.Raw])
        line = msgspec.json.encode({key: raw for key, raw in fields.items() if key not in LEFT_OUT_OF_LEAN})
    return line + b"\n"
