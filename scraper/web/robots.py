"""robots.txt by RFC 9309, over Protego: what a host allows our agent, and how often.

Source: https://www.rfc-editor.org/rfc/rfc9309, https://developers.google.com/search/docs/crawling-indexing/robots/robots_txt
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, Literal, Self
from urllib.parse import urlsplit

from protego import Protego
from w3lib.encoding import read_bom

MAX_ROBOTS_BYTES: Final = 500 * 1024
"""What is parsed; the rest is ignored. RFC 9309, 2.5."""

RobotsState = Literal["fetched", "unavailable", "unreachable"]

_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_DISALLOW_SPELLINGS: Final = ("disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw")
"""With the slips that Google forgives as well."""
_FIELDS: Final = (
    dict.fromkeys(("user-agent", "useragent", "user agent"), "user-agent")
    | dict.fromkeys(_DISALLOW_SPELLINGS, "disallow")
    | dict.fromkeys(("sitemap", "sitemaps", "site-map"), "sitemap")
    | dict.fromkeys(("crawl-delay", "crawl delay"), "crawl-delay")
    | {"allow": "allow", "request-rate": "request-rate", "visit-time": "visit-time"}
)
_FIELD: Final = re.compile(
    r"({})(?:\s*:|\s|$)\s*(.*)".format("|".join(sorted(_FIELDS, key=len, reverse=True))), re.IGNORECASE | re.DOTALL
)
_AGENT: Final = re.compile(r"[^\s*/]+|\*(?=\s|$)")
_STRAY_PERCENT: Final = re.compile("%(?![0-9a-f]{2})", re.IGNORECASE)
_ESCAPED_SLASH: Final = re.compile("%2f", re.IGNORECASE)
# Protego takes the longest name found in the agent's; the closing mark makes it match whole product tokens only
# (RFC 9309, 2.2.1), so that a group for `art` says nothing to `article-scraper`.
_MARK: Final = "/"


class Robots:
    """The rules of one scheme, host and port, as `agent` (a product token) reads them unless another is named.

    `state` says whether a file was read, there is none (all is allowed), or none could be got (nothing is allowed);
    `why` says why there is none.
    """

    def __init__(self, text: str, *, agent: str = "*", state: RobotsState = "fetched", why: str = "") -> None:
        self.agent, self.state, self.why = agent, state, why
        self.text = text
        self._lines = tuple(_read_lines(text))
        self._rules = Protego.parse("\n".join(f"{name}: {value}" for name, value in self._lines))

    @classmethod
    def parse(cls, body: bytes, *, agent: str = "*") -> Self:
        """Return the rules of a robots.txt. Total: lines that are none are skipped; 500 KiB are read.

        It is UTF-8, unless a byte order mark says UTF-16 or UTF-32: what its owner wrote in these is meant no less. A
        line that the cut goes through is left out: `Disallow: /a` must not become `Disallow: /`.
        """
        charset, mark = read_bom(body)
        text = body[len(mark or b"") : MAX_ROBOTS_BYTES].decode(charset or "utf-8", errors="replace")
        if len(body) >= MAX_ROBOTS_BYTES:
            text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1]
        return cls(text, agent=agent)

    @classmethod
    def allow_all(cls, why: str, *, agent: str = "*") -> Self:
        """Return the rules of a host without a robots.txt (RFC 9309, 2.3.1.3: unavailable)."""
        return cls("", agent=agent, state="unavailable", why=why)

    @classmethod
    def disallow_all(cls, why: str, *, agent: str = "*") -> Self:
        """Return the rules of a host whose robots.txt cannot be got (RFC 9309, 2.3.1.4: unreachable)."""
        return cls("User-agent: *\nDisallow: /", agent=agent, state="unreachable", why=why)

    @classmethod
    def from_status(cls, status: int, body: bytes = b"", *, agent: str = "*") -> Self:
        """Return what the answer to the request for robots.txt means.

        2xx: its rules. 4xx but 429, and 3xx that lead nowhere: all is allowed. 429, 5xx and the rest: nothing is.
        """
        if 200 <= status < 300:
            return cls.parse(body, agent=agent)
        if 300 <= status < 500 and status != 429:
            return cls.allow_all(f"robots.txt answers {status}", agent=agent)
        return cls.disallow_all(f"robots.txt answers {status}", agent=agent)

    def allows(self, url: str, agent: str | None = None) -> bool:
        """Tell whether the agent may fetch the URL; `/robots.txt` itself it always may."""
        return bool(self._rules.can_fetch(_comparable(url), (agent or self.agent) + _MARK))

    def crawl_delay_s(self, agent: str | None = None) -> float | None:
        """Return the Crawl-delay for the agent, in seconds, or None. Not in the RFC, yet widely meant."""
        delay_s = self._rules.crawl_delay((agent or self.agent) + _MARK)
        return None if delay_s is None else float(delay_s)

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The sitemaps that the file names, as spelled, each once."""
        return tuple(dict.fromkeys(self._rules.sitemaps))

    def refusing_rule(self, url: str, agent: str | None = None) -> str | None:
        """Return the rule that keeps the agent from the URL (`Disallow: /private`), or None if none does."""
        if self.allows(url, agent):
            return None
        if self.state == "unreachable":
            return self.why
        refusing = [value for value in self._disallowed(agent or self.agent) if _refuses(value, url)]
        return f"Disallow: {max(refusing, key=len)}" if refusing else "Disallow"

    def _disallowed(self, agent: str) -> Iterator[str]:
        """Yield the Disallow values of the groups that hold for the agent, those for `*` if no other does."""
        groups = list(_groups(self._lines))
        own = [rules for agents, rules in groups if agent.lower() + _MARK in agents]
        for rules in own or [rules for agents, rules in groups if "*" in agents]:
            yield from rules


def _refuses(value: str, url: str) -> bool:
    return not Protego.parse(f"User-agent: *\nDisallow: {value}").can_fetch(_comparable(url), "*")


def _read_lines(text: str) -> Iterator[tuple[str, str]]:
    """Yield the lines that say something to a crawler, each as the name of its field and its value.

    All others go, so that they end no group (RFC 9309, 2.2.4). A colon may be missing, as Google allows.
    """
    for line in _LINE_END.split(text):
        match = _FIELD.match(line.partition("#")[0].strip())
        if match is None:
            continue
        name, value = _FIELDS[match[1].lower()], " ".join(match[2].splitlines()).strip()
        if name == "user-agent":
            token = _AGENT.match(value)
            value = token[0] + _MARK * (token[0] != "*") if token else ""
        elif name in {"allow", "disallow"}:
            value = _comparable(value)
        yield name, value


def _comparable(path: str) -> str:
    """Return the path or URL with the spellings that Protego tells apart made one: RFC 9309, 2.2.2.

    In a query a slash and its escape are equal; a percent sign that escapes nothing is an escaped one.
    """
    head, mark, query = _STRAY_PERCENT.sub("%25", path).partition("?")
    return head + mark + _ESCAPED_SLASH.sub("/", query)


def _groups(lines: Iterable[tuple[str, str]]) -> Iterator[tuple[frozenset[str], tuple[str, ...]]]:
    """Yield each group of the file: its agents in lower case and its Disallow values."""
    agents: list[str] = []
    rules: list[str] = []
    in_rules = False
    for name, value in lines:
        if name == "user-agent":
            if in_rules:
                yield frozenset(agents), tuple(rules)
                agents, rules, in_rules = [], [], False
            agents.append(value.lower())
        elif name != "sitemap":
            in_rules = True
            if name == "disallow" and value:
                rules.append(value)
    yield frozenset(agents), tuple(rules)


def robots_url(url: str) -> str:
    """Return where the robots.txt stands that rules over a URL: same scheme, host and port (RFC 9309, 2.3)."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/robots.txt"


def product_token(user_agent: str) -> str:
    """Return the token that robots.txt groups name, out of a whole User-Agent; `*` if there is none.

    >>> product_token("Mozilla/5.0 (compatible; ExampleBot/2.1; +https://example.org/bot)")
    'ExampleBot'
    >>> product_token("article-scraper/0.1 (+https://example.org/bot)")
    'article-scraper'
    """
    match = re.search(r"compatible;\s*([A-Za-z_][\w-]*)", user_agent) or re.match(r"\s*([A-Za-z_][\w-]*)", user_agent)
    return match[1] if match else "*"
