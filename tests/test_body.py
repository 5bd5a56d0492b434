"""Which reading of the body counts where the model is unsure of its own."""

from __future__ import annotations

import pytest
from gazette import URL, page

from scraper import extract
from scraper.extractors import body

STORY = [
    "The ferry stopped at noon when a pump failed off the northern pier, and forty passengers were taken ashore.",
    "It took the harbour's only tug two hours to bring her in, while the wind rose and waves came over the wall.",
    "By the evening the pump had been replaced, and the last boat of the day left the town only ten minutes late.",
]
RIGHTS = "© 2024 Bay Gazette. All rights reserved."
HTML = page("".join(f"<p>{text}</p>" for text in STORY * 2))


@pytest.mark.parametrize(
    ("read", "method"),
    [
        pytest.param([STORY[1]], "trafilatura", id="another cut of the story"),
        pytest.param([RIGHTS], "blocks", id="what the model is sure to be furniture"),
        pytest.param([], "blocks", id="nothing"),
    ],
)
def test_a_second_opinion(read: list[str], method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It counts where the model is unsure, but not where it names only what the model is nearly sure of."""
    monkeypatch.setattr(body, "ASK_BELOW", 1.1)
    monkeypatch.setattr(body, "second_opinion", lambda _, __, runs: [run.text in read for run in runs])
    article = extract(HTML, url=URL)
    assert article.method == method
    assert STORY[1] in article.text and RIGHTS not in article.text
