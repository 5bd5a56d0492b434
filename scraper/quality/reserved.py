"""Whether a publisher reserves the use of a page. Applied only where the operator asks for it (`rights = "skip"`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from scraper.model import Article, Rejected, Rights
from scraper.quality.rejecting import reject_article

_RESERVED: Final = "rights_reserved"
_RESERVING: Final = frozenset({"noindex", "none", "noarchive", "noai"})
RESERVED_REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {_RESERVED: 'The publisher reserves the use of the page, and the configuration heeds that (`rights = "skip"`).'}
)


def reservation(rights: Rights) -> str | None:
    """Return what reserves the page's use (`noai`, `tdm-reservation: 1`), or None.

    >>> reservation(Rights(robots_meta="max-snippet:-1, NoAI"))
    'noai'
    """
    if rights.tdm_reservation == 1:
        return "tdm-reservation: 1"
    said = f"{rights.robots_meta or ''},{rights.x_robots_tag or ''}".lower()
    return next((word for word in re.split(r"[\s,;:]+", said) if word in _RESERVING), None)


def judge_rights(article: Article) -> Rejected | None:
    """Return None for an article that may be used, else the rejection that names the reservation."""
    reserved = reservation(article.rights)
    if reserved is None:
        return None
    return reject_article(article, _RESERVED, reserved)
