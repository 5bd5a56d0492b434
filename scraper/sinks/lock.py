"""One run at a time in one output folder."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path
from typing import Final

from scraper.errors import LockedError

_NO_LOCKS: Final = frozenset({errno.ENOLCK, errno.ENOTSUP, errno.EBADF, errno.EINVAL})
"""What file systems without locks on folders answer; there the operator sees to it."""


class FolderLock:
    """Holds a folder until `release`, or until the process ends in whatever way: the system itself lets go then.

    Raises LockedError if another run holds it.
    """

    def __init__(self, folder: Path) -> None:
        self._fd = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(self._fd)
            raise LockedError(f"{folder}: another run is writing there; wait for its end, or use --out.") from error
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                os.close(self._fd)
                raise

    def release(self) -> None:
        """Let the next run in."""
        os.close(self._fd)
