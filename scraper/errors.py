"""Every exception this package raises, in one tree.

    ScraperError
    ├── UsageError            the command line or the call asks for what cannot be done      exit 2
    ├── ConfigError           config.toml or a rule file is wrong                            exit 2
    ├── SourceError           a feed, sitemap, list or folder cannot be read
    ├── FetchError            a page could not be fetched; `reason` is one of FETCH_REASONS
    │   └── TransientError    the same, and trying again later may help
    └── SinkError             results cannot be written: the run stops, nothing is lost      exit 5
        └── LockedError       another run is writing to the same folder                      exit 6

A message is one sentence that names the thing and says what to do. An error stands for a stage that could
not do its duty; a page that is simply no article is a `model.Rejected`, not an error.
"""

from __future__ import annotations

from typing import Final

FETCH_REASONS: Final = frozenset(
    {
        "bad_url",
        "scheme_refused",
        "address_refused",
        "dns_failed",
        "connect_failed",
        "tls_failed",
        "timeout",
        "deadline",
        "protocol_error",
        "truncated",
        "too_large",
        "bad_encoding",
        "content_type",
        "robots_disallowed",
        "robots_unreachable",
        "redirect_loop",
        "too_many_redirects",
        "bad_redirect",
        "downgrade_refused",
        "http_status",
        "host_parked",
        "file_unreadable",
        "interrupted",
    }
)


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
    status if one was received, `detail` the figures or the rule behind the reason.
    """

    def __init__(self, reason: str, url: str, detail: str = "", *, status: int | None = None) -> None:
        if reason not in FETCH_REASONS:
            raise ValueError(f"unknown fetch reason {reason!r}")
        self.reason, self.url, self.detail, self.status = reason, url, detail, status
        super().__init__(f"{url}: {reason}" + (f" ({detail})" if detail else ""))


class TransientError(FetchError):
    """A page could not be fetched now; a retry may help. `retry_after_s` is what the server asked for, if it did."""

    def __init__(
        self, reason: str, url: str, detail: str = "", *, status: int | None = None, retry_after_s: float | None = None
    ) -> None:
        super().__init__(reason, url, detail, status=status)
        self.retry_after_s = retry_after_s


class SinkError(ScraperError):
    """Results cannot be written."""


class LockedError(SinkError):
    """Another run is writing to the same place."""
