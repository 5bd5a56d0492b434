"""scraper.web.robots: RFC 9309 and what the large crawlers do."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.web.robots import MAX_ROBOTS_BYTES, Robots, product_token, robots_url

US = "article-scraper"
SITE = "https://example.org"

TWO_GROUPS = f"User-agent: {US}\nDisallow: /a\nUser-agent: x\nAllow: /\nUser-agent: {US}\nAllow: /b"
RULES = [
    ("empty file", "", "/a", True),
    ("empty disallow", "User-agent: *\nDisallow:", "/a", True),
    ("all disallowed", "User-agent: *\nDisallow: /", "/a", False),
    ("robots.txt itself", "User-agent: *\nDisallow: /", "/robots.txt", True),
    ("prefix", "User-agent: *\nDisallow: /fish", "/fish.html", False),
    ("prefix keeps its case", "User-agent: *\nDisallow: /fish", "/Fish", True),
    ("prefix with slash", "User-agent: *\nDisallow: /fish/", "/fish", True),
    ("longest match wins", "User-agent: *\nAllow: /p\nDisallow: /", "/page", True),
    ("longest match wins, other order", "User-agent: *\nDisallow: /folder\nAllow: /folder/page", "/folder/page", True),
    ("allow wins ties", "User-agent: *\nDisallow: /folder\nAllow: /folder", "/folder/page", True),
    ("wildcard", "User-agent: *\nDisallow: /*.php", "/a/b.php?x", False),
    ("wildcard and end", "User-agent: *\nDisallow: /*.php$", "/a/b.php?x", True),
    ("end", "User-agent: *\nDisallow: /a$", "/a", False),
    ("end does not match more", "User-agent: *\nDisallow: /a$", "/ab", True),
    ("longer wildcard", "User-agent: *\nAllow: /page\nDisallow: /*.htm", "/page.htm", False),
    ("query", "User-agent: *\nDisallow: /*?print=", "/story?print=1", False),
    ("escaped", "User-agent: *\nDisallow: /caf%C3%A9", "/café", False),
    ("escape that hides a slash", "User-agent: *\nDisallow: /a%2fb", "/a%2Fb", False),
    ("our group beats the star", f"User-agent: *\nDisallow: /\n\nUser-agent: {US}\nDisallow: /x", "/a", True),
    ("our group, other case", "User-agent: ARTICLE-Scraper\nDisallow: /a", "/a", False),
    ("our group with a version", f"User-agent: {US}/1.0 (bot)\nDisallow: /a", "/a", False),
    ("a longer name is not ours", f"User-agent: {US}-news\nDisallow: /a", "/a", True),
    ("a shorter name is not ours", "User-agent: article\nDisallow: /a", "/a", True),
    ("the end of our name is not ours", "User-agent: scraper\nDisallow: /a", "/a", True),
    ("our groups are merged", TWO_GROUPS, "/a", False),
    ("several agents, one group", f"User-agent: x\nUser-agent: {US}\nDisallow: /a", "/a", False),
    ("sitemap does not end a group", f"User-agent: {US}\nSitemap: {SITE}/s.xml\nDisallow: /a", "/a", False),
    ("unknown lines", f"Noindex: /a\nUser-agent: {US}\nFoo: bar\nDisallow: /a", "/a", False),
    ("comments", f"# hello\nUser-agent: {US} # us\nDisallow: /a # that", "/a", False),
    ("byte order mark", "\ufeffUser-agent: *\nDisallow: /a", "/a", False),
    ("old line ends", "User-agent: *\rDisallow: /a\r", "/a", False),
    ("windows line ends", "User-agent: *\r\nDisallow: /a\r\n", "/a", False),
    ("a web page", "<!doctype html><html><p>User-agent: hm", "/a", True),
    ("rule before any group", "Disallow: /a\nUser-agent: *\nDisallow: /b", "/a", True),
]  # fmt: skip


@pytest.mark.parametrize(("text", "path", "allowed"), [row[1:] for row in RULES], ids=[row[0] for row in RULES])
def test_rules(text: str, path: str, allowed: bool) -> None:
    """RFC 9309, 2.2, and Google's published behaviour; a refusal names its rule."""
    robots = Robots.parse(text.encode(), agent=US)
    assert robots.allows(SITE + path) is allowed
    assert (robots.refusing_rule(SITE + path) is None) is allowed


STATUSES = [
    *((200, "fetched", True), (204, "fetched", True), (304, "unavailable", True), (401, "unavailable", True)),
    *((403, "unavailable", True), (404, "unavailable", True), (410, "unavailable", True), (429, "unreachable", False)),
    *(
        (500, "unreachable", False),
        (503, "unreachable", False),
        (599, "unreachable", False),
        (700, "unreachable", False),
    ),
]


@pytest.mark.parametrize(("status", "state", "allowed"), STATUSES, ids=[str(row[0]) for row in STATUSES])
def test_statuses(status: int, state: str, allowed: bool) -> None:
    """4xx: no rules. 429 and 5xx: nothing is allowed until we know (RFC 9309, 2.3.1)."""
    robots = Robots.from_status(status, agent=US)
    assert (robots.state, robots.allows(SITE + "/a")) == (state, allowed)
    assert (robots.why == "") is (state == "fetched")


def test_the_longest_refusing_rule_is_named() -> None:
    """Of the rules that refuse, the one that decided."""
    robots = Robots.parse(
        b"User-agent: x\nDisallow: /news/old\n\nUser-agent: *\nDisallow: /news\nDisallow: /n*s/o", agent=US
    )
    assert robots.refusing_rule(SITE + "/news/old/1") == "Disallow: /n*s/o"
    assert robots.refusing_rule(SITE + "/news/old/1", "x") == "Disallow: /news/old"
    assert Robots.disallow_all("robots.txt: timeout").refusing_rule(SITE + "/") == "robots.txt: timeout"


def test_delay_and_sitemaps() -> None:
    """Crawl-delay holds for its group, sitemaps for everybody, each once."""
    sitemap = f"Sitemap: {SITE}/a.xml\n"
    text = sitemap + f"User-agent: {US}\nCrawl-delay: 2.5\nUser-agent: *\nCrawl-delay: x\n" + sitemap
    robots = Robots.parse(text.encode(), agent=US)
    assert (robots.crawl_delay_s(), robots.crawl_delay_s("other")) == (2.5, None)
    assert robots.sitemaps == (SITE + "/a.xml",)


def test_only_the_first_500_kib_are_read() -> None:
    """RFC 9309, 2.5."""
    rules = b"User-agent: *\nDisallow: /a\n"
    robots = Robots.parse(rules + b"#" * (MAX_ROBOTS_BYTES - len(rules)) + b"\nDisallow: /b\n")
    assert not robots.allows(SITE + "/a")
    assert robots.allows(SITE + "/b")


@pytest.mark.parametrize("charset", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_a_byte_order_mark_says_how_the_rules_are_written(charset: str) -> None:
    """Some editors save UTF-16: its rules hold, and a cut within a character or a rule leaves no half of it."""
    head = "\ufeffUser-agent: *\r\nDisallow: /caf\u00e9\r\nDisallow: /\u0a0d\r\n"
    room = (MAX_ROBOTS_BYTES - len(head.encode(charset))) // len("x".encode(charset))
    for text in (head, head + "#" * (room - 14) + "\r\nDisallow: /b\u20ac/c\r\n"):
        robots = Robots.parse(text.encode(charset))
        assert not robots.allows(SITE + "/caf%C3%A9")
        assert not robots.allows(SITE + "/\u0a0d")
        assert robots.allows(SITE + "/b") and robots.allows(SITE + "/x")
        assert "\0" not in robots.text and "\ufffd" not in robots.text


@pytest.mark.parametrize(
    "line", [b"a" + b" " * 400_000, b"a " * 200_000, b"Disallow: " + b"*a" * 200_000], ids=["gap", "words", "stars"]
)
def test_hostile_lines_cost_no_time(line: bytes) -> None:
    """A file made to keep pattern matching busy is read like any other."""
    robots = Robots.parse(b"User-agent: *\nDisallow: /a\n" + line, agent=US)
    assert robots.refusing_rule(SITE + "/a" * 500) == "Disallow: /a"


@settings(max_examples=100)
@given(st.binary(max_size=300), st.text(max_size=20))
def test_parse_is_total(body: bytes, path: str) -> None:
    """Any bytes are a robots.txt."""
    robots = Robots.parse(b"User-agent: *\n" + body, agent=US)
    assert (robots.refusing_rule(SITE + "/" + path) is None) is robots.allows(SITE + "/" + path)


def test_product_token_and_place() -> None:
    """The token comes out of any User-Agent; the file stands at the root of scheme, host and port."""
    assert product_token("article-scraper/0.1 (+https://example.org)") == US
    assert product_token("Mozilla/5.0 (compatible; MyBot-News/1.0)") == "MyBot-News"
    assert product_token("") == "*"
    assert robots_url("https://example.org:8443/a/b?c") == "https://example.org:8443/robots.txt"
