"""All behaviours, in the order in which the documentation lists them."""

from __future__ import annotations

from hostile import charsets, codings, framing, kinds, redirects, robots_files, silence, statuses, tls
from hostile.registry import BEHAVIOURS

__all__ = [
    "BEHAVIOURS", "charsets", "codings", "framing", "kinds", "redirects", "robots_files", "silence", "statuses", "tls",
]  # fmt: skip
