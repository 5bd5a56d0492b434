"""scraper plan: what a crawl would do, and how long politeness will take."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from press import Press, story

from scraper.cli.main import run
from scraper.crawl.exits import Exit
from scraper.frontier import Frontier
from scraper.frontier.hosts import HostState
from scraper.model import Target

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


# --- after earlier runs ----------------------------------------------------------------------------------


@pytest.fixture
def crawled(tmp_path: Path, press: Press, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which a crawl has taken one story, and a feed has been read; a second story is new since."""
    monkeypatch.chdir(tmp_path)
    config = tmp_path / "config.toml"
    urls = [f"{press.base}/story/1", f"{press.base}/none"]
    config.write_text(
        "[fetch]\nallow_networks = ['127.0.0.0/8']\ndelay_s = 0\nretries = 0\nlatency_factor = 0\ntdmrep = false\n"
        f"robots = false\n[crawl]\nworkers = 1\nprobe = false\n[[source]]\nkind = 'urls'\nurls = {urls}\n"
    )
    assert run(["crawl", "-q"]) == 0
    config.write_text(config.read_text() + f"[[source]]\nkind = 'feed'\nurl = '{press.base}/feed'\n")
    press.asked.clear()
    return tmp_path


def frontier_bytes(folder: Path) -> bytes:
    return (folder / "out" / "state" / "frontier.sqlite3").read_bytes()


def test_what_is_done_is_not_planned(crawled: Path, press: Press, capsys: pytest.CaptureFixture[str]) -> None:
    """What earlier runs settled is said, as `status` does, and left out; nothing is written where they remember."""
    before = frontier_bytes(crawled)
    assert run(["plan"]) == Exit.DONE
    said = capsys.readouterr().out
    assert "out/state: 1 done, 1 gone; 0 due now" in said
    assert "127.0.0.1: 1 page, one every 0 s" in said
    assert "  known: 1 done, 1 gone; 0 due now, 1 new" in said
    assert press.asked == ["/feed"]
    assert run(["plan", "--format", "urls"]) == Exit.DONE
    assert capsys.readouterr().out == f"{press.base}/story/2\n"
    assert frontier_bytes(crawled) == before
    assert run(["plan", "--out", str(crawled / "elsewhere"), "--format", "json"]) == Exit.DONE
    found = json.loads(capsys.readouterr().out)
    assert (found["pages"], found["by_status"], found["hosts"][0]["by_status"]) == (3, {}, {})
    assert not (crawled / "elsewhere").exists()


def test_what_is_due_again_is_planned(crawled: Path, press: Press, capsys: pytest.CaptureFixture[str]) -> None:
    """What a run left, or somebody wants again, is due, whether a source names it today or not."""
    with Frontier(crawled / "out" / "state") as frontier:
        frontier.leases.retry(now=time.time(), status="gone")
    assert run(["plan", "--format", "json"]) == Exit.DONE
    found = json.loads(capsys.readouterr().out)
    (host,) = found["hosts"]
    assert (found["pages"], found["due"], host["pages"], host["due"]) == (2, 1, 2, 1)
    assert found["by_status"] == host["by_status"] == {"pending": 1, "done": 1}
    (crawled / "config.toml").write_text((crawled / "config.toml").read_text().replace("/none'", "/story/1'"))
    assert run(["plan", "--format", "urls"]) == Exit.DONE
    assert sorted(capsys.readouterr().out.split()) == [f"{press.base}/none", f"{press.base}/story/2"]


def test_a_host_that_is_left_alone(crawled: Path, press: Press, capsys: pytest.CaptureFixture[str]) -> None:
    """A host that asked for more peace than a crawl waits for is asked nothing, and what waits of it is said."""
    with Frontier(crawled / "out" / "state") as frontier:
        frontier.leases.retry(now=time.time(), status="gone")
        frontier.hosts.save([HostState(host="127.0.0.1", parked_until=time.time() + 9999, failures=3)])
    assert run(["plan"]) == Exit.NOTHING_NEW
    said = capsys.readouterr()
    assert "127.0.0.1: 0 pages" in said.out
    assert "  left alone until 2" in said.out and " UTC, as it asked\n  3 failures in a row\n" in said.out
    assert "  left for another run: 1\n" in said.out
    assert "0 pages would be fetched, 0 are refused by robots.txt, 1 are left for another run" in said.out
    assert f"{press.base}/feed: host_parked" in said.err
    assert press.asked == []


def test_nothing_is_due(crawled: Path, press: Press, capsys: pytest.CaptureFixture[str]) -> None:
    """Where all is known and nothing due, the code is that of a crawl without news."""
    assert run(["crawl", "-q"]) in {Exit.DONE, Exit.NOTHING_NEW}
    press.asked.clear()
    assert run(["plan"]) == Exit.NOTHING_NEW
    assert "0 pages would be fetched" in capsys.readouterr().out
    assert press.asked == ["/feed"]


def test_memory_that_cannot_be_read(crawled: Path, press: Press, capsys: pytest.CaptureFixture[str]) -> None:
    """A plan is made without it, and it is said."""
    (crawled / "out" / "state" / "frontier.sqlite3").write_bytes(b"no database" * 999)
    assert run(["plan"]) == Exit.DONE
    said = capsys.readouterr()
    assert "3 pages would be fetched" in said.out
    assert "is damaged" in said.err and "The plan is made without it." in said.err


# --- after the memory was lost ---------------------------------------------------------------------------


def everything_in(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Return what stands in a folder: names, times of the last change, bytes."""
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else b"")
        for path in [folder, *folder.rglob("*")]
    }


def test_a_lost_memory_is_learnt_for_the_plan(crawled: Path, press: Press, capsys: pytest.CaptureFixture[str]) -> None:
    """As a crawl would, the plan takes from the records what was written; but it leaves the folder as it is."""
    shutil.rmtree(crawled / "out" / "state")
    before = everything_in(crawled)
    assert run(["plan", "--format", "urls"]) == Exit.DONE
    said = capsys.readouterr()
    assert sorted(said.out.split()) == [f"{press.base}/none", f"{press.base}/story/2"]
    assert f"{Path('out', 'state', 'frontier.sqlite3')} is new, and out holds records" in said.err
    assert run(["plan"]) == Exit.DONE
    assert "out/state: 1 done; 0 due now" in capsys.readouterr().out
    assert everything_in(crawled) == before
    press.asked.clear()
    assert run(["crawl", "-q"]) in {Exit.DONE, Exit.NOTHING_NEW}
    assert {"/none", "/story/2"} <= set(press.asked) and "/story/1" not in press.asked, "as planned"


def test_a_memory_without_a_run_learns_for_the_plan_too(
    crawled: Path, press: Press, capsys: pytest.CaptureFixture[str]
) -> None:
    """What stands in a memory that no crawl has begun by, as after a backfill, is planned with what the records say."""
    shutil.rmtree(crawled / "out" / "state")
    with Frontier(crawled / "out" / "state") as frontier:
        frontier.urls.add([Target(url=f"{press.base}/past", source="sitemap")], now=1.0)
    before = frontier_bytes(crawled)
    assert run(["plan", "--format", "urls"]) == Exit.DONE
    assert sorted(capsys.readouterr().out.split()) == [f"{press.base}/{name}" for name in ("none", "past", "story/2")]
    assert frontier_bytes(crawled) == before


def test_a_memory_elsewhere_learns_nothing_for_the_plan(
    crawled: Path, press: Press, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nor does the crawl: the records may be those of another one."""
    config = crawled / "config.toml"
    config.write_text(config.read_text().replace("[crawl]", "[crawl]\nstate_dir = 'elsewhere'"))
    assert run(["plan", "--format", "urls"]) == Exit.DONE
    assert f"{press.base}/story/1" in capsys.readouterr().out
    assert not (crawled / "elsewhere").exists()
