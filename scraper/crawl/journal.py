"""What makes a crawl safe to kill: lines and memory go to the disk together.

All that a run learns goes into one open transaction of the frontier, its lines into the parts. A commit first brings
the parts to the disk, then writes their lengths down in the same transaction that says which addresses are done. So
an address is done only if its line is on the disk; and after a kill, at whatever instant, the next run cuts the parts
to the lengths written down and fetches the rest again. Nothing is lost, and nothing stands there twice.

A part that is complete is published after the commit that wrote its length down, in a thread, since packing it takes
its time. When it has its name, the manifest says so first, then the frontier: a kill before that leaves a part that
the next run recovers, and the manifest of that run names it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path

from scraper.config import OutputConfig
from scraper.crawl.echo import Echo
from scraper.errors import SinkError, StateError
from scraper.frontier import Frontier
from scraper.frontier.parts import Part
from scraper.sinks.names import SINKS, day_prefix
from scraper.sinks.output import Length, OutputFolder
from scraper.sinks.part import Rotation
from scraper.sinks.publish import Compression, publish_part, recover_part
from scraper.sinks.published import Published


class Journal:
    """One run's frontier and files, committed together. Use as a context manager; leaving it in order commits."""

    def __init__(
        self,
        frontier: Frontier,
        folder: Path,
        *,
        began: datetime,
        config: OutputConfig,
        now: Callable[[], datetime] | None = None,
        echo: Echo | None = None,
    ) -> None:
        self.frontier, self._echo = frontier, echo
        self._compression: Compression = config.compression
        goes_along = frontier.path.resolve().is_relative_to(folder.resolve())
        self._folder = "" if goes_along else str(folder.resolve())
        self.output = OutputFolder(
            folder,
            began=began,
            taken=_names_since(frontier, began),
            rotation=Rotation(bytes=config.rotate_bytes, records=config.rotate_records),
            now=now,
        )
        self.published: list[Published] = []
        """Files that have their names, in the order in which they got them."""
        self.recovered = self._recover(self._compression)
        """Parts of runs that were killed: published now, as far as they had come."""
        self._open = ExitStack()
        self._packer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="publish")
        self._packing: deque[Future[Published]] = deque()

    def __enter__(self) -> Journal:
        self._open.enter_context(self.frontier.transaction())
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        self._packer.shutdown(wait=True, cancel_futures=True)
        if kind is None:
            lengths = self._write_lengths()
            self._open.close()
            self._show(lengths)
        else:
            self._open.__exit__(kind, error, None)
            self.output.close()
            with suppress(StateError, SinkError):  # a full disk may not even take that; the next run does it then
                self._recover("none")

    def commit(self) -> None:
        """Bring everything so far to the disk, for good; parts that are complete go on to be published."""
        lengths = self._write_lengths()
        self._settle([packing.result() for packing in self._take_packed()])
        self._open.close()
        self._open.enter_context(self.frontier.transaction())
        self._show(lengths)
        for file in self.output.take_complete():
            self._packing.append(self._packer.submit(publish_part, self.output.folder, file, self._compression))

    def publish(self) -> None:
        """Commit, and give all files their names."""
        self.output.finish()
        self.commit()
        self._settle([packing.result() for packing in self._packing])
        self._packing.clear()
        self.commit()

    def _write_lengths(self) -> tuple[Length, ...]:
        lengths = self.output.sync()
        for part in lengths:
            self.frontier.parts.commit(part.sink, part.file, part.bytes, part.records, folder=self._folder)
        return lengths

    def _show(self, lengths: tuple[Length, ...]) -> None:
        if self._echo is not None:
            self._echo.show(self.output.folder, lengths)

    def _take_packed(self) -> list[Future[Published]]:
        taken = []
        while self._packing and self._packing[0].done():
            taken.append(self._packing.popleft())
        return taken

    def _settle(self, published: list[Published]) -> None:
        """Write down which files have their names: in the manifest, then in the frontier."""
        listed = {file.part for file in self.published}
        if new := [file for file in published if file.part not in listed]:
            self.published += new
            self.output.write_manifest(self.published)
        for file in published:
            self.frontier.parts.publish(file.sink, file.part)

    def _recover(self, compression: Compression) -> list[str]:
        """Publish what the frontier knows and nobody has published; return the names of the parts."""
        here, elsewhere = list[Part](), list[Part]()
        for part in self.frontier.parts.all(published=False):
            is_here = part.folder in {"", str(self.output.folder.resolve())}
            (here if is_here else elsewhere).append(part)
        found = [recover_part(self.output.folder, part.file, part.length, compression) for part in here]
        self._settle([file for file in found if file is not None])
        for part in here:
            self.frontier.parts.publish(part.sink, part.file)
        return [*(part.file for part in here), *self._recover_elsewhere(elsewhere, compression)]

    def _recover_elsewhere(self, parts: list[Part], compression: Compression) -> list[str]:
        """Publish parts where they stand: a run that wrote to another folder was killed. Not in this run's manifest.

        Of a folder that is not there they stay as they are: it may be a disk that is not mounted today.
        """
        found = []
        for part in parts:
            if (folder := Path(part.folder)).is_dir():
                recover_part(folder, part.file, part.length, compression)
                self.frontier.parts.publish(part.sink, part.file)
                found.append(str(folder / part.file))
        return found


def _names_since(frontier: Frontier, began: datetime) -> list[str]:
    """Return the names of files of the day of a run and, where a clock was ahead, of later ones; it uses no others."""
    day = began.astimezone(UTC).date()
    return [name for sink in SINKS for name in frontier.parts.names(sink, day_prefix(sink, day))]
