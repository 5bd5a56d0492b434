"""Whole crawls over everything at once: each target ends as it must, the good ones arrive, memory stays bounded."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from hostile.behaviours import BEHAVIOURS
from hostile.registry import Behaviour
from hostile.server import GOOD_HOSTS, HostileServer

CHILD = Path(__file__).with_name("crawl_child.py")
GOOD = [f"http://{host}/{name}" for host in GOOD_HOSTS for name in ("one", "two")]
SETTINGS = """
[fetch]
delay_s = 0.0
max_crawl_delay_s = 0.1
retries = 1
connect_timeout_s = 2.0
read_timeout_s = 2.0
deadline_s = 8.0
max_retry_after_s = 2.0
hosts_at_once = 256
[crawl]
workers = 1
probe = false
near_duplicates = false
page_timeout_s = 8.0
"""


LIGHT = [each for each in BEHAVIOURS if not each.is_heavy]
SLICE = list({(each.group, each.outcome, each.kind): each for each in LIGHT if not each.waits}.values())
"""One of a group for each of its outcomes."""


def config(server: HostileServer, behaviours: list[Behaviour]) -> str:
    pages = [each.url for each in behaviours if each.kind == "page"]
    sources = [f"[[source]]\nkind = 'urls'\nurls = {json.dumps(pages + GOOD)}\n"]
    sources += [f"[[source]]\nkind = '{each.kind}'\nurl = '{each.url}'\n" for each in behaviours if each.kind != "page"]
    table = "".join(f"{json.dumps(host)} = {json.dumps(at)}\n" for host, at in server.connect_to.items())
    return SETTINGS + "[fetch.connect_to]\n" + table + "".join(sources)


def memory_mb(process_id: int) -> float:
    """Return the memory of a process and those it started, shared pages counted once; 0 if it cannot be read."""
    total_kb = 0
    for each in _family(process_id):
        try:
            text = Path(f"/proc/{each}/smaps_rollup").read_text()
        except OSError:
            continue
        total_kb += next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0)
    return total_kb / 1024


def _family(process_id: int) -> list[int]:
    try:
        children = Path(f"/proc/{process_id}/task/{process_id}/children").read_text().split()
    except OSError:
        return [process_id]
    return [process_id, *(each for child in children for each in _family(int(child)))]


def crawl(folder: Path, server: HostileServer, behaviours: list[Behaviour]) -> tuple[int, str, float]:
    """Crawl in a process of its own; return its exit code, what it said, and the most MB it had."""
    (folder / "config.toml").write_text(config(server, behaviours), encoding="utf-8")
    arguments = ["crawl", "--config", str(folder / "config.toml"), "--out", str(folder / "out")]
    home = {"PYTHONPATH": os.pathsep.join(sys.path), "SSL_CERT_FILE": str(server.authority.path)}
    with (folder / "said").open("w+b") as said:
        child = subprocess.Popen(
            [sys.executable, CHILD, str(folder / "seen.json"), *arguments],
            stdout=said, stderr=said, env=os.environ | home,
        )  # fmt: skip
        most_mb = 0.0
        while child.poll() is None:
            most_mb = max(most_mb, memory_mb(child.pid))
            time.sleep(0.1)
        said.seek(0)
        return child.returncode, said.read().decode(), most_mb


def lines(out: Path, sink: str) -> list[dict[str, Any]]:
    return [json.loads(line) for path in out.glob(f"{sink}-*.jsonl") for line in path.read_bytes().splitlines()]


@pytest.mark.parametrize(
    ("behaviours", "max_mb"),
    [
        pytest.param(SLICE, 250, id="one of a kind"),
        pytest.param(LIGHT, 250, id="all at once", marks=pytest.mark.slow),
        pytest.param([each for each in BEHAVIOURS if each.is_heavy], 800, id="heavy pages", marks=pytest.mark.slow),
    ],
)
def test_a_whole_crawl(behaviours: list[Behaviour], max_mb: float, tmp_path: Path) -> None:
    """Each target ends in its named outcome, each good page in an article, on loopback alone, in bounded memory."""
    with HostileServer(tmp_path) as server:
        code, said, most_mb = crawl(tmp_path, server, behaviours)
    assert code in {0, 3}, said
    articles = {article["url"]: "article" for article in lines(tmp_path / "out", "articles")}
    rejected = {line["url"]: line["reason"] for line in lines(tmp_path / "out", "rejected")}
    ends = articles | rejected
    pages = [each for each in behaviours if each.kind == "page"]
    expected = [(each.name, None if each.in_crawl == "host_parked" else each.in_crawl) for each in pages]
    assert [(each.name, ends.get(each.url)) for each in pages] == expected
    assert [url for url in GOOD if url not in articles] == []
    summary = json.loads((tmp_path / "out/summary.json").read_bytes())
    assert summary["pending"] == sum(end is None for _, end in expected)
    assert len(articles) + len(rejected) == len(ends) == summary["targets"] - summary["pending"]
    assert summary["targets"] == len(pages) + len(GOOD)
    failed = [each.url for each in behaviours if each.kind != "page"]
    assert sorted(source["name"] for source in summary["sources"] if source["error"]) == sorted(failed)
    seen = json.loads((tmp_path / "seen.json").read_bytes())
    assert (seen["strayed"], seen["looked_up"]) == ([], [])
    assert most_mb < max_mb
