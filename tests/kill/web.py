"""The web that the killed crawls read, the demo newspaper asked in haste, and what must come of it."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

from scraper.demo.serve import DemoServer
from scraper.demo.sources import demo_sources
from scraper.records.files import ENDINGS, read_lines
from scraper.sinks.members import read_members
from scraper.sinks.names import index_name

TABLES = "[[source]]\n"


def write_config(folder: Path, server: DemoServer, *, delay_s: float = 0.0, output: str = "") -> Path:
    """Write the configuration of a crawl of the demo newspaper, quick unless told otherwise; return its path."""
    dial = ", ".join(f'"{host}" = "{address}"' for host, address in server.connect_to.items())
    text = (
        f"[fetch]\ndelay_s = {delay_s}\nlatency_factor = 0.0\nmax_crawl_delay_s = 0.01\nretries = 2\ntdmrep = false\n"
        f"contact = 'tests@localhost'\nconnect_to = {{ {dial} }}\n"
        "[crawl]\nworkers = 1\nprobe = false\nmin_free_bytes = 0\ntries = 50\n"
        f"[output]\n{output}\n"
    )
    for source in demo_sources():
        keys = {"kind": source.kind, "url": source.url, "path": source.path, "urls": list(source.urls) or None}
        text += TABLES + "".join(f"{key} = {json.dumps(value)}\n" for key, value in keys.items() if value)
    path = folder / "config.toml"
    path.write_text(text)
    return path


def published(out: Path, sink: str) -> list[Path]:
    """Return the files of a sink that a reader finds, packed or not."""
    return sorted(path for ending in ENDINGS for path in out.glob(f"{sink}-*{ending}"))


def records(out: Path) -> list[dict[str, Any]]:
    """Return every published article; a line that does not parse is an error."""
    return [json.loads(line) for path in published(out, "articles") for line in read_lines(path)]


def rejections(out: Path) -> list[dict[str, Any]]:
    """Return every published rejection."""
    return [json.loads(line) for path in published(out, "rejected") for line in read_lines(path)]


def count_members(path: Path) -> int:
    """Return how many records an archive has; one that is torn is an error, and so is one that its index lacks."""
    with path.open("rb") as file:
        found = list(read_members(file))
    assert sum(member.length for member in found) == path.stat().st_size
    answers = sum(b"WARC-Type: response" in member.content[:200] for member in found)
    assert len((path.parent / index_name(path.name)).read_bytes().splitlines()) >= answers
    return len(found)


def check_listed(out: Path) -> None:
    """Check that the manifests name every published file, and say of each what is so."""
    listed = {}
    for manifest in (out / "runs").glob("*.manifest.json"):
        listed |= {file["file"]: file for file in json.loads(manifest.read_bytes())["files"]}
    found = {path for sink in ("articles", "rejected", "requests") for path in published(out, sink)}
    archives = set(out.glob("warc-*.warc.gz"))
    assert listed.keys() == {path.name for path in found | archives}
    for path in found | archives:
        told, whole = listed[path.name], path.read_bytes()
        assert (told["bytes"], told["sha256"]) == (len(whole), hashlib.sha256(whole).hexdigest())
        assert told["records"] == (count_members(path) if path in archives else len(list(read_lines(path))))


def statuses(out: Path) -> Counter[str]:
    """Return how many addresses the frontier has in each status, counted row by row."""
    names = ("pending", "leased", "done", "rejected", "failed", "gone")
    with closing(sqlite3.connect(f"file:{out / 'state' / 'frontier.sqlite3'}?mode=ro", uri=True)) as memory:
        return Counter(names[status] for (status,) in memory.execute("SELECT status FROM url"))


def check_promises(out: Path) -> None:
    """Check what holds after every run, however it ended: each line once, and written only for what is settled."""
    found = records(out)
    revisions = Counter((record["id"], record["revision"]) for record in found)
    assert [key for key, count in revisions.items() if count > 1] == []
    urls = Counter(record["url"] for record in found)
    assert [url for url, count in urls.items() if count > 1] == []
    refused = Counter(line["url"] for line in rejections(out))
    assert [url for url, count in refused.items() if count > 1] == []
    assert not urls.keys() & refused.keys()
    for path in out.glob("*.jsonl"):
        assert path.read_bytes().endswith(b"\n"), path


def check_whole(out: Path, expected: set[str]) -> None:
    """Check that a run that came to its end has left nothing undone, and that the expected articles are there."""
    check_promises(out)
    check_listed(out)
    found = {record["url"] for record in records(out)}
    assert found == expected, sorted(found ^ expected)
    counts = statuses(out)
    assert counts["pending"] == counts["leased"] == 0, counts
    assert counts["done"] == len(found)
    assert counts.total() == len(found) + len({line["url"] for line in rejections(out)})
