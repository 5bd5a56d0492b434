"""Addresses that lead nowhere new, told by their shape."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.crawl.traps import MAX_URL_CHARS, find_trap

SITE = "https://a.example"
STORIES = [
    "",
    "/",
    "/politics/2024/05/council-votes-on-the-bridge-4711.html",
    "/2024/05/17/ferry-returns/",
    "/news/news-of-the-day/latest-news",
    "/a/b/a/b/a/b/story",
    "/archive/2024/05/",
    "/news?page=2",
    "/news?page=100",
    "/news/page/100/",
    "/story?p=4711&view=print",
    "/?p=99",
    "/?p=123456",
    "/p/123456",
    "/town/p4711",
    "/story?id=123456",
    "/topic/calendars-of-the-middle-ages",
    "/what-a-calendar-tells-us",
    "/events/festival-2024-opens",
    "/session-of-the-council-ends-late",
    "/story?residence=1",
    "/story?a=1&b=2&c=3&d=4&e=5&f=6&g=7&h=8",
    "/p/how-we-built-the-bridge",
    "/page/one-hundred-and-one",
    "/%E6%97%A5%E6%9C%AC/%E8%A8%98%E4%BA%8B",
    "/" + "x" * 1900,
    "/" + "/".join(f"level-{n}" for n in range(20)),
    "/story?start=٣٣٣",
]
TRAPS = {
    "/" + "x" * 2000: "characters long",
    "/" + "/".join(f"level-{n}" for n in range(21)): "21 segments",
    "/x/y/x/y/x/y/x": "the segment x stands in its path 4 times",
    "/en/en/en/en/story": "the segment en stands in its path 4 times",
    "/news//news//news//news": "the segment news",
    "/story;jsessionid=0A1B2C": "names a session",
    "/story;JSESSIONID=0A1B2C?x=1": "names a session",
    "/story?PHPSESSID=abc": "names a session",
    "/story?x=1&sid=99": "names a session",
    "/story?session_id=abc": "names a session",
    "/story?sessionid=abc": "names a session",
    "/story.asp?ASPSESSIONIDQQ=abc": "names a session",
    "/story.cfm?CFID=1&CFTOKEN=2": "names a session",
    "/calendar": "calendar",
    "/calendar/2031/05": "calendar",
    "/town/kalender/2031-05": "calendar",
    "/calendrier/": "calendar",
    "/calendario/mayo": "calendar",
    "/events/2031/05/12": "calendar",
    "/event/2031": "calendar",
    "/news?page=101": "page 101",
    "/news?paged=5000": "page 5000",
    "/news?PAGE=5000": "page 5000",
    "/news?start=12000": "page 12000",
    "/news?x=1&offset=200": "page 200",
    "/news/page/101": "page 101",
    "/news/page/101/": "page 101",
    "/news/seite-250": "page 250",
    "/news/pagina=250": "page 250",
    "/thema?seite=250": "page 250",
    "/page999": "page 999",
    "/list?a=1&b=2&c=3&d=4&e=5&f=6&g=7&h=8&i=9": "9 parameters",
    "/list?" + "&".join(f"filter[]={n}" for n in range(40)): "40 parameters",
    "/?" + "&" * 1001: "no address",
    "/news?page=" + "9" * 1000: "page 999",
}


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path[:40])
def test_stories_are_no_traps(path: str) -> None:
    """What a story or a list of stories may well look like is followed."""
    assert find_trap(SITE + path, max_depth=20) is None


@pytest.mark.parametrize(("path", "why"), TRAPS.items(), ids=lambda text: text[:40])
def test_traps(path: str, why: str) -> None:
    """Endless calendars and lists, paths that grow by themselves, sessions: each is told with its reason."""
    found = find_trap(SITE + path, max_depth=20)
    assert found is not None
    assert why in found


@pytest.mark.parametrize("url", ["http://[::1", "http://a.example:port/x", "", "::", "\x00", "http://a.example/\ud800"])
def test_no_addresses(url: str) -> None:
    """What is no address at all is a trap, or is left for others to refuse; it never ends the run."""
    assert find_trap(url, max_depth=20) in {None, "it is no address"}


def test_depth_is_the_operators(max_depth: int = 3) -> None:
    """So many segments as the configuration allows."""
    assert find_trap(f"{SITE}/a/b/c", max_depth=max_depth) is None
    assert find_trap(f"{SITE}/a/b/c/d", max_depth=max_depth) == "its path has 4 segments"


@given(st.text(max_size=300), st.integers(0, 50))
def test_total(text: str, max_depth: int) -> None:
    """Any text is a trap or none; one that is too long always is."""
    for url in (text, f"{SITE}/{text}", f"{SITE}/?{text}"):
        assert isinstance(find_trap(url, max_depth=max_depth), str | None)
    assert find_trap(SITE + text + "x" * MAX_URL_CHARS, max_depth=max_depth) is not None
