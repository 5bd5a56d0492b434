"""The longest tests run when they are asked for: `pytest tests/kill tests/hostile -m "slow or not slow"`."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from looking import FLAGS

HERE = Path(__file__).parent
ASKED_FOR = (HERE / "hostile", HERE / "kill")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip them unless the command line says which marks it wants; a bounded slice of each runs always."""
    if config.getoption("markexpr"):
        return
    for item in items:
        if item.get_closest_marker("slow") and any(folder in item.path.parents for folder in ASKED_FOR):
            item.add_marker(pytest.mark.skip(reason='long: -m "slow or not slow" runs it'))


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Chromium; the tests that need it are skipped where it is not."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: no browser to look with"
    )
    binary = shutil.which("chromium") or shutil.which("chromium-browser")
    if binary is None:
        pytest.skip("chromium is not installed: no browser to look with")
    with playwright.sync_playwright() as started:
        context = started.chromium.launch_persistent_context(
            str(tmp_path_factory.mktemp("profile")), executable_path=binary, headless=True, args=FLAGS
        )
        yield context
        context.close()
