"""`scraper.extract`: what it takes, and what it says to those who give it something else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scraper import extract

PAGE = "<h1>Bridge opens</h1><p>The bridge across the harbour opened on Monday, two years late.</p>"
WRONG: dict[str, tuple[Any, Any, str]] = {
    "nothing": (None, None, "html is the page itself, as bytes or str, not NoneType"),
    "a path": (Path("a.html"), None, "html is the page itself, as bytes or str, not PosixPath"),
    "a number": (3, None, "html is the page itself, as bytes or str, not int"),
    "an address of bytes": (PAGE, b"http://a.example/", "url is the page's address, as str, or None, not bytes"),
}


@pytest.mark.parametrize(("html", "url", "sentence"), WRONG.values(), ids=WRONG)
def test_what_is_no_page(html: Any, url: Any, sentence: str) -> None:
    """What is neither bytes nor text is a TypeError that says what was wanted, and what came."""
    with pytest.raises(TypeError) as raised:
        extract(html, url)
    assert str(raised.value) == sentence


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_bytes_of_any_kind(kind: Any) -> None:
    """A buffer is read as the bytes in it."""
    assert extract(kind(PAGE.encode()), "https://a.example/x") == extract(PAGE.encode(), "https://a.example/x")


def test_no_address() -> None:
    """Without an address the record says about:blank."""
    assert {extract(PAGE).url, extract(PAGE, "").final_url} == {"about:blank"}
