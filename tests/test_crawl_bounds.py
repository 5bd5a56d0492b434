"""What ends a run, when an address comes again, and what others are told of a run."""

from __future__ import annotations

import asyncio
import io
import json
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from scraper.config import CrawlConfig, OutputConfig
from scraper.crawl.aftermath import tell_others
from scraper.crawl.bounds import Bounds
from scraper.crawl.metrics import metrics_text
from scraper.crawl.progress import Progress
from scraper.crawl.schedule import after_article, after_failure
from scraper.crawl.tally import SourceFigures, Summary, Tally
from scraper.crawl.wire import Gist
from scraper.errors import FetchError, SinkError, TransientError
from scraper.frontier import Alarm, Lease
from scraper.model import Page, Rejected, Target

START = datetime(2024, 5, 1, 6, 0, 0, 250_000, tzinfo=UTC)
HOUR, DAY = 3600.0, 86_400.0
URL = "http://a.example/story"
ODD = 'b\\a"d\nhost'


def page(size: int) -> Page:
    return Page(url=URL, final_url=URL, body=b"x" * size)


# --- what ends a run -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "used", "free", "why"),
    [
        pytest.param({}, (10**9, 10**6), 10**12, None, id="no bounds"),
        pytest.param({"max_runtime_s": 60}, (59.9, 0), 10**12, None, id="in time"),
        pytest.param({"max_runtime_s": 60}, (60, 0), 10**12, "crawl.max_runtime_s = 60", id="time is up"),
        pytest.param({"max_bytes": 1000}, (0, 999), 10**12, None, id="few bytes"),
        pytest.param({"max_bytes": 1000}, (0, 1000), 10**12, "crawl.max_bytes = 1000", id="bytes"),
        pytest.param({}, (0, 0), 200_000_000, None, id="room enough"),
        pytest.param(
            {}, (0, 0), 199_999_999, "crawl.min_free_bytes = 200000000: the disk is nearly full", id="no room"
        ),
        pytest.param({"min_free_bytes": 0}, (0, 0), 0, None, id="room is not looked at"),
    ],
)
def test_bounds(tmp_path: Path, config: dict[str, Any], used: tuple[float, int], free: int, why: str | None) -> None:
    """A run ends when its time, its bytes or the room on the disk are used up, and says which."""
    seconds, size = used
    tally = Tally(lambda: START)
    times = iter([1000.0, 1000.0 + seconds])
    bounds = Bounds(
        CrawlConfig(**config),
        tally,
        tmp_path,
        monotonic=lambda: next(times, 1000.0 + seconds),
        free_bytes=lambda _: free,
    )
    tally.add_page("a.example", page(size))
    assert bounds.reached() == why


def test_room_on_the_disk_is_the_folders(tmp_path: Path) -> None:
    """Where nobody says otherwise the system is asked."""
    config = CrawlConfig(min_free_bytes=1 << 60)
    bounds = Bounds(config, Tally(lambda: START), tmp_path, monotonic=lambda: 0.0)
    assert "the disk is nearly full" in (bounds.reached() or "")


def test_a_folder_that_is_gone(tmp_path: Path) -> None:
    """It is no bug, but a folder that cannot be written."""
    bounds = Bounds(CrawlConfig(), Tally(lambda: START), tmp_path / "gone", monotonic=lambda: 0.0)
    with pytest.raises(SinkError, match="cannot be written"):
        bounds.reached()


# --- when an address comes again -------------------------------------------------------------------------


def lease(**more: Any) -> Lease:
    target = Target(url=URL, source="feed")
    known = {"key": b"k", "target": target, "host": "a.example", "status": "done", "priority": 0, "first_seen": 0.0}
    return Lease(**known | more)


@pytest.mark.parametrize(
    ("error", "attempts", "expected"),
    [
        pytest.param(FetchError("http_status", URL, status=404), 0, ("gone", None), id="404"),
        pytest.param(TransientError("http_status", URL, status=410), 0, ("gone", None), id="410"),
        pytest.param(FetchError("http_status", URL, status=401), 0, ("failed", None), id="401"),
        pytest.param(FetchError("http_status", URL, status=500), 0, ("failed", HOUR), id="500"),
        pytest.param(FetchError("http_status", URL, status=500), 1, ("failed", 2 * HOUR), id="500 again"),
        pytest.param(FetchError("http_status", URL, status=500), 4, ("failed", 16 * HOUR), id="500, the last but one"),
        pytest.param(FetchError("http_status", URL, status=500), 5, ("failed", None), id="500, the last"),
        pytest.param(FetchError("http_status", URL, status=500), 99, ("failed", None), id="500, beyond the last"),
        pytest.param(TransientError("dns_failed", URL), 2, ("failed", 4 * HOUR), id="no name server"),
        pytest.param(FetchError("dns_failed", URL), 0, ("failed", None), id="no such name"),
        pytest.param(FetchError("dns_failed", URL, may_pass=True), 0, ("failed", HOUR), id="no name server, in robots"),
        pytest.param(FetchError("login_failed", URL), 0, ("failed", HOUR), id="login"),
        pytest.param(FetchError("deadline", URL), 0, ("failed", HOUR), id="too slow"),
        pytest.param(FetchError("redirect_loop", URL), 0, ("failed", None), id="a circle"),
        pytest.param(FetchError("address_refused", URL), 0, ("failed", None), id="not signed for"),
    ],
)
def test_after_failure(error: FetchError, attempts: int, expected: tuple[str, float | None]) -> None:
    """What may pass is tried again, after twice as long each time; what is gone or refused is not."""
    status, due_at = after_failure(lease(attempts=attempts), error, CrawlConfig(tries=6), now=1e6)
    assert (status, None if due_at is None else due_at - 1e6) == expected


@pytest.mark.parametrize(
    ("error", "known", "now", "in_s"),
    [
        pytest.param(FetchError("http_status", URL, status=403), {}, 10 * DAY, DAY, id="a wall"),
        pytest.param(FetchError("content_type", URL), {"reason": "http_status"}, 10 * DAY, DAY, id="still no page"),
        pytest.param(FetchError("http_status", URL, status=403), {}, 40 * DAY, DAY, id="old, for the first time"),
        pytest.param(
            FetchError("http_status", URL, status=403), {"reason": "http_status"}, 40 * DAY, None, id="old, still"
        ),
        pytest.param(FetchError("http_status", URL, status=404), {}, 10 * DAY, None, id="gone"),
        pytest.param(FetchError("robots_disallowed", URL), {}, 10 * DAY, None, id="robots.txt"),
        pytest.param(TransientError("timeout", URL), {"attempts": 9}, 10 * DAY, None, id="tried in ten runs"),
    ],
)
def test_after_an_article_could_not_be_fetched(
    error: FetchError, known: dict[str, Any], now: float, in_s: float | None
) -> None:
    """An address that gave an article is looked at again in a day, unless it is gone or may not be asked for."""
    _, due_at = after_failure(lease(article_id="a", last_changed=0.0, **known), error, CrawlConfig(), now=now)
    assert (due_at and due_at - now) == in_s


def test_no_wait_is_longer_than_a_week() -> None:
    """However often it failed."""
    _, due_at = after_failure(lease(attempts=40), TransientError("timeout", URL), CrawlConfig(tries=50), now=0.0)
    assert due_at == 7 * DAY


def test_an_outage_of_a_week_costs_no_address() -> None:
    """Runs while nothing answers do not use an address up: with the settings as they are it is tried afterwards."""
    now, attempts = 0.0, 0
    while now <= 7 * DAY:
        error = TransientError("connect_failed", URL)
        _, due_at = after_failure(lease(attempts=attempts), error, CrawlConfig(), now=now)
        assert due_at is not None
        now, attempts = due_at, attempts + 1


@pytest.mark.parametrize(
    ("known", "now", "published", "config", "in_s"),
    [
        pytest.param({"changed": True}, 0.0, None, {}, HOUR, id="new, undated"),
        pytest.param({"changed": True}, DAY, 0.0, {}, 6 * DAY, id="new, of yesterday"),
        pytest.param({"changed": True}, 60 * DAY, 0.0, {}, None, id="new, of long ago"),
        pytest.param({"changed": True}, 0.0, 9 * DAY, {}, HOUR, id="new, dated in the future"),
        pytest.param({"checks": 1, "changes": 1, "changed": False}, HOUR, None, {}, 5 * HOUR, id="unchanged"),
        pytest.param({"checks": 1, "changes": 1, "changed": True}, DAY, 0.0, {}, HOUR / 1.5, id="changed"),
        pytest.param({"changed": True}, 0.0, None, {"recheck_hours": ()}, None, id="never"),
        pytest.param({"changed": True}, 0.0, None, {"recheck_hours": (48.0,)}, 2 * DAY, id="after two days"),
        pytest.param(
            {"checks": 5, "changes": 1, "changed": False}, 5 * DAY, None, {"recheck_days": 6}, None, id="quiet"
        ),
    ],
)
def test_after_article(
    known: dict[str, Any], now: float, published: float | None, config: dict[str, Any], in_s: float | None
) -> None:
    """An article is looked at again by its age and its changes, until it has been quiet for long enough."""
    row = lease(**{name: value for name, value in known.items() if name != "changed"})
    due = after_article(
        row, CrawlConfig(**config), now=now, published=published, changed=known["changed"], is_live=False
    )
    assert (None if due is None else due - now) == (None if in_s is None else pytest.approx(in_s))


def test_a_live_blog_comes_no_more_than_hourly() -> None:
    """Also while it changes at each look."""
    row = lease(checks=5, changes=6, last_changed=0.0)
    due = after_article(row, CrawlConfig(), now=HOUR, published=0.0, changed=True, is_live=True)
    assert due == 2 * HOUR


# --- what others are told --------------------------------------------------------------------------------


def summary(*, alarms: tuple[Alarm, ...] = (), error: str | None = None) -> Summary:
    times = iter([START, START + timedelta(seconds=90)])
    tally = Tally(lambda: next(times))
    tally.add_targets("a.example", 3)
    tally.add_page("a.example", page(12_345_678))
    gist = Gist(article_id="a", own_id="a", content_hash="c")
    tally.add_article("a.example", gist, is_revision=True)
    tally.add_rejected(ODD, Rejected(url=URL, stage="judge", reason="too_short"))
    tally.sources.append(SourceFigures(kind="feed", name="x", error=error))
    return tally.summary(interrupted=False, profile="full", alarms=alarms)


SAMPLE = re.compile(r'([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\\n]|\\[\\"n])*",?)+)\})? (\S+)')
LABEL = re.compile(r'([a-z]+)="((?:[^"\\\n]|\\[\\"n])*)"')

PLAIN = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}


def samples(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Read Prometheus' text format: every sample belongs to the family whose HELP and TYPE stand before it."""
    found: dict[tuple[str, tuple[tuple[str, str], ...]], float] = {}
    families: list[str] = []
    assert text.endswith("\n")
    lines = text[:-1].split("\n")
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith("# HELP "):
            families.append(line.split()[2])
            assert following == f"# TYPE {families[-1]} gauge"
        elif not line.startswith("# TYPE "):
            match = SAMPLE.fullmatch(line)
            assert match, line
            assert match[1] == families[-1]
            labels = tuple(
                (name, re.sub(r'\\[\\"n]', lambda escaped: PLAIN[escaped[0]], value))
                for name, value in LABEL.findall(match[2] or "")
            )
            assert (match[1], labels) not in found
            found[match[1], labels] = float(match[3])
    assert len(families) == len(set(families))
    return found


def test_metrics() -> None:
    """They are what Prometheus reads, every figure in full, and odd names come through."""
    alarms = (Alarm(host=ODD, what="yield", before=0.9, now=0.125),)
    found = samples(metrics_text(summary(alarms=alarms)))
    assert found["scraper_run_finished_seconds", ()] == (START + timedelta(seconds=90)).timestamp()
    assert found["scraper_run_duration_seconds", ()] == 90
    assert found["scraper_run_exit_code", ()] == 7
    assert found["scraper_pages_bytes", ()] == 12_345_678
    assert found["scraper_targets", (("end", "pending"),)] == 1
    assert found["scraper_targets", (("end", "revisions"),)] == 1
    assert found["scraper_rejected_reason", (("reason", "too_short"),)] == 1
    assert found["scraper_host_articles", (("host", "a.example"),)] == 1
    assert found["scraper_host_fetched", (("host", ODD),)] == 0
    assert found["scraper_alarms", (("host", ODD), ("what", "yield"))] == 0.125


@contextmanager
def webhook(status: int = 200) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Take what is posted on a loopback port."""
    told: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/hook", told
        finally:
            server.shutdown()
            thread.join()


def tell(config: OutputConfig, told: Summary) -> str:
    """Tell others of a run; return what was said on the terminal."""
    stream = io.StringIO()
    asyncio.run(tell_others(config, told, Progress(stream, "quiet", clock=lambda: 0.0)))
    return stream.getvalue()


def test_the_webhook_hears_of_trouble_alone(tmp_path: Path) -> None:
    """A run without trouble calls nobody; one with trouble sends its summary."""
    with webhook() as (url, told):
        config = OutputConfig(webhook=url)
        assert tell(config, summary()) == ""
        assert told == []
        assert tell(config, summary(error="no feed")) == ""
        assert [each["exit"] for each in told] == [3]
        assert told[0]["targets"] == 3


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/hook", "file:///etc/passwd", "none", "http://127.0.0.1:9/a b", "http://127.0.0.1:x/"]
)
def test_a_webhook_that_cannot_be_told(url: str) -> None:
    """It is said in a sentence, and the run is what it was."""
    said = tell(OutputConfig(webhook=url), summary(error="no feed"))
    assert said.startswith("output.webhook could not be told of the run: ")
    assert said.count("\n") == 1


def test_a_webhook_that_refuses() -> None:
    """Its answer is said as well."""
    with webhook(status=500) as (url, told):
        assert "500" in tell(OutputConfig(webhook=url), summary(error="no feed"))
        assert len(told) == 1


def test_a_webhook_that_speaks_no_http() -> None:
    """It is said in a sentence that does not repeat the address, which may hold a secret."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            taken, _ = server.accept()
            with taken:
                taken.recv(65_536)
                taken.sendall(b"hello there\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        said = tell(OutputConfig(webhook=f"http://127.0.0.1:{server.getsockname()[1]}/s3cret"), summary(error="no"))
        thread.join()
    assert said.startswith("output.webhook could not be told of the run: ")
    assert "s3cret" not in said
    assert "s3cret" not in tell(OutputConfig(webhook="http://127.0.0.1:9/s3cret x"), summary(error="no"))


def test_the_metrics_file(tmp_path: Path) -> None:
    """It is written as a whole after each run; what cannot be written is said, and the webhook told."""
    path = tmp_path / "scraper.prom"
    assert tell(OutputConfig(metrics=str(path)), summary()) == ""
    assert samples(path.read_text())["scraper_run_exit_code", ()] == 0
    with webhook() as (url, told):
        config = OutputConfig(metrics=str(tmp_path / "none" / "scraper.prom"), webhook=url)
        said = tell(config, summary(error="no feed"))
        assert "scraper.prom: cannot be written" in said
        assert len(told) == 1
