#!/usr/bin/env python3
"""How fast records are checked: `scraper validate` beside other validators, on the same lines, one core.

    python bench/records.py                    # 20,000 records made from the fixture pages
    python bench/records.py out/               # records of yours

The others get a schema of the whole record, too: pydantic strict models made from scraper/model, jsonschema and
jsonschema-rs the JSON Schema that `scraper schema` prints. They see no repeated keys, no order and no other files.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec

from scraper import extract
from scraper.model import Article
from scraper.records.files import find_record_files, read_lines
from scraper.records.validate import Validation
from scraper.sinks import article_schema, encode_article

FIXTURES = Path(__file__).parent.parent / "fixtures"
RECORDS = 20_000
SLOW = 500
"""Lines that jsonschema gets: it is slow enough to tell by these."""


def write_records(path: Path, count: int) -> None:
    """Write so many records, the fixture pages' in turn, each with an id of its own."""
    pages = sorted(FIXTURES.glob("site/*/*/page.html"))
    urls = [json.loads(page.with_name("meta.json").read_text(encoding="utf-8"))["url"] for page in pages]
    articles = [extract(page.read_bytes(), url) for page, url in zip(pages, urls, strict=True)]
    with path.open("wb") as file:
        for number in range(count):
            file.write(encode_article(msgspec.structs.replace(articles[number % len(articles)], id=f"{number:032x}")))


def pydantic_model(struct: type[msgspec.Struct], known: dict[type, Any]) -> Any:
    """Return a strict pydantic model of a struct: every key required, no other allowed."""
    import pydantic

    def kind(hint: Any) -> Any:
        origin, inner = get_origin(hint), get_args(hint)
        if origin in {Union, UnionType}:
            return Union[tuple(kind(part) for part in inner)]  # noqa: UP007
        if origin is tuple:
            return list[kind(inner[0])]  # type: ignore[misc]
        if origin is Literal or not isinstance(hint, type) or not issubclass(hint, msgspec.Struct):
            return pydantic.AwareDatetime if hint is datetime else hint
        return known.get(hint) or pydantic_model(hint, known)

    fields: Any = {name: (kind(hint), ...) for name, hint in get_type_hints(struct).items()}
    known[struct] = pydantic.create_model(
        struct.__name__, __config__=pydantic.ConfigDict(strict=True, extra="forbid"), **fields
    )
    return known[struct]


def timed(name: str, count: int, size: int, check: Callable[[], int]) -> None:
    """Print what the best of three goes took of the processor's time: other programs shall not count."""
    best, faults = float("inf"), 0
    for _ in range(3):
        began = time.process_time()
        faults = check()
        best = min(best, time.process_time() - began)
    print(f"{name:26} {count / best:9,.0f} records/s {size / best / 1e6:6,.0f} MB/s   {faults} faults", flush=True)


def refused(lines: Iterable[bytes], check: Callable[[bytes], object], errors: Any) -> int:
    count = 0
    for line in lines:
        try:
            count += check(line) is False
        except errors:
            count += 1
    return count


def others(lines: list[bytes]) -> None:
    size = sum(map(len, lines))
    try:
        import pydantic
    except ImportError:
        print("pydantic is not installed (pip install --group bench)")
    else:
        check = pydantic_model(Article, {}).model_validate_json
        timed("pydantic, strict", len(lines), size, lambda: refused(lines, check, pydantic.ValidationError))
    try:
        import jsonschema_rs
    except ImportError:
        print("jsonschema-rs is not installed (pip install --group dev)")
    else:
        fast = jsonschema_rs.validator_for(article_schema(), validate_formats=True)
        timed(
            "json + jsonschema-rs", len(lines), size, lambda: refused(lines, lambda x: fast.is_valid(json.loads(x)), ())
        )
    try:
        import jsonschema
    except ImportError:
        print("jsonschema is not installed (pip install --group bench)")
    else:
        slow = jsonschema.Draft202012Validator(article_schema())
        few = lines[:SLOW]
        timed(
            "json + jsonschema", len(few), sum(map(len, few)),
            lambda: refused(few, lambda x: slow.is_valid(json.loads(x)), ()),
        )  # fmt: skip


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        if len(sys.argv) > 1:
            files = find_record_files(map(Path, sys.argv[1:]))
        else:
            files = (Path(folder) / "articles.jsonl",)
            write_records(files[0], RECORDS)
        lines = [line for file in files for line in read_lines(file)]
        size = sum(map(len, lines))
        print(f"{len(lines):,} records, {size / len(lines):,.0f} bytes each")
        timed("scraper validate", len(lines), size, lambda: sum(1 for _ in Validation().bad_lines(files)))
        timed(
            "scraper validate --deep", len(lines), size, lambda: sum(1 for _ in Validation(deep=True).bad_lines(files))
        )
        decode = msgspec.json.Decoder(Article).decode
        timed("msgspec's decoder alone", len(lines), size, lambda: refused(lines, decode, msgspec.ValidationError))
        others(lines)


if __name__ == "__main__":
    main()
