"""Is this a text at all? Judged before anything is parsed: a picture or an archive under the name of a page."""

from __future__ import annotations

import re
from typing import Final

from scraper.document import Document
from scraper.model import Rejected

_LOOKED_AT_CHARS: Final = 8192
_MIN_RATIO: Final = 0.02
"""Packed or random bytes have about a tenth of them; text none, a damaged page a handful."""
_BINARY: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
"""Source: WHATWG MIME Sniffing, 3 (binary data byte), https://mimesniff.spec.whatwg.org/#binary-data-byte"""


def judge_document(document: Document) -> Rejected | None:
    """Return None for a text, else a rejection `binary` with its figures. Total.

    It looks at the decoded text, so that UTF-16 is no rubbish.
    """
    head = document.text[:_LOOKED_AT_CHARS]
    found = len(_BINARY.findall(head))
    if not found or found < _MIN_RATIO * len(head):
        return None
    page = document.page
    return Rejected(
        url=page.url,
        stage="document",
        reason="binary",
        detail=f"{found} of the first {len(head)} characters are control characters",
        final_url=page.final_url,
        status=page.status,
        source=page.source,
        at=page.fetched_at,
    )
