"""scraper export to a store of objects: whole or not at all, and nobody asked but the store."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import bucket as buckets
import pytest
import shelf
from bucket import Bucket
from test_cli import scraper_
from test_records_export import as_json, needs

from scraper.records import credentials, store
from scraper.records.export import parse_place
from scraper.records.store import Place

CLOUDS = ("AWS_", "GOOGLE_", "GCE_", "AZURE_")
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
SECRET = "wJalrXUtnFEMI"


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shelf.write(tmp_path_factory.mktemp("records") / "articles-2026-11-22-0001.jsonl", shelf.articles())


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for what is on its way, which must be empty when all is over."""
    room = tmp_path / "room"
    room.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(room))
    return room


@pytest.fixture
def bucket(room: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bucket]:
    """The bucket `news`, which the environment names as a user would."""
    needs("obstore")
    for name in [*filter(lambda name: name.startswith(CLOUDS), os.environ), *PROXIES, *map(str.lower, PROXIES)]:
        monkeypatch.delenv(name, raising=False)
    with buckets.serving() as bucket:
        settings = {"ENDPOINT_URL": bucket.url, "REGION": "eu-central-1", "ALLOW_HTTP": "true"}
        for name, value in (settings | {"ACCESS_KEY_ID": "reader", "SECRET_ACCESS_KEY": SECRET}).items():
            monkeypatch.setenv(f"AWS_{name}", value)
        yield bucket
    assert list(room.iterdir()) == []
    assert bucket.uploads == {}


def methods(bucket: Bucket) -> list[str]:
    return [asked.method for asked in bucket.asked]


# --- one file ---------------------------------------------------------------------------------------------


def test_parquet(bucket: Bucket, records: Path) -> None:
    """The object in the store is the file that the disk would have got, and the requests are signed."""
    pq = needs("pyarrow.parquet")
    ran = scraper_("export", records, "--to", "s3://news/press/articles.parquet")
    assert (ran.code, ran.err) == (0, f"{len(shelf.articles())} records in s3://news/press/articles.parquet\n")
    assert list(bucket.objects) == ["press/articles.parquet"]
    rows = pq.read_table(io.BytesIO(bucket.objects["press/articles.parquet"])).to_pylist()
    assert as_json(rows) == [json.loads(article.to_json()) for article in shelf.articles()]
    assert methods(bucket) == ["HEAD", "PUT"]
    assert all(asked.authorization.startswith("AWS4-HMAC-SHA256 Credential=reader/") for asked in bucket.asked)


@pytest.mark.parametrize("ending", ["csv", "sqlite", "jsonl", "jsonl.gz", "jsonl.zst"])
def test_other_kinds(bucket: Bucket, records: Path, tmp_path: Path, ending: str) -> None:
    """Whatever is written to a disk can be put into a store."""
    for to in (f"s3://news/articles.{ending}", tmp_path / f"articles.{ending}"):
        assert scraper_("export", records, "--to", to).code == 0
    if ending == "jsonl.gz":  # the time of day is in it
        assert len(bucket.objects["articles.jsonl.gz"]) > 10_000
    else:
        assert bucket.objects[f"articles.{ending}"] == (tmp_path / f"articles.{ending}").read_bytes()


def test_large_file_in_parts(bucket: Bucket, records: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A large file goes in parts, none larger than what may be in memory, and appears when all of it is there."""
    monkeypatch.setattr(store, "_PART_BYTES", 100_000)
    assert scraper_("export", records, "--to", "s3://news/all.jsonl").code == 0
    assert bucket.objects == {"all.jsonl": records.read_bytes()}
    parts = [asked.size for asked in bucket.asked if "partNumber" in asked.target]
    assert max(parts) == 100_000 and sum(parts) == len(records.read_bytes())
    assert [bool(keys) for keys in bucket.seen] == [False] * (len(bucket.asked) - 1) + [True]


def test_part_of_a_huge_file(bucket: Bucket, records: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts grow with the file, so that it has no more of them than a store takes."""
    monkeypatch.setattr(store, "_PART_BYTES", 1_000)
    monkeypatch.setattr(store, "_MAX_PARTS", 3)
    assert scraper_("export", records, "--to", "s3://news/all.jsonl").code == 0
    assert sum("partNumber" in asked.target for asked in bucket.asked) == 3
    assert bucket.objects == {"all.jsonl": records.read_bytes()}


def test_object_that_is_there(bucket: Bucket, records: Path) -> None:
    """An object that is there is replaced by force alone; nothing is written before it is known."""
    bucket.objects["all.jsonl"] = b"mine"
    ran = scraper_("export", records, "--to", "s3://news/all.jsonl")
    assert (ran.code, ran.err) == (2, "s3://news/all.jsonl: is there already; --force overwrites it.\n")
    assert (bucket.objects, methods(bucket)) == ({"all.jsonl": b"mine"}, ["HEAD"])
    assert scraper_("export", records, "--to", "s3://news/all.jsonl", "--force").code == 0
    assert (bucket.objects["all.jsonl"], methods(bucket)) == (records.read_bytes(), ["HEAD", "PUT"])


def refuse(status: int, method: str, inside: str = "") -> Any:
    return lambda asked, target: status if asked == method and inside in target else 0


REFUSED = {
    "forbidden": (refuse(403, "PUT"), "the store does not take it (403 Forbidden, Refused)"),
    "not even asked": (refuse(403, "HEAD"), "the store does not take it (403 Forbidden)"),
    "unsigned": (refuse(401, "PUT"), "the store does not take it (401 Unauthorized, Refused)"),
    "broken": (refuse(500, "PUT"), "the store does not take it (500 Internal Server Error, Refused)"),
    "no such bucket": (refuse(404, "PUT"), "the store does not take it (404 Not Found, Refused)"),
}
IN_PARTS = {
    "no upload": (refuse(403, "POST", "uploads"), "the store does not take it (403 Forbidden, Refused)"),
    "no second part": (refuse(500, "PUT", "partNumber=2&"), "the store does not take it (500 Internal"),
    "no end": (refuse(403, "POST", "uploadId"), "the store does not take it (403 Forbidden, Refused)"),
}


@pytest.mark.parametrize(("how", "said"), REFUSED.values(), ids=REFUSED)
def test_refused(bucket: Bucket, records: Path, monkeypatch: pytest.MonkeyPatch, how: Any, said: str) -> None:
    """What the store refuses is one sentence with the store's reason and code 5; nothing is left anywhere."""
    monkeypatch.setattr(store, "_TRIES", 1)
    bucket.refuse = how
    ran = scraper_("export", records, "--to", "s3://news/all.jsonl")
    assert (ran.code, ran.err) == (5, f"s3://news/all.jsonl: {said}.\n")
    assert bucket.objects == {}


@pytest.mark.parametrize(("how", "said"), IN_PARTS.values(), ids=IN_PARTS)
def test_refused_in_parts(bucket: Bucket, records: Path, monkeypatch: pytest.MonkeyPatch, how: Any, said: str) -> None:
    """An upload of which a part is refused is given up: the store keeps no half of it."""
    monkeypatch.setattr(store, "_TRIES", 1)
    monkeypatch.setattr(store, "_PART_BYTES", 100_000)
    bucket.refuse = how
    ran = scraper_("export", records, "--to", "s3://news/all.jsonl")
    assert (ran.code, ran.err.count("\n")) == (5, 1)
    assert ran.err.startswith(f"s3://news/all.jsonl: {said}")
    assert bucket.objects == {}


def test_passing_failure(bucket: Bucket, records: Path) -> None:
    """A store that is out of order for a moment is asked again."""
    left = [503, 500]
    bucket.refuse = lambda method, target: left.pop() if left and method == "PUT" else 0
    assert scraper_("export", records, "--to", "s3://news/all.jsonl").code == 0
    assert bucket.objects == {"all.jsonl": records.read_bytes()}


def test_dead_port(bucket: Bucket, records: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nobody listens it is one sentence and code 5, without the address's query or a key in it."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{unused.getsockname()[1]}")
        ran = scraper_("export", records, "--to", "s3://news/all.jsonl")
    assert (ran.code, ran.err.count("\n")) == (5, 1)
    assert ran.err.startswith(
        "s3://news/all.jsonl: the store does not take it (Generic S3 error: Error performing HEAD "
    )
    assert SECRET not in ran.err and "reader" not in ran.err
    assert bucket.asked == []


def test_plain_http_only_if_wanted(bucket: Bucket, records: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without AWS_ALLOW_HTTP no request is sent in the clear."""
    monkeypatch.delenv("AWS_ALLOW_HTTP")
    monkeypatch.setattr(store, "_TRIES", 0)
    ran = scraper_("export", records, "--to", "s3://news/all.jsonl")
    assert (ran.code, ran.err.count("\n"), bucket.asked) == (5, 1, [])


def test_bad_line(bucket: Bucket, tmp_path: Path) -> None:
    """A line that is no record is named, and nothing is put."""
    bad = shelf.write(tmp_path / "bad.jsonl", [*shelf.articles()[:2], b"{"])
    ran = scraper_("export", bad, "--to", "s3://news/all.jsonl")
    assert (ran.code, methods(bucket)) == (1, ["HEAD"])
    assert ran.err.startswith(f"{bad}:3: is no record (")


def test_interrupted(bucket: Bucket, records: Path, room: Path) -> None:
    """Ctrl-C in the middle of an upload gives it up: no object, no half of one, no file on this machine."""
    code = """
import sys
from scraper.records import store
store._PART_BYTES = 10_000
from scraper.cli.main import run
sys.exit(run(["export", sys.argv[1], "--to", "s3://news/all.jsonl"]))
"""

    once = [signal.SIGINT]

    def slowly(method: str, target: str) -> int:
        if "partNumber=" in target:
            with suppress(IndexError):  # parts come several at once
                running.send_signal(once.pop())
            time.sleep(0.3)
        return 0

    bucket.refuse = slowly
    environment = os.environ | {"TMPDIR": str(room)}
    running = subprocess.Popen([sys.executable, "-c", code, records], stderr=subprocess.PIPE, env=environment)
    _, said = running.communicate()
    assert (running.returncode, said) == (130, b"\nInterrupted.\n")
    # A part that was on its way is dealt with before or after the word that the upload is given up.
    assert (bucket.objects, bucket.uploads, methods(bucket).count("DELETE")) == ({}, {}, 1)


# --- a folder ---------------------------------------------------------------------------------------------


def to_folder(records: Path, *more: str) -> Any:
    return scraper_("export", records, "--to", "s3://news/press/", "--partition-by", "site", "--format", "jsonl", *more)


@pytest.fixture(scope="module")
def parts(records: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What the folder must hold."""
    to = tmp_path_factory.mktemp("parts") / "press"
    assert scraper_("export", records, "--to", to, "--partition-by", "site", "--format", "jsonl").code == 0
    return {f"press/{path.relative_to(to).as_posix()}": path.read_bytes() for path in sorted(to.rglob("*.jsonl"))}


def test_folder(bucket: Bucket, records: Path, parts: dict[str, bytes]) -> None:
    """The objects are the files that the disk would have got; `_SUCCESS` comes when all of them are there."""
    bucket.objects["press-release"] = b"a neighbour"
    ran = to_folder(records)
    assert (ran.code, ran.err) == (0, f"{len(shelf.articles())} records in s3://news/press/\n")
    assert bucket.objects == parts | {"press-release": b"a neighbour", "press/_SUCCESS": b""}
    assert [len(keys) for keys in bucket.seen if "press/_SUCCESS" in keys] == [len(parts) + 2]


def test_odd_names_in_a_folder(bucket: Bucket, tmp_path: Path) -> None:
    """Keys are named as folders are, whatever the value holds."""
    odd = [shelf.record(domain=name) for name in ("bücher.example", "a/b%c.example", "..", None)]
    assert to_folder(shelf.write(tmp_path / "odd.jsonl", odd)).code == 0
    names = ("b%C3%BCcher.example", "a%2Fb%25c.example", "..", "__HIVE_DEFAULT_PARTITION__")
    assert bucket.objects.keys() == {"press/_SUCCESS", *(f"press/site={name}/part-0001.jsonl" for name in names)}


def test_folder_that_is_there(bucket: Bucket, records: Path, tmp_path: Path, parts: dict[str, bytes]) -> None:
    """An earlier export is replaced by force alone, the parts that are no more included; anything else never."""
    assert to_folder(records).code == 0
    one = shelf.write(tmp_path / "one.jsonl", [shelf.record(domain="new.example")])
    ran = to_folder(one)
    assert (ran.code, ran.err) == (2, "s3://news/press: is there already; --force overwrites it.\n")
    assert bucket.objects == parts | {"press/_SUCCESS": b""}
    assert to_folder(one, "--force").code == 0
    assert list(bucket.objects) == ["press/site=new.example/part-0001.jsonl", "press/_SUCCESS"]
    bucket.objects["press/notes.txt"] = b"mine"
    ran = to_folder(one, "--force")
    assert (ran.code, ran.err) == (2, "s3://news/press: holds notes.txt, which no export wrote; name another folder.\n")
    assert len(bucket.objects) == 3


def test_folder_refused_in_the_middle(bucket: Bucket, records: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When an object of the folder is refused, those before it are taken away again."""
    monkeypatch.setattr(store, "_TRIES", 0)
    bucket.refuse = refuse(403, "PUT", "lumen.example")
    ran = to_folder(records)
    said = "s3://news/press: the store does not take it (403 Forbidden, Refused).\n"
    assert (ran.code, ran.err, bucket.objects) == (5, said, {})
    assert any(bucket.seen)


def test_force_that_fails(bucket: Bucket, records: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that was to be replaced and could not is what it was, whole and marked so, though names are the same."""
    assert to_folder(records).code == 0
    monkeypatch.setattr(store, "_TRIES", 0)
    before = dict(bucket.objects)
    bucket.refuse = refuse(403, "PUT", "zeta.example")
    new = [*before, "press/site=zeta.example/part-0001.jsonl"]
    domains = [key.split("=")[1].split("/")[0] for key in new if "=" in key]
    ran = to_folder(shelf.write(tmp_path / "new.jsonl", [shelf.record(domain=name) for name in domains]), "--force")
    said = "s3://news/press: the store does not take it (403 Forbidden, Refused).\n"
    assert (ran.code, ran.err, bucket.objects) == (5, said, before)
    assert max(map(len, bucket.seen)) == 2 * (len(before) - 1), "the new ones stood beside the old ones"


def test_force_upon_the_same_names(bucket: Bucket, records: Path, parts: dict[str, bytes]) -> None:
    """What is replaced stays until all that is new is there, under the next number of each partition, in turn."""
    assert to_folder(records).code == 0
    for number in ("0002", "0001"):
        bucket.seen.clear()
        assert to_folder(records, "--force").code == 0
        now = {key.replace("0001", number): body for key, body in parts.items()}
        assert bucket.objects == now | {"press/_SUCCESS": b""}
        assert max(map(len, bucket.seen)) == 2 * len(parts)
        assert not [keys for keys in bucket.seen if "press/_SUCCESS" in keys and len(keys) > len(parts) + 1]


def test_force_where_nothing_may_be_changed(bucket: Bucket, records: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who may neither delete nor put leaves the folder complete, and is not told otherwise."""
    assert to_folder(records).code == 0
    monkeypatch.setattr(store, "_TRIES", 0)
    before = dict(bucket.objects)
    bucket.refuse = lambda method, target: 403 if method != "GET" else 0
    ran = to_folder(records, "--force")
    said = "s3://news/press: the store does not take it (403 Forbidden, Refused).\n"
    assert (ran.code, ran.err, bucket.objects) == (5, said, before)


def test_what_is_left_is_told(bucket: Bucket, records: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the store takes no more after a failure, it is said that the folder is not complete and what to do."""
    monkeypatch.setattr(store, "_TRIES", 0)
    bucket.refuse = lambda method, target: 403 if "lumen.example" in target or method == "POST" else 0
    ran = to_folder(records)
    assert (ran.code, ran.err.count("\n")) == (5, 1)
    assert ran.err.endswith("The folder is not complete and has no _SUCCESS: export again with --force.\n")
    assert "press/_SUCCESS" not in bucket.objects and bucket.objects


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_failure_after_the_new_files(
    bucket: Bucket, records: Path, monkeypatch: pytest.MonkeyPatch, parts: dict[str, bytes], method: str
) -> None:
    """When all that is new is there it stays, whatever fails afterwards; the next export puts it right."""
    assert to_folder(records).code == 0
    monkeypatch.setattr(store, "_TRIES", 0)
    bucket.refuse = lambda asked, _: 403 if asked == method and len(bucket.objects) == len(parts) * 2 else 0
    if method == "PUT":
        bucket.refuse = refuse(403, "PUT", "_SUCCESS")
    ran = to_folder(records, "--force")
    assert ran.code == 5
    assert ran.err.endswith("The folder is not complete and has no _SUCCESS: export again with --force.\n")
    assert {key.replace("0001", "0002") for key in parts} <= bucket.objects.keys()
    bucket.refuse = lambda asked, target: 0
    assert to_folder(records, "--force").code == 0
    assert sorted(bucket.objects.values()) == sorted([*parts.values(), b""])


RACES = {
    "another name": {"press/site=other.example/part-0001.jsonl": b"theirs"},
    "the same name": {"press/site=courier.example/part-0001.jsonl": b"theirs"},
    "is done": {"press/_SUCCESS": b""},
}


@pytest.mark.parametrize("theirs", RACES.values(), ids=RACES)
def test_two_exports_at_once(bucket: Bucket, records: Path, parts: dict[str, bytes], theirs: dict[str, bytes]) -> None:
    """Where another export writes into the folder meanwhile, it is not called complete, and nothing is taken away."""

    def meanwhile(method: str, target: str) -> int:
        if method == "PUT" and "lumen.example" in target:
            bucket.objects.update(theirs)
        return 0

    bucket.refuse = meanwhile
    assert max(parts) == "press/site=lumen.example/part-0001.jsonl"
    ran = to_folder(records)
    said = "another export writes into it. The folder is not complete and has no _SUCCESS: export again with --force."
    assert (ran.code, ran.err) == (5, f"s3://news/press: {said}\n")
    assert bucket.objects.keys() == (parts.keys() | theirs.keys()) - {"press/_SUCCESS"}


def test_export_that_was_faster(bucket: Bucket, records: Path, parts: dict[str, bytes]) -> None:
    """What another export put while the files were written is not overwritten without force."""
    lists = []

    def meanwhile(method: str, target: str) -> int:
        if "list-type" in target:
            lists.append(target)
            bucket.objects.update({"press/_SUCCESS": b"theirs"} if len(lists) == 2 else {})
        return 0

    bucket.refuse = meanwhile
    ran = to_folder(records)
    assert (ran.code, ran.err) == (2, "s3://news/press: is there already; --force overwrites it.\n")
    assert bucket.objects == {"press/_SUCCESS": b"theirs"}


def test_no_such_bucket(bucket: Bucket, records: Path) -> None:
    """A bucket that is not there is named."""
    said = "the store does not take it (404 Not Found, NoSuchBucket)"
    ran = scraper_("export", records, "--to", "s3://olds/press", "--partition-by", "site", "--format", "jsonl")
    assert (ran.code, ran.err) == (5, f"s3://olds/press: {said}.\n")


# --- addresses --------------------------------------------------------------------------------------------


PLACES = {
    "path": ("out/articles.csv", Path("out/articles.csv")),
    "file": ("file:///tmp/a%20b.csv", Path("/tmp/a b.csv")),
    "file of this machine": ("file://localhost/tmp/a.csv", Path("/tmp/a.csv")),
    "s3": ("s3://news/a/b.csv", Place(scheme="s3", bucket="news", key="a/b.csv")),
    "capitals": ("S3://news/A.csv", Place(scheme="s3", bucket="news", key="A.csv")),
    "gs": ("gs://news/a/", Place(scheme="gs", bucket="news", key="a")),
    "az": ("az://news/a?b#c", Place(scheme="az", bucket="news", key="a?b#c")),
}


@pytest.mark.parametrize(("text", "place"), PLACES.values(), ids=PLACES)
def test_parse_place(text: str, place: Path | Place) -> None:
    """A path stays one, a file's address becomes one, and a store's is taken apart."""
    assert parse_place(text) == place


NO_PLACES = {
    "web": ("https://bucket.s3.amazonaws.com/a.csv", "records are exported to paths and to s3, gs, az and file"),
    "plain web": ("http://127.0.0.1/a.csv", "records are exported to paths and to s3, gs, az and file"),
    "unknown": ("ftp://news/a.csv", "records are exported to paths and to s3, gs, az and file"),
    "file elsewhere": ("file://server/a.csv", "records are exported to paths and to s3, gs, az and file"),
    "no key": ("s3://news", "names no place in a store; write s3://bucket/folder/name."),
    "slash": ("gs://news/", "names no place in a store; write gs://bucket/folder/name."),
    "no bucket": ("s3:///a.csv", "names no place in a store; write s3://bucket/folder/name."),
    "no kind": ("s3://news/a.txt", "records are exported to .parquet, .csv,"),
}


@pytest.mark.parametrize(("to", "said"), NO_PLACES.values(), ids=NO_PLACES)
def test_no_place(bucket: Bucket, records: Path, to: str, said: str) -> None:
    """What is no place is one sentence and code 2, and nobody is asked."""
    ran = scraper_("export", records, "--to", to)
    assert (ran.code, ran.err.count("\n"), bucket.asked) == (2, 1, [])
    assert ran.err.startswith(f"{to}: {said}")


@pytest.mark.parametrize("key", ["a//b.csv", "a/../b.csv", "./b.csv"])
def test_keys_that_obstore_refuses(bucket: Bucket, records: Path, key: str) -> None:
    """A key that could be taken for another is one sentence, and nothing is written."""
    ran = scraper_("export", records, "--to", f"s3://news/{key}")
    assert (ran.code, ran.err.count("\n"), bucket.objects) == (5, 1, {})


def test_file_address(records: Path, tmp_path: Path) -> None:
    """A file's address is written as its path is, by the same rules and without obstore."""
    to = tmp_path / "a b.jsonl"
    assert scraper_("export", records, "--to", to.as_uri()).code == 0
    assert to.read_bytes() == records.read_bytes()
    assert scraper_("export", records, "--to", to.as_uri()).code == 2


def test_without_obstore(records: Path) -> None:
    """Where obstore is missing it is said what to install."""
    code = "import sys; sys.modules['obstore'] = None\nfrom scraper.cli.main import run\nsys.exit(run(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "export", records, "--to", "s3://news/a.csv"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    said = "A store of objects needs obstore: pip install 'article-scraper[store]'.\n"
    assert (ran.returncode, ran.stderr) == (2, said)


# --- nobody is asked for credentials ----------------------------------------------------------------------


def trapped(trap: Bucket, home: Path, **settings: str) -> dict[str, str]:
    """Return an environment without credentials whose every request goes to the trap, as to a proxy."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(CLOUDS)}
    for name in (*PROXIES, *map(str.lower, PROXIES)):
        kept.pop(name, None)
    proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), trap.url)
    return kept | proxies | {"HOME": str(home), "TMPDIR": str(home)} | settings


HEAD = """
import sys, obstore
from obstore import store
try:
    obstore.head(store.from_url(sys.argv[1], retry_config={"max_retries": 0}), "a.csv")
except Exception as error:
    print(error)
"""


@pytest.fixture
def trap(tmp_path: Path) -> Iterator[Bucket]:
    needs("obstore")
    with buckets.serving() as trap:
        trap.refuse = lambda method, target: 403
        yield trap


SCHEMES = {
    "s3": ({}, "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_SKIP_SIGNATURE=true where it wants none"),
    "s3 signed none the less": ({"AWS_SKIP_SIGNATURE": "false"}, "set AWS_ACCESS_KEY_ID and"),
    "s3 with a file and no role": ({"AWS_WEB_IDENTITY_TOKEN_FILE": "/token"}, "set AWS_ACCESS_KEY_ID and"),
    "gs": ({}, "set GOOGLE_APPLICATION_CREDENTIALS, or"),
    "az": ({"AZURE_STORAGE_ACCOUNT_NAME": "press"}, "set AZURE_STORAGE_ACCOUNT_NAME and AZURE_STORAGE_ACCOUNT_KEY, or"),
    "az without a secret": ({"AZURE_STORAGE_ACCOUNT_NAME": "press", "AZURE_CLIENT_ID": "x"}, "set AZURE_STORAGE_"),
}


@pytest.mark.parametrize("name", SCHEMES)
def test_no_credentials(trap: Bucket, records: Path, tmp_path: Path, name: str) -> None:
    """Without credentials it is one sentence, and no request leaves; obstore alone would ask the metadata service."""
    settings, said = SCHEMES[name]
    to, environment = f"{name[:2]}://news/a.csv", trapped(trap, tmp_path, **settings)
    command = [sys.executable, "-m", "scraper", "export", records, "--to", to]
    ran = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert (ran.returncode, ran.stderr.count("\n"), trap.asked) == (2, 1, [])
    assert ran.stderr.startswith(f"{to}: the environment holds no credentials for the store; {said}")
    alone = [sys.executable, "-c", HEAD, f"{name[:2]}://news"]
    subprocess.run(alone, capture_output=True, env=environment, check=False)
    assert any("169.254.169.254" in asked.target for asked in trap.asked)


def each_way() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each row of the table, with each of its names at least once."""
    for scheme, rows in credentials._WAYS.items():
        for row in rows:
            names = [each.split("|") for each in row]
            for number in range(max(map(len, names))):
                yield scheme, tuple(each[number % len(each)] for each in names)


@pytest.mark.parametrize(
    ("scheme", "way"), list(each_way()), ids=lambda each: each if isinstance(each, str) else each[0]
)
def test_each_way_is_enough(trap: Bucket, tmp_path: Path, scheme: str, way: tuple[str, ...]) -> None:
    """With the settings that we take for credentials obstore asks nobody else for some."""
    (tmp_path / "token").write_text("token")
    settings = {"AZURE_STORAGE_ACCOUNT_NAME": "press"} if scheme == "az" else {}
    for name in way:
        if name.startswith("GCE_"):  # where one is named and gives none, the other is asked
            settings |= dict.fromkeys([name, "GCE_METADATA_IP"], f"127.0.0.1:{trap.port}")
        elif "METADATA" in name or "ENDPOINT" in name or name.endswith("FULL_URI"):
            settings[name] = trap.url
        elif name.endswith(("_FILE", "_CREDENTIALS", "_PATH", "_ACCOUNT")):
            settings[name] = str(tmp_path / "token")
        else:
            settings[name] = "true" if name.endswith(("SIGNATURE", "CLI", "EMULATOR")) else "c2VjcmV0"
    environment = trapped(trap, tmp_path, **settings)
    command = [sys.executable, "-c", HEAD, f"{scheme}://news"]
    ran = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert ran.stdout
    assert not any("169.254.169.254" in asked.target for asked in trap.asked), (ran.stdout, trap.asked)


def test_instance_role_if_asked_for(trap: Bucket, records: Path, tmp_path: Path) -> None:
    """Whoever names the metadata service has it asked."""
    environment = trapped(trap, tmp_path, AWS_METADATA_ENDPOINT=trap.url)
    command = [sys.executable, "-m", "scraper", "export", records, "--to", "s3://news/a.csv"]
    ran = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert (ran.returncode, ran.stderr) == (
        5,
        "s3://news/a.csv: the store does not take it (403 Forbidden, Refused).\n",
    )
    assert [asked.target for asked in trap.asked] == [f"{trap.url}/latest/api/token"]


def test_file_of_gcloud(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The credentials that gcloud keeps in the home folder count for gs."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in [name for name in os.environ if name.startswith(CLOUDS)]:
        monkeypatch.delenv(name)
    with pytest.raises(Exception, match="holds no credentials"):
        credentials.check_credentials("gs", "gs://news/a")
    (tmp_path / ".config/gcloud").mkdir(parents=True)
    (tmp_path / ".config/gcloud/application_default_credentials.json").write_text("{}")
    credentials.check_credentials("gs", "gs://news/a")
