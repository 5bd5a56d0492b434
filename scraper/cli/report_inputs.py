"""What `scraper report` was given: runs, records, rejections and request logs, in a folder or named one by one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from scraper.crawl.tally import Summary
from scraper.errors import UsageError
from scraper.model import Value
from scraper.records.files import ENDINGS
from scraper.sinks.names import ARTICLES, REJECTED, REQUESTS
from scraper.sinks.output import MANIFEST, RUNS, SUMMARY


class Run(NamedTuple):
    """One summary, the output folder of its run, and its own file."""

    summary: Summary
    folder: Path
    path: Path


class Found(Value, frozen=True, kw_only=True):
    """The files by what they hold, each once; runs from the oldest to the newest."""

    runs: tuple[Run, ...] = ()
    articles: tuple[Path, ...] = ()
    rejected: tuple[Path, ...] = ()
    requests: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()


def find_parts(paths: Iterable[Path]) -> Found:
    """Return what there is. A folder stands for all its runs and files; a runs/<when>.json for that run's files, and
    for the runs before it as history; any other file for itself, told by the beginning of its name.

    Raises UsageError for what is not there, for a folder without any of it, and for a summary that cannot be read.
    """
    parts = [_in_folder(path) if path.is_dir() else _of_file(path) for path in paths]
    return Found(
        runs=_ordered(run for part in parts for run in part.runs),
        articles=_once(file for part in parts for file in part.articles),
        rejected=_once(file for part in parts for file in part.rejected),
        requests=_once(file for part in parts for file in part.requests),
        notes=tuple(note for part in parts for note in part.notes),
    )


def _in_folder(folder: Path) -> Found:
    runs, notes = _runs_in(folder)
    sinks = {sink: _files(folder, sink) for sink in (ARTICLES, REJECTED, REQUESTS)}
    if not runs and not any(sinks.values()):
        raise UsageError(f"{folder}: the folder holds no run and no records; `scraper crawl` writes them.")
    return Found(
        runs=runs, articles=sinks[ARTICLES], rejected=sinks[REJECTED], requests=sinks[REQUESTS], notes=tuple(notes)
    )


def _of_file(path: Path) -> Found:
    if not path.exists():
        raise UsageError(f"{path}: there is no such file or folder.")
    if path.suffix == ".json":
        return _of_run(path)
    sink = next((sink for sink in (REJECTED, REQUESTS) if path.name.startswith(sink)), ARTICLES)
    return Found(
        articles=(path,) if sink == ARTICLES else (),
        rejected=(path,) if sink == REJECTED else (),
        requests=(path,) if sink == REQUESTS else (),
    )


def _of_run(path: Path) -> Found:
    summary = _read(path)
    folder = path.parent.parent if path.parent.name == RUNS else path.parent
    history, notes = _runs_in(folder)
    runs = [run for run in history if run.summary.started < summary.started]
    files = {name.partition("-")[0]: _packed(folder / name) for name in summary.files}
    return Found(
        runs=(*runs, Run(summary, folder, path)),
        articles=files.get(ARTICLES, ()),
        rejected=files.get(REJECTED, ()),
        requests=files.get(REQUESTS, ()),
        notes=tuple(notes),
    )


def _packed(path: Path) -> tuple[Path, ...]:
    """Return a file under its name, or as somebody packed it since; nothing if it was carried away."""
    names = (path, *(path.with_name(path.name + ending) for ending in (".gz", ".zst")))
    return tuple(name for name in names if name.exists())[:1]


def _runs_in(folder: Path) -> tuple[tuple[Run, ...], list[str]]:
    """Return the runs of an output folder, and a sentence for each summary that cannot be read."""
    runs, notes = list[Run](), list[str]()
    summaries = [path for path in (folder / RUNS).glob("*.json") if not path.name.endswith(MANIFEST)]
    for path in (*sorted(summaries), folder / SUMMARY):
        try:
            if path.exists():
                runs.append(Run(_read(path), folder, path))
        except UsageError as error:
            notes.append(f"Left out: {error}")
    return _ordered(runs), notes


def _read(path: Path) -> Summary:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Summary)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}).") from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"{path}: is no summary of a run of this version ({error}).") from error


def _ordered(runs: Iterable[Run]) -> tuple[Run, ...]:
    """Return the runs in the order of time, each once: summary.json repeats the last."""
    known = dict[tuple[Path, datetime], Run]()
    for run in runs:
        known.setdefault((run.folder, run.summary.started), run)
    return tuple(sorted(known.values(), key=lambda run: (run.summary.started, str(run.folder))))


def _files(folder: Path, sink: str) -> tuple[Path, ...]:
    return tuple(sorted(file for ending in ENDINGS for file in folder.glob(f"{sink}*{ending}")))


def _once(files: Iterable[Path]) -> tuple[Path, ...]:
    return tuple(dict.fromkeys(files))
