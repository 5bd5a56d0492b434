"""Forms of a page: where they are sent, and what they carry unseen."""

from __future__ import annotations

from collections.abc import Sequence

from selectolax.lexbor import LexborHTMLParser, LexborNode

from scraper.model import Value
from scraper.web.markup import guard_html
from scraper.web.urls import resolve_url


class Form(Value, frozen=True, kw_only=True):
    """A form that is posted."""

    action: str
    """Absolute."""
    hidden: dict[str, str]
    """Names and values of its hidden fields, such as a token against forged requests."""


def find_form(html: str, url: str, *, names: Sequence[str]) -> Form | None:
    """Return the first form of the page that has all these fields, or None. Total."""
    text, _ = guard_html(html)
    for node in LexborHTMLParser(text).css("form"):
        fields = {name: field for field in node.css("input, textarea, select") if (name := _name(field))}
        action = resolve_url(url, node.attributes.get("action") or "") or url
        if all(name in fields for name in names):
            hidden = {
                name: field
                for name, field in fields.items()
                if (field.attributes.get("type") or "").lower() == "hidden"
            }
            return Form(
                action=action, hidden={name: field.attributes.get("value") or "" for name, field in hidden.items()}
            )
    return None


def _name(field: LexborNode) -> str | None:
    return field.attributes.get("name")
