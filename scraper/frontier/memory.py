"""The frontier: all that a crawl remembers, in one file."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Self

from scraper.errors import UsageError
from scraper.frontier.articles import Articles
from scraper.frontier.forget import Forgotten, forget_host, forget_url
from scraper.frontier.hosts import Hosts
from scraper.frontier.leases import Leases
from scraper.frontier.line import Line
from scraper.frontier.names import Names
from scraper.frontier.near import Near
from scraper.frontier.parts import Parts
from scraper.frontier.resources import Resources
from scraper.frontier.robots import RobotsStore
from scraper.frontier.runs import Runs
from scraper.frontier.store import FILE_NAME, Store
from scraper.frontier.urls import Urls


class Frontier:
    """Opens `frontier.sqlite3` in the state folder, making both if need be; a file of an older version is brought up.

    Each part says what it keeps. What is done inside `transaction()` is kept as a whole or not at all, and costs one
    sync of the disk; what is done outside is committed at once. Nothing here reads the clock. Raises StateError.
    """

    def __init__(self, folder: Path, *, read_only: bool = False) -> None:
        self._store = Store(folder / FILE_NAME, read_only=read_only)
        self._hosts = Names(self._store, "host")
        self._line = Line(self._store)
        self.urls = Urls(self._store, self._hosts, self._line)
        self.leases = Leases(self._store, self._hosts, self._line)
        self.hosts = Hosts(self._store, self._hosts, self._line)
        self.robots = RobotsStore(self._store, self._hosts)
        self.resources = Resources(self._store, self._hosts)
        self.parts = Parts(self._store)
        self.articles = Articles(self._store)
        self.near = Near(self._store)
        self.runs = Runs(self._store, self._hosts)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def path(self) -> Path:
        return self._store.path

    def transaction(self) -> AbstractContextManager[None]:
        """Keep all that is done inside, or, if it raises, nothing of it. One inside another joins it."""
        return self._store.transaction()

    def forget(self, *, url: str | None = None, host: str | None = None) -> Forgotten:
        """Forget an address or a host and all that hangs on it; lines in files are not looked into.

        How far the revisions of its articles have come is kept: `articles.forgotten`.
        """
        if (url is None) == (host is None):
            raise UsageError("Name either the address or the host that is to be forgotten.")
        if url is not None:
            return forget_url(self._store, self._line, url)
        return forget_host(self._store, self._hosts, self._line, host or "")

    def copy_to(self, folder: Path) -> None:
        """Write what is remembered into another folder, where it can be changed without this being changed."""
        self._store.copy_to(folder / FILE_NAME)

    def close(self) -> None:
        """Let go of the file."""
        self._store.close()
