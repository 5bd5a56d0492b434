"""What holds for one host: [fetch] with the [site."..."] of the host or of the nearest domain above it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from scraper.config import FetchConfig, LoginConfig, SiteConfig, fill_in
from scraper.config.secrets import without_login
from scraper.config.settings import Policy
from scraper.config.window import Window
from scraper.errors import ConfigError
from scraper.fetchers.owner import Rule
from scraper.model import Value
from scraper.version import VERSION


class HostSettings(Value, frozen=True, kw_only=True):
    """The effective settings of one host. Secrets are filled in."""

    delay_s: float
    max_crawl_delay_s: float
    latency_factor: float
    per_host: int
    window: str
    window_zone: str
    breaker_failures: int
    connect_timeout_s: float
    read_timeout_s: float
    deadline_s: float
    max_bytes: int
    allow_downgrade: bool
    render: bool
    robots: bool
    rights: Policy
    user_agent: str
    proxy: str
    ca_file: str
    site: str = ""
    """The host of the [site."..."] that has a say; empty: none."""
    headers: tuple[tuple[str, str], ...] = ()
    cookies: tuple[tuple[str, str], ...] = ()
    login: LoginConfig | None = None

    @property
    def keeps_cookies(self) -> bool:
        return bool(self.cookies or self.login)

    def for_guests(self) -> HostSettings:
        """Return the settings without what proves who we are: headers, cookies, login."""
        return msgspec.structs.replace(self, headers=(), cookies=(), login=None)

    def rule(self, crawl_delay_s: float | None) -> Rule:
        """Return what holds for the turns of the host, given its Crawl-delay."""
        return Rule(
            delay_s=self.delay_s,
            crawl_delay_s=min(crawl_delay_s or 0.0, self.max_crawl_delay_s),
            latency_factor=self.latency_factor,
            width=self.per_host,
            window=Window.parse(self.window, self.window_zone) if self.window else None,
            breaker_failures=self.breaker_failures,
        )


_SHARED: Final = tuple(
    name
    for name in HostSettings.__struct_fields__
    if name in FetchConfig.__struct_fields__ and name not in {"user_agent", "proxy"}
)
"""Settings that are the site's if it says them, else those of [fetch]."""
_NOT_SHOWN: Final = frozenset({"site", "cookies", "headers", "login"})
_SHOWN: Final = tuple(name for name in HostSettings.__struct_fields__ if name not in _NOT_SHOWN)


class Settings:
    """Looks up the settings of hosts. Raises ConfigError where a secret they need is not in the environment."""

    def __init__(
        self, config: FetchConfig, sites: Mapping[str, SiteConfig], *, environ: Mapping[str, str] = os.environ
    ) -> None:
        self._config, self._environ = config, environ
        self._sites = {host.lower().rstrip("."): site for host, site in sites.items()}
        self._user_agent = config.user_agent or default_user_agent(config.contact)
        self._known: dict[str, HostSettings] = {}

    def of(self, host: str) -> HostSettings:
        """Return what holds for the host."""
        host = host.lower().rstrip(".")
        name = self._site_name(host)
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = self._settings(name, self._sites.get(name, SiteConfig()))
        return found

    def any_renders(self) -> bool:
        """Tell whether the pages of some host are built in a browser."""
        return self._config.render or any(site.render for site in self._sites.values())

    def origins(self, host: str) -> dict[str, tuple[Any, str]]:
        """Return each setting of a host with where its value comes from; `headers` and the like by their names only."""
        name = self._site_name(host.lower().rstrip("."))
        site, settings, plain = self._sites.get(name, SiteConfig()), self.of(host), FetchConfig()
        shown: dict[str, tuple[Any, str]] = {}
        for key in _SHOWN:
            if getattr(site, key, None) is not None:
                place = f'[site."{name}"]'
            elif key == "user_agent" and (self._config.contact or self._config.user_agent):
                place = "[fetch]"
            else:
                place = "default" if getattr(self._config, key) == getattr(plain, key) else "[fetch]"
            shown[key] = (getattr(settings, key), place)
        shown["proxy"] = (site.proxy or self._config.proxy, shown["proxy"][1])
        for key in ("headers", "cookies"):
            if names := sorted(getattr(site, key)):
                shown[key] = (names, f'[site."{name}"]')
        if site.login is not None:
            shown["login"] = (site.login.url, f'[site."{name}"]')
        return shown

    def _site_name(self, host: str) -> str:
        return next((name for name in _with_parents(host) if name in self._sites), "")

    def _settings(self, name: str, site: SiteConfig) -> HostSettings:
        shared = {name: _first(getattr(site, name, None), getattr(self._config, name)) for name in _SHARED}
        login = site.login
        if login is not None:
            login = msgspec.structs.replace(login, fields=dict(self._filled(login.fields)))
        return HostSettings(
            **shared,
            site=name,
            user_agent=site.user_agent or self._user_agent,
            proxy=_checked_proxy(fill_in(_first(site.proxy, self._config.proxy), self._environ)),
            headers=self._filled(site.headers),
            cookies=self._filled(site.cookies),
            login=login,
        )

    def _filled(self, table: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        return tuple((name, fill_in(text, self._environ)) for name, text in table.items())


def _checked_proxy(address: str) -> str:
    """Return the address of a proxy. Raises ConfigError: out of the environment anything may come."""
    try:
        parts = urlsplit(address)
        if not address or (parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0):
            return address
    except ValueError:
        pass
    raise ConfigError(f"the proxy '{without_login(address)}' is no address such as http://proxy.example:3128.")


def default_user_agent(contact: str) -> str:
    """Return how the bot names itself, with where its owner can be reached.

    >>> default_user_agent("https://example.org/bot").endswith(" (+https://example.org/bot)")
    True
    """
    name = f"article-scraper/{VERSION}"
    return f"{name} (+{contact})" if contact else name


def _first(value: Any, otherwise: Any) -> Any:
    return otherwise if value is None else value


def _with_parents(host: str) -> Iterator[str]:
    """Yield the host, then its domains from the nearest up."""
    while host:
        yield host
        host = host.partition(".")[2]
