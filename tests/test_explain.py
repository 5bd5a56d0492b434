"""scraper extract --explain: what is shown, how wide it is, and that docs/extraction.md shows the same."""

from __future__ import annotations

import importlib.util
import io
import re
import subprocess
import sys
import unicodedata
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from types import ModuleType

import pytest

from scraper.cli.exits import Exit
from scraper.cli.explain import WIDTH, block_lines, explain_lines
from scraper.cli.main import run
from scraper.config import QualityConfig
from scraper.model import Block, Page, Rejected
from scraper.pipeline import Explained, explain_page, read_page

ROOT = Path(__file__).parent.parent
SITE = ROOT / "fixtures/site"
FERRY = SITE / "courier.example/electric-ferry-first-winter/page.html"
FERRY_URL = "http://courier.example/2025/03/04/electric-ferry-first-winter"


def explain(path: Path, url: str = "http://courier.example/story") -> tuple[Explained, list[str]]:
    page = Page(url=url, final_url=url, body=path.read_bytes())
    explained = explain_page(page, QualityConfig())
    assert isinstance(explained, Explained)
    return explained, list(explain_lines(explained))


def scraper(*arguments: str | Path) -> tuple[int, str, str]:
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as said:
        code = run([str(argument) for argument in arguments])
    return code, out.getvalue(), said.getvalue()


def columns(line: str) -> int:
    shown = (char for char in line if unicodedata.category(char) not in {"Mn", "Me", "Cf"})
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in shown)


def document() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_extraction", ROOT / "docs/make_extraction.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_documentation_shows_what_the_command_prints() -> None:
    """The pages explained in docs/extraction.md are explained there as the command does it today."""
    text = (ROOT / "docs/extraction.md").read_text(encoding="utf-8")
    assert text.count("$ scraper extract ") == 3
    assert document().render(text) == text, "run python docs/make_extraction.py"


def test_every_module_is_in_the_documentation() -> None:
    """docs/extraction.md says of each module of the extractors what it does."""
    text = (ROOT / "docs/extraction.md").read_text(encoding="utf-8")
    modules = {path.stem for path in (ROOT / "scraper/extractors").glob("*.py")} - {"__init__"}
    table = text.partition("## The modules")[2].partition("\n## ")[0]
    named = set(re.findall(r"`(\w+)`", table.replace("\n| module", "")))
    assert modules - named == set()


@pytest.mark.parametrize(
    "path", sorted(SITE.glob("*/*/page.html"))[::3], ids=lambda path: f"{path.parent.parent.name}/{path.parent.name}"
)
def test_every_line_fits(path: Path) -> None:
    """Whatever the script of the page, no line is wider than a terminal of 100 columns, and each is one line."""
    explained, lines = explain(path)
    assert max(map(columns, lines)) <= WIDTH == 100
    assert all(line.isprintable() for line in lines)
    table = lines[lines.index(next(line for line in lines if line.startswith("   # "))) + 1 :]
    assert [int(line[:4]) for line in table] == [block.index for block in explained.draft.blocks]
    assert [line[5:15].strip() for line in table] == [block.label for block in explained.draft.blocks]


def test_fields_say_who_said_what() -> None:
    """A field shows its value, its origin as the record has it, those who agree, and what the others said."""
    explained, lines = explain(FERRY, FERRY_URL)
    start = lines.index("section        City")
    assert lines[start + 1] == "               from jsonld.articleSection, also meta.article:section, breadcrumbs"
    assert lines[start + 2] == "               not  dom.kicker: Harbour"
    for name in ("title", "authors", "published", "modified", "language", "tags", "breadcrumbs", "reading_time"):
        at = next(number for number, line in enumerate(lines) if line.startswith(name))
        assert lines[at + 1].split("from ")[1].split(",")[0] == getattr(explained.article.origin, name)
    assert "nothing        subtitle" in lines


def test_a_field_without_value_shows_what_was_refused(tmp_path: Path) -> None:
    """Where a candidate does not hold, the line says so instead of leaving the field out."""
    page = tmp_path / "page.html"
    said = '<meta property="article:published_time" content="some day in May">'
    page.write_text(
        f"<html><head>{said}</head><body><h1>Of no date at all</h1><p>{'Words of a story. ' * 40}</p></body>"
    )
    _, lines = explain(page)
    at = next(number for number, line in enumerate(lines) if line.startswith("published"))
    assert lines[at].split() == ["published", "-"]
    assert lines[at + 1].strip() == "not  meta.article:published_time: some day in May"


def test_summary_tells_what_a_crawl_would_do(tmp_path: Path) -> None:
    """A page that a crawl rejects is explained all the same, with the reason."""
    page = tmp_path / "page.html"
    page.write_text("<html><body><h1>Three words only</h1><p>Short.</p></body></html>")
    explained, lines = explain(page)
    judged = read_page(
        Page(url="http://a.example/", final_url="http://a.example/", body=page.read_bytes()), QualityConfig()
    )
    assert isinstance(judged, Rejected) and explained.rejected is not None
    assert explained.rejected.reason == judged.reason
    assert any(line.startswith(f"a crawl        rejects it: {judged.reason}") for line in lines)
    assert any(line.startswith("warning        body_short") for line in lines)


def test_reasons_the_last_first() -> None:
    """A block that changed its label shows why it has the present one first, then what it was before."""
    block = Block(
        index=7, label="ad", type="paragraph", text="漢字" * 30 + "\x1b[31m", score=0.7,
        reasons=("body: body classifier 0.70", "ad: says so"),
    )  # fmt: skip
    _, line = block_lines([block])
    assert line.startswith("   7 ad          0.70 漢字")
    assert line.endswith("…  says so; was body: body classifier 0.70")
    assert "\x1b" not in line


def test_explain_verb(tmp_path: Path) -> None:
    """Explanations go to stdout one after the other; what is no page is a sentence on stderr, and the code is 1."""
    rubbish = tmp_path / "rubbish.html"
    rubbish.write_bytes(b"\x01\x02\x03" * 400)
    code, out, said = scraper("extract", FERRY, rubbish, "--explain")
    assert code == Exit.NOTHING
    assert out.splitlines()[0].removesuffix("…") == FERRY.as_uri()[: WIDTH - 1]
    assert said.startswith(f"{rubbish}: no article: binary (")
    code, out, _ = scraper("extract", FERRY, "--explain", "--url", FERRY_URL)
    assert (code, out.splitlines()[0]) == (Exit.DONE, FERRY_URL)


def test_explain_has_its_own_form() -> None:
    """--format with --explain is a question that has no answer: one sentence, code 2."""
    code, out, said = scraper("extract", FERRY, "--explain", "--format", "json")
    assert (code, out, said) == (Exit.USAGE, "", "--explain has a form of its own: leave --format out.\n")


def test_explaining_costs_the_hot_path_nothing() -> None:
    """Reading a page does not load what explains it."""
    modules = (
        "import sys; from scraper import extract; extract('<p>x</p>'); print('scraper.cli.explain' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", modules], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"
