"""However often a crawl is killed, at whatever moment: every address is done or pending, every record there once."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kill.web import check_promises, check_whole, records, rejections, write_config
from scraper.demo.serve import DemoServer

KILLS = 20
"""In CI; the long run, asked for with `-m slow`, takes 200."""
_SEED = 20_261_122


@pytest.fixture(scope="module")
def server() -> Iterator[DemoServer]:
    with DemoServer() as server:
        yield server


@pytest.fixture(scope="module")
def expected(server: DemoServer, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The articles of a crawl that nobody disturbs."""
    folder = tmp_path_factory.mktemp("undisturbed")
    config = write_config(folder, server)
    assert finish(config)[0] in {0, 3}
    found = {record["url"] for record in records(folder / "out")}
    assert len(found) >= 30
    return found


def crawl(config: Path, *, max_kib: int | None = None) -> subprocess.Popen[bytes]:
    """Start a crawl in a process of its own, whose files may not grow beyond a size."""
    command = [sys.executable, "-m", "scraper", "crawl", "--config", str(config), "--out", str(config.parent / "out")]
    if max_kib is not None:
        command = ["bash", "-c", f'ulimit -f {max_kib}; exec "$@"', "bash", *command]
    return subprocess.Popen([*command, "-q"], stderr=subprocess.PIPE)


def finish(config: Path) -> tuple[int, str]:
    """Crawl to the end; return the code and what was said."""
    running = crawl(config)
    said = running.communicate(timeout=60)[1].decode()
    return running.returncode, said


def undisturbed_s(config: Path) -> float:
    """Return how long a crawl takes here and now, to choose moments by."""
    began = time.monotonic()
    finish(config)
    return time.monotonic() - began


def kill_loop(folder: Path, server: DemoServer, kills: int, expected: set[str], *, output: str = "") -> None:
    """Kill crawl after crawl at random moments, each started where the one before was killed; then let one end.

    Once all is done a new folder is begun, so that every kill finds something to disturb.
    """
    chance = random.Random(_SEED)
    round_, killed = 0, 0
    (folder / "timing").mkdir()
    whole_s = undisturbed_s(write_config(folder / "timing", server, output=output))
    while killed < kills:
        round_ += 1
        place = folder / f"round-{round_}"
        place.mkdir()
        config, ended = write_config(place, server, output=output), False
        while not ended and killed < kills:
            running = crawl(config)
            try:
                running.wait(chance.uniform(0.3, 1.0) * whole_s * 0.9)
                ended = True
            except subprocess.TimeoutExpired:
                running.kill()
                killed += 1
            said = running.communicate(timeout=30)[1]
            assert b"bug" not in said and b"Traceback" not in said, said
            check_promises(place / "out") if (place / "out").is_dir() else None
        code, last_words = finish(config)
        assert code in {0, 3, 4}, last_words
        check_whole(place / "out", expected)


@pytest.mark.timeout(180)
def test_killed_at_random(tmp_path: Path, server: DemoServer, expected: set[str]) -> None:
    """A slice of the long run below."""
    kill_loop(tmp_path, server, KILLS, expected)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_killed_at_random_while_packing(
    tmp_path: Path, server: DemoServer, expected: set[str], compression: str
) -> None:
    """Small files, packed one after the other, and archives are no less safe to kill, and each of them is listed."""
    output = f'rotate_records = 3\ncompression = "{compression}"\nwarc = true'
    kill_loop(tmp_path, server, KILLS // 2, expected, output=output)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_killed_two_hundred_times(tmp_path: Path, server: DemoServer, expected: set[str]) -> None:
    """Two hundred kills in a row lose nothing and repeat nothing."""
    kill_loop(tmp_path, server, 200, expected)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("output", ["", 'rotate_records = 9\ncompression = "gzip"'], ids=["plain", "packed"])
def test_disk_full_at_random(tmp_path: Path, server: DemoServer, expected: set[str], output: str) -> None:
    """A disk that is full at some moment ends the run with code 5 and one sentence; with room again all comes."""
    chance = random.Random(_SEED)
    config = write_config(tmp_path, server, output=output)
    codes = []
    for _ in range(8):
        running = crawl(config, max_kib=int(2 ** chance.uniform(3, 10)))
        said = running.communicate(timeout=60)[1].decode()
        codes.append(running.returncode)
        assert running.returncode in {0, 3, 4} or len(said.splitlines()) == 1, said
        check_promises(tmp_path / "out")
    assert 5 in codes and set(codes) <= {0, 3, 4, 5}
    code, said = finish(config)
    assert code in {0, 3, 4}, said
    check_whole(tmp_path / "out", expected)


def children_of(pid: int) -> list[int]:
    """Return the processes that a process has started."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found]


@pytest.mark.timeout(180)
def test_workers_killed_at_random(tmp_path: Path, server: DemoServer, expected: set[str]) -> None:
    """An extraction process that is killed costs at most the page it had, which is kept; the rest comes as ever."""
    chance = random.Random(_SEED)
    config = write_config(tmp_path, server, delay_s=0.25)
    running = crawl(config)
    shots, born = 0, dict[int, float]()
    while running.poll() is None:
        time.sleep(0.05)
        try:
            for child in children_of(running.pid):
                age_s = time.monotonic() - born.setdefault(child, time.monotonic())
                if age_s > chance.uniform(0.8, 2.0):  # one that has begun to work
                    os.kill(child, signal.SIGKILL)
                    shots += 1
        except (ProcessLookupError, FileNotFoundError):
            continue
    said = running.communicate(timeout=60)[1].decode()
    assert running.returncode in {0, 3}, said
    check_promises(tmp_path / "out")
    kept = len(list((tmp_path / "out" / "bugs").glob("*.html")))
    missing = expected - {record["url"] for record in records(tmp_path / "out")}
    assert shots and len(missing) <= kept <= shots
    again = subprocess.run(
        [sys.executable, "-m", "scraper", "retry", "--config", str(config), "--reason", "crash"],
        capture_output=True,
        check=False,
    )
    assert (again.returncode == 0) == bool(re.search(rb"[1-9]\d* address", again.stderr))
    assert finish(config)[0] in {0, 1, 3, 4}
    found = {record["url"] for record in records(tmp_path / "out")}
    # Where the page that was lost has a copy at another address, that is the record by now, and the page its duplicate.
    duplicates = {each["url"] for each in rejections(tmp_path / "out") if each["reason"] == "duplicate"}
    assert len(found) == len(expected)
    assert expected - found <= duplicates


@pytest.mark.timeout(120)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_stopped_in_order(tmp_path: Path, server: DemoServer, expected: set[str], number: signal.Signals) -> None:
    """Ctrl-C, SIGTERM and a lost terminal, wherever they come, publish what is finished; the next run has the rest."""
    chance = random.Random(_SEED + number)
    config = write_config(tmp_path, server)
    for _ in range(3):
        running = crawl(config)
        try:
            running.wait(chance.uniform(0.5, 1.5))
        except subprocess.TimeoutExpired:
            running.send_signal(number)
        running.communicate(timeout=60)
        assert running.returncode in {0, 3, 4, 130, -number}
        if (tmp_path / "out").is_dir():
            assert running.returncode == -number or not list((tmp_path / "out").glob("*.part"))
            check_promises(tmp_path / "out")
    assert finish(config)[0] in {0, 3, 4}
    check_whole(tmp_path / "out", expected)
