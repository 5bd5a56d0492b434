"""What a long page took goes back to the system when the page is done."""

from __future__ import annotations

import ctypes
import os
from typing import Final

_BOUNDS: Final = {
    "MALLOC_TRIM_THRESHOLD_": (-1, 1 << 20),
    "MALLOC_MMAP_THRESHOLD_": (-3, 512 << 10),
    "MALLOC_ARENA_MAX": (-8, 1),
}
"""Environment variable that sets it as well -> number of the parameter, value. Source: mallopt(3)"""


def give_memory_back() -> None:
    """Tell the C library to give back what is freed at once, for as long as this process lives.

    By itself glibc raises its bounds with the first long page, and each thread gets a heap of its own, so that a crawl
    holds what its longest pages took. Nothing happens where another C library is at work; what the operator has set in
    the environment stands. To be called before the first thread is started.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return
    for variable, (parameter, value) in _BOUNDS.items():
        if variable not in os.environ:
            mallopt(ctypes.c_int(parameter), ctypes.c_int(value))
