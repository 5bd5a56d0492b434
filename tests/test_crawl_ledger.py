"""One article, several addresses: which of them becomes the record, in whatever order they arrive."""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from scraper.crawl import ledger
from scraper.crawl.ledger import Ledger
from scraper.crawl.progress import Progress
from scraper.crawl.tally import Tally
from scraper.crawl.wire import Reply
from scraper.errors import FetchError
from scraper.model import Page, Target
from scraper.sinks import JsonlSink

AT = datetime(2024, 5, 1, tzinfo=UTC)
OWN, AMP, PRINT, OTHER = (f"http://a.example/{name}" for name in ("story", "story/amp", "story?print=1", "other"))


def outcome(folder: Path, arrivals: Iterable[tuple[str, str | None]], targets: set[str]) -> tuple[list[str], list[str]]:
    """Let pages arrive as (address, canonical address or None for a failed fetch); return records and rejections.

    An empty name stands for the moment at which every source is read.
    """
    with JsonlSink(folder) as sink:
        tally = Tally(lambda: AT)
        progress = Progress(io.StringIO(), "quiet", clock=lambda: 0.0)
        book = Ledger(tally, progress, sink, is_target=targets.__contains__)
        for url, canonical in arrivals:
            target = Target(url=url, source="list")
            if not url:
                book.know_all_targets()
            elif canonical is None:
                book.settle_failed(target, FetchError("timeout", url), AT)
            else:
                page = Page(url=url, final_url=url, body=b"", fetched_at=AT)
                reply = Reply(line=msgspec.json.encode(url) + b"\n", article_id=canonical, canonical_url=canonical)
                book.settle(target, page, reply)
        book.close()
    records = [msgspec.json.decode(line) for line in (folder / "articles.jsonl").read_bytes().splitlines()]
    lines = (folder / "rejected.jsonl").read_bytes().splitlines()
    rejected = [f"{each['url']} {each['reason']}" for each in map(msgspec.json.decode, lines)]
    assert (tally.articles, tally.rejected) == (len(records), len(rejected))
    return sorted(records), sorted(rejected)


@pytest.mark.parametrize(
    ("arrivals", "targets", "expected"),
    [
        pytest.param(
            [(AMP, OWN), (OWN, OWN), (PRINT, OWN)],
            {OWN, AMP, PRINT},
            ([OWN], [f"{AMP} duplicate", f"{PRINT} duplicate"]),
            id="canonical wins",
        ),
        pytest.param(
            [(AMP, OWN), (OWN, None), (PRINT, OWN)],
            {OWN, AMP, PRINT},
            ([AMP], [f"{OWN} timeout", f"{PRINT} duplicate"]),
            id="canonical fails",
        ),
        pytest.param([(OTHER, OWN)], {OTHER}, ([OTHER], []), id="canonical is no target"),
        pytest.param([(OWN, OTHER), (OTHER, OWN)], {OWN, OTHER}, ([OTHER, OWN], []), id="each names the other"),
        pytest.param([(AMP, OWN), (OWN, OTHER)], {OWN, AMP}, ([OWN, AMP], []), id="canonical is another article"),
    ],
)
def test_outcome_is_the_same_in_every_order(
    tmp_path: Path,
    arrivals: list[tuple[str, str | None]],
    targets: set[str],
    expected: tuple[list[str], list[str]],
) -> None:
    """Whichever address comes first, and whenever the sources end, the same one is the record; none is lost."""
    for number, order in enumerate(itertools.permutations([*arrivals, ("", None)])):
        found = outcome(tmp_path / str(number), order, targets)
        if len(arrivals) == 3 and expected[0] == [AMP]:  # two copies without their original: the first one counts
            found = ([AMP], [line.replace(AMP, PRINT) for line in found[1]]) if found[0] == [PRINT] else found
        assert found == expected, order


def test_no_more_is_held_than_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When very many wait for an address that is yet to come, the longest waiting is written; none is lost."""
    monkeypatch.setattr(ledger, "MAX_HELD", 2)
    arrivals = [(f"http://a.example/{number}/amp", f"http://a.example/{number}") for number in range(5)]
    with JsonlSink(tmp_path) as sink:
        progress = Progress(io.StringIO(), "quiet", clock=lambda: 0.0)
        tally = Tally(lambda: AT)
        book = Ledger(tally, progress, sink, is_target=lambda _: True)
        for url, own in arrivals:
            page = Page(url=url, final_url=url, body=b"", fetched_at=AT)
            book.settle(Target(url=url, source="list"), page, Reply(line=b"1\n", article_id=own, canonical_url=own))
        assert tally.articles == 3
        book.close()
        assert tally.articles == 5
