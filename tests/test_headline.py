"""The headline: the run that the page's own titles confirm, however short it is."""

from __future__ import annotations

import pytest
from gazette import page, read

STORY = "".join(f"<p>On day {number} of the repair a part was missing, and the crew went home.</p>" for number in "123")


@pytest.mark.parametrize(
    ("shown", "stated", "title"),
    [
        pytest.param("Models", "Models | Gazette Docs", "Models", id="one word"),
        pytest.param("Trail maps", "Trail maps - North Wiki", "Trail maps", id="two words"),
        pytest.param("Promise", "Promise - JavaScript | Web Docs", "Promise", id="two parts behind it"),
        pytest.param("Kayaks", "Kayaks and canoes | Shop", "Kayaks and canoes | Shop", id="half of a part"),
        pytest.param("Bay Gazette", "Bay Gazette | Ferry stops", "Ferry stops", id="the site's name"),
        pytest.param("Menu", "Trail maps | North Wiki", "Trail maps | North Wiki", id="something else"),
    ],
)
def test_a_short_headline(shown: str, stated: str, title: str) -> None:
    """An h1 too short to be sure of is the headline where a title says it before its first separator."""
    html = page(STORY, title="@").replace("<h1>@</h1>", f"<h1>{shown}</h1>").replace("@ - Bay Gazette", stated)
    article = read(html)
    assert article.title == title
    assert article.origin.title == ("dom.h1" if title == shown else "title")
