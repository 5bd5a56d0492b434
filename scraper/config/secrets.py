"""Secrets stand in the environment; the configuration names them as `${NAME}`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final
from urllib.parse import urlsplit

from scraper.config.settings import Config, SiteConfig
from scraper.errors import ConfigError

_NAMED: Final = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
SECRET_HEADERS: Final = frozenset({"authorization", "proxy-authorization", "cookie"})
_SECRET_FIELD: Final = re.compile(r"pass|secret|token|pwd|kennwort|mot_?de_?passe", re.IGNORECASE)


def fill_in(text: str, environ: Mapping[str, str]) -> str:
    """Return the text with each `${NAME}` replaced, without the line end that a file of a secret ends with.

    Raises ConfigError for a name that is not set, or holds control characters: no request could carry them.

    >>> fill_in("Bearer ${PRESS_TOKEN}", {"PRESS_TOKEN": "abc"})
    'Bearer abc'
    """

    def value(match: re.Match[str]) -> str:
        if match[1] not in environ:
            raise ConfigError(f"the configuration names ${{{match[1]}}}, which the environment does not set.")
        found = environ[match[1]].rstrip("\r\n")
        if not found.isprintable():
            raise ConfigError(f"${{{match[1]}}}, which the configuration names, holds control characters.")
        return found

    return _NAMED.sub(value, text)


def names_in(config: Config) -> frozenset[str]:
    """Return the environment variables that a configuration names."""
    return frozenset(name for _, text in _texts(config) for name in _NAMED.findall(text))


def require_secrets(config: Config, environ: Mapping[str, str]) -> None:
    """Raise ConfigError, naming them, if the environment lacks variables that the configuration needs.

    Also for one that holds what cannot be sent.
    """
    missing = ", ".join(f"${{{name}}}" for name in sorted(names_in(config) - set(environ)))
    if missing:
        raise ConfigError(f"the configuration needs {missing}, which the environment does not set.")
    for name in sorted(names_in(config)):
        fill_in(f"${{{name}}}", environ)


def exposed_secrets(config: Config) -> Iterator[str]:
    """Yield where a secret is written in the file itself."""
    for where, text in _texts(config):
        if text and not _NAMED.search(text) and _is_secret(where, text):
            yield where


def without_login(url: str) -> str:
    """Return an address as it may be shown: without the name and password before its host.

    >>> without_login("http://me:secret@proxy.example:3128")
    'http://...@proxy.example:3128'
    """
    return re.sub(r"(^|//)[^/?#]*@", r"\1...@", url, count=1)


def _is_secret(where: str, text: str) -> bool:
    name = where.rpartition(".")[2]
    if ".login.fields." in where:
        return bool(_SECRET_FIELD.search(name))
    if ".headers." in where:
        return name.lower() in SECRET_HEADERS
    return name == "proxy" and bool(_password(text))


def _password(url: str) -> str | None:
    try:
        return urlsplit(url).password
    except ValueError:
        return None


def _texts(config: Config) -> Iterator[tuple[str, str]]:
    """Yield every text in which a secret may be named, with its place in the file."""
    yield "fetch.proxy", config.fetch.proxy
    yield "output.webhook", config.output.webhook
    for host, site in config.site.items():
        for place, text in _site_texts(site):
            yield f'site."{host}".{place}', text


def _site_texts(site: SiteConfig) -> Iterator[tuple[str, str]]:
    yield "proxy", site.proxy or ""
    for kind, table in (("headers", site.headers), ("cookies", site.cookies)):
        for name, text in table.items():
            yield f"{kind}.{name}", text
    for name, text in site.login.fields.items() if site.login else ():
        yield f"login.fields.{name}", text
