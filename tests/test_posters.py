"""Who began a thread, as forum software of several kinds shows it."""

from __future__ import annotations

import pytest
from gazette import sketch_of

from scraper.extractors.posters import find_poster, find_starter
from scraper.extractors.sketch import Sketch

TITLE = "Which rope for a mooring in the tide"
POST = "<div><p>The old one is worn where it runs through the ring, and I wonder what to buy.</p></div>"


def thread(above: str, head: str) -> Sketch:
    return sketch_of(f"<title>{TITLE}</title>{above}<h1>{TITLE}</h1>{head}{POST}")


LOGIN = '<div><a href="/ucp.php?mode=login">Login</a></div><div><a href="/user/login">Log in</a></div>'


@pytest.mark.parametrize(
    ("above", "head", "name"),
    [
        pytest.param("", "<p class='author'>Post by <b>jroe</b> » 11. Sep 2024, 18:36</p>", "jroe", id="phpBB"),
        pytest.param(
            "", "<p>by <a href='./memberlist.php?mode=viewprofile&u=4'>J. Roe</a> » Tue</p>", "J. Roe", id="old"
        ),
        pytest.param("", "<p>Discussion in 'Ropes' started by jroe, May 26, 2025.</p>", "jroe", id="XenForo 1"),
        pytest.param("", "<p>submitted 17 hours ago by <a href='/user/jroe'>jroe</a></p>", "jroe", id="old Reddit"),
        pytest.param("<p><a href='/user/jroe/'>jroe</a></p>", "", "jroe", id="Reddit"),
        pytest.param("<p><a href='/u/jroe'>jroe</a></p>", "", "jroe", id="Lemmy"),
        pytest.param("<p><a href='/~jroe'>jroe</a></p>", "", "jroe", id="Lobsters"),
        pytest.param("", "<p><a href='/index.php?action=profile;u=26'>J Roe</a></p>", "J Roe", id="SMF"),
        pytest.param("", "<p><a href='member.php?s=e3c9&u=22'>jroe</a></p>", "jroe", id="vBulletin"),
        pytest.param(
            "", "<p><a href='/user/jroe'>J Offline</a></p><p><a href='/user/jroe'>jroe</a></p>", "jroe", id="NodeBB"
        ),
        pytest.param("", "<p>jroe</p>", None, id="no link, no word"),
        pytest.param("", "<p><a href='/users/'>users</a></p>", None, id="the list of all"),
    ],
)
def test_who_began_a_thread(above: str, head: str, name: str | None) -> None:
    """In words, or by the first link to a member's page; a link to log in is none."""
    found = find_poster(thread(LOGIN + above, head))
    assert [byline.names[0].name for byline in found] == ([name] if name else [])


@pytest.mark.parametrize(
    ("head", "name"),
    [
        pytest.param("<p><a href='/members/jroe.48/'>jroe</a></p>", "jroe", id="right below the title"),
        pytest.param("<p>3 answers</p><p><a href='/members/jroe.48/'>jroe</a></p>", None, id="further down"),
    ],
)
def test_the_line_right_below_the_title(head: str, name: str | None) -> None:
    """A member named there began the thread, whoever stands first among the answers."""
    found = find_starter(thread("", head))
    assert [byline.names[0].name for byline in found] == ([name] if name else [])
