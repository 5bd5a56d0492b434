"""Hashes as the file holds them: half as long."""

from __future__ import annotations

import re
from typing import Final

_HEX: Final = re.compile(r"(?:[0-9a-f]{2})+")


def pack(text: str | None) -> bytes | str | None:
    """Return hex digits as bytes; any other text as it is.

    >>> pack("00ff"), pack("story-7")
    (b'\\x00\\xff', 'story-7')
    """
    return bytes.fromhex(text) if text and _HEX.fullmatch(text) else text


def unpack(value: bytes | str | None) -> str | None:
    """Return what was packed."""
    return value.hex() if isinstance(value, bytes) else value


def pack_text(text: str) -> str | bytes:
    """Return the text; as bytes where it holds what is no character, such as the name of a file in an odd encoding."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
    return text


def unpack_text(value: str | bytes) -> str:
    """Return what was packed."""
    return value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value


def clean_text(text: str | None) -> str | None:
    """Return a hint as it can be kept: half a surrogate pair becomes a question mark."""
    return text.encode("utf-8", "replace").decode() if text else None
