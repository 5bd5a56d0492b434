"""scraper.web.urls: what an address is, and when two are the same."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from scraper.web.urls import (
    canonical_url,
    host_key,
    host_key_range,
    host_of,
    parse_http_url,
    registrable_domain,
    resolve_url,
    same_site,
    url_key,
    without_tracking,
)

CLEAN = [
    ("plain", "https://example.org/news/story.html?id=3", "https://example.org/news/story.html?id=3"),
    ("upper case", "HTTPS://Example.ORG/Story", "https://example.org/Story"),
    ("no path", "https://example.org", "https://example.org/"),
    ("query without path", "http://example.org?x=1", "http://example.org/?x=1"),
    ("white space around", " \thttps://example.org/a \n", "https://example.org/a"),
    ("line break inside", "https://example.org/a\nb", "https://example.org/ab"),
    ("space inside", "https://example.org/a b", "https://example.org/a%20b"),
    ("letters beyond ASCII", "https://example.org/straße?q=ü", "https://example.org/stra%C3%9Fe?q=%C3%BC"),
    ("international host", "https://münchen.example/", "https://xn--mnchen-3ya.example/"),
    ("credentials", "https://desk:secret@example.org/a", "https://example.org/a"),
    ("host that poses as another", "https://example.org@evil.example/", "https://evil.example/"),
    ("backslashes", "http:\\\\example.org\\a", "http://example.org/a"),
    ("backslash before an at", "http://example.org\\@evil.example/", "http://example.org/@evil.example/"),
    ("one slash", "https:/example.org/a", "https://example.org/a"),
    ("many slashes", "https:////example.org/a", "https://example.org/a"),
    ("dots", "https://example.org/a/../b/./c", "https://example.org/b/c"),
    ("encoded dots", "https://example.org/public/%2e%2E/private", "https://example.org/private"),
    ("dots at the end", "https://example.org/a/b/..", "https://example.org/a/"),
    ("dots past the root", "https://example.org/../../a", "https://example.org/a"),
    ("a name that begins with dots", "https://example.org/..a/.b", "https://example.org/..a/.b"),
    ("dot after the host", "https://example.org./a", "https://example.org/a"),
    ("empty port", "https://example.org:/a", "https://example.org/a"),
    ("port", "http://example.org:8080/a", "http://example.org:8080/a"),
    ("fragment", "https://example.org/a#top", "https://example.org/a#top"),
    ("IPv4 as one number", "http://2130706433/", "http://127.0.0.1/"),
    ("IPv4 in hex", "http://0x7f.1/", "http://127.0.0.1/"),
    ("IPv4 in octal", "http://0177.0.0.01/", "http://127.0.0.1/"),
    ("IPv4 in circled digits", "http://①②⑦.⓪.⓪.①/", "http://127.0.0.1/"),
    ("IPv6", "http://[2001:DB8:0::1]:80/a", "http://[2001:db8::1]:80/a"),
]
NOT_HTTP = [
    *(
        "",
        "example.org",
        "/a/b",
        "//example.org/a",
        "mailto:desk@example.org",
        "javascript:alert(1)",
        "ftp://example.org/",
    ),
    *(
        "http://",
        "http:///",
        "https://.example.org/",
        "http://a..b/",
        "http://exa mple.org/",
        "http://example.org:99999/",
    ),
    *(
        "http://example.org:port/",
        "http://[::1",
        "http://[fe80::1%25eth0]/",
        "http://999.1.1.1.1/",
        "http://" + "a" * 64 + "/",
    ),
    *("http://256.256.256.256/", "data:text/html,hi", "https://example.org/" + "a" * 9000, "\x00", "http://\udcff/"),
]


@pytest.mark.parametrize(("text", "cleaned"), [row[1:] for row in CLEAN], ids=[row[0] for row in CLEAN])
def test_parse_http_url_cleans(text: str, cleaned: str) -> None:
    """Browsers' tolerance, one spelling."""
    assert parse_http_url(text) == cleaned
    assert parse_http_url(cleaned) == cleaned


@pytest.mark.parametrize("text", NOT_HTTP, ids=[repr(text[:24]) for text in NOT_HTTP])
def test_parse_http_url_refuses(text: str) -> None:
    """What is no absolute http(s) URL is None."""
    assert parse_http_url(text) is None


@settings(max_examples=100)
@given(st.one_of(st.text(), st.text().map("http://".__add__), st.text().map("https://example.org/".__add__)))
@example("HTTP:/0\xa0")
def test_addresses_are_total_and_stable(text: str) -> None:
    """No text raises, and cleaning or canonicalising twice changes nothing more."""
    cleaned = parse_http_url(text)
    assert cleaned is None or (cleaned.isascii() and parse_http_url(cleaned) == cleaned)
    assert canonical_url(canonical_url(text)) == canonical_url(text)
    resolved = resolve_url("https://example.org/news/", text)
    assert resolved is None or (parse_http_url(resolved) == resolved and "#" not in resolved)
    assert host_of(text) is None or registrable_domain(text) is not None


RESOLVED = [
    ("relative", "story.html", "https://example.org/news/story.html"),
    ("upwards", "../a", "https://example.org/a"),
    ("from the root", "/b?c=1#d", "https://example.org/b?c=1"),
    ("other host", "//other.example/x", "https://other.example/x"),
    ("query only", "?page=2", "https://example.org/news/?page=2"),
    ("absolute", "HTTP://other.example/x", "http://other.example/x"),
    ("backslash", "\\c", "https://example.org/c"),
    ("fragment only", "#top", None),
    ("empty", "  ", None),
    ("mail", "mailto:desk@example.org", None),
    ("script", "javascript:void(0)", None),
    ("telephone", "tel:+123", None),
    ("broken", "http://[oops", None),
    ("endless", "a" * 9000, None),
]


@pytest.mark.parametrize(("href", "url"), [row[1:] for row in RESOLVED], ids=[row[0] for row in RESOLVED])
def test_resolve_url(href: str, url: str | None) -> None:
    """A link gives the page it leads to, without fragment, or None."""
    assert resolve_url("https://example.org/news/", href) == url


SAME = [
    ("tracking", "https://example.org/a?utm_source=x&id=1&fbclid=2&gclid=3", "https://example.org/a?id=1"),
    ("feed marks", "https://example.org/a?ref=rss", "https://example.org/a"),
    ("a ref that says something", "https://example.org/a?ref=4711", "https://example.org/a?ref=4711"),
    ("order", "https://example.org/a?b=2&a=1", "https://example.org/a?a=1&b=2"),
    ("default port", "https://example.org:443/a", "https://example.org/a"),
    ("other port", "https://example.org:80/a", "https://example.org:80/a"),
    ("session in the path", "https://example.org/a;jsessionid=9F?x=1", "https://example.org/a?x=1"),
    ("session in the query", "https://example.org/a?PHPSESSID=9F", "https://example.org/a"),
    ("fragment", "https://example.org/a#b", "https://example.org/a"),
    ("case of the path stays", "https://Example.org/A/b", "https://example.org/A/b"),
    ("slash stays", "https://example.org/a/", "https://example.org/a/"),
    ("escapes", "https://example.org/%7euser/%e4", "https://example.org/~user/%E4"),
    ("empty parameters", "https://example.org/a?&&", "https://example.org/a"),
    ("no address", " file:///x ", " file:///x "),
]


@pytest.mark.parametrize(("url", "key"), [row[1:] for row in SAME], ids=[row[0] for row in SAME])
def test_canonical_url(url: str, key: str) -> None:
    """Spellings of one address have one key; what may change the page stays."""
    assert canonical_url(url) == key


DOMAINS = [
    *(
        ("news.bbc.co.uk", "bbc.co.uk"),
        ("https://www.example.org/a", "example.org"),
        ("courier.example", "courier.example"),
    ),
    *(
        ("someone.github.io", "someone.github.io"),
        ("co.uk", "co.uk"),
        ("localhost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
    ),
    *(("http://[::1]:8080/", "::1"), ("Example.ORG.", "example.org"), ("", None), ("/relative", None)),
]


@pytest.mark.parametrize(("text", "domain"), DOMAINS, ids=[row[0] or "empty" for row in DOMAINS])
def test_registrable_domain(text: str, domain: str | None) -> None:
    """The public suffix list decides; addresses and single labels are their own."""
    assert registrable_domain(text) == domain


def test_same_site() -> None:
    """Subdomains share a site, tenants of a public suffix do not."""
    assert same_site("https://amp.example.org/a", "www.example.org")
    assert not same_site("one.github.io", "two.github.io")
    assert not same_site("", "")


def test_host_of() -> None:
    """The host comes without port and brackets."""
    assert host_of("HTTP://Example.org:8080/") == "example.org"
    assert host_of("http://[::1]/") == "::1"
    assert host_of("example.org") is None


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        pytest.param(
            "https://a.example/s?b=2&utm_source=x&a=1#top", "https://a.example/s?b=2&a=1#top", id="one of them"
        ),
        pytest.param("https://a.example/s?fbclid=1", "https://a.example/s", id="the only one"),
        pytest.param("https://a.example/s?b=%41&a", "https://a.example/s?b=%41&a", id="none: untouched"),
        pytest.param("https://a.example/s#?utm_source=x", "https://a.example/s#?utm_source=x", id="in the fragment"),
        pytest.param("no address", "no address", id="no address"),
    ],
)
def test_without_tracking(url: str, clean: str) -> None:
    """Only tracking parameters go, and going twice changes nothing."""
    assert without_tracking(url) == without_tracking(clean) == clean


@given(st.text(max_size=60) | st.from_regex(r"https?://[a-z0-9.:]{1,20}/[a-z./;?&=%#]{0,20}", fullmatch=True))
def test_url_key(text: str) -> None:
    """Any text has one, spellings of one address the same, and those of one host lie in its range."""
    key = url_key(text)
    assert len(key) == 16
    assert url_key(canonical_url(text)) == key
    first, last = host_key_range(host_key(text))
    assert first <= key <= last


def test_url_keys_differ() -> None:
    """Two addresses, two keys; another port is another address of the same host."""
    urls = ["https://a.example/", "https://a.example/x", "https://b.example/", "https://a.example:8443/", "a", "b"]
    assert len({url_key(url) for url in urls}) == len(urls)
    assert url_key("https://a.example/") == url_key("HTTPS://A.example:443?utm_source=x#top")
    assert url_key("https://a.example/")[:4] == url_key("http://a.example:8080/x")[:4]
