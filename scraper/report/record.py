"""The record, field by field: value, origin, and what else the page said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any, Final, get_type_hints

import msgspec

from scraper.model import LABELS, Article, Draft
from scraper.report.values import FieldSaid

_CLIP_CHARS: Final = 280
_CLIP_ITEMS: Final = 3
_LEAST: Final = 0.05
"""Less likely page types are left out."""
_GROUPS: Final[dict[str, tuple[str, ...]]] = {
    "Story": ("title", "subtitle", "lead", "authors", "authors_raw", "published", "published_raw", "modified",
              "modified_raw"),
    "Text": ("text", "word_count", "char_count", "reading_time", "markdown", "blocks"),
    "Place": ("section", "breadcrumbs", "tags", "language", "language_source", "direction", "site_name", "domain",
              "canonical_url", "url", "final_url"),
    "Pictures and links": ("images", "embeds", "related"),
    "Access and rights": ("access", "access_evidence", "pages", "rights"),
    "Bookkeeping": ("schema_version", "id", "revision", "previous_hash", "changed_fields", "content_hash", "near_hash",
                    "html_hash", "fetch", "extractor"),
}  # fmt: skip
_EMPTY: Final[tuple[Any, ...]] = (None, "", (), [], {})
_FIELD_OF: Final = {
    "published": "published_date", "modified": "modified_date", "reading_time": "reading_time_min",
}  # fmt: skip
"""The record's field where it has not the name of the candidates."""


def render_record(draft: Draft, article: Article, fields: Iterable[FieldSaid]) -> str:
    """Return the summary and all groups of fields as HTML."""
    said = {field.name: field for field in fields}
    values = msgspec.to_builtins(article)
    about = {name: _about(hint) for name, hint in get_type_hints(Article, include_extras=True).items()}
    groups = [_group(heading, names, said, values, about=about) for heading, names in _GROUPS.items()]
    return _summary(draft, article) + "".join(groups)


def _about(hint: Any) -> str:
    """Return a field's description, as the model gives it."""
    metas = getattr(hint, "__metadata__", ())
    return next((meta.description for meta in metas if getattr(meta, "description", None)), "")


def _summary(draft: Draft, article: Article) -> str:
    chances = sorted(draft.page_types.items(), key=lambda item: -item[1])
    model = ", ".join(f"{kind} {chance:.2f}" for kind, chance in chances if chance >= _LEAST)
    taken = sum(block.label == "body" for block in draft.blocks)
    removed = [(label, getattr(article.removed, label)) for label in LABELS if label != "body"]
    apart = ", ".join(f"{count} {label}" for label, count in removed if count)
    facts = {
        "Page type": escape(article.page_type) + (f" <small>the model: {escape(model)}</small>" if model else ""),
        "Method": escape(article.method)
        + (f" <small>site rule of {escape(draft.site_rule)}</small>" if draft.site_rule else ""),
        "Confidence": f"{article.confidence:.2f} <small>expected F1 of the text</small>",
        "Body": f"{taken} of {len(draft.blocks)} blocks, {article.word_count} words",
        "Removed": f"{escape(apart)} <small>{article.removed.words} words together</small>" if apart else "nothing",
    }
    rows = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in facts.items())
    return (
        '<section aria-labelledby="sum"><h3 id="sum">In short</h3>'
        f'<dl class="facts">{rows}</dl>{_warnings(article)}</section>'
    )


def _warnings(article: Article) -> str:
    if not article.warnings:
        return '<p class="calm">No warnings.</p>'
    lines = []
    for warned in article.warnings:
        about = ": ".join(filter(None, (warned.field, warned.detail)))
        lines.append(f"<li data-search><b>{escape(warned.code)}</b>{f' {escape(about)}' if about else ''}</li>")
    return f'<h4>Warnings</h4><ul class="warnings">{"".join(lines)}</ul>'


def _group(
    heading: str,
    names: tuple[str, ...],
    said: Mapping[str, FieldSaid],
    values: Mapping[str, Any],
    *,
    about: Mapping[str, str],
) -> str:
    rows, silent = [], []
    for name in names:
        key = _FIELD_OF.get(name, name)
        field, value = said.get(name), values[key]
        if value in _EMPTY and not (field and (field.value or field.others)):
            silent.append(name)
        else:
            rows.append(_field(name, field, value, about[key]))
    nothing = f'<p class="silent">Nothing for: {", ".join(silent)}</p>' if silent else ""
    key = heading.split(maxsplit=1)[0].lower()
    return (
        f'<section aria-labelledby="g-{key}"><h3 id="g-{key}">{heading}</h3>'
        f'<dl class="fields">{"".join(rows)}</dl>{nothing}</section>'
    )


def _field(name: str, field: FieldSaid | None, value: Any, about: str) -> str:
    shown, notes = _value(value), ""
    if field is not None:
        if not isinstance(value, str) or name in _FIELD_OF:
            shown = _value(field.value)
        notes = _notes(field)
    return (
        f'<div class="field" data-search><dt>{name}</dt><dd><div class="value" dir="auto">{shown}</div>{notes}'
        f'<p class="about">{escape(about)}</p></dd></div>'
    )


def _notes(field: FieldSaid) -> str:
    """Return where the value came from, and what the other places said."""
    parts = []
    if field.value and field.origin:
        also = "".join(f" <code>{escape(origin)}</code>" for origin in field.also)
        parts.append(f'<p class="origin">from <code>{escape(field.origin)}</code>{f" also{also}" if also else ""}</p>')
    if field.others:
        others = "".join(
            f"<li>{' '.join(f'<code>{escape(origin)}</code>' for origin in said.origins)} "
            f'<span dir="auto">{escape(said.text) or "(empty)"}</span></li>'
            for said in field.others
        )
        parts.append(f'<p class="differs">Others say</p><ul class="others">{others}</ul>')
    return "".join(parts)


def _value(value: Any) -> str:
    """Return any value of the record as HTML; a long one is clipped, and opened by whoever wants it."""
    if value in _EMPTY:
        return '<span class="none">nothing</span>'
    if isinstance(value, str):
        return (
            escape(value) if len(value) <= _CLIP_CHARS else _clipped(escape(value[:_CLIP_CHARS]) + "…", escape(value))
        )
    if isinstance(value, Mapping):
        return f'<ul class="parts">{_parts(value)}</ul>'
    if isinstance(value, list | tuple):
        items = [f"<li>{_item(item)}</li>" for item in value]
        whole = f"<ol>{''.join(items)}</ol>"
        return whole if len(items) <= _CLIP_ITEMS else _clipped(f"{len(items)} items", whole)
    return escape(str(value))


def _item(item: Any) -> str:
    if not isinstance(item, Mapping):
        return escape(str(item))
    return f'<ul class="parts">{_parts(item)}</ul>'


def _parts(values: Mapping[str, Any]) -> str:
    return "".join(
        f"<li><b>{escape(str(name))}</b> {_value(value)}</li>" for name, value in values.items() if value not in _EMPTY
    )


def _clipped(brief: str, whole: str) -> str:
    return f'<details><summary><span class="brief">{brief}</span></summary><div class="whole">{whole}</div></details>'
