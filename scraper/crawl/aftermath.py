"""After a run: is a site giving less than it used to, and who wants to know how it went?"""

from __future__ import annotations

import asyncio
import os
import urllib.request
from collections.abc import Callable
from http.client import HTTPException, InvalidURL
from pathlib import Path
from typing import Final
from urllib.error import URLError

import msgspec

from scraper.config import OutputConfig, fill_in
from scraper.crawl.exits import Exit
from scraper.crawl.metrics import metrics_text
from scraper.crawl.progress import Progress
from scraper.crawl.tally import Summary, Tally
from scraper.errors import SinkError
from scraper.frontier import Alarm, Frontier, find_alarms
from scraper.sinks.output import OutputFolder
from scraper.sinks.whole import write_whole

_WEBHOOK_TIMEOUT_S: Final = 10.0
NO_TROUBLE: Final = frozenset({Exit.DONE, Exit.NOTHING_NEW, Exit.INTERRUPTED})


def find_trouble(
    frontier: Frontier,
    tally: Tally,
    sample: Callable[[str], bytes | None],
    output: OutputFolder,
    progress: Progress,
) -> tuple[Alarm, ...]:
    """Compare each host with its earlier runs, keep a sample page of those that have changed, and remember this run."""
    today, found = tally.history(), []
    for host, figures in today.items():
        alarms = find_alarms(host, frontier.runs.history(host), figures)
        found += alarms
        if alarms and (page := sample(host)) is not None:
            kept = output.keep_sample(host, page)
            what = ", ".join(f"{alarm.what} {alarm.before:g} -> {alarm.now:g}" for alarm in alarms)
            progress.warn(f"{host} gives less than it used to ({what}); a page of it is in {kept}.")
    frontier.runs.record(tally.run, today)
    return tuple(found)


async def tell_others(config: OutputConfig, summary: Summary, progress: Progress) -> None:
    """Write the metrics file, and call the webhook if the run met trouble; what fails there is said, and no more."""
    if config.metrics:
        try:
            write_whole(Path(config.metrics), metrics_text(summary).encode())
        except SinkError as error:
            progress.warn(f"output.metrics: {error}")
    if config.webhook and summary.exit not in NO_TROUBLE:
        try:
            await asyncio.to_thread(_post, fill_in(config.webhook, os.environ), msgspec.json.encode(summary))
        except (URLError, OSError, ValueError, HTTPException) as error:
            progress.warn(f"output.webhook could not be told of the run: {error}.")


def _post(url: str, body: bytes) -> None:
    if not url.startswith(("http://", "https://")):
        raise ValueError("it is no http address")
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json"}, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=_WEBHOOK_TIMEOUT_S):
            return
    except InvalidURL:
        raise ValueError("it is no http address") from None  # the library repeats it, and it may hold a secret
