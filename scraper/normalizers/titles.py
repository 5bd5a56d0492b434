"""Headlines without the name of the site. Pure, total, idempotent."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from scraper.normalizers.text import clean_text

# What sites put between headline and name; Koreans type the vowel ㅣ for a bar. A hyphen or colon counts only with a
# space: "Spider-Man", "16:9".
_SEPARATOR: Final = re.compile(r"\s*[|｜ㅣ│»›·•]\s*|\s+[-–—~/:]+\s+|[:;]\s+|\s*(?:——|_)\s*|\s+[-–—]|[-–—]\s+")
_LOOSE: Final = re.compile(r"^(?:[|｜│]\s*|[›•·]\s+)+(?=\w)|(?:\s+[|｜│·•/~–—-])+$|[|｜│]$")
"""A separator with nothing on its other side: that part of the template was empty."""
_EDGES: Final = frozenset("|｜│›·•/~–—-")
"""What one of the two ends has to be before the pattern is tried: hardly a title's is."""
_MAX_CHARS: Final = 600
"""No headline is longer; what is longer stays as it is."""
_NOT_WORD: Final = re.compile(r"[\W_]+")
_ARTICLE: Final = re.compile(r"^(?:the|der|die|das|le|la|les|el|il|o|a)\s+", re.IGNORECASE)


def clean_title(title: str, site_names: Iterable[str]) -> str:
    """Return the headline: cleaned text without a first or last segment that is the site's name or domain.

    Only evidence counts: a segment goes if it equals one of `site_names`, letters compared without case, spaces,
    punctuation and a leading article. The last remaining segment stays, whatever it is.

    Total and idempotent.

    >>> clean_title("Phones get lighter - Tech | The Daily Example", ["Daily Example"])
    'Phones get lighter - Tech'
    """
    title = clean_text(title)
    if len(title) > _MAX_CHARS:
        return title
    keys = {key for name in site_names if (key := fold_name(name))}
    while (shorter := _without_edges(_without_site(title, keys))) != title:
        title = shorter
    return title


@lru_cache(maxsize=4_096)
def fold_name(name: str) -> str:
    """Return the letters and digits of a name for comparing: no case, punctuation, leading article or `www`.

    >>> fold_name("The Daily-Example"), fold_name("www.Example.com")
    ('dailyexample', 'examplecom')
    """
    name = clean_text(name).casefold().removeprefix("https://").removeprefix("http://").removeprefix("www.")
    return _NOT_WORD.sub("", _ARTICLE.sub("", name))


def site_keys(site_names: Iterable[str], domain: str | None) -> tuple[str, ...]:
    """Return the names a site may go by: those declared, its domain, and the domain's first label."""
    from_domain = (domain, domain.split(".")[0]) if domain else ()
    return tuple(dict.fromkeys(name for name in (*site_names, *from_domain) if name))


def _without_edges(title: str) -> str:
    return _LOOSE.sub("", title) or title if title[:1] in _EDGES or title[-1:] in _EDGES else title


def _without_site(title: str, keys: set[str]) -> str:
    cuts = list(_SEPARATOR.finditer(title))
    for cut in reversed(cuts):
        if fold_name(title[cut.end() :]) in keys and title[: cut.start()].strip():
            return title[: cut.start()].strip()
    for cut in cuts:
        if fold_name(title[: cut.start()]) in keys and title[cut.end() :].strip():
            return title[cut.end() :].strip()
    return title
