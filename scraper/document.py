"""A page decoded and parsed, once: what every extractor reads from."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Final
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from scraper.model import Page, WarningCode
from scraper.web.charset import Decoded, decode_body
from scraper.web.jsonld import JsonLd, parse_jsonld
from scraper.web.markup import guard_html
from scraper.web.urls import host_of, is_home, resolve_url

_MAX_CHARS: Final = 12_000_000
_SNIFFED_CHARS: Final = 100_000
NO_URL: Final = "about:blank"
"""The address of a page of which nobody gave one."""
_TAG: Final = re.compile(
    r"<(?:!doctype|html|head|title|body|frameset|script|style|link|meta|main|section|article|div|p|a|span|h[1-6]|ul|ol|li"
    r"|table|form|img|center|font|pre|br)\b",
    re.I,
)

_ASSETS: Final = frozenset(
    ("stylesheet", "preload", "prefetch", "modulepreload", "preconnect", "dns-prefetch", "icon", "shortcut",
     "apple-touch-icon", "apple-touch-icon-precomposed", "mask-icon", "manifest", "pingback", "edituri", "wlwmanifest"),
)  # fmt: skip
"""Relations of what a page is made with; most link elements have one of these."""
_DECLARING: Final = 'meta,link[rel][href],base[href],script[type*="ld+json"],[itemprop~="author"],a[rel~="author"]'
"""Elements that tell of the page. Looked for all at once: a search goes through the whole tree."""


class Document:
    """One page: its text, tree, meta elements and JSON-LD, each computed when first asked for.

    Never fails: undecodable bytes are replaced and counted, an empty page has an empty tree.
    """

    def __init__(self, page: Page, decoded: Decoded) -> None:
        self.page = page
        self.decoded = decoded
        self.text = decoded.text[:_MAX_CHARS]
        self.truncated = len(decoded.text) > _MAX_CHARS
        self._resolved: dict[str, str | None] = {}

    @classmethod
    def from_page(cls, page: Page) -> Document:
        """Decode a page by the standard's order of evidence."""
        return cls(page, decode_body(page.body, page.header("content-type")))

    @classmethod
    def from_text(cls, text: str, page: Page) -> Document:
        """Take a page whose text is already decoded."""
        return cls(page, Decoded(text=text, charset="utf-8", source="utf8"))

    @cached_property
    def url(self) -> str:
        """The address the page was finally served from; of one that was not, such as a saved file, what it declares.

        Without either the page's own, whatever its scheme; about:blank for one that cannot be taken apart.
        """
        try:
            urlsplit(self.page.final_url)
        except ValueError:
            return self.declared_url or NO_URL
        return self.page.final_url if host_of(self.page.final_url) else self.declared_url or self.page.final_url

    @cached_property
    def declared_url(self) -> str | None:
        """The web address that the page calls its own: the first of canonical and og:url that is whole, no home page.

        A front page's address on a story is a template's mistake, and would be that of all stories.
        """
        if self.is_plain:
            return None
        base = self._declared_base or NO_URL
        rel = (node.attributes.get("href") for node in self.tree.css('link[rel~="canonical" i][href]'))
        urls = (resolve_url(base, href) for href in (*rel, *self.meta.get("og:url", ())) if href)
        return next((url for url in urls if url and not is_home(url)), None)

    @cached_property
    def is_plain(self) -> bool:
        """Whether this is text without markup, such as the dump of a page."""
        media = (self.page.header("content-type") or "").partition(";")[0].strip().lower()
        return media == "text/plain" or (media in {"", "text/html"} and not _TAG.search(self.text, 0, _SNIFFED_CHARS))

    @cached_property
    def tree(self) -> LexborHTMLParser:
        """The parsed page; what would stall the parser is cut, and told in `warnings`."""
        text, cut = self._guarded
        utf8 = None if cut or self.truncated else self.decoded.utf8
        return LexborHTMLParser(utf8 or text)  # of a string the parser makes bytes first

    @cached_property
    def _guarded(self) -> tuple[str, tuple[WarningCode, ...]]:
        return guard_html(self.text)

    @cached_property
    def declaring(self) -> list[tuple[str, LexborNode, dict[str, str | None]]]:
        """(tag, node, attributes) of the meta, link, base and ld+json elements and of those named author, in order."""
        found = {node.mem_id: node for node in self.tree.css(_DECLARING)}  # one comes for each selector it answers to
        return [(node.tag or "", node, node.attributes) for node in found.values()]

    @property
    def warnings(self) -> tuple[WarningCode, ...]:
        """What was cut from the page before it was parsed."""
        cut: tuple[WarningCode, ...] = ("page_truncated",) if self.truncated else ()
        return cut if self.is_plain else (*cut, *self._guarded[1])

    @cached_property
    def root(self) -> LexborNode | None:
        """The body, or the outermost element of a page without one; None for an empty page."""
        return self.tree.body or self.tree.root

    @cached_property
    def meta(self) -> dict[str, tuple[str, ...]]:
        """Contents of the meta elements by lower-case name, property or itemprop, in order."""
        found: dict[str, list[str]] = {}
        for tag, _, attributes in self.declaring:
            content = attributes.get("content") if tag == "meta" else None
            if not content or not content.strip():
                continue
            for key in ("name", "property", "itemprop", "http-equiv"):
                if name := attributes.get(key):
                    found.setdefault(name.strip().lower(), []).append(content.strip())
        return {name: tuple(values) for name, values in found.items()}

    def first_meta(self, *names: str) -> tuple[str, str] | None:
        """Return (name, content) of the first of these meta names that the page has."""
        return next(((name, self.meta[name][0]) for name in names if name in self.meta), None)

    @cached_property
    def links(self) -> tuple[tuple[frozenset[str], str, dict[str, str | None]], ...]:
        """The head's link elements that lead to pages: (rel words, absolute href, attributes)."""
        found = []
        for tag, _, attributes in self.declaring:
            words = frozenset((attributes.get("rel") or "").lower().split()) if tag == "link" else _ASSETS
            if not words <= _ASSETS and (href := self.resolve(attributes.get("href"))):
                found.append((words, href, attributes))
        return tuple(found)

    @cached_property
    def json_ld(self) -> JsonLd:
        """All JSON-LD of the page."""
        scripts = [
            node for tag, node, a in self.declaring if tag == "script" and "ld+json" in (a.get("type") or "").lower()
        ]
        return parse_jsonld(script.text() or "" for script in scripts)

    @cached_property
    def title_tag(self) -> str | None:
        """Text of the title element in the head, white space collapsed."""
        node = self.tree.css_first("head title") or self.tree.css_first("title")
        return " ".join(node.text().split()) or None if node else None

    @cached_property
    def base_url(self) -> str:
        """What relative links are relative to."""
        declared = self._declared_base
        return (resolve_url(self.url, declared) if declared else None) or self.url

    @cached_property
    def _declared_base(self) -> str | None:
        return next((a["href"] for tag, _, a in self.declaring if tag == "base" and "href" in a), None)

    def resolve(self, href: str | None) -> str | None:
        """Return an absolute http(s) URL for a link of this page, or None if it leads nowhere."""
        if not href:
            return None
        if href not in self._resolved:
            self._resolved[href] = resolve_url(self.base_url, href)
        return self._resolved[href]
