"""What the rules about names and shapes may do to the body that the classifier chose, and what they may not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from gazette import URL, page

from scraper.document import Document
from scraper.extractors.blocks import segment
from scraper.extractors.headline import find_headline
from scraper.extractors.labels import label_runs
from scraper.extractors.sketch import Sketch
from scraper.extractors.structured import Structured
from scraper.model import Page

NEWS = "The ferry stopped at noon when a pump failed off the northern pier, and forty passengers were taken ashore."
PICTURES = [
    f"A ferry of the {number}th fleet in the harbour of Lund, seen from the northern pier" for number in "45678"
]


def labelled(html: str, body: list[str]) -> list[str]:
    """Return the texts of the body after the rules, where the classifier half-heartedly took the texts of `body`."""
    document = Document.from_page(
        Page(url=URL, final_url=URL, body=html.encode(), fetched_at=datetime(2025, 1, 1, tzinfo=UTC))
    )
    assert document.root is not None
    sketch = Sketch(document, Structured(document), segment(document.root))
    find_headline(sketch)
    taken = [run.text in body for run in sketch.runs]
    sketch.scores = [0.5 * t for t in taken]
    label_runs(sketch, taken)
    return [sketch.runs[i].text for i in sketch.body]


@pytest.mark.parametrize("name", ["tags", "author-bio"])
def test_only_text_in_a_box_of_a_misleading_name(name: str) -> None:
    """What a name speaks against is the body all the same where there is no other."""
    assert labelled(page(f'<div class="{name}"><p>{NEWS}</p></div>'), [NEWS]) == [NEWS]


@pytest.mark.parametrize("name", ["share-bar", "newsletter", "cookie-consent", "paywall", "advertisement"])
def test_only_text_in_a_box_that_is_no_text(name: str) -> None:
    """A page of which nothing but its furniture was taken has no body."""
    assert labelled(page(f'<div class="{name}"><p>{NEWS}</p></div>'), [NEWS]) == []


def test_nothing_but_captions() -> None:
    """The body of a page of pictures is their captions, if these were taken and no other text was."""
    pictures = "".join(f'<figure><img src="/1.jpg" alt="{name}"><p>{name}</p></figure>' for name in PICTURES)
    assert labelled(page(pictures), PICTURES) == PICTURES
    assert labelled(page(f"<p>{NEWS}</p>{pictures}"), [NEWS, *PICTURES]) == [NEWS]
