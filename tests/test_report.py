"""scraper report: a page whose figures are those of the files, that loads nothing, and that everybody can read."""

from __future__ import annotations

import asyncio
import doctest
import gzip
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from looking import SIZES
from selectolax.lexbor import LexborHTMLParser, LexborNode

from scraper.cli.demo import demo_config
from scraper.cli.init import template_path
from scraper.cli.main import run
from scraper.config import Config, load_config
from scraper.crawl.progress import Progress
from scraper.crawl.run import run_crawl
from scraper.crawl.tally import HostFigures, SourceFigures, Summary
from scraper.demo import DemoServer
from scraper.fetchers.log import RequestLine
from scraper.fetchers.timing import Watch
from scraper.frontier import Alarm
from scraper.records import timeline
from scraper.records.survey import WORD_STEPS, survey_records
from scraper.records.timeline import by_time
from scraper.report import CrawlReport, RunShown, amounts, render_crawl_report
from scraper.report.amounts import number, percent
from scraper.report.changes import tell_changes
from scraper.report.colours import contrast
from scraper.report.parts import part

BEGAN = datetime(2026, 11, 9, 5, 0, tzinfo=UTC)
HOSTILE = "\"'><script>alert(1)</script><img src=http://evil.example/x onerror=alert(1)>]]></title></svg></style>&amp;"


def scraper(*arguments: str | Path) -> tuple[int, str, str]:
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as said:
        code = run([str(argument) for argument in arguments])
    return code, out.getvalue(), said.getvalue()


def report_of(*paths: Path) -> LexborHTMLParser:
    code, html, said = scraper("report", *paths, "--out", "-")
    assert code == 0, said
    return LexborHTMLParser(html)


def words_of(node: LexborNode | None) -> str:
    assert node is not None
    return " ".join(node.text(separator=" ").split())


def table_of(page: LexborHTMLParser, caption: str) -> dict[str, list[str]]:
    """Return the rows of the one table that has a caption, by the head of the row."""
    (found,) = [table for table in page.css("table") if words_of(table.css_first("caption")) == caption]
    rows = found.css("tbody tr")
    return {words_of(row.css_first("th")): [words_of(cell) for cell in row.css("td")] for row in rows}


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo newspaper, crawled twice; the second run is a day later."""
    out = tmp_path_factory.mktemp("crawled") / "out"
    with DemoServer() as server:
        config = demo_config(load_config(template_path()), server.connect_to)
        for days in (0, 1):
            asyncio.run(_crawl(config, out, BEGAN + timedelta(days=days)))
    return out


async def _crawl(config: Config, out: Path, when: datetime) -> None:
    began = datetime.now(UTC)
    quiet = Progress(None, "quiet", clock=lambda: 0.0)
    await run_crawl(config, out, quiet, now=lambda: when + (datetime.now(UTC) - began))


def lines_of(folder: Path, sink: str) -> list[dict[str, Any]]:
    files = sorted(folder.glob(f"{sink}-*.jsonl"))
    return [json.loads(line) for path in files for line in path.read_bytes().splitlines()]


def summary(day: int, **changes: Any) -> Summary:
    """Return a run of day `day`."""
    host = {"fetched": 10, "articles": 9, "refused_by_robots": {}, "rejected": {"not_article": 1, "timeout": 4}}
    hosts = {name: HostFigures(**host) for name in ("a.example", "b.example")}
    given: dict[str, Any] = {
        "version": "0.1.0", "run": day, "started": BEGAN + timedelta(days=day), "seconds": 65.0, "pages": 20,
        "finished": BEGAN + timedelta(days=day, seconds=65), "pages_per_s": 0.31, "bytes": 1_234_567, "targets": 33,
        "articles": 18, "rejected": 10, "unchanged": 4, "pending": 1, "revisions": 2, "stopped_by": "--limit",
        "rejected_by_reason": {"timeout": 8, "not_article": 2}, "files": (), "hosts": hosts, "alarms": (),
        "sources": (SourceFigures(kind="feed", name="http://a.example/feed", named=7, new=3),), "profile": "full",
        "exit": 0,
    }  # fmt: skip
    return Summary(**given | changes)


def folder_of(folder: Path, *runs: Summary) -> Path:
    """Write runs as a crawl does."""
    (folder / "runs").mkdir(parents=True, exist_ok=True)
    for each in runs:
        text = msgspec.json.encode(each)
        (folder / "runs" / f"{each.started:%Y-%m-%dT%H%M%SZ}.json").write_bytes(text)
        (folder / "summary.json").write_bytes(text)
    return folder


# --- the figures -----------------------------------------------------------------------------------------


def test_last_run_adds_up(crawled: Path) -> None:
    """The page says what summary.json says, and how the run ended in words."""
    page, said = report_of(crawled), json.loads((crawled / "summary.json").read_bytes())
    shown = [words_of(node) for node in page.css("#last .sum dd")]
    columns = ("targets", "articles", "rejected", "unchanged", "pending")
    assert shown == [number(said[name]) for name in columns]
    assert said["targets"] == sum(said[name] for name in columns[1:])
    assert f"exit code {said['exit']}" in words_of(page.css_first(".ended"))
    runs = [json.loads(path.read_bytes()) for path in sorted((crawled / "runs").glob("*Z.json"))]
    rows = table_of(page, "Targets of each run, by what came of them")
    assert list(rows.values()) == [
        [number(each[name]) for name in (*columns[1:], "targets")] for each in reversed(runs)
    ]


def test_records_are_counted(crawled: Path) -> None:
    """Fields, languages, sites, words, sizes, days and warnings are those of the records."""
    page, records = report_of(crawled), lines_of(crawled, "articles")
    fields = table_of(page, "Records in which a field says something")
    for name, (_, count, share) in fields.items():
        filled = sum(record[name] not in (None, "", []) for record in records)
        assert (count, share) == (number(filled), percent(filled, len(records))), name
    for caption, name in (("sites", "domain"), ("languages", "language"), ("access", "access")):
        counted = Counter(record[name] for record in records)
        assert {each: row[1] for each, row in table_of(page, f"Records by {caption}").items()} == {
            each: number(count) for each, count in counted.items()
        }
    warned = Counter(code for record in records for code in {each["code"] for each in record["warnings"]})
    assert {each: row[1] for each, row in table_of(page, "Records that have a warning").items()} == {
        each: number(count) for each, count in warned.items()
    }
    for caption in ("Records by words of text", "Pages by size", "Records by confidence"):
        assert sum(int(row[0]) for row in table_of(page, caption).values()) == len(records)
    long = sum(record["word_count"] >= 400 and record["word_count"] < 800 for record in records)
    assert table_of(page, "Records by words of text")["400"][0] == number(long)
    dated = sum(record["published_date"] is not None for record in records)
    assert sum(int(row[0]) for row in table_of(page, "Records by date of publication").values()) == dated


def test_stories_are_records(crawled: Path) -> None:
    """Ten records are there to read: title, site, the first 300 characters, and a link to the page."""
    page, records = report_of(crawled), {each["final_url"]: each for each in lines_of(crawled, "articles")}
    stories = page.css("#stories article")
    assert len(stories) == 10
    for story in stories:
        record = records[story.css_first("h3 a").attributes["href"] or ""]
        about, text = story.css("p")
        assert words_of(story.css_first("h3")) == record["title"]
        assert record["domain"] in words_of(about)
        assert text.text().rstrip("…") == record["text"][:300]


def test_requests_are_counted(crawled: Path) -> None:
    """Latency, waits and the audit are those of the request log."""
    page = report_of(crawled)
    lines = [each for each in lines_of(crawled, "requests") if each["type"] == "request"]
    hosts = Counter(each["host"] for each in lines if each["head_s"] is not None)
    rows = table_of(page, "Seconds to the first byte, by host")
    assert {host: row[0] for host, row in rows.items()} == {host: number(count) for host, count in hosts.items()}
    assert all(sum(int(count) for count in row[3:]) == int(row[0]) for row in rows.values())
    assert f"{number(len(lines))} requests to 3 hosts in 2 runs, no violation" in words_of(
        page.css_first("#politeness .verdict")
    )
    kinds = Counter(each["kind"] for each in lines)
    assert {kind: row[1] for kind, row in table_of(page, "Requests by kind").items()} == {
        kind: number(count) for kind, count in kinds.items()
    }
    waits = {each["wait_reason"] for each in lines} - {""}
    assert {name.split()[0] for name in table_of(page, "Time waited")} == waits


def test_violations_are_shown(crawled: Path, tmp_path: Path) -> None:
    """A log of impolite requests says so, by kind, with the first of them."""
    log = next(crawled.glob("requests-*.jsonl")).read_bytes()
    rude = tmp_path / "requests-rude.jsonl"
    rude.write_bytes(re.sub(rb'"delay_s":[\d.]+', b'"delay_s":9', log))
    page = report_of(rude)
    assert page.css_first("#politeness .verdict.bad") is not None
    assert "too_fast" in words_of(page.css_first("#politeness"))
    assert page.css("#politeness details li")


def test_causes_are_those_of_the_runs(crawled: Path) -> None:
    """Each reason has its number over the runs, its meaning and an address of the rejections."""
    page = report_of(crawled)
    counts = Counter[str]()
    for path in (crawled / "runs").glob("*Z.json"):
        counts.update(json.loads(path.read_bytes())["rejected_by_reason"])
    shown = {words_of(each.css_first("h3")): words_of(each) for each in page.css("#causes li")}
    assert shown.keys() == counts.keys()
    assert all(f"{count} of {counts.total()}" in shown[reason] for reason, count in counts.items())
    urls = {each["reason"]: each["url"] for each in reversed(lines_of(crawled, "rejected"))}
    assert all(f"such as {url}" in shown[reason] for reason, url in urls.items())
    assert "robots.txt forbids it" in shown["robots_disallowed"]


def test_hosts_with_alarms_come_first(tmp_path: Path) -> None:
    """Yields stand run by run, without what never was a page; the host with an alarm first, its sample linked."""
    bad = HostFigures(fetched=10, articles=1, refused_by_robots={}, rejected={"not_article": 3, "duplicate": 2})
    alarms = (Alarm(host="b.example", what="yield", before=0.9, now=0.25),)
    last = summary(2, alarms=alarms, hosts={"a.example": summary(2).hosts["a.example"], "b.example": bad}, exit=7)
    out = folder_of(tmp_path / "an out: <folder>", summary(0), summary(1), last)
    (out / "alarms").mkdir()
    (out / "alarms" / f"b.example-{last.started:%Y-%m-%dT%H%M%SZ}.html").write_text("<p>changed</p>")
    code, _, said = scraper("report", out, "--out", tmp_path / "report.html")
    assert code == 0, said
    page = LexborHTMLParser((tmp_path / "report.html").read_text(encoding="utf-8"))
    rows = table_of(page, "Yield and articles, by host and run")
    assert rows == {"b.example": ["90 % · 9", "90 % · 9", "25 % · 1"], "a.example": ["90 % · 9"] * 3}
    assert [words_of(each) for each in page.css("#hosts h3")] == ["b.example", "a.example"]
    alarm = page.css_first("#alarms li")
    assert "25 %, normal is 90 %" in words_of(alarm)
    assert alarm.css_first("a").attributes["href"] == (
        "an%20out%3A%20%3Cfolder%3E/alarms/b.example-2026-11-11T050000Z.html"
    )
    assert "look at the samples" in words_of(page.css_first(".ended.bad"))
    described = words_of(page.css_first("#hosts svg desc"))
    assert described == "From the oldest run to the last: 90 %, 90 %, 25 %."


def test_two_runs_are_compared(tmp_path: Path) -> None:
    """The last run stands beside the one before, with the difference."""
    page = report_of(
        folder_of(tmp_path, summary(0), summary(1, targets=1_040, articles=1_011, seconds=60.0, rejected=24))
    )
    rows = table_of(page, "The last run and the run before")
    assert rows["Targets"] == ["33", "1,040", "+1,007"]
    assert rows["Rejected"] == ["10", "24", "+14"]
    assert rows["Unchanged"] == ["4", "4", "="]
    assert rows["Time"] == ["1 min 05 s", "1 min 00 s", "−5.0 s"]
    assert "The same hosts, sources and reasons." in words_of(page.css_first("#since"))


def run_shown(**changes: Any) -> RunShown:
    given: dict[str, Any] = {"name": "x", "version": "1", "ended": "done", "mood": "good", "stopped_by": None}
    counts = "targets articles rejected unchanged pending revisions pages bytes seconds pages_per_s code alarms"
    given |= dict.fromkeys(counts.split(), 0) | {"reasons": {}, "hosts": ("a", "b"), "failed_hosts": ()}
    return RunShown(**given | changes)


@pytest.mark.parametrize(
    ("before", "last", "sentences"),
    [
        ({}, {}, []),
        ({}, {"failed_hosts": ("b",)}, ["Gives no page any more: b."]),
        ({"failed_hosts": ("b",)}, {}, ["Gives pages again: b."]),
        ({"failed_hosts": ("b",)}, {"hosts": ("a",)}, ["Hosts that only the run before met: b."]),
        ({}, {"hosts": ("a", "b", "c")}, ["Hosts that the run before did not meet: c."]),
        ({}, {"errors": ("feed",)}, ["Cannot be read any more: feed."]),
        ({"reasons": {"x": 1}}, {"reasons": {"y": 1}},
         ["Reasons for rejection that the run before did not have: y.", "Reasons that are gone: x."]),
        ({}, {"version": "2"}, ["Version 2 instead of 1."]),
    ],
    ids=lambda value: None if isinstance(value, list) else " ".join(map(str, value.values())) or "same",
)  # fmt: skip
def test_changes_are_told(before: dict[str, Any], last: dict[str, Any], sentences: list[str]) -> None:
    """What came, went, broke or healed is a sentence."""
    assert list(tell_changes(run_shown(**before), run_shown(**last))) == sentences


# --- what it can be given --------------------------------------------------------------------------------


def test_one_run_is_compared_with_nothing(tmp_path: Path) -> None:
    """A first run has no run before, and no line over runs to read."""
    page = report_of(folder_of(tmp_path, summary(0)))
    assert page.css_first("#last") is not None
    assert not page.css("#since, #runs, #alarms, #latency, #politeness, #coverage, .chart.line")
    assert page.css("#hosts .bar")


def test_a_run_brings_its_files_and_its_history(crawled: Path) -> None:
    """runs/<when>.json stands for that run, the ones before it, and the files that it wrote."""
    first, second = sorted((crawled / "runs").glob("*Z.json"))
    page = report_of(first)
    assert "1 run, 2026-11-09 05:00 UTC · 34 records in 1 file" in words_of(page.css_first("header p"))
    assert "2 runs" in words_of(report_of(second).css_first("header p"))


def test_records_alone_show_what_needs_records(crawled: Path) -> None:
    """Files of records, rejections or requests alone give the parts that are made of them."""
    assert not report_of(*crawled.glob("articles-*")).css("#last, #hosts, #causes, #sources, #politeness")
    assert [each.attributes["id"] for each in report_of(*crawled.glob("rejected-*")).css("section")] == ["causes"]
    assert len(report_of(*crawled.glob("requests-*")).css("section")) == 2


def test_packed_files_are_read(crawled: Path, tmp_path: Path) -> None:
    """A folder whose files were compressed shows the same figures."""
    copy = tmp_path / "packed"
    shutil.copytree(crawled, copy)
    for path in copy.glob("*.jsonl"):
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    plain, packed = (page.css_first("main") for page in (report_of(crawled), report_of(copy)))
    assert plain is not None and packed is not None
    assert plain.html == packed.html


def test_folder_of_the_configuration_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a path the report is about output.dir, and is written beside."""
    folder_of(tmp_path / "papers", summary(0))
    (tmp_path / "config.toml").write_text('[output]\ndir = "papers"\n')
    monkeypatch.chdir(tmp_path)
    assert scraper("report")[0] == 0
    assert "<h1>Crawl report" in (tmp_path / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("content", [b"", b"{}\n"], ids=["empty", "bare"])
@pytest.mark.parametrize("name", ["articles.jsonl", "rejected.jsonl", "requests.jsonl"])
def test_empty_files_are_shown_as_empty(tmp_path: Path, name: str, content: bytes) -> None:
    """A file without lines, or with a record that says nothing, makes a page all the same."""
    path = tmp_path / name
    path.write_bytes(content)
    code, html, said = scraper("report", path, "--out", "-")
    if content and name != "articles.jsonl":
        assert code == 1
        assert f"{path}:1: is no" in said
    else:
        assert code == 0
        assert "<h1>Crawl report" in html


REFUSED = {
    "nothing there": ("none", 2, "there is no such file or folder"),
    "empty folder": ("empty", 2, "holds no run and no records"),
    "not a summary": ("broken.json", 2, "is no summary of a run"),
    "torn": ("torn.jsonl.gz", 1, "ends in the middle"),
    "not records": ("text.jsonl", 1, "is no record"),
    "not a log": ("requests-text.jsonl", 1, "is no line of a request log"),
}


@pytest.mark.parametrize(("name", "code", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_shown_is_said(tmp_path: Path, name: str, code: int, sentence: str) -> None:
    """What cannot be read ends in one sentence, and no file is written."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.json").write_text('{"run": 1}')
    (tmp_path / "torn.jsonl.gz").write_bytes(gzip.compress(os.urandom(999))[:-20])
    for text in ("text.jsonl", "requests-text.jsonl"):
        (tmp_path / text).write_text("hello\n")
    ran = scraper("report", tmp_path / name, "--out", tmp_path / "report.html")
    assert (ran[0], ran[1]) == (code, "")
    assert sentence in ran[2]
    assert ran[2].count("\n") == 1
    assert not (tmp_path / "report.html").exists()


def test_a_summary_of_another_version_is_left_out(tmp_path: Path) -> None:
    """A run that cannot be read does not hide the others; the page and stderr say which."""
    folder_of(tmp_path, summary(0), summary(1))
    (tmp_path / "runs" / "2020-01-01T000000Z.json").write_text('{"run": 1}')
    code, html, said = scraper("report", tmp_path, "--out", "-")
    assert code == 0
    assert "2 runs" in html
    assert "Left out" in html
    assert "2020-01-01T000000Z.json: is no summary" in said


def test_nothing_is_written_over(crawled: Path, tmp_path: Path) -> None:
    """The files that the report is about are never its output."""
    copy = tmp_path / "out"
    shutil.copytree(crawled, copy)
    for path in (next(copy.glob("articles-*")), next(copy.glob("runs/*"))):
        before = path.read_bytes()
        assert scraper("report", copy, "--out", path)[0] == 2
        assert path.read_bytes() == before


def test_only_the_newest_runs_are_shown(tmp_path: Path) -> None:
    """--runs shows that many, and says how many there are before."""
    folder_of(tmp_path, *(summary(day) for day in range(9)))
    page = LexborHTMLParser(scraper("report", tmp_path, "--runs", "4", "--out", "-")[1])
    assert len(table_of(page, "Targets of each run, by what came of them")) == 4
    assert "5 runs before these" in words_of(page.css_first("#runs"))


def test_same_input_gives_the_same_bytes(crawled: Path, tmp_path: Path) -> None:
    """The page depends on its input alone: no clock, no order of sets."""
    made = []
    for seed in ("1", "2"):
        out = tmp_path / "report.html"
        command = [sys.executable, "-m", "scraper", "report", str(crawled), "--out", str(out)]
        subprocess.run(command, check=True, capture_output=True, env=os.environ | {"PYTHONHASHSEED": seed})
        made.append(out.read_bytes())
    assert made[0] == made[1]


def test_a_folder_without_articles_is_a_page(tmp_path: Path) -> None:
    """A run that found nothing new has a page, without the parts that need records."""
    page = report_of(folder_of(tmp_path, summary(0), summary(1, targets=0, hosts={}, rejected_by_reason={}, exit=4)))
    assert "no new article, and none has changed" in words_of(page.css_first(".ended.good"))
    assert not page.css("#coverage, #records, #politeness")


# --- counting --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("module", [amounts, timeline], ids=lambda module: module.__name__)
def test_examples_hold(module: Any) -> None:
    """What the docstrings show is what comes back."""
    tried = doctest.testmod(module)
    assert tried.attempted
    assert not tried.failed


TIMES: list[tuple[dict[str | None, int], dict[str, int]]] = [
    ({}, {}),
    ({None: 3}, {}),
    ({"2026-02-28": 1, "2026-03-01": 2}, {"2026-02-28": 1, "2026-03-01": 2}),
    ({"2026-13-77": 1, "soon": 1, "2026-03-01": 2}, {"2026-03-01": 2}),
    (
        {"2019-05-05": 1, "2026-03-01": 9, "2026-03-03": 9},
        {"earlier": 1, "2026-03-01": 9, "2026-03-02": 0, "2026-03-03": 9},
    ),
    ({"2026-03-01": 18, "2099-01-01": 1}, {"2026-03-01": 18, "later": 1}),
    ({"2025-11-30": 5, "2026-02-01": 5}, {"2025-11": 5, "2025-12": 0, "2026-01": 0, "2026-02": 5}),
    ({"2012-01-01": 5, "2018-02-01": 5}, {str(year): 5 * (year in {2012, 2018}) for year in range(2012, 2019)}),
]


@pytest.mark.parametrize(("days", "counts"), TIMES)
def test_days_become_columns(days: dict[str | None, int], counts: dict[str, int]) -> None:
    """Days, months or years, without gaps; a few wrong dates do not stretch them."""
    assert by_time(days) == counts
    assert list(by_time(days)) == list(counts)


@given(st.dictionaries(st.dates().map(date.isoformat), st.integers(1, 99), max_size=30))
def test_every_day_is_counted_once(days: dict[str | None, int]) -> None:
    """Whatever the dates, the columns are few and add up."""
    columns = by_time(days)
    assert sum(columns.values()) == sum(days.values())
    assert len(columns) <= 64


@settings(max_examples=30)
@given(st.lists(st.integers(0, 9000), max_size=30))
def test_every_record_is_in_one_bin(tmp_path_factory: pytest.TempPathFactory, words: list[int]) -> None:
    """A histogram counts each record once, in the bin that its step begins."""
    path = tmp_path_factory.mktemp("records") / "a.jsonl"
    path.write_text("".join(json.dumps({"id": str(at), "word_count": each}) + "\n" for at, each in enumerate(words)))
    bins = survey_records([path]).words
    edges = [0, *WORD_STEPS, 10**9]
    assert list(bins) == [sum(low <= each < high for each in words) for low, high in pairwise(edges)]


def test_samples_do_not_depend_on_the_order(crawled: Path, tmp_path: Path) -> None:
    """The same records give the same ten, however they lie in the files."""
    lines = [line for path in crawled.glob("articles-*") for line in path.read_bytes().splitlines(keepends=True)]
    found = []
    for name, order in (("a", lines), ("b", lines[::-1])):
        (tmp_path / name).write_bytes(b"".join(order))
        found.append(survey_records([tmp_path / name]).samples)
    assert found[0] == found[1]


@given(st.lists(st.floats(0.0001, 30), min_size=1, max_size=50))
def test_latencies_are_ranked(seconds: list[float]) -> None:
    """Median and p95 are answers that were given; lines go through untouched."""
    line: dict[str, Any] = {"start_s": 0, "end_s": 1, "host": "a", "key": "a", "url": "http://a/", "kind": "page"}
    lines = [(at, RequestLine(at=BEGAN, outcome="ok", head_s=each, **line)) for at, each in enumerate(seconds)]
    watch = Watch()
    assert list(watch.passing(lines)) == lines
    (host,) = watch.timing().hosts
    assert host.median_s in seconds
    assert host.median_s <= median(seconds) <= max(seconds)
    assert sum(each <= host.p95_s for each in seconds) >= 0.95 * len(seconds)
    assert sum(host.histogram) == len(seconds)


# --- harmless --------------------------------------------------------------------------------------------


def poisoned(kind: Any, hostile: str) -> Any:
    """Return a value of a type with the hostile text in every place that holds text."""
    shape = msgspec.inspect.type_info(kind) if not isinstance(kind, msgspec.inspect.Type) else kind
    match shape:
        case msgspec.inspect.StructType(cls=cls, fields=fields):
            return cls(**{field.name: poisoned(field.type, hostile) for field in fields})
        case msgspec.inspect.VarTupleType(item_type=item):
            return (poisoned(item, hostile),) * 2
        case msgspec.inspect.TupleType(item_types=items):
            return tuple(poisoned(item, hostile) for item in items)
        case msgspec.inspect.DictType(value_type=value):
            return {hostile: poisoned(value, hostile)}
        case msgspec.inspect.UnionType(types=types):
            return poisoned(next(each for each in types if not isinstance(each, msgspec.inspect.NoneType)), hostile)
        case msgspec.inspect.LiteralType(values=values):
            return values[0]
        case msgspec.inspect.BoolType():
            return True
        case msgspec.inspect.FloatType():
            return 0.5
        case msgspec.inspect.IntType():
            return 3
    return hostile


def assert_harmless(html: str) -> LexborHTMLParser:
    page = LexborHTMLParser(html)
    assert not page.css(
        "script, img, iframe, object, embed, link, base, form, input, image, foreignObject, use, a[ping]"
    )
    (policy,) = page.css("meta[http-equiv]")
    assert policy.attributes["content"] == (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'"
    )
    for node in page.css("*"):
        for name, value in node.attributes.items():
            assert not name.startswith("on"), (node.tag, name)
            assert name not in {"src", "srcset", "style", "srcdoc", "action", "background", "xlink:href"}
            if name == "href":
                assert node.tag == "a"
                assert not re.match(r"\s*(?:javascript|data|vbscript):", value or "", re.IGNORECASE)
    (style,) = page.css("style")
    assert not re.search(r"url\(|@import", style.text())
    identities = [node.attributes["id"] for node in page.css("[id]")]
    assert len(identities) == len(set(identities))
    return page


@pytest.mark.parametrize("hostile", [HOSTILE, "javascript:alert(1)", "$title ${style} $$", "\x00\ud800\u202e", "<!--"])
def test_hostile_text_stays_text(hostile: str) -> None:
    """Whatever a crawl met, the page shows it as text; only web addresses become links."""
    report = poisoned(CrawlReport, hostile)
    page = assert_harmless(render_crawl_report(report))
    if "\x00" not in hostile:
        assert hostile in page.css_first("h1").text()
        assert hostile in page.css_first("#stories h3").text()
    assert not page.css("#stories a")


def test_page_of_a_crawl_is_harmless(crawled: Path) -> None:
    """So is the page about a real crawl; headings come in order, and every table has heads and a caption."""
    page = assert_harmless(scraper("report", crawled, "--out", "-")[1])
    levels = [int(node.tag[1]) for node in page.css("h1, h2, h3, h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    for table in page.css("table"):
        assert table.css_first("caption") is not None
        assert table.css("thead th[scope=col]")
        assert len(table.css("tbody th[scope=row]")) == len(table.css("tbody tr"))
    for chart in page.css("svg[role=img]"):
        names = (chart.attributes["aria-labelledby"] or "").split()
        assert all(chart.css_first(f"#{name}") is not None for name in names)
        assert len(names) == 2
    anchors = [node.attributes["href"] for node in page.css("nav a")]
    assert anchors == [f"#{node.attributes['id']}" for node in page.css("main > section")]


def test_nothing_to_show_is_a_page() -> None:
    """A report of nothing is a page that says so."""
    assert "Nothing to show." in words_of(
        assert_harmless(render_crawl_report(CrawlReport(title="x"))).css_first("header")
    )


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
def test_charts_can_be_told_from_the_card(mode: int) -> None:
    """What carries a figure in a chart has the contrast that WCAG asks of graphics (3:1), in both modes."""
    colours = dict(re.findall(r"--([a-z0-9]+):light-dark\(([^)]+)\)", part("tones.css") + part("run.css")))
    tones = {name: pair.split(",")[mode] for name, pair in colours.items()}
    tones = {
        name: "#" + "".join(2 * each for each in tone[1:]) if len(tone) == 4 else tone for name, tone in tones.items()
    }
    for name in ("bar", "part0", "part1", "part2", "soft", "bad"):
        assert contrast(tones[name], tones["card"]) >= 3, name


# --- in a browser ----------------------------------------------------------------------------------------


@pytest.fixture
def html(request: pytest.FixtureRequest, crawled: Path) -> str:
    """A report: of a real crawl, or of one that met nothing but malice."""
    if request.param == "hostile":
        return render_crawl_report(poisoned(CrawlReport, HOSTILE * 3))
    return scraper("report", crawled, "--out", "-")[1]


@pytest.mark.parametrize(("scheme", "size"), [(scheme, size) for scheme in ("light", "dark") for size in SIZES])
@pytest.mark.parametrize("html", ["crawl", "hostile"], indirect=True)
def test_page_can_be_read_by_everyone(browser: Any, html: str, tmp_path: Path, scheme: str, size: str) -> None:
    """In either mode and width no request leaves the page, nothing runs or sticks out, axe finds nothing serious."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    path = tmp_path / "report.html"
    path.write_text(html, encoding="utf-8")
    page = browser.new_page()
    requests, said = list[str](), list[str]()
    page.on("request", lambda request: requests.append(request.url))
    page.on("dialog", lambda dialog: said.append(dialog.message))
    page.on("console", lambda message: said.append(message.text))
    page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))
    page.emulate_media(color_scheme=scheme)
    page.goto(path.as_uri())
    assert (requests, said) == ([path.as_uri()], [])
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    for details in page.query_selector_all("summary"):
        details.click()
    found = axe.Axe().run(page).response["violations"]
    assert [(each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in {"serious", "critical"}] == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.screenshot(path=tmp_path / "shown.png", full_page=True)
    assert (tmp_path / "shown.png").stat().st_size > 10_000
    page.close()
