"""What the page says of itself in machine-readable form: JSON-LD, OpenGraph, meta elements, microdata.

Each function returns ranked candidates, the most trustworthy first; choosing is for those who see the page too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Final, Literal

from scraper.document import Document
from scraper.extractors.declared import (
    ARTICLE_TYPES,
    AUTHOR_META,
    MODIFIED_META,
    PUBLISHED_META,
    SECONDARY_TYPES,
    SECTION_META,
    SITE_META,
    TAG_META,
    TITLE_META,
)
from scraper.extractors.microdata import of_one_thing
from scraper.model import Byline, Candidate, Crumb, Name
from scraper.web.jsonld import Node, nodes_of, text_of, texts_of, types_of
from scraper.web.urls import same_site

_PUBLISHED_NAME: Final = re.compile(
    r"publi\w*[-_.: ]*(?:date|time|on)|(?:date|time)[-_.: ]*publi|pub[-_]?date|[:.]date$|date[-_]?issued"
)
_URL_DATE: Final = re.compile(r"[/-]((?:19|20)\d\d)[/-](0[1-9]|1[0-2])[/-](0[1-9]|[12]\d|3[01])(?=[/+_-]|$)")
_URL: Final = re.compile(r"^(?:https?:)?//|^www\.|^/", re.I)


class Structured:
    """The machine-readable part of one document, read field by field when asked."""

    def __init__(self, document: Document) -> None:
        self.document = document

    @cached_property
    def node(self) -> Node:
        """The JSON-LD node of this page's article: by type, then by address; empty if there is none."""
        nodes = [n for n in self.document.json_ld.nodes if ARTICLE_TYPES & set(types_of(n))]
        nodes = nodes or [n for n in self.document.json_ld.nodes if SECONDARY_TYPES & set(types_of(n))]
        return max(nodes, key=self._fit, default={})

    def _fit(self, node: Node) -> int:
        own = {
            self.document.url.split("?")[0].rstrip("/"),
            *(c.value.split("?")[0].rstrip("/") for c in self.canonical_url),
        }
        said = {text_of(node.get(key)) or "" for key in ("url", "@id", "mainEntityOfPage")}
        said |= {text_of(n.get("@id")) or "" for n in nodes_of(node.get("mainEntityOfPage"))}
        matches = any(s.split("#")[0].split("?")[0].rstrip("/") in own for s in said if s)
        full = sum(bool(node.get(key)) for key in ("headline", "datePublished", "author", "articleBody"))
        return 10 * matches + full + (3 if "WebPage" not in types_of(node) else 0)

    @cached_property
    def types(self) -> frozenset[str]:
        """All JSON-LD types on the page."""
        return frozenset(t for n in self.document.json_ld.nodes for t in types_of(n))

    @property
    def is_article(self) -> bool:
        """Whether the main node is an article by its type."""
        return bool(ARTICLE_TYPES & set(types_of(self.node)))

    @property
    def declares_article(self) -> bool:
        """Whether the page calls itself an article, in JSON-LD, OpenGraph or by a time of publication."""
        og = (self.document.first_meta("og:type") or ("", ""))[1].lower()
        typed = bool((ARTICLE_TYPES - {"Blog", "Review"}) & self.types)
        return typed or og == "article" or "article:published_time" in self.document.meta

    def _meta(self, *names: str) -> list[Candidate]:
        return [Candidate(value=self.document.meta[n][0], origin=f"meta.{n}") for n in names if n in self.document.meta]

    def _node(self, *keys: str) -> list[Candidate]:
        found = ((key, text_of(self.node.get(key))) for key in keys)
        return [Candidate(value=value, origin=f"jsonld.{key}") for key, value in found if value]

    @cached_property
    def titles(self) -> tuple[Candidate, ...]:
        """Headlines: the article node's, then the meta elements', then the title element's."""
        tag = self.document.title_tag
        return (
            *(self._node("headline", "name") if self.is_article or not self.node else self._node("headline")),
            *self._meta(*TITLE_META),
            *([Candidate(value=tag, origin="title")] if tag else []),
        )

    @cached_property
    def subtitles(self) -> tuple[Candidate, ...]:
        """Secondary headlines that are named as such."""
        return tuple(self._node("alternativeHeadline"))

    @cached_property
    def published(self) -> tuple[Candidate, ...]:
        """First publication, as printed."""
        others = (name for name in self.document.meta if name not in PUBLISHED_META and _PUBLISHED_NAME.search(name))
        return (
            *self._node("datePublished"),
            *self._meta(*PUBLISHED_META),
            *self._node("dateCreated", "uploadDate"),
            *self._meta(*others),
        )

    @cached_property
    def url_dates(self) -> tuple[Candidate, ...]:
        """The day that stands in the address, /2024/05/17/ or 2024-05-17: the last resort."""
        match = _URL_DATE.search(self.document.url)
        return (Candidate(value="-".join(match.groups()), origin="url"),) if match else ()

    @cached_property
    def modified(self) -> tuple[Candidate, ...]:
        """Last change, as printed."""
        return (*self._node("dateModified"), *self._meta(*MODIFIED_META))

    @cached_property
    def sections(self) -> tuple[Candidate, ...]:
        """Section or category."""
        return (*self._node("articleSection"), *(c for c in self._meta(*SECTION_META) if not _URL.match(c.value)))

    @cached_property
    def site_names(self) -> tuple[Candidate, ...]:
        """The publisher's name."""
        publisher = text_of(self.node.get("publisher"))
        site = next((text_of(n.get("name")) for n in self.document.json_ld.nodes if "WebSite" in types_of(n)), None)
        named = [("meta", None), ("jsonld.publisher", publisher), ("jsonld.WebSite", site)]
        found = [Candidate(value=v, origin=o) for o, v in named if v and not _URL.match(v)]
        return (*self._meta(SITE_META[0]), *found, *self._meta(*SITE_META[1:]))

    @cached_property
    def languages(self) -> tuple[Candidate, ...]:
        """Declared languages: the article's own first, then the page's."""
        html = self.document.tree.root
        declared = (html.attributes.get("lang") or html.attributes.get("xml:lang")) if html else None
        return (
            *self._node("inLanguage"),
            *([Candidate(value=declared, origin="dom.lang")] if declared and declared.strip() else []),
            *self._meta("og:locale", "content-language", "language", "dc.language", "dcterms.language"),
        )

    @cached_property
    def canonical_url(self) -> tuple[Candidate, ...]:
        """Addresses the page calls its own."""
        rel = [href for words, href, _ in self.document.links if "canonical" in words]
        og = [url for v in self.document.meta.get("og:url", ()) if (url := self.document.resolve(v))]
        return (
            *(Candidate(value=href, origin="link.canonical") for href in rel[:1]),
            *(Candidate(value=url, origin="meta.og:url") for url in og[:1]),
        )

    @cached_property
    def tags(self) -> tuple[tuple[str, ...], str | None]:
        """Keywords and where they stood: repeated article:tag first, then the node's, then comma lists."""
        if many := self.document.meta.get("article:tag"):
            return _split_tags(many), "meta.article:tag"
        if own := texts_of(self.node.get("keywords")):
            return _split_tags(own), "jsonld.keywords"
        for name in TAG_META:
            if values := self.document.meta.get(name):
                return _split_tags(values), f"meta.{name}"
        return (), None

    @cached_property
    def authors(self) -> tuple[Byline, ...]:
        """Bylines: the article node's own author, never another node's; then meta elements; then microdata."""
        return tuple(b for b in (*self._node_authors(), *self._meta_authors(), *self._dom_authors()) if b.names)

    def _node_authors(self) -> Iterator[Byline]:
        items = _as_list(self.node.get("author") or self.node.get("creator"))
        yield Byline(
            names=tuple(name for item in items for name in _names_of(item, self.document.resolve)),
            origin="jsonld.author",
        )

    def _meta_authors(self) -> Iterator[Byline]:
        for name in AUTHOR_META:
            values = [v for v in self.document.meta.get(name, ()) if not _URL.match(v) and "@" not in v[:1]]
            yield Byline(
                names=tuple(Name(name=v) for v in values), origin=f"meta.{name}", raw=", ".join(values) or None
            )

    def _dom_authors(self) -> Iterator[Byline]:
        declaring = self.document.declaring
        marked = of_one_thing([node for _, node, a in declaring if "author" in (a.get("itemprop") or "").split()])
        linked = [node for tag, node, a in declaring if tag == "a" and "author" in (a.get("rel") or "").lower().split()]
        for nodes, origin in ((marked, "microdata.author"), (linked, "dom.rel=author")):
            names = []
            for node in nodes[:6]:
                inner = node.css_first('[itemprop="name"]') or node
                text = inner.attributes.get("content") or " ".join(inner.text().split())
                if text and len(text) <= 80:
                    href = self.document.resolve(node.attributes.get("href"))
                    names.append(Name(name=text, url=href))
            yield Byline(names=tuple(dict.fromkeys(names)), origin=origin, raw=", ".join(n.name for n in names) or None)

    @cached_property
    def breadcrumbs(self) -> tuple[Crumb, ...]:
        """The BreadcrumbList's steps in order, or () without one."""
        for node in self.document.json_ld.nodes:
            lists = [node] if "BreadcrumbList" in types_of(node) else list(nodes_of(node.get("breadcrumb")))
            for trail in lists:
                if crumbs := self._crumbs(trail):
                    return crumbs
        return ()

    def _crumbs(self, trail: Node) -> tuple[Crumb, ...]:
        steps = sorted(enumerate(nodes_of(trail.get("itemListElement"))), key=_position)
        crumbs = []
        for _, step in steps:
            item = step.get("item")
            name = text_of(step.get("name")) or (text_of(item.get("name")) if isinstance(item, dict) else None)
            link = item.get("@id") or item.get("url") if isinstance(item, dict) else item
            if name:
                crumbs.append(Crumb(name=" ".join(name.split()), url=self.document.resolve(text_of(link))))
        return tuple(crumbs)

    @cached_property
    def article_body(self) -> str | None:
        """The node's articleBody, if it carries one."""
        return text_of(self.node.get("articleBody") or self.node.get("text"))

    @cached_property
    def lead_images(self) -> tuple[str, ...]:
        """Addresses of the pictures that stand for the page."""
        images = _as_list(self.node.get("image"))
        urls = [text_of(i.get("url") or i.get("contentUrl")) if isinstance(i, dict) else text_of(i) for i in images]
        urls += [*self.document.meta.get("og:image", ()), *self.document.meta.get("twitter:image", ())]
        return tuple(dict.fromkeys(full for u in urls if (full := self.document.resolve(u))))

    @cached_property
    def next_urls(self) -> tuple[str, ...]:
        """Further pages the head names with rel=next, on the same site."""
        return self._related("next")

    @property
    def prev_urls(self) -> tuple[str, ...]:
        """Pages before this one that the head names with rel=prev, on the same site."""
        return self._related("prev") or self._related("previous")

    def _related(self, word: str) -> tuple[str, ...]:
        return tuple(h for words, h, _ in self.document.links if word in words and same_site(h, self.document.url))


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _position(step: tuple[int, Node]) -> tuple[float, int]:
    try:
        return float(str(step[1].get("position"))), step[0]
    except ValueError:
        return float(step[0]), step[0]


def _names_of(item: object, resolve: Callable[[str | None], str | None]) -> Iterator[Name]:
    """Yield the names in one item: of a node its name, or each where it lists several; or a plain string."""
    if isinstance(item, dict):
        names = texts_of(item.get("name"))
        organization = any(t.endswith(("Organization", "Corporation")) for t in types_of(item))
        url = text_of(item.get("url") or item.get("sameAs"))
        person = "Person" in types_of(item)
        kind: Literal["organization", "person"] | None = (
            "organization" if organization else "person" if person else None
        )
        own_url = resolve(url) if url and _URL.match(url) and len(names) == 1 else None
        yield from (Name(name=name, url=own_url, type=kind) for name in names)
    elif (text := text_of(item)) and not _URL.match(text):
        yield Name(name=text)


def _split_tags(values: tuple[str, ...]) -> tuple[str, ...]:
    parts = values if len(values) > 1 else tuple(re.split(r"[,;|،、]", values[0]))
    return tuple(dict.fromkeys(t for p in parts if (t := " ".join(p.split())) and len(t) <= 80))[:60]
