"""The schema of the records changes only together with its version, and the changelog says so."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from scraper.model import SCHEMA_VERSION
from scraper.sinks import article_schema, rejected_schema

ROOT = Path(__file__).parent.parent
WORDS = {"description", "$id", "default", "title"}
"""What may be put better without being another schema."""


def frozen() -> dict[tuple[int, int], dict[str, Any]]:
    """Return every frozen schema by its version, the oldest first."""
    found = {}
    for path in (ROOT / "tests" / "data").glob("schema-*.json"):
        major, minor = re.fullmatch(r"schema-(\d+)\.(\d+)", path.stem).groups()  # type: ignore[union-attr]
        found[int(major), int(minor)] = json.loads(path.read_text(encoding="utf-8"))
    return dict(sorted(found.items()))


def current() -> dict[str, Any]:
    return {"article": article_schema(), "rejected": rejected_schema()}


def changes(old: Any, new: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield ("added" or "broken", where) for each change of a schema: new keys and new names of lists are additions."""
    if not isinstance(old, dict) or not isinstance(new, dict):
        if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
            for place, pair in enumerate(zip(old, new, strict=True)):
                yield from changes(*pair, f"{path}[{place}]")
        elif old != new:
            yield "broken", path
        return
    # Keys of `properties` are fields of ours, whatever their names; elsewhere they are words of JSON Schema.
    is_fields = path.rsplit(".", 1)[-1] in {"properties", "$defs"} and path.count(".") > 0
    skipped = set() if is_fields else WORDS | {"required", "enum"}
    yield from (("broken", f"{path}.{key}") for key in old if key not in new and key not in skipped)
    kind = "added" if is_fields or not path else "broken"
    yield from ((kind, f"{path}.{key}") for key in new if key not in old and key not in skipped)
    if is_fields and [key for key in new if key in old] != [key for key in old if key in new]:
        yield "broken", f"{path} (order of keys)"
    before, after = (set() if is_fields else {*each.get("enum", ())} for each in (old, new))
    yield from (("broken", f"{path}.enum {name}") for name in sorted(before - after))
    yield from (("added", f"{path}.enum {name}") for name in sorted(after - before))
    for key in old.keys() & new.keys() - skipped:
        yield from changes(old[key], new[key], f"{path}.{key}")


def test_schema_is_the_frozen_one() -> None:
    """A change of the records raises the version of their schema, by the kind of change."""
    major, minor = (int(part) for part in SCHEMA_VERSION.split("."))
    known = frozen()
    assert (major, minor) in known, (
        f"schema {SCHEMA_VERSION} is not frozen: run `python docs/make_schema.py`, and commit what it writes."
    )
    found = sorted(changes(known[major, minor], current()))
    is_broken = any(kind == "broken" for kind, _ in found)
    raised = f"{major + 1}.0" if is_broken else f"{major}.{minor + 1}"
    assert not found, (
        f"the records are not those of schema {SCHEMA_VERSION} any more: {found}. Set SCHEMA_VERSION in "
        f"scraper/model/article.py to {raised!r}, say in CHANGELOG.md what is new in 'schema {raised}', run "
        f"`python docs/make_schema.py` and `python docs/make_record.py`. Only where no release has schema "
        f"{SCHEMA_VERSION} yet, the first of these commands alone freezes it again."
    )


def test_frozen_versions_follow_each_other() -> None:
    """Minor versions only add, and none is skipped."""
    versions = list(frozen().items())
    for (before, old), (after, new) in pairwise(versions):
        assert after in {(before[0], before[1] + 1), (before[0] + 1, 0)}
        found = list(changes(old, new))
        assert found and (after[1] == 0 or all(kind == "added" for kind, _ in found)), found


def test_changelog_names_every_version() -> None:
    """Who reads the changelog learns of each version of the schema."""
    said = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    missing = [
        f"schema {major}.{minor}" for major, minor in frozen() if not re.search(rf"schema {major}\.{minor}\b", said)
    ]
    assert missing == [], f"CHANGELOG.md does not say what is new in {missing}"


def _article(schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = schema["article"]["properties"]
    return found


CHANGES: dict[str, tuple[Callable[[dict[str, Any]], object], list[str]]] = {
    "nothing": (lambda s: None, []),
    "described better": (lambda s: _article(s)["title"].update(description="Better."), []),
    "new key": (lambda s: _article(s).update(mood={"type": "string"}), ["added"]),
    "new key inside": (lambda s: s["article"]["$defs"]["Fetch"]["properties"].update(proxy={}), ["added"]),
    "new name of a list": (lambda s: _article(s)["method"]["enum"].append("oracle"), ["added"]),
    "name of a list gone": (lambda s: _article(s)["method"]["enum"].remove("rule"), ["broken"]),
    "key gone": (lambda s: _article(s).pop("lead"), ["broken"]),
    "key gone inside": (lambda s: s["article"]["$defs"]["Crumb"]["properties"].pop("url"), ["broken"]),
    "key renamed": (lambda s: _article(s).update(headline=_article(s).pop("title")), ["added", "broken"]),
    "other type": (lambda s: _article(s)["text"].update(type="array"), ["broken"]),
    "may be null": (lambda s: _article(s)["text"].update(anyOf=[{"type": "null"}]), ["broken"]),
    "other bound": (lambda s: _article(s)["confidence"].update(maximum=100), ["broken"]),
    "other order": (lambda s: _article(s).update(title=_article(s).pop("title")), ["broken"]),
    "rejected, too": (lambda s: s["rejected"]["properties"].pop("stage"), ["broken"]),
}


@pytest.mark.parametrize(("change", "kinds"), CHANGES.values(), ids=CHANGES)
def test_changes_are_told_apart(change: Callable[[dict[str, Any]], object], kinds: list[str]) -> None:
    """What only adds is a minor version; what a reader could stumble over is a major one."""
    schema = copy.deepcopy(current())
    change(schema)
    assert sorted(kind for kind, _ in changes(current(), schema)) == kinds
