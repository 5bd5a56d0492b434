"""The cyclic collector rests while a page is read, and is left as it was found."""

from __future__ import annotations

import gc

import pytest

from scraper import extract
from scraper.pipeline import collector_paused


def test_collector_is_paused_and_left_as_found() -> None:
    """Inside it rests, nested pauses do not wake it early, afterwards it runs; where it was off it stays off."""
    with collector_paused():
        with collector_paused():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
    gc.disable()
    try:
        extract("<p>A story of a few words.</p>")
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_collector_runs_again_after_an_error() -> None:
    """An exception inside does not leave it off."""
    with pytest.raises(ZeroDivisionError), collector_paused():
        raise ZeroDivisionError
    assert gc.isenabled()


def test_pages_leave_no_garbage_behind() -> None:
    """What a page leaves in cycles is small: memory does not grow from page to page while the collector rests."""
    html = "<article>" + "<p>The <b>bridge</b> was opened by the mayor on Monday.</p>" * 200 + "</article>"
    extract(html)
    gc.collect()
    gc.disable()
    try:
        before = len(gc.get_objects())
        for _ in range(3):
            extract(html)
        assert len(gc.get_objects()) - before < 1_000
    finally:
        gc.enable()
