"""The command line: results to stdout, talk to stderr, one sentence and the right code for every way to end."""

from __future__ import annotations

import ast
import gzip
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import shelf
from press import Press, closed_port, story

import scraper.cli.extract
from scraper.cli import main
from scraper.cli.exits import Exit, exit_help
from scraper.config import load_config

ROOT = Path(__file__).parent.parent
VERBS = [
    "crawl",
    "extract",
    "inspect",
    "demo",
    "plan",
    "status",
    "retry",
    "forget",
    "backfill",
    "report",
    "audit",
    "validate",
    "stats",
    "cat",
    "diff",
    "export",
    "init",
    "check-config",
    "schema",
    "completion",
]


class Ran:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


def scraper_(*arguments: str | Path, stdin: bytes = b"") -> Ran:
    """Run a command in this process."""
    out, err = io.StringIO(), io.StringIO()
    before, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(stdin))
    try:
        with redirect_stdout(out), redirect_stderr(err):
            code = main.run([str(argument) for argument in arguments])
    finally:
        sys.stdin = before
    return Ran(code, out.getvalue(), err.getvalue())


def apart(*arguments: str | Path, **how: Any) -> subprocess.CompletedProcess[bytes]:
    """Run a command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "scraper", *map(str, arguments)], check=False, capture_output=True, **how
    )


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.html"
    path.write_text(story(1), encoding="utf-8")
    return path


@pytest.fixture
def quick(tmp_path: Path) -> Path:
    """A configuration without politeness, for a server of our own."""
    path = tmp_path / "quick.toml"
    path.write_text("[fetch]\ndelay_s = 0\nretries = 0\n")
    return path


# --- the whole -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verb", VERBS)
def test_help_shows_an_example(verb: str) -> None:
    """Every verb says what it does and shows a command that can be copied."""
    ran = scraper_(verb, "--help")
    assert ran.code == 0
    assert re.search(rf"Examples?:\n +(curl .*\| )?scraper {verb}", ran.out)


def test_help_lists_verbs_and_exit_codes() -> None:
    """The help names every verb with the verb's own summary, and every exit code."""
    text = scraper_("--help").out
    group = main.cli
    for verb in VERBS:
        command = group.get_command(None, verb)  # type: ignore[arg-type]
        assert command is not None
        assert command.short_help == main._VERBS[verb]
    assert list(main._VERBS) == VERBS
    assert all(f"{code.value:>3}  {code.meaning}" in text for code in Exit)
    assert exit_help().count("\n") == len(Exit) - 1


def test_help_reads_no_parser() -> None:
    """`scraper --help` does not import what only some verbs need."""
    code = (
        "import sys; sys.argv = ['scraper', '--help']\nfrom scraper.__main__ import main\ntry:\n    main()\nfinally:\n"
    )
    code += "    print(sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(ast.literal_eval(ran.stderr))
    assert "click" in loaded
    assert not loaded & {"httpx", "selectolax", "trafilatura", "lxml", "feedparser", "asyncio"}


USAGE = {
    "no such verb": (["craw"], "No such command 'craw'"),
    "a misspelt verb": (["crwal"], "No such command 'crwal'. Did you mean 'crawl'?"),
    "no such option": (["crawl", "--bogus"], "No such option '--bogus'"),
    "another program's form": (["extract", "x", "--json"], "No such option '--json'. Here it is --format json.\n"),
    "another program's Markdown": (["extract", "x", "--markdown"], "Here it is --format md.\n"),
    "a form of figures": (["stats", "x", "--text"], "Here it is --format text.\n"),
    "another program's output": (["inspect", "x", "-o", "y"], "No such option '-o'. Here it is --out.\n"),
    "an output to a store": (["export", "x", "--output", "y"], "No such option '--output'. Here it is --to.\n"),
    "an output to stdout": (["extract", "x", "-o", "y"], "Here it goes to stdout: end the command with > FILE.\n"),
    "no output at all": (["init", "-o", "y"], "No such option '-o'.\n"),
    "no form at all": (["init", "--json"], "No such option '--json'.\n"),
    "nothing to extract": (["extract"], "Missing argument"),
    "no such format": (["extract", "x", "--format", "xml"], "'xml' is not one of"),
    "limit below one": (["crawl", "--limit", "0"], "--limit"),
    "no configuration": (
        ["crawl", "--config", "/nowhere/config.toml"],
        "there is no such file; `scraper init` writes one",
    ),
    "url for several": (["extract", "a", "b", "--url", "http://a.example/"], "--url names the address of one page"),
    "url without a scheme": (["extract", "a", "--url", "nonsense"], "--url 'nonsense' is not a web address"),
    "url without a host": (["extract", "a", "--url", "http://"], "--url 'http://' is not a web address"),
    "a file's address that is none": (
        ["extract", "file://[a"],
        "file://[a: is no address of a file, such as file:///tmp/",
    ),
    "the same to inspect": (
        ["inspect", "file://[a"],
        "file://[a: is no address of a file, such as file:///tmp/page.html",
    ),
    "an empty word": (["extract", ""], "Argument 2 is empty; is a variable of the shell not set?"),
    "an empty option": (["demo", "-q", "--out", ""], "Argument 4 is empty"),
    "an empty option in one word": (["stats", "--format=", "x"], "Argument 2 (--format=) is empty"),
    "an address for a verb": (["https://a.example/1"], "Did you mean `scraper extract https://a.example/1`?"),
    "a file for a verb": (["tests/press.py"], "Did you mean `scraper extract tests/press.py`?"),
    "shell without completion": (["completion", "csh"], "'csh' is not one of"),
}


@pytest.mark.parametrize(("arguments", "sentence"), USAGE.values(), ids=USAGE)
def test_usage_errors_end_with_2(arguments: list[str], sentence: str) -> None:
    """What cannot be done is said on stderr and ends with code 2."""
    ran = scraper_(*arguments)
    assert ran.code == 2
    assert sentence in ran.err
    assert ran.out == ""


LONG = "n" * 300
ODD_PATHS = [
    ["extract", LONG],
    ["extract", f"{LONG}.warc.gz"],
    ["inspect", LONG],
    ["inspect", "PAGE", "--out", LONG],
    ["extract", "PAGE", "--rules", LONG],
    ["init", LONG],
    ["cat", LONG],
    ["audit", LONG],
    ["export", "RECORDS", "--to", f"{LONG}.csv"],
    ["report", "RECORDS", "--out", LONG],
    ["validate", "RECORDS", "--manifest", LONG],
    ["status", "--config", "CONFIG", "--out", LONG],
    ["plan", "--config", "CONFIG", "--out", LONG],
    ["crawl", "--config", "CONFIG", "--out", LONG, "-q"],
    ["check-config", "--config", LONG],
]


@pytest.mark.parametrize("arguments", ODD_PATHS, ids=lambda arguments: " ".join(map(str, arguments)).replace(LONG, "N"))
def test_a_path_that_the_system_refuses(page: Path, tmp_path: Path, arguments: list[str]) -> None:
    """What cannot even be looked at (no permission, too long a name) is one sentence that names it, and no bug."""
    config = tmp_path / "c.toml"
    config.write_text('[[source]]\nkind = "urls"\nurls = ["http://127.0.0.1:1/"]\n')
    given = {"PAGE": page, "CONFIG": config, "RECORDS": shelf.write(tmp_path / "articles.jsonl", [shelf.record()])}
    ran = scraper_(*(given.get(argument, argument) for argument in arguments))
    assert (ran.code in {1, 2, 5}, ran.out) == (True, ""), ran.err
    (sentence,) = ran.err.splitlines()
    assert re.match(r"n{100}\S+: .*File name too long", sentence)


def test_extract_goes_on_after_a_path_that_the_system_refuses(page: Path) -> None:
    """It is one input of several, and the others come out."""
    for odd in (LONG, f"{LONG}.warc", f"{page}/x.html"):
        ran = scraper_("extract", odd, page)
        assert (ran.code, ran.out.count("\n"), ran.err.count("\n")) == (1, 1, 1), ran.err


def test_a_long_address_does_not_hide_what_is_wrong() -> None:
    """A sentence that is too long for a terminal loses the middle of the address, not the reason at its end."""
    ran = scraper_("extract", f"ftp://a.example/{LONG}")
    assert re.fullmatch(r"ftp://a\.example/n+\.\.\.n+: no page: scheme_refused \(ftp: is neither .*\)\.\n", ran.err)
    assert len(ran.err) == 301


def test_version() -> None:
    """--version names program and version."""
    assert re.fullmatch(r"scraper \d+\.\d+\.\d+\S*\n", scraper_("--version").out)


def test_bug_is_one_sentence(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug of ours shows no traceback but says where it is."""

    def fail(*_: object, **__: object) -> None:
        raise LookupError("not on my list")

    monkeypatch.setattr(scraper.cli.extract, "render", fail)
    ran = scraper_("extract", page)
    assert ran.code == Exit.BUG
    (sentence,) = ran.err.splitlines()
    kept = Path(re.search(r"its traceback is in (\S+)\.$", sentence)[1])  # type: ignore[index]
    assert "LookupError: not on my list" in kept.read_text()
    kept.unlink()


# --- extract ---------------------------------------------------------------------------------------------


def test_extract_formats(page: Path) -> None:
    """The same article in four forms."""
    line = scraper_("extract", page).out
    record = json.loads(line)
    assert line.count("\n") == 1
    assert json.loads(scraper_("extract", page, "--format", "json").out) == record
    assert scraper_("extract", page, "--format", "text").out == f"{record['title']}\n\n{record['text']}\n"
    assert scraper_("extract", page, "--format", "md").out.startswith(f"# {record['title']}\n\n{record['text'][:20]}")


def test_extract_folder_gives_an_array(page: Path) -> None:
    """A folder is read with the folders in it, sorted; indented JSON becomes one array."""
    (page.parent / "deeper").mkdir()
    (page.parent / "deeper" / "second.htm").write_text(story(2), encoding="utf-8")
    (page.parent / "picture.png").write_bytes(b"\x89PNG")
    records = json.loads(scraper_("extract", page.parent, "--format", "json").out)
    assert [record["title"] for record in records] == ["Bridge number 1 opens", "Bridge number 2 opens"]
    assert scraper_("extract", page.parent, "--format", "text").out.count("\n---\n") == 1


def test_extract_without_a_page(tmp_path: Path) -> None:
    """A folder that holds no page is one sentence and code 1; JSON stays JSON: an empty array for a folder."""
    (tmp_path / "picture.png").write_bytes(b"\x89PNG")
    for folder in (str(tmp_path), tmp_path.as_uri()):
        ran = scraper_("extract", folder, "--format", "json")
        assert (ran.code, json.loads(ran.out)) == (1, [])
        assert ran.err == f"{folder}: the folder holds no page (.html, .htm, .xhtml, .txt, .html.gz, .mhtml, .mht).\n"
    missing = tmp_path / "none.html"
    assert scraper_("extract", missing, missing, "--format", "json").out == "[]\n"
    assert scraper_("extract", missing, "--format", "json").out == ""


def test_extract_folder_by_its_address(page: Path) -> None:
    """A folder named as file:// gives one array, too."""
    (page.parent / "second.htm").write_text(story(2), encoding="utf-8")
    assert len(json.loads(scraper_("extract", page.parent.as_uri(), "--format", "json").out)) == 2


def test_extract_stdin() -> None:
    """`-` reads stdin; --url says where the page is from; the same bytes give the same line."""
    ran = scraper_("extract", "-", "--url", "http://a.example/bridge", stdin=story(1).encode())
    assert json.loads(ran.out)["url"] == "http://a.example/bridge"
    assert ran.out == scraper_("extract", "-", "--url", "http://a.example/bridge", stdin=story(1).encode()).out


def test_extract_stdin_reads_what_a_file_may_hold() -> None:
    """gzip and a browser's archive are unpacked on stdin as they are in a file; damage is told in one sentence."""
    packed = gzip.compress(story(1).encode(), mtime=0)
    plain = one(scraper_("extract", "-", stdin=story(1).encode()))
    assert one(scraper_("extract", "-", stdin=packed)) | {"html_hash": ""} == plain | {"html_hash": ""}
    saved = "From: <Saved by Blink>\nSnapshot-Content-Location: https://news.example/bridge\nMIME-Version: 1.0\n"
    saved += f"Content-Type: multipart/related; boundary=x\n\n--x\nContent-Type: text/html\n\n{story(1)}\n--x--\n"
    record = one(scraper_("extract", "-", stdin=saved.encode()))
    assert (record["url"], record["final_url"]) == ("about:blank", "https://news.example/bridge")
    cut = scraper_("extract", "-", stdin=packed[:60])
    assert (cut.code, cut.err.startswith("stdin: no page: file_unreadable (the gzip file is damaged")) == (1, True)


def one(ran: Ran) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(ran.out)
    return record


def test_extract_knows_a_saved_page_by_what_it_declares(tmp_path: Path) -> None:
    """The address that a page declares is its own wherever it was saved, unless --url says otherwise."""
    own = "https://news.example/bridge/1"
    html = story(1, head="<link rel='canonical' href='https://news.example/bridge/1'>", tail="<a href='/more'>More</a>")
    (tmp_path / "deep").mkdir()
    paths = [tmp_path / "a.html", tmp_path / "deep" / "b.html"]
    for path in paths:
        path.write_text(html)
    records = [*(one(scraper_("extract", path)) for path in paths), one(scraper_("extract", "-", stdin=html.encode()))]
    named = one(scraper_("extract", paths[0], "--url", own))
    for record in records:
        assert record["id"] == named["id"]
        assert (record["canonical_url"], record["domain"]) == (own, "news.example")
        assert record["warnings"] == named["warnings"] == []
        assert (record["fetch"]["status"], record["fetch"]["fetched_at"]) == (None, None)
    assert [record["url"] for record in records] == [*(path.as_uri() for path in paths), "about:blank"]
    other = one(scraper_("extract", paths[0], "--url", "https://news.example/bridge/2"))
    assert other["url"] == "https://news.example/bridge/2"


def test_extract_knows_a_page_without_an_address_by_its_bytes(page: Path, tmp_path: Path) -> None:
    """Where no address is declared, the same bytes give the same id wherever they lie, and other bytes another."""
    copy, other = tmp_path / "copy.html", tmp_path / "other.html"
    copy.write_bytes(page.read_bytes())
    other.write_text(story(2))
    first, second, third = (one(scraper_("extract", path)) for path in (page, copy, other))
    assert first["id"] == second["id"] == one(scraper_("extract", "-", stdin=page.read_bytes()))["id"]
    assert first["id"] != third["id"]
    assert (first["domain"], first["canonical_url"]) == (None, None)


def test_extract_from_the_web(quick: Path) -> None:
    """An address is fetched; robots.txt and the caps hold; the private host named by hand is allowed."""
    with Press({"/story/1": story(1)}) as press:
        ran = scraper_("extract", f"{press.base}/story/1", "--config", quick)
        assert json.loads(ran.out)["final_url"] == f"{press.base}/story/1"
        assert press.asked == ["/robots.txt", "/story/1"]


def test_extract_of_a_later_page_gives_the_whole_article(quick: Path) -> None:
    """Who names page 2 gets the article from its first page on."""
    links = "<nav class='pagination'><a href='/long'>1</a> <a href='/long/2'>2</a> <a href='/long/3'>3</a></nav>"
    routes = {path: story(at, tail=links) for at, path in enumerate(["/long", "/long/2", "/long/3"], 1)}
    with Press(routes) as press:
        record = one(scraper_("extract", f"{press.base}/long/2", "--config", quick))
    assert (record["url"], record["title"]) == (f"{press.base}/long", "Bridge number 1 opens")
    assert re.findall(r"Part (\d)\.0\.", record["text"]) == ["1", "2", "3"]


def test_extract_goes_on_after_failures(page: Path, quick: Path) -> None:
    """Each input that fails is one sentence on stderr; the others come out; the code is 1."""
    rubbish, empty, pdf, large = (page.with_name(name) for name in ("r.html", "e.html", "p.html", "l.html"))
    rubbish.write_bytes(bytes(range(256)) * 4)
    empty.write_bytes(b"")
    pdf.write_bytes(b"%PDF-1.7\n")
    with large.open("wb") as file:
        file.truncate(200_000_000)
    dead = f"http://127.0.0.1:{closed_port()}/"
    inputs = [rubbish, empty, pdf, large, page.with_name("none.html"), "gopher://a.example/", dead, page]
    ran = scraper_("extract", *inputs, "--config", quick)
    assert ran.code == 1
    assert json.loads(ran.out)["title"] == "Bridge number 1 opens"
    sentences = ran.err.splitlines()
    reasons = [
        "r.html",
        "e.html: no article",
        "application/pdf",
        "too_large",
        "no such file",
        "scheme_refused",
        "connect_failed",
    ]
    assert [reason in sentence for reason, sentence in zip(reasons, sentences, strict=True)] == [True] * 7


@pytest.mark.parametrize("verb", ["extract", "inspect"])
def test_a_file_is_called_what_it_was_called(verb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sentence names a file by its path from here, as it was typed, not by an address that quotes its letters."""
    (tmp_path / "my pages").mkdir()
    (tmp_path / "my pages" / "é.html").write_bytes(b"%PDF-1.7\n")
    (tmp_path / "empty.html").write_bytes(b"")
    monkeypatch.chdir(tmp_path)
    pdf = "my pages/é.html: no page: content_type (it is application/pdf).\n"
    assert scraper_(verb, "my pages/é.html").err == pdf
    assert scraper_("extract", "my pages").err == pdf
    assert scraper_("extract", "empty.html").err == "empty.html: no article: empty_page (0 bytes).\n"
    monkeypatch.chdir("my pages")
    assert scraper_("extract", tmp_path / "empty.html").err.startswith(f"{tmp_path}/empty.html: no article")


def test_a_redirect_that_fails_is_told_by_the_address_that_was_given(quick: Path) -> None:
    """Who names one page is told of another only as of where it leads."""
    with Press({"/a": (302, {"Location": "http://10.0.0.1/b"}, b"")}) as press:
        ran = scraper_("extract", f"{press.base}/a#top", "--config", quick)
        assert ran.err.startswith(
            f"{press.base}/a#top: leads to http://10.0.0.1/b: no page: address_refused (10.0.0.1 "
        )
        gone = scraper_("extract", f"{press.base.upper()}/gone", "--config", quick)
        assert gone.err == f"{press.base.upper()}/gone: no page: http_status (404 Not Found).\n"


@pytest.mark.parametrize("verb", ["extract", "inspect"])
def test_an_address_without_its_scheme(verb: str) -> None:
    """What is no file may have been meant as an address: the sentence says how one begins."""
    ran = scraper_(verb, "news.example/story")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "news.example/story: there is no such file or folder; an address begins with http:// or https://.\n"
    )


def test_extract_holds_files_and_stdin_to_max_bytes(page: Path, tmp_path: Path) -> None:
    """fetch.max_bytes is for every page, wherever it comes from; the sentence names the input and the bound."""
    large, config = tmp_path / "large.html", tmp_path / "c.toml"
    large.write_text(story(1) + " ")
    config.write_text(f"[fetch]\nmax_bytes = {len(story(1))}\n")
    ran = scraper_("extract", large, "-", page, "--config", config, stdin=story(2).encode() + b" ")
    assert ran.code == 1
    assert [json.loads(line)["title"] for line in ran.out.splitlines()] == ["Bridge number 1 opens"]
    first, second = ran.err.splitlines()
    assert "large.html: " in first and "stdin: " in second
    assert all(sentence.endswith(f"more than {len(story(1)):,} bytes).") for sentence in (first, second)), ran.err
    assert scraper_("extract", "-", "--config", config, stdin=story(2).encode()).code == 0


def test_extract_bug_on_one_page(page: Path, tmp_path: Path) -> None:
    """A page that sets off a bug is one sentence with the place of the traceback; the next page comes out."""
    (tmp_path / "bad.html").write_text(story(2))
    code = (
        "import sys\nimport scraper.pipeline as pipeline\nreal = pipeline.read_page\n"
        "def read_page(page, quality, **rest):\n    assert 'bad.html' not in page.url, 'odd'\n"
        "    return real(page, quality, **rest)\n"
        "pipeline.read_page = read_page\nfrom scraper.cli.main import run\nsys.exit(run(sys.argv[1:]))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, "extract", tmp_path / "bad.html", page],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    )
    assert ran.returncode == 1
    assert json.loads(ran.stdout)["title"] == "Bridge number 1 opens"
    assert re.search(
        r"bad\.html: a bug in scraper \(AssertionError: odd\); its traceback is in \S+\.log\.$", ran.stderr.strip()
    )
    assert "AssertionError: odd" in next(tmp_path.glob("scraper-bugs-*.log")).read_text()


def test_broken_pipe_is_silent(page: Path) -> None:
    """A reader that has enough, such as `head`, ends the command without a word."""
    inputs = " ".join([str(page)] * 200)
    ran = subprocess.run(
        f"{sys.executable} -m scraper extract {inputs} | head -n 1; exit ${{PIPESTATUS[0]}}",
        shell=True,
        executable="/bin/bash",
        capture_output=True,
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert json.loads(ran.stdout)["title"] == "Bridge number 1 opens"


def test_full_stdout_is_one_sentence(page: Path) -> None:
    """A disk that is full behind stdout is one sentence and code 5."""
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "scraper", "schema"], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert ran.returncode == 5
    assert ran.stderr == b"stdout cannot be written (No space left on device).\n"


def test_interrupted_at_once() -> None:
    """Ctrl-C while the modules are still being read ends with 130 and one word, too."""
    code = (
        "import sys\nclass Interrupting:\n    def find_spec(self, name, *_):\n        if name == 'scraper.cli.lazy':\n"
        "            raise KeyboardInterrupt\nsys.meta_path.insert(0, Interrupting())\n"
        "from scraper.__main__ import main\nmain()\n"
    )
    ran = subprocess.run([sys.executable, "-c", code, "schema"], capture_output=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (130, b"", b"Interrupted.\n")


def test_interrupted_extract() -> None:
    """Ctrl-C while waiting for stdin ends with 130 and one word."""
    running = subprocess.Popen(
        [sys.executable, "-c", "print('up', flush=True)\nfrom scraper.__main__ import main\nmain()", "extract", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert running.stdout is not None
    running.stdout.readline()
    while not Path(f"/proc/{running.pid}/syscall").read_bytes().startswith(b"0 0x0 "):  # read(0, ...)
        assert running.poll() is None
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=10)
    assert running.returncode == 130
    assert said.strip() == b"Interrupted."


# --- the small verbs -------------------------------------------------------------------------------------


def test_init_never_overwrites(tmp_path: Path) -> None:
    """A fresh configuration is the annotated one, and loads; an existing file is kept unless --force says otherwise."""
    path = tmp_path / "config.toml"
    assert scraper_("init", path).code == 0
    assert path.read_bytes() == (ROOT / "config.toml").read_bytes()
    load_config(path)
    path.write_text("mine")
    path.chmod(0o600)
    ran = scraper_("init", tmp_path)
    assert (ran.code, path.read_text()) == (2, "mine")
    assert "is there already; --force overwrites it." in ran.err
    assert scraper_("init", path, "--force").code == 0
    assert (path.read_text() != "mine", path.stat().st_mode & 0o777) == (True, 0o600)
    assert scraper_("init", tmp_path / "no" / "config.toml").code == 5


def test_check_config(tmp_path: Path) -> None:
    """A good file is shown with its defaults; a bad one is explained, every problem at once, with code 2."""
    path = tmp_path / "config.toml"
    path.write_text("[fetch]\ndelay_s = 3\n")
    ran = scraper_("check-config", "--config", path)
    assert ran.code == 0
    assert "delay_s = 3.0" in ran.out
    assert "max_bytes = 10000000" in ran.out
    path.write_text("[fetch]\ndelay = 3\nretries = -1\n")
    ran = scraper_("check-config", "--config", path)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 2)


def test_check_config_looks_for_the_paths(tmp_path: Path) -> None:
    """Files and folders that the configuration names and that are not there are a sentence each."""
    path = tmp_path / "config.toml"
    named = [("urls", "none.txt"), ("files", "none"), ("urls", "."), ("files", ".")]
    sources = "".join(f"[[source]]\nkind = '{kind}'\npath = '{name}'\n" for kind, name in named)
    path.write_text(sources + "[crawl]\nrules_dir = 'no-rules'\n")
    ran = scraper_("check-config", "--config", path)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines() == [
        f"{path}: [source 1] of kind 'urls' names '{tmp_path}/none.txt': No such file or directory.",
        f"{path}: [source 2] of kind 'files' names '{tmp_path}/none': No such file or directory.",
        f"{path}: [source 3] of kind 'urls' names '{tmp_path}': it is a folder, no file of addresses.",
        f"{tmp_path}/no-rules: there is no such folder of site rules; make it, or name another.",
    ]


def test_check_config_names_what_a_run_would_miss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Secrets that the environment lacks, and a folder for the figures that is not there, are told before a run."""
    path = tmp_path / "c.toml"
    path.write_text(
        '[fetch]\nproxy = "${TEST_PROXY}"\n[output]\nmetrics = "figures/crawl.prom"\n'
        '[[source]]\nkind = "urls"\nurls = ["http://127.0.0.1/1"]\n'
    )
    monkeypatch.delenv("TEST_PROXY", raising=False)
    ran = scraper_("check-config", "--config", path)
    assert (ran.code, ran.out) == (2, "")
    metrics, secret = ran.err.splitlines()
    assert secret == f"{path}: the configuration needs ${{TEST_PROXY}}, which the environment does not set."
    assert metrics == f"{path}: [output] metrics lies in '{tmp_path}/figures': No such file or directory."
    monkeypatch.setenv("TEST_PROXY", "http://127.0.0.1:3128")
    (tmp_path / "figures").mkdir()
    assert scraper_("check-config", "--config", path).code == 0


def test_check_config_without_sources(tmp_path: Path) -> None:
    """A configuration that names no source is fine, but it is said that a crawl would have nothing to do."""
    path = tmp_path / "config.toml"
    path.write_text("[fetch]\ndelay_s = 3\n")
    ran = scraper_("check-config", "--config", path)
    assert ran.code == 0
    assert ran.err == f"{path}: fine, but it names no [[source]]: `scraper crawl` would have nothing to do.\n"


def test_live_crawl_needs_a_contact(tmp_path: Path) -> None:
    """Nobody's site is fetched before somebody signs for it; the sentence says how."""
    path = tmp_path / "config.toml"
    source = '[[source]]\nkind = "feed"\nurl = "https://news.example/rss"\n'
    path.write_text(source)
    for verb in ("crawl", "check-config"):
        ran = scraper_(verb, "--config", path)
        assert ran.code == 2
        assert "news.example is somebody else's machine" in ran.err
        assert 'contact = "https://your.example/crawler"' in ran.err
    for signed in ('contact = "desk@press.example"', 'user_agent = "mine"', 'connect_to = { "*" = "127.0.0.1:9" }'):
        path.write_text(f"{source}[fetch]\n{signed}\n")
        assert scraper_("check-config", "--config", path).code == 0


def test_crawl_without_sources(tmp_path: Path) -> None:
    """A configuration that names no source says so."""
    assert scraper_("init", tmp_path / "config.toml").code == 0
    ran = scraper_("crawl", "--config", tmp_path / "config.toml")
    assert ran.code == 2
    assert "names no source" in ran.err


@pytest.mark.parametrize("arguments", [["schema"], ["schema", "--rejected"]], ids=["article", "rejected"])
def test_schema_is_a_schema(arguments: list[str]) -> None:
    """What `schema` prints is a valid schema."""
    jsonschema_rs.meta.validate(json.loads(scraper_(*arguments).out))


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(shell: str) -> None:
    """Each shell gets a script that asks scraper, and scraper answers with its verbs."""
    ran = scraper_("completion", shell)
    assert ran.code == 0
    assert f"_SCRAPER_COMPLETE={shell}_complete" in ran.out
    env = os.environ | {"_SCRAPER_COMPLETE": "bash_complete", "COMP_WORDS": "scraper ex", "COMP_CWORD": "1"}
    if shell == "bash":
        assert apart(env=env).stdout == b"plain,extract\nplain,export\n"


COMPLETED = ["extract", "inspect", "cat", "report", "export x --to", "extract x --rules", "crawl --config", "init"]


@pytest.mark.parametrize("words", COMPLETED)
def test_completion_of_files(words: str) -> None:
    """Where a file may stand, Tab offers files."""
    env = os.environ | {"_SCRAPER_COMPLETE": "bash_complete", "COMP_WORDS": f"scraper {words} pa"}
    assert apart(env=env | {"COMP_CWORD": str(len(words.split()) + 1)}).stdout == b"file,pa\n"


def test_demo(tmp_path: Path) -> None:
    """The demo newspaper is crawled over HTTP; the summary adds up and says where the records are."""
    ran = scraper_("demo", "--out", tmp_path / "out")
    assert ran.code == 0, ran.err
    summary = json.loads((tmp_path / "out" / "summary.json").read_bytes())
    assert summary["targets"] == summary["articles"] + summary["rejected"] + summary["unchanged"]
    assert summary["articles"] >= 30
    assert f"{summary['targets']} targets = {summary['articles']} articles + {summary['rejected']} rejected" in ran.err
    (written,) = (tmp_path / "out").glob("articles-*.jsonl")
    assert str(written) in ran.err
    assert re.search(r"^a record: \w+", ran.err, re.MULTILINE)
    records = [json.loads(line) for line in written.read_bytes().splitlines()]
    assert [record["pages"]["truncated"] for record in records if record["pages"]["count"] > 1] == [False]
    assert {"duplicate", "robots_disallowed", "http_status", "content_type"} <= set(summary["rejected_by_reason"])
