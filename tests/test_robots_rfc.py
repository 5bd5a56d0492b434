"""scraper.web.robots against the standard and the published behaviour of the largest crawler, rule by rule."""

from __future__ import annotations

import pytest

from scraper.web.robots import MAX_ROBOTS_BYTES, Robots

SITE = "https://example.org"

# What RFC 9309 says in 5.1, with its agents renamed: one group for all, one for two agents, one that allows all, one
# that says nothing.
SIMPLE = b"""\
User-Agent: *
Disallow: *.gif$
Disallow: /example/
Allow: /publications/

User-Agent: heron-bot
User-Agent: tern-bot
Disallow:/example/page.html
Allow:/example/allowed.gif

User-Agent: quiet-bot

"""
SIMPLE_ROWS = [
    ("gull-bot", "/a/picture.gif", False),
    ("gull-bot", "/a/picture.gif.html", True),
    ("gull-bot", "/example/", False),
    ("gull-bot", "/example", True),
    ("gull-bot", "/publications/1", True),
    ("gull-bot", "/publications/cover.gif", True),  # 15 octets beat 6
    ("heron-bot", "/example/page.html", False),
    ("heron-bot", "/example/page.html?print", False),
    ("heron-bot", "/example/allowed.gif", True),
    ("heron-bot", "/a/picture.gif", True),
    ("tern-bot", "/example/page.html", False),
    ("TERN-Bot", "/example/page.html", False),
    ("quiet-bot", "/example/page.html", True),
    ("quiet-bot", "/a/picture.gif", True),
]


@pytest.mark.parametrize(("agent", "path", "allowed"), SIMPLE_ROWS)
def test_simple_example(agent: str, path: str, allowed: bool) -> None:
    """RFC 9309, 5.1: the group of the agent's own name counts alone; without one the group for all."""
    assert Robots.parse(SIMPLE, agent=agent).allows(SITE + path) is allowed


def test_longest_match() -> None:
    """RFC 9309, 5.2: the rule with more octets wins, in whatever order the rules stand."""
    rules = [b"Allow: /example/page/", b"Disallow: /example/page/disallowed.gif"]
    for ordered in (rules, rules[::-1]):
        robots = Robots.parse(b"\n".join([b"User-Agent: heron-bot", *ordered]), agent="heron-bot")
        assert robots.allows(SITE + "/example/page/")
        assert robots.allows(SITE + "/example/page/other.gif")
        assert not robots.allows(SITE + "/example/page/disallowed.gif")


# RFC 9309, 2.2.2: a rule and a path are compared as octets, percent-encoded alike.
SPELLINGS = [
    ("as it is", "/foo/bar?baz=quz", "/foo/bar?baz=quz", True),
    ("an address in a query", "/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https%3A%2F%2Ffoo.bar", True),
    ("an address in a query, other way", "/foo/bar?baz=https%3a%2f%2ffoo.bar", "/foo/bar?baz=https://foo.bar", True),
    ("UTF-8 against its octets", "/foo/bar/ツ", "/foo/bar/%E3%83%84", True),
    ("octets against UTF-8", "/foo/bar/%E3%83%84", "/foo/bar/ツ", True),
    ("octets in either case", "/foo/bar/%e3%83%84", "/foo/bar/%E3%83%84", True),
    ("letters that need no escape", "/foo/bar/%62%61%7A", "/foo/bar/baz", True),
    ("letters in the path", "/foobar", "/foo%62ar", True),
    ("a tilde", "/~ann", "/%7Eann", True),
    ("a slash is not its escape", "/a%2Fb", "/a/b", False),
    ("nor the other way", "/a/b", "/a%2Fb", False),
    ("a star that is meant", "/a/%2A/c", "/a/*/c", True),
    ("a star that is meant matches no more", "/a/%2A/c", "/a/b/c", False),
    ("a dollar that is meant", "/a%24", "/a$b", True),
    ("a dollar that is meant ends nothing", "/a%24", "/a", False),
    ("a percent sign that escapes nothing", "/100%a/", "/100%25a/", True),
    ("a space", "/a b", "/a%20b", True),
    ("another letter", "/ツ", "/ッ", False),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "path", "hit"), [row[1:] for row in SPELLINGS], ids=[row[0] for row in SPELLINGS])
def test_spellings(rule: str, path: str, hit: bool) -> None:
    """Two spellings of one path are one path, and what is escaped on purpose stays apart."""
    robots = Robots.parse(f"User-agent: *\nDisallow: {rule}".encode(), agent="heron-bot")
    assert robots.allows(SITE + path) is not hit


# Which paths a rule reaches, as Google publishes it: rule, hit, missed.
REACH = [
    ("/", "/ /a /a/b?c", ""),
    ("/*", "/ /a /a/b?c", ""),
    ("/$", "/", "/a /?a"),
    ("/fish", "/fish /fish.html /fish/salmon.html /fishheads /fish.php?id=1", "/Fish.asp /catfish /?id=fish /a/fish"),
    ("/fish*", "/fish /fish.html /fish/salmon.html /fishheads/yummy.html", "/Fish.asp /catfish /?id=fish"),
    ("/fish/", "/fish/ /fish/?id=1 /fish/salmon.htm", "/fish /fish.html /animals/fish/ /Fish/Salmon.asp"),
    ("/*.php", "/i.php /a/b.php /a/b.php?c /a/any.php.html /b.php/", "/ /windows.PHP"),
    ("/*.php$", "/b.php /a/b.php", "/b.php?c /b.php/ /b.php5 /windows.PHP"),
    ("/fish*.php", "/fish.php /fishheads/catfish.php?c", "/Fish.PHP"),
    ("*.gif", "/a.gif /a/b.gif?c", "/a.png"),
    ("/a**b", "/ab /axxb /a/b", "/a"),
    ("/a$b", "/a$bc /a%24b", "/a /ab"),
    ("/a*b$", "/ab /axbxb", "/abx /a"),
    ("/*?", "/a? /a?b", "/a"),
    ("/*?*print=", "/a?print=1 /a?b=1&print=2", "/a?fingerprint"),
    ("/p;id=", "/p;id=3", "/p"),
    ("fish", "", "/fish /a/fish"),  # a rule begins with a slash or a star
]  # fmt: skip


@pytest.mark.parametrize(("rule", "hit", "missed"), REACH, ids=[row[0] for row in REACH])
def test_reach(rule: str, hit: str, missed: str) -> None:
    """A rule reaches the paths that begin as it does; `*` stands for anything, `$` for the end; case counts."""
    robots = Robots.parse(f"User-agent: *\nDisallow: {rule}".encode(), agent="heron-bot")
    assert [path for path in hit.split() if robots.allows(SITE + path)] == []
    assert [path for path in missed.split() if not robots.allows(SITE + path)] == []


PRECEDENCE = [
    ("longer allow", "Allow: /p\nDisallow: /", "/page", True),
    ("a tie", "Allow: /folder\nDisallow: /folder", "/folder/page", True),
    ("a tie, other order", "Disallow: /folder\nAllow: /folder", "/folder/page", True),
    ("longer disallow", "Allow: /page\nDisallow: /*.htm", "/page.htm", False),
    ("as long with a star", "Allow: /page\nDisallow: /*.ph", "/page.php5", True),
    ("the front page alone", "Allow: /$\nDisallow: /", "/", True),
    ("the rest of it", "Allow: /$\nDisallow: /", "/page.htm", False),
    ("the front page by its file", "Allow: /index.html\nDisallow: /", "/", True),
    ("octets count, not letters", "Allow: /ツツ\nDisallow: /*%84%E3%83", "/ツツ", True),
    ("an empty disallow refuses nothing", "Disallow:\nDisallow: /a", "/b", True),
    ("nor does it lift a rule", "Disallow: /a\nDisallow:", "/a", False),
    ("an empty allow allows nothing", "Allow:\nDisallow: /a", "/a", False),
    ("robots.txt always", "Disallow: /robots.txt\nDisallow: /", "/robots.txt", True),
]  # fmt: skip


@pytest.mark.parametrize(
    ("rules", "path", "allowed"), [row[1:] for row in PRECEDENCE], ids=[row[0] for row in PRECEDENCE]
)
def test_precedence(rules: str, path: str, allowed: bool) -> None:
    """The most specific rule decides; of two as long the one that allows."""
    robots = Robots.parse(f"User-agent: *\n{rules}".encode(), agent="heron-bot")
    assert robots.allows(SITE + path) is allowed


NEWS = "User-agent: heron-news\nDisallow: /n\nUser-agent: *\nDisallow: /s\nUser-agent: heron\nDisallow: /h"
ALL = "User-agent: *\nDisallow: /s\n"
U, D = "User-agent: ", "Disallow: "
# The file, and the paths of /n /s /h /x that are refused to the agent.
GROUPS = [
    ("the longer name's own group", NEWS, "heron-news", "/n"),
    ("the shorter name's own group", NEWS, "heron", "/h"),
    ("a longer name without a group: the one for all", NEWS, "heron-images", "/s"),
    ("the end of a name is another name", NEWS, "news", "/s"),
    ("another name", NEWS, "gull", "/s"),
    ("no group for all", f"{U}heron\n{D}/h", "gull", ""),
    ("groups of one name are one", f"{U}heron\n{D}/h\n{ALL}{U}Heron\n{D}/n", "heron", "/n /h"),
    ("groups for all are one", f"{ALL}{U}heron\n{D}/h\n{ALL}{D}/n", "gull", "/n /s"),
    ("one group, two names", f"{U}heron\n{U}gull\n{D}/h", "gull", "/h"),
    ("one name and all", f"{U}heron\n{U}*\n{D}/s", "heron", "/s"),
    ("a blank line ends no group", f"{U}heron\n\n{U}gull\n\n\n{D}/h\n\n{D}/n", "heron", "/n /h"),
    ("a sitemap ends no group", f"{U}heron\nSitemap: {SITE}/s.xml\n{U}gull\n{D}/h", "heron", "/h"),
    ("an unknown line ends no group", f"{U}heron\nNoindex: /a\n{U}gull\n{D}/h", "heron", "/h"),
    ("a line of rubbish ends no group", f"{U}heron\n<p>\n{U}gull\n{D}/h", "heron", "/h"),
    ("an unknown line between rules", f"{U}heron\n{D}/h\nHost: a.example\n{D}/n", "heron", "/n /h"),
    ("a Crawl-delay is a rule of its group", f"{U}*\nCrawl-delay: 9\n\n{U}heron\n{D}/", "gull", ""),
    ("an empty group of one's own", f"{ALL}{U}heron", "heron", ""),
    ("an empty rule of one's own", f"{U}heron\nDisallow:\n{ALL}", "heron", ""),
    ("a name with a version", f"{U}heron/2.1\n{D}/h", "heron", "/h"),
    ("a name with more words", f"{U}heron news reader\n{D}/h", "heron", "/h"),
    ("all, with more words", f"{U}* (everybody)\n{D}/s", "gull", "/s"),
    ("a star inside a name is no wildcard", f"{U}her*\n{D}/h", "heron", ""),
    ("nor is one before it", f"{U}*heron*\n{D}/h", "heron", ""),
    ("a name that is empty", f"User-agent:\n{D}/h\n{U}gull\n{D}/n", "gull", "/n"),
    ("a rule before any name", f"{D}/n\n" + ALL, "gull", "/s"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "agent", "refused"), [row[1:] for row in GROUPS], ids=[row[0] for row in GROUPS])
def test_groups(text: str, agent: str, refused: str) -> None:
    """RFC 9309, 2.2.1: all groups that name the agent count, and only they; names are whole and caseless."""
    robots = Robots.parse(text.encode(), agent=agent)
    assert [path for path in ("/n", "/s", "/h", "/x") if not robots.allows(SITE + path)] == refused.split()
    assert [path for path in ("/n", "/s", "/h", "/x") if robots.refusing_rule(SITE + path)] == refused.split()


# Lines that all mean `Disallow: /a` for everybody, or nothing at all.
LINES = [
    ("lower case", "user-agent: *\ndisallow: /a", True),
    ("upper case", "USER-AGENT: *\nDISALLOW: /a", True),
    ("no space", "User-agent:*\nDisallow:/a", True),
    ("much space", " \tUser-agent \t:  *  \n\t Disallow  :\t/a  ", True),
    ("no colon", "User-agent *\nDisallow /a", True),
    ("one word", "UserAgent: *\nDisallow: /a", True),
    ("two words", "User Agent: *\nDisallow: /a", True),
    ("dissallow", "User-agent: *\nDissallow: /a", True),
    ("disalow", "User-agent: *\nDisalow: /a", True),
    ("diasllow", "User-agent: *\nDiasllow: /a", True),
    ("disallaw", "User-agent: *\nDisallaw: /a", True),
    ("dissalow without a colon", "User-agent: *\nDissalow /a", True),
    ("another slip", "User-agent: *\nForbid: /a", False),
    ("a longer word", "User-agent: *\nDisallowed: /a", False),
    ("comment after", "User-agent: * # all\nDisallow: /a#this", True),
    ("comment before", "# User-agent: *\nDisallow: /a", False),
    ("comment on its own", "User-agent: *\n#\n # x\nDisallow: /a", True),
    ("byte order mark", "\ufeffUser-agent: *\nDisallow: /a", True),
    ("CR line ends", "User-agent: *\rDisallow: /a\r", True),
    ("CR LF line ends", "User-agent: *\r\nDisallow: /a\r\n", True),
    ("mixed line ends", "User-agent: *\r\n\r\r\nDisallow: /b\n\rDisallow: /a", True),
    ("no line end at the end", "User-agent: *\nDisallow: /a", True),
    ("a form feed is no line end", "User-agent: *\nDisallow: /b\x0cDisallow: /a", False),
    ("a Unicode line separator is none", "User-agent: *\nDisallow: /b\u2028Disallow: /a", False),
    ("NUL bytes between lines", "User-agent: *\n\0\0\nDisallow: /a", True),
    ("a web page before", "<!doctype html>\n<title>a: b</title>\nUser-agent: *\nDisallow: /a", True),
]  # fmt: skip


@pytest.mark.parametrize(("text", "hit"), [row[1:] for row in LINES], ids=[row[0] for row in LINES])
def test_lines(text: str, hit: bool) -> None:
    """RFC 9309, 2.2.4 and 2.3.1.5: what can be read of a file counts, slips that Google forgives included."""
    assert Robots.parse(text.encode(), agent="heron").allows(SITE + "/a") is not hit


def test_sitemaps_stand_anywhere() -> None:
    """Before, inside and after groups, for everybody; colons of the address and slips of the name do no harm."""
    text = (
        f"Sitemap: {SITE}/1.xml\nUser-agent: heron\nsitemap:{SITE}/2.xml # two\nDisallow: /a\n"
        f"Site-map: {SITE}/3.xml\nSitemap {SITE}/4.xml\nSitemap:\n"
    )
    robots = Robots.parse(text.encode(), agent="gull")
    assert robots.sitemaps == tuple(f"{SITE}/{number}.xml" for number in (1, 2, 3, 4))
    assert not Robots.parse(text.encode(), agent="heron").allows(SITE + "/a")


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"], ids=["LF", "CR", "CR LF"])
def test_a_rule_torn_by_the_cut_is_left_out(end: bytes) -> None:
    """500 KiB count: the rule before the cut holds, the one it goes through does not, nor does half of it."""
    head = b"User-agent: *" + end + b"Disallow: /a" + end
    rows = head + b"#" * (MAX_ROBOTS_BYTES - len(head) - len(end) - 11) + end + b"Disallow: /b/c" + end
    for body in (rows, rows[:MAX_ROBOTS_BYTES]):
        robots = Robots.parse(body)
        assert body[:MAX_ROBOTS_BYTES].endswith(b"Disallow: /")
        assert not robots.allows(SITE + "/a")
        assert robots.allows(SITE + "/b/c")
        assert robots.allows(SITE + "/x")
