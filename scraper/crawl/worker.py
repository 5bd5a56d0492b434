"""One extraction process: pages in through stdin, replies out through stdout, one after the other.

It is started as a command of its own (`python -m scraper.crawl.worker`), so it shares nothing with the crawl: a page
that makes a C library fall over takes this process with it and nothing else.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from functools import partial
from typing import BinaryIO

import msgspec

from scraper.crawl.following import following_urls
from scraper.crawl.gist import gist_of
from scraper.crawl.heap import give_memory_back
from scraper.crawl.wire import HEADER, READY, Job, Reply, encode, frame
from scraper.model import Article, Page, Rejected
from scraper.sinks import encode_article

_GRACE_S = 5.0
"""An orphan of a killed crawl ends itself this long after a page's time is up."""


def main() -> None:
    """Answer pages until the crawl closes the pipe."""
    give_memory_back()
    pages, replies = sys.stdin.buffer, _private_stdout()
    logging.basicConfig(level=logging.ERROR)
    answer_pages(pages, replies)


def answer_pages(pages: BinaryIO, replies: BinaryIO) -> None:
    """Read the job, say that all is ready, then answer page by page until the stream ends."""
    from scraper.crawl.boundary import guard_page, read_guarded

    head = _next_message(pages)
    if head is None:
        return
    job = msgspec.msgpack.decode(head, type=Job)
    _send(replies, frame(READY))
    while (message := _next_message(pages)) is not None:
        signal.setitimer(signal.ITIMER_REAL, job.page_timeout_s + _GRACE_S)
        page = msgspec.msgpack.decode(message, type=Page)
        outcome = read_guarded(page, job.quality, rules=job.rules)
        answer = guard_page(page, partial(_answer, outcome, job))
        signal.setitimer(signal.ITIMER_REAL, 0)
        _send(replies, encode(Reply(rejected=answer)) if isinstance(answer, Rejected) else answer)


def _answer(outcome: Article | Rejected, job: Job) -> bytes:
    return encode(_reply(outcome, job))


def _reply(outcome: Article | Rejected, job: Job) -> Reply:
    if isinstance(outcome, Rejected):
        return Reply(rejected=outcome)
    return Reply(
        line=encode_article(outcome, job.profile),
        gist=gist_of(outcome) if job.wants_gist else None,
        following=following_urls(outcome),
    )


def _private_stdout() -> BinaryIO:
    """Keep stdout for replies alone: whatever a library prints goes to stderr."""
    private = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(private, "wb", buffering=0)


def _next_message(stream: BinaryIO) -> bytes | None:
    header = stream.read(HEADER.size)
    if len(header) < HEADER.size:
        return None
    (length,) = HEADER.unpack(header)
    message = stream.read(length)
    return message if len(message) == length else None


def _send(stream: BinaryIO, message: bytes) -> None:
    rest = memoryview(message)
    while rest:
        rest = rest[stream.write(rest) or 0 :]


if __name__ == "__main__":
    main()
