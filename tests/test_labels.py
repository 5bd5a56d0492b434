"""What the rules about names and shapes may do to the body that the classifier chose, and what they may not."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from gazette import URL, page

from scraper.document import Document
from scraper.extractors.blocks import segment
from scraper.extractors.headline import find_headline
from scraper.extractors.labels import label_runs
from scraper.extractors.page_type import find_page_type
from scraper.extractors.sketch import Sketch
from scraper.extractors.structured import Structured
from scraper.model import Page

NEWS = "The ferry stopped at noon when a pump failed off the northern pier, and forty passengers were taken ashore."
PICTURES = [
    f"A ferry of the {number}th fleet in the harbour of Lund, seen from the northern pier" for number in "45678"
]


def labelled(html: str, body: list[str]) -> list[str]:
    """Return the texts of the body after the rules, where the classifier half-heartedly took the texts of `body`."""
    sketch = sketched(html, body)
    return [sketch.runs[i].text for i in sketch.body]


def sketched(html: str, body: list[str]) -> Sketch:
    """Return the page with its labels; the classifier gave the texts of `body` .5 and all others 0."""
    document = Document.from_page(
        Page(url=URL, final_url=URL, body=html.encode(), fetched_at=datetime(2025, 1, 1, tzinfo=UTC))
    )
    assert document.root is not None
    sketch = Sketch(document, Structured(document), segment(document.root))
    find_headline(sketch)
    taken = [run.text in body for run in sketch.runs]
    sketch.scores = [0.5 * t for t in taken]
    label_runs(sketch, taken)
    return sketch


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


MORE = [
    f"On day {number} of the repair a part was missing, and the crew went home before lunch." for number in range(1, 9)
]


@pytest.mark.parametrize(
    "names",
    [
        "primary-cli cli cli-text",
        "c-listicle-block",
        "cmp-text aem-GridColumn",
        "cmp-container cmp-title",
        "subscriber-preview",
        "subscriber-only",
        "post status-publish",
        "paragraph-published",
    ],
)
def test_names_that_say_nothing(names: str) -> None:
    """Names of content systems and of who may read are no names of furniture, however much they look like some."""
    html = page("".join(f"<p>{text}</p>" for text in MORE) + f'<div class="{names}"><p>{NEWS}</p></div>')
    assert NEWS in labelled(html, [*MORE, NEWS])


@pytest.mark.parametrize(
    "names",
    [
        "cli-bar-container", "cmp-banner", "cookie-law-info-bar", "subscribe", "subscribe-box", "post-subscribe",
        "footer-subscribe-form", "newsletter", "cli-support-huffpost", "donation-box", "contributions-epic",
    ],
)  # fmt: skip
def test_names_of_furniture(names: str) -> None:
    """What asks for consent, an address or money stays out."""
    html = page("".join(f"<p>{text}</p>" for text in MORE) + f'<div class="{names}"><p>{NEWS}</p></div>')
    assert labelled(html, [*MORE, NEWS]) == MORE


def test_an_anchor_made_of_the_heading_s_own_words() -> None:
    """A heading about sharing has "sharing" in its id, which does not make it a row of buttons."""
    heading = "How to start sharing a boat with others"
    html = page(f"<p>{MORE[0]}</p><h2 id='how-to-start-sharing-a-boat-with-others'>{heading}</h2><p>{MORE[1]}</p>")
    assert labelled(html, [MORE[0], heading, MORE[1]]) == [MORE[0], heading, MORE[1]]


@pytest.mark.parametrize(("count", "stay"), [(2, False), (8, True)])
def test_links_that_are_paid_for(count: int, stay: bool) -> None:
    """A few among the paragraphs are advertisements; a story made of them is a story."""
    offers = [f"The boat hook number {number}, now for half its price" for number in range(count)]
    items = "".join(
        f"<li><a rel='sponsored' href='https://shop.example/{i}'>{text}</a></li>" for i, text in enumerate(offers)
    )
    html = page("".join(f"<p>{text}</p>" for text in MORE) + f"<ul>{items}</ul><p>{NEWS}</p>")
    assert labelled(html, [*MORE, *offers, NEWS]) == [*MORE, *(offers if stay else []), NEWS]


@pytest.mark.parametrize(("count", "stay"), [(2, False), (6, True)])
def test_lines_with_a_date(count: int, stay: bool) -> None:
    """One or two below the headline say when the story appeared; a row of them is a list of events."""
    days = [f"September {10 + day}, 2025, noon, pier {day}" for day in range(count)]
    html = page("".join(f"<p>{text}</p>" for text in [*days, *MORE]), byline="")
    assert labelled(html, [*days, *MORE]) == [*(days if stay else []), *MORE]


OFFERS = ("Events of the ferry friends", "Tickets for the ferry friends", "Letters to the ferry friends")


@pytest.mark.parametrize(
    ("taken", "kind"),
    [
        pytest.param((), "article", id="in the frame of the page"),
        pytest.param(OFFERS, "listing", id="in what was taken for body"),
    ],
)
def test_linked_headings_make_a_listing(taken: tuple[str, ...], kind: str) -> None:
    """Only where they may be what the page is about: below a story of short paragraphs they are its surroundings."""
    linked = "".join(f'<h4><a href="/club/{len(text)}-{text[:3]}">{text}</a></h4>' for text in OFFERS)
    plain = page("".join(f"<p>{text}</p>" for text in MORE[:3]) + f'<div class="related-clubs">{linked}</div>')
    plain = plain.replace('<meta property="og:type" content="article">', "")
    assert find_page_type(sketched(plain, [*MORE[:3], *taken]), "article") == kind
