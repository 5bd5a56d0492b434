"""What a site's rule says of one page. Where it speaks it beats the model; where it is silent or misses, all stays."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

import msgspec
from selectolax.lexbor import LexborNode

from scraper.document import Document
from scraper.extractors.body import Body
from scraper.extractors.sketch import Sketch
from scraper.extractors.structured import Structured
from scraper.model import Byline, Candidate, Draft, Name, Value, Warned
from scraper.rules import Rule, Rules
from scraper.web.urls import host_of

_ORIGIN: Final = "rule"


class Ruling(Value, frozen=True, kw_only=True):
    """A rule, looked up on one page."""

    host: str | None = None
    """Of the rule, where anything of it matched."""
    body: frozenset[int] = frozenset()
    """Runs that are body; empty if the rule does not say or missed."""
    dropped: frozenset[int] = frozenset()
    """Runs that are not."""
    headline: int | None = None
    title: tuple[Candidate, ...] = ()
    authors: tuple[Byline, ...] = ()
    published: tuple[Candidate, ...] = ()
    warnings: tuple[Warned, ...] = ()


def look_up_rule(sketch: Sketch, rules: Rules | None) -> Ruling | None:
    """Return what the rule for this page gives, or None where there is none: on most pages of most crawls."""
    host = host_of(sketch.document.url) if rules is not None and rules.by_host else None
    if rules is None or host is None:
        return None
    rule = rules.find(host, _day_of(sketch.document, sketch.structured))
    return _read(sketch, rule) if rule is not None else None


def place_headline(sketch: Sketch, ruling: Ruling | None) -> bool:
    """Mark the run that the rule's title stands in as the headline; tell whether there is one."""
    if ruling is None or ruling.headline is None:
        return False
    sketch.headline = ruling.headline
    sketch.mark(ruling.headline, "heading", "the site's rule names it")
    return True


def overrule(sketch: Sketch, body: Body, ruling: Ruling) -> Body:
    """Return the body that the rule names, or the model's without what the rule drops."""
    if not ruling.body:
        kept = [taken and index not in ruling.dropped for index, taken in enumerate(body.selected)]
        return msgspec.structs.replace(body, selected=kept)
    for index in ruling.body:
        sketch.scores[index] = 1.0
    selected = [index in ruling.body for index in range(len(sketch.runs))]
    return msgspec.structs.replace(body, selected=selected, method="rule", confidence=1.0, is_article=True, stated=())


def hold_to_rule(sketch: Sketch, ruling: Ruling) -> None:
    """Bring labels back to the rule that were given by cue or shape: its word on what is body is the last."""
    for index, label in enumerate(sketch.labels):
        if index in ruling.body:
            if label != "body" and _is_overruled(sketch, index):
                sketch.mark(index, "body", "the site's rule takes it in")
        elif label == "body" and (ruling.body or index in ruling.dropped):
            sketch.mark(index, "other", "the site's rule leaves it out")


def _is_overruled(sketch: Sketch, index: int) -> bool:
    """Whether a label gives way to a rule's body: not the headline's, a caption's, an embedded post's."""
    if index == sketch.headline or sketch.labels[index] == "caption":
        return False
    posts = [media.element for media in sketch.layout.media if media.tag == "blockquote"]
    return not any(sketch.layout.within(sketch.runs[index].element, post) for post in posts)


def put_first(draft: Draft, ruling: Ruling) -> Draft:
    """Return the draft with what the rule found before all other candidates."""
    return msgspec.structs.replace(
        draft,
        title=(*ruling.title, *draft.title),
        authors=(*ruling.authors, *draft.authors),
        published=(*ruling.published, *draft.published),
        warnings=(*draft.warnings, *ruling.warnings),
        site_rule=ruling.host,
    )


def _day_of(document: Document, structured: Structured) -> date | None:
    """Return the day whose layout a page has: when it was fetched; of a file, whose time tells little, when published.

    Only a day that metadata gives in ISO 8601 counts: this is asked before anything is read off the page.
    """
    page = document.page
    fetched = page.fetched_at.date() if page.fetched_at else None
    if fetched is not None and page.source != "file":
        return fetched
    for candidate in (*structured.published, *structured.url_dates):
        try:
            return date.fromisoformat(candidate.value.strip()[:10])
        except ValueError:
            continue
    return fetched


def _read(sketch: Sketch, rule: Rule) -> Ruling:
    tree = _Tree(sketch)
    dropped = tree.runs_in(tree.all(rule.drop))
    title, authors, published = (tree.first(each) for each in (rule.title, rule.authors, rule.published))
    shown = sorted(tree.runs_in(title[:1]))
    body = tree.runs_in(tree.all(rule.body)) - dropped
    found = {
        "text": (rule.body, body), "title": (rule.title, title), "authors": (rule.authors, authors),
        "published_date": (rule.published, published),
    }  # fmt: skip
    missed = [
        Warned(code="rule_missed", field=field, detail=f"{rule.host}: {', '.join(selectors)}")
        for field, (selectors, matched) in found.items()
        if selectors and not matched
    ]
    return Ruling(
        host=rule.host if any((body, dropped, title, authors, published)) else None,
        body=body,
        dropped=dropped,
        headline=shown[0] if shown else None,
        title=_candidates(title),
        authors=_bylines(sketch.document, authors),
        published=_candidates(published),
        warnings=tuple(missed),
    )


class _Tree:
    """Selectors asked of one page, their matches as elements and runs of its layout."""

    def __init__(self, sketch: Sketch) -> None:
        self._sketch = sketch
        self._element = {node.mem_id: index for index, node in enumerate(sketch.layout.nodes)}

    def all(self, selectors: Iterable[str]) -> list[LexborNode]:
        """Return what any of these matches."""
        return [node for selector in selectors for node in self._sketch.document.tree.css(selector)]

    def first(self, selectors: Iterable[str]) -> list[LexborNode]:
        """Return what the first of these matches that matches anything with a value."""
        for selector in selectors:
            if nodes := [node for node in self.all([selector]) if _value(node)]:
                return nodes
        return []

    def runs_in(self, nodes: Iterable[LexborNode]) -> frozenset[int]:
        """Return the runs that stand in these elements."""
        found: set[int] = set()
        for node in nodes:
            if (element := self._element.get(node.mem_id)) is not None:
                inside = [i for i, run in enumerate(self._sketch.runs) if self._within(run.element, element)]
                found.update(inside or self._around(element, node))
        return frozenset(found)

    def _within(self, element: int, ancestor: int) -> bool:
        return self._sketch.layout.within(element, ancestor)

    def _around(self, element: int, node: LexborNode) -> list[int]:
        """Return the runs that an inline element holds whole: they are counted to the block around it."""
        layout, text = self._sketch.layout, " ".join(node.text().split())
        while element > 0:
            element = layout.parents[element]
            if beside := [i for i, run in enumerate(self._sketch.runs) if run.element == element]:
                return [i for i in beside if self._sketch.runs[i].text in text]
        return []


def _value(node: LexborNode) -> str:
    """Return what an element says: the machine's form where there is one, else its text."""
    attributes = node.attributes
    return " ".join((attributes.get("datetime") or attributes.get("content") or node.text()).split())


def _candidates(nodes: list[LexborNode]) -> tuple[Candidate, ...]:
    return tuple(Candidate(value=_value(node), origin=_ORIGIN) for node in nodes[:1])


def _bylines(document: Document, nodes: list[LexborNode]) -> tuple[Byline, ...]:
    names = tuple(Name(name=_value(node), url=document.resolve(_link_of(node))) for node in nodes)
    unique = tuple({name.name: name for name in reversed(names)}.values())[::-1]
    return (Byline(names=unique, origin=_ORIGIN),) if unique else ()


def _link_of(node: LexborNode) -> str | None:
    link = node if node.tag == "a" else node.css_first("a[href]")
    return link.attributes.get("href") if link is not None else None
