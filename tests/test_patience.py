"""What somebody at a terminal is told while a fetch takes long."""

from __future__ import annotations

import asyncio
import io
import os
import pty
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from press import Press, story

from scraper.cli.patience import Patience
from scraper.fetchers.log import RequestLine

URL = "https://news.example/story"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def ended(outcome: str = "ok", status: int | None = 200) -> RequestLine:
    return RequestLine(
        at=datetime(2026, 11, 23, tzinfo=UTC),
        start_s=0.0,
        end_s=1.0,
        host="news.example",
        key="news.example",
        url=URL,
        kind="page",
        outcome=outcome,
        status=status,
    )


async def at_once(_: float) -> None:
    """Wait for nothing."""


WAITS = {
    "a host that asks for peace": (ended(status=429), 59.2, f"{URL}: status 429; waiting 60 s before"),
    "a host that fell silent": (ended("timeout", None), 0.4, f"{URL}: timeout; waiting 1 s before"),
    "a long Crawl-delay": (ended(), 30.0, "waiting 30 s before"),
    "the usual gap": (ended(), 1.0, ""),
    "no robots.txt": (ended(status=404), 1.0, ""),
    "no pause": (ended(status=503), 0.0, ""),
}


@pytest.mark.parametrize(("line", "seconds", "said"), WAITS.values(), ids=WAITS)
@pytest.mark.parametrize("stream", [Terminal, io.StringIO], ids=["terminal", "file"])
def test_what_is_waited_for(line: RequestLine, seconds: float, said: str, stream: type[io.StringIO]) -> None:
    """A terminal hears what a pause is for if it is long or follows a failure; a file hears nothing."""
    out = stream()
    patience = Patience(out, sleep=at_once)
    patience.record(line)
    asyncio.run(patience.sleep(seconds))
    expected = f"{said} the next request; Ctrl-C ends it.\n" if said and stream is Terminal else ""
    assert out.getvalue() == expected


@pytest.mark.parametrize("paused", [False, True])
def test_a_server_that_is_slow(paused: bool) -> None:
    """Where nothing else was said for some time, a word says that the page has not come yet; once."""
    out = Terminal()
    patience = Patience(out, sleep=at_once)

    async def fetch() -> None:
        async with patience.over(URL):
            if paused:
                await patience.sleep(60)
            for _ in range(3):
                await asyncio.sleep(0)

    asyncio.run(fetch())
    assert out.getvalue().count("\n") == 1
    assert ("no answer yet" in out.getvalue()) is not paused


def test_extract_at_a_terminal(tmp_path: Path) -> None:
    """The pause that a host asks for is told on the terminal, and stdout has the record alone."""
    config = tmp_path / "c.toml"
    config.write_text("[fetch]\ndelay_s = 0\nretries = 1\n")
    routes: dict[str, str | bytes | tuple[int, dict[str, str], bytes]] = {"/story/1": story(1)}
    routes["/robots.txt"] = (503, {"Retry-After": "1"}, b"")
    with Press(routes) as press:
        shown, said = terminal_talk("extract", f"{press.base}/story/1", "--config", str(config))
    assert f"{press.base}/robots.txt: status 503; waiting 1 s before the next request; Ctrl-C ends it.\r\n" in said
    assert (said.count("\r\n"), shown) == (2, b""), said


def terminal_talk(*arguments: str) -> tuple[bytes, str]:
    """Return what a command writes to stdout, a pipe, and to stderr, a terminal."""
    ours, theirs = pty.openpty()
    try:
        with subprocess.Popen(
            [sys.executable, "-m", "scraper", *arguments], stdout=subprocess.PIPE, stderr=theirs
        ) as running:
            shown, _ = running.communicate(timeout=50)
        os.write(theirs, b"end\n")
        said = b""
        while not said.endswith(b"end\r\n"):
            said += os.read(ours, 10_000)
    finally:
        os.close(ours)
        os.close(theirs)
    return shown, said.decode().removesuffix("end\r\n")
