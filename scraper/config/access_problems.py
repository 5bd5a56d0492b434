"""What is wrong with how hosts are to be asked: hours, proxies, logins, secrets in the file."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from scraper.config.secrets import exposed_secrets, without_login
from scraper.config.settings import Config, FetchConfig, SiteConfig
from scraper.config.window import Window


def access_problems(config: Config) -> Iterator[str]:
    """Yield every problem, one sentence each."""
    sections = {"fetch": config.fetch} | {f'site."{host}"': site for host, site in config.site.items()}
    for name, section in sections.items():
        yield from (f"[{name}] {problem}" for problem in _section_problems(section, config.fetch))
    if (webhook := config.output.webhook) and not _has_host(webhook, {"http", "https"}):
        yield f"[output] webhook is '{without_login(webhook)}', which is no address such as https://ops.example/crawl."
    for place in exposed_secrets(config):
        yield f"{place} holds a secret: set a variable of the environment, and write its name as ${{NAME}} here."


def _section_problems(section: FetchConfig | SiteConfig, fetch: FetchConfig) -> Iterator[str]:
    if section.window:
        try:
            Window.parse(section.window, section.window_zone or fetch.window_zone)
        except ValueError as error:
            yield f"window: {error}."
    if section.proxy and not _has_host(section.proxy, {"http", "https"}):
        yield f"proxy is '{without_login(section.proxy)}', which is no address such as http://proxy.example:3128."
    if isinstance(section, SiteConfig) and section.login and not _has_host(section.login.url, {"http", "https"}):
        yield f"login.url is '{section.login.url}', which is no address of a page."


def _has_host(url: str, schemes: set[str]) -> bool:
    if url.startswith("${"):
        return True
    try:
        parts = urlsplit(url)
        return parts.scheme in schemes and bool(parts.hostname)
    except ValueError:
        return False
