"""The closed lists of words that values hold, and the base of all values."""

from __future__ import annotations

from typing import Annotated, Final, Literal, get_args

import msgspec
from msgspec import Meta

PageType = Literal[
    "article", "live_blog", "forum", "product", "collection", "listing", "documentation", "service", "other"
]
BlockType = Literal["heading", "paragraph", "list_item", "quote", "code", "table", "image", "embed", "live_entry"]
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
Stage = Literal["source", "fetch", "document", "extract", "normalize", "judge", "bug"]
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
Count = Annotated[int, Meta(ge=0)]
Ordinal = Annotated[int, Meta(ge=1)]
LABELS: Final[tuple[Label, ...]] = get_args(Label)


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all values: immutable, compared by content."""
