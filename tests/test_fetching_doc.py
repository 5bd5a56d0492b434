"""docs/fetching.md lists what the hostile server does."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

DOCS = Path(__file__).parent.parent / "docs"


def _maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_fetching", DOCS / "make_fetching.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_tables_are_those_of_the_tests() -> None:
    """The documentation names every behaviour with its outcome; `python docs/make_fetching.py` brings it up to date."""
    text = (DOCS / "fetching.md").read_text(encoding="utf-8")
    assert _maker().render(text) == text
    assert "| `gzip-bomb` |" in text
