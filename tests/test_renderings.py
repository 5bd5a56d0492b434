"""The body's Markdown shows what readers of the page see: lists with their numbers, lines, quotations."""

from __future__ import annotations

import pytest
from gazette import URL, page

from scraper import extract

LONG = "The ferry stopped at noon when a pump failed off the northern pier, and forty passengers were taken ashore."
AGAIN = "It took the harbour's only tug two hours to bring her in, while the wind rose and waves came over the wall."
END = "By the evening the pump had been replaced, and the last boat of the day left the town only ten minutes late."
STEPS = [
    "Ask at the office by the pier whether the boat is running today, for the telephone is seldom answered.",
    "Buy a ticket at the machine, which takes coins and notes but gives no change, however long you wait.",
    "Wait behind the yellow line until the crew have made the boat fast and let the others come ashore.",
]


def markdown(html: str) -> str:
    """Return the Markdown of a story in which this stands between two paragraphs, without these."""
    article = extract(page(f"<p>{LONG}</p><p>{AGAIN}</p>{html}<p>{END}</p>"), url=URL)
    assert article.markdown.startswith(f"{LONG}\n\n{AGAIN}\n\n") and article.markdown.endswith(f"\n\n{END}")
    return article.markdown[len(LONG) + len(AGAIN) + 4 : -len(END) - 2]


def items(*texts: str, attributes: str = "") -> str:
    return "".join(f"<li{attributes}>{text}</li>" for text in texts)


@pytest.mark.parametrize(
    ("html", "marks"),
    [
        pytest.param(f"<ul>{items(*STEPS)}</ul>", ["- ", "- ", "- "], id="bullets"),
        pytest.param(f"<ol>{items(*STEPS)}</ol>", ["1. ", "2. ", "3. "], id="numbers"),
        pytest.param(f"<ol start=4>{items(*STEPS)}</ol>", ["4. ", "5. ", "6. "], id="numbers that go on"),
        pytest.param(
            f"<ol>{items(*STEPS, attributes=' value=7')}</ol>", ["7. ", "7) ", "7. "], id="numbers of their own"
        ),
        pytest.param(f"<ol reversed>{items(*STEPS)}</ol>", ["3. ", "2) ", "1. "], id="counted down"),
        pytest.param(f"<ol start=x>{items(*STEPS)}</ol>", ["1. ", "2. ", "3. "], id="a start that is no number"),
        pytest.param(f"<ol start=-2>{items(*STEPS)}</ol>", ["- ", "- ", "0. "], id="below nought"),
        pytest.param(
            f"<ol>{items(*(f'{n}) {step}' for n, step in enumerate(STEPS, 1)))}</ol>",
            ["- 1\\) ", "- 2\\) ", "- 3\\) "],
            id="numbers that are printed in the text",
        ),
    ],
)
def test_items_have_the_numbers_that_readers_see(html: str, marks: list[str]) -> None:
    """An ordered list counts as a browser does; one that prints its numbers itself has them once."""
    assert markdown(html) == "\n".join(mark + step for mark, step in zip(marks, STEPS, strict=True))


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param(
            "<ul><li><p>{0}</p><p>{1}</p></li><li><p>{2}</p></li></ul>", "- {0}\n\n  {1}\n- {2}", id="two paragraphs"
        ),
        pytest.param(
            "<ol><li>{0}<ul><li>{1}</li></ul>{2}</li></ol>", "1. {0}\n   - {1}\n\n   {2}", id="around an inner list"
        ),
        pytest.param("<ul><li><h3>Fares</h3><p>{0}</p><p>{1}</p></li></ul>", "### Fares\n\n{0}\n\n{1}", id="a heading"),
        pytest.param("<dl><dt>{0}</dt><dd>{1}</dd><dd>{2}</dd></dl>", "- {0}\n\n  {1}\n\n  {2}", id="a term explained"),
        pytest.param(
            "<blockquote><p>{0}</p><p>{1}</p></blockquote><p>{2}</p>", "> {0}\n>\n> {1}\n\n{2}", id="a quotation"
        ),
    ],
)
def test_paragraphs_go_on_with_their_item(html: str, expected: str) -> None:
    """What stands in one item or one quotation stays in it."""
    assert markdown(html.format(*STEPS)) == expected.format(*STEPS)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        pytest.param("<p>{0}<br>{1}<br><br>{2}</p>", "{0}\\\n{1}\n\n{2}", id="in a paragraph"),
        pytest.param(
            '<p>{0}<span class="part br" data-pos=2></span>{1}</p><p>{2}<span class=br>!</span>',
            "{0}\\\n{1}\n\n{2}!",
            id="an empty element of that name",
        ),
        pytest.param("<ul><li>{0}<br>{1}</li><li>{2}</li></ul>", "- {0}\\\n  {1}\n- {2}", id="in an item"),
        pytest.param("<blockquote>{0}<br>{1}</blockquote><p>{2}", "> {0}\\\n> {1}\n\n{2}", id="in a quotation"),
        pytest.param("<p>{0}<br>- {1}<br>1. {2}</p>", "{0}\\\n\\- {1}\\\n1\\. {2}", id="lines that look like items"),
        pytest.param(
            "<h2>Fares and<br>times</h2><p>{0} {1} {2}", "## Fares and times\n\n{0} {1} {2}", id="in a heading"
        ),
        pytest.param(
            "<p>{0}<br><a href='/a'>Fares and<br>times</a><br>{1}</p><p>{2}",
            "{0}\\\n[Fares and\\\ntimes](https://www.bay-gazette.example/a)\\\n{1}\n\n{2}",
            id="in a link",
        ),
    ],
)
def test_lines_end_where_the_page_ends_them(html: str, expected: str) -> None:
    """A line break of the page is one of the Markdown."""
    assert markdown(html.format(*STEPS)) == expected.format(*STEPS)


def test_text_has_the_lines_of_the_page() -> None:
    """Addresses, verses and questions with their answers keep their lines."""
    article = extract(page(f"<p>{LONG}</p><p>{AGAIN}<br>{END}</p>"), url=URL)
    assert article.text == f"{LONG}\n\n{AGAIN}\n{END}"


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        pytest.param('Fares<a href="#fares">#</a>', "Fares", id="a hash behind"),
        pytest.param('<a class="anchor" href="#fares">¶</a> Fares', "Fares", id="a pilcrow in front"),
        pytest.param(
            'Fares <a href="/town/ferry-returns-4711.html#fares">🔗</a>', "Fares", id="a chain, the address whole"
        ),
        pytest.param('<a href="/c-sharp">C#</a>', "[C#](https://www.bay-gazette.example/c-sharp)", id="C#"),
        pytest.param("Fares #", "Fares \\#", id="a sign that is no link"),
    ],
)
def test_a_heading_goes_without_the_sign_that_links_to_it(heading: str, expected: str) -> None:
    """The sign that a reader clicks for the heading's address is no word of the heading."""
    assert markdown(f"<h2>{heading}</h2><p>{' '.join(STEPS)}</p>") == f"## {expected}\n\n{' '.join(STEPS)}"


def test_a_paragraph_that_is_empty_but_for_a_joiner_is_no_block() -> None:
    """What some editors write where they mean an empty line is not kept."""
    assert markdown(f"<p>{STEPS[0]}</p><p>\u200d</p><p>{STEPS[1]}</p>") == f"{STEPS[0]}\n\n{STEPS[1]}"
