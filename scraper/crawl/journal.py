"""What makes a crawl safe to kill: lines and memory go to the disk together.

All that a run learns goes into one open transaction of the frontier, its lines into the parts. A commit first brings
the parts to the disk, then writes their lengths down in the same transaction that says which addresses are done. So
an address is done only if its line is on the disk; and after a kill, at whatever instant, the next run cuts the parts
to the lengths written down and fetches the rest again. Nothing is lost, and nothing stands there twice.
"""

from __future__ import annotations

from contextlib import ExitStack, suppress
from datetime import datetime
from pathlib import Path

from scraper.errors import SinkError, StateError
from scraper.frontier import Frontier
from scraper.sinks.output import OutputFolder, recover_part


class Journal:
    """One run's frontier and files, committed together. Use as a context manager; leaving it in order commits."""

    def __init__(self, frontier: Frontier, folder: Path, *, began: datetime) -> None:
        self.frontier = frontier
        self.recovered = _recover(frontier, folder)
        """Parts of runs that were killed: published now, as far as they had come."""
        taken = [part.file for part in frontier.parts.all()]
        self.output = OutputFolder(folder, began=began, taken=taken)
        self._open = ExitStack()

    def __enter__(self) -> Journal:
        self._open.enter_context(self.frontier.transaction())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if kind is None:
            self._write_lengths()
            self._open.close()
        else:
            self._open.__exit__(kind, error, None)
            self.output.close()
            with suppress(StateError, SinkError):  # a full disk may not even take that; the next run does it then
                _recover(self.frontier, self.output.folder)

    def commit(self) -> None:
        """Bring everything so far to the disk, for good."""
        self._write_lengths()
        self._open.close()
        self._open.enter_context(self.frontier.transaction())

    def publish(self) -> None:
        """Commit, and give the files their names."""
        self.commit()
        for part in self.output.publish():
            self.frontier.parts.publish(part.sink, part.file)
        self.commit()

    def _write_lengths(self) -> None:
        for part in self.output.sync():
            self.frontier.parts.commit(part.sink, part.file, part.bytes, part.records)


def _recover(frontier: Frontier, folder: Path) -> list[str]:
    recovered = []
    for part in frontier.parts.all(published=False):
        recover_part(folder, part.file, part.length)
        frontier.parts.publish(part.sink, part.file)
        recovered.append(part.file)
    return recovered
