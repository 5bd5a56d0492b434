"""Where the places of a page that tell a field differ so much that one of them must be of something else. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from scraper.model import Author, Byline, Candidate, Warned
from scraper.normalizers.authors import fold_names, read_byline
from scraper.normalizers.bylines import is_name
from scraper.normalizers.moments import Dated

_WORD: Final = re.compile(r"[\u0E00-\u0EFF\u3040-\u30FF\u3400-\u9FFF\uAC00-\uD7A3]|[^\W_]+")
_MIN_WORDS: Final = 4
_ALIKE: Final = 0.34
"""Share of the shorter title's words from which two titles are of one story: publishers reword them freely."""
_SURE: Final = ("jsonld.", "meta.", "microdata.", "dom.byline")


def other_title(title: str | None, candidates: Iterable[Candidate], clean: Callable[[str], str | None]) -> str | None:
    """Return origin and text of a title that has hardly a word in common with the one chosen, or None."""
    own = _words(title or "")
    if len(own) < _MIN_WORDS:
        return None
    for candidate in candidates:
        text = clean(candidate.value) or ""
        words = _words(text)
        if len(words) >= _MIN_WORDS and len(own & words) < _ALIKE * min(len(own), len(words)):
            return f"{candidate.origin}: {text}"
    return None


def other_authors(
    authors: Sequence[Author], bylines: Iterable[Byline], *, language: str | None, site_names: Iterable[str]
) -> str | None:
    """Return origin and names of a byline whose people share no name with the authors chosen, or None.

    Only what is declared, or stands behind "by", is held against them, and only full names are: no logins.
    """
    sites = fold_names(site_names)
    own = {word for author in authors if author.type == "person" for word in _words(author.name)}
    for byline in bylines if own else ():
        if byline.origin.startswith(_SURE) and all(own.isdisjoint(_words(name.name)) for name in byline.names):
            named = read_byline(byline, language, sites)
            people = [author.name for author in named if author.type == "person" and is_name(author.name)]
            if people:
                return f"{byline.origin}: {', '.join(people)}"
    return None


def early_change(published: Dated, modified: Dated) -> Iterator[Warned]:
    """Yield a warning where the last change lies on a day before the publication: one is of another thing."""
    if published.day is not None and modified.day is not None and modified.day < published.day:
        detail = f"{modified.origin}: {modified.day}, {published.origin}: {published.day}"
        yield Warned(code="modified_before_published", field="modified_date", detail=detail)


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))
