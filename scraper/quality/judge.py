"""Is this record an article? One small function a reason; each says what it saw, or None. Pure and total."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from scraper.config import QualityConfig
from scraper.model import Article, Rejected
from scraper.quality.cues import cue_in
from scraper.quality.missing import missing_page_cue
from scraper.quality.rejecting import reject_article
from scraper.web.body import count_words, spoken

Check = Callable[[Article, QualityConfig], str | None]

_MIN_LINKS: Final = 3
_LINE_WORDS: Final = 40
"""A line of boilerplate is no longer."""
_BOILERPLATE_WORDS: Final = 600
"""A longer text has something else to say."""


def judge_article(article: Article, config: QualityConfig) -> Rejected | None:
    """Return None for an article worth keeping, else the first reason of REASONS that holds, with its figures.

    >>> list(REASONS)
    ['empty_page', 'soft_404', 'consent_wall', 'not_article', 'wrong_language', 'no_title', 'paywall', 'mostly_links', \
'boilerplate', 'too_short']
    """
    for reason, check in _CHECKS.items():
        detail = check(article, config)
        if detail is not None:
            return reject_article(article, reason, detail)
    return None


def _is_empty(article: Article, config: QualityConfig) -> str | None:
    """No bytes, or nothing in them that a reader would see."""
    if article.text or article.title or article.images or article.embeds or article.removed.words:
        return None
    return f"{article.fetch.bytes} bytes"


def _is_soft_404(article: Article, config: QualityConfig) -> str | None:
    """A page that says in words that it is not there, with status 200."""
    if article.word_count >= config.stub_words:
        return None
    cue = missing_page_cue(article.title or "", article.text, article.word_count)
    return f"says {cue!r}" if cue else None


def _is_consent_wall(article: Article, config: QualityConfig) -> str | None:
    """A cookie notice, a bot check or a script notice instead of text."""
    if article.word_count >= config.stub_words:
        return None
    cue = cue_in("consent", f"{article.title or ''}\n{article.text}")
    return f"says {cue!r}" if cue else None


def _is_not_article(article: Article, config: QualityConfig) -> str | None:
    return None if article.page_type in config.page_types else article.page_type


def _is_of_wrong_language(article: Article, config: QualityConfig) -> str | None:
    """A language that the configuration does not list. What nobody knows is no reason."""
    if not config.languages or article.language is None:
        return None
    own = article.language.casefold()
    is_listed = any(f"{own}-".startswith(f"{tag.casefold()}-") for tag in config.languages)
    return None if is_listed else article.language


def _is_paywall(article: Article, config: QualityConfig) -> str | None:
    """The wall of an article that has to be paid for, and hardly a word of it."""
    if article.access != "paid" or article.word_count >= config.min_paid_words:
        return None
    return f"{article.word_count} words before the wall"


def _is_boilerplate(article: Article, config: QualityConfig) -> str | None:
    """Lines that stand on every page of a site: rights, newsletters, terms."""
    if not article.word_count or article.word_count >= _BOILERPLATE_WORDS:
        return None
    words = ((count_words(block.text), block.text) for block in spoken(article.blocks))
    said = sum(count for count, text in words if 0 < count <= _LINE_WORDS and cue_in("boilerplate", text))
    if said < config.max_boilerplate_ratio * article.word_count:
        return None
    return f"{said} of {article.word_count} words"


def _has_no_title(article: Article, config: QualityConfig) -> str | None:
    return "no candidate held" if config.require_title and not article.title else None


def _is_mostly_links(article: Article, config: QualityConfig) -> str | None:
    links = [link for block in spoken(article.blocks) for link in block.links]
    linked = sum(len(link.text) for link in links)
    if len(links) < _MIN_LINKS or not article.char_count or linked < config.max_link_ratio * article.char_count:
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
        "wrong_language": _is_of_wrong_language,
        "no_title": _has_no_title,
        "paywall": _is_paywall,
        "mostly_links": _is_mostly_links,
        "boilerplate": _is_boilerplate,
        "too_short": _is_too_short,
    }
)
REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "empty_page": "The page has no bytes, or nothing in them that a reader would see.",
        "soft_404": "The page says that it was not found, though its status is 200.",
        "consent_wall": "A cookie notice, a bot check or a demand for scripts stands in place of the text.",
        "not_article": "The page is of a kind the configuration does not ask for (quality.page_types).",
        "wrong_language": "The text is in a language that the configuration does not list (quality.languages).",
        "no_title": "No headline was found, and the configuration asks for one (quality.require_title).",
        "paywall": "The article has to be paid for, and the page shows hardly a word of it (quality.min_paid_words).",
        "mostly_links": "Most of the text's characters are links (quality.max_link_ratio).",
        "boilerplate": "Most words are of what stands on every page of a site (quality.max_boilerplate_ratio).",
        "too_short": "The text has fewer words than the configuration asks for (quality.min_words).",
    }
)
DOCUMENT_REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {"binary": "The bytes are no text: a picture, an archive or rubbish, whatever their label says."}
)
