"""What becomes of each address: which of several is the record, what is new, changed or gone, what is due again."""

from __future__ import annotations

import io
import itertools
import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from scraper.config import CrawlConfig
from scraper.crawl import ledger
from scraper.crawl.gist import gist_of
from scraper.crawl.ledger import Ledger
from scraper.crawl.progress import Progress
from scraper.crawl.tally import Tally
from scraper.crawl.wire import Reply
from scraper.errors import FetchError, TransientError
from scraper.frontier import Frontier, HostState, Lease
from scraper.frontier.rows import UrlRow
from scraper.model import Article, Page, Rejected, Target
from scraper.pipeline import extract_article
from scraper.sinks import OutputFolder, encode_article

HOUR, DAY = 3600.0, 86_400.0
START = datetime(2024, 5, 1, tzinfo=UTC).timestamp()
SITE = "http://a.example"
FEED = f"{SITE}/feed"
OWN, AMP, PRINT, OTHER = (f"{SITE}/{name}" for name in ("story", "story/amp", "story?print=1", "other"))
VOCABULARY = [a + b + c for a in "bdfgklmnprstv" for b in ("a", "e", "i", "o", "u", "ea", "ou") for c in "lmnrst"]


@cache
def sentences(seed: str, count: int = 40) -> tuple[str, ...]:
    """Return sentences that no other seed has."""
    chance = random.Random(seed)
    return tuple(" ".join(chance.choices(VOCABULARY, k=12)).capitalize() + "." for _ in range(count))


@cache
def article(
    url: str, *, canonical: str | None = None, story: str = "story", title: str | None = None, new_words: int = 0
) -> Article:
    """Return the article on a page: the text of a story, of whose sentences the last so many are others."""
    told = sentences(story)[: 40 - new_words] + sentences(f"{story}, again")[:new_words]
    link = f'<link rel="canonical" href="{canonical}">' if canonical else ""
    text = "".join(f"<p>{sentence}</p>" for sentence in told)
    headline = title or f"The {story} is told"
    html = (
        f"<html lang='en'><head><title>{headline}</title>{link}</head>"
        f"<body><article><h1>{headline}</h1>{text}</article></body></html>"
    )
    return extract_article(html, url)


class Book:
    """A crawl's memory and output in a folder, and the ledger of one run after the other."""

    def __init__(self, folder: Path, **config: Any) -> None:
        self.folder = folder
        self.config = CrawlConfig(**config)
        self.frontier = Frontier(folder / "state")
        self.now = START
        self.run = 0
        self.begin()

    def close(self) -> None:
        self.frontier.close()

    def begin(self, after_s: float = 0.0) -> Book:
        """Begin a run so much later."""
        self.now += after_s
        self.run += 1
        moment = datetime.fromtimestamp(self.now, UTC)
        self.tally = Tally(lambda: moment)
        self.out = self.folder / f"run-{self.run}"
        self.output = OutputFolder(self.out, began=moment)
        self.ledger = Ledger(
            self.frontier,
            self.output,
            self.tally,
            Progress(io.StringIO(), "quiet", clock=lambda: 0.0),
            config=self.config,
            horizon=self.now,
            unix_now=lambda: self.now,
        )
        return self

    def add(self, urls: Iterable[str], *, modified: str | None = None, source: str = "list") -> None:
        targets = [
            Target(url=url, source=source, found_at=FEED, modified=modified)  # type: ignore[arg-type]
            for url in urls
        ]
        self.frontier.urls.add(targets, now=self.now, trust=True)

    def lease(self, url: str) -> Lease:
        """Hand out one address, of all that are due."""
        found = self.frontier.leases.lease("a.example", 10_000, run=self.run, now=self.now)
        self.frontier.leases.release(lease for lease in found if lease.target.url != url)
        return next(lease for lease in found if lease.target.url == url)

    def arrive(self, made: Article, lease: Lease | None = None, **headers: str) -> None:
        """Let a page arrive from which this article was made."""
        lease = lease or self.lease(made.url)
        self.ledger.settle(lease, self.page(lease, **headers), Reply(line=encode_article(made), gist=gist_of(made)))

    def page(self, lease: Lease, status: int = 200, **headers: str) -> Page:
        named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
        at = datetime.fromtimestamp(self.now, UTC)
        url = lease.target.url
        return Page(url=url, final_url=url, body=b"", status=status, headers=named, fetched_at=at)

    def one(self, made: Article, after_s: float = 0.0, **headers: str) -> None:
        """Let one page be all of a run."""
        self.begin(after_s)
        self.add([made.url])
        self.arrive(made, **headers)
        self.end()

    def end(self) -> None:
        self.ledger.know_all_targets()
        self.ledger.close()
        self.output.publish()

    def row(self, url: str) -> UrlRow:
        found = self.frontier.urls.known(url)
        assert found is not None
        return found

    def records(self) -> list[dict[str, Any]]:
        """Return what this run wrote, once it has ended."""
        return self._lines("articles")

    def rejected(self) -> list[dict[str, Any]]:
        return self._lines("rejected")

    def _lines(self, sink: str) -> list[dict[str, Any]]:
        return [
            msgspec.json.decode(line) for path in self.out.glob(f"{sink}-*") for line in path.read_bytes().splitlines()
        ]


@pytest.fixture
def book(tmp_path: Path) -> Iterator[Book]:
    with closing(Book(tmp_path)) as made:
        yield made


# --- several addresses of one article --------------------------------------------------------------------


def outcome(
    folder: Path, arrivals: Sequence[tuple[str, str | None]], targets: set[str], *, all_handed_out: bool
) -> tuple[list[str], list[str]]:
    """Let pages arrive as (address, canonical address or None for a failed fetch); return records and rejections.

    An empty name stands for the moment at which every source is read.
    """
    with closing(Book(folder)) as book:
        book.add(sorted(targets))
        leases = {}
        if all_handed_out:
            found = book.frontier.leases.lease("a.example", 99, run=1, now=book.now)
            leases = {lease.target.url: lease for lease in found}
        for url, canonical in arrivals:
            if not url:
                book.ledger.know_all_targets()
                continue
            lease = leases.get(url) or book.lease(url)
            if canonical is None:
                at = datetime.fromtimestamp(book.now, UTC)
                book.ledger.settle_failed(lease, TransientError("timeout", url), at)
            else:
                book.arrive(article(url, canonical=canonical, story=canonical), lease)
        book.ledger.close()
        book.output.publish()
        records = [line["url"] for line in book.records()]
        rejected = [f"{line['url']} {line['reason']}" for line in book.rejected()]
        assert (book.tally.articles, book.tally.rejected) == (len(records), len(rejected))
        counts = book.frontier.leases.counts()
        assert (counts["pending"], counts["leased"], counts["done"]) == (0, 0, len(records))
        book.frontier.close()
        return sorted(records), sorted(rejected)


@pytest.mark.parametrize("all_handed_out", [True, False], ids=["all are out", "one is out"])
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
    all_handed_out: bool,
) -> None:
    """Whichever address comes first, and whenever the sources end, the same one is the record; none is lost."""
    for number, order in enumerate(itertools.permutations([*arrivals, ("", None)])):
        found = outcome(tmp_path / str(number), order, targets, all_handed_out=all_handed_out)
        if len(arrivals) == 3 and expected[0] == [AMP]:  # two copies without their original: the first one counts
            found = ([AMP], [line.replace(AMP, PRINT) for line in found[1]]) if found[0] == [PRINT] else found
        assert found == expected, order


def test_no_more_is_held_than_fits(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """When very many wait for an address that is yet to come, the longest waiting is written; none is lost."""
    monkeypatch.setattr(ledger, "MAX_HELD", 2)
    made = [article(f"{SITE}/{n}/amp", canonical=f"{SITE}/{n}", story=f"story {n}") for n in range(5)]
    book.add(each.url for each in made)
    for each in made:
        book.arrive(each)
    assert book.tally.articles == 3
    book.end()
    assert [record["url"] for record in book.records()] == [each.url for each in made]


def test_a_copy_does_not_wait_for_an_article_that_is_known(book: Book) -> None:
    """In a later run the canonical address need not come again: its copy is told by what is remembered."""
    book.one(article(OWN))
    book.one(article(AMP, canonical=OWN), HOUR)
    assert book.records() == []
    (line,) = book.rejected()
    assert (line["reason"], line["duplicate_of"]) == ("duplicate", article(OWN).id)


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_a_copy_that_matters_more_than_its_own_address(book: Book, limit: int) -> None:
    """However few pages a run may fetch, and though the copies are news, they come again behind their own addresses."""
    old = [article(f"{SITE}/old/{n}", story=f"old {n}") for n in range(9)]
    own = [article(f"{SITE}/{n}", story=f"story {n}") for n in range(4)]
    copies = [article(f"{SITE}/amp/{n}", canonical=f"{SITE}/{n}", story=f"story {n}") for n in range(4)]
    for pages, priority in ((old, 0), (own, 0), (copies, 20)):
        targets = [Target(url=page.url, source="list") for page in pages]
        book.frontier.urls.add(targets, now=book.now, priority=priority)
    made = {page.url: page for page in (*old, *own, *copies)}
    records, repeats = set(), set()
    while any(book.row(copy.url).status == "pending" for copy in copies):
        book.begin(HOUR)
        for lease in book.frontier.leases.lease("a.example", limit, run=book.run, now=book.now):
            book.arrive(made[lease.target.url], lease)
        book.ledger.know_all_targets()
        book.ledger.close(was_stopped=True)
        book.output.publish()
        records |= {record["url"] for record in book.records()}
        repeats |= {line["url"] for line in book.rejected()}
    assert repeats == {copy.url for copy in copies}
    assert records == {page.url for page in own}, "and nothing that matters less came before them"


def test_several_stories_claim_one_address(book: Book) -> None:
    """Where every page names one and the same address as its own, each story is a record, also when they come again."""
    stories = [article(f"{SITE}/{n}", canonical=f"{SITE}/all", story=f"story {n}") for n in range(3)]
    book.add(made.url for made in stories)
    for made in stories:
        book.arrive(made)
    book.end()
    records = book.records()
    assert [record["url"] for record in records] == [made.url for made in stories]
    assert len({record["id"] for record in records}) == 3
    assert [record["canonical_url"] for record in records] == [f"{SITE}/all", None, None]
    told = {"code": "canonical_shared", "field": "canonical_url", "detail": f"{SITE}/all"}
    assert [told in record["warnings"] for record in records] == [False, True, True]
    book.begin(DAY)
    for made in stories:
        book.arrive(made)
    book.end()
    assert (book.tally.unchanged, book.records(), book.rejected()) == (3, [], [])


def test_a_story_with_an_id_of_its_own_changes(book: Book) -> None:
    """Its revision keeps that id, and still does not claim the other story's address."""
    for name in ("first", "second"):
        book.one(article(f"{SITE}/{name}", canonical=f"{SITE}/all", story=name))
    (before,) = book.records()
    book.one(article(f"{SITE}/second", canonical=f"{SITE}/all", story="second", new_words=5), DAY)
    (record,) = book.records()
    assert (record["id"], record["revision"], record["canonical_url"]) == (before["id"], 2, None)
    assert record["previous_hash"] == before["content_hash"]


# --- what is known ---------------------------------------------------------------------------------------


def test_an_article_that_comes_again_unchanged(book: Book) -> None:
    """It is no record and no rejection; what its server gave to recognise it by is the latest."""
    book.one(article(OWN), etag='"1"', last_modified="Mon, 29 Apr 2024 00:00:00 GMT")
    assert book.tally.articles == 1
    book.one(article(OWN), DAY, etag='"2"')
    assert (book.tally.unchanged, book.tally.articles, book.tally.rejected) == (1, 0, 0)
    assert (book.records(), book.rejected()) == ([], [])
    row = book.row(OWN)
    assert (row.status, row.checks, row.changes, row.etag) == ("done", 2, 1, '"2"')


def test_an_article_that_has_changed(book: Book) -> None:
    """It is written as a whole once more, as a revision that names the one before and the fields that differ."""
    first, second = article(OWN), article(OWN, new_words=5)
    third = article(OWN, new_words=5, title="Another headline")
    for made, after_s in ((first, 0.0), (second, DAY), (third, DAY)):
        book.one(made, after_s)
    (record,) = book.records()
    assert (record["id"], record["revision"], record["changed_fields"]) == (first.id, 3, ["title"])
    assert record["previous_hash"] == second.content_hash
    assert record["title"] == "Another headline"
    assert list(record) == list(Article.__struct_fields__)
    assert (book.tally.articles, book.tally.revisions, book.tally.targets) == (1, 1, 0)
    known = book.frontier.articles.get(first.id)
    assert known is not None
    assert (known.revision, known.first_seen, known.last_changed) == (3, START, START + 2 * DAY)
    row = book.row(OWN)
    assert (row.checks, row.changes, row.last_changed) == (3, 3, book.now)


def test_the_second_revision_names_the_fields(book: Book) -> None:
    """Text and headline, both changed, are both named."""
    book.one(article(OWN))
    book.one(article(OWN, new_words=3, title="Another headline"), DAY)
    (record,) = book.records()
    assert (record["revision"], record["changed_fields"]) == (2, ["text", "title"])
    assert record["previous_hash"] == article(OWN).content_hash


def test_a_forgotten_article_counts_on(book: Book) -> None:
    """It is written again though nothing has changed, as the next revision: no revision of an id comes twice."""
    first = article(OWN)
    for _ in range(2):
        book.one(first)
        assert book.frontier.forget(url=OWN).articles == 1
    (record,) = book.records()
    assert (record["id"], record["revision"], record["changed_fields"]) == (first.id, 2, [])
    assert record["previous_hash"] == first.content_hash
    assert (book.tally.articles, book.tally.revisions) == (1, 1)
    book.one(article(OWN, title="Another headline"), DAY)
    (record,) = book.records()
    assert (record["revision"], record["changed_fields"]) == (3, ["title"])
    book.one(article(OWN, title="Another headline"), DAY)
    assert (book.tally.unchanged, book.records()) == (1, [])


def test_a_forgotten_article_from_another_address_counts_on(book: Book) -> None:
    """The id goes by the address that the pages declare, whichever of them comes first."""
    book.one(article(AMP, canonical=OWN))
    book.frontier.forget(host="a.example")
    book.one(article(PRINT, canonical=OWN))
    (record,) = book.records()
    assert (record["id"], record["revision"]) == (article(OWN).id, 2)


def test_forgotten_stories_that_share_an_address_keep_their_ids(book: Book) -> None:
    """Whichever of them comes first, none becomes a revision of the other."""
    stories = [article(f"{SITE}/{name}", canonical=f"{SITE}/all", story=name) for name in ("first", "second")]
    ids = []
    for made in stories:
        book.one(made)
        ids += [record["id"] for record in book.records()]
    book.frontier.forget(host="a.example")
    again = []
    for made in reversed(stories):
        book.one(made)
        again += [(record["id"], record["revision"], record["changed_fields"]) for record in book.records()]
    assert again == [(ids[1], 2, []), (ids[0], 2, [])]


def test_what_is_forgotten_keeps_nothing_else_out(book: Book) -> None:
    """The same text at another address is no duplicate of what was forgotten, and no revision of it."""
    book.one(article(OWN))
    book.frontier.forget(url=OWN)
    book.one(article(OTHER))
    (record,) = book.records()
    assert (record["url"], record["revision"]) == (OTHER, 1)


@pytest.mark.parametrize(
    ("change", "is_revision"),
    [
        pytest.param({"breadcrumbs": ()}, False, id="breadcrumbs"),
        pytest.param({"confidence": 0.1, "method": "trafilatura"}, False, id="how it was read"),
        pytest.param({"modified_raw": "today", "modified_at": datetime(2024, 5, 2, tzinfo=UTC)}, False, id="touched"),
        pytest.param({"reading_time_min": 7, "warnings": ()}, False, id="what stands around"),
        pytest.param({"section": "Town"}, True, id="section"),
        pytest.param({"access": "paid"}, True, id="access"),
        pytest.param({"published_at": datetime(2024, 4, 2, tzinfo=UTC)}, True, id="date"),
    ],
)
def test_what_makes_a_revision(book: Book, change: dict[str, Any], is_revision: bool) -> None:
    """A better extractor, and what stands around an article, make none; a field that readers see does."""
    book.one(article(OWN))
    book.one(msgspec.structs.replace(article(OWN), **change), DAY)
    assert (book.tally.articles, book.tally.unchanged) == (int(is_revision), int(not is_revision))


@pytest.mark.parametrize(
    ("made", "config", "what"),
    [
        pytest.param(article(OTHER), {}, "the same title and text", id="equal"),
        pytest.param(article(OTHER, title="Another headline"), {}, "100% of the text is the same", id="another title"),
        pytest.param(article(OTHER, new_words=1), {"near_ratio": 0.8}, "of the text is the same", id="near"),
        pytest.param(article(OTHER, new_words=10), {}, None, id="not near enough"),
        pytest.param(article(OTHER, title="Another"), {"near_duplicates": False}, None, id="not asked for"),
        pytest.param(article(OTHER, story="quite another"), {}, None, id="another story"),
    ],
)
def test_the_text_is_known_from_another_address(
    tmp_path: Path, made: Article, config: dict[str, Any], what: str | None
) -> None:
    """An equal or nearly equal text is a duplicate of the article that had it first, also runs later."""
    with closing(Book(tmp_path, **config)) as book:
        book.one(article(OWN))
        book.one(made, DAY)
        if what is None:
            assert (book.tally.articles, book.rejected()) == (1, [])
        else:
            (line,) = book.rejected()
            assert (line["reason"], line["duplicate_of"], line["stage"]) == ("duplicate", article(OWN).id, "judge")
            assert what in line["detail"]
            assert book.row(OTHER).status == "rejected"
        book.frontier.close()


def test_texts_without_words_are_not_alike(book: Book) -> None:
    """Two picture stories have no text in common: both are records."""
    for name in ("one", "two"):
        made = article(f"{SITE}/{name}", title=name)
        book.one(msgspec.structs.replace(made, text="", content_hash=f"{name}-hash"))
        assert book.tally.articles == 1


def test_the_error_page_of_a_host(book: Book) -> None:
    """What reads like the host's page for an address that cannot exist is no article."""
    gist = gist_of(article(OTHER, story="nothing here"))
    book.frontier.hosts.save([HostState(host="a.example", probe=gist.signature, probed_at=START)])
    book.one(article(OWN, story="nothing here", title="Oops"))
    (line,) = book.rejected()
    assert (line["reason"], book.records()) == ("soft_404", [])
    book.one(article(AMP, story="something"))
    assert book.tally.articles == 1


def test_nothing_is_remembered_of_what_was_not_written(book: Book) -> None:
    """A duplicate leaves no article behind, and no signature."""
    book.one(article(OWN))
    book.one(article(OTHER, new_words=1))
    assert book.tally.rejected == 1
    assert book.frontier.articles.get(article(OTHER).id) is None
    assert len(book.frontier.near.find(gist_of(article(OWN)).signature)) == 1


# --- what cannot be read ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "status", "due_in_s"),
    [
        pytest.param(FetchError("http_status", OWN, status=404), "gone", None, id="404"),
        pytest.param(FetchError("http_status", OWN, status=410), "gone", None, id="410"),
        pytest.param(FetchError("http_status", OWN, status=403), "failed", None, id="403"),
        pytest.param(FetchError("http_status", OWN, status=500), "failed", HOUR, id="500"),
        pytest.param(TransientError("http_status", OWN, status=503), "failed", HOUR, id="503"),
        pytest.param(TransientError("timeout", OWN), "failed", HOUR, id="timeout"),
        pytest.param(TransientError("connect_failed", OWN), "failed", HOUR, id="connect_failed"),
        pytest.param(FetchError("robots_unreachable", OWN), "failed", HOUR, id="robots_unreachable"),
        pytest.param(FetchError("tls_failed", OWN), "failed", HOUR, id="tls_failed"),
        pytest.param(FetchError("robots_disallowed", OWN), "failed", None, id="robots_disallowed"),
        pytest.param(FetchError("content_type", OWN), "failed", None, id="a picture"),
        pytest.param(FetchError("too_large", OWN), "failed", None, id="too_large"),
    ],
)
def test_failures(book: Book, error: FetchError, status: str, due_in_s: float | None) -> None:
    """What is gone or refused is not asked for again; what may pass is, after an hour."""
    book.add([OWN])
    book.ledger.settle_failed(book.lease(OWN), error, datetime.fromtimestamp(book.now, UTC))
    book.end()
    row = book.row(OWN)
    assert (row.status, row.reason, row.attempts) == (status, error.reason, int(status == "failed"))
    assert row.due_at == (None if due_in_s is None else START + due_in_s)
    (line,) = book.rejected()
    assert (line["stage"], line["reason"], line["status"]) == ("fetch", error.reason, error.status)


def test_failures_are_tried_ever_more_rarely(book: Book) -> None:
    """After an hour, two, four, a week at most; in so many runs altogether, and never again after the last."""
    book.config = CrawlConfig(tries=12)
    book.add([OWN])
    waits: list[float] = []
    while (due := book.row(OWN).due_at) is not None:
        book.begin(due - book.now)
        error = TransientError("timeout", OWN)
        book.ledger.settle_failed(book.lease(OWN), error, datetime.fromtimestamp(book.now, UTC))
        waits += [due - book.now for due in (book.row(OWN).due_at,) if due is not None]
    assert [wait / HOUR for wait in waits] == [1, 2, 4, 8, 16, 32, 64, 128, 168, 168, 168]
    assert (book.row(OWN).status, book.row(OWN).attempts) == ("failed", 12)


@pytest.mark.parametrize("reason", ["host_parked", "host_given_up", "interrupted"])
def test_what_was_not_asked_for_stays_pending(book: Book, reason: str) -> None:
    """It says nothing about the address: no rejection, no attempt, due as before."""
    book.add([OWN])
    book.ledger.settle_failed(book.lease(OWN), FetchError(reason, OWN), datetime.fromtimestamp(book.now, UTC))
    book.end()
    row = book.row(OWN)
    assert (row.status, row.due_at, row.attempts, row.reason) == ("pending", START, 0, None)
    assert (book.tally.rejected, book.rejected()) == (0, [])
    assert book.lease(OWN).target.url == OWN


def test_an_article_is_due_again_after_failures(book: Book) -> None:
    """A host that is down for a while does not make an article forgotten: what came of it before is kept."""
    book.one(article(OWN), etag='"1"')
    book.begin(DAY)
    book.ledger.settle_failed(book.lease(OWN), TransientError("timeout", OWN), datetime.fromtimestamp(book.now, UTC))
    row = book.row(OWN)
    assert (row.status, row.article_id, row.etag) == ("failed", article(OWN).id, '"1"')
    book.begin(HOUR)
    book.arrive(article(OWN, new_words=2))
    book.end()
    assert [record["revision"] for record in book.records()] == [2]
    assert (book.row(OWN).status, book.row(OWN).attempts) == ("done", 0)


@pytest.mark.parametrize(
    "rejected",
    [
        pytest.param(Rejected(url=OWN, stage="judge", reason="too_short"), id="no article"),
        pytest.param(Rejected(url=OWN, stage="bug", reason="crash"), id="a bug"),
    ],
)
def test_a_page_that_gives_no_article(book: Book, rejected: Rejected) -> None:
    """It is written down with its reason and not fetched again by itself; the page behind a bug is kept."""
    book.add([OWN])
    lease = book.lease(OWN)
    book.ledger.settle(lease, book.page(lease), Reply(rejected=rejected))
    book.end()
    row = book.row(OWN)
    assert (row.status, row.reason, row.due_at) == ("rejected", rejected.reason, None)
    assert [line["reason"] for line in book.rejected()] == [rejected.reason]
    assert (book.out / "bugs").exists() == (rejected.stage == "bug")


# --- when it comes again ---------------------------------------------------------------------------------


def test_not_modified(book: Book) -> None:
    """A 304 costs no record; its validators count, where it names none the old ones do."""
    book.one(article(OWN), etag='"1"', last_modified="then")
    book.begin(DAY)
    lease = book.lease(OWN)
    assert (lease.etag, lease.last_modified, lease.article_id) == ('"1"', "then", article(OWN).id)
    book.ledger.settle_unchanged(lease, book.page(lease, 304, last_modified="now"))
    book.end()
    row = book.row(OWN)
    assert (row.status, row.etag, row.last_modified, row.checks) == ("done", '"1"', "now", 2)
    assert row.due_at is not None
    assert row.due_at > book.now
    assert (book.tally.unchanged, book.records(), book.rejected()) == (1, [], [])


def test_an_article_is_looked_at_again(book: Book) -> None:
    """An hour after it came, six, a day, a week, then weekly, and after a month of quiet not any more."""
    book.one(article(OWN))
    waits = []
    while (due := book.row(OWN).due_at) is not None:
        waits.append((due - START) / HOUR)
        book.begin(due - book.now)
        book.arrive(article(OWN))
    assert waits == [1, 6, 24, 168, 336, 504, 672]


def test_an_old_article_is_not_looked_at_again(book: Book) -> None:
    """What was published long ago has come to rest, whenever it is found."""
    old = msgspec.structs.replace(article(OWN), published_at=datetime(2020, 1, 1, tzinfo=UTC))
    book.one(old)
    assert (book.row(OWN).status, book.row(OWN).due_at) == ("done", None)


def test_news_brings_it_back_sooner(book: Book) -> None:
    """An article that has changed is looked at within the hour, whatever its age."""
    book.one(article(OWN))
    book.one(article(OWN, new_words=3), 10 * DAY)
    due = book.row(OWN).due_at
    assert due is not None
    assert due - book.now <= HOUR


def test_saved_pages_are_read_once(book: Book) -> None:
    """A file of a folder is not due again by itself."""
    book.add([OWN], source="file")
    book.arrive(article(OWN))
    book.end()
    assert (book.row(OWN).status, book.row(OWN).due_at) == ("done", None)


@pytest.mark.parametrize(
    ("modified", "new_words", "stamps", "useful"),
    [
        pytest.param("2024-05-02T00:00:00Z", 0, 1, 0, id="a promise broken"),
        pytest.param("2024-05-02T00:00:00Z", 3, 1, 1, id="a promise kept"),
        pytest.param("2024-04-30T00:00:00Z", 0, 0, 0, id="no promise"),
        pytest.param(None, 0, 0, 0, id="no date"),
    ],
)
def test_dates_of_a_source_are_judged(
    book: Book, modified: str | None, new_words: int, stamps: int, useful: int
) -> None:
    """Only a date after the last look says that the page has changed, and is held to it."""
    book.frontier.resources.checked(FEED, now=START, body_hash="ab")
    book.add([OWN], modified="2024-04-30T00:00:00Z" if modified else None)
    book.arrive(article(OWN))
    book.begin(2 * DAY)
    book.add([OWN], modified=modified)
    book.arrive(article(OWN, new_words=new_words))
    book.end()
    known = book.frontier.resources.get(FEED)
    assert known is not None
    assert (known.stamps, known.useful) == (stamps, useful)
