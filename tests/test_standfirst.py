"""What stands between headline and body: the summary of the story, or something about its day, picture or page."""

from __future__ import annotations

import pytest
from gazette import page
from test_labels import NEWS, sketched

SUMMARY = "A pump failed at noon, and the ferry company now wonders who was to look after it all these years."
BODY = [NEWS, "Forty passengers were taken ashore in boats.", "The pump is to be looked at tomorrow."]
PARAGRAPHS = "".join(f"<p>{text}</p>" for text in BODY)
PICTURE = '<img src="/pump.jpg" width="900" height="600">'


def lead_of(between: str, title: str = "The ferry that stopped at noon") -> list[str]:
    """Return what is taken for the standfirst where the classifier left `between` out of the body."""
    sketch = sketched(page(between + PARAGRAPHS, title=title), BODY)
    return [sketch.runs[i].text for i in sketch.marked("lead")]


@pytest.mark.parametrize(
    "markup", ["<p>{}</p>", "<h2>{}</h2>", PICTURE + "<p>At noon.</p><p>{}</p>", '<div class="lead">{}</div>']
)
def test_a_summary(markup: str) -> None:
    """A sentence right below the headline that the body leaves out is the standfirst."""
    assert lead_of(markup.format(SUMMARY)) == [SUMMARY]


def test_a_linked_summary() -> None:
    """A summary that its markup names so may be a link."""
    assert lead_of(f'<h2 class="subtitle"><a href="/ferry">{SUMMARY}</a></h2>') == [SUMMARY]


@pytest.mark.parametrize(
    "between",
    [
        pytest.param(f"{PICTURE}<p>{SUMMARY}</p>", id="right below a picture: its caption"),
        pytest.param("<p>Publié il y a 3 heures, mis à jour ce matin à 09h42</p>", id="when, in French"),
        pytest.param("<p>发稿时间：2024-05-20 13:15:00 来源：东海晚报客户端 东海新闻网</p>", id="when, in Chinese"),
        pytest.param("<p>First printed on March 18, 2024 in the evening edition</p>", id="a date"),
        pytest.param("<p>Tous droits réservés, captures d'écran du port de Lund</p>", id="rights"),
        pytest.param("<p>The Pump at Noon, oil on canvas. Image courtesy of the artist.</p>", id="a credit"),
        pytest.param("<p>If you buy through links on this page, we may earn a commission.</p>", id="commission"),
        pytest.param("<p>We test all we recommend. Buying through links supports our work.</p>", id="support"),
        pytest.param("<p>As a member of a shop's scheme I earn from qualifying purchases.</p>", id="purchases"),
        pytest.param("<h2>Harbour The ferry that stopped at noon off the pier</h2>", id="the headline once more"),
        pytest.param("<p>This story can also be read in these other languages:</p>", id="announces something"),
        pytest.param(f'<form class="lead"><p>{SUMMARY}</p></form>', id="of a form"),
        pytest.param(
            '<div class="subtitle"><a href="/a">Share on Bayspace</a> <a href="/b">Share on Quayside</a></div>',
            id="buttons in a box named subtitle",
        ),
        pytest.param('<p class="lead">Category: <a href="/c">Uncategorized</a></p>', id="a label in a box named lead"),
        pytest.param(
            '<p class="subtitle">All products are independently selected by our editors. If you buy something through '
            "links on our site, we may earn an affiliate commission.</p>",
            id="commission in a box named subtitle",
        ),
    ],
)
def test_no_summary(between: str) -> None:
    """What tells of the page, and not of the story, is no standfirst."""
    assert lead_of(between) == []
