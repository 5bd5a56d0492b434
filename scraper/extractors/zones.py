"""What the markup itself says a part of the page is: by tag, role and the names people give to such boxes.

Names are a hint, not a verdict: a box that holds much of the page's plain text is no zone, whatever it is called
(`share-wrapper` around a whole article is a common sight).
"""

from __future__ import annotations

import re
from typing import Final, Literal

from scraper.extractors.layout import Layout
from scraper.extractors.tags import CAPTION, FOOTER, NAV

Zone = Literal[
    "", "breadcrumb", "consent", "comment", "share", "newsletter", "paywall", "bio", "tags", "caption", "byline",
    "dateline", "lead", "kicker", "ad", "related", "navigation", "footer",
]  # fmt: skip

_NAMES: Final[tuple[tuple[Zone, str], ...]] = (
    ("breadcrumb", r"bread-?_?crumbs?\w*|crumbs?|trail|you-?are-?here"),
    ("consent", r"cookie[\w-]*|consent[\w-]*|gdpr[\w-]*|onetrust[\w-]*|didomi[\w-]*|ccpa[\w-]*|cmp-\w+"),
    ("comment", r"comments?|comment-?(?:s|list|section|area|form|body|box|thread)s?|disqus\w*|respond|commentlist"),
    ("newsletter", r"[\w-]*newsletter[\w-]*|[\w-]*sign-?up[\w-]*|subscribe[\w-]*|mc_embed\w*|optin\w*|opt-in[\w-]*"),
    ("share", r"[\w-]*shar(?:e|ing)[\w-]*|[\w-]*social[\w-]*|addtoany\w*|addthis\w*|follow-?us|sharedaddy"),
    ("paywall", r"[\w-]*paywall[\w-]*|regwall[\w-]*|piano-[\w-]+|subscriber-only|premium-?wall"),
    ("bio", r"[\w-]*(?:author|writer|contributor)[-_]?(?:bio|box|info|card|profile|desc\w*|about)[\w-]*"
            r"|about-?(?:the-?)?author[\w-]*|bio|biography"),
    ("tags", r"tags?|topics?|tag-?(?:list|cloud|links?|s)|[\w-]*(?:post|article|entry)-?(?:tags?|topics?)[\w-]*|keywords"
             r"|hashtags?|cat-links"),
    ("caption", r"[\w-]*caption[\w-]*|(?:image|photo|img|media)-?_?(?:credit|source|legend)[\w-]*|credits?"),
    ("byline", r"[\w-]*by-?_?line[\w-]*|authors?|author-?(?:name|link|s)?|[\w-]*-author|post-?author|article-?author|writer"),
    ("dateline", r"date|date-?line|[\w-]*(?:publish|posted|updated|modified)[\w-]*|[\w-]*time-?stamp[\w-]*|post-?date"
                 r"|[\w-]*(?:entry|post|article|story)[-_]{0,2}(?:meta|date|time|info)[\w-]*|pub-?date|datetime|meta"),
    ("lead", r"[\w-]*stand-?first[\w-]*|[\w-]*(?:article|post|story|entry)?[-_]*(?:dek|deck|strapline)|[\w-]*sub-?_?(?:head"
             r"(?:line)?|title)[\w-]*|(?:article|story|post|entry|page)?[-_]*(?:lead|lede|intro|excerpt|summary|abstract|chapo)"),
    ("kicker", r"[\w-]*(?:kicker|eyebrow|overline|rubric|topline)[\w-]*|dachzeile"),
    ("ad", r"ads?|ad-?(?:s|slot|unit|wrap\w*|container|block|box|banner|label|place\w*)[\w-]*|advert\w*[\w-]*|[\w-]*-ads?"
           r"|sponsor[\w-]*|promoted[\w-]*|outbrain[\w-]*|taboola[\w-]*|ob-widget\w*|adsbygoogle|dfp[\w-]*|gpt-[\w-]+"),
    ("related", r"[\w-]*related[\w-]*|[\w-]*recommend[\w-]*|[\w-]*more-?(?:on|from|stories|news|posts|articles)[\w-]*"
                r"|[\w-]*read-?(?:next|more|also)[\w-]*|[\w-]*also-?(?:like|read)[\w-]*|[\w-]*most-?(?:read|popular|viewed)[\w-]*"
                r"|[\w-]*popular[\w-]*|[\w-]*trending[\w-]*|[\w-]*latest[\w-]*|[\w-]*up-?next[\w-]*|[\w-]*similar[\w-]*"
                r"|further-?reading|onward\w*|[\w-]*recirc\w*[\w-]*|[\w-]*teasers?[\w-]*|rp4wp[\w-]*|yarpp[\w-]*"),
    ("navigation", r"nav|nav-?(?:bar|igation|menu|links)[\w-]*|[\w-]*-nav|menu|[\w-]*-menu|pagination|pager|skip-?(?:link|to)[\w-]*"
                   r"|toolbar|masthead|site-?header|page-?header-?nav"),
    ("footer", r"footer|(?:site|page|global|main)-?footer[\w-]*|colophon|copyright|legal"),
)  # fmt: skip
_NAMED: Final = re.compile(
    r"(?:^|(?<=\s))(?:" + "|".join(f"(?P<{zone}>{names})" for zone, names in _NAMES) + r")(?=\s|$)"
)
_STRONG: Final = frozenset({"breadcrumb", "consent", "comment", "share", "newsletter", "paywall", "ad", "caption"})
_MAX_SHARE: Final = 0.35
"""A box with more of the page's unlinked text than this is no zone. Judged on the development pages."""


def find_zones(layout: Layout) -> list[Zone]:
    """Return for each element the zone it stands in, the innermost named one; "" for none."""
    plain = _plain_chars(layout)
    limit = max(400, plain[0] * _MAX_SHARE) if plain else 0
    zones: list[Zone] = []
    names: dict[str, Zone] = {"": ""}
    for element, token in enumerate(layout.tokens):
        own = names.get(token)
        if own is None:
            own = names[token] = _zone_of(token)
        if not own:
            flags, parent = layout.flags[element], layout.parents[element]
            new = flags & ~layout.flags[parent] if parent >= 0 else flags
            own = "caption" if new & CAPTION else "navigation" if new & NAV else "footer" if new & FOOTER else ""
        if own and plain[element] > limit:
            own = ""
        above: Zone = zones[layout.parents[element]] if layout.parents[element] >= 0 else ""
        zones.append(above if not own or (above in _STRONG and own not in _STRONG) else own)
    return zones


def _zone_of(token: str) -> Zone:
    match = _NAMED.search(token)
    return match.lastgroup if match else ""  # type: ignore[return-value]


def _plain_chars(layout: Layout) -> list[int]:
    """Return for each element the characters of unlinked text in it."""
    chars = [0] * len(layout.tags)
    for run in layout.runs:
        chars[run.element] += max(0, len(run.text) - run.link_chars)
    for element in range(len(chars) - 1, 0, -1):
        chars[layout.parents[element]] += chars[element]
    return chars
