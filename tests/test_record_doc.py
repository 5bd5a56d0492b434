"""docs/record.md says what the model says."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from scraper import model

DOCS = Path(__file__).parent.parent / "docs"


def _renderer() -> object:
    spec = importlib.util.spec_from_file_location("make_record", DOCS / "make_record.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_record_page_follows_the_model() -> None:
    """The documentation of the record is the one made from the model."""
    assert (DOCS / "record.md").read_text(encoding="utf-8") == _renderer().render()  # type: ignore[attr-defined]


@pytest.mark.parametrize("struct", [model.Article, model.Rejected, model.Related, model.Image, model.Link])
def test_every_field_is_described(struct: type[msgspec.Struct]) -> None:
    """No field of the record goes without a word on what it means."""
    (schema,), definitions = msgspec.json.schema_components([struct])
    properties = definitions[schema["$ref"].rsplit("/", 1)[-1]]["properties"]
    assert [name for name, said in properties.items() if not said.get("description")] == []


def test_every_warning_is_explained() -> None:
    """Each code has its sentence, in the order of the list."""
    assert tuple(model.WARNINGS) == get_args(model.WarningCode)
