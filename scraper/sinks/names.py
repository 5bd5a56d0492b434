"""Names of the files of an output folder: sink, day and number. They sort by time, and none is used twice."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Final

EARLIER: Final = "earlier"
"""Folder of what was put aside."""
ARTICLES: Final = "articles"
REJECTED: Final = "rejected"
REQUESTS: Final = "requests"
WARC: Final = "warc"
_ENDINGS: Final = {ARTICLES: ".jsonl", REJECTED: ".jsonl", REQUESTS: ".jsonl", WARC: ".warc.gz"}
SINKS: Final = tuple(_ENDINGS)
INDEX: Final = ".cdxj"
_NAME: Final = re.compile(
    rf"(?:{'|'.join(_ENDINGS)})-(\d{{4}}-\d\d-\d\d)-(\d{{4,}})"
    r"(?:\.jsonl(?:\.gz|\.zst)?|\.warc\.gz|\.cdxj)(?:\.part|\.tmp)?"
)


def is_ours(name: str) -> bool:
    """Tell whether a crawl has written a file of this name: published, packed, or in the making."""
    return _NAME.fullmatch(name) is not None


def day_prefix(sink: str, day: date) -> str:
    """Return how the names of a sink's files of a day begin; those of days before it sort before, all others after."""
    return f"{sink}-{day:%Y-%m-%d}-"


def index_name(warc: str) -> str:
    """Return the name of the index beside a WARC file."""
    return warc.removesuffix(_ENDINGS[WARC]) + INDEX


def is_warc(name: str) -> bool:
    """Tell whether a file is a WARC file, or will be one."""
    return name.removesuffix(".part").endswith(_ENDINGS[WARC])


class Names:
    """Gives each part its name. The sinks of a run begin with one number, and count on from there by themselves.

    Numbers already used within a day are found in the folder, in what was put aside, and in `taken`.
    """

    def __init__(self, folder: Path, *, taken: Iterable[str] = ()) -> None:
        self._folder, self._taken = folder, tuple(taken)
        self._first: dict[date, int] = {}
        self._last: dict[tuple[str, date], int] = {}

    def next(self, sink: str, day: date) -> str:
        """Return the name of the sink's next file. Raises OSError if the folder cannot be looked at."""
        number = self._last.get((sink, day), self.first(day) - 1) + 1
        self._last[sink, day] = number
        return f"{day_prefix(sink, day)}{number:04}{_ENDINGS[sink]}"

    def first(self, day: date) -> int:
        """Return the number with which the sinks begin on a day: one that nobody had before this run."""
        if day not in self._first:
            found = (*self._folder.iterdir(), *self._folder.glob(f"{EARLIER}/*/*"))
            names = [*self._taken, *(path.name for path in found)]
            matches = [match for name in names if (match := _NAME.fullmatch(name))]
            used = [int(match[2]) for match in matches if match[1] == f"{day:%Y-%m-%d}"]
            self._first[day] = max(used, default=0) + 1
        return self._first[day]
