"""A page saved as plain text: no tags at all, one line a block. The same labels, told by shape and order alone.

What a dump lacks in markup it repeats in form: the site's name stands in front of captions and teasers, captions
stand twice, a teaser is a short line above a long one, and a section's name is one that the trail has named before.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Final

from scraper.extractors.body import Body
from scraper.extractors.breadcrumbs import find_breadcrumbs
from scraper.extractors.cues import starts_with_cue
from scraper.extractors.labels import Reading
from scraper.extractors.sketch import Sketch, words_of
from scraper.extractors.visible import has_date, is_reading_time
from scraper.model import Crumb, Related

_PREFIX: Final = re.compile(r"^(\S(?:.{0,38}\S)?)\s?[;|»]\s+(?=\S)")
_MARKUP: Final = re.compile(r"</?(?:b|i|em|strong|p|span|br|u|mark)\b[^<>]*>", re.I)
_BULLET: Final = re.compile(r"^\s*[•▪●◦►▸➤*·–-]\s+")
_OFFER: Final = re.compile(r"\d\s?%|[$€£¥]\s?\d|\d\s?[$€£¥]")
_END: Final = re.compile(r"[.!?…。！？।۔][\"'”’»）)」]*$")
_MIN_PARAGRAPH_WORDS: Final = 12
_LONG_WORDS: Final = 24
_MIN_TITLE_WORDS: Final = 3


def find_dump_headline(sketch: Sketch) -> None:
    """Mark the first line that reads like a headline: a few words, above the first paragraph."""
    first = next((i for i, run in enumerate(sketch.runs) if _is_paragraph(run.text)), len(sketch.runs))
    for index in range(first):
        text = sketch.runs[index].text
        plain = not (is_reading_time(text) or has_date(text) or starts_with_cue("by", text) or _MARKUP.search(text))
        if plain and _MIN_TITLE_WORDS <= len(words_of(text)) <= 40 and not re.search(r"\s[>»›/|]\s", text):
            sketch.headline = index
            sketch.mark(index, "heading", "the first line that reads like a headline")
            return


def label_dump(sketch: Sketch) -> tuple[Body, Reading, tuple[Related, ...]]:
    """Label every line; return the body, the trail and the other stories."""
    crumbs = find_breadcrumbs(sketch)
    site = _site_name(sketch)
    _mark_small_lines(sketch, site)
    long = [i for i, run in enumerate(sketch.runs) if _is_paragraph(run.text)]
    first = long[0] if long else len(sketch.runs)
    tail = next((i for i in range(first + 1, len(sketch.runs)) if _announces(sketch, i)), len(sketch.runs))
    related = _read_tail(sketch, tail, site, _sections(sketch, tail, crumbs))
    related = [*_read_bullets(sketch, related), *related]
    start = 0 if sketch.headline is None else sketch.headline + 1
    paragraphs = [i for i in long if i < tail and sketch.labels[i] is None]
    last = paragraphs[-1] if paragraphs else -1
    told = set(paragraphs)
    for index in [i for i in range(start, tail) if sketch.labels[i] is None]:
        between = bool(told) and paragraphs[0] < index < last and not _OFFER.search(sketch.runs[index].text)
        if index in told or between:
            sketch.scores[index] = 1.0
            sketch.mark(index, "body", "reads like a paragraph, or stands between two")
    for index in range(len(sketch.runs)):
        if sketch.labels[index] is None:
            sketch.mark(index, "other", "no evidence")
    found = bool(sketch.marked("body"))
    body = Body(
        selected=[label == "body" for label in sketch.labels],
        method="plain_text" if found else "empty",
        confidence=0.7 if found else 0.0,
        page_type="article" if found else "other",
    )
    return body, Reading(crumbs, {}, []), tuple(related)


def _is_paragraph(text: str) -> bool:
    """Whether a line is a long sentence or several: a headline may be one short one."""
    text, size = text.strip(), len(words_of(text))
    several = len(re.findall(r"[.!?…。！？।۔][\"'”’»)]*\s*(?=\S)", text)) > 0
    return size >= _MIN_PARAGRAPH_WORDS and bool(_END.search(text)) and (several or size >= _LONG_WORDS)


def _site_name(sketch: Sketch) -> str | None:
    """Return what stands before a separator at the start of two different lines or more."""
    lines = {run.text for run in sketch.runs}
    counted = Counter(match[1] for text in lines if (match := _PREFIX.match(text)))
    name, times = max(counted.items(), key=lambda item: item[1], default=("", 0))
    return name if times > 1 else None


def _mark_small_lines(sketch: Sketch, site: str | None) -> None:
    """Mark reading time, date, byline and caption lines."""
    times = Counter(run.text for run in sketch.runs)
    for index, run in enumerate(sketch.runs):
        if sketch.labels[index] is not None:
            continue
        led = site is not None and run.text.startswith(site) and _PREFIX.match(run.text) is not None
        if is_reading_time(run.text):
            sketch.mark(index, "other", "reading time")
        elif _MARKUP.search(run.text) or (times[run.text] > 1 and (led or not _is_paragraph(run.text))):
            sketch.mark(index, "caption", "repeats, or shows escaped tags")
        elif len(words_of(run.text)) <= 14 and starts_with_cue("by", run.text) and not _END.search(run.text):
            sketch.mark(index, "byline", "names the author")
        elif len(words_of(run.text)) <= 12 and has_date(run.text) and not _END.search(run.text):
            sketch.mark(index, "dateline", "a date in a short line")


def _announces(sketch: Sketch, index: int) -> bool:
    text = sketch.runs[index].text
    return len(text) <= 120 and starts_with_cue("read_next", text) is not None and not _END.search(text)


def _sections(sketch: Sketch, tail: int, crumbs: tuple[Crumb, ...]) -> tuple[str, ...]:
    """Return names of sections the dump has told: the trail's, and those in the announcing line; longest first."""
    named = [c.name for c in crumbs]
    if tail < len(sketch.runs):
        text = sketch.runs[tail].text
        named += re.split(r"\s+/\s+|,\s+", text[len(starts_with_cue("read_next", text) or "") :].lstrip(" :IN"))
        named += [part.strip() for part in text.rpartition(":")[2].split("/")]
    return tuple(sorted({n.strip() for n in named if n.strip()}, key=len, reverse=True))


def _read_tail(sketch: Sketch, tail: int, site: str | None, sections: tuple[str, ...]) -> list[Related]:
    """Mark and read the lines below the announcement: titles, each with the blurb below it."""
    found: list[Related] = []
    if tail < len(sketch.runs):
        sketch.mark(tail, "teaser", "announces other stories")
    for index in range(tail + 1, len(sketch.runs)):
        text = sketch.runs[index].text
        sketch.mark(index, "teaser", "below the announcement")
        if _END.search(text) and found and found[-1].summary is None and len(words_of(text)) >= _MIN_PARAGRAPH_WORDS:
            found[-1] = Related(title=found[-1].title, section=found[-1].section, summary=text)
        elif len(words_of(text)) >= _MIN_TITLE_WORDS:
            title, section = _without_section(_without_site(text, site), sections)
            found.append(Related(title=title, section=section))
    return found


def _without_site(text: str, site: str | None) -> str:
    match = _PREFIX.match(text)
    return text[match.end() :] if site and match and match[1] == site else text


def _without_section(text: str, sections: tuple[str, ...]) -> tuple[str, str | None]:
    for name in sections:
        if text.lower().endswith(" " + name.lower()):
            return text[: -len(name)].rstrip(" |-–—/"), text[-len(name) :]
    return text, None


def _read_bullets(sketch: Sketch, known: list[Related]) -> list[Related]:
    """Mark and read single bulleted lines between paragraphs: links to other stories. Two in a row are a list."""
    found = []
    for index, run in enumerate(sketch.runs):
        beside = [i for i in (index - 1, index + 1) if 0 <= i < len(sketch.runs)]
        alone = not any(_BULLET.match(sketch.runs[i].text) for i in beside)
        if sketch.labels[index] is None and _BULLET.match(run.text) and alone and not _END.search(run.text):
            text = _BULLET.sub("", run.text)
            title = next((r.title for r in known if text.startswith(r.title)), text)
            sketch.mark(index, "teaser", "a lone bulleted line")
            found.append(Related(title=title, place="inline"))
    return found
