"""The site of a page: its names, its domain, the address it declares. Pure and total."""

from __future__ import annotations

import re
from typing import Final

from scraper.model import Draft, Value
from scraper.normalizers.candidates import pick_first
from scraper.normalizers.text import clean_text
from scraper.normalizers.titles import clean_title, fold_name, site_keys
from scraper.web.urls import host_of, is_home, registrable_domain, resolve_url, same_site

_EDGES: Final = " -–—|»•:"
_SEPARATOR: Final = re.compile(r"\s+[-–—»•]\s+|\s*\|\s*")
_ADDRESS: Final = re.compile(r"https?://|www\.", re.I)


class Site(Value, frozen=True, kw_only=True):
    """The names under which the site appears, and the address it declares for the page."""

    domain: str | None
    name: str | None
    name_origin: str | None
    keys: tuple[str, ...]
    canonical: str | None
    canonical_origin: str | None


def resolve_site(draft: Draft, address: str) -> Site:
    """Return the names and addresses of the site of the page at `address`: the first declarations that hold."""
    domain = registrable_domain(address) if host_of(address) else None
    name, name_origin = pick_first(draft.site_name, lambda raw: clean_site_name(raw, domain))
    canonical, canonical_origin = pick_first(draft.canonical_url, lambda url: _canonical(url, address))
    declared = (clean_text(candidate.value) for candidate in draft.site_name)
    return Site(
        domain=domain,
        name=name,
        name_origin=name_origin,
        keys=site_keys(declared, domain),
        canonical=canonical,
        canonical_origin=canonical_origin,
    )


def clean_site_name(raw: str, domain: str | None) -> str | None:
    """Return the name without a claim beside it, where one part is the domain's name; None for an address.

    >>> clean_site_name("Gazette - News of the bay since 1903", "gazette.example")
    'Gazette'
    >>> clean_site_name("Bay Star - The bay's paper since 1903", "thebaystar.example")
    'Bay Star'
    """
    text = clean_title(raw, ()).strip(_EDGES)
    if not text or _ADDRESS.match(text):
        return None
    keys = {fold_name(domain), fold_name(domain.partition(".")[0])} if domain else set()
    keys |= {key.removeprefix("the") for key in keys}
    parts = _SEPARATOR.split(text)
    return next((part for part in parts if fold_name(part) in keys), text)


def _canonical(declared: str, address: str) -> str | None:
    """Return the declared address if it is one of this site and no mere home page of another page."""
    url = resolve_url(address, declared)
    if url is None or not same_site(url, address):
        return None
    return None if is_home(url) and not is_home(address) else url


def refused_canonical(draft: Draft, address: str) -> str | None:
    """Return the first address declared that is of another site; None if nobody knows the page's own."""
    if host_of(address) is None:
        return None
    urls = (resolve_url(address, candidate.value) for candidate in draft.canonical_url)
    return next((url for url in urls if url and not same_site(url, address)), None)
