"""A page decoded and parsed: the address it is known by."""

from __future__ import annotations

import pytest

from scraper.document import Document
from scraper.model import Page

OWN = "https://news.example/story"
CANONICAL = f"<link rel='canonical' href='{OWN}'>"
OG = f"<meta property='og:url' content='{OWN}'>"

DECLARED = {
    "canonical": (CANONICAL, OWN),
    "og:url": (OG, OWN),
    "canonical before og:url": (f"<meta property='og:url' content='{OWN}/2'>{CANONICAL}", OWN),
    "rel in capitals, of several words": (f"<link rel='Alternate CANONICAL' href='{OWN}'>", OWN),
    "a canonical that is not whole": (f"<link rel='canonical' href='/story'>{OG}", OWN),
    "not whole, with a base": ("<base href='https://news.example/a/'><link rel='canonical' href='/story'>", OWN),
    "a front page": ("<link rel='canonical' href='https://news.example/'>", None),
    "a front page, then the story": (f"<link rel='canonical' href='https://news.example'>{OG}", OWN),
    "no address": ("<link rel='canonical' href='file:///tmp/x.html'><meta property='og:url' content='data:x'>", None),
    "nothing": ("<title>T</title>", None),
}  # fmt: skip


def document(head: str, url: str) -> Document:
    return Document.from_page(Page(url=url, final_url=url, body=f"<html><head>{head}</head><body><p>x".encode()))


@pytest.mark.parametrize("url", ["file:///tmp/page.html", "about:blank", "http://[broken"])
@pytest.mark.parametrize(("head", "own"), DECLARED.values(), ids=DECLARED)
def test_page_from_nowhere_has_the_address_it_declares(head: str, own: str | None, url: str) -> None:
    """A whole web address that is no front page's; its links are relative to that."""
    page = document(head, url)
    assert page.url == (own or ("about:blank" if "[" in url else url))
    if own and "base" not in head:
        assert page.resolve("/more") == "https://news.example/more"


def test_fetched_page_has_the_address_it_came_from() -> None:
    """What a page declares is no reason to take it for another's."""
    assert document(CANONICAL, "https://mirror.example/copy").url == "https://mirror.example/copy"


def test_dump_declares_nothing() -> None:
    """Plain text has no markup, whatever it quotes."""
    text = Page(
        url="about:blank", final_url="about:blank", body=CANONICAL.encode(), headers=(("content-type", "text/plain"),)
    )
    assert Document.from_page(text).url == "about:blank"
