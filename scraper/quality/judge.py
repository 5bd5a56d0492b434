"""Is this record an article? One small function a reason; each says what it saw, or None. Pure and total."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from scraper.config import QualityConfig
from scraper.model import Article, Rejected
from scraper.quality.cues import cue_in
from scraper.quality.missing import missing_page_cue

Check = Callable[[Article, QualityConfig], str | None]

_STUB_WORDS: Final = 150
"""A message that stands instead of an article is shorter than this."""
_LINK_RATIO: Final = 0.7
_MIN_LINKS: Final = 3


def judge_article(article: Article, config: QualityConfig) -> Rejected | None:
    """Return None for an article worth keeping, else the first reason of REASONS that holds, with its figures.

    >>> list(REASONS)
    ['empty_page', 'soft_404', 'consent_wall', 'not_article', 'no_title', 'mostly_links', 'too_short']
    """
    for reason, check in _CHECKS.items():
        detail = check(article, config)
        if detail is not None:
            return Rejected(
                url=article.url,
                stage="judge",
                reason=reason,
                detail=detail,
                final_url=article.final_url,
                status=article.fetch.status,
                page_type=article.page_type,
                source=article.fetch.source,
                at=article.fetch.fetched_at,
            )
    return None


def _is_empty(article: Article, config: QualityConfig) -> str | None:
    """No bytes, or nothing in them that a reader would see."""
    if article.text or article.title or article.images or article.embeds or article.removed.words:
        return None
    return f"{article.fetch.bytes} bytes"


def _is_soft_404(article: Article, config: QualityConfig) -> str | None:
    """A page that says in words that it is not there, with status 200."""
    if article.word_count >= _STUB_WORDS:
        return None
    cue = missing_page_cue(article.title or "", article.text, article.word_count)
    return f"says {cue!r}" if cue else None


def _is_consent_wall(article: Article, config: QualityConfig) -> str | None:
    """A cookie notice, a bot check or a script notice instead of text."""
    if article.word_count >= _STUB_WORDS:
        return None
    cue = cue_in("consent", f"{article.title or ''}\n{article.text}")
    return f"says {cue!r}" if cue else None


def _is_not_article(article: Article, config: QualityConfig) -> str | None:
    return None if article.page_type in config.page_types else article.page_type


def _has_no_title(article: Article, config: QualityConfig) -> str | None:
    return "no candidate held" if config.require_title and not article.title else None


def _is_mostly_links(article: Article, config: QualityConfig) -> str | None:
    links = [link for block in article.blocks for link in block.links]
    linked = sum(len(link.text) for link in links)
    if len(links) < _MIN_LINKS or not article.char_count or linked < _LINK_RATIO * article.char_count:
        return None
    return f"{linked} of {article.char_count} characters in {len(links)} links"


def _is_too_short(article: Article, config: QualityConfig) -> str | None:
    return f"{article.word_count} words" if article.word_count < config.min_words else None


_CHECKS: Final[Mapping[str, Check]] = MappingProxyType(
    {
        "empty_page": _is_empty,
        "soft_404": _is_soft_404,
        "consent_wall": _is_consent_wall,
        "not_article": _is_not_article,
        "no_title": _has_no_title,
        "mostly_links": _is_mostly_links,
        "too_short": _is_too_short,
    }
)
REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "empty_page": "The page has no bytes, or nothing in them that a reader would see.",
        "soft_404": "The page says that it was not found, though its status is 200.",
        "consent_wall": "A cookie notice, a bot check or a demand for scripts stands in place of the text.",
        "not_article": "The page is of a kind the configuration does not ask for (quality.page_types).",
        "no_title": "No headline was found, and the configuration asks for one (quality.require_title).",
        "mostly_links": "At least 70 % of the text's characters are links.",
        "too_short": "The text has fewer words than the configuration asks for (quality.min_words).",
    }
)
DOCUMENT_REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {"binary": "The bytes are no text: a picture, an archive or rubbish, whatever their label says."}
)
