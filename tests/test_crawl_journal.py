"""Lines and memory go to the disk together: whatever ends a run, an address is done only if its line is there, once."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scraper.config import OutputConfig
from scraper.crawl.journal import Journal
from scraper.errors import SinkError
from scraper.frontier import Frontier
from scraper.model import Rejected, Target
from scraper.sinks.output import put_unknown_parts_aside

BEGAN = datetime(2026, 11, 22, tzinfo=UTC)
NOW = BEGAN.timestamp()
KILLS = 8
PLAIN = OutputConfig()


def fetch(journal: Journal, number: int) -> None:
    """Do what a run does for one address: name it, hand it out, write its line, settle it."""
    url = f"http://a.example/{number}"
    journal.frontier.urls.add([Target(url=url, source="feed")], now=NOW)
    (lease,) = journal.frontier.leases.lease("a.example", 1, run=1, now=NOW)
    journal.output.write_article(f"{url}\n".encode())
    journal.frontier.leases.settle(lease.key, "done", now=NOW)


def lines(folder: Path) -> list[str]:
    """Return the lines of all published files of articles."""
    return [line for path in sorted(folder.glob("articles-*.jsonl")) for line in path.read_text().splitlines()]


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.jsonl*"))


def done(frontier: Frontier) -> int:
    return frontier.leases.counts()["done"]


def test_a_run_in_order(tmp_path: Path) -> None:
    """What it wrote is published under names that the memory knows, and the next run uses others."""
    for run in range(2):
        with (
            Frontier(tmp_path / "state") as frontier,
            Journal(frontier, tmp_path, began=BEGAN, config=PLAIN) as journal,
        ):
            assert journal.recovered == []
            fetch(journal, run)
            journal.output.write_rejected(Rejected(url="http://a.example/x", stage="judge", reason="too_short"))
            journal.publish()
    with Frontier(tmp_path / "state") as frontier:
        names = [part.file for part in frontier.parts.all(published=True)]
        assert names == [f"{sink}-2026-11-22-000{n}.jsonl" for sink in ("articles", "rejected") for n in (1, 2)]
        assert frontier.parts.all(published=False) == []
        assert done(frontier) == len(lines(tmp_path)) == 2
    assert files(tmp_path) == sorted(names)


def test_names_of_files_that_were_carried_away(tmp_path: Path) -> None:
    """A consumer may move files at any time: their names do not come back."""
    for run in range(3):
        with (
            Frontier(tmp_path / "state") as frontier,
            Journal(frontier, tmp_path, began=BEGAN, config=PLAIN) as journal,
        ):
            fetch(journal, run)
            journal.publish()
        assert files(tmp_path) == [f"articles-2026-11-22-000{run + 1}.jsonl"]
        next(tmp_path.glob("articles-*")).unlink()


def test_names_of_days_to_come(tmp_path: Path) -> None:
    """Names given by a clock that was ahead do not come back either, nor do those of the day by another sink."""
    with Frontier(tmp_path / "state") as frontier:
        for sink, day in (("articles", "2026-11-23"), ("warc", "2026-11-22"), ("requests", "2026-11-21")):
            frontier.parts.commit(sink, f"{sink}-{day}-0006.{'warc.gz' if sink == 'warc' else 'jsonl'}", 0, 0)
        now = BEGAN
        with Journal(frontier, tmp_path, began=BEGAN, config=PLAIN, now=lambda: now) as journal:
            journal.output.write_article(b"{}\n")
            now += timedelta(days=1)
            journal.output.write_article(b"{}\n")
            journal.publish()
    assert files(tmp_path) == ["articles-2026-11-22-0007.jsonl", "articles-2026-11-23-0007.jsonl"]


def test_years_of_files(tmp_path: Path) -> None:
    """A run begins and commits as fast after 50,000 files as after none."""
    days = [BEGAN - timedelta(days=number) for number in range(1, 1001)]
    with Frontier(tmp_path / "state") as frontier:
        with frontier.transaction():
            for file in (f"articles-{day:%Y-%m-%d}-{number:04}.jsonl" for day in days for number in range(1, 51)):
                frontier.parts.commit("articles", file, 0, 0)
                frontier.parts.publish("articles", file)
        began = time.process_time()
        with Journal(frontier, tmp_path, began=BEGAN, config=PLAIN) as journal:
            for number in range(20):
                fetch(journal, number)
                journal.commit()
            journal.publish()
        assert time.process_time() - began < 0.2


def test_an_error_takes_back_what_was_not_committed(tmp_path: Path) -> None:
    """A run that ends in disorder keeps what it had committed, in the memory and in its published file."""
    with Frontier(tmp_path / "state") as frontier:
        with pytest.raises(SinkError), Journal(frontier, tmp_path, began=BEGAN, config=PLAIN) as journal:
            fetch(journal, 1)
            fetch(journal, 2)
            journal.commit()
            fetch(journal, 3)
            raise SinkError("the disk is full")
        assert done(frontier) == 2
        assert frontier.urls.known("http://a.example/3") is None
    assert lines(tmp_path) == ["http://a.example/1", "http://a.example/2"]
    assert files(tmp_path) == ["articles-2026-11-22-0001.jsonl"]


def test_an_error_before_the_first_commit(tmp_path: Path) -> None:
    """Lines that no commit speaks of are no output: the next run puts them aside and fetches again."""
    with Frontier(tmp_path / "state") as frontier:
        with pytest.raises(SinkError), Journal(frontier, tmp_path, began=BEGAN, config=PLAIN) as journal:
            fetch(journal, 1)
            raise SinkError("the disk is full")
        assert done(frontier) == 0
        assert lines(tmp_path) == []
        with Journal(frontier, tmp_path, began=BEGAN, config=PLAIN) as journal:
            assert put_unknown_parts_aside(tmp_path) is not None
            fetch(journal, 1)
            journal.publish()
        assert done(frontier) == 1
    assert lines(tmp_path) == ["http://a.example/1"]


def test_leaving_in_order_commits(tmp_path: Path) -> None:
    """What was not published then is the next run's to publish, all of it."""
    with Frontier(tmp_path / "state") as frontier:
        with Journal(frontier, tmp_path, began=BEGAN, config=PLAIN) as journal:
            fetch(journal, 1)
        assert done(frontier) == 1
        assert files(tmp_path) == ["articles-2026-11-22-0001.jsonl.part"]
        with Journal(frontier, tmp_path, began=BEGAN, config=PLAIN) as journal:
            assert journal.recovered == ["articles-2026-11-22-0001.jsonl"]
    assert lines(tmp_path) == ["http://a.example/1"]


CHILD = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from scraper.config import OutputConfig
from scraper.crawl.journal import Journal
from scraper.frontier import Frontier
from scraper.model import Rejected, Target

folder, seed = Path(sys.argv[1]), int(sys.argv[2])
now, bare = float(seed), OutputConfig()
with Frontier(folder / "state") as frontier, Journal(frontier, folder, began=datetime.now(UTC), config=bare) as journal:
    frontier.leases.recover(seed, now=now)
    step = 0
    while True:
        first = sum(frontier.leases.counts().values())
        urls = [f"http://h{n % 3}.example/{n}" for n in range(first, first + 4)]
        frontier.urls.add((Target(url=url, source="feed") for url in urls), now=now)
        for host in frontier.leases.hosts_due(now, limit=3):
            for lease in frontier.leases.lease(host, 2, run=seed, now=now):
                step += 1
                if step % 5:
                    journal.output.write_article(lease.target.url.encode() + b" " + b"x" * (step * 997 % 9000) + b"\\n")
                    frontier.leases.settle(lease.key, "done", now=now)
                else:
                    journal.output.write_rejected(Rejected(url=lease.target.url, stage="judge", reason="too_short"))
                    frontier.leases.settle(lease.key, "rejected", now=now)
                print(step, flush=True)
                if step % 7 == 0:
                    journal.commit()
                    print(step, flush=True)
                if step % 50 == 49:
                    journal.publish()
                    sys.exit("done")
"""


@pytest.mark.slow
def test_killed_at_any_moment(tmp_path: Path) -> None:
    """Run after run is killed wherever it stands: an address that is done has its line, once, no other has one."""
    chance = random.Random(7)
    for kill in range(1, KILLS + 1):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(tmp_path), str(kill)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert child.stdout is not None
        for _ in range(chance.randrange(1, 60)):
            child.stdout.readline()
        child.send_signal(signal.SIGKILL)
        _, said = child.communicate()
        assert said in {b"", b"done\n"}
        check_nothing_lost(tmp_path)


def check_nothing_lost(folder: Path) -> None:
    """Recover what a run left, and compare files and memory."""
    with Frontier(folder / "state") as frontier:
        with Journal(frontier, folder, began=BEGAN, config=PLAIN):
            put_unknown_parts_aside(folder)
        assert list(folder.glob("*.part")) == []
        counts = frontier.leases.counts()
        written = [line.split()[0] for line in lines(folder)]
        assert len(written) == len(set(written)) == counts["done"]
        for url in written:
            row = frontier.urls.known(url)
            assert row is not None
            assert row.status == "done"
        rejected = [path.read_bytes().count(b"\n") for path in folder.glob("rejected-*.jsonl")]
        assert sum(rejected) == counts["rejected"]
        recorded = {part.file: part.length for part in frontier.parts.all()}
        sizes = {path.name: path.stat().st_size for path in folder.glob("*.jsonl")}
        assert {file: length for file, length in recorded.items() if length} == sizes
