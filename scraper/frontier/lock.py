"""One run at a time on one state folder, and who it is."""

from __future__ import annotations

import errno
import fcntl
import os
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

import msgspec

from scraper.errors import LockedError, StateError
from scraper.model import Value

LOCK_NAME: Final = "run.lock"
DEAD_AFTER_S: Final = 600.0
"""Without a heartbeat for so long, a run on another machine counts as dead."""
_NO_LOCKS: Final = frozenset({errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL})
_BYTES: Final = 4096
"""The file's fixed length: it is written in one piece, so that nobody reads half of it."""


class Holder(Value, frozen=True, kw_only=True):
    """Who holds the lock. Times are unix seconds."""

    pid: int
    host: str
    command: str
    started_at: float
    heartbeat_at: float
    born: int | None = None
    """When the process began, in the system's own count: numbers of processes are given again, this is not."""


class RunLock:
    """Holds a state folder until `release`, or until the process ends in whatever way.

    `owner` is the command, for people. Raises LockedError, which names the holder, if another run holds it. Where the
    file system has no locks, the holder counts as alive while its process is, if it runs on this machine, and else
    while its last heartbeat is younger than ten minutes.
    """

    def __init__(
        self,
        folder: Path,
        *,
        owner: str,
        now: float,
        flock: Callable[[int, int], None] = fcntl.flock,
        machine: str | None = None,
    ) -> None:
        self.path = folder / LOCK_NAME
        self._me = Holder(
            pid=os.getpid(),
            host=machine or socket.gethostname(),
            command=owner[:900].encode("ascii", "replace").decode() if not owner.isprintable() else owner[:900],
            started_at=now,
            heartbeat_at=now,
            born=_born(os.getpid()),
        )
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._fd = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StateError(f"{self.path} cannot be written ({error.strerror}); name another folder.") from error
        try:
            self._take(flock, now)
            self.beat(now)
        except BaseException:
            os.close(self._fd)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.release()

    def beat(self, now: float) -> None:
        """Say that the run is alive."""
        self._me = msgspec.structs.replace(self._me, heartbeat_at=now)
        self._write(msgspec.json.encode(self._me))

    def release(self) -> None:
        """Let the next run in."""
        if self._fd >= 0:
            self._write(b"")
            os.close(self._fd)
            self._fd = -1

    def _take(self, flock: Callable[[int, int], None], now: float) -> None:
        try:
            flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise self._locked(_read(self._fd)) from error
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise StateError(f"{self.path} cannot be locked ({error.strerror}); name another folder.") from error
            holder = _read(self._fd)
            if holder is not None and self._is_alive(holder, now):
                raise self._locked(holder) from error

    def _is_alive(self, holder: Holder, now: float) -> bool:
        if holder.host == self._me.host:
            return holder.pid != self._me.pid and _runs(holder)
        return now - holder.heartbeat_at < DEAD_AFTER_S

    def _locked(self, holder: Holder | None) -> LockedError:
        if holder is None:
            return LockedError(f"{self.path.parent}: another run is at work there; wait for its end.")
        return LockedError(
            f"{self.path.parent}: another run is at work there: process {holder.pid} on {holder.host}"
            f" ({holder.command}), since {_moment(holder.started_at)}, last heard of {_moment(holder.heartbeat_at)};"
            " wait for its end."
        )

    def _write(self, content: bytes) -> None:
        try:
            os.pwrite(self._fd, content.ljust(_BYTES - 1) + b"\n", 0)
        except OSError as error:
            raise StateError(f"{self.path} cannot be written ({error.strerror}); make room.") from error


def read_holder(folder: Path) -> Holder | None:
    """Return who wrote the lock last and has not released it, dead or alive; None if nobody."""
    try:
        fd = os.open(folder / LOCK_NAME, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        return _read(fd)
    finally:
        os.close(fd)


def is_running(holder: Holder) -> bool:
    """Tell whether a holder's process lives; of one on another machine nobody here can say that it does not."""
    return holder.host != socket.gethostname() or _runs(holder)


def _read(fd: int) -> Holder | None:
    try:
        return msgspec.json.decode(os.pread(fd, _BYTES, 0), type=Holder)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _runs(holder: Holder) -> bool:
    """Tell whether there is a process of the holder's number, and not another one that was given it since."""
    try:
        os.kill(holder.pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        pass
    born = _born(holder.pid)
    return born is None or holder.born is None or born == holder.born


def _born(pid: int) -> int | None:
    """Return when a process began, in clock ticks since the start of the system; None where the system does not tell.

    Source: proc_pid_stat(5), field 22; the name before it, in brackets, may hold anything
    """
    try:
        return int(Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[19])
    except (OSError, ValueError, IndexError):
        return None


def _moment(time_s: float) -> str:
    return datetime.fromtimestamp(time_s, UTC).isoformat(" ", "seconds").replace("+00:00", " UTC")
