"""A crawl whose memory was lost: the records beside it say what was written."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from kill.web import records
from press import Press, story

from scraper.cli.main import run
from scraper.config import load_config
from scraper.crawl.progress import Progress
from scraper.crawl.relearn import relearn
from scraper.crawl.run import run_crawl
from scraper.frontier import Frontier


def crawl_at(folder: Path, sources: str, *, days: float, output: str = "", fresh: bool = False) -> tuple[Any, str]:
    """Crawl with a clock that is so many days ahead; return the summary and what was said."""
    (folder / "config.toml").write_text(
        "[fetch]\ndelay_s = 0\nlatency_factor = 0\nretries = 0\ntdmrep = false\nallow_networks = ['127.0.0.0/8']\n"
        f"[crawl]\nworkers = 1\nprobe = false\n[output]\n{output}\n{sources}"
    )
    said = io.StringIO()
    progress, ahead = Progress(said, "normal", clock=time.monotonic), timedelta(days=days)
    config = load_config(folder / "config.toml")
    asyncio.run(run_crawl(config, folder / "out", progress, fresh=fresh, now=lambda: datetime.now(UTC) + ahead))
    return json.loads((folder / "out" / "summary.json").read_bytes()), said.getvalue()


def lose_memory(folder: Path) -> None:
    shutil.rmtree(folder / "out" / "state")


def learn(frontier: Frontier, folder: Path) -> None:
    """Let a memory read the records, as a crawl does before all else."""
    progress, config = Progress(io.StringIO(), "normal", clock=time.monotonic), load_config(folder / "config.toml")
    asyncio.run(relearn(frontier, folder / "out", config.crawl, progress, now=time.time()))


def urls(base: str, *paths: str) -> str:
    return f"[[source]]\nkind = 'urls'\nurls = {json.dumps([base + path for path in paths])}\n"


@pytest.mark.parametrize("output", ["", "profile = 'lean'", "compression = 'gzip'", "compression = 'zstd'"])
def test_no_article_comes_twice_when_the_memory_is_lost(tmp_path: Path, output: str) -> None:
    """What the records tell is known again: nothing is fetched before its time, and a look at it finds no news."""
    with Press({"/a": story(1), "/b": story(2)}) as press:
        sources = urls(press.base, "/a", "/b")
        first, said = crawl_at(tmp_path, sources, days=0, output=output)
        assert (first["articles"], "new" in said) == (2, False)
        lose_memory(tmp_path)
        again, said = crawl_at(tmp_path, sources, days=0, output=output)
        assert (again["targets"], again["exit"]) == (0, 4)
        assert "is new, and" in said
        later, said = crawl_at(tmp_path, sources, days=1, output=output)
    assert (later["unchanged"], later["articles"], later["exit"]) == (2, 0, 4)
    assert "is new, and" not in said


def test_an_article_that_changed_while_the_memory_was_lost_is_a_revision(tmp_path: Path) -> None:
    """The next revision follows on the last that was written, with its hash, whatever the order of the files."""
    routes: dict[str, Any] = {"/a": story(1)}
    with Press(routes) as press:
        sources = urls(press.base, "/a")
        crawl_at(tmp_path, sources, days=0)
        routes["/a"] = story(1, words=400)
        assert crawl_at(tmp_path, sources, days=0.1)[0]["revisions"] == 1
        lose_memory(tmp_path)
        routes["/a"] = story(1, words=600)
        assert crawl_at(tmp_path, sources, days=0.2)[0]["targets"] == 0
        assert crawl_at(tmp_path, sources, days=1)[0]["revisions"] == 1
    written = records(tmp_path / "out")
    assert [record["revision"] for record in written] == [1, 2, 3]
    assert written[2]["previous_hash"] == written[1]["content_hash"]
    assert written[2]["changed_fields"] == ["text"]


def test_old_articles_are_not_all_looked_at_when_the_memory_is_lost(tmp_path: Path) -> None:
    """The looks that were missed are over: what has been quiet for longer than articles are looked at rests."""
    with Press({"/a": story(1), "/b": story(2)}) as press:
        sources = urls(press.base, "/a", "/b")
        crawl_at(tmp_path, sources, days=0)
        lose_memory(tmp_path)
        later, _ = crawl_at(tmp_path, sources, days=60)
    assert (later["targets"], later["exit"]) == (0, 4)


def test_a_copy_of_an_article_is_known_when_the_memory_is_lost(tmp_path: Path) -> None:
    """Nearly the same text at another address is a duplicate of the article that the records hold."""
    with Press({"/a": story(1, words=600), "/b": story(1, words=600).replace("opens", "is open")}) as press:
        crawl_at(tmp_path, urls(press.base, "/a"), days=0)
        lose_memory(tmp_path)
        again, _ = crawl_at(tmp_path, urls(press.base, "/b"), days=0)
    assert (again["articles"], again["rejected_by_reason"]) == (0, {"duplicate": 1})


def test_a_line_that_is_no_record_costs_its_article_alone(tmp_path: Path) -> None:
    """Broken lines and a broken file are named; all other articles are known."""
    with Press({f"/{number}": story(number) for number in range(3)}) as press:
        sources = urls(press.base, "/0", "/1", "/2")
        crawl_at(tmp_path, sources, days=0)
        lose_memory(tmp_path)
        (file,) = (tmp_path / "out").glob("articles-*.jsonl")
        lines = file.read_bytes().splitlines(keepends=True)
        file.write_bytes(lines[0] + b"{}\n" + lines[2])
        (tmp_path / "out" / "articles-2020-01-01-0001.jsonl.gz").write_bytes(gzip.compress(lines[0])[:-20])
        again, said = crawl_at(tmp_path, sources, days=0)
    assert (again["targets"], again["articles"]) == (1, 1)
    assert f"{file}, line 2: no record" in said
    assert "articles-2020-01-01-0001.jsonl.gz" in said and "ends in the middle" in said


def test_what_is_forgotten_on_purpose_is_not_learnt_again(tmp_path: Path) -> None:
    """Forgetting a host, and --fresh, have all articles written anew, although their records are there."""
    with Press({"/a": story(1)}) as press:
        sources = urls(press.base, "/a")
        crawl_at(tmp_path, sources, days=0)
        place = ["--config", str(tmp_path / "config.toml"), "--out", str(tmp_path / "out")]
        assert run(["forget", press.base.removeprefix("http://"), *place]) == 0
        assert crawl_at(tmp_path, sources, days=0)[0]["articles"] == 1
        assert crawl_at(tmp_path, sources, days=0, fresh=True)[0]["articles"] == 1


def test_what_is_forgotten_before_all_records_are_read_is_not_learnt_again(tmp_path: Path) -> None:
    """A reading that was broken off goes on in the next run, past what was forgotten between the two."""
    with Press({"/a": story(1), "/b": story(2)}) as press:
        crawl_at(tmp_path, urls(press.base, "/a", "/b"), days=0)
    lose_memory(tmp_path)
    with Frontier(tmp_path / "out" / "state") as frontier:
        learn(frontier, tmp_path)
        frontier.forget(url=f"{press.base}/a")
        learn(frontier, tmp_path)
        assert (frontier.urls.knows(f"{press.base}/a"), frontier.urls.knows(f"{press.base}/b")) == (False, True)


def test_a_memory_elsewhere_does_not_belong_to_the_records(tmp_path: Path) -> None:
    """Of crawls that write to one folder, each with a state of its own, none takes over the others' articles."""
    with Press({"/a": story(1), "/b": story(2)}) as press:
        crawl_at(tmp_path, urls(press.base, "/a"), days=0)
        text = (tmp_path / "config.toml").read_text().replace("[crawl]", f"[crawl]\nstate_dir = '{tmp_path / 'two'}'")
        (tmp_path / "two.toml").write_text(text.replace("/a", "/b"))
        assert run(["crawl", "-q", "--config", str(tmp_path / "two.toml"), "--out", str(tmp_path / "out")]) == 0
    with Frontier(tmp_path / "two") as frontier:
        assert not frontier.urls.knows(f"{press.base}/a")


def test_reading_the_records_can_be_broken_off_and_done_again(tmp_path: Path) -> None:
    """What a first try took in is not counted a second time."""
    with Press({"/a": story(1)}) as press:
        crawl_at(tmp_path, urls(press.base, "/a"), days=0)
    lose_memory(tmp_path)
    rows = []
    with Frontier(tmp_path / "out" / "state") as frontier:
        for _ in range(2):
            learn(frontier, tmp_path)
            rows.append(frontier.urls.known(f"{press.base}/a"))
    assert rows[0] is not None and rows[0] == rows[1]
    assert (rows[0].checks, rows[0].status) == (1, "done")
