"""Tags: what publishing systems write into them for themselves is no topic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.normalizers.tags import clean_tags

CASES = [
    pytest.param(["Ferries", "ferries", " Port  Alder "], ["Ferries", "Port Alder"], id="each once"),
    pytest.param(["#Ferries", "#port_alder", "& Harbours"], ["Ferries", "port alder", "Harbours"], id="signs in front"),
    pytest.param(["Port_Alder", "dry_docks"], ["Port Alder", "dry docks"], id="underscores for spaces"),
    pytest.param(["_evergreen", "@desk-3", "type_news", "exclude-from-apps", "Ferries"], ["Ferries"], id="flags"),
    pytest.param(["105726154", "080a578e601f9a62", "26157981-b4f7-4929-adc1-e860c6f03636", "."], [], id="ids"),
    pytest.param(["2023", "1&1", "M&A", "U.S.", "Ines N. Falk", "Roe v. Wade"],
                 ["2023", "1&1", "M&A", "U.S.", "Ines N. Falk", "Roe v. Wade"], id="short names"),
    pytest.param(["textbelowcentergridwidth", "onecolumn", "text"], ["text"], id="layouts"),
    pytest.param(["Category: Ferries", "primary_category:Docks/Quays"], ["Ferries", "Docks/Quays"], id="keys"),
    pytest.param(["PageType: Article", "shortTitle: The ferry", "Ferries"], ["Ferries"], id="fields of a database"),
    pytest.param(["content-type: Round-up", "page_type: news", "subsection: Docks"], ["Docks"], id="kinds of page"),
    pytest.param(["Page: a", "Access: Meter", "Quote: XX:F55", "Subject: Docks"], ["Docks"], id="many fields"),
    pytest.param(["Ferry: The Return", "Docks"], ["Ferry: The Return", "Docks"], id="a title with a colon"),
    pytest.param(["sections/sweden", "topic/dry docks"], ["sweden", "dry docks"], id="folders"),
    pytest.param(["race/ethnicity", "Docks"], ["race/ethnicity", "Docks"], id="a stroke"),
    pytest.param(['" I said. When I got there', "It was late. So I left the dock"], [], id="a sentence cut at commas"),
]  # fmt: skip


@pytest.mark.parametrize(("tags", "cleaned"), CASES)
def test_tags_are_topics(tags: list[str], cleaned: list[str]) -> None:
    """Marks, ids and fields go, keys and folders are taken off, names stay as they are."""
    assert list(clean_tags(tags)) == cleaned


@given(st.lists(st.text(max_size=80), max_size=8))
def test_tags_are_total(tags: list[str]) -> None:
    """Any texts give tags that are not empty, no more than there were."""
    cleaned = clean_tags(tags)
    assert all(cleaned) and len(cleaned) <= len(tags)
