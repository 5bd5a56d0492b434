"""What holds for one host: [fetch] with the [site."..."] of the host or of the nearest domain above it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scraper.config import FetchConfig, SiteConfig
from scraper.model import Value
from scraper.version import VERSION


class HostSettings(Value, frozen=True, kw_only=True):
    """The effective settings of one host."""

    delay_s: float
    per_host: int
    robots: bool
    user_agent: str
    headers: tuple[tuple[str, str], ...] = ()


class Settings:
    """Looks up the settings of hosts."""

    def __init__(self, config: FetchConfig, sites: Mapping[str, SiteConfig]) -> None:
        self._config = config
        self._sites = {host.lower().rstrip("."): site for host, site in sites.items()}
        self._user_agent = config.user_agent or default_user_agent(config.contact)

    def of(self, host: str) -> HostSettings:
        """Return what holds for the host."""
        site = next((self._sites[name] for name in _with_parents(host) if name in self._sites), SiteConfig())
        config = self._config
        return HostSettings(
            delay_s=config.delay_s if site.delay_s is None else site.delay_s,
            per_host=config.per_host if site.per_host is None else site.per_host,
            robots=config.robots if site.robots is None else site.robots,
            user_agent=site.user_agent or self._user_agent,
            headers=tuple(site.headers.items()),
        )


def default_user_agent(contact: str) -> str:
    """Return how the bot names itself, with where its owner can be reached.

    >>> default_user_agent("https://example.org/bot").endswith(" (+https://example.org/bot)")
    True
    """
    name = f"article-scraper/{VERSION}"
    return f"{name} (+{contact})" if contact else name


def _with_parents(host: str) -> Iterator[str]:
    """Yield the host, then its domains from the nearest up."""
    while host:
        yield host
        host = host.partition(".")[2]
