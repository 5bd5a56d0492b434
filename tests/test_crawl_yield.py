"""The yield watch over whole runs: silent while a site is as ever, and awake on the day its pages change."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from scraper.config import QualityConfig
from scraper.crawl.aftermath import find_trouble
from scraper.crawl.gist import gist_of
from scraper.crawl.progress import Progress
from scraper.crawl.samples import Samples
from scraper.crawl.tally import Tally
from scraper.crawl.wire import Gist
from scraper.demo import load_routes, site_folder
from scraper.frontier import Alarm, Frontier
from scraper.model import Article, Page, Rejected
from scraper.pipeline import read_page
from scraper.sinks import OutputFolder

HOST = "courier.example"
BEGAN = datetime(2026, 11, 22, tzinfo=UTC)
Template = Callable[[str], str]


def as_ever(html: str) -> str:
    return html


def filled_by_script(html: str) -> str:
    """The text is no longer in the page."""
    return re.sub(r"(?s)<p\b.*?</p>", "", html)


def down_for_repairs(html: str) -> str:
    """No page shows a story."""
    return "<html><title>Back soon</title><body><p>We are working on it.</p></body></html>"


def behind_a_wall(html: str) -> str:
    """Of each story two paragraphs are left."""
    first = [match.start() for match in re.finditer(r"<p\b", html)][3:]
    return html if not first else html[: first[0]] + re.sub(r"(?s)<p\b.*?</p>", "", html[first[0] :])


def without_names(html: str) -> str:
    """Nobody signs any more, in the page or in its data."""
    html = re.sub(r"(?s)<script type=.?application/ld\+json.*?</script>", "", html)
    html = re.sub(r"<meta[^>]*(?:author|byl)[^>]*>", "", html)
    return re.sub(r'(?s)<(\w+)[^>]*class="[^"]*(?:byline|author)[^"]*"[^>]*>.*?</\1>', "", html)


@cache
def stories() -> tuple[tuple[str, str], ...]:
    """Return the demo newspaper's pages that give articles, as (address, page)."""
    folder = site_folder()
    found = []
    for (host, path), route in sorted(load_routes(folder).items()):
        if host == HOST and route.file and route.file.endswith(".html") and route.status == 200:
            page = (f"http://{host}{path}", (folder / route.file).read_text("utf-8", "replace"))
            if isinstance(read(page, as_ever), Article):
                found.append(page)
    return tuple(found)


@cache
def read(page: tuple[str, str], template: Template) -> Article | Rejected:
    url, html = page
    body = template(html).encode()
    return read_page(Page(url=url, final_url=url, body=body, fetched_at=BEGAN, status=200), QualityConfig())


@cache
def gist(page: tuple[str, str], template: Template) -> Gist | None:
    made = read(page, template)
    return gist_of(made) if isinstance(made, Article) else None


class Watch:
    """Runs over the demo newspaper, one after the other, each of some of its pages."""

    def __init__(self, folder: Path) -> None:
        self.frontier = Frontier(folder / "state")
        self.output = OutputFolder(folder / "out", began=BEGAN)
        self.said = io.StringIO()
        self.chance = random.Random(11)

    def run(self, template: Template = as_ever, *, pages: int | None = None) -> tuple[Alarm, ...]:
        """Return what a run of so many pages is alarmed about; a few of them are no articles on any day."""
        tally = Tally(lambda: BEGAN)
        tally.run = self.frontier.runs.begin(BEGAN.timestamp())
        samples = Samples(self.frontier)
        for page in self.chance.choices(stories(), k=pages or self.chance.randint(10, 40)):
            fetched = Page(url=page[0], final_url=page[0], body=template(page[1]).encode())
            tally.add_page(HOST, fetched)
            samples.offer(HOST, fetched)
            known, made = gist(page, template), read(page, template)
            if self.chance.random() < 0.05:
                tally.add_rejected(HOST, Rejected(url=page[0], stage="judge", reason="page_type"))
            elif known is not None:
                tally.add_article(HOST, known, is_revision=False)
            elif isinstance(made, Rejected):
                tally.add_rejected(HOST, made)
        progress = Progress(self.said, "quiet", clock=lambda: 0.0)
        return find_trouble(self.frontier, tally, samples.of, self.output, progress)

    def samples(self) -> list[str]:
        return [path.read_text("utf-8") for path in (self.output.folder / "alarms").glob("*")]


@pytest.fixture
def watch(tmp_path: Path) -> Iterator[Watch]:
    made = Watch(tmp_path)
    yield made
    made.frontier.close()


def test_a_hundred_ordinary_runs(watch: Watch) -> None:
    """Runs of a handful of pages and of many, in whatever mixture: nobody is woken, and no page is kept."""
    assert len(stories()) >= 8
    assert [watch.run() for _ in range(100)] == [()] * 100
    assert (watch.samples(), watch.said.getvalue()) == ([], "")


@pytest.mark.parametrize(
    ("template", "what"),
    [
        pytest.param(filled_by_script, "yield", id="filled by script"),
        pytest.param(down_for_repairs, "yield", id="down for repairs"),
        pytest.param(behind_a_wall, "text_chars", id="behind a wall"),
        pytest.param(without_names, "authors", id="without names"),
    ],
)
@pytest.mark.parametrize("runs", [8, 40])
def test_a_new_template(watch: Watch, template: Template, what: str, runs: int) -> None:
    """The first run after it is alarmed, says so whatever the talk, and keeps a page to look at."""
    for _ in range(runs):
        assert watch.run() == ()
    alarms = watch.run(template, pages=25)
    assert what in {alarm.what for alarm in alarms}
    assert all(alarm.host == HOST and alarm.before != alarm.now for alarm in alarms)
    (sample,) = watch.samples()
    assert sample in {template(html) for _, html in stories()}
    assert watch.said.getvalue().startswith(f"{HOST} gives less than it used to (")
    assert watch.said.getvalue().count("\n") == 1


def test_a_new_template_that_gives_as_much(watch: Watch) -> None:
    """A page that looks otherwise, and gives what it gave, is nobody's business."""
    for _ in range(20):
        watch.run()
    assert watch.run(lambda html: html.replace("<div", "<section").replace("</div", "</section"), pages=30) == ()


def test_a_young_host_is_not_judged(watch: Watch) -> None:
    """Of a host with a few runs nobody knows what is normal; no page of it is held."""
    for _ in range(4):
        watch.run()
    assert watch.run(filled_by_script, pages=30) == ()
    assert watch.samples() == []


def test_after_the_change_it_becomes_normal(watch: Watch) -> None:
    """A site that stays as it has become is told of for some runs, not for ever."""
    for _ in range(20):
        watch.run(pages=20)
    alarmed = [bool(watch.run(down_for_repairs, pages=20)) for _ in range(60)]
    assert alarmed[0]
    assert not alarmed[-1]


def test_a_run_that_only_looked_whether_anything_changed(watch: Watch) -> None:
    """Where all is unchanged there is nothing to judge, and nothing to remember."""
    for _ in range(10):
        watch.run()
    tally = Tally(lambda: BEGAN)
    tally.run = watch.frontier.runs.begin(BEGAN.timestamp())
    for _ in range(50):
        tally.add_unchanged(HOST)
    progress = Progress(watch.said, "quiet", clock=lambda: 0.0)
    assert find_trouble(watch.frontier, tally, lambda _: b"", watch.output, progress) == ()
    assert len(watch.frontier.runs.history(HOST, 99)) == 10
