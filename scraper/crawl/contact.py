"""Whether a crawl leaves this machine, and so must say who is behind it."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from scraper.config import Config, FetchConfig
from scraper.errors import ConfigError, FetchError
from scraper.web.urls import host_of


def is_local(url: str, fetch: FetchConfig) -> bool:
    """Tell whether fetching the address stays on this machine, or goes where the operator explicitly sends it."""
    host = host_of(url)
    if host is None or host in fetch.connect_to or "*" in fetch.connect_to:
        return True
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def has_contact(fetch: FetchConfig) -> bool:
    """Tell whether the configuration says who fetches."""
    return bool(fetch.contact.strip() or fetch.user_agent.strip())


def require_contact(config: Config) -> None:
    """Raise ConfigError if a source lies on somebody else's machine and nobody signs for the crawl."""
    addresses = (url for source in config.source for url in (source.url, *source.urls) if url)
    require_contact_for(addresses, config.fetch)


def require_contact_for(addresses: Iterable[str], fetch: FetchConfig) -> None:
    """Raise ConfigError if one of the addresses lies on somebody else's machine and nobody signs for it."""
    if has_contact(fetch):
        return
    for url in addresses:
        if not is_local(url, fetch):
            raise ConfigError(
                f"{host_of(url)} is somebody else's machine: say who you are before you fetch from it, with "
                f'contact = "https://your.example/crawler" (or a mail address) under [fetch] in the configuration.'
            )


def check_signed(url: str, fetch: FetchConfig) -> None:
    """Raise FetchError(address_refused) for an address on somebody else's machine that nobody signs for.

    A source on this machine may still name pages on others.
    """
    if not has_contact(fetch) and not is_local(url, fetch):
        raise FetchError("address_refused", url, "fetch.contact is not set")
