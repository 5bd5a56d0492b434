"""Every exception this package raises, in one tree.

    ScraperError
    ├── UsageError            the command line or the call asks for what cannot be done      exit 2
    ├── ConfigError           config.toml or a rule file is wrong                            exit 2
    ├── SourceError           a feed, sitemap, list or folder cannot be read
    ├── FetchError            a page could not be fetched; `reason` is one of FETCH_REASONS
    │   └── TransientError    the same, and trying again later may help
    ├── RecordsError          a file of records cannot be read to its end
    ├── StateError            what earlier runs remembered cannot be read or written
    └── SinkError             results cannot be written: the run stops, nothing is lost      exit 5
        └── LockedError       another run is writing to the same folder                      exit 6

A message is one sentence that names the thing and says what to do. An error stands for a stage that could
not do its duty; a page that is simply no article is a `model.Rejected`, not an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

FETCH_REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "bad_url": "The address is none that can be fetched.",
        "scheme_refused": "The address, or a redirect, is neither http nor https.",
        "address_refused": "The host lies on a private network, or nobody signs for the crawl (`fetch.contact`).",
        "dns_failed": "The host's name has no address.",
        "connect_failed": "The host does not take connections.",
        "tls_failed": "The host's certificate or TLS is broken.",
        "timeout": "The host did not answer, or fell silent (`fetch.connect_timeout_s`, `fetch.read_timeout_s`).",
        "deadline": "The page was not there in full in time (`fetch.deadline_s`).",
        "header_flood": "The answer's headers, or the answers before the answer, are longer than 100 KiB.",
        "protocol_error": "What the server sent is not HTTP, or it hung up before an answer.",
        "truncated": "The answer ended before its announced length.",
        "too_large": "The page is larger than `fetch.max_bytes`.",
        "bad_encoding": "The body is not what its Content-Encoding says.",
        "content_type": "The answer is no page: a PDF, a picture, an archive, by its label or its first bytes.",
        "robots_disallowed": "The host's robots.txt forbids it; `detail` is the rule.",
        "robots_unreachable": "The host's robots.txt could not be read, so nothing of it may be fetched now.",
        "redirect_loop": "The redirects lead in a circle.",
        "too_many_redirects": "There are more redirects than `fetch.max_redirects`.",
        "bad_redirect": "A redirect names no usable address.",
        "downgrade_refused": "A redirect leads from https to http.",
        "http_status": "The server answered with an error; `status` is its code.",
        "login_failed": "The login form of the site (`site.login`) did not let us in.",
        "host_given_up": "The host failed `fetch.breaker_failures` times in a row and is left for the next run.",
        "host_parked": "The host is outside its hours, or asked for more than `fetch.max_retry_after_s` of peace.",
        "file_unreadable": "The saved page cannot be read.",
        "interrupted": "The fetch was given up: a limit was reached, or somebody stopped the run.",
    }
)
"""What each means, in a sentence."""


class ScraperError(Exception):
    """Root of all errors raised on purpose."""


class UsageError(ScraperError):
    """The command line or the call asks for what cannot be done."""


class ConfigError(ScraperError):
    """The configuration or a rule file is wrong."""


class SourceError(ScraperError):
    """A source of targets cannot be read."""


class FetchError(ScraperError):
    """A page could not be fetched.

    `reason` is one of FETCH_REASONS, `url` the address at which it failed (after redirects), `status` the HTTP
    status if one was received, `detail` the figures or the rule behind the reason. `may_pass` says that a later run
    may well get it, though it is not worth asking again in this one.
    """

    def __init__(
        self, reason: str, url: str, detail: str = "", *, status: int | None = None, may_pass: bool = False
    ) -> None:
        if reason not in FETCH_REASONS:
            raise ValueError(f"unknown fetch reason {reason!r}")
        self.reason, self.url, self.detail, self.status = reason, url, detail, status
        self.may_pass = may_pass
        super().__init__(f"{url}: {reason}" + (f" ({detail})" if detail else ""))


class TransientError(FetchError):
    """A page could not be fetched now; a retry may help. `retry_after_s` is what the server asked for, if it did."""

    def __init__(
        self, reason: str, url: str, detail: str = "", *, status: int | None = None, retry_after_s: float | None = None
    ) -> None:
        super().__init__(reason, url, detail, status=status, may_pass=True)
        self.retry_after_s = retry_after_s


class RecordsError(ScraperError):
    """A file of records cannot be read to its end.

    `line` is the first line that is not there or is no record, 0 where none was reached; `reason` is what is wrong.
    """

    def __init__(self, path: Path, line: int, reason: str) -> None:
        self.path, self.line, self.reason = path, line, reason
        super().__init__(f"{path}:{line}: {reason}" if line else f"{path}: {reason}")


class StateError(ScraperError):
    """What the crawl remembers between runs cannot be read or written."""


class SinkError(ScraperError):
    """Results cannot be written."""


class LockedError(SinkError):
    """Another run is writing to the same place."""
