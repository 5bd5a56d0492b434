"""The segmentation: nothing glued, nothing twice, nothing lost, and never slow."""

from __future__ import annotations

import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser, LexborNode

from scraper.extractors.blocks import MAX_NODES, Layout, segment, segment_text
from scraper.extractors.tags import FLAG_OF_TAG, HIDDEN, SKIPPED


def parse(html: str) -> Layout:
    tree = LexborHTMLParser(html)
    root = tree.body or tree.root
    assert root is not None
    return segment(root)


def texts(html: str) -> list[str]:
    return [run.text for run in parse(html).runs]


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param("<p>One</p><p>Two</p>", ["One", "Two"], id="two paragraphs"),
        pytest.param("<div>a<div></div>b</div>", ["a", "b"], id="an empty block still cuts"),
        pytest.param("<div>a<p>b</p>c</div>", ["a", "b", "c"], id="text around a block"),
        pytest.param("<p>a <b>b</b><i>c</i></p>", ["a bc"], id="inline elements do not cut"),
        pytest.param("<p>a<br>b</p>", ["a b"], id="one line break is a space"),
        pytest.param("<p>a<br> <br>b</p>", ["a", "b"], id="two line breaks cut"),
        pytest.param("<p><a>Home</a><a>News</a></p>", ["Home News"], id="touching links are two words"),
        pytest.param("<p>super<a>man</a>ly</p>", ["supermanly"], id="a link inside a word"),
        pytest.param("<p>a<script>x()</script><style>y</style>b</p>", ["ab"], id="scripts and styles are no text"),
        pytest.param("<p>a<svg><text>no</text></svg></p><template><p>no</p></template>", ["a"], id="svg, template"),
        pytest.param("<p>kept</p><noscript>Enable JavaScript</noscript>", ["kept"], id="a short noscript is dropped"),
        pytest.param(
            "<noscript><p>" + "word " * 200 + "</p></noscript>", ["word " * 199 + "word"], id="a long one kept"
        ),
        pytest.param("<pre>a\n  b\n\n\nc</pre>", ["a\n  b\n\n\nc"], id="code keeps its lines"),
        pytest.param("<pre><code>a<br><br>b</code></pre>", ["a\n\nb"], id="breaks in code are lines"),
        pytest.param("<pre><div>a</div><div>b</div></pre>", ["a\nb"], id="lines of one pre are one run"),
        pytest.param("<p> \u00a0 </p>\n\t<p>&nbsp;x\u00a0y</p>", ["x y"], id="white space collapses"),
        pytest.param("<x-card>a</x-card><x-card>b</x-card>", ["a", "b"], id="custom elements are blocks"),
        pytest.param("<select><option>a</option></select><textarea>b</textarea>c", ["c"], id="form values are no text"),
        pytest.param("<math><mi>x</mi><mo>+</mo><mi>y</mi></math>", ["x+y"], id="a formula stays in one piece"),
    ],
)
def test_cuts_where_a_reader_sees_a_cut(html: str, expected: list[str]) -> None:
    """Runs end at block boundaries and double breaks, and nowhere else."""
    assert texts(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param('<h2>Usage<a class="headerlink" href="#usage">¶</a></h2>', ["Usage"], id="Sphinx"),
        pytest.param('<h2>Usage <a href="/guide/#usage">#</a></h2>', ["Usage"], id="Hugo"),
        pytest.param('<h2><a href="#usage">§</a>Usage</h2>', ["Usage"], id="rustdoc"),
        pytest.param('<dt>run(job)<a href="#run">¶</a></dt>', ["run(job)"], id="a term"),
        pytest.param('<div><a href="#x">🔗</a></div><h2>Usage</h2>', ["Usage"], id="a mark in a box of its own"),
        pytest.param(
            '<h2>Gare<span>[<a href="?action=edit&section=2">modifier</a>]</span></h2>', ["Gare"], id="a wiki's edit"
        ),
        pytest.param(
            '<h2>Gare<span>[<a href="?veaction=edit">edit</a> | <a href="?action=edit">edit source</a>]</span></h2>',
            ["Gare"],
            id="two ways to edit",
        ),
        pytest.param("<h2>Learn C#</h2>", ["Learn C#"], id="no link"),
        pytest.param('<h2>#1 <a href="/inn">The inn</a></h2>', ["#1 The inn"], id="a rank before a link"),
        pytest.param('<h2><a href="/tag/">#</a></h2>', ["#"], id="a link elsewhere"),
        pytest.param('<h2>Press review [<a href="/pl/">in Polish</a>]</h2>', ["Press review [in Polish]"], id="a note"),
    ],
)
def test_takes_the_marks_off_headings(html: str, expected: list[str]) -> None:
    """A link from a heading to itself, or to edit what follows, is no word of it."""
    assert texts(html) == expected


@pytest.mark.parametrize(
    ("html", "kind", "level"),
    [
        pytest.param("<h3>x</h3>", "heading", 3, id="h3"),
        pytest.param("<h3><span>x</span></h3>", "heading", 3, id="span in h3"),
        pytest.param("<div role=heading aria-level=4>x</div>", "heading", 4, id="aria heading"),
        pytest.param("<div role=heading>x</div>", "heading", 2, id="aria heading without level"),
        pytest.param("<ul><li><p>x</p></li></ul>", "list_item", 1, id="p in li"),
        pytest.param("<ul><li><ol><li>x</li></ol></li></ul>", "list_item", 2, id="nested list"),
        pytest.param("<blockquote><p>x</p></blockquote>", "quote", 0, id="p in blockquote"),
        pytest.param("<figure><figcaption>x</figcaption></figure>", "caption", 0, id="caption"),
        pytest.param("<pre>x</pre>", "code", 0, id="pre"),
        pytest.param("<p>x</p>", "paragraph", 0, id="p"),
        pytest.param("<td>x", "paragraph", 0, id="stray cell"),
    ],
)
def test_names_the_kind_of_text(html: str, kind: str, level: int) -> None:
    """The elements that hold a run decide its kind and level."""
    (run,) = parse(html).runs
    assert (run.kind, run.level) == (kind, level)


def test_a_data_table_is_one_run() -> None:
    """Cells are joined by tabs and rows by newlines; the caption stays apart."""
    html = "<table><caption>T</caption><tr><th>a<th>b<tr><td>1<td><p>2</p><p>3</p></table><p>after</p>"
    runs = parse(html).runs
    assert [(r.kind, r.text) for r in runs] == [("caption", "T"), ("table", "a\tb\n1\t2 3"), ("paragraph", "after")]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        pytest.param("<tr><td><th>a<th>b<tr><th>x<td>1<td>2", "\ta\tb\nx\t1\t2", id="the corner is empty"),
        pytest.param("<tr><td>a<td>b<td>c<tr><td>1<td><img><td>3", "a\tb\tc\n1\t\t3", id="a cell inside is empty"),
        pytest.param("<tr><td>a<td>b<tr><td>1<td> ", "a\tb\n1", id="what is empty at the end goes"),
        pytest.param("<tr><td><td>a<td>b<tr><td><td>1<td>2", "a\tb\n1\t2", id="an empty column goes"),
        pytest.param("<tr><th>a<th colspan=2>b<th>c<tr><td>1<td>2<td>3<td>4", "a\tb\t\tc\n1\t2\t3\t4", id="colspan"),
        pytest.param("<tr><td rowspan=2>a<td>b<td>c<tr><td>1<td>2", "a\tb\tc\n\t1\t2", id="rowspan"),
        pytest.param("<tr><td rowspan=0>a<td>b<tr><td>1<td>2", "a\tb\n1\t2", id="a span that is none"),
        pytest.param("<tr><td colspan=99999>a<td>b<tr><td>1<td>2", "a\tb\n1\t2", id="a span out of all measure"),
        pytest.param("<tr><td>a<td>b<tr><td> <td> <tr><td>1<td>2", "a\tb\n1\t2", id="an empty row goes"),
    ],
)
def test_cells_stand_below_their_columns_head(rows: str, expected: str) -> None:
    """Empty cells and those that reach over several columns or rows shift nothing."""
    assert texts(f"<table>{rows}</table>") == [expected]


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<table><tr><td><table><tr><td>a<td>b<tr><td>c<td>d</table></table>", id="nested"),
        pytest.param("<table role=presentation><tr><td>a<td>b<tr><td>c<td>d</table>", id="declared"),
        pytest.param(f"<table><tr><td>a<td>{'long ' * 200}<tr><td>c<td>d</table>", id="long cells"),
    ],
)
def test_a_layout_table_is_walked_through(html: str) -> None:
    """A table that lays out the page leaves its cells as runs, unless an inner one holds data."""
    layout = parse(html)
    assert layout.runs[0].text == ("a\tb\nc\td" if html.count("<table>") == 2 else "a")


def test_links_bold_and_items() -> None:
    """A run knows its links, how much of it they are, whether it is all bold, and its list item."""
    layout = parse("<ul><li><a href='/x'>One <b>two</b></a> three<li><b>Four</b></ul><a>five</a>")
    first, second, third = layout.runs
    assert first.links == [("One two", "/x")] and first.link_chars == 7 and not first.bold_only
    assert second.bold_only and not second.links and layout.tags[second.item] == "li"
    assert third.links == [("five", "")] and third.item == -1


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        pytest.param("<p>a<br>b <b>c</b><br>\nd", ("a", "b c", "d"), id="three lines"),
        pytest.param("<p><br>a b<br>", (), id="breaks at the ends"),
        pytest.param("<p>a\nb", (), id="a line of the source"),
        pytest.param("<pre>a<br>b", (), id="code has its own"),
    ],
)
def test_a_run_knows_its_lines(html: str, lines: tuple[str, ...]) -> None:
    """A line break is a space of the text, and kept beside it."""
    (run,) = parse(html).runs
    assert run.lines == lines and (run.kind == "code" or "\n" not in run.text)


@pytest.mark.parametrize(
    "link",
    [
        pytest.param("One<br>two", id="a break"),
        pytest.param("<b>One</b> <i>two</i>", id="white space between elements"),
        pytest.param("\n<b>\nOne</b><span>\n</span>two\n", id="white space in an element"),
    ],
)
def test_the_words_of_a_link_are_those_of_the_text(link: str) -> None:
    """The words of a link are parted where those of the run are."""
    (run,) = parse(f"<p><a href='/x'>{link}</a> three").runs
    assert run.links == [("One two", "/x")] and run.text == "One two three"


def test_media_stand_before_a_run() -> None:
    """Images and frames are collected in order, each with the index of the run that follows."""
    layout = parse(
        "<p>a</p><img src=1><p>b<img src=2></p><noscript>x</noscript><iframe src=3></iframe><p>c</p><img src=4>"
    )
    assert [(m.tag, m.run, m.attributes["src"]) for m in layout.media] == [
        ("img", 1, "1"), ("img", 2, "2"), ("iframe", 2, "3"), ("img", 3, "4"),
    ]  # fmt: skip


def test_hidden_text_is_marked_not_dropped() -> None:
    """The hidden attribute, aria-hidden and display:none are inherited flags."""
    layout = parse("<div hidden><p>a</p></div><p aria-hidden=true>b</p><p style='DISPLAY : none'>c</p><p>d</p>")
    assert [bool(r.flags & HIDDEN) for r in layout.runs] == [True, True, True, False]
    assert layout.is_hidden(layout.runs[0].element)


def test_arrays_agree() -> None:
    """Every array has one entry an element, and the intervals nest."""
    layout = parse("<main class='Post Body' id=x><p>a<b>b</b></p><p>c</p></main><footer>d</footer>")
    assert layout.tags == ["body", "main", "p", "b", "p", "footer"]
    assert layout.parents == [-1, 0, 1, 2, 1, 0]
    assert layout.ends == [6, 5, 4, 4, 5, 6]
    assert layout.tokens[1] == "post body x"
    assert len(layout.nodes) == len(layout.flags) == len(layout.depths) == 6


def test_plain_text_is_one_run_a_line() -> None:
    """Plain text needs no markup: each non-empty line is a paragraph."""
    layout = segment_text("One  line\n\n \nTwo\r\nThree\n")
    assert [(r.index, r.text, r.kind) for r in layout.runs] == [
        (0, "One line", "paragraph"), (1, "Two", "paragraph"), (2, "Three", "paragraph"),
    ]  # fmt: skip
    assert segment_text("").runs == []


@pytest.mark.parametrize(
    ("html", "warning", "last"),
    [
        pytest.param("<div>" * 20_000 + "deep" + "</div>" * 20_000 + "<p>end", "too_deep", "end", id="20,000 divs"),
        pytest.param("<p " + " ".join(f"a{i}=1" for i in range(9_000)) + ">x</p>", None, "x", id="9,000 attributes"),
        pytest.param("<i></i>" * 1_000_000, "too_many_nodes", None, id="a million nodes"),
        pytest.param("<p>" + "word " * 900_000 + "</p><p>x</p>", "page_truncated", None, id="4.5 MB of text"),
        pytest.param(
            "<table>" + "<tr><td>x<h2>y</h2>" * 9_000 + "</table><p>z", None, "z", id="a layout table of 9,000 rows"
        ),
        pytest.param("<frameset><frame src=x></frameset>", None, None, id="no body"),
        pytest.param("", None, None, id="nothing"),
    ],
)
def test_no_page_is_too_much(html: str, warning: str | None, last: str | None) -> None:
    """Odd pages are bounded in time; what was cut is told in a warning."""
    tree = LexborHTMLParser(html)
    root = tree.body or tree.root
    assert root is not None
    tracer = sys.gettrace()
    sys.settrace(None)  # a coverage tracer would be timed with the work
    try:
        spent = []
        for _ in range(2):  # the better of two: what else runs on the machine takes the caches away
            start = time.process_time()
            layout = segment(root)
            spent.append(time.process_time() - start)
    finally:
        sys.settrace(tracer)
    assert min(spent) < 1.5
    assert len(layout.nodes) <= MAX_NODES
    assert layout.warnings == ([warning] if warning else [])
    assert layout.truncated == (warning in {"too_many_nodes", "page_truncated"})
    assert last is None or layout.runs[-1].text == last


TAGS = (*SKIPPED, *FLAG_OF_TAG, "div", "span", "br", "img", "x-y", "i", "math", "mi", "picture")


def markup() -> st.SearchStrategy[str]:
    words = st.text("ab c\n\u00a0", min_size=1, max_size=6)
    return st.recursive(
        words,
        lambda inner: st.builds(
            lambda tag, parts: f"<{tag}>{''.join(parts)}" + ("" if tag in {"br", "img"} else f"</{tag}>"),
            st.sampled_from(TAGS),
            st.lists(inner, max_size=4),
        ),
        max_leaves=30,
    )


def visible(node: LexborNode) -> str:
    if node.is_text_node:
        return node.text_content or ""
    if node.tag in SKIPPED or node.tag == "noscript":
        return ""
    out, child = "", node.first_child
    while child is not None:
        out += visible(child)
        child = child.next
    return out


@settings(max_examples=100, deadline=None)
@given(markup())
def test_every_visible_character_is_in_exactly_one_run(html: str) -> None:
    """The runs' texts, one after another, are the page's text but for white space."""
    body = LexborHTMLParser(html).body
    assert body is not None
    layout = segment(body)
    assert "".join("".join(r.text for r in layout.runs).split()) == "".join(visible(body).split())
    assert [r.index for r in layout.runs] == list(range(len(layout.runs)))
