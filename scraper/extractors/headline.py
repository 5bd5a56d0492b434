"""Which run is the headline, and what the title is: the visible page and the metadata confirm each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from scraper.extractors.cues import is_cue
from scraper.extractors.sketch import Sketch, first_word, words_of
from scraper.model import Candidate, PageType
from scraper.web.jsonld import types_of

_MIN_WORDS: Final = 3
_MAX_CHARS: Final = 300
_PARTS: Final = re.compile(r"\s*[|｜»›·•]\s*|\s+[-–—:/]\s+")
"""What stands between the name of a page and that of its site."""
_NAMED_IN_HEAD: Final[frozenset[PageType]] = frozenset({"service", "listing", "collection"})
_AGREES: Final = 0.6
"""Share of common words from which two titles mean the same. Judged on the development pages."""


def find_headline(sketch: Sketch) -> None:
    """Mark the headline's run, if the page shows one.

    An h1 that the metadata confirms wins; else the heading, or any short run, that repeats a title of the metadata;
    else an h1 of a word or two that such a title begins with; else the first h1 of at least three words.
    """
    titles = [c.value for c in sketch.structured.titles]
    firsts = [i for i, run in enumerate(sketch.runs) if run.kind == "heading" and run.level == 1]
    firsts = list(_without_mastheads(sketch, firsts))
    confirmed = [(agreement(sketch.runs[i].text, titles), -i) for i in firsts]
    best = max(confirmed, default=(0.0, 0))
    if best[0] >= _AGREES:
        return _settle(sketch, -best[1], "h1 confirmed by metadata")
    if (index := _repeated(sketch, titles)) is not None:
        return _settle(sketch, index, "repeats the metadata's title")
    if (index := _short(sketch, firsts, titles)) is not None:
        return _settle(sketch, index, "h1 that begins the metadata's title")
    for index in firsts:
        if len(words_of(sketch.runs[index].text)) >= _MIN_WORDS and not sketch.layout.is_hidden(
            sketch.runs[index].element
        ):
            return _settle(sketch, index, "first h1")
    return None


def _without_mastheads(sketch: Sketch, firsts: list[int]) -> Iterator[int]:
    """Yield the h1s but for the site's name: the title element's first or last words, beside a title elsewhere.

    That stands in the metadata alone, or in a heading further down: all of it, or all but an author's name behind it.
    """
    whole = words_of(sketch.document.title_tag or "")
    stated = [words_of(title.value) for title in sketch.structured.titles]
    heads = _headings_that_begin(sketch, whole)
    for index in firsts:
        name = words_of(sketch.runs[index].text)
        rest = len(whole) - len(name)
        if not name or rest <= 0:
            yield index
        elif whole[: len(name)] == name:
            if whole[len(name) :] not in stated:
                yield index
        elif whole[rest:] != name or all(last <= index for words, last in heads.items() if words <= rest):
            yield index


def _headings_that_begin(sketch: Sketch, title: list[str]) -> dict[int, int]:
    """Return where the last heading stands that is the first words of a title, by how many of them it is."""
    heads = ((words_of(run.text), index) for index, run in enumerate(sketch.runs) if run.kind == "heading")
    return {len(head): index for head, index in heads if len(head) >= _MIN_WORDS and title[: len(head)] == head}


def _short(sketch: Sketch, firsts: list[int], titles: list[str]) -> int | None:
    """Return the h1 that is all of a title before its first separator, as "Models" of "Models | Docs"."""
    heads = {
        tuple(words_of(parts[0])) for title in titles if len(parts := _PARTS.split(title[:_MAX_CHARS], maxsplit=1)) > 1
    }
    names = {tuple(words_of(candidate.value)) for candidate in sketch.structured.site_names} | {()}
    for index in firsts:
        words = tuple(words_of(sketch.runs[index].text))
        if words in heads - names and not sketch.layout.is_hidden(sketch.runs[index].element):
            return index
    return None


def title_candidates(sketch: Sketch, kind: PageType = "article") -> tuple[Candidate, ...]:
    """Return titles, the best first: what readers see as the headline, where it is sure, then the metadata's.

    On a company's page, or a list, an h1 that no title of the metadata confirms is a slogan ("Row further. Rest more.")
    or the head of one of its parts: the name of such a page is what its title element begins with.
    """
    headlines = _headlines(sketch)
    if kind in _NAMED_IN_HEAD and not _is_confirmed(sketch):
        return (*_names_in_head(sketch), *headlines)
    return headlines


def _names_in_head(sketch: Sketch) -> Iterator[Candidate]:
    """Yield the first part of the title element, then all of it, lest that part be the site's name."""
    tag = sketch.document.title_tag or ""
    first = _PARTS.split(tag[:_MAX_CHARS], maxsplit=1)[0]
    if first and not is_cue("home", first):
        yield Candidate(value=first, origin="title")
        yield Candidate(value=tag, origin="title")


def _is_confirmed(sketch: Sketch) -> bool:
    if sketch.headline is None:
        return False
    return agreement(sketch.runs[sketch.headline].text, [c.value for c in sketch.structured.titles]) >= _AGREES


def _headlines(sketch: Sketch) -> tuple[Candidate, ...]:
    stated = sketch.structured.titles
    if sketch.headline is None:
        return stated
    run = sketch.runs[sketch.headline]
    shown = Candidate(value=run.text, origin="dom.h1" if run.level == 1 else "dom")
    for candidate in stated:
        if _is_tail(candidate.value, run.text):  # a kicker stands inside the h1
            return (candidate, shown, *stated)
    if _is_site_name(sketch, run.text) or _outvoted(sketch, run.text):
        return (*stated, shown)
    return (shown, *stated)


def slogans(sketch: Sketch, titles: tuple[Candidate, ...]) -> Iterator[Candidate]:
    """Yield the headline that the page shows, where its title is the one in the head."""
    if sketch.headline is not None and titles and titles[0].origin == "title":
        run = sketch.runs[sketch.headline]
        yield Candidate(value=run.text, origin="dom.h1" if run.level == 1 else "dom")


def _is_site_name(sketch: Sketch, text: str) -> bool:
    """Whether an h1 is the masthead's."""
    return bool(sketch.structured.titles) and any(
        words_of(text) == words_of(c.value) for c in sketch.structured.site_names
    )


def _outvoted(sketch: Sketch, text: str) -> bool:
    """Whether a news page states one headline twice, for machines and for sharing, and shows another."""
    by_origin = {c.origin: words_of(c.value) for c in reversed(sketch.structured.titles)}
    headline, shared = by_origin.get("jsonld.headline", []), by_origin.get("meta.og:title", [])
    news = any(kind.endswith("NewsArticle") for kind in types_of(sketch.structured.node))
    return news and len(headline) >= _MIN_WORDS and shared[: len(headline)] == headline and words_of(text) != headline


def agreement(text: str, titles: list[str]) -> float:
    """Return the best word overlap of a text with one of these titles, 0 to 1, as a share of the shorter one."""
    own = words_of(text)
    if not own:
        return 0.0
    best = 0.0
    for title in titles:
        other = words_of(title)
        common = len(set(own) & set(other))
        shorter = min(len(set(own)), len(set(other)))
        dense = len(own) > len(text.split()) * 2  # letters count as words: few of them say little
        if dense and shorter * 3 < max(len(set(own)), len(set(other))):
            continue
        if shorter and (shorter >= _MIN_WORDS or own == other or (len(own) > 1 and other[: len(own)] == own)):
            best = max(best, common / shorter)
    return best


def _settle(sketch: Sketch, index: int, reason: str) -> None:
    sketch.headline = index
    sketch.mark(index, "heading", reason)


def _repeated(sketch: Sketch, titles: list[str]) -> int | None:
    """Return the first short run, headings before others, that is wholly contained in a title or contains it."""
    wanted = [words for t in titles if len(words := words_of(t)) >= _MIN_WORDS]
    firsts = {words[0] for words in wanted}
    found: list[tuple[bool, int]] = []
    for index, run in enumerate(sketch.runs):
        if len(run.text) > _MAX_CHARS or first_word(run.text) not in firsts:
            continue
        if sketch.zone(index) in {"breadcrumb", "navigation", "footer", "related"}:
            continue
        words = words_of(run.text)
        if len(words) >= _MIN_WORDS and any(_starts(t, words) for t in wanted):
            found.append((run.kind != "heading", index))
    return min(found, default=(False, None))[1]


def _starts(title: list[str], words: list[str]) -> bool:
    """Whether these words are the title or its beginning: at least two thirds of it, the rest being the site's name."""
    return title[: len(words)] == words and len(words) * 3 >= len(title) * 2


def _is_tail(title: str, shown: str) -> bool:
    stated, seen = words_of(title), words_of(shown)
    return len(seen) > len(stated) >= _MIN_WORDS and seen[-len(stated) :] == stated and len(seen) - len(stated) <= 6
