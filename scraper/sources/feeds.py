"""RSS, Atom and JSON Feed -> Targets."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any, Final

import feedparser
import msgspec

from scraper.errors import SourceError
from scraper.sources.found import Findings, SourceResult, clean_hint
from scraper.sources.repair import cut_after, cut_unfinished, drop_controls, escape_ampersands, inflate, narrow
from scraper.web.urls import resolve_url

MAX_FEED_BYTES: Final = 5_000_000
"""Larger feeds are read up to here: the parser takes about a second for a megabyte of hostile markup."""
MAX_FEED_TAGS: Final = 250_000
"""And up to here: its time goes with the tags."""
_BOM: Final = b"\xef\xbb\xbf"
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")
# What a parser of many formats is known to raise on rubbish; our own mistakes of these kinds are in no call below it.
_PARSER_ERRORS: Final = (ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)


class JsonItem(msgspec.Struct, frozen=True, kw_only=True):
    """What we read of an item. Source: https://www.jsonfeed.org/version/1.1/ (Items)"""

    url: str | None = None
    external_url: str | None = None
    id: str | int | float | None = None
    title: str | None = None
    date_published: str | None = None
    date_modified: str | None = None
    attachments: list[Any] | None = None


def parse_feed(body: bytes, url: str, *, same_site_only: bool = False) -> SourceResult:
    """Return the entries of an RSS 0.9x, 1.0, 2.0, Atom or JSON feed, in order.

    A broken entry is counted and the rest goes on; a truncated feed gives its complete entries. Dates and titles
    are hints as printed. Relative addresses are resolved against xml:base and `url`. With `same_site_only`, entries
    on neither the site of `url` nor the one the feed calls its own are left out.

    Raises SourceError if `body` is no feed.
    """
    inflated = inflate(body)
    plain = narrow(inflated.body).removeprefix(_BOM).lstrip()
    is_json = plain[:1] == b"{"
    kept = plain if is_json else cut_after(plain[:MAX_FEED_BYTES], b"<", MAX_FEED_TAGS)
    findings = _read_json(kept, url, same_site_only) if is_json else _read_xml(kept, url, same_site_only)
    if inflated.problem is not None:
        findings.refuse(inflated.problem)
    if len(kept) < len(plain):
        findings.refuse("it is larger than a feed may be, so only the beginning was read")
    return findings.result()


def _read_xml(body: bytes, url: str, same_site_only: bool) -> Findings:
    whole, truncated = cut_unfinished(drop_controls(body), ("item", "entry"))
    feed = _parse_xml(escape_ampersands(whole), url)
    home = _text(feed.feed, "link")
    findings = Findings("feed", url, same_site_only=same_site_only, home=resolve_url(url, home) if home else None)
    for number, entry in enumerate(feed.entries, start=1):
        _add_entry(findings, entry, number, is_rss=str(feed.get("version")).startswith("rss"))
    if truncated:
        findings.refuse("the feed ends in the middle of an entry")
    return findings


def _parse_xml(body: bytes, url: str) -> Any:
    try:
        # A stream, because bytes are first tried as the name of a file.
        feed = feedparser.parse(
            io.BytesIO(body),
            sanitize_html=False,
            resolve_relative_uris=False,
            response_headers={"content-location": url},
        )
    except _PARSER_ERRORS as error:
        raise SourceError(f"{url} cannot be read as a feed ({type(error).__name__}).") from error
    if not feed.get("version") and not feed.entries:
        raise SourceError(f"{url} is no RSS, Atom or JSON feed.")
    return feed


def _add_entry(findings: Findings, entry: Mapping[str, Any], number: int, *, is_rss: bool) -> None:
    title = clean_hint(_TAG.sub("", _text(entry, "title") or ""))
    href = _text(entry, "feedburner_origlink") or _text(entry, "link")
    published, updated = _text(entry, "published"), _text(entry, "updated")
    if href is None or (href == _text(entry, "id") and not href.startswith(("http://", "https://"))):
        _refuse(findings, number, title, has_media=_has_media(entry))
        return
    if is_rss and published is None:
        published, updated = updated, None  # RSS has one date; dc:date is read as `updated`
    findings.add(href, title=title, published=clean_hint(published), modified=clean_hint(updated))


def _text(entry: Mapping[str, Any], key: str) -> str | None:
    """Return what the feed itself says under this key: the parser's own look-up falls back to other keys."""
    value = dict.get(entry, key) if isinstance(entry, dict) else None
    return value.strip() or None if isinstance(value, str) else None


def _has_media(entry: Mapping[str, Any]) -> bool:
    links = entry.get("links")  # a string, where the feed has an element of that name
    named = [link for link in links if isinstance(link, dict)] if isinstance(links, list) else []
    return bool(entry.get("media_content")) or any(link.get("rel") == "enclosure" for link in named)


def _refuse(findings: Findings, number: int, title: str | None, *, has_media: bool) -> None:
    if has_media:
        findings.media_only += 1
    else:
        findings.refuse(f"entry {number} ({title or 'without title'}) has no address")


def _read_json(body: bytes, url: str, same_site_only: bool) -> Findings:
    feed = _parse_json(body, url)
    home = feed.get("home_page_url")
    own = resolve_url(url, home) if isinstance(home, str) else None
    findings = Findings("feed", url, same_site_only=same_site_only, home=own)
    for number, item in enumerate(feed["items"], start=1):
        _add_item(findings, item, number)
    return findings


def _parse_json(body: bytes, url: str) -> dict[str, Any]:
    try:
        feed = msgspec.json.decode(drop_controls(body))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SourceError(f"{url} is broken JSON: {error}.") from error
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise SourceError(f"{url} is JSON without a list of items, so it is no JSON Feed.")
    return feed


def _add_item(findings: Findings, item: object, number: int) -> None:
    try:
        read = msgspec.convert(item, JsonItem)
    except msgspec.ValidationError as error:
        findings.refuse(f"entry {number} cannot be read: {error}")
        return
    title = clean_hint(read.title)
    known = read.url or read.external_url
    named = read.id if isinstance(read.id, str) and read.id.startswith(("http://", "https://")) else None
    href = known or named
    if href is None:
        _refuse(findings, number, title, has_media=bool(read.attachments))
        return
    findings.add(href, title=title, published=clean_hint(read.date_published), modified=clean_hint(read.date_modified))
