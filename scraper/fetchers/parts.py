"""What a page asks for while a browser builds it: what of it goes out, and in what form."""

from __future__ import annotations

from typing import Final

from scraper.fetchers.client import HttpClient
from scraper.fetchers.settings import HostSettings
from scraper.model import Value

MAX_PARTS: Final = 60
"""Requests of one visit after that for the page itself; redirects count."""
_FETCHED: Final = frozenset({"script", "xhr", "fetch", "document"})
_METHODS: Final = frozenset({"GET", "POST"})
_MAX_POSTED_BYTES: Final = 1_000_000
_NOT_SENT: Final = frozenset(
    {
        *("accept-encoding", "connection", "content-length", "cookie", "expect", "host", "keep-alive", "origin-trial"),
        *("range", "te", "trailer", "transfer-encoding", "upgrade", "upgrade-insecure-requests", "user-agent", "via"),
        *("proxy-authorization", "proxy-connection", "forwarded", "x-forwarded-for", "x-real-ip"),
    }
)
"""Header fields of the browser, or of a script, that are ours to say or nobody's."""
_NOT_GIVEN: Final = frozenset(
    {
        *("alt-svc", "clear-site-data", "connection", "content-disposition", "content-encoding", "content-length"),
        *("keep-alive", "link", "nel", "refresh", "report-to", "reporting-endpoints", "set-cookie", "set-cookie2"),
        *("strict-transport-security", "trailer", "transfer-encoding", "upgrade"),
    }
)
"""Header fields of an answer that no longer hold for its inflated body, or that make a browser do things."""
_NOBODY: Final = "http://nobody.invalid"


class Asked(Value, frozen=True, kw_only=True):
    """One request of a page, as the browser has it."""

    url: str
    method: str
    kind: str
    """The browser's name for what the answer will be: script, xhr, fetch, image, font, ...; document: for a frame."""
    headers: tuple[tuple[str, str], ...]
    """Names in lower case."""
    content: bytes | None = None

    @property
    def is_fetched(self) -> bool:
        """Whether it can add text to the page: scripts and their data do; pictures, fonts, prefetching do not."""
        named = dict(self.headers)
        return (
            self.kind in _FETCHED
            and self.method in _METHODS
            and self.url.startswith(("http://", "https://"))
            and len(self.content or b"") <= _MAX_POSTED_BYTES
            and "prefetch" not in named.get("sec-purpose", named.get("purpose", ""))
        )

    @property
    def accept(self) -> str:
        return dict(self.headers).get("accept", "*/*")

    def sent_headers(self) -> tuple[tuple[str, str], ...]:
        """Return the header fields that go out with it; how we call ourselves is not the page's to say."""
        return tuple(
            (name, value)
            for name, value in self.headers
            if name not in _NOT_SENT and not name.startswith(("sec-", "if-", ":"))
        )


class Given(Value, frozen=True, kw_only=True):
    """What the browser gets in answer."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Part(Value, frozen=True, kw_only=True):
    """What goes out for one request of a page, besides the address."""

    visit: set[str]
    """The politeness keys that the page's visit has asked already; Exchange.ask adds to them."""
    headers: tuple[tuple[str, str], ...] = ()
    content: bytes | None = None
    """What is posted; None: a GET."""
    client: HttpClient | None = None
    """For a host that is not the page's: what dials no private address. It gets none of the site's credentials."""

    def settings(self, settings: HostSettings) -> HostSettings:
        """Return what holds for the request."""
        return settings if self.client is None else settings.for_guests()


def given_headers(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Return the header fields of an answer that the browser gets to see.

    Where the answer does not say who may read it, it is said that nobody of another origin may: the browser's driver
    would say that everybody may.
    """
    given = tuple((name, value) for name, value in headers if name not in _NOT_GIVEN)
    if any(name == "access-control-allow-origin" for name, _ in given):
        return given
    return (*given, ("access-control-allow-origin", _NOBODY))
