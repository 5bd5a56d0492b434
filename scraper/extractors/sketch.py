"""The page while it is being read: its layout, and the label of each run with the reason it was given."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Final

from scraper.document import Document
from scraper.extractors.layout import Layout, Run
from scraper.extractors.structured import Structured
from scraper.extractors.zones import Zone, find_zones
from scraper.model import Label

_WORD: Final = re.compile(r"[\u0E00-\u0EFF\u3040-\u30FF\u3400-\u9FFF]|[^\W\u0E00-\u0EFF\u3040-\u30FF\u3400-\u9FFF]+")

_ASCII_WORD: Final = re.compile(r"[a-z0-9_]+")


def words_of(text: str) -> list[str]:
    """Return the lower-case words of a text; each Han, Kana or Thai character is one."""
    return (_ASCII_WORD if text.isascii() else _WORD).findall(text.lower())


def first_word(text: str) -> str | None:
    """Return the first of words_of a text, None without one."""
    match = _WORD.search(text.lower())
    return match[0] if match else None


class Sketch:
    """One page's working state. Labels are set by `mark`, each run once unless a later rule is surer."""

    def __init__(self, document: Document, structured: Structured, layout: Layout) -> None:
        self.document = document
        self.structured = structured
        self.layout = layout
        self.runs: list[Run] = layout.runs
        """The page's runs in document order."""
        self.labels: list[Label | None] = [None] * len(layout.runs)
        self.reasons: list[tuple[str, ...]] = [()] * len(layout.runs)
        self.scores: list[float] = [0.0] * len(layout.runs)
        self._body: list[int] | None = None
        self.away: dict[int, bool] = {}
        """Of the runs asked about, whether their longest link leads to another page."""
        self.headline: int | None = None
        """Index of the run that holds the headline."""

    @cached_property
    def zones(self) -> list[Zone]:
        """The zone of each element."""
        return find_zones(self.layout)

    @cached_property
    def author_names(self) -> frozenset[tuple[str, ...]]:
        """The words of each name that the metadata give for an author."""
        return frozenset(tuple(words_of(n.name)) for byline in self.structured.authors for n in byline.names)

    @cached_property
    def run_zones(self) -> list[Zone]:
        """The zone of each run."""
        zones = self.zones
        return [zones[run.element] for run in self.runs]

    def zone(self, index: int) -> Zone:
        """Return the zone of a run."""
        return self.run_zones[index]

    def mark(self, index: int, label: Label, reason: str) -> None:
        """Give a run its label."""
        if label == "body" or self.labels[index] == "body":
            self._body = None
        self.labels[index] = label
        self.reasons[index] = (*self.reasons[index], f"{label}: {reason}")

    def release(self, index: int) -> None:
        """Take a run's label away: a later rule shall find out what it is."""
        self._body = None
        self.labels[index] = None

    def marked(self, label: Label) -> list[int]:
        """Return the indices of the runs with this label, in order."""
        return self.body if label == "body" else [i for i, given in enumerate(self.labels) if given == label]

    @property
    def body(self) -> list[int]:
        """Indices of the body runs, in order. Not to be changed; a later `mark` makes a new list."""
        if self._body is None:
            self._body = [i for i, given in enumerate(self.labels) if given == "body"]
        return self._body

    @property
    def first_body(self) -> int:
        """Index of the first body run; the number of runs if there is none."""
        body = self._body or self.body
        return body[0] if body else len(self.labels)

    @property
    def last_body(self) -> int:
        """Index of the last body run, or -1."""
        body = self._body or self.body
        return body[-1] if body else -1
