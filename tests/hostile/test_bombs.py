"""What a bomb costs, measured in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hostile.behaviours import BEHAVIOURS
from hostile.server import HostileServer

BOMBS = [each for each in BEHAVIOURS if "bomb" in each.name and each.at == "pages"]
CHILD = Path(__file__).with_name("bomb_child.py")


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="memory is read from /proc")
def test_a_gigabyte_costs_less_than_30_mb(tmp_path: Path) -> None:
    """1 GiB, in whatever coding, as page, feed or sitemap, is refused after a few megabytes."""
    home = {"PYTHONPATH": os.pathsep.join(sys.path)}
    with HostileServer(tmp_path) as server:
        asked = json.dumps([server.connect_to, [(each.name, each.kind, each.url) for each in BOMBS]])
        ran = subprocess.run(
            [sys.executable, CHILD, asked],
            capture_output=True, text=True, timeout=50, check=False, env=os.environ | home,
        )  # fmt: skip
    costs = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [cost[:2] for cost in costs] == [[each.name, each.outcome] for each in BOMBS], ran.stderr
    assert [cost for cost in costs if cost[2] >= 30] == []
    assert [cost for cost in costs if cost[3] >= 3] == []
