"""Where a Draft came from, and what the record says of it: the fetch, the rights declared, what read the page. Pure."""

from __future__ import annotations

import msgspec

from scraper.model import ExtractorInfo, Fetch, Page, Rights, Value


class Source(Value, frozen=True, kw_only=True):
    """Where a Draft came from: the page, how it was decoded, and what read it."""

    page: Page
    url: str | None = None
    """The page's address, where it is another than the one it was served from: what a saved page declares."""
    charset: str | None = None
    charset_source: str | None = None
    version: str
    model: str | None = None
    site_model: str | None = None

    @property
    def address(self) -> str:
        """The page's web address, or whatever stands in its place."""
        return self.url or self.page.final_url


def rights_of(declared: Rights, page: Page) -> Rights:
    """Return what the page declares, completed by what its host declares for it.

    Source: TDM Reservation Protocol, https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240202/
    """
    if declared.tdm_reservation is not None:
        return declared
    site = page.site_rights
    return msgspec.structs.replace(
        declared, tdm_reservation=site.tdm_reservation, tdm_policy=declared.tdm_policy or site.tdm_policy
    )


def fetch_of(source: Source) -> Fetch:
    """Return how the page was fetched, and how its bytes were decoded."""
    page = source.page
    return Fetch(
        fetched_at=page.fetched_at,
        status=page.status,
        content_type=page.header("content-type"),
        charset=source.charset,
        charset_source=source.charset_source,
        bytes=len(page.body),
        redirects=len(page.redirects),
        etag=page.header("etag"),
        last_modified=page.header("last-modified"),
        source=page.source,
    )


def extractor_of(source: Source) -> ExtractorInfo:
    """Return what read the page."""
    return ExtractorInfo(name="scraper", version=source.version, model=source.model, site_model=source.site_model)
