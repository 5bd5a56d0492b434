"""scraper plan: what a crawl would do, and how long politeness will take."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from press import Press, story

from scraper.cli.main import run

ROUTES = {
    "/robots.txt": "User-agent: *\nDisallow: /private\nCrawl-delay: 4\n",
    "/story/1": story(1),
    "/feed": "<rss version='2.0'><channel><item><link>/story/1</link></item>"
    "<item><link>/story/2</link></item></channel></rss>",
}


@pytest.fixture
def press() -> Iterator[Press]:
    with Press(ROUTES) as server:
        yield server


def plan(folder: Path, press: Press, *arguments: str, more: str = "") -> int:
    urls = json.dumps([f"{press.base}/story/1", f"{press.base}/story/3", f"{press.base}/private/1"])
    config = folder / "config.toml"
    config.write_text(
        f"[fetch]\nallow_networks = ['127.0.0.0/8']\ndelay_s = 1.5\nlatency_factor = 0.0\n{more}"
        f"[[source]]\nkind = 'urls'\nurls = {urls}\n[[source]]\nkind = 'feed'\nurl = '{press.base}/feed'\n"
    )
    return run(["plan", "--config", str(config), *arguments])


def test_plan_in_words(tmp_path: Path, press: Press, capsys: pytest.CaptureFixture[str]) -> None:
    """Per host: pages, the rule that refuses others, the settings with where they come from, and the time it takes."""
    assert plan(tmp_path, press, more="[site.'127.0.0.1']\nread_timeout_s = 9\n") == 0
    said = capsys.readouterr().out
    assert "127.0.0.1: 3 pages, one every 4 s: about 0:00:08" in said
    assert "robots.txt: fetched, Crawl-delay 4 s" in said
    assert "refused: 1 (Disallow: /private)" in said
    assert "delay_s = 1.5  ([fetch])" in said
    assert "per_host = 1  (default)" in said
    assert 'read_timeout_s = 9.0  ([site."127.0.0.1"])' in said
    assert "3 pages would be fetched, 1 are refused by robots.txt; about 0:00:08, for the slowest host." in said
    assert set(press.asked) == {"/robots.txt", "/feed"}
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]


def test_plan_as_json_and_urls(tmp_path: Path, press: Press, capsys: pytest.CaptureFixture[str]) -> None:
    """For programs: all of it as JSON, or the addresses, one a line."""
    assert plan(tmp_path, press, "--format", "json") == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    (host,) = found["hosts"]
    assert (found["pages"], found["refused"], host["gap_s"], host["crawl_delay_s"]) == (3, 1, 4.0, 4.0)
    assert {"name": "robots", "value": True, "origin": "default"} in host["settings"]
    assert plan(tmp_path, press, "--format", "urls", "--limit", "2") == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_nothing_to_fetch(tmp_path: Path, press: Press, capsys: pytest.CaptureFixture[str]) -> None:
    """A plan without a page ends with 1."""
    config = tmp_path / "config.toml"
    config.write_text(
        f"[fetch]\nallow_networks = ['127.0.0.0/8']\n[[source]]\nkind = 'urls'\nurls = ['{press.base}/private/2']\n"
    )
    assert run(["plan", "--config", str(config)]) == 1
    assert "0 pages would be fetched, 1 are refused" in capsys.readouterr().out
