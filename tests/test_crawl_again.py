"""A second run over a web that has not changed, and one over a web that has."""

from __future__ import annotations

import asyncio
import io
import json
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from kill.web import records, write_config
from press import Press, story

from scraper.cli.main import run
from scraper.config import load_config
from scraper.crawl.progress import Progress
from scraper.crawl.run import run_crawl
from scraper.demo.serve import DemoServer
from scraper.demo.sources import demo_sources
from scraper.frontier import Frontier


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


def crawl_at(folder: Path, sources: str, *, days: float, more: str = "") -> dict[str, Any]:
    """Crawl with a clock that is so many days ahead; return the summary."""
    (folder / "config.toml").write_text(
        "[fetch]\ndelay_s = 0\nlatency_factor = 0\nretries = 0\ntdmrep = false\nallow_networks = ['127.0.0.0/8']\n"
        f"[crawl]\nworkers = 1\nprobe = false\nnear_duplicates = false\n{more}{sources}"
    )
    config, progress = load_config(folder / "config.toml"), Progress(io.StringIO(), "quiet", clock=time.monotonic)
    ahead = timedelta(days=days)
    asyncio.run(run_crawl(config, folder / "out", progress, now=lambda: datetime.now(UTC) + ahead))
    found: dict[str, Any] = json.loads((folder / "out" / "summary.json").read_bytes())
    return found


def test_a_run_that_finds_no_article_among_new_pages_is_quiet(tmp_path: Path) -> None:
    """A page that is no article is no alarm for cron once the site has given some; it is one in the first run."""
    routes: dict[str, Any] = {"/a": story(1), "/b": "<title>About us</title><p>Nothing here."}
    with Press(routes) as press:
        assert crawl_at(tmp_path, urls(press.base, "/b"), days=0)["exit"] == 1
        assert crawl_at(tmp_path, urls(press.base, "/a"), days=0)["exit"] == 0
        routes["/c"] = routes["/b"]
        again = crawl_at(tmp_path, urls(press.base, "/c"), days=0)
    assert (again["rejected"], again["exit"]) == (1, 4)


def urls(base: str, *paths: str) -> str:
    return f"[[source]]\nkind = 'urls'\nurls = {json.dumps([base + path for path in paths])}\n"


def test_a_clock_that_was_far_ahead_puts_nothing_off_for_years(tmp_path: Path) -> None:
    """What a run in the far future wants to see again is due within a week of the next run in the present."""
    with Press({"/a": story(1), "/b": story(2)}) as press:
        crawl_at(tmp_path, urls(press.base, "/a"), days=1000)
        crawl_at(tmp_path, urls(press.base, "/b"), days=0)
        with Frontier(tmp_path / "out" / "state") as frontier:
            row = frontier.urls.known(f"{press.base}/a")
        assert row is not None
        assert row.due_at is not None
        assert time.time() < row.due_at < time.time() + 7 * 86_400


def test_an_article_that_is_away_for_a_day_comes_back(tmp_path: Path) -> None:
    """An address that gave an article and now gives none is looked at again; what comes back unchanged is no record."""
    routes: dict[str, Any] = {"/a": story(1)}
    with Press(routes) as press:
        sources = urls(press.base, "/a")
        assert crawl_at(tmp_path, sources, days=0)["articles"] == 1
        routes["/a"] = "<title>Page not found</title><h1>Page not found</h1>"
        assert crawl_at(tmp_path, sources, days=0.1)["rejected"] == 1
        routes["/a"] = story(1)
        assert crawl_at(tmp_path, sources, days=0.2)["targets"] == 0
        back = crawl_at(tmp_path, sources, days=1.5)
    assert (back["unchanged"], back["articles"], back["exit"]) == (1, 0, 4)


def test_an_article_behind_a_wall_for_a_day_comes_back(tmp_path: Path) -> None:
    """A host that refuses everybody for a while (403) is not left out of the next looks: a revision is found."""
    routes: dict[str, Any] = {"/a": story(1)}
    with Press(routes) as press:
        sources = urls(press.base, "/a")
        crawl_at(tmp_path, sources, days=0)
        routes["/a"] = (403, {"Content-Type": "text/html"}, b"Forbidden")
        assert crawl_at(tmp_path, sources, days=0.1)["rejected"] == 1
        routes["/a"] = story(1, words=400)
        back = crawl_at(tmp_path, sources, days=1.5)
    assert (back["articles"], back["revisions"]) == (1, 1)


def test_an_article_that_is_gone_is_not_asked_for_for_ever(tmp_path: Path) -> None:
    """A page that says that its article is gone, with status 200, is asked for until an article of its age rests."""
    routes: dict[str, Any] = {"/a": story(1)}
    with Press(routes) as press:
        sources = urls(press.base, "/a")
        crawl_at(tmp_path, sources, days=0)
        routes["/a"] = "<title>Page not found</title><h1>Page not found</h1>"
        runs = [crawl_at(tmp_path, sources, days=days) for days in (1, 2.1, 29.8, 31, 32.1, 60)]
    assert [found["rejected"] for found in runs] == [1, 1, 1, 1, 0, 0]


def test_a_host_that_was_down_for_one_run_loses_no_address(tmp_path: Path) -> None:
    """Where not even robots.txt can be asked for, as when the network is away, all addresses wait for a later run."""
    paths = [f"/{number}" for number in range(5)]
    with socket.socket() as nobody, Press({path: story(number) for number, path in enumerate(paths)}) as press:
        nobody.bind(("127.0.0.1", 0))  # and does not listen: connections are refused
        away = f"[fetch.connect_to]\n'127.0.0.1' = '127.0.0.1:{nobody.getsockname()[1]}'\n"
        sources = urls(press.base, *paths)
        down = crawl_at(tmp_path, sources, days=0, more=away)
        back = crawl_at(tmp_path, sources, days=0.1)
    assert (down["articles"], down["rejected"]) == (0, 5)
    assert back["articles"] == 5


def test_an_article_keeps_its_id_when_its_canonical_address_changes(tmp_path: Path) -> None:
    """A page that comes to declare another address is the article it was: a revision if it changed, else nothing."""
    routes: dict[str, Any] = {"/a": story(1)}
    with Press(routes) as press:
        sources = urls(press.base, "/a")
        crawl_at(tmp_path, sources, days=0)
        routes["/a"] = story(1, head=f"<link rel='canonical' href='{press.base}/moved/a'>")
        assert crawl_at(tmp_path, sources, days=0.1)["unchanged"] == 1
        routes["/a"] = story(1, head=f"<link rel='canonical' href='{press.base}/moved/a'>", words=400)
        assert crawl_at(tmp_path, sources, days=0.4)["revisions"] == 1
    first, second = records(tmp_path / "out")
    assert (second["id"], second["revision"]) == (first["id"], 2)
    assert second["previous_hash"] == first["content_hash"]
    assert "text" in second["changed_fields"] and second["canonical_url"] == f"{press.base}/moved/a"


def test_a_host_has_a_budget_for_each_run(tmp_path: Path) -> None:
    """Of one host so many addresses are fetched in a run; the rest waits, and comes in the next ones."""
    with Press({f"/{number}": story(number) for number in range(1, 6)}) as press:
        sources = urls(press.base, *(f"/{number}" for number in range(1, 6)))
        runs = [crawl_at(tmp_path, sources, days=0.01 * n, more="max_per_host = 2\n") for n in range(4)]
    assert [run["articles"] for run in runs] == [2, 2, 1, 0]
    assert [run["pending"] for run in runs] == [3, 1, 0, 0]
    assert len(records(tmp_path / "out")) == 5


def test_two_memories_do_not_share_one_output_folder(tmp_path: Path) -> None:
    """A crawl with a state of its own, in the output folder of another that goes on, ends with code 6."""
    with Press({"/slow/1": story(1)}) as press:
        for name in ("one", "two"):
            (tmp_path / f"{name}.toml").write_text(
                f"[fetch]\nallow_networks = ['127.0.0.0/8']\n[crawl]\nworkers = 1\nstate_dir = '{name}'\n"
                + urls(press.base, "/slow/1")
            )
        command = [sys.executable, "-m", "scraper", "crawl", "-q", "--out", str(tmp_path / "out"), "--config"]
        running = subprocess.Popen([*command, str(tmp_path / "one.toml")])
        try:
            assert press.slow_asked.wait(20)
            assert run(["crawl", "--out", str(tmp_path / "out"), "--config", str(tmp_path / "two.toml")]) == 6
        finally:
            press.let_go.set()
            running.wait(20)
    assert running.returncode == 0
