"""The output side of whole crawls: files that rotate and are packed, their manifest, and articles on stdout."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from press import Press, story
from test_crawl import SETTINGS, command, crawl, urls
from test_sinks import BEGAN
from test_sinks_publish import LINES, journal_of

from scraper.cli.main import run
from scraper.config import OutputConfig
from scraper.crawl.echo import Echo
from scraper.crawl.journal import Journal
from scraper.frontier import Frontier
from scraper.records.files import find_record_files, read_lines

STORIES = [f"/story/{number}" for number in range(1, 8)]


@pytest.fixture
def press() -> Iterator[Press]:
    with Press({path: story(number) for number, path in enumerate(STORIES, 1)}) as press:
        yield press


def lines_of(out: Path) -> list[bytes]:
    return [line for path in find_record_files([out]) for line in read_lines(path)]


# --- files -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("compression", "ending"), [("none", ""), ("gzip", ".gz"), ("zstd", ".zst")])
def test_rotated_and_packed(tmp_path: Path, press: Press, compression: str, ending: str) -> None:
    """Each record is in one of the files that summary, manifest and LATEST name, with the hash that they say."""
    settings = SETTINGS + f"[output]\nrotate_records = 3\ncompression = '{compression}'\n"
    ran = crawl(tmp_path, urls(press.base, *STORIES), settings=settings)
    assert ran.code == 0
    articles = [file for file in ran.summary["files"] if file.startswith("articles")]
    assert [file.partition(".jsonl")[2] for file in articles] == [ending] * 3
    assert sorted(json.loads(line)["url"] for line in lines_of(ran.out)) == [press.base + path for path in STORIES]
    latest = json.loads((ran.out / "LATEST").read_bytes())
    manifest = json.loads((ran.out / latest["manifest"]).read_bytes())
    assert (ran.out / latest["summary"]).read_bytes() == (ran.out / "summary.json").read_bytes()
    assert latest["files"] == [file["file"] for file in manifest["files"]] == ran.summary["files"]
    assert manifest["finished"] == latest["finished"] == ran.summary["finished"]
    for file in manifest["files"]:
        whole = (ran.out / file["file"]).read_bytes()
        assert (file["bytes"], file["sha256"]) == (len(whole), hashlib.sha256(whole).hexdigest())
        assert file["first"] is not None
        assert manifest["started"] <= file["first"] <= file["last"] <= manifest["finished"]
        assert file["profile"] == ("full" if file["sink"] == "articles" else None)


def test_latest_names_a_run_without_news_too(tmp_path: Path, press: Press) -> None:
    """A run that finds nothing new says so in a manifest of its own; the one before keeps its."""
    first = crawl(tmp_path, urls(press.base, *STORIES))
    before = json.loads((first.out / "LATEST").read_bytes())
    again = crawl(tmp_path, urls(press.base, *STORIES))
    latest = json.loads((again.out / "LATEST").read_bytes())
    assert latest["manifest"] != before["manifest"]
    assert not [file for file in latest["files"] if file.startswith("articles")]
    assert json.loads((again.out / before["manifest"]).read_bytes())["files"]


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "gone": (lambda path: path.unlink(), "is in the manifest, and cannot be read (No such file or directory)"),
    "shorter": (lambda path: os.truncate(path, path.stat().st_size - 1), "bytes; the manifest says"),
    "another byte": (lambda path: path.write_bytes(path.read_bytes()[:-1] + b" "), "its sha256 is "),
}


@pytest.mark.parametrize(("damage", "sentence"), DAMAGE.values(), ids=DAMAGE)
def test_validate_against_the_manifest(
    tmp_path: Path,
    press: Press,
    capsys: pytest.CaptureFixture[str],
    damage: Callable[[Path], object],
    sentence: str,
) -> None:
    """A file that is not the one that was published is named; LATEST and the manifest itself say the same."""
    ran = crawl(tmp_path, urls(press.base, *STORIES))
    latest = ran.out / "LATEST"
    manifest = ran.out / json.loads(latest.read_bytes())["manifest"]
    for listing in (latest, manifest):
        assert run(["validate", str(ran.out), "--manifest", str(listing)]) == 0
        assert "2 files in the manifest: all as it says." in capsys.readouterr().err
    (requests,) = ran.out.glob("requests-*")
    damage(requests)
    for listing in (latest, manifest):
        assert run(["validate", str(ran.out), "--manifest", str(listing)]) == 1
        said = capsys.readouterr()
        assert said.out.startswith(f"{requests}: ")
        assert sentence in said.out
        assert "2 files in the manifest: 1 not as it says." in said.err


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"files": 7}', b'{"manifest": "none"}', b"{}", b'{"run": 3, "files": []}']
)
def test_no_manifest(tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]) -> None:
    """What is no manifest is one sentence."""
    (tmp_path / "articles.jsonl").write_bytes(b"")
    (tmp_path / "LATEST").write_bytes(content)
    assert run(["validate", str(tmp_path), "--manifest", str(tmp_path / "LATEST")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


# --- stdout ----------------------------------------------------------------------------------------------


def test_articles_on_stdout(tmp_path: Path, press: Press) -> None:
    """With --stdout the lines of the articles, and nothing else, come to stdout as they are in the files."""
    settings = SETTINGS + "[output]\nrotate_records = 2\ncompression = 'zstd'\n"
    asked = command(tmp_path, urls(press.base, *STORIES), "--stdout", settings=settings)
    done = subprocess.run(asked, capture_output=True, check=True, timeout=50)
    assert done.stdout.splitlines() == lines_of(tmp_path / "out")
    assert len(done.stdout.splitlines()) == len(STORIES)


def test_reader_that_goes_away(tmp_path: Path, press: Press) -> None:
    """Nobody at the other end of stdout: the run comes to its end, and all is in the files."""
    asked = command(tmp_path, urls(press.base, *STORIES), "--stdout")
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(asked, stdout=writing, stderr=subprocess.PIPE, check=False, timeout=50)
    os.close(writing)
    assert (done.returncode, b"Traceback" in done.stderr, b"Exception" in done.stderr) == (0, False, False)
    assert len(lines_of(tmp_path / "out")) == len(STORIES)


def echoing(frontier: Frontier, folder: Path, stream: Any) -> tuple[Journal, Echo]:
    echo = Echo(stream)
    config = OutputConfig(rotate_records=20, compression="gzip")
    return Journal(frontier, folder, began=BEGAN, config=config, now=lambda: BEGAN, echo=echo), echo


def test_what_was_seen_is_durable(tmp_path: Path) -> None:
    """A line is on stdout after its commit, never before, and one that was never committed not at all."""
    stream = io.BytesIO()
    with Frontier(tmp_path / "state") as frontier:
        journal, echo = echoing(frontier, tmp_path, stream)
        with pytest.raises(ZeroDivisionError), journal:
            for line in LINES[:30]:
                journal.output.write_article(line)
            assert stream.getvalue() == b""
            journal.commit()
            journal.output.write_article(LINES[30])
            raise ZeroDivisionError
        echo.close()
        assert stream.getvalue() == b"".join(LINES[:30])
        assert [line + b"\n" for line in lines_of(tmp_path)] == LINES[:30]
        with journal_of(frontier, tmp_path, OutputConfig()):
            pass


def test_slow_reader_holds_up_nobody(tmp_path: Path) -> None:
    """While nobody reads, commits go on and files are packed and gone; all lines come in the end."""
    reading, writing = os.pipe()
    lines = [line.rstrip() + b" " * 20_000 + b"\n" for line in LINES]
    got: list[bytes] = []

    def read() -> None:
        while chunk := os.read(reading, 65_536):
            got.append(chunk)

    with Frontier(tmp_path / "state") as frontier, os.fdopen(writing, "wb") as stream:
        journal, echo = echoing(frontier, tmp_path, stream)
        with journal:
            for line in lines:
                journal.output.write_article(line)
                journal.commit()
            while len(journal.published) < 2:
                time.sleep(0.01)
                journal.commit()
            reader = threading.Thread(target=read)
            reader.start()
            journal.publish()
        echo.close()
    reader.join()
    os.close(reading)
    assert b"".join(got) == b"".join(lines)


# --- a state elsewhere -----------------------------------------------------------------------------------


def test_killed_with_a_state_elsewhere(tmp_path: Path, press: Press) -> None:
    """A part that a killed run left in its folder gets its name there, though the next run writes to another one."""
    settings = SETTINGS + f"state_dir = {str(tmp_path / 'state')!r}\n"
    first, second = tmp_path / "out", tmp_path / "other"
    running = subprocess.Popen(
        command(tmp_path, urls(press.base, *STORIES[:3], "/slow/1"), settings=settings), stderr=subprocess.DEVNULL
    )
    assert press.slow_asked.wait(20)
    until = time.monotonic() + 20
    while time.monotonic() < until and not any(part.stat().st_size for part in first.glob("articles-*.part")):
        time.sleep(0.05)
    time.sleep(1.2)  # the commit comes once a second
    running.kill()
    running.wait(10)
    press.let_go.set()
    assert list(first.glob("articles-*.part"))
    ran = crawl(tmp_path, urls(press.base, *STORIES, "/slow/1"), "--out", str(second), settings=settings)
    assert f"{first.resolve()}/articles-" in ran.said
    assert not list(first.glob("*.part")) and not list(second.glob("*.part"))
    found = [json.loads(line)["url"] for out in (first, second) for line in lines_of(out)]
    assert len(found) == len(set(found)) == len(STORIES)
    assert len(lines_of(first)) == 3
    listed = json.loads((second / "summary.json").read_bytes())["files"]
    assert all((second / file).exists() for file in listed)


def test_a_folder_that_is_not_there_keeps_its_part(tmp_path: Path) -> None:
    """Of a disk that is not mounted nothing is written off: its part gets its name when it is there again."""
    out, away, name = tmp_path / "out", tmp_path / "away", "articles-2026-11-21-0001.jsonl"
    away.mkdir()
    (away / f"{name}.part").write_bytes(LINES[0] + b"and what was not committed")
    with Frontier(tmp_path / "state") as frontier:
        frontier.parts.commit("articles", name, len(LINES[0]), 1, folder=str(out))
        with journal_of(frontier, tmp_path / "other", OutputConfig()) as journal:
            assert journal.recovered == []
        away.rename(out)
        with journal_of(frontier, tmp_path / "other", OutputConfig()) as journal:
            assert (journal.recovered, journal.published) == ([str(out / name)], [])
        assert [path.name for path in out.iterdir()] == [name]
        assert (out / name).read_bytes() == LINES[0]
        with journal_of(frontier, tmp_path / "other", OutputConfig()) as journal:
            assert journal.recovered == []


def test_a_folder_that_has_its_state_may_be_moved(tmp_path: Path) -> None:
    """What is recovered then, or in a copy, is the part that came along, not the one at the old place."""
    old, new, name = tmp_path / "old", tmp_path / "new", "articles-2026-11-22-0001.jsonl"
    with Frontier(old / "state") as frontier, journal_of(frontier, old, OutputConfig()) as journal:
        journal.output.write_article(LINES[0])
        journal.commit()
        shutil.copytree(old, new)
    assert not (new / name).exists()
    with Frontier(new / "state") as frontier, journal_of(frontier, new, OutputConfig()) as journal:
        assert journal.recovered == [name]
    assert (new / name).read_bytes() == LINES[0]
