"""An article over several pages: one record, in order, whichever page the reader came in by."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from itertools import permutations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.config import QualityConfig
from scraper.crawl.following import MAX_FOLLOWING, following_urls, read_whole
from scraper.errors import FetchError
from scraper.extractors.joining import Part, join_parts
from scraper.model import Article, Block, Draft, Page, Target
from scraper.pipeline import read_page
from scraper.web.paging import are_both_first, differs_by_counter

BASE = "http://a.example/news/bridge"
SENTENCE = "The bridge across the bay carries more trains every year than its builders ever thought it could. "


def by_query(number: int) -> str:
    return BASE if number == 1 else f"{BASE}?page={number}"


def by_path(number: int) -> str:
    return BASE if number == 1 else f"{BASE}/{number}"


def from_zero(number: int) -> str:
    return BASE if number == 1 else f"{BASE}?page={number - 1}"


def always_counted(number: int) -> str:
    return f"{BASE}?page={number}"


def by_ending(number: int) -> str:
    return f"{BASE}.html" if number == 1 else f"{BASE}-{number}.html"


Address = Callable[[int], str]
ADDRESSES: tuple[Address, ...] = (by_query, by_path, from_zero, always_counted, by_ending)


def pager(own: int, count: int, address: Address, *, links_own: bool = False) -> str:
    links = [
        f"<b>{n}</b>" if n == own and not links_own else f"<a href='{address(n)}'>{n}</a>" for n in range(1, count + 1)
    ]
    return f"<nav class='pagination'>{' '.join(links)}</nav>"


def neighbours(own: int, count: int, address: Address) -> str:
    before = f"<link rel='prev' href='{address(own - 1)}'>" if own > 1 else ""
    return before + (f"<link rel='next' href='{address(own + 1)}'>" if own < count else "")


def page(number: int, address: Address, *, head: str = "", tail: str = "") -> Page:
    paragraphs = "".join(f"<p>Part {number}.{part}. {SENTENCE * 3}</p>" for part in range(4))
    html = (
        f"<!doctype html><html lang='en'><head><title>The bridge opens</title>{head}</head><body><article>"
        f"<h1>The bridge opens</h1><p>Every page repeats this lead about the bridge. {SENTENCE}</p>{paragraphs}"
        f"</article>{tail}</body></html>"
    )
    return Page(url=address(number), final_url=address(number), body=html.encode())


def numbered(address: Address, count: int = 3, *, links_own: bool = False) -> list[Page]:
    return [page(n, address, tail=pager(n, count, address, links_own=links_own)) for n in range(1, count + 1)]


def chained(address: Address, count: int = 3) -> list[Page]:
    return [page(n, address, head=neighbours(n, count, address)) for n in range(1, count + 1)]


def read(first: Page, *others: Page) -> Article:
    article = read_page(msgspec.structs.replace(first, following=others), QualityConfig())
    assert isinstance(article, Article)
    return article


def parts_of(article: Article) -> list[str]:
    return [word for word in article.text.split() if word[:1].isdigit()]


def whole(*numbers: int) -> list[str]:
    return [f"{number}.{part}." for number in numbers for part in range(4)]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("links_own", [False, True], ids=["own number plain", "own number linked"])
def test_every_page_knows_the_order(address: Address, links_own: bool) -> None:
    """A pager gives the pages in order, this one in its place, whatever the addresses count from."""
    for one in numbered(address, links_own=links_own):
        assert read(one).pages.urls == tuple(address(number) for number in (1, 2, 3))
        assert read(one).pages.truncated


@pytest.mark.parametrize(
    ("make", "address"),
    [*((numbered, address) for address in ADDRESSES), *((chained, address) for address in ADDRESSES[:-1])],
)
def test_joined_article_does_not_depend_on_the_way_in(make: Callable[[Address], list[Page]], address: Address) -> None:
    """In whatever order the pages come, the record is the first page's, with all text once and in order.

    (Of two slugs that end in numbers and name each other, each may be a story of its own.)
    """
    pages = make(address)
    records = {read(*order).to_json() for order in permutations(pages)}
    assert len(records) == 1
    article = read(*pages)
    assert parts_of(article) == whole(1, 2, 3)
    assert article.text.count("Every page repeats this lead") == 1
    assert (article.url, article.pages.count, article.pages.truncated) == (address(1), 3, False)


def test_page_linked_with_a_counter_of_one_is_the_first() -> None:
    """Where the pager calls the first page ?page=1 and it is known without, it is one page all the same."""
    first = page(1, by_query, tail=pager(1, 3, always_counted, links_own=True))
    rest = [page(n, by_query, tail=pager(n, 3, always_counted)) for n in (2, 3)]
    assert read(first).pages.urls == tuple(map(by_query, (1, 2, 3)))
    for order in permutations([first, *rest]):
        article = read(*order)
        assert parts_of(article) == whole(1, 2, 3)
        assert (article.url, article.pages.count, article.pages.truncated) == (BASE, 3, False)


def test_long_pager_is_put_together() -> None:
    """Pages that a shortened pager leaves out are found on the pages that name them."""
    shown = {1: (1, 2, 3, 6), 2: (1, 2, 3, 6), 3: (1, 2, 3, 4, 6), 4: (1, 3, 4, 5, 6), 5: (1, 4, 5, 6), 6: (1, 5, 6)}
    pages = []
    for own, numbers in shown.items():
        links = " ".join(f"<a href='{by_query(n)}'>{n}</a>" for n in numbers if n != own)
        pages.append(page(own, by_query, tail=f"<nav class='pagination'>{links}</nav>"))
    for first in (0, 3, 5):
        article = read(pages[first], *pages[:first], *pages[first + 1 :])
        assert parts_of(article) == whole(1, 2, 3, 4, 5, 6)
        assert (article.url, article.pages.truncated) == (BASE, False)


def test_missing_page_leaves_the_order() -> None:
    """Of pages that could not all be had, those that were are in order, and it is said that some are missing."""
    one, two, three = numbered(by_query)
    article = read(three, two)
    assert parts_of(article) == whole(2, 3)
    assert (article.url, article.pages.truncated) == (two.url, True)
    assert article.pages.urls == tuple(map(by_query, (1, 2, 3)))
    assert parts_of(read(three, one)) == whole(1, 3)


def test_same_page_twice_is_joined_once() -> None:
    """A page that came under two addresses is not repeated."""
    one, two, three = numbered(by_query)
    moved = msgspec.structs.replace(one, url=always_counted(1), final_url=one.url)
    assert parts_of(read(two, one, moved, three)) == whole(1, 2, 3)


@pytest.mark.parametrize(
    ("one", "other", "is_so"),
    [
        (BASE, f"{BASE}?page=1", True),
        (f"{BASE}/1", BASE, True),
        (BASE, f"{BASE}?page=2", False),
        (f"{BASE}?page=1", f"{BASE}?page=2", False),
        (BASE, BASE, False),
        (BASE, "http://a.example/other?page=1", False),
    ],
)
def test_are_both_first(one: str, other: str, is_so: bool) -> None:
    """A counter of one is as good as none."""
    assert are_both_first(one, other) is are_both_first(other, one) is is_so


def test_an_address_does_not_differ_from_itself() -> None:
    """Spellings of one address are one page."""
    assert not differs_by_counter(f"{BASE}/2?utm_source=x", f"{BASE}/2/")


# --- fetching them ---------------------------------------------------------------------------------------


class Web:
    """The pages of an article by address; remembers what was asked for."""

    def __init__(self, pages: Sequence[Page]) -> None:
        self.pages = {page.url: page for page in pages}
        self.asked: list[str] = []
        self.said: list[str] = []

    async def fetch(self, target: Target) -> Page:
        self.asked.append(target.url)
        if target.url not in self.pages:
            raise FetchError("http_status", target.url, "404")
        return self.pages[target.url]

    def read(self, first: Page) -> Article:
        async def one(page: Page) -> Article:
            return read(page, *page.following)

        return asyncio.run(read_whole(first, one, following_urls, fetch=self.fetch, say=self.said.append))


@pytest.mark.parametrize("start", [0, 2, 4])
def test_chain_is_followed_both_ways(start: int) -> None:
    """Where each page names only its neighbours, all are found from any of them, each asked for once."""
    pages = chained(by_query, 5)
    web = Web(pages)
    article = web.read(pages[start])
    assert parts_of(article) == whole(1, 2, 3, 4, 5)
    assert article.url == BASE
    assert sorted(web.asked) == sorted(page.url for place, page in enumerate(pages) if place != start)


def test_failed_page_is_asked_for_once() -> None:
    """A page that cannot be fetched ends the search; what was found until then is the article."""
    pages = chained(by_query, 4)
    web = Web(pages[:3])
    article = web.read(pages[0])
    assert parts_of(article) == whole(1, 2, 3)
    assert article.pages.truncated
    assert web.asked.count(by_query(4)) == len(web.said) == 1


def test_page_that_leads_elsewhere_is_not_joined() -> None:
    """A further page that has been moved to the front page is no part of the article, least of all its first page."""
    one, two, three = numbered(by_query)
    web = Web([msgspec.structs.replace(one, final_url="http://a.example/"), three])
    article = web.read(two)
    assert (article.url, parts_of(article)) == (two.url, whole(2))
    assert web.said == [f"{two.url}: the article goes on, but its next page {one.url} leads to http://a.example/."]


def test_chain_without_end_is_cut() -> None:
    """No article makes the crawl fetch more than the allowed number of pages."""
    pages = chained(by_query, 40)
    web = Web(pages)
    assert web.read(pages[0]).pages.truncated
    assert len(web.asked) == MAX_FOLLOWING


@given(st.data())
def test_joining_is_total(data: st.DataObject) -> None:
    """Whatever pages say of each other, however wrong, there is a first one and no text comes twice."""
    urls = [f"{BASE}?page={number}" for number in range(1, 5)]
    parts = []
    for number in range(data.draw(st.integers(1, 4))):
        others = data.draw(st.lists(st.sampled_from(urls), unique=True))
        block = Block(index=0, label="body", type="paragraph", text=f"text {number}")
        draft = Draft(
            blocks=(block,),
            page_urls=tuple(others),
            pages_before=data.draw(st.integers(0, len(others))),
            method="blocks",
        )
        parts.append(Part(urls=(data.draw(st.sampled_from(urls)), data.draw(st.sampled_from(urls))), draft=draft))
    first, joined = join_parts(parts)
    assert 0 <= first < len(parts)
    texts = [block.text for block in joined.blocks]
    assert texts[0] == f"text {first}" and len(set(texts)) == len(texts)
    assert 0 <= joined.pages_before <= len(joined.page_urls)
    assert set(joined.joined_urls) <= set(joined.page_urls)
