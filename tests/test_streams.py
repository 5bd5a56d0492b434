"""Standard streams as a process may find them: closed, full, or of a charset that knows few letters."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import shelf
from press import Press, story

SCRAPER = f"{sys.executable} -m scraper"
LOCALES = {
    "ascii": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "code page": {"PYTHONIOENCODING": "cp1252"},
    "latin 1": {"PYTHONIOENCODING": "latin-1", "PYTHONUTF8": "0"},
}
FACES = "Ein Blick — größer als 你好, ’tis \U0001f600"


def shell(command: str, *arguments: Path | str, **environ: str) -> subprocess.CompletedProcess[bytes]:
    """Run a line of shell with the words after it as $1, $2 ..."""
    return subprocess.run(
        ["bash", "-c", command, "bash", *map(str, arguments)],
        capture_output=True,
        check=False,
        timeout=50,
        env=os.environ | environ,
    )


@pytest.fixture
def records(tmp_path: Path) -> Path:
    return shelf.write(tmp_path / "articles.jsonl", [shelf.record(title=FACES)])


VERBS: Sequence[tuple[str, ...]] = [
    ("cat", "$1"),
    ("cat", "$1", "--field", "title"),
    ("cat", "$1", "--field", "title", "--format", "jsonl"),
]


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
@pytest.mark.parametrize("environ", LOCALES.values(), ids=LOCALES)
def test_files_and_pipes_get_utf8(records: Path, verb: tuple[str, ...], environ: dict[str, str]) -> None:
    """Records are UTF-8 whatever the locale or a console's code page says."""
    ran = shell(f"{SCRAPER} {' '.join(verb)}", records, **environ)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert FACES in ran.stdout.decode("utf-8")
    assert b"\r" not in ran.stdout


@pytest.mark.parametrize("environ", LOCALES.values(), ids=LOCALES)
def test_a_page_in_letters_that_the_locale_lacks(tmp_path: Path, environ: dict[str, str]) -> None:
    """Text, Markdown and the explanation of a page come out in every locale."""
    page = tmp_path / "page.html"
    page.write_text(story(1).replace("Bridge number 1 opens", FACES), encoding="utf-8")
    for form in ("--format text", "--format md", "--explain"):
        ran = shell(f'{SCRAPER} extract "$1" {form}', page, **environ)
        assert (ran.returncode, ran.stderr) == (0, b"")
        assert FACES in ran.stdout.decode("utf-8")


def test_stdout_that_is_closed(records: Path) -> None:
    """What has nothing to say there does not mind; what has, ends as before any stdout that takes nothing."""
    for verb in ('cat "$1"', 'stats "$1"', "schema", "--help"):
        ran = shell(f"{SCRAPER} {verb} >&-", records)
        assert (ran.returncode, ran.stderr) == (5, b"stdout cannot be written (Bad file descriptor).\n")
    assert shell(f'{SCRAPER} export "$1" --to "$2" >&- 2>&- <&-', records, f"{records}.csv").returncode == 0


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_file_that_takes_only_a_part(tmp_path: Path, unbuffered: str) -> None:
    """What the disk did not take is never lost in silence, nor where Python keeps no buffer, as in many containers."""
    ran = shell(f'ulimit -f 1; {SCRAPER} schema >"$1"', tmp_path / "schema.json", PYTHONUNBUFFERED=unbuffered)
    assert (ran.returncode, ran.stderr) == (5, b"stdout cannot be written (File too large).\n")


@pytest.mark.parametrize("verb", ['init --force "$1"', 'inspect "$2" --out "$1"', 'report "$3" --out "$1"'])
def test_a_disk_that_is_full_keeps_what_was_there(tmp_path: Path, records: Path, verb: str) -> None:
    """A file that cannot be written whole is not begun: the one before stays, and where none was, there is none."""
    page, out = tmp_path / "page.html", tmp_path / "out"
    page.write_text(story(1), encoding="utf-8")
    for before in (b"mine", None):
        out.unlink(missing_ok=True)
        if before is not None:
            out.write_bytes(before)
        ran = shell(f"ulimit -f 1; {SCRAPER} {verb}", out, page, records)
        assert (ran.returncode, ran.stderr.count(b"\n")) == (5, 1), ran.stderr
        assert ran.stderr.startswith(f"{out}: cannot be written (File too large)".encode())
        assert {each.name for each in tmp_path.iterdir()} == {page.name, records.name} | (
            {out.name} if before else set()
        )
        assert before is None or out.read_bytes() == before


def test_a_page_into_a_pipe_or_through_a_link(tmp_path: Path) -> None:
    """A report goes into what is no plain file, and to where a link leads."""
    page, link = tmp_path / "page.html", tmp_path / "link.html"
    page.write_text(story(1), encoding="utf-8")
    ran = shell(f'{SCRAPER} inspect "$1" --out /dev/stdout | cat; exit "${{PIPESTATUS[0]}}"', page)
    assert (ran.returncode, ran.stdout[:15]) == (0, b"<!doctype html>")
    (tmp_path / "there.html").write_bytes(b"")
    link.symlink_to("there.html")
    assert shell(f'{SCRAPER} inspect "$1" --out "$2"', page, link).returncode == 0
    assert (tmp_path / "there.html").read_bytes() == ran.stdout
    assert link.is_symlink()


def test_stdin_that_is_closed() -> None:
    """It reads as an empty page."""
    ran = shell(f"{SCRAPER} extract - <&-")
    assert (ran.returncode, ran.stderr) == (1, shell(f"{SCRAPER} extract - </dev/null").stderr)


def test_a_crawl_with_no_streams_at_all(tmp_path: Path) -> None:
    """No file of the run gets the number of a closed stream: what is said there ends nowhere."""
    with Press({"/a": story(1)}) as press:
        config = configured(tmp_path, press)
        ran = shell(f'{SCRAPER} crawl --config "$1" -v <&- >&- 2>&-', config)
    assert ran.returncode == 0
    assert json.loads((tmp_path / "out" / "summary.json").read_bytes())["articles"] == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full here")
def test_articles_to_a_stdout_that_is_full(tmp_path: Path) -> None:
    """The run comes to its end and all is in the files, but the code and a sentence say that stdout lacks some."""
    with Press({"/a": story(1)}) as press:
        ran = shell(f'{SCRAPER} crawl --config "$1" --stdout -q >/dev/full', configured(tmp_path, press))
    assert (ran.returncode, ran.stderr.count(b"\n")) == (5, 1), ran.stderr
    assert b"stdout cannot be written (No space left on device)" in ran.stderr
    assert json.loads((tmp_path / "out" / "summary.json").read_bytes())["articles"] == 1


def configured(folder: Path, press: Press) -> Path:
    config = folder / "config.toml"
    config.write_text(
        "[fetch]\nallow_networks = ['127.0.0.0/8']\ndelay_s = 0\nretries = 0\nlatency_factor = 0\ntdmrep = false\n"
        "[crawl]\nworkers = 1\nprobe = false\n[output]\ndir = 'out'\n"
        f"[[source]]\nkind = 'urls'\nurls = ['{press.base}/a']\n"
    )
    return config
