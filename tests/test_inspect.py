"""scraper inspect: one file that loads nothing, shows every block, and is a pleasure to use from the keyboard."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import shutil
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from looking import SIZES
from selectolax.lexbor import LexborHTMLParser

from scraper.cli.fields import compare_fields
from scraper.cli.main import run
from scraper.config import QualityConfig
from scraper.document import Document
from scraper.model import LABELS, Page, PageType
from scraper.pipeline import Explained, explain_page
from scraper.report import render_inspection
from scraper.report.colours import INK, PAPER, contrast, shades_of
from scraper.report.styles import clean_css

ROOT = Path(__file__).parent.parent
SITE = ROOT / "fixtures/site"
PAGES = sorted([*SITE.glob("*/*/page.html"), *(ROOT / "fixtures/pages").glob("*/*/page.html")])
FERRY = SITE / "courier.example/electric-ferry-first-winter/page.html"
SHOWN = [
    FERRY,
    SITE / "courier.example/arabic-desert-library/page.html",
    SITE / "courier.example/storm-live/page.html",
    SITE / "courier.example/section-city/page.html",
    SITE / "courier.example/quarry-investigation/page.html",
    ROOT / "fixtures/pages/lumen/action-camera-under-ice/page.html",
]
LOADING = frozenset(
    ("src", "srcset", "href", "action", "formaction", "poster", "background", "data", "ping", "manifest")
)
EVIL = "http://evil.example"
SENTENCE = "The bridge across the bay carries more trains every year than its builders ever thought it could. "
STORY = f"<h1>The bridge across the bay</h1><p>{SENTENCE * 3}</p><p>{SENTENCE * 2}</p>"
HOSTILE = {
    "closing tags in text": "&lt;/iframe&gt;&lt;/template&gt;&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;",
    "closing tags": "</iframe></template></script></style></textarea><p>left over</p>",
    "scripts": f"<script src='{EVIL}/x.js'></script><script>document.title='owned'</script>",
    "script in svg": f"<svg onload=alert(1)><script>document.title='owned'</script><image href='{EVIL}/i.png'/></svg>",
    "handlers": "<p onclick=\"alert('a')\" onmouseover=alert(1) onfocus=alert(2) autofocus tabindex=1>handled text</p>",
    "pictures": f"<img src='{EVIL}/1.png' srcset='{EVIL}/2.png 2x' onerror=alert(1) alt='\"><script>x</script>'>",
    "picture sources": f"<picture><source srcset='{EVIL}/a.webp'><img src=//evil.example/b.png></picture>",
    "frames": f"<iframe src='{EVIL}/f'></iframe><object data='{EVIL}/o'></object><embed src='{EVIL}/e'>",
    "srcdoc": "<iframe srcdoc=\"<script>parent.document.title='owned'</script>\"></iframe>",
    "media": f"<video src='{EVIL}/v' poster='{EVIL}/p' autoplay></video><audio src='{EVIL}/a'></audio>",
    "forms": f"<form action='{EVIL}'><input type=image src='{EVIL}/i'><button formaction='{EVIL}'>Go</button></form>",
    "meta refresh": f"<meta http-equiv=refresh content='0;url={EVIL}'><base href='{EVIL}/'>",
    "links": f"<a href='javascript:alert(1)' ping='{EVIL}'>one</a> <a href='{EVIL}/page' target=_top>two</a>",
    "style sheets": f"<link rel=stylesheet href='{EVIL}/s.css'><style>@import '{EVIL}';p{{src:url({EVIL})}}</style>",
    "escaped url": f"<style>p{{background:u\\72l('{EVIL}/u')}} a{{background:\\75 rl({EVIL}/v)}}</style>",
    "image-set": f"<style>p{{background:image-set('{EVIL}/u' 1x)}}</style>",
    "style attribute": f"<p style=\"background:url('{EVIL}')\">one</p><div style='background:url({EVIL})'>two</div>",
    "attribute names": "<p \"='1' '><script>alert(1)</script>' x\"><=1 data-scraper-block=0>named oddly</p>",
    "tag names": '<x"onload=alert(1)>odd</x"onload=alert(1)><p:nth-of-type(2)>like a path</p:nth-of-type(2)>',
    "quotes in paths": "<div id='a\" onload=\"alert(1)' class='\"><script>alert(1)</script>'><p>quoted text</p></div>",
    "our own tags": "<scraper-badge>fake</scraper-badge><scraper-mark data-scraper-block=0>fake</scraper-mark>",
    "templates": "<template shadowrootmode=open><script>alert(1)</script></template><p>$title ${script} $$</p>",
    "math": "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "noscript": f"<noscript><p title=\"</noscript><img src={EVIL} onerror=alert(1)>\">{SENTENCE * 12}</p></noscript>",
    "frameset": f"<frameset><frame src='{EVIL}'></frameset>",
    "unclosed": "<p title=\"never closed <script>alert(1)</script>",
    "comment": "<!-- --!><script>alert(1)</script> --><p>after</p><![CDATA[ <script> ]]>",
}  # fmt: skip


def explained_of(html: bytes | str, url: str = "http://courier.example/story") -> tuple[Page, Explained]:
    body = html.encode("utf-8", "surrogatepass") if isinstance(html, str) else html
    page = Page(url=url, final_url=url, body=body)
    everything: tuple[PageType, ...] = ("article", "listing", "other", "collection", "documentation", "service")
    outcome = explain_page(page, QualityConfig(page_types=everything, min_words=1, require_title=False))
    assert isinstance(outcome, Explained), outcome
    return page, outcome


def inspection_of(html: bytes | str) -> tuple[Explained, str]:
    page, explained = explained_of(html)
    document, draft, article = Document.from_page(page), explained.draft, explained.article
    fields = compare_fields(draft, article)
    return explained, render_inspection(
        document.text, draft, article, fields, rejected=explained.rejected, is_plain=document.is_plain
    )


def parts_of(html: str) -> tuple[LexborHTMLParser, LexborHTMLParser]:
    """Return the tool's own document and the one in its frame, as a browser would parse them."""
    outer = LexborHTMLParser(html)
    frames = outer.css("iframe")
    assert len(frames) == 1
    return outer, LexborHTMLParser(frames[0].attributes["srcdoc"] or "")


def assert_harmless(html: str) -> None:
    """Nothing runs but our one script, nothing loads, nothing takes the reader elsewhere."""
    outer, inner = parts_of(html)
    scripts = outer.css("script")
    assert len(scripts) == 1
    assert set(scripts[0].attributes) == set()
    digest = base64.b64encode(hashlib.sha256(scripts[0].text().encode()).digest()).decode()
    policy = outer.css_first("meta[http-equiv=Content-Security-Policy]").attributes["content"] or ""
    assert policy.startswith("default-src 'none'; ")
    assert f"script-src 'sha256-{digest}';" in policy
    assert "http" not in policy
    policy = inner.css_first("meta[http-equiv=Content-Security-Policy]").attributes["content"] or ""
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert outer.css_first("iframe").attributes["sandbox"] == "allow-same-origin"
    assert not inner.css("script, iframe, frame, object, embed, link, base, form, input, button, template, svg, math")
    assert not inner.css("video, audio, source, track, [tabindex='1'], [autofocus], [contenteditable]")
    for tree in (outer, inner):
        assert len(tree.css("meta[http-equiv]")) == 1
        for node in tree.css("*"):
            for name, value in node.attributes.items():
                assert not name.startswith("on"), (node.tag, name)
                if name in LOADING and tree is inner:
                    assert (node.tag, name) == ("img", "src")
                    assert (value or "").startswith("data:image/")
                elif name in LOADING:
                    assert (value or "").startswith("#"), (node.tag, name, value)
                if name == "style":
                    assert "url(" not in (value or "").lower()
        for style in tree.css("style"):
            assert not re.search(r"url\(|@import|image-set|\\[0-9a-z]", style.text(), re.IGNORECASE)


def squeezed(text: str) -> str:
    return "".join(text.split())


# --- what the file is ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.parent.name)
def test_file_is_harmless_and_whole(path: Path) -> None:
    """Of every fixture page the file loads nothing, and lists each block of the draft once, in order."""
    explained, html = inspection_of(path.read_bytes())
    assert_harmless(html)
    outer, inner = parts_of(html)
    rows = outer.css("li.block")
    assert [row.attributes["data-index"] for row in rows] == [str(block.index) for block in explained.draft.blocks]
    for row, block in zip(rows, explained.draft.blocks, strict=True):
        assert row.attributes["data-label"] == block.label
        assert squeezed(row.css_first(".text").text()) == squeezed(block.text)
        assert all(reason.partition(": ")[2] in row.css_first(".why").text() for reason in block.reasons)
    for badge in inner.css("scraper-badge"):
        badge.decompose()
    found: dict[str, str] = {}
    for mark in inner.css("[data-scraper-block]"):
        index = mark.attributes["data-scraper-block"] or ""
        found[index] = found.get(index, "") + squeezed(mark.text())
    assert found == {str(block.index): squeezed(block.text) for block in explained.draft.blocks if block.path}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.parent.name)
def test_paths_lead_to_the_blocks(path: Path) -> None:
    """A block's path is a selector of one element, and the block's text stands in it."""
    page, explained = explained_of(path.read_bytes())
    tree = Document.from_page(page).tree
    for block in explained.draft.blocks:
        nodes = tree.css(block.path)
        assert len(nodes) == 1
        assert squeezed(block.text) in squeezed(nodes[0].text())


def test_record_tells_values_origins_and_dissent() -> None:
    """The record side has each field with its value, where it came from, and who says otherwise."""
    explained, html = inspection_of(FERRY.read_bytes())
    outer, _ = parts_of(html)
    text = " ".join(outer.css_first("#record").text().split())
    for field in compare_fields(explained.draft, explained.article):
        for said in field.others:
            assert " ".join(said.text.split()) in text
            assert all(origin in text for origin in said.origins)
        if field.value:
            assert f"from {field.origin}" in text
    for name in explained.article.__struct_fields__:
        if name not in {"confidence", "method", "removed", "warnings", "origin", "page_type"}:
            assert re.sub("_(date|at|min)$", "", name) in text
    assert f"{explained.article.confidence:.2f}" in text


def test_verdict_says_why_a_crawl_would_reject(tmp_path: Path) -> None:
    """A page that a crawl would not keep says so, with the reason."""
    out = tmp_path / "out.html"
    code, _, _ = scraper("inspect", SITE / "courier.example/section-city/page.html", "--out", out)
    assert code == 0
    assert "not_article" in parts_of(out.read_text())[0].css_first(".verdict.refused").text()


def test_same_page_gives_the_same_file() -> None:
    """The file is a function of the page: no clock, no chance."""
    assert inspection_of(FERRY.read_bytes())[1] == inspection_of(FERRY.read_bytes())[1]


def test_plain_text_is_shown_by_its_lines() -> None:
    """The dump of a page has no elements: its blocks are shown line by line."""
    explained, html = inspection_of((ROOT / "fixtures/pages/lumen/tripod-in-a-sock/page.txt").read_bytes())
    _, inner = parts_of(html)
    assert explained.article.method == "plain_text"
    assert len(inner.css("[data-scraper-block]")) == len(explained.draft.blocks) > 5
    assert_harmless(html)


# --- hostile pages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("markup", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("place", ["body", "head"])
def test_hostile_page_stays_in_its_frame(markup: str, place: str) -> None:
    """Whatever a page holds, the file runs nothing of it, loads nothing for it, and lists its blocks."""
    html = {
        "body": f"<title>Bridge</title>{STORY}{markup}<p>The end.</p>",
        "head": f"<html><head>{markup}<title>{markup}</title></head><body>{STORY}",
    }[place]
    explained, shown = inspection_of(html)
    assert_harmless(shown)
    outer, _ = parts_of(shown)
    assert len(outer.css("li.block")) == len(explained.draft.blocks)


TAGS = """
<p>|</p>|<div>|</div>|<table>|<tr><td>|</table>|<svg>|</svg>|<math>|<mtext>|<style>|</style>|<script>|</script>|<template>
</template>|<noscript>|</noscript>|<textarea>|<title>|<select><option>|<iframe>|</iframe>|<!--|-->|<a href='x'>|</a>|\0
<img src=x onerror=y>|"|'|<plaintext>|<xmp>|<foreignObject>|<li>|<ul>|<br>|<br><br>|&lt;|&quot;|<frameset>
<body onload=x>
<html class='y'>|<h1>|<b>|</b>|some words |more|<pre>|<button>|<p style='
"""
PIECES = st.sampled_from(re.findall(r"[^|\n]+", TAGS))
WRITING = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=8)
"""With a few control characters a page this short is no text, and refused as binary."""


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES | WRITING, max_size=40))
def test_any_soup_of_tags_is_harmless(pieces: list[str]) -> None:
    """Any page at all gives a file that loads nothing, with every block listed."""
    explained, html = inspection_of(STORY + "".join(pieces))
    assert_harmless(html)
    assert len(parts_of(html)[0].css("li.block")) == len(explained.draft.blocks)


@pytest.mark.parametrize(
    ("css", "cleaned"),
    [
        ("p{color:red}", "p{color:red}"),
        ("@import 'http://evil.example/a.css';p{}", " p{}"),
        ("@IMPORT url(x.css) screen;p{}", " p{}"),
        ("p{background:url( 'a b.png' ) red}", "p{background:none() red}"),
        ("p{background:URL(a.png)}", "p{background:none()}"),
        ("p{background:u\\72 l(a.png)}", "p{background:ul(a.png)}"),
        ("p{background:\\75 r\\6c(a.png)}", "p{background:r(a.png)}"),
        ("p{background:ur/**/l(a.png)}", "p{background:ur l(a.png)}"),
        ("p{background:\\u\\r\\l(a)}", "p{background:(a)}"),
        ("p{background:-webkit-image-set('a' 1x)}", "p{background:none('a' 1x)}"),
        (".sm\\:flex{display:flex}", ".sm\\:flex{display:flex}"),
        ("p{}</style><script>", "p{}< /style><script>"),
        ("div{position:fixed;top:0}", "div{position:static;top:0}"),
        ("p{color:red}/* never closed", "p{color:red} "),
    ],
)
def test_clean_css(css: str, cleaned: str) -> None:
    """A style sheet keeps its rules and loses what loads."""
    assert clean_css(css) == cleaned


@given(
    st.lists(st.sampled_from(["url(", "\\", "u", "r", "l(", "@import", "/*", "*/", "'", '"', ")", ";", "72 "])).map(
        "".join
    )
)
def test_clean_css_leaves_nothing_that_loads(css: str) -> None:
    """However a sheet is put together, nothing that loads is left, and cleaning again changes nothing."""
    cleaned = clean_css(css)
    assert not re.search(r"\burl\(|@import\b", cleaned)
    assert clean_css(cleaned) == cleaned


# --- colours ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
def test_colours_can_be_read(label: Any, mode: int) -> None:
    """Text on a label's tint and on its badge has the contrast of WCAG AA in both modes."""
    shades = shades_of(label)
    assert contrast(INK[mode], shades.tint[mode]) >= 4.5
    assert contrast(PAPER[mode], shades.edge[mode]) >= 4.5


# --- the command -----------------------------------------------------------------------------------------


def scraper(*arguments: str | Path) -> tuple[int, str, str]:
    with redirect_stdout(io.StringIO()) as out, redirect_stderr(io.StringIO()) as said:
        code = run([str(argument) for argument in arguments])
    return code, out.getvalue(), said.getvalue()


def test_command_writes_one_file(tmp_path: Path) -> None:
    """The file is written where it was asked for, and said; nothing goes to stdout."""
    out = tmp_path / "shown.html"
    code, shown, said = scraper("inspect", FERRY, "--out", out)
    assert (code, shown) == (0, "")
    assert said.startswith(f"Wrote {out} (")
    assert [path.name for path in tmp_path.iterdir()] == ["shown.html"]
    assert scraper("inspect", FERRY, "--out", "-")[1] == out.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["page.html", "--out", "page.html"], 2, "is the page itself"),
        (["."], 2, "is a folder"),
        (["page.html", "--out", "-", "--open"], 2, "--open needs a file"),
        (["page.html", "--url", "courier.example"], 2, "is not a web address"),
        (["none.html"], 1, "none.html"),
        (["binary.html"], 1, "no article"),
        (["page.html", "--out", "no/such/folder.html"], 5, "cannot be written"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_command_refuses(
    arguments: list[str], code: int, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What cannot be shown is said in one sentence, and no file is left or touched."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(FERRY, "page.html")
    Path("binary.html").write_bytes(b"<p>\1\2\3\4</p>" * 99)
    before = FERRY.read_bytes()
    ran = scraper("inspect", *arguments)
    assert ran[0] == code
    assert sentence in ran[2]
    assert {path.name for path in tmp_path.iterdir()} == {"page.html", "binary.html"}
    assert Path("page.html").read_bytes() == before


# --- in a browser ----------------------------------------------------------------------------------------


class Shown:
    """An inspection open in the browser, and every request and complaint it made."""

    def __init__(self, browser: Any, path: Path, *, size: str = "desk", scheme: str = "light") -> None:
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.page = browser.new_page()
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("dialog", lambda dialog: self.errors.append(dialog.message))
        self.page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))
        self.page.emulate_media(color_scheme=scheme)
        self.page.goto(path.as_uri())
        self.page.wait_for_selector("html[data-ready]", state="attached")

    def text(self, selector: str) -> str:
        return str(self.page.text_content(selector))

    def current(self) -> str | None:
        row = self.page.query_selector(".block[aria-current]")
        return row.get_attribute("data-index") if row else None

    def inside(self, script: str) -> Any:
        """Evaluate in the tool's page, with the frame's document as `page`."""
        return self.page.evaluate(
            f"() => {{ const page = document.getElementById('frame').contentDocument; return {script} }}"
        )


@pytest.fixture
def shown(browser: Any, tmp_path: Path) -> Iterator[Shown]:
    path = tmp_path / "inspect.html"
    path.write_text(inspection_of(FERRY.read_bytes())[1], encoding="utf-8")
    opened = Shown(browser, path)
    yield opened
    opened.page.close()
    assert opened.errors == []
    assert opened.requests == [path.as_uri()]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("source", SHOWN, ids=lambda path: path.parent.name)
def test_page_can_be_read_by_everyone(browser: Any, tmp_path: Path, source: Path, scheme: str, size: str) -> None:
    """In either mode and width no request leaves the page, and axe finds nothing serious, in both tabs."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    path = tmp_path / "inspect.html"
    path.write_text(inspection_of(source.read_bytes())[1], encoding="utf-8")
    opened = Shown(browser, path, size=size, scheme=scheme)
    for tab in ("r", "b"):
        opened.page.keyboard.press(tab)
        opened.page.keyboard.press("j")
        found = axe.Axe().run(opened.page).response["violations"]
        assert [
            (each["id"], each["nodes"][0]["html"]) for each in found if each["impact"] in {"serious", "critical"}
        ] == []
        opened.page.screenshot(path=tmp_path / f"{tab}.png")
        assert (tmp_path / f"{tab}.png").stat().st_size > 10_000
    assert opened.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    opened.page.close()
    assert opened.requests == [path.as_uri()]
    assert opened.errors == []


@pytest.mark.parametrize("markup", HOSTILE.values(), ids=HOSTILE)
def test_hostile_page_does_nothing_in_a_browser(browser: Any, tmp_path: Path, markup: str) -> None:
    """A browser that shows a hostile page sends nothing, runs nothing of it, and still has its blocks."""
    path = tmp_path / "inspect.html"
    explained, html = inspection_of(f"<title>Bridge</title>{markup}{STORY}{markup}")
    path.write_text(html, encoding="utf-8")
    opened = Shown(browser, path)
    assert opened.page.title().startswith("Inspect: ")
    assert opened.page.locator(".block").count() == len(explained.draft.blocks)
    opened.page.keyboard.press("j")
    assert opened.current() == ("0" if explained.draft.blocks else None)
    opened.page.close()
    assert opened.requests == [path.as_uri()]
    assert opened.errors == []


def test_keys_go_through_the_blocks(shown: Shown) -> None:
    """j and k go to the next and the previous block, in the list and in the frame; the score and reasons are told."""
    shown.page.keyboard.press("j")
    shown.page.keyboard.press("j")
    shown.page.keyboard.press("j")
    shown.page.keyboard.press("k")
    assert shown.current() == "1"
    assert shown.inside("page.querySelector('[data-scraper-current]').dataset.scraperBlock") == "1"
    assert shown.text("#detail").startswith("#1  consent  0.01stands in a box named consent")
    assert shown.page.is_visible("#detail")
    assert shown.text("#spoken").startswith("Block 1, consent, score 0.01: stands in a box named consent.")


def test_keys_work_from_inside_the_page(shown: Shown) -> None:
    """A block takes the focus, tells of itself, and the keys go on from there."""
    shown.page.frame_locator("#frame").locator("[data-scraper-block='10']").focus()
    assert shown.current() == "10"
    assert shown.page.is_visible("#detail")
    shown.page.keyboard.press("j")
    assert shown.current() == "11"
    assert shown.inside("page.activeElement.dataset.scraperBlock") == "11"
    shown.page.keyboard.press("/")
    assert shown.page.evaluate("document.activeElement.id") == "find"


def test_pointer_tells_of_the_block_below_it(shown: Shown) -> None:
    """The block under the pointer tells its label, score and reasons; a click shows it in the list."""
    block = shown.page.frame_locator("#frame").locator("[data-scraper-label='heading']").first
    block.hover()
    assert "heading" in shown.text("#detail")
    assert shown.page.is_visible("#detail")
    block.click()
    assert shown.page.is_visible("#blocks")
    assert shown.page.get_attribute(".block[aria-current]", "data-label") == "heading"


def test_search_sifts_blocks_and_fields(shown: Shown) -> None:
    """/ searches, the finds are counted aloud, Esc brings everything back."""
    shown.page.keyboard.press("/")
    shown.page.keyboard.type("SANDPIPER")
    kept = [text.lower() for text in shown.page.locator(".block:not([hidden])").all_text_contents()]
    assert kept
    assert all("sandpiper" in text for text in kept)
    assert shown.text("#found").startswith(f"{len(kept)} block")
    shown.page.keyboard.press("Escape")
    assert shown.page.locator(".block[hidden]").count() == 0
    assert shown.text("#found") == ""


def test_legend_switches_a_label_off(shown: Shown) -> None:
    """l leads to the legend; a label switched off loses its colour, its lines in the list, and its turn with j."""
    shown.page.keyboard.press("l")
    assert shown.page.evaluate("document.activeElement.value") == "body"
    shown.page.keyboard.press("Space")
    assert shown.page.locator(".block[data-label=body]:not([hidden])").count() == 0
    off = "page.querySelectorAll('[data-scraper-label=body]:not([data-scraper-off])').length"
    assert shown.inside(off) == 0
    shown.page.keyboard.press("Space")
    assert shown.inside(off) > 0


def test_dark_help_and_tabs_have_keys(shown: Shown) -> None:
    """d changes the mode inside and out, r and b the tab, ? shows the keys; single keys can be switched off."""
    background = (
        "getComputedStyle(document.body).backgroundColor + getComputedStyle(page.documentElement).backgroundColor"
    )
    light = shown.inside(background)
    shown.page.keyboard.press("d")
    assert shown.inside(background) != light
    shown.page.keyboard.press("b")
    assert shown.page.is_visible("#blocks")
    shown.page.keyboard.press("r")
    assert shown.page.is_hidden("#blocks")
    shown.page.keyboard.press("?")
    assert shown.page.is_visible("#keys")
    shown.page.uncheck("#single")
    shown.page.keyboard.press("Escape")
    assert shown.page.is_hidden("#keys")
    shown.page.keyboard.press("b")
    assert shown.page.is_hidden("#blocks")
