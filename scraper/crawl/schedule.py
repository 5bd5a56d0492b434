"""When an address is fetched again, by what came of it."""

from __future__ import annotations

from typing import Final

from scraper.config import CrawlConfig
from scraper.errors import FetchError
from scraper.frontier import Lease, UrlRow, next_check
from scraper.frontier.leases import Settled

HOUR_S: Final = 3600.0
DAY_S: Final = 86_400.0
_FIRST_RETRY_S: Final = HOUR_S
_LONGEST_RETRY_S: Final = 7 * DAY_S
GONE: Final = frozenset({404, 410})
PUT_OFF: Final = frozenset({"host_parked", "host_given_up", "interrupted"})
"""Reasons that say nothing about the address: it was not asked for, and waits for its turn."""
_PASSING: Final = frozenset({"robots_unreachable", "login_failed", "tls_failed", "deadline"})
"""Failures that may well be mended by the next run, though trying again at once would not help."""

_REFUSED: Final = "robots_disallowed"
"""What may not be asked for is not, whatever it gave before."""


def longest_wait_s(config: CrawlConfig) -> float:
    """Return after how many seconds at most an address is due again, if ever, whatever came of it."""
    return max(_LONGEST_RETRY_S, DAY_S, *(hours * HOUR_S for hours in config.recheck_hours))


def after_failure(lease: Lease, error: FetchError, config: CrawlConfig, *, now: float) -> tuple[Settled, float | None]:
    """Return what an address that could not be fetched becomes, and when it is tried again.

    What may pass is tried again after an hour, two, four ... a week at most, in `crawl.tries` runs altogether; what is
    gone or refused is not, unless it gave an article: then it may be behind a wall for a day.
    """
    if error.status in GONE:
        return "gone", None
    if error.reason == _REFUSED:
        return "failed", None
    if not (error.may_pass or error.reason in _PASSING or (error.status or 0) >= 500):
        return "failed", after_loss(lease, config, now=now)
    if lease.attempts + 1 >= config.tries:
        return "failed", None
    return "failed", now + min(_FIRST_RETRY_S * 2.0**lease.attempts, _LONGEST_RETRY_S)


def after_loss(lease: Lease, config: CrawlConfig, *, now: float) -> float | None:
    """Return when an address that gave an article and now gives none is looked at again; None if never.

    After a day, for the page may be under repair, or behind a wall; once in any case, and again while the article is
    not so old that it would not be looked at itself.
    """
    if lease.article_id is None:
        return None
    quiet_s = now - (lease.first_seen if lease.last_changed is None else lease.last_changed)
    is_first = lease.reason is None
    return now + DAY_S if is_first or quiet_s < config.recheck_days * DAY_S else None


def after_article(
    row: UrlRow, config: CrawlConfig, *, now: float, published: float | None, changed: bool, is_live: bool
) -> float | None:
    """Return when an article is looked at again; None if never. That it was found is no change of it."""
    first_s = min(published, now) if published is not None else row.first_seen
    return next_check(
        first_s,
        row.checks + 1,
        max(0, row.changes + changed - 1),
        now=now,
        last_changed=now if changed and row.checks else row.last_changed,
        live=is_live,
        steps_s=tuple(hours * HOUR_S for hours in config.recheck_hours),
        stop_after_s=config.recheck_days * DAY_S,
    )
