"""The JSON Schema of the records, made from the model."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from scraper.model import SCHEMA_VERSION, Article, Rejected

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def article_schema() -> dict[str, Any]:
    """Return the schema of a line of articles-*.jsonl (profile full)."""
    return _schema(Article, "article")


def rejected_schema() -> dict[str, Any]:
    """Return the schema of a line of rejected-*.jsonl."""
    return _schema(Rejected, "rejected")


def _schema(kind: type[msgspec.Struct], name: str) -> dict[str, Any]:
    """Every key of a record is always written, so every key is required: a reader may count on it."""
    _, definitions = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    for definition in definitions.values():
        if "properties" in definition:
            definition["required"] = list(definition["properties"])
    return {
        "$schema": _DIALECT,
        "$id": f"urn:article-scraper:{name}:{SCHEMA_VERSION}",
        **definitions.pop(kind.__name__),
        "$defs": definitions,
    }
