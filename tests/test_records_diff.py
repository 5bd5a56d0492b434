"""scraper diff: what is new, gone or changed, by the latest revision, without holding the records."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from pathlib import Path
from typing import Any

import msgspec
import pytest
import shelf
from hypothesis import given, settings
from hypothesis import strategies as st
from test_cli import scraper_

from scraper.model import Article
from scraper.records.diff import MAKING, diff_records
from scraper.sinks import encode_article


def test_added_removed_changed(tmp_path: Path) -> None:
    """Each article is counted once, by its id, and each field that differs with its values."""
    one, two, three, four, *rest = shelf.articles()
    new_title = msgspec.structs.replace(two, title="Another", tags=("a",))
    again = msgspec.structs.replace(three, fetch=msgspec.structs.replace(three.fetch, status=203))
    a = shelf.write(tmp_path / "a.jsonl", [one, two, three, *rest])
    b = shelf.write(tmp_path / "b.jsonl", [*reversed(rest), again, new_title, four])
    diff = diff_records([a], [b])
    assert (diff.before, diff.after, diff.added, diff.removed) == (len(rest) + 3, len(rest) + 3, (four.id,), (one.id,))
    assert (diff.changed, diff.same) == (1, len(rest) + 1)
    assert diff.fields == {"title": 1, "tags": 1, "fetch": 1}
    (sample,) = diff.samples["title"]
    assert (sample.id, sample.url, sample.before, sample.after) == (two.id, two.url, two.title, "Another")
    assert diff_records([a], [b], fields=["fetch"]).changed == 1


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_latest_revision_counts(tmp_path: Path, packed: bool) -> None:
    """Of several revisions, over several files, the last one is compared and shown."""
    old, new = shelf.record(title="old"), shelf.record(title="new", revision=2)
    a = shelf.write(tmp_path / "a.jsonl", [*shelf.articles()[:5], old])
    files = [
        shelf.write(tmp_path / "b1.jsonl", [new]),
        shelf.write(tmp_path / "b2.jsonl", [*shelf.articles()[:5], old]),
    ]
    if packed:
        for file in files:
            file.write_bytes(gzip.compress(file.read_bytes()))
    diff = diff_records([a], files)
    assert (diff.added, diff.removed, diff.changed) == ((), (), 1)
    assert diff.fields == {"revision": 1, "title": 1}
    assert [(each.before, each.after) for each in diff.samples["title"]] == [("old", "new")]


def test_spelling_and_profile_are_no_difference(tmp_path: Path) -> None:
    """Escapes, spaces and the order of keys differ from program to program; lean records have fewer fields."""
    a = shelf.write(tmp_path / "a.jsonl", shelf.articles())
    respelled = [
        json.dumps(json.loads(each.to_json()), indent=None, sort_keys=True).encode() for each in shelf.articles()
    ]
    lean = [encode_article(each, "lean").rstrip() for each in shelf.articles()]
    for other in (respelled, lean):
        diff = diff_records([a], [shelf.write(tmp_path / "b.jsonl", other)])
        assert (diff.same, diff.fields) == (len(other), {})


CHANGES = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(["a", "b"]) for name in ("title", "section", "text", "previous_hash")}
)


@given(
    before=st.dictionaries(st.sampled_from("abcdef"), CHANGES),
    after=st.dictionaries(st.sampled_from("abcdef"), CHANGES),
)
@settings(max_examples=60, deadline=None)
def test_law(tmp_path_factory: pytest.TempPathFactory, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Whatever the two sets hold, the parts add up, and fields are counted as comparing them one by one counts."""
    folder = tmp_path_factory.getbasetemp()
    base = json.loads(shelf.articles()[0].to_json())
    old, new = ({key: base | {"id": key} | change for key, change in each.items()} for each in (before, after))
    a, b = shelf.write(folder / "a.jsonl", old.values()), shelf.write(folder / "b.jsonl", new.values())
    diff = diff_records([a], [b])
    differing = {key: {name for name in base if old[key][name] != new[key][name]} for key in old.keys() & new.keys()}
    assert set(diff.added) == new.keys() - old.keys() and set(diff.removed) == old.keys() - new.keys()
    assert diff.changed == sum(bool(names - MAKING) for names in differing.values())
    assert diff.changed + diff.same == len(differing)
    assert diff.fields == {n: c for n in base if (c := sum(n in names for names in differing.values()))}


def test_memory_does_not_hold_the_records(tmp_path: Path) -> None:
    """Sixteen megabytes of records are compared in three."""
    records = [shelf.record(id=f"{number:032x}", text="x" * 10_000) for number in range(1500)]
    a, b = (shelf.write(tmp_path / name, records) for name in ("a.jsonl", "b.jsonl"))
    assert a.stat().st_size > 16_000_000
    del records
    tracemalloc.start()
    assert diff_records([a], [b]).same == 1500
    assert tracemalloc.get_traced_memory()[1] < 3_000_000
    tracemalloc.stop()


def changed(article: Article, **changes: Any) -> Article:
    return msgspec.structs.replace(article, **changes)


def test_verb(tmp_path: Path) -> None:
    """The sum, the fields and samples in words; --field shows a unified diff; JSON has it all."""
    article = shelf.articles()[0]
    lines = article.text.split("\n")
    a = shelf.write(tmp_path / "articles-1.jsonl", [article])
    b = shelf.write(tmp_path / "articles-2.jsonl", [changed(article, text="\n".join([*lines[:-1], "New\x1b end."]))])
    ran = scraper_("diff", a, b)
    assert ran.code == 0
    assert ran.out.startswith("1 articles, then 1\nadded 0, removed 0, changed 1, the same 0\n")
    assert f"text of {article.id} {article.url}\n- ..." in ran.out and "+ ..." in ran.out
    unified = scraper_("diff", a, b, "--field", "text").out
    assert "\n--- A\n+++ B\n" in unified and f"\n-{lines[-1]}\n" in unified and "\n+New  end.\n" in unified
    found = json.loads(scraper_("diff", a, b, "--format", "json").out)
    assert found["fields"] == {"text": 1} and found["samples"]["text"][0]["id"] == article.id
    assert scraper_("diff", a, a, "--samples", "0").out.endswith("added 0, removed 0, changed 0, the same 1\n")


def test_usage(tmp_path: Path) -> None:
    """Fields that are none, and parts of fields, are refused in a sentence; so is a line that is no record."""
    a = shelf.write(tmp_path / "articles.jsonl", shelf.articles()[:1])
    for field, said in (("titel", "is no field"), ("fetch.status", "fields are compared as a whole; name fetch.")):
        ran = scraper_("diff", a, a, "--field", field)
        assert ran.code == 2 and said in ran.err
    bad = shelf.write(tmp_path / "bad.jsonl", [shelf.articles()[0], b'{"id":1}'])
    ran = scraper_("diff", a, bad)
    assert ran.code == 1 and ran.err.startswith(f"{bad}:2: is no record (its id is no string")
    assert scraper_("diff", a, tmp_path / "none").code == 2
