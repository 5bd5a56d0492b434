"""Pages whose story stands in the data for a script: found there, and nowhere else."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper import extract

PARAGRAPHS = [
    "The ferry left the northern quay at dawn with nobody on board but its crew, two crates of lamps and a dog.",
    "By noon the fog had lifted and the harbour master, who had not slept, declared the new timetable a success.",
    "Passengers will be allowed from Monday; bicycles, the company says, must wait until the second boat is ready.",
    "A return ticket costs four crowns. Children, and dogs that behave, travel free until the end of the summer.",
]
STORY = "<div>" + "".join(f"<p>{text}</p>" for text in PARAGRAPHS) + "<figcaption>The quay.</figcaption></div>"
HEAD = '<meta property="og:type" content="article"><title>First ferry leaves</title>'
ONCE = json.dumps({"article": {"html": STORY}})
SCRIPTS = {
    "data of a framework": f'<script id="data" type="application/json">{ONCE}</script>',
    "escaped angle brackets": "<script>push([1," + json.dumps(STORY).replace("<", "\\u003c") + "])</script>",
}


def page(script: str, body: str = "<div id=app></div>") -> str:
    return f"<html><head>{HEAD}</head><body><h1>First ferry leaves</h1>{body}{script}</body></html>"


@pytest.mark.parametrize("name", ["data of a framework", "escaped angle brackets"])
def test_story_is_found_in_a_script(name: str) -> None:
    """An empty page gives the paragraphs of its data, without the caption, and a warning says so."""
    article = extract(page(SCRIPTS[name]), "https://example.org/ferry")
    assert article.text == "\n\n".join(PARAGRAPHS)
    assert "body_from_jsonld" in {warned.code for warned in article.warnings}


def test_shown_story_wins() -> None:
    """A page that shows a story is read as it shows it, whatever its scripts hold."""
    shown = "".join(f"<p>Shown: {text}</p>" for text in PARAGRAPHS)
    article = extract(page(SCRIPTS["data of a framework"], shown), "https://example.org/ferry")
    assert article.text.startswith("Shown: The ferry")
    assert "body_from_jsonld" not in {warned.code for warned in article.warnings}


@given(st.text(max_size=400))
def test_any_script_is_survived(text: str) -> None:
    """No script makes extraction fail."""
    extract(page(f"<script>{text}</script>"))
