"""Articles as text on stdout: JSON lines, indented JSON, Markdown, plain text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, Literal

import msgspec

from scraper.model import Article

Format = Literal["jsonl", "json", "md", "text"]
_RULE: Final = "\n---\n\n"
_MARKS: Final = re.compile(r"([\\`*_\[\]<>#])")


def render(articles: Iterable[Article], form: Format, *, as_list: bool) -> Iterator[str]:
    """Yield the output piece by piece, line feeds included; `as_list` puts indented JSON into one array."""
    if form == "jsonl":
        yield from (article.to_json() + "\n" for article in articles)
    elif form == "json":
        yield from _json(articles, as_list=as_list)
    else:
        one = _markdown if form == "md" else _text
        for number, article in enumerate(articles):
            yield (_RULE if number else "") + one(article)


def _json(articles: Iterable[Article], *, as_list: bool) -> Iterator[str]:
    """Yield one array, empty if there is no article; or the one article there is, nothing if there is none."""
    if not as_list:
        yield from (_indented(article) + "\n" for article in articles)
        return
    between = "[\n"
    for article in articles:
        yield between + _indented(article)
        between = ",\n"
    yield "[]\n" if between == "[\n" else "\n]\n"


def _indented(article: Article) -> str:
    return str(msgspec.json.format(article.to_json(), indent=2))


def _markdown(article: Article) -> str:
    heading = f"# {_escaped(article.title)}\n\n" if article.title else ""
    facts = [", ".join(author.name for author in article.authors), str(article.published_date or "")]
    line = " · ".join(_escaped(fact) for fact in facts if fact)
    return heading + (f"*{line}*\n\n" if line else "") + article.markdown.strip() + "\n"


def _escaped(text: str) -> str:
    return _MARKS.sub(r"\\\1", text)


def _text(article: Article) -> str:
    return (f"{article.title}\n\n" if article.title else "") + article.text.strip() + "\n"
