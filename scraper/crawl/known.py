"""Is this article new, a revision of one, unchanged, or another address's? Against all that was ever written."""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from scraper.config import CrawlConfig
from scraper.crawl.wire import Gist
from scraper.frontier import ArticleRow, Frontier, Lease, changed_fields
from scraper.model import Value
from scraper.normalizers.minhash import similarity

_SAME_STORY: Final = 0.5
"""Two pages that claim one canonical address are one article if their texts are at least so much alike."""
_SOFT_404: Final = 0.9


class Verdict(Value, frozen=True, kw_only=True):
    """What an article is, beside what is known."""

    kind: Literal["new", "revision", "unchanged", "duplicate", "soft_404"]
    article_id: str
    """Its own, or for a duplicate that of the article it repeats."""
    detail: str = ""
    has_own_id: bool = False
    """The id is of the address it was fetched from: the canonical one belongs to another story."""
    keeps_id: bool = False
    """The page now declares another address as its own; the article is the one it was."""
    revision: int = 1
    previous_hash: str | None = None
    changed_fields: tuple[str, ...] = ()


class Known:
    """Judges articles by the frontier, and remembers them there."""

    def __init__(self, frontier: Frontier, config: CrawlConfig) -> None:
        self._frontier, self._config = frontier, config

    def judge(self, lease: Lease, gist: Gist) -> Verdict:
        """Return what an article is. Nothing is remembered by that."""
        if self._is_soft_404(lease.host, gist):
            return Verdict(kind="soft_404", article_id=gist.article_id)
        before = self._frontier.articles.get(gist.article_id)
        has_own_id = keeps_id = False
        if before is None and lease.article_id is not None:
            before = self._frontier.articles.get(lease.article_id)
            if before is not None and before.url_key == lease.key:
                gist, keeps_id = msgspec.structs.replace(gist, article_id=before.article_id), True
            else:
                before = None
        if before is not None and before.url_key != lease.key and not self._is_same_story(gist):
            gist = msgspec.structs.replace(gist, article_id=gist.own_id)
            before, has_own_id = self._frontier.articles.get(gist.article_id), True
        if before is None:
            return self._unless_known_text(lease, gist, has_own_id)
        if before.url_key != lease.key:
            detail = "another address gave the same article"
            return Verdict(kind="duplicate", article_id=gist.article_id, detail=detail)
        found = self._compared(before, lease, gist, has_own_id)
        return msgspec.structs.replace(found, keeps_id=keeps_id)

    def remember(self, lease: Lease, gist: Gist, found: Verdict, now: float) -> None:
        """Remember an article that was written."""
        before = self._frontier.articles.get(found.article_id)
        self._frontier.articles.put(
            ArticleRow(
                article_id=found.article_id,
                revision=found.revision,
                content_hash=gist.content_hash,
                fields=gist.fields,
                url_key=lease.key,
                first_seen=before.first_seen if before else now,
                last_changed=now,
            )
        )
        if gist.signature:
            self._frontier.near.put(found.article_id, gist.signature)

    def _compared(self, before: ArticleRow, lease: Lease, gist: Gist, has_own_id: bool) -> Verdict:
        found = _next_revision(before, lease, gist)
        if not found.changed_fields:
            return Verdict(kind="unchanged", article_id=before.article_id)
        return msgspec.structs.replace(found, has_own_id=has_own_id)

    def _unless_known_text(self, lease: Lease, gist: Gist, has_own_id: bool) -> Verdict:
        same = self._frontier.articles.same_content(gist.content_hash)
        if same is not None:
            return Verdict(kind="duplicate", article_id=same, detail="the same title and text")
        nearest = self._nearest(gist) if self._config.near_duplicates else None
        if nearest is not None:
            return Verdict(kind="duplicate", article_id=nearest[0], detail=f"{nearest[1]:.0%} of the text is the same")
        return self._unless_forgotten(lease, gist, has_own_id)

    def _unless_forgotten(self, lease: Lease, gist: Gist, has_own_id: bool) -> Verdict:
        """Return an article as new; one that was forgotten as its own next revision, whether it has changed or not."""
        past = self._frontier.articles.forgotten(gist.article_id, lease.key)
        if past is None:
            return Verdict(kind="new", article_id=gist.article_id, has_own_id=has_own_id)
        found = _next_revision(past, lease, gist)
        keeps_id = past.article_id != gist.article_id
        return msgspec.structs.replace(found, has_own_id=has_own_id and not keeps_id, keeps_id=keeps_id)

    def _nearest(self, gist: Gist) -> tuple[str, float] | None:
        if not gist.signature:
            return None
        found = [
            (similarity(gist.signature, each.signature), each) for each in self._frontier.near.find(gist.signature)
        ]
        likeness, nearest = max(found, key=lambda pair: pair[0], default=(0.0, None))
        if nearest is None or likeness < self._config.near_ratio:
            return None
        return nearest.article_id, likeness

    def _is_same_story(self, gist: Gist) -> bool:
        """Tell whether a text is near enough to that of the article with its id."""
        known = self._frontier.near.signature(gist.article_id)
        return known is None or similarity(gist.signature, known) >= _SAME_STORY

    def _is_soft_404(self, host: str, gist: Gist) -> bool:
        probe = self._frontier.hosts.load(host).probe
        return bool(probe) and similarity(gist.signature, probe or b"") >= _SOFT_404


def _next_revision(before: ArticleRow, lease: Lease, gist: Gist) -> Verdict:
    return Verdict(
        kind="revision",
        article_id=before.article_id,
        revision=before.revision + 1,
        previous_hash=before.content_hash,
        changed_fields=changed_fields(before, _row(lease, gist)),
    )


def _row(lease: Lease, gist: Gist) -> ArticleRow:
    return ArticleRow(
        article_id=gist.article_id,
        content_hash=gist.content_hash,
        fields=gist.fields,
        url_key=lease.key,
        first_seen=0.0,
        last_changed=0.0,
    )
