"""docs/downstream.md: its snippets run, on records made from the fixture pages."""

from __future__ import annotations

import ast
import os
import re
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import shelf
from test_cli import scraper_

TEXT = (Path(__file__).parent.parent / "docs" / "downstream.md").read_text(encoding="utf-8")
SNIPPETS = [
    (heading, snippet)
    for heading, section in re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    for snippet in re.findall(r"```python\n(.*?)```", section, re.DOTALL)
]
NOT_RUN = {"Spark", "Hugging Face datasets"}
"""No part of the dev group: too large for what they would tell."""


def imported(snippet: str) -> set[str]:
    nodes = list(ast.walk(ast.parse(snippet)))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.split(".")[0] for name in names} | ({"pyarrow"} if "parquet" in snippet else set())


@pytest.fixture(scope="module")
def shelved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with out/articles-*.jsonl*, packed and not, and two revisions; articles.parquet and news/ beside it."""
    folder = tmp_path_factory.mktemp("downstream")
    (folder / "out").mkdir()
    second = shelf.record(revision=2, previous_hash=shelf.record()["content_hash"], changed_fields=["lead"])
    shelf.write(folder / "out" / "articles-2026-11-22-0001.jsonl", shelf.articles())
    shelf.write(folder / "out" / "articles-2026-11-23-0001.jsonl", [second])
    unpacked = shelf.write(folder / "articles", [shelf.record(id="packed", published_at="2025-03-04T07:30:00.25Z")])
    for day, ending in ((24, "jsonl.gz"), (25, "jsonl.zst")):
        assert scraper_("export", unpacked, "--to", folder / f"out/articles-2026-11-{day}-0001.{ending}").code == 0
    if find_spec("pyarrow"):
        assert scraper_("export", folder / "out", "--to", folder / "news", "--partition-by", "site,date").code == 0
        assert scraper_("export", folder / "out", "--to", folder / "articles.parquet").code == 0
    return folder


RUN = [(heading, snippet) for heading, snippet in SNIPPETS if heading not in NOT_RUN]


@pytest.mark.parametrize(("heading", "snippet"), RUN, ids=[heading for heading, _ in RUN])
def test_snippet_runs(
    shelved: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], heading: str, snippet: str
) -> None:
    """What the page shows can be copied, and says something."""
    missing = sorted(name for name in imported(snippet) if not find_spec(name))
    if missing:
        pytest.skip(f"{', '.join(missing)} is not installed; pip install --group dev")
    monkeypatch.chdir(shelved)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    exec(compile(snippet, f"downstream.md ({heading})", "exec"), {})
    assert len(capsys.readouterr().out) > 60


def test_verbs_shown_are_verbs() -> None:
    """Each command of the page is understood: its verb and its options are in the help."""
    lines = re.findall(r"^scraper (\S+) ([^#|>\n]*)", TEXT, re.MULTILINE)
    assert {verb for verb, _ in lines} == {"validate", "stats", "cat", "diff", "export"}
    for verb, rest in lines:
        known = scraper_(verb, "--help").out
        assert all(option in known for option in re.findall(r"--\w+", rest)), (verb, rest)


def test_headings_are_all_there() -> None:
    """The page speaks of every library it promises."""
    wanted = {
        "By site, day or language",
        "pandas",
        "Polars",
        "DuckDB",
        "SQLite",
        "Spark",
        "Hugging Face datasets",
        "Python alone",
    }
    assert {heading for heading, _ in SNIPPETS} == wanted
