"""The longest tests run when they are asked for: `pytest tests/kill tests/hostile -m "slow or not slow"`."""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
ASKED_FOR = (HERE / "hostile", HERE / "kill")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip them unless the command line says which marks it wants; a bounded slice of each runs always."""
    if config.getoption("markexpr"):
        return
    for item in items:
        if item.get_closest_marker("slow") and any(folder in item.path.parents for folder in ASKED_FOR):
            item.add_marker(pytest.mark.skip(reason='long: -m "slow or not slow" runs it'))
