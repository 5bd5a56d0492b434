"""One request and its answer: a turn at the host, a deadline, the gates, the body out of its codings."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from scraper.errors import FetchError
from scraper.fetchers.client import HttpClient, Reply
from scraper.fetchers.decode import ACCEPT_ENCODING, BodyDecoder
from scraper.fetchers.injected import Injected
from scraper.fetchers.log import HostLine, Record, RequestKind, RequestLine, forget
from scraper.fetchers.messages import PARKING_STATUSES, Answer, Validators, Want
from scraper.fetchers.pace import Pace, Turn
from scraper.fetchers.parts import Part
from scraper.fetchers.settings import HostSettings, Settings
from scraper.fetchers.tape import Archive, Tape
from scraper.web.headers import binary_type, media_type, retry_after_s

_SNIFFED_BYTES: Final = 16
_NOT_THE_HOST: Final = frozenset(
    {"content_type", "too_large", "bad_encoding", "address_refused", "bad_url", "scheme_refused"}
)
"""Failures that say nothing about how the host is."""


class Exchange:
    """Sends requests politely: the one door to the network. `key_of` gives the politeness key of a host and port."""

    def __init__(
        self,
        given: Injected,
        client: HttpClient,
        pace: Pace,
        settings: Settings,
        *,
        key_of: Callable[[str, int], Awaitable[str]],
        record: Record = forget,
        archive: Archive | None = None,
    ) -> None:
        self._now, self._monotonic = given.now, given.monotonic
        self._client, self._pace, self._settings = client, pace, settings
        self._key_of, self._record, self._archive = key_of, record, archive
        self._began_s = given.monotonic()
        self._introduced: set[str] = set()

    async def key(self, url: str) -> str:
        """Return the politeness key of a URL."""
        parts = urlsplit(url)
        return await self._key_of(parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80))

    def seconds(self) -> float:
        """Return the seconds since the start of the run."""
        return round(self._monotonic() - self._began_s, 6)

    async def ask(
        self,
        url: str,
        want: Want,
        *,
        crawl_delay_s: float | None = None,
        validators: Validators | None = None,
        form: Mapping[str, str] | None = None,
        part: Part | None = None,
        budget: Budget,
    ) -> Answer:
        """Return what the server answers, whatever the status; with `form` its fields are posted. Raises FetchError."""
        host = urlsplit(url).hostname or ""
        settings = self._settings.of(host)
        key = await self.key(url)
        self._introduce(host, key, settings)
        rule, visit = settings.rule(crawl_delay_s), part.visit if part else None
        if part is not None:
            settings = part.settings(settings)
        headers = dict(part.headers if part else ()) | _headers(settings, want, validators)
        asked = _Outgoing(url, want, headers, settings, form=form, content=part.content if part else None)
        client = (part.client if part else None) or self._client
        async with self._pace.turn(key, url, rule, visit=visit) as turn:
            note = _Note(turn, host=host, url=url, kind="part" if turn.is_part else want.kind)
            try:
                async with budget.spend(url):
                    return await self._send(asked, client, turn, note)
            except FetchError as error:
                note.outcome = error.reason
                if error.reason not in _NOT_THE_HOST:
                    turn.owner.failed()
                raise
            except asyncio.CancelledError:
                note.outcome = "interrupted"
                raise
            finally:
                self._record(note.line(self.seconds(), self._now(), self._began_s))

    async def _send(self, asked: _Outgoing, client: HttpClient, turn: Turn, note: _Note) -> Answer:
        """Send the request, now that it is its turn, and return the answer in full; both are noted and kept."""
        url, settings = asked.url, asked.settings
        async with client.send(url, asked.headers, settings, form=asked.form, content=asked.content) as reply:
            note.head(reply, self._monotonic())
            self._heed(turn, reply, note)
            tape = Tape(self._now()) if self._archive and asked.want.kind != "login" else None
            limit = asked.want.max_bytes or settings.max_bytes
            answer = await self._read(reply, url, asked.want, max_bytes=limit, tape=tape)
            note.bytes = answer.wire_bytes
            if self._archive and tape:
                self._archive(tape.exchanged(answer, asked.headers, settings, asked.content))
            return answer

    def _introduce(self, host: str, key: str, settings: HostSettings) -> None:
        """Record what holds for a host, before its first request."""
        if host in self._introduced:
            return
        self._introduced.add(host)
        owner = self._pace.owner(key, settings.rule(None))
        left_s = owner.parked_until - self._monotonic()
        self._record(
            HostLine(
                host=host,
                key=key,
                delay_s=settings.delay_s,
                max_crawl_delay_s=settings.max_crawl_delay_s,
                latency_factor=settings.latency_factor,
                per_host=settings.per_host,
                window=settings.window,
                window_zone=settings.window_zone,
                robots=settings.robots,
                user_agent=settings.user_agent,
                latency_s=owner.latency_s,
                parked_until=self._now() + timedelta(seconds=left_s) if left_s > 0 else None,
            )
        )

    def _heed(self, turn: Turn, reply: Reply, note: _Note) -> None:
        """Let the host's owner know how it answered."""
        turn.owner.answered(note.head_s or 0.0)
        if reply.status in PARKING_STATUSES:
            note.retry_after_s = retry_after_s(reply.header("retry-after"), now=self._now())
            note.parked_s = turn.owner.park(note.retry_after_s)
            self._pace.remember(turn.owner)
        elif reply.status >= 500:
            turn.owner.failed()
        else:
            turn.owner.succeeded()

    async def _read(self, reply: Reply, url: str, want: Want, *, max_bytes: int, tape: Tape | None) -> Answer:
        body, wire_bytes = b"", 0
        if 200 <= reply.status < 300:
            body, wire_bytes = await _read_body(reply, url, want, max_bytes=max_bytes, tape=tape)
        else:
            await reply.drain()
        return Answer(
            url=url,
            status=reply.status,
            reason=reply.reason,
            headers=reply.headers,
            body=body,
            wire_bytes=wire_bytes,
            retry_after_s=retry_after_s(reply.header("retry-after"), now=self._now()),
        )


class _Outgoing(NamedTuple):
    """A request as it goes out."""

    url: str
    want: Want
    headers: Mapping[str, str]
    settings: HostSettings
    form: Mapping[str, str] | None
    content: bytes | None


class _Note:
    """A request in the making, for the log."""

    def __init__(self, turn: Turn, *, host: str, url: str, kind: RequestKind) -> None:
        self._turn, self._host, self._url, self._kind = turn, host, url, kind
        self.status: int | None = None
        self.head_s: float | None = None
        self.bytes = 0
        self.outcome = "ok"
        self.retry_after_s: float | None = None
        self.parked_s: float | None = None

    def head(self, reply: Reply, now_s: float) -> None:
        self.status, self.head_s = reply.status, now_s - self._turn.began_s

    def line(self, end_s: float, now: datetime, began_s: float) -> RequestLine:
        turn = self._turn
        start_s = round(turn.began_s - began_s, 6)
        return RequestLine(
            at=now - timedelta(seconds=max(end_s - start_s, 0.0)),
            start_s=start_s,
            end_s=end_s,
            host=self._host,
            key=turn.owner.key,
            url=self._url,
            kind=self._kind,
            outcome=self.outcome,
            status=self.status,
            bytes=self.bytes,
            head_s=None if self.head_s is None else round(self.head_s, 6),
            gap_s=round(turn.gap_s, 6),
            waited_s=round(turn.waited_s, 6),
            wait_reason=turn.why,
            retry_after_s=self.retry_after_s,
            parked_s=self.parked_s,
        )


class Budget:
    """The time a page may take over all its hops, waiting for turns not counted."""

    def __init__(self, seconds: float) -> None:
        self._total_s = self._left_s = seconds

    @property
    def left_s(self) -> float:
        return self._left_s

    @asynccontextmanager
    async def spend(self, url: str) -> AsyncIterator[None]:
        """Charge what happens inside. Raises FetchError(deadline) when all is spent."""
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        try:
            async with asyncio.timeout(self._left_s):
                yield
        except TimeoutError as error:
            raise FetchError("deadline", url, f"not done after {self._total_s:g} s") from error
        finally:
            self._left_s -= loop.time() - began_s


async def _read_body(reply: Reply, url: str, want: Want, *, max_bytes: int, tape: Tape | None) -> tuple[bytes, int]:
    """Return the body inflated, and its length on the wire."""
    content_type = reply.header("content-type")
    if not want.takes(content_type):
        raise FetchError("content_type", url, media_type(content_type) or "", status=reply.status)
    announced = reply.header("content-length") or ""
    if announced.isdigit() and int(announced) > max_bytes and not want.cut:
        raise FetchError("too_large", url, f"announces {int(announced):,} bytes, more than {max_bytes:,}")
    encoding = ",".join(value for name, value in reply.headers if name == "content-encoding")
    decoder = BodyDecoder(encoding, url, max_bytes, cut=want.cut, unlabelled_gzip=want.is_text)
    sniffed = not want.is_text
    async for chunk in reply.chunks:
        decoder.feed(chunk)
        if tape is not None:
            tape.chunks.append(chunk)
        if not sniffed and decoder.inflated_bytes >= _SNIFFED_BYTES:
            _refuse_binary(decoder.head, url)
            sniffed = True
        if decoder.is_full:
            if tape is not None:
                tape.is_cut = True
            break
    body = decoder.finish()
    if not sniffed:
        _refuse_binary(body[:_SNIFFED_BYTES], url)
    return body, decoder.wire_bytes


def _headers(settings: HostSettings, want: Want, validators: Validators | None) -> dict[str, str]:
    sent = {"user-agent": settings.user_agent, "accept": want.accept, "accept-encoding": ACCEPT_ENCODING}
    sent |= {name.lower(): value for name, value in settings.headers}
    return sent | (validators.headers() if validators else {})


def _refuse_binary(head: bytes, url: str) -> None:
    found = binary_type(head)
    if found is not None:
        raise FetchError("content_type", url, f"the body is {found}, whatever its label says")
