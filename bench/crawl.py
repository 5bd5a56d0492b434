#!/usr/bin/env python3
"""Crawl saved pages over loopback, ours and Scrapy + trafilatura in the same run: pages a second and peak memory.

    python bench/crawl.py --data PATH                                # 1,000 pages on 20 hosts
    python bench/crawl.py --data PATH --pages 200 --system scraper
    python bench/crawl.py --data PATH --pages 20000 --system scraper --tenths    # ten minutes

The pages are laid out on hosts 127.0.1.1 ... 127.0.1.20 (Linux answers on all of 127.0.0.0/8), each with a
robots.txt and a sitemap, and served by a process of its own. Both systems get the same sitemaps, obey robots.txt, ask
one page at a time of a host, without a delay, and write JSONL. Memory is the proportional set size of the whole
process tree, sampled ten times a second; with --tenths also its mean in each tenth of the run. Of more pages than
there are files, the further ones are copies whose paragraphs end in the copy's number, so that none equals another.
Scrapy needs the dependency group `bench`.
"""

from __future__ import annotations

import argparse
import gzip
import json
import multiprocessing
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import cycle, islice, pairwise
from pathlib import Path
from statistics import mean
from typing import Any, NamedTuple

PEER = Path(__file__).with_name("peer_scrapy.py")


class Page(NamedTuple):
    """A saved page, or a copy of it."""

    file: Path
    copy: int
    """0: the page itself."""


class Ran(NamedTuple):
    """What a run took."""

    seconds: float
    sizes: list[int]
    """Bytes of all processes, sampled."""
    code: int


class Site(BaseHTTPRequestHandler):
    """One host: its robots.txt, its sitemap, its pages."""

    protocol_version = "HTTP/1.1"

    def __init__(self, pages: dict[str, Page], *args: Any) -> None:
        self.pages = pages
        super().__init__(*args)

    def do_GET(self) -> None:
        base = f"http://{self.headers['Host']}"
        if self.path == "/robots.txt":
            self.answer(f"User-agent: *\nAllow: /\nSitemap: {base}/sitemap.xml\n".encode(), "text/plain")
        elif self.path == "/sitemap.xml":
            rows = "".join(f"<url><loc>{base}{path}</loc></url>" for path in self.pages)
            self.answer(
                f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'.encode(), "text/xml"
            )
        elif self.path in self.pages:
            page = self.pages[self.path]
            body = page.file.read_bytes()
            if page.copy:
                marked = gzip.decompress(body).replace(b"</p>", f" Copy {page.copy}.</p>".encode())
                body = gzip.compress(marked, compresslevel=1)
            self.answer(body, "text/html", "gzip")
        else:
            self.send_error(404)

    def answer(self, body: bytes, kind: str, encoding: str | None = None) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if encoding:
            self.send_header("Content-Encoding", encoding)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Say nothing: the figures are the output."""


def serve(hosts: list[tuple[str, dict[str, Page]]], port: int) -> None:
    """Serve every host until the process is ended."""
    for address, pages in hosts:
        server = ThreadingHTTPServer((address, port), partial(Site, pages))
        threading.Thread(target=server.serve_forever, daemon=True).start()
    threading.Event().wait(3600)


def lay_out(data: Path, count: int, hosts: int) -> list[tuple[str, dict[str, Page]]]:
    """Return (address, path -> page) of each host, the pages dealt out in turn."""
    files = [f for folder in sorted(data.glob("*/html")) for f in sorted(folder.glob("*.html.gz"))]
    dealt: list[tuple[str, dict[str, Page]]] = [(f"127.0.1.{n + 1}", {}) for n in range(hosts)]
    for number, file in enumerate(islice(cycle(files), count)):
        path = f"/story-{number:04d}-{file.stem.split('.')[0].lower()}.html"
        dealt[number % hosts][1][path] = Page(file, number // len(files))
    return dealt


def tree_pss_bytes(pid: int) -> int:
    """Return the proportional set size of a process and all below it."""
    total, todo = 0, [pid]
    while todo:
        one = todo.pop()
        try:
            for line in Path(f"/proc/{one}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
            for task in Path(f"/proc/{one}/task").iterdir():
                todo += [int(child) for child in (task / "children").read_text().split()]
        except (OSError, ValueError):
            continue
    return total


def run(command: list[str], log: Path) -> Ran:
    """Run a command to its end and watch its memory."""
    start, sizes = time.perf_counter(), []
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        while process.poll() is None:
            sizes.append(tree_pss_bytes(process.pid))
            time.sleep(0.1)
    return Ran(time.perf_counter() - start, sizes, process.returncode)


def tenths(sizes: list[int]) -> list[float]:
    """Return the mean of each tenth of the samples, in order."""
    edges = [len(sizes) * n // 10 for n in range(11)]
    return [mean(sizes[a:b]) for a, b in pairwise(edges) if a < b]


def scraper_command(work: Path, sitemaps: list[str]) -> tuple[list[str], Path]:
    """Return our command and the folder its articles go to.

    Every page becomes a record: near duplicates are kept, as the peer keeps them.
    """
    sources = "".join(f'[[source]]\nkind = "sitemap"\nurl = "{url}"\n' for url in sitemaps)
    fetch = '[fetch]\ncontact = "bench@localhost"\ndelay_s = 0\nlatency_factor = 0\nallow_networks = ["127.0.0.0/8"]\n'
    fetch += "[crawl]\nnear_duplicates = false\nmin_free_bytes = 0\n"
    keep = (
        "[quality]\nmin_words = 0\nrequire_title = false\npage_types = ["
        + ", ".join(
            f'"{t}"'
            for t in (
                "article",
                "live_blog",
                "forum",
                "product",
                "collection",
                "listing",
                "documentation",
                "service",
                "other",
            )
        )
        + "]\n"
    )
    (work / "config.toml").write_text(fetch + keep + sources)
    out = work / "out"
    command = [sys.executable, "-m", "scraper", "crawl", "--config", str(work / "config.toml"), "--out", str(out)]
    return command, out


def scrapy_command(work: Path, sitemaps: list[str]) -> tuple[list[str], Path]:
    """Return Scrapy's command and the file its items go to."""
    out = work / "scrapy.jsonl"
    return [sys.executable, str(PEER), str(out), *sitemaps], out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of data sets with html/*.html.gz")
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--hosts", type=int, default=20)
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--tenths", action="store_true", help="print the memory in each tenth of the run")
    parser.add_argument("--system", action="append", choices=("scraper", "scrapy"))
    args = parser.parse_args()

    hosts = lay_out(args.data, args.pages, args.hosts)
    count = sum(len(pages) for _, pages in hosts)
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(hosts, args.port), daemon=True)
    server.start()
    time.sleep(1.5)
    sitemaps = [f"http://{address}:{args.port}/sitemap.xml" for address, _ in hosts]
    print(
        f"{count} pages on {len(hosts)} hosts\n"
        f"{'':22}{'seconds':>9}{'pages/s':>9}{'peak MB':>9}{'records':>9}{'exit':>6}"
    )
    try:
        for system in args.system or ("scraper", "scrapy"):
            with tempfile.TemporaryDirectory() as folder:
                work = Path(folder)
                make = scraper_command if system == "scraper" else scrapy_command
                command, out = make(work, sitemaps)
                ran = run(command, work / "log")
                files = sorted(out.glob("articles-*.jsonl")) if out.is_dir() else [out] * out.exists()
                records = sum(1 for path in files for line in path.open("rb") if json.loads(line))
                name = "scraper" if system == "scraper" else "scrapy + trafilatura"
                rate, peak_mb = count / ran.seconds, max(ran.sizes) / 1e6
                print(f"{name:22}{ran.seconds:9.1f}{rate:9.1f}{peak_mb:9.0f}{records:9}{ran.code:6}", flush=True)
                if args.tenths:
                    print("MB by tenths of the run:", *(f"{size / 1e6:.0f}" for size in tenths(ran.sizes)), flush=True)
                if ran.code:
                    print((work / "log").read_text()[-2000:])
    finally:
        server.terminate()


if __name__ == "__main__":
    main()
