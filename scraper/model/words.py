"""The closed lists of words that values hold, and the base of all values."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Final, Literal, get_args

import msgspec
from msgspec import Meta

PageType = Literal[
    "article", "live_blog", "forum", "product", "collection", "listing", "documentation", "service", "other"
]
BlockType = Literal["heading", "paragraph", "list_item", "quote", "code", "table", "image", "embed"]
Label = Literal[
    "body",
    "heading",
    "lead",
    "byline",
    "dateline",
    "caption",
    "breadcrumb",
    "teaser",
    "ad",
    "navigation",
    "share",
    "newsletter",
    "consent",
    "comment",
    "paywall",
    "footer",
    "other",
]
Method = Literal["blocks", "trafilatura", "jsonld", "rule", "plain_text", "empty"]
Access = Literal["free", "metered", "paid", "unknown"]
SourceKind = Literal["list", "feed", "sitemap", "section", "file", "command", "page"]
Stage = Literal["fetch", "document", "judge", "bug"]
WarningCode = Literal[
    "body_empty",
    "body_short",
    "body_from_jsonld",
    "body_disagrees",
    "title_missing",
    "title_disagrees",
    "date_disagrees",
    "published_from_modified",
    "date_in_future",
    "modified_before_published",
    "authors_disagree",
    "charset_guessed",
    "replacement_characters",
    "mojibake_repaired",
    "markup_in_text",
    "jsonld_broken",
    "page_truncated",
    "too_many_nodes",
    "too_deep",
    "too_many_attributes",
    "canonical_other_site",
    "canonical_shared",
    "language_disagrees",
    "rule_missed",
    "pages_missing",
]
WARNINGS: Final[Mapping[WarningCode, str]] = MappingProxyType(
    {
        "body_empty": "No text was found.",
        "body_short": "The text has fewer than 50 words.",
        "body_from_jsonld": "The text comes from the page's JSON-LD or script data; its markup holds none.",
        "body_disagrees": "The page's JSON-LD states another body: hardly any of it is in the text.",
        "title_missing": "No headline was found.",
        "title_disagrees": "Another place gives a title that has hardly a word in common with it.",
        "date_disagrees": "Another place names a day more than one day away, or the same time in another zone.",
        "published_from_modified": "The page tells only when it was changed; `published_date` is that day.",
        "date_in_future": "The only date found lies in the future, and was not taken.",
        "modified_before_published": "The page says that it was last changed on a day before it was published.",
        "authors_disagree": "Another place names other people.",
        "charset_guessed": "Nobody named a charset that fits, so it was guessed.",
        "replacement_characters": "Characters of the text were lost in decoding (U+FFFD stands in their place).",
        "mojibake_repaired": "Letters that a wrong charset had spoilt (`cafÃ©`) were put right.",
        "markup_in_text": "Something in the text looks like a tag.",
        "jsonld_broken": "Some of the page's JSON-LD cannot be read.",
        "page_truncated": "The page is so long that only its beginning was read.",
        "too_many_nodes": "The page has so many elements that only the first ones were read.",
        "too_deep": "Elements are nested too deeply; what lies in the deepest may be missing.",
        "too_many_attributes": "A tag has so many attributes that it was read without them.",
        "canonical_other_site": "The page declares an address on another site; it was not taken.",
        "canonical_shared": "Several stories declare this one address; each is kept under its own.",
        "language_disagrees": "The declared language is not written in the script of the text.",
        "rule_missed": "A selector of the site's rule matched nothing: the site may have changed.",
        "pages_missing": "Further pages of the article are not joined here.",
    }
)
"""What each means, in a sentence."""
Count = Annotated[int, Meta(ge=0)]
Ordinal = Annotated[int, Meta(ge=1)]
LABELS: Final[tuple[Label, ...]] = get_args(Label)


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all values: immutable, compared by content."""
