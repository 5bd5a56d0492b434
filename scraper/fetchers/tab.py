"""One page in the browser: how it is opened, what it asks for, when it is done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from scraper.errors import FetchError
from scraper.fetchers.composed import load_frames, take_html
from scraper.fetchers.parts import Asked, Given

if TYPE_CHECKING:
    from playwright.async_api import BrowserContext, Page, Request, Route, WebSocketRoute

AnswerAsked = Callable[[Asked], Awaitable[Given | None]]
"""What the browser gets for a request; None: nothing."""

_POLL_S: Final = 0.25
_STILL_S: Final = 0.75
_SETTLE_S: Final = 15.0
"""A page whose text keeps growing is taken as it is after so long."""
_SETTLE_RATIO: Final = 0.8
"""Of the page's time: the rest is for taking it."""
_STATE: Final = """() => { try {
    let inner = 0
    const roots = [document]
    while (roots.length) for (const node of roots.pop().querySelectorAll("*")) if (node.shadowRoot) {
        inner += node.shadowRoot.textContent.length
        roots.push(node.shadowRoot)
    }
    return [
        document.readyState === "complete",
        (document.body ? document.body.innerText.length : 0) + inner,
        (document.documentElement ? document.documentElement.outerHTML.length : 0) + inner,
    ]
} catch { return null } }"""
_STAY: Final = Given(status=204, headers=(), body=b"")
"""An answer to a navigation that leaves everything as it is (RFC 9110, 15.3.5)."""
_NO_STYLE: Final = Given(status=200, headers=(("content-type", "text/css"),), body=b"")


class Tab:
    """One page in a context of its own, and what it asks for."""

    def __init__(self, url: str, page: Given, answer: AnswerAsked) -> None:
        self._url, self._given, self._answer = url, page, answer
        self._is_given = False
        self._page: Page | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._open = 0
        self._asked = 0
        self._has_frames = False
        self._frames = set[str]()
        """Addresses that frames may ask for, once each."""

    async def build(self, context: BrowserContext, *, max_s: float, max_chars: int) -> str:
        """Return the page's HTML when it has settled."""
        settled_at = asyncio.get_running_loop().time() + min(_SETTLE_S, max_s * _SETTLE_RATIO)
        await context.route("**/*", self._take)
        await context.route_web_socket("**/*", _close_socket)
        self._page = await context.new_page()
        context.on("page", lambda popup: self._do(_close_page(popup)))
        self._page.set_default_timeout(0)
        await self._page.goto(self._url, wait_until="commit")
        await self._settle(self._page, settled_at, max_chars)
        if self._has_frames:
            self._frames.update(await load_frames(self._page))
        if self._frames:
            await self._settle(self._page, settled_at, max_chars)
        return await take_html(self._page, self._url, max_chars=max_chars)

    async def aclose(self) -> None:
        """Give up what is still being asked for."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _settle(self, page: Page, until_s: float, max_chars: int) -> None:
        """Wait until the page is loaded, nothing is asked for, and its text has not changed for a while."""
        loop = asyncio.get_running_loop()
        seen, changed_at = (-1, 0), loop.time()
        while (now_s := loop.time()) < until_s:
            loaded, text_chars, all_chars = await _state(page)
            if all_chars > max_chars:
                raise FetchError("too_large", self._url, f"built, it has {all_chars:,} characters")
            if (text_chars, self._asked) != seen or self._open or not loaded:
                seen, changed_at = (text_chars, self._asked), now_s
            elif now_s - changed_at >= _STILL_S:
                return
            await asyncio.sleep(_POLL_S)

    def _take(self, route: Route) -> None:
        self._do(self._serve(route))

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, route: Route) -> None:
        """Answer one request; with nothing where it is none that is let out."""
        from playwright.async_api import Error

        given = await self._given_to(route)
        with suppress(Error):  # the page has gone since
            if given is None:
                await route.abort()
            else:
                await route.fulfill(status=given.status, headers=dict(given.headers), body=given.body)

    async def _given_to(self, route: Route) -> Given | None:
        request = route.request
        if request.is_navigation_request():  # the page itself; after that frames, popups and pages that lead elsewhere
            is_first, self._is_given = not self._is_given, True
            return self._given if is_first else await self._framed(request) or _STAY
        if request.resource_type == "stylesheet":  # scripts may wait for it; what it says does not matter
            return _NO_STYLE
        return await self._ask(request)

    async def _framed(self, request: Request) -> Given | None:
        """Return what stands in a frame of the page; None if that is not wanted, or is no frame of the page itself."""
        from playwright.async_api import Error

        try:
            is_frame = self._page is not None and request.frame.parent_frame == self._page.main_frame
        except Error:  # none that is there yet, or any more
            return None
        if not is_frame:
            return None
        self._has_frames = True
        if request.url not in self._frames:
            return None
        self._frames.remove(request.url)
        return await self._ask(request)

    async def _ask(self, request: Request) -> Given | None:
        asked = Asked(
            url=request.url,
            method=request.method,
            kind=request.resource_type,
            headers=tuple((name.lower(), value) for name, value in request.headers.items()),
            content=request.post_data_buffer,
        )
        self._asked += 1
        self._open += 1
        try:
            return await self._answer(asked)
        finally:
            self._open -= 1


async def _state(page: Page) -> tuple[bool, int, int]:
    """Return whether the page is loaded, how long its text is, and its HTML.

    The page's own scripts may have changed what answers: what is no such thing reads as nothing.
    """
    from playwright.async_api import Error

    try:
        found = await page.evaluate(_STATE)
    except Error as error:
        if "context was destroyed" not in str(error):
            raise
        found = [False, 0, 0]  # the page led elsewhere, to about:blank or the like
    match found:
        case [bool(loaded), int(text_chars), int(all_chars)]:
            return loaded, text_chars, all_chars
    return True, 0, 0


async def _close_page(page: Page) -> None:
    from playwright.async_api import Error

    with suppress(Error):
        await page.close()


async def _close_socket(socket: WebSocketRoute) -> None:
    await socket.close()
