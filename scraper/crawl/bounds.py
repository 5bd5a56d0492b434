"""What ends a run before all is done: its time, its bytes, the room on the disk."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from scraper.config import CrawlConfig
from scraper.crawl.tally import NEARLY_FULL, Tally
from scraper.sinks.part import sink_error


class Bounds:
    """Looks at the bounds of a run. `monotonic` is in seconds; `free_bytes` is what is left on the disk of a folder."""

    def __init__(
        self,
        config: CrawlConfig,
        tally: Tally,
        folder: Path,
        *,
        monotonic: Callable[[], float],
        free_bytes: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free,
    ) -> None:
        self._config, self._tally, self._folder = config, tally, folder
        self._monotonic, self._free_bytes = monotonic, free_bytes
        self._began_s = monotonic()

    def reached(self) -> str | None:
        """Return which bound is reached, in words, or None. Raises SinkError if the folder is gone."""
        config = self._config
        if 0 < config.max_runtime_s <= self._monotonic() - self._began_s:
            return f"crawl.max_runtime_s = {config.max_runtime_s:g}"
        if 0 < config.max_bytes <= self._tally.bytes:
            return f"crawl.max_bytes = {config.max_bytes}"
        if config.min_free_bytes and self._free() < config.min_free_bytes:
            return f"crawl.min_free_bytes = {config.min_free_bytes}: {NEARLY_FULL}"
        return None

    def _free(self) -> int:
        try:
            return self._free_bytes(self._folder)
        except OSError as error:
            raise sink_error(self._folder, error) from error
