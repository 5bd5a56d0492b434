"""Text, words, titles, reading time, body."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scraper.model import Block, ContentBlock, Link
from scraper.normalizers.body import (
    content_blocks,
    content_place,
    count_removed,
    render_markdown,
)
from scraper.normalizers.reading_time import ascii_digits, parse_reading_time_min
from scraper.normalizers.text import Layout, clean_text, has_markup, repair_mojibake
from scraper.normalizers.titles import clean_title
from scraper.normalizers.words import near_hash
from scraper.web.body import count_words, hash_text, join_text

_NASTY = st.lists(
    st.one_of(
        st.text(max_size=6),
        st.sampled_from(
            [
                "<b>",
                "</b>",
                "<",
                "&lt;",
                "&amp;",
                "amp;",
                "&#38;",
                "&#109;",
                "b&gt;",
                "\u00ad",
                "\u200b",
                "\u00a0",
                "\r\n",
                "\u2028",
                "\ud800",
                "\x85",
                "Ã©",
                "â€œ",
                "\u0301",
                "e",
                "<br>",
                "<a href=x>",
                "&nbsp;",
                "\u202e",
                "\t",
                "\u3000",
            ]
        ),
    ),
    max_size=14,
).map("".join)


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("  a \n\t b ", "a b"),
        ("The <b>Galaxy</b> phone", "The Galaxy phone"),
        ("The &lt;b&gt;Galaxy&lt;/b&gt; phone", "The Galaxy phone"),
        ("The &amp;lt;b&amp;gt;Galaxy&amp;lt;/b&amp;gt; phone", "The Galaxy phone"),
        ("Tom &amp;amp; Jerry", "Tom & Jerry"),
        ("AT&T, R&D, a&b;", "AT&T, R&D, a&b;"),
        ("one<br/>two", "one two"),
        ('a <a href="/x">link</a>', "a link"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("write <b> to make it bold", "write <b> to make it bold"),
        ("in\u00advis\u200bible\ufeff \u202eword\u202c", "invisible word"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("\u200d", ""),
        ("a \u200d b \u200c", "a b"),
        ("می\u200cروم", "می\u200cروم"),
        ("10\u202f000\u00a0km", "10 000 km"),
        ("e\u0301te\u0301", "été"),
        ("“quoted” ‘text’ – ﬁne", "“quoted” ‘text’ – ﬁne"),
        ("cafÃ© â€œau laitâ€\x9d", "café “au lait”"),
        ("São Paulo, Ångström, à la carte", "São Paulo, Ångström, à la carte"),
        ("nul\x00 bell\x07 del\x7f", "nul bell del"),
        ("half \ud800 pair", "half \ufffd pair"),
        ("漢字　かな", "漢字　かな"),
        ("　漢字　", "漢字"),
        ("　", ""),
        ("&#8220;x&#8221; &euro;5 &nosuch;", "“x” €5 &nosuch;"),
        ("", ""),
    ],
)
def test_prose_is_cleaned(raw: str, cleaned: str) -> None:
    """What a reader would not see goes; what the author wrote stays."""
    assert clean_text(raw) == cleaned


def test_code_and_tables_keep_their_layout() -> None:
    """Code keeps indentation and markup; tables keep rows and cells."""
    assert clean_text("if a:\r\n    b = '<b>&amp;</b>'  \r\n", layout="code") == "if a:\n    b = '<b>&amp;</b>'"
    assert clean_text("\n a \t <b>b</b>\n\n\t\n 1\t2 \n", layout="table") == "a\tb\n1\t2"


@given(_NASTY, st.sampled_from(["prose", "table", "code"]))
@settings(max_examples=100, deadline=None)
def test_cleaning_is_total_and_idempotent(raw: str, layout: Layout) -> None:
    """Any text, cleaned twice, is as cleaned once; it can be written as UTF-8 and is in NFC."""
    cleaned = clean_text(raw, layout=layout)
    assert clean_text(cleaned, layout=layout) == cleaned
    assert unicodedata.is_normalized("NFC", cleaned)
    assert cleaned.encode().decode() == cleaned


@given(_NASTY)
@settings(max_examples=150, deadline=None)
def test_clean_prose_has_nothing_that_a_reader_would_not_see(raw: str) -> None:
    """No control, no bidi override, no zero-width space, no line end and no space at an edge is left."""
    cleaned = clean_text(raw)
    hidden = {chr(code) for code in (*range(0x20), *range(0x7F, 0xA0), 0xAD, 0x200B, 0xFEFF, *range(0x202A, 0x202F))}
    hidden |= {chr(code) for code in (0x2028, 0x2029, *range(0x2060, 0x2065), *range(0x2066, 0x206A))}
    assert not hidden & set(cleaned)
    assert cleaned == cleaned.strip() and "  " not in cleaned


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="&<"), max_size=60))
@settings(max_examples=100, deadline=None)
def test_without_markup_cleaning_only_takes_away(raw: str) -> None:
    """Where nothing is to be unfolded or repaired, the text in NFC does not become longer."""
    assume(repair_mojibake(raw) == raw)
    assert len(clean_text(raw)) <= len(unicodedata.normalize("NFC", raw))


def test_text_built_to_unfold_forever_ends() -> None:
    """A thousand escapes of one tag are cleaned in one go, and stay cleaned."""
    nested = "x" + "&" + "a&#109;p;" * 1000 + "lt;b&gt;"
    cleaned = clean_text(nested)
    assert clean_text(cleaned) == cleaned


@pytest.mark.parametrize("text", ["naïve Ärger über Øl", "Ünïcödé", "привет мир", "日本語", "C’est l’été à Nîmes"])
def test_sound_text_is_not_repaired(text: str) -> None:
    """Letters with accents are no mojibake."""
    assert repair_mojibake(text) == text


def test_markup_left_over_is_seen() -> None:
    """A lone tag in prose is told."""
    assert has_markup("write <b> to make it bold")
    assert not has_markup("1 < 2")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("one", 1),
        ("it's a well-known fact", 4),
        ("a — b … !", 2),
        ("यह हिन्दी है", 3),
        ("漢字かな", 4),
        ("iPhone 16を発売", 5),
        ("ภาษาไทย", 7),
        ("한국어 문장", 2),
        ("مرحبا بالعالم", 2),
        ("3.5 km/h", 2),
        ("--- ***", 0),
    ],
)
def test_words_are_counted_by_script(text: str, words: int) -> None:
    """Spaces where the script has them, letters where it has not."""
    assert count_words(text) == words


@given(st.text(max_size=50), st.text(max_size=50))
@settings(max_examples=60)
def test_words_add_up(a: str, b: str) -> None:
    """A text of two parts has the words of both."""
    assert count_words(f"{a} {b}") == count_words(a) + count_words(b)


def _distance(a: str, b: str) -> int:
    return (int(a, 16) ^ int(b, 16)).bit_count()


def test_near_texts_have_near_hashes() -> None:
    """One changed word moves few bits, another text many; in Chinese as well."""
    base = " ".join(f"word{i} stands here" for i in range(200))
    assert _distance(near_hash(base), near_hash(base.replace("word7 ", "other "))) <= 6
    other = " ".join(f"thing{i} lies there" for i in range(200))
    assert _distance(near_hash(base), near_hash(other)) > 12
    han = "".join(chr(0x4E00 + i * 7) for i in range(300))
    assert _distance(near_hash(han), near_hash(han[:-3])) <= 6
    assert near_hash("") == "0" * 16
    assert len(near_hash("one")) == 16


def test_hashes_tell_where_parts_end() -> None:
    """Title and text are not simply glued."""
    assert hash_text("ab", "c") != hash_text("a", "bc")
    assert len(hash_text("\ud800")) == 32


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        ("New phone | Daily Example", "New phone"),
        ("New phone – The Daily Example", "New phone"),
        ("Daily Example: New phone", "New phone"),
        ("Daily Example - New phone - example.com", "New phone"),
        ("New phone · EXAMPLE", "New phone"),
        ("New phone » Tech » Daily Example", "New phone » Tech"),
        ("新手机发布_每日例报", "新手机发布"),
        ("新製品｜毎日例", "新製品"),
        ("新手机ㅣ毎日例", "新手机"),
        ("| New phone", "New phone"),
        ("New phone -", "New phone"),
        ("New phone | Daily Example |", "New phone"),
        ("»Ny telefon« sagde han", "»Ny telefon« sagde han"),
        ("Il dit « oui »", "Il dit « oui »"),
        ("Spider-Man: No Way Home", "Spider-Man: No Way Home"),
        ("Tech | New phone | Other Site", "Tech | New phone | Other Site"),
        ("Daily Example", "Daily Example"),
        ("Why the Daily Example matters", "Why the Daily Example matters"),
        ("16:9 screens: a history", "16:9 screens: a history"),
        ("New <b>phone</b> &amp; more | Daily Example", "New phone & more"),
        ("", ""),
    ],
)
def test_the_sites_name_goes_by_evidence(raw: str, title: str) -> None:
    """Only a segment that equals a name of the site goes."""
    assert clean_title(raw, ["Daily Example", "example.com", "example", "每日例报", "毎日例"]) == title


@given(st.text(max_size=40), st.lists(st.text(max_size=10), max_size=3))
@settings(max_examples=100, deadline=None)
def test_title_cleaning_is_idempotent(raw: str, names: list[str]) -> None:
    """A headline without the site's name keeps what it has."""
    title = clean_title(raw, names)
    assert clean_title(title, names) == title
    assert len(title) <= len(clean_text(raw))
    assert title in clean_text(raw)
    assert bool(title) == bool(clean_text(raw))


@given(
    st.text(min_size=1, max_size=30),
    st.sampled_from(["Daily Example", "example.com"]),
    st.sampled_from([" | ", " - ", " » "]),
)
@settings(max_examples=60, deadline=None)
def test_the_sites_name_behind_any_title_goes(title: str, name: str, separator: str) -> None:
    """A title with the site's name behind it is cleaned as the title alone is."""
    clean = clean_title(title, ["Daily Example", "example.com"])
    whole = f"{clean}{separator}{name}"
    assume(any(char.isalnum() for char in clean) and not set("<>&") & set(title))
    assume(clean_text(whole) == whole)  # "ð¢ »" is a character that lost its encoding, whatever stands behind it
    assert clean_title(whole, ["Daily Example", "example.com"]) == clean


@pytest.mark.parametrize(
    ("raw", "minutes"),
    [
        ("Reading time estimate: 2 min", 2),
        ("4 minute read", 4),
        ("4-minute read", 4),
        ("Lesezeit: 3 Minuten", 3),
        ("Lesezeit ca. 12 Min.", 12),
        ("Temps de lecture : 5 min", 5),
        ("Lectura de 6 minutos", 6),
        ("Время чтения: 7 минут", 7),
        ("وقت القراءة: ٣ دقائق", 3),
        ("زمان مطالعه: ۴ دقیقه", 4),
        ("पढ़ने का समय: ५ मिनट", 5),
        ("阅读时间：8分钟", 8),
        ("読了時間 9分", 9),
        ("읽는 시간 10분", 10),
        ("PT4M", 4),
        ("PT1H5M", 65),
        ("1 hr 5 min read", 65),
        ("3-5 min", 3),
        ("7", 7),
        ("Okuma süresi: 2 dk", 2),
        ("2'", 2),
        ("Published 4 Sep 2025", None),
        ("", None),
        ("quick read", None),
        ("0 min", None),
        ("9999 min", None),
        ("2025", None),
    ],
)
def test_reading_time_is_what_the_page_states(raw: str, minutes: int | None) -> None:
    """Minutes in any script's digits; dates and nonsense give nothing."""
    assert parse_reading_time_min(raw) == minutes


def test_digits_of_all_scripts() -> None:
    """Arabic, Persian, Devanagari, Thai and full-width digits."""
    assert ascii_digits("٣ ۴ ५ ๖ ７ x") == "3 4 5 6 7 x"


def _content(kind: str, text: str, **more: object) -> ContentBlock:
    return ContentBlock(type=kind, text=text, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("block", "markdown"),
    [
        (_content("paragraph", "# no heading"), "\\# no heading"),
        (_content("paragraph", "2025. A year"), "2025\\. A year"),
        (_content("paragraph", "- no item"), "\\- no item"),
        (
            _content("paragraph", "a *b* _c_ `d` [e](f) <g> &amp; h|i"),
            "a \\*b\\* \\_c\\_ \\`d\\` \\[e\\](f) \\<g\\> \\&amp; h\\|i",
        ),
        (_content("heading", "Why", level=3), "### Why"),
        (_content("heading", "Why"), "## Why"),
        (_content("heading", "1. Why # now"), "## 1. Why # now"),
        (_content("heading", "In C #"), "## In C \\#"),
        (_content("list_item", "deep", level=2), "- deep"),
        (_content("list_item", "third", level=1, number=3), "3. third"),
        (_content("quote", "said"), "> said"),
        (_content("code", "a\n```\nb"), "````\na\n```\nb\n````"),
        (_content("table", "a\tb\n1"), "| a | b |\n| --- | --- |\n| 1 |  |"),
        (
            _content("image", "alt", links=(Link(text="", url="https://e.com/a b.png"),)),
            "![alt](https://e.com/a%20b.png)",
        ),
        (_content("embed", "post"), ""),
        (
            _content("paragraph", "see this now", links=(Link(text="this", url="https://e.com/(x)"),)),
            "see [this](https://e.com/%28x%29) now",
        ),
        (_content("paragraph", "see", links=(Link(text="missing", url="https://e.com/"),)), "see"),
    ],
)
def test_markdown_shows_text_as_text(block: ContentBlock, markdown: str) -> None:
    """What looks like markup is escaped; what is structure is written."""
    assert render_markdown([block]) == markdown


def test_list_items_stand_together() -> None:
    """Items of one list are lines, all else is parted by blank lines."""
    blocks = [
        _content("paragraph", "p"),
        _content("list_item", "a"),
        _content("list_item", "b"),
        _content("paragraph", "q"),
    ]
    assert render_markdown(blocks) == "p\n\n- a\n- b\n\nq"


@pytest.mark.parametrize(
    ("rows", "markdown"),
    [
        pytest.param(["1 9. a", "1 10. b", "2 c"], "9. a\n10. b\n    - c", id="below the text of a number"),
        pytest.param(["1 1. a", "2 1. b", "2 2. c", "1 2. d"], "1. a\n   1. b\n   2. c\n2. d", id="numbers in numbers"),
        pytest.param(["1 1. a", "1 2. b", "1 1. c", "1 2. d"], "1. a\n2. b\n1) c\n2) d", id="another list begins"),
        pytest.param(["1 3. a", "1 2. b", "1 1. c"], "3. a\n2) b\n1. c", id="backwards"),
        pytest.param(["1 a", "2 2. b", "2 3. c"], "- a\n\n  2. b\n  3. c", id="a number that begins inside"),
        pytest.param(["1 a", "1 | b", "1 c"], "- a\n\n  b\n- c", id="an item of two paragraphs"),
        pytest.param(["1 1. a", "2 b", "1 | c"], "1. a\n   - b\n\n   c", id="a paragraph after the inner list"),
        pytest.param(["1 | a", "1 b", "3 c", "2 d", "1 e"], "a\n\n- b\n  - c\n  - d\n- e", id="a level is left out"),
    ],
)
def test_a_list_stands_as_on_the_page(rows: list[str], markdown: str) -> None:
    """Numbers, nesting and the further paragraphs of an item are those of the page. A row: level, number or |, text."""
    blocks = []
    for level, *number, text in (row.split() for row in rows):
        kind = "paragraph" if number == ["|"] else "list_item"
        stated = int(number[0].rstrip(".")) if number and kind == "list_item" else None
        blocks.append(_content(kind, text, level=int(level), number=stated))
    assert render_markdown(blocks) == markdown


def test_the_paragraphs_of_a_quotation_are_one() -> None:
    """What stands below each other in quotation is one quotation."""
    blocks = [_content("quote", "a"), _content("quote", "b"), _content("paragraph", "c")]
    assert render_markdown(blocks) == "> a\n>\n> b\n\nc"


def _block(index: int, label: str, text: str, kind: str = "paragraph") -> Block:
    return Block(index=index, label=label, type=kind, text=text)  # type: ignore[arg-type]


def test_body_blocks_are_kept_and_the_rest_is_counted() -> None:
    """Only body is text; empty blocks go; the other labels are counted with their words."""
    blocks = [
        _block(0, "heading", "Title here"),
        _block(1, "body", "One."),
        _block(2, "ad", "Buy now please"),
        _block(3, "body", "&nbsp;"),
        _block(4, "body", "", "image"),
        _block(5, "body", "Two", "heading"),
    ]
    kept, indexes = content_blocks(blocks)
    assert join_text(kept) == "One.\n\nTwo"
    removed = count_removed(blocks)
    assert (removed.heading, removed.ad, removed.words) == (1, 1, 5)
    assert [content_place(indexes, index) for index in (None, 0, 2, 5, 9)] == [None, 0, 1, 1, 2]


def test_a_headline_longer_than_any_stays_as_it_is() -> None:
    """Ten thousand separators cost no time."""
    assert clean_title("- " * 10_000 + "| Daily Example", ["Daily Example"]).endswith("| Daily Example")
