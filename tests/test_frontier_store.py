"""The file itself: transactions, older and newer and broken files, and a process that is killed in the middle."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from scraper.errors import StateError
from scraper.frontier import ArticleRow, Frontier, Part
from scraper.frontier.schema import MIGRATIONS
from scraper.frontier.store import FILE_NAME, Store
from scraper.model import Target
from scraper.web.urls import url_key

V1 = Path(__file__).parent / "data" / "frontier-v1.sql"
A = Target(url="https://a.example/1", source="feed")
KILLS = 8


def test_a_transaction_is_kept_as_a_whole(tmp_path: Path) -> None:
    """Nested ones join; what fails inside leaves nothing behind, not even the number of a new host."""
    with Frontier(tmp_path) as frontier:
        with pytest.raises(KeyError), frontier.transaction():
            frontier.urls.add([A], now=0)
            with frontier.transaction():
                frontier.parts.commit("articles", "a.jsonl", 3, 1)
            raise KeyError
        assert frontier.urls.known(A.url) is None
        assert frontier.parts.all() == []
        assert frontier.urls.add([A], now=0).new == 1
        assert frontier.leases.hosts_due(0, limit=1) == ["a.example"]
    with Frontier(tmp_path) as frontier:
        assert frontier.leases.counts()["pending"] == 1


def test_a_failed_step_spoils_the_transaction(tmp_path: Path) -> None:
    """Even if somebody catches the error: half a step is never committed."""
    with Frontier(tmp_path) as frontier:
        with pytest.raises(StateError, match="nothing of it was kept"), frontier.transaction():
            frontier.urls.add([A], now=0)
            with pytest.raises(KeyError), frontier.transaction():
                raise KeyError
        assert frontier.urls.known(A.url) is None
        assert frontier.urls.add([A], now=0).new == 1


def test_durable_by_default(tmp_path: Path) -> None:
    """The file is in WAL mode and every commit is synced."""
    with Store(tmp_path / FILE_NAME) as store:
        assert store.row("PRAGMA journal_mode") == ("wal",)
        assert store.number("PRAGMA synchronous") == 2
        assert store.number("PRAGMA user_version") == len(MIGRATIONS)


def test_looking_on_while_a_crawl_writes(tmp_path: Path) -> None:
    """A second process may read at any time; it sees what was committed and changes nothing."""
    with pytest.raises(StateError, match="cannot be used"):
        Frontier(tmp_path, read_only=True)
    with Frontier(tmp_path) as frontier:
        frontier.urls.add([A], now=0)
        with frontier.transaction(), Frontier(tmp_path, read_only=True) as reader:
            frontier.leases.settle(url_key(A.url), "done", now=1)
            assert reader.leases.counts()["pending"] == 1
            assert [host.by_status["pending"] for host in reader.leases.host_counts()] == [1]
            assert reader.leases.hosts_due(1, limit=1) == ["a.example"]
            with pytest.raises(StateError):
                reader.urls.add([Target(url="https://a.example/2", source="feed")], now=0)


@contextmanager
def no_leave_to_write(folder: Path) -> Iterator[None]:
    """Make a folder one in which this process may read and make nothing; root becomes nobody for it."""
    folder.chmod(0o555)
    user = os.geteuid()
    if user == 0:
        os.seteuid(65_534)
    try:
        yield
    finally:
        os.seteuid(user)
        folder.chmod(0o755)


def test_looking_on_from_where_nothing_may_be_written() -> None:
    """Who may read the file but make none beside it, as on a read-only disk, sees what the last run has left."""
    with TemporaryDirectory() as name:
        with Frontier(Path(name)) as frontier:
            frontier.urls.add([A], now=0)
        with no_leave_to_write(Path(name)), Frontier(Path(name), read_only=True) as reader:
            assert reader.leases.counts()["pending"] == 1
            with pytest.raises(StateError):
                reader.urls.add([Target(url="https://a.example/2", source="feed")], now=0)


def test_a_file_of_version_1(tmp_path: Path) -> None:
    """What the first version wrote is read by this one, with all that is in it."""
    path = tmp_path / FILE_NAME
    with sqlite3.connect(path) as connection:
        connection.executescript(V1.read_text("utf-8"))
    connection.close()
    with Frontier(tmp_path) as frontier:
        row = frontier.urls.known("https://a.example/story")
        assert row is not None
        assert (row.status, row.etag, row.target.found_at, row.article_id) == (
            "done",
            '"e1"',
            "https://a.example/feed",
            "00ff",
        )
        assert frontier.leases.counts()["pending"] == 1
        assert frontier.leases.hosts_due(100, limit=9) == ["b.example", "a.example"]
        assert frontier.parts.all() == [Part(sink="articles", file="articles.jsonl", length=9, records=1)]
        assert frontier.near.find(bytes(range(256)))[0].article_id == "00ff"
    with Store(path) as store:
        assert store.number("PRAGMA user_version") == len(MIGRATIONS)
        assert store.row("PRAGMA integrity_check") == ("ok",)


def test_migrations_run_once_and_whole(tmp_path: Path) -> None:
    """Each step that a file lacks is taken, in order, as a whole; one that fails leaves the version before."""
    path = tmp_path / FILE_NAME
    Store(path).close()
    more = (*MIGRATIONS, ("CREATE TABLE extra (n)", "INSERT INTO extra VALUES (7)"))
    for _ in range(2):
        with Store(path, migrations=more) as store:
            assert store.rows("SELECT n FROM extra") == [(7,)]
    with pytest.raises(StateError):
        Store(path, migrations=(*more, ("CREATE TABLE other (n)", "CREATE TABLE extra (n)")))
    with Store(path, migrations=more) as store:
        assert store.rows("SELECT 1 FROM sqlite_master WHERE name = 'other'") == []
        assert store.number("PRAGMA user_version") == len(more)
    with pytest.raises(StateError, match="newer version of scraper"):
        Store(path)
    with pytest.raises(StateError, match="older format"):
        Store(path, read_only=True, migrations=(*more, ()))


@pytest.mark.parametrize("read_only", [False, True])
@pytest.mark.parametrize(
    "content", [b"no database, but long enough to be looked at" * 40, b"SQLite format 3\x00" + b"\xff" * 4096]
)
def test_a_file_that_is_none(tmp_path: Path, content: bytes, read_only: bool) -> None:
    """One sentence says which file and what to do; the file is left as it is, and let go of."""
    (tmp_path / FILE_NAME).write_bytes(content)
    with pytest.raises(StateError, match="move it away: the next crawl"):
        Frontier(tmp_path, read_only=read_only)
    assert (tmp_path / FILE_NAME).read_bytes() == content
    held = [os.path.realpath(each) for each in Path("/proc/self/fd").iterdir()]
    assert str((tmp_path / FILE_NAME).resolve()) not in held


def test_another_programs_database(tmp_path: Path) -> None:
    """It is refused and not touched."""
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        connection.execute("CREATE TABLE url (mine)")
    connection.close()
    with pytest.raises(StateError, match="another program"):
        Frontier(tmp_path)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A file where the folder should be: one sentence."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StateError, match="cannot be used"):
        Frontier(tmp_path / "file" / "state")


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    """What does not fit any more is taken back as a whole; what was committed stays, and goes on when there is room."""
    large = Target(url="https://a.example/3", source="feed", title="x" * (1 << 20))
    with Frontier(tmp_path) as frontier:
        frontier.urls.add([A], now=0)
        frontier._store.run("PRAGMA max_page_count = 60")  # SQLite then answers as on a full disk
        with pytest.raises(StateError, match="disk is full"), frontier.transaction():
            frontier.urls.add([Target(url="https://a.example/2", source="feed")], now=0)
            frontier.urls.add([large], now=0)
        assert frontier.leases.counts()["pending"] == 1
        frontier._store.run("PRAGMA max_page_count = 100000")
        with frontier.transaction():
            frontier.urls.add([Target(url="https://a.example/2", source="feed")], now=0)
            frontier.urls.add([large], now=0)
        assert frontier.leases.counts()["pending"] == 3


CHILD = """
import sys
from pathlib import Path
from scraper.frontier import ArticleRow, Frontier
from scraper.model import Target

folder, now = Path(sys.argv[1]), float(sys.argv[2])
with Frontier(folder) as frontier:
    run = frontier.runs.begin(now)
    frontier.leases.recover(run, now=now)
    out = (folder / "articles.jsonl").open("ab")
    part = frontier.parts.get("articles", "articles.jsonl")
    out.truncate(part.length if part else 0)
    out.seek(0, 2)
    records = part.records if part else 0
    print("open", flush=True)
    while True:
        with frontier.transaction():
            first = sum(frontier.leases.counts().values())
            urls = [f"https://h{n % 5}.example/{n}" for n in range(first, first + 7)]
            frontier.urls.add((Target(url=url, source="feed") for url in urls), now=now)
        with frontier.transaction():
            leases = [
                lease
                for host in frontier.leases.hosts_due(now, limit=3)
                for lease in frontier.leases.lease(host, 4, run=run, now=now)
            ]
        with frontier.transaction():
            for lease in leases:
                out.write(lease.target.url.encode() + b"\\n")
                frontier.articles.put(
                    ArticleRow(article_id=lease.key.hex(), url_key=lease.key, first_seen=now, last_changed=now)
                )
                frontier.leases.settle(lease.key, "done", now=now, article_id=lease.key.hex())
            out.flush()
            records += len(leases)
            frontier.parts.commit("articles", "articles.jsonl", out.tell(), records)
        print(records, flush=True)
"""


@pytest.mark.slow
def test_killed_in_the_middle(tmp_path: Path) -> None:
    """However often it is killed: every address is in one status, every article in the file, once."""
    for kill in range(KILLS):
        child = subprocess.Popen(
            [sys.executable, "-c", CHILD, str(tmp_path), str(kill)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert child.stdout is not None
        for _ in range(2 + 7 * kill % 23):
            assert child.stdout.readline(), child.stderr.read() if child.stderr else ""
        child.send_signal(signal.SIGKILL)
        child.communicate()
        assert child.returncode == -signal.SIGKILL
        check_nothing_lost(tmp_path)
    with Frontier(tmp_path) as frontier:
        assert [run.finished for run in frontier.runs.last(99)] == [None] * KILLS
        frontier.leases.recover(999, now=0)
        assert frontier.leases.counts()["leased"] == 0


def check_nothing_lost(folder: Path) -> None:
    with Store(folder / FILE_NAME) as store:
        assert store.row("PRAGMA integrity_check") == ("ok",)
        tally = {(host, status): n for host, status, n in store.rows("SELECT * FROM tally") if n}
        counted = store.rows("SELECT host, status, count(*) FROM url GROUP BY host, status")
        assert tally == {(host, status): n for host, status, n in counted}
        urls = [url for (url,) in store.rows("SELECT url FROM url ORDER BY id")]
        assert urls == [f"https://h{n % 5}.example/{n}" for n in range(len(urls))]
        done = {url for (url,) in store.rows("SELECT url FROM url WHERE status = 2")}
        assert store.number("SELECT count(*) FROM article") == len(done)
    with Frontier(folder) as frontier:
        part = frontier.parts.get("articles", "articles.jsonl")
        written = (folder / "articles.jsonl").read_bytes()[: part.length if part else 0].splitlines()
        lines = [line.decode() for line in written]
        assert len(lines) == len(set(lines)) == len(done)
        assert set(lines) == done
        assert part is None or part.records == len(written)


def test_opening_takes_no_scan(tmp_path: Path) -> None:
    """What a start and a lease ask is answered from indexes: no plan reads the table of addresses."""
    with Frontier(tmp_path) as frontier:
        frontier.urls.add([A], now=0)
    asked: list[str] = []
    with Frontier(tmp_path) as frontier:
        store = frontier._store
        store._connection.set_trace_callback(asked.append)
        frontier.leases.recover(5, now=0)
        for host in frontier.leases.hosts_due(1, limit=5):
            frontier.leases.lease(host, 5, run=5, now=1)
        frontier.leases.settle(url_key(A.url), "done", now=1, due_at=5)
        frontier.urls.add([A], now=2)
        frontier.hosts.save([frontier.hosts.load("a.example")])
        frontier.near.put(kept(frontier), b"x" * 256)
        frontier.near.find(b"x" * 256)
        frontier.forget(url=A.url)
        store._connection.set_trace_callback(None)
        plans = [
            (sql, detail)
            for sql in asked
            if sql.lstrip().startswith(("SELECT", "UPDATE", "DELETE"))
            for *_, detail in store.rows("EXPLAIN QUERY PLAN " + sql)
        ]
    assert len(plans) > 20
    scans = [(sql, detail) for sql, detail in plans if detail.startswith(("SCAN", "USE TEMP"))]
    assert [(sql, detail) for sql, detail in scans if "url_leased" not in detail] == [], "which holds leased rows only"


def kept(frontier: Frontier) -> str:
    """Return the id of an article that the frontier holds."""
    frontier.articles.put(ArticleRow(article_id="ab", url_key=url_key(A.url), first_seen=0, last_changed=0))
    return frontier.articles.same_content("no") or "ab"
