"""Whether a page is free to read: what asks for money around the text counts, what does so elsewhere does not."""

from __future__ import annotations

from typing import Final

import pytest
from gazette import STORY, page, paragraphs, read

from scraper.config import QualityConfig
from scraper.document import Document
from scraper.model import Page, Rejected
from scraper.pipeline import read_document, read_page

WALL: Final = '<div class="{0}"><h3>Keep reading</h3><p>{1}</p><a href="/subscribe">Subscribe</a></div>'
MENU: Final = '<div class="{0}"><a href="/login">Log in</a><a href="/subscribe">Subscribe</a></div>'
MORE: Final = "".join(f'<li><a href="/section-{n}/">Section {n}</a></li>' for n in range(20))
PAID: Final = {
    "below the text": paragraphs(STORY[:2]) + WALL.format("paywall", "Subscribe to continue reading this article."),
    "within the text": paragraphs(STORY[:2]) + WALL.format("paywall-box", "0.99 a story.") + paragraphs(STORY[2:]),
    "a mark above the text": '<p class="paywall-mark">For subscribers only</p>' + paragraphs(STORY),
}
UNKNOWN: Final = {
    "gifts": paragraphs(STORY) + WALL.format("donate-box", "Help us to stay free for all: give what you can."),
    "gifts, in a box of walls": paragraphs(STORY) + WALL.format("cli-support__paywall", "Give as little as $2."),
    "far below": paragraphs(STORY) + f"<ul>{MORE}</ul>" + MENU.format("paywall-links"),
    "comments": paragraphs(STORY) + "<p>Posting comments is now limited to subscribers only.</p>",
}


@pytest.mark.parametrize("case", PAID)
def test_a_wall_around_the_text(case: str) -> None:
    """What asks for a subscription where the text begins or breaks off says that the page is paid."""
    article = read(page(PAID[case]))
    assert (article.access, article.access_evidence) == ("paid", ("dom.paywall",))


@pytest.mark.parametrize("case", UNKNOWN)
def test_no_wall_of_the_story(case: str) -> None:
    """Menus for subscribers, boxes for gifts and terms of commenting say nothing of the page's access."""
    article = read(page(UNKNOWN[case]))
    assert (article.access, article.access_evidence) == ("unknown", ())


def test_a_menu_above_the_headline() -> None:
    """A menu to log in, named after the wall it opens, is no wall."""
    article = read(page(paragraphs(STORY)).replace("<h1>", MENU.format("paywall-menu") + "<h1>"))
    assert article.access == "unknown"


def test_every_field_of_a_header_counts() -> None:
    """X-Robots-Tag may be sent several times: what the second field reserves is reserved, and is in the record."""
    fields = ("otherbot: nofollow", "noai")
    sent = Page(
        url="https://a.example/x",
        final_url="https://a.example/x",
        body=page(paragraphs(STORY)).encode(),
        headers=tuple(("x-robots-tag", field) for field in fields),
        skip_reserved=True,
    )
    assert read_document(Document.from_page(sent)).rights.x_robots_tag == "otherbot: nofollow, noai"
    outcome = read_page(sent, QualityConfig())
    assert isinstance(outcome, Rejected)
    assert (outcome.reason, outcome.detail) == ("rights_reserved", "noai")
