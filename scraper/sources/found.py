"""What a source gave: its targets, and a count of everything in it that is none."""

from __future__ import annotations

import re
from typing import Final

from scraper.model import SourceKind, Target, Value
from scraper.web.urls import resolve_url, same_site

MAX_SENTENCES: Final = 20
"""Bad entries described in full; all of them are counted."""
MAX_HINT_CHARS: Final = 1_000
_MEDIA_ENDING: Final = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|bmp|tiff?|mp3|m4a|aac|ogg|oga|opus|wav|flac|mp4|m4v|mov|avi|wmv|webm|mkv|m3u8)$",
    re.IGNORECASE,
)
_NOT_PRINTED: Final = re.compile(r"[\x00-\x1f\x7f\s]+")


class SourceResult(Value, frozen=True, kw_only=True):
    """The targets of one source in order of appearance, each address once, and what was left out."""

    targets: tuple[Target, ...] = ()
    bad: tuple[str, ...] = ()
    """One sentence for each of the first bad entries, at most MAX_SENTENCES."""
    bad_count: int = 0
    repeated: int = 0
    """Entries whose address the source had named before."""
    media_only: int = 0
    """Entries that lead to a sound, picture or film and to no page: left out."""
    other_site: int = 0
    """Entries that lead to another site: left out only if that was asked for."""


class Findings:
    """Collects the entries of one source while it is read; `result` freezes them.

    `home` is a second address that counts as the source's own site: a feed host serves the feeds of others.
    """

    def __init__(self, source: SourceKind, base: str, *, same_site_only: bool = False, home: str | None = None) -> None:
        self._source, self._base, self._home = source, base, home
        self._same_site_only = same_site_only
        self._targets: dict[str, Target] = {}
        self._bad: list[str] = []
        self.bad_count = self.repeated = self.media_only = self.other_site = 0

    def __len__(self) -> int:
        return len(self._targets)

    def add(
        self,
        href: str,
        *,
        base: str | None = None,
        title: str | None = None,
        published: str | None = None,
        modified: str | None = None,
        depth: int = 0,
    ) -> None:
        """Take one entry, or count why it is none. `base` replaces the source's address for a relative `href`."""
        url = resolve_url(base or self._base, href)
        if url is None:
            self.refuse(f"{href[:200]!r} is no http address")
        elif is_media(url):
            self.media_only += 1
        elif url in self._targets:
            self.repeated += 1
        elif self._is_own(url) or not self._same_site_only:
            self._targets[url] = Target(
                url=url,
                source=self._source,
                found_at=self._base,
                depth=depth,
                title=title,
                published=published,
                modified=modified,
            )

    def refuse(self, fact: str) -> None:
        """Count a bad entry and keep one sentence about it."""
        self.bad_count += 1
        if len(self._bad) < MAX_SENTENCES:
            self._bad.append(f"{self._base}: {fact}.")

    def result(self) -> SourceResult:
        """Return what was collected."""
        return SourceResult(
            targets=tuple(self._targets.values()),
            bad=tuple(self._bad),
            bad_count=self.bad_count,
            repeated=self.repeated,
            media_only=self.media_only,
            other_site=self.other_site,
        )

    def _is_own(self, url: str) -> bool:
        own = same_site(self._base, url) or (self._home is not None and same_site(self._home, url))
        self.other_site += not own
        return own


def is_media(url: str) -> bool:
    """Say whether the path ends like a sound, picture or film."""
    return _MEDIA_ENDING.search(url.partition("?")[0].partition("#")[0]) is not None


def clean_hint(text: str | None) -> str | None:
    """Return the text as printed, on one line and without control characters, or None if nothing is left.

    >>> clean_hint(" A\\x00 headline\\n in two lines ")
    'A headline in two lines'
    """
    return _NOT_PRINTED.sub(" ", text or "").strip()[:MAX_HINT_CHARS] or None
