"""Sitemaps -> Targets: urlset, index, news, plain text, and feeds used as sitemaps.

Source: https://www.sitemaps.org/protocol.html
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any, Final, Literal

from lxml import etree

from scraper.errors import SourceError
from scraper.model import Target, Value
from scraper.sources.feeds import parse_feed
from scraper.sources.found import Findings, SourceResult, clean_hint
from scraper.sources.repair import cut_unfinished, drop_controls, escape_ampersands, inflate, narrow
from scraper.web.urls import resolve_url

SitemapKind = Literal["urls", "index", "feed", "text"]

MAX_SITEMAP_URLS: Final = 50_000
"""Addresses a sitemap may list at most; further ones are left out and said to be.

Source: https://www.sitemaps.org/protocol.html (Sitemap file requirements)
"""
_HEAD_BYTES: Final = 16_384
_BARREN_BYTES: Final = 2_000_000
_MAX_LINES: Final = 4 * MAX_SITEMAP_URLS
_COMMENT: Final = re.compile(rb"<!--.*?-->", re.DOTALL)
_ROOT: Final = re.compile(rb"<(?:[\w.-]{1,40}:)?(urlset|sitemapindex|rss|feed|rdf|html)[\s/>]", re.IGNORECASE)
_BOM: Final = b"\xef\xbb\xbf"


class SitemapResult(Value, frozen=True, kw_only=True):
    """The pages that a sitemap names and the further sitemaps it points to.

    A nested sitemap has `depth` one above the depth it was found at: a caller who keeps the addresses it has read
    and stops at a depth of its choice can follow any web of indexes.
    """

    kind: SitemapKind
    targets: tuple[Target, ...] = ()
    sitemaps: tuple[Target, ...] = ()
    """With `modified` as the index prints its lastmod; never the sitemap itself."""
    bad: tuple[str, ...] = ()
    bad_count: int = 0
    repeated: int = 0
    media_only: int = 0
    other_site: int = 0


class Row(Value, frozen=True, kw_only=True):
    """One entry of a sitemap as printed."""

    loc: str | None = None
    is_sitemap: bool = False
    lastmod: str | None = None
    published: str | None = None
    title: str | None = None


def parse_sitemap(body: bytes, url: str, *, depth: int = 0, same_site_only: bool = False) -> SitemapResult:
    """Return what a sitemap names, in order: pages, further sitemaps, and a count of what is bad in it.

    gzip is known by its first bytes, XML by its first character; entities, DTDs and the network are never used. A
    truncated file gives its complete entries. `depth` is that of this sitemap, 0 for one that nothing points to.

    Raises SourceError if `body` is no sitemap.
    """
    inflated = inflate(body)
    plain = narrow(inflated.body).removeprefix(_BOM).lstrip()
    pages = Findings("sitemap", url, same_site_only=same_site_only)
    sitemaps = Findings("sitemap", url)
    if inflated.problem is not None:
        pages.refuse(inflated.problem)
    if not plain:
        raise SourceError(f"{url} is empty, so it is no sitemap.")
    root = _root_name(plain)
    if root in {"rss", "feed", "rdf"}:
        return _result("feed", parse_feed(plain, url, same_site_only=same_site_only), SourceResult(), pages.result())
    if not plain.startswith(b"<"):
        _read_text(plain, url, pages)
        return _result("text", pages.result(), SourceResult())
    if root == "html":
        raise SourceError(f"{url} is an HTML page and no sitemap.")
    _read_xml(plain, url, pages, sitemaps, depth=depth)
    if root is None and not len(pages) and not len(sitemaps):
        raise SourceError(f"{url} is XML, but no sitemap.")
    is_index = len(sitemaps) > 0 or root == "sitemapindex"
    return _result("index" if is_index else "urls", pages.result(), sitemaps.result())


def _root_name(body: bytes) -> str | None:
    match = _ROOT.search(_COMMENT.sub(b"", body[:_HEAD_BYTES])) if body.startswith(b"<") else None
    return match[1].decode().lower() if match else None


def _read_text(body: bytes, url: str, pages: Findings) -> None:
    for number, line in enumerate(body.decode("utf-8", "replace").splitlines(), start=1):
        address = line.strip()
        if not address:
            continue
        if len(pages) >= MAX_SITEMAP_URLS or number > _MAX_LINES:
            pages.refuse(f"it lists more than {MAX_SITEMAP_URLS} addresses, and the rest was left out")
            break
        if address.startswith(("http://", "https://")):
            pages.add(address)
        else:
            pages.refuse(f"line {number} is no http address")
    if not len(pages):
        raise SourceError(f"{url} is neither XML nor a list of addresses, so it is no sitemap.")


def _read_xml(body: bytes, url: str, pages: Findings, sitemaps: Findings, *, depth: int) -> None:
    whole, truncated = cut_unfinished(drop_controls(body), ("url", "sitemap"))
    own_address = resolve_url(url, url)
    for number, row in enumerate(_rows(escape_ampersands(whole)), start=1):
        if number > MAX_SITEMAP_URLS:
            pages.refuse(f"it lists more than {MAX_SITEMAP_URLS} addresses, and the rest was left out")
            break
        if row.loc is None:
            pages.refuse(f"entry {number} has no address")
        elif not row.is_sitemap:
            pages.add(row.loc, title=row.title, published=row.published, modified=row.lastmod)
        elif resolve_url(url, row.loc) == own_address:
            pages.refuse(f"entry {number} points back at this sitemap")
        else:
            sitemaps.add(row.loc, modified=row.lastmod, depth=depth + 1)
    if truncated:
        pages.refuse("the sitemap ends in the middle of an entry")


class _Reader(io.BytesIO):
    """A body that ends where no entry has come for _BARREN_BYTES: what is no entry stays in the parser's memory."""

    _last_entry_at = 0

    def note_entry(self) -> None:
        self._last_entry_at = self.tell()

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(size) if self.tell() - self._last_entry_at <= _BARREN_BYTES else b""


def _rows(body: bytes) -> Iterator[Row]:
    """Yield the entries one by one, in constant memory; what libxml2 cannot repair ends the list."""
    reader = _Reader(body)
    events = etree.iterparse(
        reader,
        events=("end",),
        tag=("{*}url", "{*}sitemap"),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=True,
    )
    try:
        for _, element in events:
            yield _read_row(element)
            reader.note_entry()
            element.clear()
            parent = element.getparent()  # None for a root, which may still follow a comment
            while parent is not None and element.getprevious() is not None:
                del parent[0]
    except etree.XMLSyntaxError:
        return


def _read_row(element: Any) -> Row:
    own = {_local(child): child for child in reversed(element)}
    news = {_local(child): child for child in reversed(own["news"])} if "news" in own else {}
    return Row(
        loc=_text(own.get("loc")),
        is_sitemap=_local(element) == "sitemap",
        lastmod=clean_hint(_text(own.get("lastmod"))),
        published=clean_hint(_text(news.get("publication_date"))),
        title=clean_hint(_text(news.get("title"))),
    )


def _local(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _text(element: Any) -> str | None:
    return None if element is None else "".join(element.itertext()).strip() or None


def _result(
    kind: SitemapKind, pages: SourceResult, sitemaps: SourceResult, more: SourceResult | None = None
) -> SitemapResult:
    parts = (pages, sitemaps) if more is None else (pages, sitemaps, more)
    return SitemapResult(
        kind=kind,
        targets=pages.targets,
        sitemaps=sitemaps.targets,
        bad=tuple(sentence for part in parts for sentence in part.bad),
        bad_count=sum(part.bad_count for part in parts),
        repeated=sum(part.repeated for part in parts),
        media_only=sum(part.media_only for part in parts),
        other_site=pages.other_site,
    )
