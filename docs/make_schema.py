"""Freeze the JSON Schemas of this version of the records into tests/data, where a test holds the code to them.

python docs/make_schema.py

A version that was released is never frozen again: raise SCHEMA_VERSION in scraper/model/article.py first.
"""

from __future__ import annotations

import json
from pathlib import Path

from scraper.model import SCHEMA_VERSION
from scraper.sinks.schema import article_schema, rejected_schema

FOLDER = Path(__file__).parent.parent / "tests" / "data"


def render() -> str:
    """Return both schemas as they are frozen."""
    schemas = {"article": article_schema(), "rejected": rejected_schema()}
    return json.dumps(schemas, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    (FOLDER / f"schema-{SCHEMA_VERSION}.json").write_text(render(), encoding="utf-8")
