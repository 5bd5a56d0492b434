"""Files that are full, packed and listed: whatever moment a kill or a full disk comes, each line counts once."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import msgspec
import pytest
from test_sinks import BEGAN, FIRST, article, encode_article, names, room_for

from scraper.config import OutputConfig
from scraper.crawl.journal import Journal
from scraper.errors import SinkError, StateError
from scraper.frontier import Frontier
from scraper.model import SCHEMA_VERSION, Rejected
from scraper.records.files import read_lines
from scraper.sinks import OutputFolder
from scraper.sinks.output import put_unknown_parts_aside, start_over
from scraper.sinks.part import Rotation
from scraper.sinks.publish import Compression, publish_part, recover_part

PACKED: dict[Compression, str] = {"none": "", "gzip": ".gz", "zstd": ".zst"}
LINES = [b'{"number": %d, "text": "%s"}\n' % (number, b"on bridges " * 9) for number in range(50)]


def name(number: int, *, sink: str = "articles", day: str = "2026-11-22") -> str:
    return f"{sink}-{day}-{number:04}.jsonl"


def lines_of(folder: Path) -> list[bytes]:
    """Return every line that a reader of the folder sees."""
    return [
        line for path in sorted(folder.glob("articles*.jsonl*")) if path.suffix != ".part" for line in read_lines(path)
    ]


def manifest_of(folder: Path) -> dict[str, Any]:
    """Return the manifest that LATEST names."""
    latest = json.loads((folder / "LATEST").read_bytes())
    manifest = json.loads((folder / latest["manifest"]).read_bytes())
    assert latest["files"] == [file["file"] for file in manifest["files"]]
    assert latest["finished"] == manifest["finished"]
    return dict(manifest)


# --- rotation --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rotation", "sizes", "per_file"),
    [
        pytest.param(Rotation(), [9] * 5, [5], id="no limit"),
        pytest.param(Rotation(bytes=30), [10] * 7, [3, 3, 1], id="bytes, just full"),
        pytest.param(Rotation(bytes=29), [10] * 5, [2, 2, 1], id="bytes, one too few"),
        pytest.param(Rotation(bytes=30), [90, 10, 90, 5, 5], [1, 1, 1, 2], id="a line longer than a file"),
        pytest.param(Rotation(records=2), [5, 500, 5], [2, 1], id="records"),
        pytest.param(Rotation(bytes=30, records=2), [5, 5, 5, 30], [2, 1, 1], id="whichever is first"),
    ],
)
def test_rotation(tmp_path: Path, rotation: Rotation, sizes: list[int], per_file: list[int]) -> None:
    """A file is never larger than it may be, unless one line is; the next one has the next number."""
    output = OutputFolder(tmp_path, began=BEGAN, rotation=rotation)
    for size in sizes:
        output.write_article(b"x" * (size - 1) + b"\n")
    assert [length.records for length in output.publish()] == per_file
    assert names(tmp_path) == [name(number) for number in range(1, len(per_file) + 1)]


def test_a_new_day_begins_new_files(tmp_path: Path) -> None:
    """Files bear the day (UTC) of their lines; a clock that is set back begins none."""
    now = BEGAN
    output = OutputFolder(tmp_path, began=BEGAN, now=lambda: now)
    for hours in (0, 17, 18, 1, 19, 42):
        now = BEGAN + timedelta(hours=hours)
        output.write_article(b"{}\n")
        output.write_rejected(Rejected(url="http://a.example/", stage="fetch", reason="timeout"))
    (tmp_path / name(4, day="2026-11-24")).write_bytes(b"")
    now = BEGAN + timedelta(hours=66)
    output.write_article(b"{}\n")
    files = {length.file: length.records for length in output.publish()}
    days = {"2026-11-22": 2, "2026-11-23": 3, "2026-11-24": 1}
    for sink in ("articles", "rejected"):
        assert {day: files[name(1, sink=sink, day=day)] for day in days} == days
    assert len(files) == 7


def test_sinks_count_on_by_themselves(tmp_path: Path) -> None:
    """Each sink has the next number for itself, and the next run begins beyond all of them."""
    output = OutputFolder(tmp_path, began=BEGAN, rotation=Rotation(records=1))
    output.write_request(Rotation())
    for _ in range(3):
        output.write_article(b"{}\n")
    output.publish()
    assert names(tmp_path) == [name(1), name(2), name(3), name(1, sink="requests")]
    (tmp_path / name(3)).rename(tmp_path / f"{name(3)}.zst")
    again = OutputFolder(tmp_path, began=BEGAN)
    again.write_request(Rotation())
    assert again.publish()[0].file == name(4, sink="requests")


# --- packing ---------------------------------------------------------------------------------------------


def part_with(folder: Path, lines: list[bytes], file: str = FIRST) -> Path:
    path = folder / f"{file}.part"
    path.write_bytes(b"".join(lines))
    return path


@pytest.mark.parametrize("compression", PACKED)
def test_publish_part(tmp_path: Path, compression: Compression) -> None:
    """A part becomes one file, packed or not, that reads back the same, and what is told of it is true."""
    encoded = encode_article(article())
    moments = [f"2026-11-22T0{hour}:00:00Z" for hour in (7, 5, 6)]
    fetched = [json.loads(encoded) | {"fetch": {"fetched_at": moment}} for moment in moments]
    lines = [msgspec.json.encode(record) + b"\n" for record in fetched]
    part_with(tmp_path, lines)
    published = publish_part(tmp_path, FIRST, compression)
    assert names(tmp_path) == [published.file] == [FIRST + PACKED[compression]]
    whole = (tmp_path / published.file).read_bytes()
    assert list(read_lines(tmp_path / published.file)) == [line.rstrip() for line in lines]
    assert (published.bytes, published.sha256) == (len(whole), hashlib.sha256(whole).hexdigest())
    assert (published.sink, published.part, published.records) == ("articles", FIRST, 3)
    assert published.first == datetime(2026, 11, 22, 5, tzinfo=UTC)
    assert published.last == datetime(2026, 11, 22, 7, tzinfo=UTC)
    assert (published.schema_version, published.profile, published.recovered) == (SCHEMA_VERSION, "full", False)


def test_packed_files_carry_a_checksum(tmp_path: Path) -> None:
    """A damaged packed file is found out when it is read."""
    part_with(tmp_path, LINES)
    packed = (tmp_path / publish_part(tmp_path, FIRST, "zstd").file).read_bytes()
    assert packed[4] & 0b100  # RFC 8878, 3.1.1.1.1: Content_Checksum_flag
    part_with(tmp_path, LINES)
    assert gzip.decompress((tmp_path / publish_part(tmp_path, FIRST, "gzip").file).read_bytes()) == b"".join(LINES)


@pytest.mark.parametrize(
    ("lines", "profile", "version"),
    [
        pytest.param([encode_article(article(), "lean")], "lean", SCHEMA_VERSION, id="lean"),
        pytest.param([b'{"at": "2026-11-22T05:00:00Z"}\n', b"17\n", b"[\n"], None, None, id="no articles"),
        pytest.param([b'{"at": "2026-11-22T05:00:00", "fetch": null}\n'], None, None, id="no zone"),
        pytest.param([b'{"at": 7}\n'], None, None, id="another type"),
    ],
)
def test_what_is_told_of_other_lines(
    tmp_path: Path, lines: list[bytes], profile: str | None, version: str | None
) -> None:
    """Lines of any kind can be published: what cannot be known of them is null."""
    part_with(tmp_path, lines)
    published = publish_part(tmp_path, FIRST)
    assert (published.profile, published.schema_version, published.records) == (profile, version, len(lines))


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_full_disk_while_packing(tmp_path: Path, compression: Compression) -> None:
    """A file for whose packing there is no room is published plain, and nothing is left of the attempt."""
    lines = [os.urandom(40).hex().encode() + b"\n" for _ in range(1000)]
    part_with(tmp_path, lines)
    with room_for(8_000):
        published = publish_part(tmp_path, FIRST, compression)
    assert names(tmp_path) == [FIRST] == [published.file]
    assert (tmp_path / FIRST).read_bytes() == b"".join(lines)
    assert published.sha256 == hashlib.sha256(b"".join(lines)).hexdigest()


def test_a_part_that_was_carried_away(tmp_path: Path) -> None:
    """A part that is gone is said in one sentence, whatever it was to become."""
    for compression in PACKED:
        with pytest.raises(SinkError, match=r"0001\.jsonl: cannot be written \(No such file or directory\)"):
            publish_part(tmp_path, FIRST, compression)
    assert names(tmp_path) == []


# --- kills between the steps -----------------------------------------------------------------------------

STEPS = """
import os, signal, sys
from itertools import count
from pathlib import Path
from scraper.sinks.publish import publish_part

folder, compression, last = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
steps = count(1)

def die_at(event, args):
    if event in {"open", "os.rename", "os.remove"} and str(folder) in str(args[0]) and next(steps) == last:
        os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(die_at)
publish_part(folder, "articles-2026-11-22-0001.jsonl", compression)
"""


@pytest.mark.parametrize("compression", PACKED)
def test_killed_between_any_two_steps(tmp_path: Path, compression: Compression) -> None:
    """Before each step that publishing takes on the disk a kill may come: each line counts at most once at any moment,
    and exactly once after recovery, however often that is done."""
    length = sum(map(len, LINES))
    for step in count(1):
        folder = tmp_path / str(step)
        folder.mkdir()
        part_with(folder, LINES)
        done = subprocess.run([sys.executable, "-c", STEPS, str(folder), compression, str(step)], check=False)
        assert lines_of(folder) in ([], [line.rstrip() for line in LINES])
        assert (folder / f"{FIRST}.part").exists() or lines_of(folder)
        for _ in range(2):
            recovered = recover_part(folder, FIRST, length, compression)
            assert recovered is not None
            assert recovered.recovered
            assert recovered.part == FIRST
            assert names(folder) == [recovered.file]
            assert recovered.sha256 == hashlib.sha256((folder / recovered.file).read_bytes()).hexdigest()
            assert recovered.records == len(LINES)
            assert lines_of(folder) == [line.rstrip() for line in LINES]
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL
    assert step == (4 if compression == "none" else 7)


@pytest.mark.parametrize("leave", [put_unknown_parts_aside, lambda folder: start_over(folder, [])])
@pytest.mark.parametrize("ending", [".gz", ".zst"])
def test_half_packed_and_put_aside(tmp_path: Path, ending: str, leave: Any) -> None:
    """Who puts parts aside never has the lines of one twice, nor half of a packed file."""
    part_with(tmp_path, LINES)
    (tmp_path / f"{FIRST}{ending}").write_bytes(b"packed, as a whole")
    part_with(tmp_path, LINES, name(2))
    (tmp_path / f"{name(2)}{ending}.tmp").write_bytes(b"pack")
    aside = leave(tmp_path)
    seen = sorted(path.name for path in (*tmp_path.glob("articles*"), *aside.iterdir()))
    assert seen == [f"{FIRST}{ending}", name(2)]


# --- the journal -----------------------------------------------------------------------------------------


def journal_of(frontier: Frontier, folder: Path, config: OutputConfig, began: datetime = BEGAN) -> Journal:
    return Journal(frontier, folder, began=began, config=config, now=lambda: began)


@pytest.mark.parametrize("compression", PACKED)
def test_full_files_are_published_while_the_run_goes_on(tmp_path: Path, compression: Compression) -> None:
    """A file that is full is there, and in the manifest, a commit or two later; at the end all are, says LATEST."""
    config = OutputConfig(rotate_records=20, compression=compression)
    with Frontier(tmp_path / "state") as frontier, journal_of(frontier, tmp_path, config) as journal:
        for line in LINES:
            journal.output.write_article(line)
        assert lines_of(tmp_path) == []
        journal.commit()
        while len(journal.published) < 2:
            journal.commit()
        assert lines_of(tmp_path) == [line.rstrip() for line in LINES[:40]]
        assert not (tmp_path / "LATEST").exists()
        live = json.loads((tmp_path / "runs" / "2026-11-22T063000Z.manifest.json").read_bytes())
        assert [file["records"] for file in live["files"]] == [20, 20]
        assert live["finished"] is None
        journal.publish()
        journal.output.write_manifest(journal.published, finished=BEGAN)
        assert [part.published for part in frontier.parts.all()] == [True] * 3
    files = manifest_of(tmp_path)["files"]
    assert [file["file"] for file in files] == [name(number) + PACKED[compression] for number in (1, 2, 3)]
    assert lines_of(tmp_path) == [line.rstrip() for line in LINES]


@pytest.mark.parametrize("compression", PACKED)
def test_a_run_that_ends_in_disorder(tmp_path: Path, compression: Compression) -> None:
    """What was committed is published and listed, what was not is not there; the next run goes on with new names."""
    config = OutputConfig(rotate_records=20, compression=compression)
    with Frontier(tmp_path / "state") as frontier:
        with pytest.raises(ZeroDivisionError), journal_of(frontier, tmp_path, config) as journal:
            for line in LINES[:30]:
                journal.output.write_article(line)
            journal.commit()
            journal.output.write_article(LINES[30])
            raise ZeroDivisionError
        assert lines_of(tmp_path) == [line.rstrip() for line in LINES[:30]]
        listed = json.loads((tmp_path / "runs" / "2026-11-22T063000Z.manifest.json").read_bytes())["files"]
        assert [(file["records"], file["recovered"]) for file in listed][-1] == (10, True)
        assert len(listed) == 2
        with journal_of(frontier, tmp_path, config) as journal:
            assert journal.recovered == []
            journal.output.write_article(LINES[30])
            journal.publish()
            journal.output.write_manifest(journal.published, finished=BEGAN)
    assert manifest_of(tmp_path)["run"] == "2026-11-22T063000Z-2"
    assert lines_of(tmp_path) == [line.rstrip() for line in LINES[:31]]


def test_a_commit_that_fails_after_a_file_was_published(tmp_path: Path) -> None:
    """What the manifest names already it does not name again, and the memory learns of it all the same."""
    config = OutputConfig(rotate_records=20)
    with Frontier(tmp_path / "state") as frontier:
        with (
            pytest.raises(StateError, match="nothing of it was kept"),
            journal_of(frontier, tmp_path, config) as journal,
        ):
            for line in LINES[:30]:
                journal.output.write_article(line)
            journal.commit()
            while not (tmp_path / FIRST).exists():
                time.sleep(0.01)
            time.sleep(0.05)
            with pytest.raises(StateError, match="cannot follow"):
                frontier.parts.commit("articles", name(2), 0, 0)
            journal.commit()
        listed = json.loads((tmp_path / "runs" / "2026-11-22T063000Z.manifest.json").read_bytes())["files"]
        assert [(file["file"], file["records"]) for file in listed] == [(FIRST, 20), (name(2), 10)]
        assert frontier.parts.all(published=False) == []
    assert lines_of(tmp_path) == [line.rstrip() for line in LINES[:30]]


def test_a_killed_run_is_in_the_manifest_of_the_next(tmp_path: Path) -> None:
    """Files of a run that was killed are listed by the run that recovers them, marked as such."""
    with Frontier(tmp_path / "state") as frontier:
        frontier.parts.commit("articles", FIRST, len(LINES[0]), 1)
        frontier.parts.commit("rejected", name(1, sink="rejected"), 0, 0)
    part_with(tmp_path, LINES)
    with (
        Frontier(tmp_path / "state") as frontier,
        journal_of(frontier, tmp_path, OutputConfig(compression="zstd")) as journal,
    ):
        assert journal.recovered == [FIRST, name(1, sink="rejected")]
        journal.publish()
        journal.output.write_manifest(journal.published, finished=BEGAN)
        assert frontier.parts.all(published=False) == []
    (file,) = manifest_of(tmp_path)["files"]
    assert (file["file"], file["recovered"], file["records"]) == (f"{FIRST}.zst", True, 1)
