"""scraper extract"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from collections.abc import AsyncGenerator, Coroutine, Iterator
from contextlib import AsyncExitStack, aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar, get_args

import click
import msgspec
from click.core import ParameterSource

from scraper.cli.batch import ALONE, EVERYTHING, Readers, in_order
from scraper.cli.driving import drive
from scraper.cli.exits import Exit
from scraper.cli.formats import Format, render
from scraper.cli.inputs import allowing, check_url, find_pages, holds_many, is_address, name_of, no_page, path_of
from scraper.cli.options import INPUT
from scraper.cli.patience import Patience
from scraper.config import Config, load_config
from scraper.crawl.boundary import read_guarded
from scraper.crawl.following import following_urls, read_whole
from scraper.crawl.pages import saved_path
from scraper.crawl.progress import plain
from scraper.crawl.reasons import EXCEPTION
from scraper.document import NO_URL
from scraper.errors import FetchError, SourceError, UsageError
from scraper.fetchers.saved import page_of_bytes, read_saved
from scraper.fetchers.warc import is_archive
from scraper.model import Article, Page, Rejected, Target
from scraper.pipeline import Explained, explain_page
from scraper.rules import Rules, load_rules
from scraper.sources.files import PAGE_ENDINGS

if TYPE_CHECKING:
    from scraper.fetchers import HttpFetcher

T = TypeVar("T")
Outcome = tuple[Page, Article | Rejected]
_STDIN: Final = "stdin"


@click.command("extract", short_help="Read articles from files, folders, addresses or stdin, to stdout.")
@click.argument("inputs", nargs=-1, required=True, metavar="FILE|DIR|URL|-...", type=INPUT)
@click.option(
    "--format",
    "form",
    type=click.Choice(get_args(Format)),
    default="jsonl",
    show_default=True,
    help="Form of the output.",
)
@click.option("--url", help="Address of the page, where the input does not say it (one input only).")
@click.option("--rules", type=click.Path(path_type=Path), help="Folder of site rules of your own [crawl.rules_dir].")
@click.option("--explain", is_flag=True, help="Show, instead of records, where each field came from, and all blocks.")
@click.option("--config", "config_path", type=click.Path(path_type=Path), help="Configuration for fetching addresses.")
@click.pass_context
def command(
    ctx: click.Context,
    inputs: tuple[str, ...],
    *,
    form: Format,
    url: str | None,
    rules: Path | None,
    explain: bool,
    config_path: Path | None,
) -> int:
    """Read articles from saved pages (HTML, MHTML, or plain-text dumps, also .gz), folders of them, web archives
    (.warc, .warc.gz, .warc.zst), web addresses, or stdin (-). An archive gives a record for each answer of status 200
    that is HTML. Many saved pages are read several at a time, in a process a core [crawl.workers], each within
    [crawl.page_timeout_s].

    Records go to stdout. An input that gives none is named on stderr in one sentence, the rest goes on, and the exit
    code is 1; where a fetch has to wait, a terminal is told what for. With --format json, several inputs, a folder or
    an archive give one array, [] if no record comes of them; one input gives its record, or nothing.

    \b
    Examples:
      scraper extract page.html --format text
      scraper extract page.html --explain | less
      scraper extract saved-pages/ > articles.jsonl
      scraper extract out/warc-*.warc.gz > articles.jsonl
      curl -s https://news.example/story | scraper extract - --url https://news.example/story
    """
    as_list = len(inputs) > 1 or holds_many(inputs[0])
    if url is not None and as_list:
        raise UsageError("--url names the address of one page: give it with one input.")
    check_url(url)
    if explain and ctx.get_parameter_source("form") is ParameterSource.COMMANDLINE:
        raise UsageError("--explain has a form of its own: leave --format out.")
    config = load_config(config_path) if config_path else Config()
    reading = Reading(inputs, url, config, load_rules(rules or config.crawl.rules_dir))
    pieces = reading.explanations() if explain else render(reading.articles(), form, as_list=as_list)
    for piece in pieces:
        sys.stdout.write(piece)
    sys.stdout.flush()
    return Exit.NOTHING if reading.failed else Exit.DONE


class Reading:
    """Goes through the inputs; counts those that fail, and says so on stderr."""

    def __init__(self, inputs: tuple[str, ...], url: str | None, config: Config, rules: Rules) -> None:
        self._inputs, self._url, self._rules, self._config = inputs, url, rules, config
        self._fetch, self._patience = allowing(config.fetch, inputs), Patience(sys.stderr)
        self._bugs = Path(tempfile.gettempdir()) / f"scraper-bugs-{os.getpid()}.log"
        self._stdin = b""
        self.failed = 0

    def articles(self) -> Iterator[Article]:
        """Yield the article of each input, in order."""
        return self._drive(self._read_all())

    def explanations(self) -> Iterator[str]:
        """Yield, for each input, the lines that explain its record; of an article over several pages, the first's."""
        return self._drive(self._explain_all())

    def explained(self) -> Iterator[tuple[Page, Explained]]:
        """Yield each input's page with its record and all that it was made from."""
        return self._drive(self._explained())

    def _drive(self, results: AsyncGenerator[T]) -> Iterator[T]:
        """Yield what comes of the inputs."""
        logging.basicConfig(handlers=[logging.FileHandler(self._bugs, delay=True)], level=logging.ERROR)
        if "-" in self._inputs:
            # Here, where Ctrl-C still ends a read that waits.
            self._stdin = sys.stdin.buffer.read(self._fetch.max_bytes + 1)
        return drive(results)

    async def _read_all(self) -> AsyncGenerator[Article]:
        async with (
            Readers(self._config, self._rules, self._bugs) as readers,
            aclosing(self._begin_all(readers)) as begun,
            aclosing(in_order(begun)) as outcomes,
        ):
            async for page, outcome in outcomes:
                if isinstance(outcome, Rejected):
                    self._refuse(page, outcome)
                else:
                    yield outcome

    async def _begin_all(self, readers: Readers) -> AsyncGenerator[tuple[Coroutine[Any, Any, Outcome], int]]:
        """Yield the reading of each page: of the web's, and of the first saved ones, one after the other."""
        saved = 0
        async with aclosing(self._pages()) as pages:
            async for page, fetcher in pages:
                saved += fetcher is None
                if fetcher is not None:
                    yield self._read_whole(page, fetcher), 0
                elif saved <= ALONE:
                    yield self._read(page), 0
                else:
                    yield self._read_beside(page, readers), readers.ahead

    async def _read_whole(self, page: Page, fetcher: HttpFetcher) -> Outcome:
        return await read_whole(page, self._read, _following, fetch=fetcher.fetch_page, say=self._fail)

    async def _read_beside(self, page: Page, readers: Readers) -> Outcome:
        return page, await readers.read(self._addressed(page))

    async def _explain_all(self) -> AsyncGenerator[str]:
        from scraper.cli.explain import explain_lines

        async with aclosing(self._explained()) as all_explained:
            async for _, explained in all_explained:
                yield "".join(f"{line}\n" for line in (*explain_lines(explained), ""))

    async def _explained(self) -> AsyncGenerator[tuple[Page, Explained]]:
        async with aclosing(self._pages()) as pages:
            async for page, _ in pages:
                addressed = self._addressed(page)
                outcome = explain_page(addressed, self._config.quality, rules=self._rules)
                if isinstance(outcome, Rejected):
                    self._refuse(page, outcome)
                else:
                    yield addressed, outcome

    def _addressed(self, page: Page) -> Page:
        return page if self._url is None else msgspec.structs.replace(page, url=self._url, final_url=self._url)

    async def _read(self, page: Page) -> Outcome:
        return page, read_guarded(self._addressed(page), EVERYTHING, rules=self._rules)

    def _refuse(self, page: Page, outcome: Rejected) -> None:
        name = _STDIN if page.url == NO_URL else name_of(page.url)
        detail = f" ({outcome.detail})" if outcome.detail else ""
        if outcome.reason == EXCEPTION:
            self._fail(f"{name}: a bug in scraper{detail}; its traceback is in {self._bugs}.")
        else:
            self._fail(f"{name}: no article: {outcome.reason}{detail}.")

    def _fail(self, sentence: str) -> None:
        self.failed += 1
        click.echo(plain(sentence), err=True)

    async def _pages(self) -> AsyncGenerator[tuple[Page, HttpFetcher | None]]:
        """Yield the page of each input, and what fetched it, if it came from the web."""
        async with AsyncExitStack() as stack:
            fetcher: HttpFetcher | None = None
            for each in self._inputs:
                try:
                    if each == "-":
                        yield _stdin_page(self._stdin, self._fetch.max_bytes), None
                    elif is_address(each):
                        if fetcher is None:
                            fetcher = await stack.enter_async_context(self._fetcher())
                        async with self._patience.over(each):
                            page = await fetcher.fetch_page(Target(url=each, source="command"))
                        yield page, fetcher
                    else:
                        for page in self._saved(each):
                            yield page, None
                except FetchError as error:
                    self._fail(no_page(error, each if is_address(each) else ""))
                except SourceError as error:
                    self._fail(str(error))

    def _fetcher(self) -> HttpFetcher:
        from scraper.fetchers import HttpFetcher

        told = self._patience
        return HttpFetcher(self._fetch, self._config.site, sleep=told.sleep, record=told.record)

    def _saved(self, path: str) -> Iterator[Page]:
        if is_archive(path_of(path)):
            yield from self._archived(path)
            return
        is_empty = True
        for target in find_pages(path):
            is_empty = False
            try:
                yield read_saved(saved_path(target.url), max_bytes=self._fetch.max_bytes)
            except FetchError as error:
                self._fail(no_page(error))
        if is_empty:
            self._fail(f"{path}: the folder holds no page ({', '.join(PAGE_ENDINGS)}).")

    def _archived(self, path: str) -> Iterator[Page]:
        from scraper.fetchers.archived import read_archived

        is_empty = True
        for found in read_archived(path_of(path), max_bytes=self._fetch.max_bytes):
            is_empty = False
            if isinstance(found, FetchError):
                self._fail(no_page(found))
            else:
                yield found
        if is_empty:
            self._fail(f"{path}: the archive holds no page (an answer of status 200 that is HTML).")


def _following(outcome: Outcome) -> tuple[str, ...]:
    _, found = outcome
    return () if isinstance(found, Rejected) else following_urls(found)


def _stdin_page(body: bytes, max_bytes: int) -> Page:
    """Return what stood on stdin as a page, as a saved file is read. Raises FetchError as that does."""
    page = page_of_bytes(body, _STDIN, max_bytes=max_bytes, source="command")
    known = page.final_url if page.final_url != _STDIN else NO_URL
    return msgspec.structs.replace(page, url=NO_URL, final_url=known)
