"""The browser and its driver, which only this module and its tabs know: pages in, built pages out.

The browser never opens a connection. Each request of a page is handed to whoever asked for the page, and answered with
what comes back. Should one slip by: every name leads nowhere, and so does the proxy that it would have to take.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from scraper.errors import ConfigError, TransientError
from scraper.fetchers.chromium import FLAGS, chromium_environment
from scraper.fetchers.parts import Given
from scraper.fetchers.tab import AnswerAsked, Tab

if TYPE_CHECKING:
    from playwright.async_api import Browser as Chromium
    from playwright.async_api import BrowserContext, Playwright, ViewportSize

_LAUNCH_S: Final = 30.0
_CLOSE_S: Final = 5.0
_PAGES_A_BROWSER: Final = 300
"""A browser grows with the pages it has shown; after so many a new one takes over."""
_WINDOW: Final[ViewportSize] = {"width": 1280, "height": 4000}
"""Tall: what pages load when somebody scrolls down to it is in sight from the beginning."""


class Browser:
    """Builds pages, `at_once` at a time, each with nothing left of the page before.

    Starts with the first page, anew after a crash and after some hundreds of pages; nothing of it runs after aclose().
    """

    def __init__(self, executable: str, *, at_once: int) -> None:
        self._executable = executable
        self._places = asyncio.Semaphore(at_once)
        self._lock = asyncio.Lock()
        self._newest: _Process | None = None
        self._has_started = False
        self._all: set[_Process] = set()

    @asynccontextmanager
    async def place(self, url: str) -> AsyncIterator[_Process]:
        """Wait for a place for a page, and hold it.

        Raises ConfigError if the browser does not start; if it did before: FetchError, protocol_error (transient).
        """
        async with self._places:
            process = await self._process(url)
            process.users += 1
            process.pages += 1
            try:
                yield process
            finally:
                process.users -= 1
                if process is not self._newest and not process.users:
                    await self._end(process)

    async def aclose(self) -> None:
        """End it, whatever it is doing."""
        while self._all:
            await self._end(next(iter(self._all)))

    async def _process(self, url: str) -> _Process:
        async with self._lock:
            process = self._newest
            if process is not None and (not process.is_alive or process.pages >= _PAGES_A_BROWSER):
                self._newest = None
                if not process.users:
                    await self._end(process)
            if self._newest is None:
                process = _Process()
                self._all.add(process)
                try:
                    await process.start(self._executable)
                except BaseException as error:
                    await self._end(process)
                    if self._has_started and isinstance(error, ConfigError):
                        raise TransientError("protocol_error", url, str(error)) from error
                    raise
                self._newest, self._has_started = process, True
            return self._newest

    async def _end(self, process: _Process) -> None:
        try:
            await process.aclose()
        finally:
            self._all.discard(process)


class _Process:
    """A driver and its browser."""

    def __init__(self) -> None:
        self.users = self.pages = 0
        self._driver: Playwright | None = None
        self._chromium: Chromium | None = None
        self._group = 0

    @property
    def is_alive(self) -> bool:
        return self._chromium is not None and self._chromium.is_connected()

    async def start(self, executable: str) -> None:
        """Start both. Raises ConfigError."""
        from playwright.async_api import Error, async_playwright

        try:
            async with asyncio.timeout(_LAUNCH_S):
                driver = await self._start_driver(async_playwright().start())
                self._chromium = await driver.chromium.launch(
                    executable_path=executable,
                    args=list(FLAGS),
                    chromium_sandbox=os.geteuid() != 0,  # which Chromium refuses to root
                    env={**chromium_environment()},
                    handle_sigint=False,  # whoever stops the run ends the browser, when its pages are done
                    handle_sigterm=False,
                    handle_sighup=False,
                    timeout=0,
                )
                self._group = await _process_group(self._chromium)
        except (Error, OSError, TimeoutError) as error:
            why = next(iter(str(error).splitlines()), "") or f"not there after {_LAUNCH_S:g} s"
            raise ConfigError(f"{executable}: the browser does not start ({why}).") from error

    async def _start_driver(self, start: Coroutine[Any, Any, Playwright]) -> Playwright:
        """Start the driver to the end, even if nobody wants it any more: half started, it could not be stopped."""
        task = asyncio.ensure_future(start)
        try:
            return await asyncio.shield(task)
        finally:
            await asyncio.wait([task], timeout=_CLOSE_S)
            if task.done() and not task.cancelled() and task.exception() is None:
                self._driver = task.result()

    async def build(
        self,
        url: str,
        page: Given,
        answer: AnswerAsked,
        *,
        user_agent: str,
        max_s: float,
        max_chars: int,
    ) -> str:
        """Return the HTML of a page when its text has stopped growing; what it asks for is got from `answer`.

        Raises FetchError: too_large; protocol_error (transient) if the browser or its tab crashes.
        """
        from playwright.async_api import Error

        if self._chromium is None:
            raise TransientError("protocol_error", url, "the browser has ended")
        context: BrowserContext | None = None
        tab = Tab(url, page, answer)
        try:
            context = await self._chromium.new_context(
                accept_downloads=False, service_workers="block", user_agent=user_agent, viewport=_WINDOW
            )
            return await tab.build(context, max_s=max_s, max_chars=max_chars)
        except Error as error:
            why = next(iter(str(error).splitlines()), "")
            raise TransientError("protocol_error", url, f"the browser failed ({why})") from error
        finally:
            await tab.aclose()
            if context is not None:
                await self._close(context)

    async def _close(self, context: BrowserContext) -> None:
        """Close a context; a browser that cannot is ended, with all its pages."""
        try:
            async with asyncio.timeout(_CLOSE_S):
                await context.close()
        except BaseException as error:
            self._kill()
            if not isinstance(error, Exception):
                raise

    async def aclose(self) -> None:
        """End both, whatever they are doing."""
        from playwright.async_api import Error

        try:
            with suppress(Error, TimeoutError):
                async with asyncio.timeout(_CLOSE_S):
                    if self._chromium is not None:
                        await self._chromium.close()
        finally:
            self._kill()
            driver, self._driver = self._driver, None
            if driver is not None:
                with suppress(Error, TimeoutError):
                    async with asyncio.timeout(_CLOSE_S):
                        await driver.stop()

    def _kill(self) -> None:
        """End all processes of the browser; no harm is done if they have ended."""
        group, self._group = self._group, 0
        if group:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(group, signal.SIGKILL)


async def _process_group(chromium: Chromium) -> int:
    """Return the process group of the browser, or 0 if it has none of its own."""
    session = await chromium.new_browser_cdp_session()
    info = await session.send("SystemInfo.getProcessInfo")
    await session.detach()
    group = os.getpgid(next(int(each["id"]) for each in info["processInfo"] if each["type"] == "browser"))
    return 0 if group == os.getpgid(0) else group
