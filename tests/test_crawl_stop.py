"""Signals to a crawl in a process of its own: what is in flight is finished, whoever wants it to stop."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kill.web import records
from press import Press, story

CRAWL = [sys.executable, "-m", "scraper", "crawl"]
UNDISTURBED = ["env", "--default-signal"]
"""Signals mean what they mean by themselves, also where the tests were started with some of them ignored."""


@pytest.fixture
def press() -> Iterator[Press]:
    with Press({f"/slow/{number}": story(number) for number in range(1, 4)}) as server:
        yield server


@pytest.fixture
def place(tmp_path: Path, press: Press) -> list[str]:
    """Options for a crawl of three stories, one after the other; the first is answered when the press lets go."""
    urls = json.dumps([f"{press.base}/slow/{number}" for number in range(1, 4)])
    config = tmp_path / "config.toml"
    config.write_text(
        "[fetch]\nallow_networks = ['127.0.0.0/8']\ndelay_s = 0\nretries = 0\nlatency_factor = 0\ntdmrep = false\n"
        f"[crawl]\nworkers = 1\nprobe = false\n[[source]]\nkind = 'urls'\nurls = {urls}\n"
    )
    return ["--config", str(config), "--out", str(tmp_path / "out")]


def summary(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "out" / "summary.json").read_bytes())
    return found


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM, signal.SIGINT])
def test_a_signal_finishes_what_is_in_flight(
    tmp_path: Path, press: Press, place: list[str], number: signal.Signals, times: int
) -> None:
    """SIGHUP as SIGTERM; a second SIGTERM waits for nothing, a second SIGHUP, as a lost terminal sends it, does."""
    running = subprocess.Popen([*UNDISTURBED, *CRAWL, *place], stderr=subprocess.PIPE)
    assert press.slow_asked.wait(20) and running.stderr is not None
    running.send_signal(number)
    assert any(line.startswith(b"Stopping: ") for line in running.stderr)
    if times == 2:
        running.send_signal(number)
    threading.Timer(0.2, press.let_go.set).start()
    said = running.communicate(timeout=30)[1].decode()
    finished = times == 1 or number == signal.SIGHUP
    assert running.returncode == 130, said
    assert (summary(tmp_path)["articles"], summary(tmp_path)["pending"]) == ((1, 2) if finished else (0, 3))
    assert len(records(tmp_path / "out")) == finished
    assert list((tmp_path / "out").glob("*.part")) == []


def test_a_crawl_under_nohup_goes_on(tmp_path: Path, press: Press, place: list[str]) -> None:
    """Whoever starts it with SIGHUP ignored wants it to outlive his terminal."""
    running = subprocess.Popen(["nohup", *CRAWL, "-q", *place], stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert press.slow_asked.wait(20)
    running.send_signal(signal.SIGHUP)
    threading.Timer(0.5, press.let_go.set).start()
    said = running.communicate(timeout=30)[1].decode()
    assert (running.returncode, summary(tmp_path)["articles"]) == (0, 3), said


@pytest.mark.parametrize("talk", ["-q", "-v"])
def test_a_terminal_that_is_closed(tmp_path: Path, press: Press, place: list[str], talk: str) -> None:
    """The crawl ends in order, although nobody is left to talk to."""
    keyboard, terminal = os.openpty()
    # The first terminal that the first process of a session opens is the session's own.
    opening = ["sh", "-c", 'tty="$1"; shift; exec "$@" <"$tty" >"$tty" 2>&1', "sh", os.ttyname(terminal)]
    running = subprocess.Popen([*UNDISTURBED, *opening, *CRAWL, talk, *place], start_new_session=True)
    assert press.slow_asked.wait(20)
    os.close(terminal)
    os.close(keyboard)
    threading.Timer(0.5, press.let_go.set).start()
    assert running.wait(30) == 130
    assert (summary(tmp_path)["articles"], summary(tmp_path)["exit"]) == (1, 130)
