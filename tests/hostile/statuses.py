"""Statuses: hosts that ask to be left alone, and pages that are not there."""

from __future__ import annotations

from loopback import Route, in_turn, raw_response

from hostile.registry import behaves, story


def _says(status: str, **headers: str) -> bytes:
    return raw_response(b"<p>No.", status, **headers)


@behaves("host_parked")
def too_many_requests() -> bytes:
    """Answers 429 and does not say for how long."""
    return _says("429 Too Many Requests")


@behaves("http_status")
def too_many_for_a_second() -> bytes:
    """Answers 429 with `Retry-After: 1`, again and again."""
    return _says("429 Too Many Requests", retry_after="1")


@behaves("page")
def too_many_once() -> Route:
    """Answers 429 with `Retry-After: 1` once, then the page."""
    return in_turn(_says("429 Too Many Requests", retry_after="1"), raw_response(story("too-many-once")))


@behaves("host_parked")
def too_many_until_a_date() -> bytes:
    """Answers 429 with a date far away."""
    return _says("429 Too Many Requests", retry_after="Fri, 31 Dec 2077 23:59:59 GMT")


@behaves("http_status")
def too_many_until_long_ago() -> bytes:
    """Answers 429 with a date in the past."""
    return _says("429 Too Many Requests", retry_after="Sun, 06 Nov 1994 08:49:37 GMT")


@behaves("host_parked")
def too_many_for_negative_time() -> bytes:
    """Answers 429 with `Retry-After: -5`."""
    return _says("429 Too Many Requests", retry_after="-5")


@behaves("host_parked")
def too_many_for_rubbish() -> bytes:
    """Answers 429 with `Retry-After: soon`."""
    return _says("429 Too Many Requests", retry_after="soon")


@behaves("host_parked")
def too_many_for_ten_years() -> bytes:
    """Answers 429 with `Retry-After` of ten years."""
    return _says("429 Too Many Requests", retry_after="315360000")


@behaves("host_parked")
def too_many_for_ever() -> bytes:
    """Answers 429 with a number of 400 digits."""
    return _says("429 Too Many Requests", retry_after="9" * 400)


@behaves("host_parked")
def unavailable() -> bytes:
    """Answers 503."""
    return _says("503 Service Unavailable")


@behaves("http_status")
def broken_always() -> bytes:
    """Answers 500."""
    return _says("500 Internal Server Error")


@behaves("page")
def broken_once() -> Route:
    """Answers 500 once, then the page."""
    return in_turn(_says("500 Internal Server Error"), raw_response(story("broken-once")))


@behaves("http_status")
def not_found() -> bytes:
    """Answers 404."""
    return _says("404 Not Found")


@behaves("http_status")
def gone() -> bytes:
    """Answers 410."""
    return _says("410 Gone")


@behaves("http_status")
def forbidden() -> bytes:
    """Answers 403."""
    return _says("403 Forbidden")


@behaves("http_status")
def login_wanted() -> bytes:
    """Answers 401."""
    return _says("401 Unauthorized", www_authenticate="Basic")


@behaves("http_status")
def unavailable_by_law() -> bytes:
    """Answers 451."""
    return _says("451 Unavailable For Legal Reasons")


@behaves("http_status")
def status_999() -> bytes:
    """Answers 999."""
    return _says("999 Denied")


@behaves("http_status")
def broken_404() -> Route:
    """Answers 404 with a body that is shorter than announced."""

    return in_turn(b"HTTP/1.1 404 Not Found\r\ncontent-length: 9\r\nconnection: close\r\n\r\nno")


@behaves("truncated")
def part_of_a_page() -> bytes:
    """Answers 206, a part of the page, though nobody asked for a part."""
    return raw_response(story("part-of-a-page"), "206 Partial Content", content_range="bytes 0-999/5000")
