"""Saved pages in files and folders."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from scraper.errors import SourceError
from scraper.sources.files import find_saved_pages


def write(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("<p>x</p>")


def found(folder: Path) -> list[str]:
    return [os.path.relpath(unquote(urlsplit(target.url).path), folder) for target in find_saved_pages(folder)]


def test_folder_gives_its_pages_sorted(tmp_path: Path) -> None:
    """Page endings in any case, folders in folders, and no pictures or frames of a saved page."""
    write(
        tmp_path,
        "b.html",
        "a.HTM",
        "c.txt",
        "d.xhtml",
        "e.html.gz",
        "e.mht",
        "e.MHTML",
        "f.png",
        "g.json",
        "sub/z ü#.html",
        "sub/deep/y.html",
    )
    write(tmp_path, "b_files/frame.html", "lone_files/page.html")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert found(tmp_path) == [
        *("a.HTM", "b.html", "c.txt", "d.xhtml", "e.MHTML", "e.html.gz", "e.mht"),
        *("lone_files/page.html", "sub/z ü#.html", "sub/deep/y.html"),
    ]


def test_file_is_taken_whatever_its_ending(tmp_path: Path) -> None:
    """Who names a file means it."""
    write(tmp_path, "page.saved")
    (target,) = find_saved_pages(str(tmp_path / "page.saved"))
    assert target.url == (tmp_path / "page.saved").as_uri()
    assert (target.source, target.found_at) == ("file", str(tmp_path / "page.saved"))


def test_a_pipe_in_a_folder_is_no_page(tmp_path: Path) -> None:
    """Who opens it may wait for ever; one that is named is taken, as `extract <(curl ...)` gives it."""
    write(tmp_path, "a.html")
    os.mkfifo(tmp_path / "pipe.html")
    assert found(tmp_path) == ["a.html"]
    assert found(tmp_path / "pipe.html") == ["."]


def test_relative_path_gives_an_absolute_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address does not depend on where it is read later."""
    write(tmp_path, "a.html")
    monkeypatch.chdir(tmp_path)
    assert [target.url for target in find_saved_pages("a.html")] == [(tmp_path / "a.html").as_uri()]


def test_empty_folder_has_no_pages(tmp_path: Path) -> None:
    """Nothing there is no error."""
    assert found(tmp_path) == []


@pytest.mark.parametrize("name", ["missing", "missing/page.html", "nul\0byte"])
def test_missing_path_is_named_at_once(tmp_path: Path, name: str) -> None:
    """The error comes before the first page is asked for."""
    with pytest.raises(SourceError, match="cannot be read"):
        find_saved_pages(f"{tmp_path}/{name}")


def test_folder_that_vanishes_is_given_as_it_is(tmp_path: Path) -> None:
    """What cannot be opened on the way is yielded, so that the fetch counts it, and the rest goes on."""
    write(tmp_path, "a/1.html", "b/2.html", "c/3.html")
    pages = find_saved_pages(tmp_path)
    first = next(pages)
    (tmp_path / "b" / "2.html").unlink()
    (tmp_path / "b").rmdir()
    rest = [Path(unquote(urlsplit(target.url).path)).name for target in pages]
    assert first.url.endswith("a/1.html")
    assert rest == ["b", "3.html"]
