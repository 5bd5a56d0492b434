"""What the frontier keeps beside addresses: hosts, robots, resources, files, articles, signatures, runs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import StateError
from scraper.frontier import (
    ArticleRow,
    Figures,
    Frontier,
    HostState,
    Part,
    Resource,
    RobotsCopy,
    changed_fields,
    trusts,
)
from scraper.frontier.near import BANDS, bands_of
from scraper.frontier.packing import pack, pack_text, unpack, unpack_text
from scraper.frontier.robots import MAX_BYTES
from scraper.frontier.runs import KEPT_PER_HOST
from scraper.normalizers.minhash import minhash, similarity

KEY = b"k" * 16
FEED = "https://a.example/feed"


@pytest.fixture
def frontier(tmp_path: Path) -> Iterator[Frontier]:
    with Frontier(tmp_path) as opened:
        yield opened


def test_hosts(frontier: Frontier) -> None:
    """A state comes back as it was saved; a host never heard of is a blank one."""
    full = HostState(
        host="a.example",
        parked_until=9.5,
        strikes=3,
        latency_s=0.25,
        failures=2,
        last_ok=8,
        probe=b"\x00\x01",
        probed_at=7,
        counters={"fetched": 12, "not_modified": 3},
    )
    other = HostState(host="b.example", last_ok=1)
    frontier.hosts.save([full, other])
    assert frontier.hosts.load("a.example") == full
    assert frontier.hosts.load("b.example") == other
    assert frontier.hosts.load("c.example") == HostState(host="c.example")
    frontier.hosts.save([HostState(host="a.example")])
    assert frontier.hosts.load("a.example") == HostState(host="a.example")


def test_robots(frontier: Frontier) -> None:
    """One copy an origin, its first 500 KiB, also after it has expired."""
    body = b"User-agent: *\nDisallow: /x\n" * 30_000
    copy = RobotsCopy(origin="https://a.example:8443", status=200, body=body, fetched_at=1, expires_at=2)
    frontier.robots.put(copy)
    kept = frontier.robots.get("https://a.example:8443")
    assert kept is not None
    assert (kept.status, kept.body, kept.expires_at) == (200, body[:MAX_BYTES], 2)
    assert frontier.robots.get("https://a.example") is None
    silent = RobotsCopy(origin="https://a.example:8443", status=None, fetched_at=3, expires_at=4)
    frontier.robots.put(silent)
    assert frontier.robots.get("https://a.example:8443") == silent


def test_resources(frontier: Frontier) -> None:
    """Checks and changes are counted; a body replaces the validators, a 304 keeps them."""
    resources = frontier.resources
    assert resources.get(FEED) is None
    resources.checked(FEED, now=1, body_hash="ab" * 16, etag='"1"', last_modified="x", next_due=61)
    resources.checked(FEED, now=2, next_due=62)
    resources.checked(FEED, now=3, body_hash="ab" * 16, etag='"2"', stamped_now=True)
    last = resources.checked(FEED, now=4, body_hash="cd" * 16)
    assert last == Resource(
        url=FEED,
        fetched_at=4,
        body_hash="cd" * 16,
        checks=4,
        changes=2,
        etag=None,
        last_modified=None,
        stamped_now=True,
    )
    assert resources.get(FEED) == last


def test_trust_is_earned(frontier: Frontier) -> None:
    """Dates are followed until most of what they led to was in vain."""
    assert trusts(frontier.resources.get(FEED))
    frontier.resources.checked(FEED, now=1, body_hash="ab", stamped_now=True)
    assert not trusts(frontier.resources.get(FEED))
    frontier.resources.checked(FEED, now=1, body_hash="cd", stamped_now=False)
    for n in range(12):
        assert trusts(frontier.resources.get(FEED)) == (n < 10)
        frontier.resources.judge(FEED, useful=n == 0)
    for _ in range(3):
        frontier.resources.judge(FEED, useful=True)
    assert trusts(frontier.resources.get(FEED))


def test_parts(frontier: Frontier) -> None:
    """A file only grows, until it is published; then it stays as it is, and its name is remembered."""
    parts = frontier.parts
    parts.commit("a", "a-1.jsonl", 2, 1)
    parts.commit("a", "a-1.jsonl", 4, 2)
    assert parts.get("a", "a-1.jsonl") == Part(sink="a", file="a-1.jsonl", length=4, records=2)
    with pytest.raises(StateError, match="3 bytes cannot follow on 4"):
        parts.commit("a", "a-1.jsonl", 3, 2)
    parts.publish("a", "a-1.jsonl")
    with pytest.raises(StateError):
        parts.commit("a", "a-1.jsonl", 9, 2)
    parts.commit("r", "r.jsonl", 2, 1)
    parts.commit("a", "a-2.jsonl", 0, 0)
    assert [part.file for part in parts.all()] == ["a-1.jsonl", "a-2.jsonl", "r.jsonl"]
    assert [part.file for part in parts.all("a")] == ["a-1.jsonl", "a-2.jsonl"]
    assert [part.file for part in parts.all(published=False)] == ["a-2.jsonl", "r.jsonl"]
    assert [(part.file, part.length) for part in parts.all(published=True)] == [("a-1.jsonl", 4)]
    assert parts.all("q") == []
    assert parts.names("a", "a-2") == ["a-2.jsonl"]
    assert parts.names("a", "a") == ["a-1.jsonl", "a-2.jsonl"]
    parts.drop("a", "a-2.jsonl")
    assert parts.get("a", "a-2.jsonl") is None


def article(article_id: str = "ab" * 16, **more: object) -> ArticleRow:
    return ArticleRow(article_id=article_id, url_key=KEY, first_seen=1, last_changed=1, **more)  # type: ignore[arg-type]


def test_articles(frontier: Frontier) -> None:
    """The latest revision is kept; an equal content leads to the article that had it first."""
    first = article(content_hash="cd" * 16, fields={"title": b"12345678", "text": b"abcdefgh"})
    frontier.articles.put(first)
    frontier.articles.put(article("story-7", content_hash="cd" * 16))
    assert frontier.articles.get(first.article_id) == first
    assert frontier.articles.same_content("cd" * 16) == first.article_id
    assert frontier.articles.same_content("ef" * 16) is None
    second = article(revision=2, content_hash="ef" * 16, fields={"text": b"hgfedcba", "lead": b"12345678"})
    frontier.articles.put(second)
    assert frontier.articles.get(first.article_id) == second
    assert frontier.articles.same_content("cd" * 16) == "story-7"
    assert changed_fields(first, second) == ("lead", "text", "title")
    assert changed_fields(first, first) == ()
    assert frontier.articles.get("none") is None


def test_near(frontier: Frontier) -> None:
    """A text with a few words changed is found, the nearest first; one that was replaced no longer is."""
    words = [f"word{n * n % 997}" for n in range(400)]
    texts = {"same": words, "near": [*words[:100], "other", *words[101:]], "far": words[::-1]}
    for name, text in texts.items():
        frontier.articles.put(article(name))
        frontier.near.put(name, minhash(" ".join(text)))
    asked = minhash(" ".join(words))
    found = frontier.near.find(asked)
    assert [candidate.article_id for candidate in found] == ["same", "near"]
    assert similarity(asked, found[1].signature) > 0.9
    assert [candidate.article_id for candidate in frontier.near.find(asked, limit=1)] == ["same"]
    frontier.near.put("same", minhash(" ".join(texts["far"])))
    assert [candidate.article_id for candidate in frontier.near.find(asked)] == ["near"]
    frontier.near.put("near", b"")
    assert frontier.near.find(asked) == frontier.near.find(b"") == []
    with pytest.raises(StateError):
        frontier.near.put("unknown", asked)


@given(st.binary(max_size=300))
def test_bands(signature: bytes) -> None:
    """Sixteen 64-bit numbers of any signature that is long enough, equal for equal ones."""
    bands = bands_of(signature)
    assert len(bands) == (BANDS if len(signature) >= BANDS else 0)
    assert all(-(2**63) <= band < 2**63 for band in bands)
    assert bands == bands_of(signature)


def test_runs_and_history(frontier: Frontier) -> None:
    """Runs are numbered; of each host the latest figures are kept, the latest last."""
    for n in range(KEPT_PER_HOST + 5):
        run = frontier.runs.begin(n)
        figures = {"a.example": Figures(fetched=n, articles=n // 2, fields={"title": n}, rejected={"too_short": 1})}
        if n == 3:
            figures["b.example"] = Figures(fetched=7, text_chars=99.5, link_density=0.25)
        frontier.runs.record(run, figures)
        frontier.runs.finish(run, now=n + 0.5, exit=n % 2, figures={"articles": n})
    assert [figures.fetched for figures in frontier.runs.history("a.example", 3)] == [62, 63, 64]
    assert len(frontier.runs.history("a.example", 10**6)) == KEPT_PER_HOST
    assert frontier.runs.history("b.example") == [Figures(fetched=7, text_chars=99.5, link_density=0.25)]
    assert frontier.runs.history("c.example") == []
    killed = frontier.runs.begin(100)
    last, before = frontier.runs.last(2)
    assert (last.run, last.finished, last.figures) == (killed, None, {})
    assert (before.run, before.finished, before.exit, before.figures) == (killed - 1, 64.5, 0, {"articles": 64})


@given(st.text())
def test_packing_is_a_round_trip(text: str) -> None:
    """Any text comes back, hex digits too."""
    assert unpack_text(pack_text(text)) == text
    for one in (text, text.encode("utf-8", "surrogatepass").hex()):
        assert unpack(pack(one)) == one
    assert pack("ab" * 16) == b"\xab" * 16
