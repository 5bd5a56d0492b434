"""A second run over a web that has not changed, and one over a web that has."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from kill.web import records, write_config

from scraper.cli.main import run
from scraper.demo.serve import DemoServer
from scraper.demo.sources import demo_sources


def crawl(config: Path) -> tuple[int, dict[str, Any], float]:
    """Crawl in this process; return the code, the summary and the seconds it took."""
    out = config.parent / "out"
    began = time.monotonic()
    code = run(["crawl", "--config", str(config), "--out", str(out), "-q"])
    return code, json.loads((out / "summary.json").read_bytes()), time.monotonic() - began


def requests(out: Path, number: int) -> list[dict[str, Any]]:
    """Return the requests of the run with this number."""
    paths = list(out.glob(f"requests-*-{number:04}.jsonl"))
    lines = [json.loads(line) for path in paths for line in path.read_bytes().splitlines()]
    return [line for line in lines if line["type"] == "request"]


def test_an_unchanged_web_costs_a_handful_of_requests(tmp_path: Path) -> None:
    """The second run asks less than twice for each source, no page, writes nothing, and says that nothing is new."""
    with DemoServer() as server:
        config = write_config(tmp_path, server)
        code, first, _ = crawl(config)
        assert (code, first["articles"] > 30) == (0, True)
        code, second, seconds = crawl(config)
    assert (code, second["articles"], second["rejected"]) == (4, 0, 0)
    assert not [name for name in second["files"] if name.startswith(("articles", "rejected"))]
    asked = requests(tmp_path / "out", 2)
    assert {line["kind"] for line in asked} <= {"resource", "robots"}
    assert len(asked) < 2 * len(demo_sources())
    assert seconds < 2 + sum(line["waited_s"] for line in asked)
    assert len(records(tmp_path / "out")) == first["articles"]
