#!/usr/bin/env python3
"""Extract a folder of saved pages with one command, ours and trafilatura's, each with a process a core: pages a second.

    python bench/batch.py --data PATH                  # 600 pages
    python bench/batch.py --data PATH --rounds 3

The commands run in turn, from their start to their end, interpreters and imports included; of the rounds the fastest
counts. trafilatura 2 writes a JSON file a page, with metadata.
"""

from __future__ import annotations

import argparse
import gzip
import os
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path


def unpack(data: Path, count: int, folder: Path) -> int:
    """Write every n-th page of all data sets into the folder, so that there are at most `count`; return how many."""
    files = [file for html in sorted(data.glob("*/html")) for file in sorted(html.glob("*.html.gz"))]
    chosen = list(islice(files, 0, None, max(1, -(-len(files) // count))))
    for number, file in enumerate(chosen):
        (folder / f"{number:04}.html").write_bytes(gzip.decompress(file.read_bytes()))
    return len(chosen)


def seconds(command: list[str], out: Path) -> float:
    """Run a command, its stdout into a file; return how long it took."""
    began = time.perf_counter()
    with out.open("wb") as stdout:
        subprocess.run(command, stdout=stdout, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of data sets with html/*.html.gz")
    parser.add_argument("--pages", type=int, default=600)
    parser.add_argument("--rounds", type=int, default=2)
    args = parser.parse_args()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as temporary:
        work = Path(temporary)
        pages, theirs = work / "pages", work / "theirs"
        pages.mkdir()
        count = unpack(args.data, args.pages, pages)
        bin_folder = Path(sys.executable).parent
        peer = [str(bin_folder / "trafilatura"), "--input-dir", str(pages), "--output-dir", str(theirs), "--json"]
        commands = {
            "scraper extract": [sys.executable, "-m", "scraper", "extract", str(pages)],
            "trafilatura": [*peer, "--with-metadata", "--parallel", str(cores)],
        }
        best = dict.fromkeys(commands, float("inf"))
        for _ in range(args.rounds):
            for name, command in commands.items():
                best[name] = min(best[name], seconds(command, work / f"{name}.out"))
        records = {
            "scraper extract": (work / "scraper extract.out").read_bytes().count(b"\n"),
            "trafilatura": sum(1 for _ in theirs.rglob("*.json")),
        }
    print(f"{count} pages, {cores} processes each\n{'':18}{'seconds':>9}{'pages/s':>9}{'records':>9}")
    for name, took in best.items():
        print(f"{name:18}{took:9.1f}{count / took:9.1f}{records[name]:9}")


if __name__ == "__main__":
    main()
