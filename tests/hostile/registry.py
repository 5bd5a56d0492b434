"""What a behaviour is, and the list of them: a function that answers, with the outcome that it must have beside it."""

from __future__ import annotations

import hashlib
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from loopback import Route, in_turn, raw_response

Listener = Literal["plain", "tls", "talks", "silent", "closes", "nobody"]
"""Where a host is dialled: HTTP, HTTPS, or a port that talks first, never talks, hangs up, or is closed."""

FRONT: Final = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n"


@dataclass(frozen=True, kw_only=True)
class Behaviour:
    """One way to be difficult. Each has a host of its own, `<name>.example`."""

    name: str
    does: str
    module: str
    group: str
    outcome: str
    """`page`, or the reason why there is none; for a feed or sitemap `unreadable` where its parser says no."""
    in_crawl: str
    """What a crawl writes down of it: `article`, or the reason of its rejection."""
    make: Callable[[], Route] = field(repr=False)
    at: Literal["pages", "robots.txt"] = "pages"
    """Which of the host's addresses behave so; the other ones are good."""
    kind: Literal["page", "feed", "sitemap"] = "page"
    via: Listener = "plain"
    path: str = "/story"
    shows: str = ""
    """Text that must be in the page, once decoded."""
    is_heavy: bool = False
    """The fetch is easy, the reading of the page is not."""
    waits: bool = False
    """It ends when a time is over."""

    @property
    def host(self) -> str:
        return f"{self.name}.example"

    @property
    def url(self) -> str:
        return f"{'http' if self.via in {'plain', 'nobody', 'closes'} else 'https'}://{self.host}{self.path}"


BEHAVIOURS: Final[list[Behaviour]] = []


def behaves(outcome: str, *, in_crawl: str = "", **more: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a behaviour under its function's name; the docstring says what it does.

    The function is a route, or it returns a fresh one, or the bytes of an answer.
    """

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        def make() -> Route:
            if inspect.iscoroutinefunction(function):
                return function
            made = function()
            return in_turn(made) if isinstance(made, bytes) else made

        behaviour = Behaviour(
            name=function.__name__.replace("_", "-"),
            does=(function.__doc__ or "").strip().rstrip("."),
            module=function.__module__,
            group=(sys.modules[function.__module__].__doc__ or "").splitlines()[0].rstrip("."),
            outcome=outcome,
            in_crawl=in_crawl or {"page": "article"}.get(outcome, outcome),
            make=make,
            **{"waits": outcome in {"deadline", "timeout"}} | more,
        )
        BEHAVIOURS.append(behaviour)
        return function

    return register


def story(name: str, *, head: str = "", tail: str = "") -> bytes:
    """Return an article page whose words no other has."""
    text = "".join(f"<p>On day {day} {_words(f'{name} {day}')} and so on.</p>" for day in range(1, 6))
    return (
        f"<!doctype html><html lang='en'><head>{head}<title>The story of {name}</title></head>"
        f"<body><article><h1>The story of {name}</h1>{text}</article>{tail}</body></html>"
    ).encode()


def _words(seed: str) -> str:
    letters = hashlib.shake_128(seed.encode()).digest(40 * 6)
    words = (letters[at : at + 6] for at in range(0, len(letters), 6))
    return " ".join("".join(chr(97 + letter % 26) for letter in word) for word in words)


def page(name: str, body: bytes | None = None, **headers: str) -> bytes:
    """Return a whole good answer: the story, or another body."""
    return raw_response(story(name) if body is None else body, **headers)
