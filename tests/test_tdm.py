"""scraper.web.tdm: which entry of a host's tdmrep.json speaks of an address."""

from __future__ import annotations

import json
import time

from hypothesis import given
from hypothesis import strategies as st

from scraper.model import Rights
from scraper.web.tdm import TdmRep

LOCATIONS = st.text(st.sampled_from("/ab*$?%2F#=é\u2028\n "), min_size=1, max_size=6)
PATHS = st.text(st.sampled_from("/ab$?%2F=é"), max_size=8).map(lambda path: "/" + path)


def declared(*locations: str) -> TdmRep:
    """Return a file whose entries differ in their policies."""
    rows = [{"location": each, "tdm-reservation": 1, "tdm-policy": str(at)} for at, each in enumerate(locations)]
    return TdmRep.parse(json.dumps(rows).encode())


@given(st.lists(LOCATIONS, max_size=80), PATHS)
def test_each_entry_is_asked_in_its_turn(locations: list[str], path: str) -> None:
    """Of many entries the first decides that matches where it stands alone."""
    url = "https://h.example" + path
    alone = (str(at) for at, each in enumerate(locations) if declared(each).rights_for(url) != Rights())
    assert declared(*locations).rights_for(url).tdm_policy == next(alone, None)


def test_line_that_ends_within_a_location() -> None:
    """A location with a line's end in it matches nothing, and takes no other with it."""
    rights = declared("/a\u2028Allow: /aaaa", "/a\nb", "/a")
    assert rights.rights_for("https://h.example/aaaa") == Rights(tdm_reservation=1, tdm_policy="2")


def test_many_entries_cost_little() -> None:
    """A page of a host with 1,000 entries waits for a moment, not for as many files."""
    rights = declared(*(f"/section/{at}/*.html" for at in range(1000)))
    pages = [f"https://h.example/section/{at}/story?page=1" for at in range(200)]
    start = time.process_time()
    assert {rights.rights_for(url) for url in pages} == {Rights()}
    assert rights.rights_for("https://h.example/section/999/story.html").tdm_policy == "999"
    assert time.process_time() - start < 1
