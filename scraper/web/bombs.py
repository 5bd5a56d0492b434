"""How far a compressed body may swell before it is no document any more, but made to fill memory."""

from __future__ import annotations

from typing import Final

_FREE_BYTES: Final = 4 * 1024 * 1024
_MAX_RATIO: Final = 400
"""Bytes inflated for each packed one. Pages reach 30, tables made by machines 100, bombs 1,000."""


def is_bomb(inflated_bytes: int, *, packed_bytes: int) -> bool:
    """Tell whether so many bytes out of so few are a bomb; the first 4 MB never are."""
    return inflated_bytes > _FREE_BYTES and inflated_bytes > _MAX_RATIO * packed_bytes
