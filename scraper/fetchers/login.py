"""Logging in by a form, before the first page of a site that asks for it.

The operator names the form's page and its fields; secrets come from the environment. robots.txt has no say here: the
operator sends this form himself, once a run.
"""

from __future__ import annotations

import asyncio
from typing import Final

from scraper.config import LoginConfig
from scraper.errors import FetchError
from scraper.fetchers.client import HttpClient
from scraper.fetchers.exchange import Budget, Exchange
from scraper.fetchers.messages import Answer, Want
from scraper.fetchers.redirects import REDIRECT_STATUSES, next_hop
from scraper.fetchers.settings import HostSettings
from scraper.web.forms import find_form
from scraper.web.headers import is_page_type

LOGIN: Final = Want(
    kind="login", accept="text/html,application/xhtml+xml;q=0.9,*/*;q=0.5", takes=is_page_type, is_text=True
)


class LoginKeeper:
    """Logs in once a site. A site whose login failed gives no page: nobody shall crawl what only guests see."""

    def __init__(self, exchange: Exchange, client: HttpClient, *, max_redirects: int) -> None:
        self._exchange, self._client, self._max_redirects = exchange, client, max_redirects
        self._locks: dict[str, asyncio.Lock] = {}
        self._done: dict[str, FetchError | None] = {}

    async def ensure(self, url: str, settings: HostSettings) -> None:
        """Log in to the site of a URL if that has to be. Raises FetchError(login_failed) and what the network gives."""
        if settings.login is None:
            return
        async with self._locks.setdefault(settings.site, asyncio.Lock()):
            if settings.site not in self._done:
                self._done[settings.site] = await self._try(settings, settings.login)
        failed = self._done[settings.site]
        if failed is not None:
            raise FetchError(failed.reason, url, failed.detail, status=failed.status)

    def forget(self, settings: HostSettings) -> None:
        """Log in again before the next page: the site no longer knows us."""
        self._done.pop(settings.site, None)
        self._client.forget_cookies(settings)

    async def _try(self, settings: HostSettings, login: LoginConfig) -> FetchError | None:
        try:
            await self._log_in(settings, login)
        except FetchError as error:
            return error
        return None

    async def _log_in(self, settings: HostSettings, login: LoginConfig) -> None:
        budget = Budget(settings.deadline_s)
        page = await self._follow(login.url, budget)
        form = find_form(page.body.decode("utf-8", "replace"), page.url, names=tuple(login.fields))
        if form is None:
            wanted = ", ".join(login.fields)
            raise FetchError("login_failed", login.url, f"the page has no form with the fields {wanted}")
        answer = await self._exchange.ask(form.action, LOGIN, form={**form.hidden, **login.fields}, budget=budget)
        if answer.status in REDIRECT_STATUSES:
            there = next_hop(answer.header("location"), visited=[form.action], limit=self._max_redirects)
            answer = await self._follow(there, budget)
        if answer.status >= 400:
            raise FetchError("login_failed", login.url, f"the answer is {answer.status}", status=answer.status)
        if login.failed_if and login.failed_if in answer.body.decode("utf-8", "replace"):
            raise FetchError("login_failed", login.url, f"the answer says {login.failed_if!r}")

    async def _follow(self, url: str, budget: Budget) -> Answer:
        visited = [url]
        while True:
            answer = await self._exchange.ask(visited[-1], LOGIN, budget=budget)
            if answer.status not in REDIRECT_STATUSES:
                return answer
            visited.append(next_hop(answer.header("location"), visited=visited, limit=self._max_redirects))
