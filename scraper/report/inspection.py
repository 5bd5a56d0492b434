"""One page, its blocks and its record, side by side in one HTML file."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable
from html import escape
from string import Template

from scraper.model import LABELS, Article, Block, Draft, Rejected
from scraper.report.colours import label_css
from scraper.report.frame import frame_source
from scraper.report.parts import part
from scraper.report.record import render_record
from scraper.report.values import FieldSaid


def render_inspection(
    html: str,
    draft: Draft,
    article: Article,
    fields: Iterable[FieldSaid],
    *,
    rejected: Rejected | None = None,
    is_plain: bool = False,
) -> str:
    """Return the HTML of the inspection; the same for the same input.

    `html` is the page's text, `fields` what it says of each field, `rejected` why a crawl would not keep the record.
    Nothing in it loads anything, whatever the page holds: the page is written anew without what could, stands in a
    frame that runs no scripts, and the policy of both documents forbids it once more.
    """
    source, shown = frame_source(html, draft.blocks, is_plain=is_plain)
    script = part("inspect.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return Template(part("inspect.html")).substitute(
        csp=f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; "
        "form-action 'none'; base-uri 'none'",
        style=part("tones.css") + part("inspect.css") + label_css(),
        script=script,
        title=escape(article.title or article.url),
        address=escape(article.url),
        verdict=_verdict(rejected),
        legend=_legend(draft),
        frame=escape(source),
        record=render_record(draft, article, fields),
        blocks="".join(_row(block, is_shown=block.index in shown) for block in draft.blocks),
        count=len(draft.blocks),
    )


def _verdict(rejected: Rejected | None) -> str:
    if rejected is None:
        return '<p class="verdict kept"><span aria-hidden="true">✓</span> A crawl keeps this record</p>'
    detail = f" ({escape(rejected.detail)})" if rejected.detail else ""
    return (
        '<p class="verdict refused"><span aria-hidden="true">✗</span> '
        f"A crawl rejects it: <b>{escape(rejected.reason)}</b>{detail}</p>"
    )


def _legend(draft: Draft) -> str:
    """Return a switch for each label that the page has, the ones of its article first."""
    counts = Counter(block.label for block in draft.blocks)
    return "".join(
        f'<label class="switch" data-scraper-label="{label}"><input type="checkbox" value="{label}" checked>'
        f'<span class="name">{label}</span> <span class="count">{counts[label]}</span></label>'
        for label in LABELS
        if counts[label]
    )


def _row(block: Block, *, is_shown: bool) -> str:
    """Return one line of the list of blocks."""
    reasons = [reason.removeprefix(f"{block.label}: ") for reason in reversed(block.reasons)]
    why = "".join(f"<li>{escape(reason)}</li>" for reason in reasons)
    lost = "" if is_shown else '<p class="lost">Not to be found on the page as it is shown.</p>'
    kind = escape(block.type + (f" {block.level}" if block.level else ""))
    return (
        f'<li class="block" id="block-{block.index}" data-index="{block.index}" data-label="{block.label}" '
        f'data-scraper-label="{block.label}" data-search>'
        f'<button type="button"><span class="number">{block.index}</span> <span class="badge">{block.label}</span> '
        f'<span class="score"><span class="bar" aria-hidden="true"><i style="width:{round(100 * block.score)}%"></i>'
        f'</span><span class="sr">body score </span>{block.score:.2f}</span> '
        f'<span class="text" dir="auto">{escape(block.text)}</span></button>'
        f'<ul class="why" aria-label="Reasons, the deciding one first">{why}</ul>{lost}'
        f'<p class="path">{kind}{" · " if block.path else ""}<code>{escape(block.path)}</code></p></li>'
    )
