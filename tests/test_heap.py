"""What a long page took goes back to the system."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys

import pytest

from scraper.crawl import heap

_LONG = 20 << 20
_HELD = f"""
import os, sys
from pathlib import Path
from scraper.crawl.heap import give_memory_back

def held():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

if sys.argv[1] == "frugal":
    give_memory_back()
before = held()
for _ in range(2):  # with the first, glibc raises its bounds: the second comes from the heap, and stays there
    page = b"x" * {_LONG}
    del page
    pin = [bytes(4096) for _ in range(100)]
print(held() - before)
"""

needs_glibc = pytest.mark.skipif(
    not sys.platform.startswith("linux") or not hasattr(ctypes.CDLL(None), "mallopt"), reason="this is of glibc"
)


def held_after(mode: str, **environ: str) -> int:
    """Return the bytes that a process holds after two long pages."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    ran = subprocess.run(
        [sys.executable, "-c", _HELD, mode], capture_output=True, text=True, check=True, env=clean | environ
    )
    return int(ran.stdout)


@needs_glibc
def test_memory_of_a_long_page_goes_back() -> None:
    assert held_after("as it is") > _LONG // 2, "glibc has changed: the module may not be needed any more"
    assert held_after("frugal") < _LONG // 4


@needs_glibc
def test_what_the_operator_set_stands() -> None:
    assert held_after("frugal", MALLOC_MMAP_THRESHOLD_=str(1 << 30), MALLOC_TRIM_THRESHOLD_=str(1 << 30)) > _LONG // 2


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heap.ctypes, "CDLL", lambda _: object())
    heap.give_memory_back()
