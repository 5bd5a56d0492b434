"""Changes to a line that was encoded before the crawl knew better. Pure; fields keep their order."""

from __future__ import annotations

from typing import Any

import msgspec

from scraper.crawl.known import Verdict


def with_own_id(line: bytes, article_id: str) -> bytes:
    """Return a record under the address it was fetched from: several stories claim one canonical address."""
    record = _decode(line)
    told = {"code": "canonical_shared", "field": "canonical_url", "detail": record["canonical_url"]}
    record |= {"id": article_id, "canonical_url": None, "warnings": [*record["warnings"], told]}
    return _encode(record)


def with_id(line: bytes, article_id: str) -> bytes:
    """Return a record under the id that the article had before its page declared another address."""
    return _encode(_decode(line) | {"id": article_id})


def with_revision(line: bytes, found: Verdict) -> bytes:
    """Return a record as the revision that it is."""
    record = _decode(line)
    record |= {
        "revision": found.revision,
        "previous_hash": found.previous_hash,
        "changed_fields": list(found.changed_fields),
    }
    return _encode(record)


def _decode(line: bytes) -> dict[str, Any]:
    return msgspec.json.decode(line, type=dict[str, Any])


def _encode(record: dict[str, Any]) -> bytes:
    return msgspec.json.encode(record) + b"\n"
