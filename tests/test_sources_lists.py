"""Lists of addresses."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.errors import SourceError
from scraper.sources.lists import load_url_list, parse_url_list


def addresses(text: str) -> list[str]:
    return [target.url for target in parse_url_list(text, "urls.txt").targets]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "https://e.example/a\nhttps://e.example/b", ["https://e.example/a", "https://e.example/b"], id="lines"
        ),
        pytest.param(
            "\ufeffhttps://e.example/a\r\n\r\nhttps://e.example/b\r",
            ["https://e.example/a", "https://e.example/b"],
            id="bom-crlf",
        ),
        pytest.param("# mine\n  # more\nhttps://e.example/a # why\n", ["https://e.example/a"], id="comments"),
        pytest.param(
            "https://e.example/a,1518,druck.html", ["https://e.example/a,1518,druck.html"], id="comma-in-address"
        ),
        pytest.param('"https://e.example/a","A title"', ["https://e.example/a"], id="quoted"),
        pytest.param("7,https://e.example/a,A title", ["https://e.example/a"], id="csv-without-header"),
        pytest.param("7\thttps://e.example/a,b\tA title", ["https://e.example/a,b"], id="tabs"),
        pytest.param("https://e.example/a and notes", ["https://e.example/a"], id="notes"),
        pytest.param('{"url": "https://e.example/a"}', ["https://e.example/a"], id="jsonl"),
        pytest.param("id;Link;title\n1;https://e.example/a;T", ["https://e.example/a"], id="csv-header"),
        pytest.param("url\nhttps://e.example/a", ["https://e.example/a"], id="one-column"),
        pytest.param("https://e.example/a\nhttps://e.example/a", ["https://e.example/a"], id="repeated"),
        pytest.param("", [], id="empty"),
    ],
)
def test_forms_of_lists(text: str, expected: list[str]) -> None:
    """Every form gives its addresses, in order, once."""
    result = parse_url_list(text, "urls.txt")
    assert [target.url for target in result.targets] == expected
    assert result.bad_count == 0


@pytest.mark.parametrize(
    ("text", "number", "told"),
    [
        pytest.param("https://e.example/a\nnonsense\n", 2, "no http address", id="word"),
        pytest.param("ftp://e.example/a", 1, "no http address", id="ftp"),
        pytest.param('\n{"url": 3}', 2, "no http address", id="wrong-type"),
        pytest.param('{"url": ', 1, "no http address", id="broken-json"),
        pytest.param('{"title": "T"}', 1, "no http address", id="no-key"),
        pytest.param("https://e.example/\ufffd", 1, "not UTF-8", id="undecodable"),
        pytest.param("title,url\nA", 2, "no http address", id="short-row"),
        pytest.param("x " + "a" * 200_000, 1, "no http address", id="huge-field"),
    ],
)
def test_bad_line_is_counted_with_its_number(text: str, number: int, told: str) -> None:
    """The rest of the list goes on."""
    result = parse_url_list(text + "\nhttps://e.example/last" * (not text.startswith("title")), "urls.txt")
    assert result.bad_count == 1
    assert result.bad[0].startswith(f"urls.txt: line {number} ")
    assert told in result.bad[0]
    assert not result.targets or result.targets[-1].url == "https://e.example/last"


def test_columns_and_keys_are_hints() -> None:
    """Title and dates of a row go with the target."""
    csv = 'url,title,published\nhttps://e.example/a,"A, b",2024-05-01\n'
    jsonl = '{"title": "A, b", "url": "https://e.example/a", "published": "2024-05-01", "n": [1]}'
    for text in (csv, jsonl):
        (target,) = parse_url_list(text, "urls.txt").targets
        assert (target.title, target.published, target.source, target.found_at) == (
            "A, b",
            "2024-05-01",
            "list",
            "urls.txt",
        )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_list_is_loaded_from_a_file(tmp_path: Path, encoding: str) -> None:
    """The encodings that editors write are read."""
    path = tmp_path / "urls.txt"
    path.write_bytes("https://e.example/ä\n".encode(encoding))
    result = load_url_list(path)
    assert [target.url for target in result.targets] == ["https://e.example/%C3%A4"]
    assert result.targets[0].found_at == str(path)


@pytest.mark.parametrize("name", ["missing.txt", ".", "nul\0byte"])
def test_unreadable_list_is_named(tmp_path: Path, name: str) -> None:
    """A missing file, a folder and an impossible name are one SourceError each."""
    with pytest.raises(SourceError, match="cannot be read"):
        load_url_list(f"{tmp_path}/{name}")


@settings(max_examples=100, deadline=None)
@given(
    text=st.one_of(
        st.text(max_size=200),
        st.lists(
            st.sampled_from(
                [
                    "url",
                    ",",
                    '"',
                    "\n",
                    "\t",
                    "{",
                    "}",
                    "https://e.example/a",
                    " ",
                    "#",
                    '{"url":"x"}',
                    "[]",
                    "\ud800",
                    "\0",
                ]
            ),
            max_size=30,
        ).map("".join),
    )
)
def test_any_text_gives_a_result(text: str) -> None:
    """Total, and every target has an http address."""
    result = parse_url_list(text, "urls.txt")
    assert all(target.url.startswith(("http://", "https://")) for target in result.targets)
