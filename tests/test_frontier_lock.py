"""One run at a time: who holds the folder is named, and a dead one holds nothing."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from scraper.errors import LockedError, StateError
from scraper.frontier import Holder, RunLock, read_holder
from scraper.frontier.lock import DEAD_AFTER_S, LOCK_NAME, is_running

CHILD = """
import sys
from pathlib import Path
from scraper.frontier import RunLock
lock = RunLock(Path(sys.argv[1]), owner="scraper crawl --config a.toml", now=1_700_000_000)
lock.beat(1_700_000_030)
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_run_is_told_who_is_there(tmp_path: Path) -> None:
    """Pid, machine, command, since when, and the last heartbeat; a killed process holds nothing any more."""
    folder = tmp_path / "state"
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == b"held\n"
        with pytest.raises(LockedError) as caught:
            RunLock(folder, owner="me", now=1_700_000_040)
        message = str(caught.value)
        for told in (str(folder), f"process {child.pid}", os.uname().nodename, "scraper crawl --config a.toml"):
            assert told in message
        assert "since 2023-11-14 22:13:20 UTC, last heard of 2023-11-14 22:13:50 UTC" in message
    finally:
        child.send_signal(signal.SIGKILL)
        child.communicate()
    holder = read_holder(folder)
    assert holder is not None
    assert holder.pid == child.pid, "it died without a word"
    with RunLock(folder, owner="me", now=1_700_000_050) as lock:
        lock.beat(1_700_000_060)
        holder = read_holder(folder)
        assert holder is not None
        assert (holder.pid, holder.heartbeat_at) == (os.getpid(), 1_700_000_060)
        with pytest.raises(LockedError):
            RunLock(folder, owner="me too", now=0)
    lock.release()
    assert read_holder(folder) is None


def no_locks(fd: int, how: int) -> None:
    """Answer as a file system without locks does."""
    raise OSError(errno.ENOLCK, "No locks available")


def ended_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.mark.parametrize(
    ("machine", "alive", "silent_s", "held"),
    [
        ("here", True, 0, True),
        ("here", True, 10 * DEAD_AFTER_S, True),
        ("here", False, 0, False),
        ("elsewhere", False, 0, True),
        ("elsewhere", True, DEAD_AFTER_S - 1, True),
        ("elsewhere", True, DEAD_AFTER_S + 1, False),
    ],
)
def test_without_locks_of_the_file_system(
    tmp_path: Path, machine: str, alive: bool, silent_s: float, held: bool
) -> None:
    """The process decides, if it is on this machine; else the last heartbeat."""
    pid = os.getppid() if alive else ended_pid()
    holder = Holder(pid=pid, host=machine, command="c", started_at=0, heartbeat_at=1000)
    (tmp_path / LOCK_NAME).write_bytes(msgspec.json.encode(holder))
    if held:
        with pytest.raises(LockedError, match=f"process {pid} on {machine}"):
            RunLock(tmp_path, owner="me", now=1000 + silent_s, flock=no_locks, machine="here")
        return
    with RunLock(tmp_path, owner="me", now=1000 + silent_s, flock=no_locks, machine="here"):
        taken = read_holder(tmp_path)
        assert taken is not None
        assert taken.pid == os.getpid()


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="this system does not tell when a process began")
def test_a_number_given_to_another_process_holds_nothing(tmp_path: Path) -> None:
    """A killed run whose number another process has since does not run, nor keep the next one out."""
    with RunLock(tmp_path, owner="me", now=0):
        me = read_holder(tmp_path)
    assert me is not None
    assert me.born is not None
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        dead = msgspec.structs.replace(me, pid=other.pid)
        assert is_running(me)
        assert not is_running(dead)
        assert is_running(msgspec.structs.replace(dead, born=None)), "written by an older version"
        (tmp_path / LOCK_NAME).write_bytes(msgspec.json.encode(dead))
        RunLock(tmp_path, owner="me", now=0, flock=no_locks).release()
        other.communicate(b"\n")


def test_a_command_of_any_bytes(tmp_path: Path) -> None:
    """Names of files that are no text, and very long commands, are told as well as may be."""
    with RunLock(tmp_path, owner="crawl \udcff " + "\U0001f600" * 2000, now=0):
        holder = read_holder(tmp_path)
    assert holder is not None
    assert holder.command.startswith("crawl ? ")


@pytest.mark.parametrize("content", [b"", b"{", b"\x00" * 5000, b'{"pid": "x"}', b'{"pid": 1, "host": "\xff"}'])
def test_a_torn_lock_file_locks_nobody_out(tmp_path: Path, content: bytes) -> None:
    """What cannot be read names nobody."""
    (tmp_path / LOCK_NAME).write_bytes(content)
    assert read_holder(tmp_path) is None
    RunLock(tmp_path, owner="me", now=0, flock=no_locks).release()
    assert read_holder(tmp_path / "none") is None


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    """One sentence."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StateError, match="name another folder"):
        RunLock(tmp_path / "file" / "state", owner="me", now=0)
