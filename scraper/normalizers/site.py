"""The site of a page: its names, its domain, the address it declares. Pure and total."""

from __future__ import annotations

from urllib.parse import urlsplit

from scraper.model import Draft, Page, Value
from scraper.normalizers.candidates import pick_first
from scraper.normalizers.text import clean_optional, clean_text
from scraper.normalizers.titles import site_keys
from scraper.web.urls import registrable_domain, resolve_url, same_site


class Site(Value, frozen=True, kw_only=True):
    """The names under which the site appears, and the address it declares for the page."""

    domain: str | None
    name: str | None
    name_origin: str | None
    keys: tuple[str, ...]
    canonical: str | None
    canonical_origin: str | None


def resolve_site(draft: Draft, page: Page) -> Site:
    """Return the names and addresses of the page's site: the first declarations that hold."""
    domain = registrable_domain(page.final_url)
    name, name_origin = pick_first(draft.site_name, clean_optional)
    canonical, canonical_origin = pick_first(draft.canonical_url, lambda url: _canonical(url, page.final_url))
    declared = (clean_text(candidate.value) for candidate in draft.site_name)
    return Site(
        domain=domain,
        name=name,
        name_origin=name_origin,
        keys=site_keys(declared, domain),
        canonical=canonical,
        canonical_origin=canonical_origin,
    )


def _canonical(declared: str, final_url: str) -> str | None:
    """Return the declared address if it is one of this site and no mere home page of another page."""
    url = resolve_url(final_url, declared)
    if url is None or not same_site(url, final_url):
        return None
    return None if _is_home(url) and not _is_home(final_url) else url


def refused_canonical(draft: Draft, page: Page) -> str | None:
    """Return the first address declared that is of another site."""
    urls = (resolve_url(page.final_url, candidate.value) for candidate in draft.canonical_url)
    return next((url for url in urls if url and not same_site(url, page.final_url)), None)


def _is_home(url: str) -> bool:
    parts = urlsplit(url)
    return parts.path in {"", "/"} and not parts.query
