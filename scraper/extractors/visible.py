"""What readers see around the headline: byline, dates, reading time, standfirst, kicker, tags.

The stretch looked at runs from a little above the headline to the first paragraphs of the body, since that is where
such lines stand, and right above a body that begins far below. Dates are looked for right below the body, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from scraper.extractors.author_links import names_linked
from scraper.extractors.cues import contains_cue, is_cue, starts_with_cue
from scraper.extractors.sketch import Sketch, words_of
from scraper.model import Candidate, Label

_MAX_DATES: Final = 3
"""More lines with a date in the body are a list of events."""
_ABOVE: Final = 8
_BELOW: Final = 14
_GLUED: Final = r"(?=(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?\s\d)"
"""Where a month begins that stands right behind a word."""
_DATE: Final = re.compile(
    r"\d{4}\s?([./-])\s?\d{1,2}\s?\1\s?\d{1,2}(?!\d)|(?<![\d./-])\d{1,2}\s?([./-])\s?\d{1,2}\s?\2\s?(?:\d{4}|\d{2})(?!\d)"
    r"|\d{2}\.\s\d{1,2}\.\s\d{1,2}\b|\d{2,4}\s?[년年]\s?\d{1,2}\s?[월月]\s?\d{1,2}"
    r"|\b\d{1,2}(?:st|nd|rd|th|\.|º|er)?\s+(?:de\s+|of\s+)?[^\W\d_]{3,12}\.?,?\s+(?:de\s+)?\d{4}"
    rf"|(?:(?<![^\W\d_])(?![^\W\d_]+?{_GLUED})|(?<=[a-z])(?=[A-Z])|{_GLUED})[^\W\d_]{{3,12}}\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}"
    r"|\d{1,2}\s+[\u0600-\u06FF\u0900-\u0DFF\u0E00-\u0E7F]+\s*،?\s*\d{4}|(?:令和|平成)\d{1,2}年"
)
_MONTH_DAY: Final = re.compile(r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?\s+\d{1,2}\b", re.I)
_STAMP: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[+-]\d\d:\d\d|Z)(?=\S.*\d{4})")
_BY_NAME: Final = re.compile(r"[Bb][Yy]:?(?: [A-Z][\w.'’-]+){2,4}")
_NUMBER: Final = re.compile(r"\d")
_SENTENCE_END: Final = re.compile(r"[.!?…。！？।۔]\W*$")
_MAX_LINE_CHARS: Final = 140
_MAX_DATED_WORDS: Final = 16
_MAX_SAID_WORDS: Final = 24
_MAX_NAMED_WORDS: Final = 14
_MAX_AGED_WORDS: Final = 8
_NAME_SHARE: Final = 0.5
_MAX_TIMES: Final = 6
_NO_TIMES: Final = frozenset({"comment", "related", "footer", "navigation"})
_MAX_CUE_CHARS: Final = 20
_MAX_NAME_CHARS: Final = 60
_BELOW_BODY: Final = 6
_TIME: Final = re.compile(
    r"[\s,|·–-]*(?:at|um|kl\.?|à|ore|om|@|,)?\s*\d{1,2}[:.h]\d{2}(?::\d{2})?(?:\s*[ap]\.?m\b\.?)?(?:\s*\(?(?:[A-Z]{2,4}|Uhr)\b)?",
    re.I,
)


def read_stretch(sketch: Sketch) -> None:
    """Mark the byline, date and reading time runs around the headline."""
    found = {index: label for index in stretch(sketch) if (label := _label_of(sketch, index))}
    for index in stretch(sketch):
        if _is_by_alone(sketch, index):
            found[index], found[index + 1] = ("byline", 'the word "by"'), ("byline", 'stands behind the word "by"')
    dated = [index for index, (label, _) in found.items() if label == "dateline" and sketch.labels[index] == "body"]
    for index, label in found.items():
        if len(dated) <= _MAX_DATES or index not in dated:
            sketch.mark(index, *label)


def stretch(sketch: Sketch) -> Iterator[int]:
    """Yield the runs around the headline, those below it first, and those right above the body, should that be far."""
    anchor = sketch.headline if sketch.headline is not None else max(0, min(sketch.first_body, len(sketch.runs)) - 4)
    end = min(len(sketch.runs), anchor + _BELOW)
    yield from range(anchor + (sketch.headline is not None), end)
    yield from range(max(0, anchor - _ABOVE), anchor)
    if sketch.body and sketch.first_body > end:
        yield from range(max(end, sketch.first_body - _ABOVE), sketch.first_body)


def _label_of(sketch: Sketch, index: int) -> tuple[Label, str] | None:
    """Return the label of a line that is about the article rather than of it, or None."""
    run, zone = sketch.runs[index], sketch.zone(index)
    if len(run.text) > _MAX_LINE_CHARS or sketch.labels[index] in {"breadcrumb", "caption", "share", "comment", "ad"}:
        return None
    said, dated, length = starts_with_cue("by", run.text) is not None, has_date(run.text), len(words_of(run.text))
    if is_reading_time(run.text) and not dated and not said:
        return "other", "reading time"
    ends = length > _MAX_AGED_WORDS and bool(_SENTENCE_END.search(run.text)) and not _tells_when(run.text)
    if ends and zone not in {"byline", "dateline"}:
        return None
    most = _MAX_SAID_WORDS if said and index <= sketch.first_body else _MAX_DATED_WORDS
    if dated and (zone in {"dateline", "byline"} or length <= most):
        return ("byline" if said or zone == "byline" else "dateline"), "a date in a short line"
    if _is_byline(sketch, index, named=said and 1 < length <= _MAX_NAMED_WORDS):
        return "byline", "names the author"
    if sketch.labels[index] != "body" and index > (sketch.headline or 0) and _links_to_author(sketch, index):
        return "byline", "links to its author's page"
    may_go = sketch.labels[index] != "body" or (
        zone == "dateline" and index <= sketch.first_body + 1 and length <= _MAX_AGED_WORDS
    )
    if may_go and zone in {"dateline", "kicker", "tags"}:
        return ("dateline" if zone == "dateline" else "other"), f"stands in a box named {zone}"
    return None


def _links_to_author(sketch: Sketch, index: int) -> bool:
    """Whether a line is hardly more than a link to the page of whoever wrote the story."""
    length = sum(len(name.name) for name in names_linked(sketch, index))
    return length > _NAME_SHARE * len(sketch.runs[index].text)


def _is_byline(sketch: Sketch, index: int, *, named: bool) -> bool:
    """Whether a line stands in a box named so, or begins with "by" (`named`) and may be no paragraph."""
    run, body = sketch.runs[index], sketch.labels[index] == "body"
    if sketch.zone(index) == "byline" and not (body and run.kind == "heading"):
        return True
    plain = run.kind != "heading" or run.link_chars > 0.5 * len(run.text) or _is_by_name(sketch, index)
    return named and plain and (not body or index <= sketch.first_body + 2)


def _tells_when(text: str) -> bool:
    """Whether a line begins with a word for publication or change."""
    return starts_with_cue("updated", text) is not None or starts_with_cue("published", text) is not None


def _is_by_name(sketch: Sketch, index: int) -> bool:
    """Whether a heading right below the headline is "By Jane Roe", and not "By the Numbers"."""
    near = sketch.headline is not None and sketch.headline < index <= sketch.headline + 2
    return near and _BY_NAME.fullmatch(sketch.runs[index].text) is not None


def _is_by_alone(sketch: Sketch, index: int) -> bool:
    """Whether a line is the word "by", and the next one may be a name."""
    text = sketch.runs[index].text
    if len(text) > _MAX_CUE_CHARS or index >= sketch.last_body or not is_cue("by", text):
        return False
    if sketch.zone(index) not in {"", "byline", "dateline"}:  # among tags it is a word like others
        return False
    name = sketch.runs[index + 1].text
    return len(name) <= _MAX_NAME_CHARS and not _NUMBER.search(name) and not _SENTENCE_END.search(name)


def is_reading_time(text: str) -> bool:
    """Whether a text is a line that says how long reading takes."""
    return len(text) <= 60 and bool(_NUMBER.search(text)) and contains_cue("reading_time", text)


def has_date(text: str) -> bool:
    """Whether a text holds something written like a calendar day."""
    return bool(_NUMBER.search(text) and (_DATE.search(text) or (len(text) < 60 and _MONTH_DAY.search(text))))


def cut_date(text: str) -> str:
    """Return a line without the days and times in it."""
    return _TIME.sub(" ", _MONTH_DAY.sub(" ", _DATE.sub(" ", text))) if len(text) < 200 else text


def dates(sketch: Sketch) -> tuple[tuple[Candidate, ...], tuple[Candidate, ...]]:
    """Return (published, modified) as shown: time elements near the headline first, then lines with a date.

    Time elements below the body, which are of other stories more often than not, come last of all.
    """
    published: list[Candidate] = []
    modified: list[Candidate] = []
    end = sketch.runs[sketch.last_body].element if sketch.body else 0
    timed = _time_elements(sketch)
    own = [found for element, found in timed if element <= end]
    below = [found for element, found in timed if element > end]
    for text, value, origin in (*own, *_date_lines(sketch), *below):
        late = starts_with_cue("updated", text) is not None
        (modified if late else published).append(Candidate(value=value, origin=origin))
    return tuple(published), tuple(modified)


def _time_elements(sketch: Sketch) -> list[tuple[int, tuple[str, str, str]]]:
    """Return the element, and (cue, value, origin), of times outside comments and chrome, the nearest first.

    What an element tells machines comes before what it shows.
    """
    layout = sketch.layout
    anchor = sketch.runs[sketch.headline].element if sketch.headline is not None else 0
    times = (element for element, tag in enumerate(layout.tags) if tag == "time")
    own = (element for element in times if sketch.zones[element] not in _NO_TIMES)
    near = sorted(own, key=lambda element: abs(element - anchor))
    told = ((element, found) for element in near if (found := _time_in(sketch, element)))
    return [(element, candidate) for element, found in islice(told, _MAX_TIMES) for candidate in found]


def _time_in(sketch: Sketch, element: int) -> list[tuple[str, str, str]]:
    """Return (cue, value, origin) of one time element; nothing where it is empty."""
    layout, node = sketch.layout, sketch.layout.nodes[element]
    text = " ".join(node.text().split())
    value = node.attributes.get("datetime") or text
    if not value:
        return []
    parent = layout.nodes[layout.parents[element]]
    around = " ".join(parent.text().split())[:80] if parent is not None else text
    before = around[: around.find(text)] if text and text in around else around
    is_update = "updated" in layout.tokens[element] or "modified" in layout.tokens[element]
    cue = "updated" if is_update else _last_cue(before) or text
    shown = [(cue, text, "dom")] if value != text and has_date(text) else []
    return [(cue, value, "dom.time"), *shown]


def _last_cue(before: str) -> str:
    """Return the last words before a date, from where a cue for it may start."""
    words = before.split()
    for size in (3, 2, 1):
        tail = " ".join(words[-size:])
        if words and (starts_with_cue("updated", tail) or starts_with_cue("published", tail)):
            return tail
    return ""


def _date_lines(sketch: Sketch) -> list[tuple[str, str, str]]:
    """Return (cue, value, origin) of the dates in marked lines and in bare ones near the headline, then below the body.

    The nearest to the headline come first: further above, sites tell what day it is today.
    """
    start = sketch.headline if sketch.headline is not None else max(0, sketch.first_body - 1)
    marked = {*sketch.marked("dateline"), *sketch.marked("byline")}
    bare = {i for i in stretch(sketch) if i > start and sketch.labels[i] != "body" and _is_bare_date(sketch, i)}
    near = sorted(marked | bare, key=lambda i: (abs(i - start), i < start))
    below = range(sketch.last_body + 1, min(sketch.last_body + 1 + _BELOW_BODY, len(sketch.runs)))
    last = (i for i in below if i not in near and _is_bare_date(sketch, i))
    return [found for i in (*near, *last) for found in _dates_in(sketch.runs[i].text)]


def _dates_in(line: str) -> Iterator[tuple[str, str, str]]:
    """Yield (cue, value, origin) of the first two dates in a line.

    Before a date written for readers, a stamp for machines that a theme hides from them tells of the last change.
    """
    end = 0
    for match in list(_DATE.finditer(line))[:2]:
        time = _TIME.match(line, match.end())
        cue = "updated" if _STAMP.match(line, match.start()) else _last_cue(line[end : match.start()])
        yield cue, line[match.start() : time.end() if time else match.end()], "dom"
        end = match.end()
    if not end and _MONTH_DAY.search(line):
        yield line, line, "dom"


def _is_bare_date(sketch: Sketch, index: int) -> bool:
    """Whether a run is a date and hardly anything else."""
    text = sketch.runs[index].text
    plain = sketch.zone(index) not in _NO_TIMES and sketch.labels[index] != "teaser"
    return plain and len(text) <= _MAX_LINE_CHARS and has_date(text) and len(words_of(cut_date(text))) <= 3


def reading_times(sketch: Sketch) -> tuple[Candidate, ...]:
    """Return the lines that say how long reading takes."""
    near = (sketch.runs[i].text for i in stretch(sketch))
    return tuple(Candidate(value=text, origin="dom") for text in near if is_reading_time(text))[:1]


def leads(sketch: Sketch) -> tuple[Candidate, ...]:
    """Return the standfirst shown."""
    return _leads(sketch, subtitle=False)


def subtitles(sketch: Sketch) -> tuple[Candidate, ...]:
    """Return the secondary headline shown."""
    return _leads(sketch, subtitle=True)


def _leads(sketch: Sketch, *, subtitle: bool) -> tuple[Candidate, ...]:
    marked = [i for i in sketch.marked("lead") if sketch.reasons[i][-1].endswith("subtitle") == subtitle]
    return tuple(Candidate(value=sketch.runs[i].text, origin="dom") for i in marked)


def kickers(sketch: Sketch) -> tuple[Candidate, ...]:
    """Return the section shown above the headline."""
    if sketch.headline is None:
        return ()
    above = range(max(0, sketch.headline - 4), sketch.headline)
    return tuple(
        Candidate(value=sketch.runs[i].text, origin="dom.kicker")
        for i in above
        if sketch.zone(i) == "kicker" and len(sketch.runs[i].text) <= 40
    )


def tags(sketch: Sketch) -> tuple[str, ...]:
    """Return the tags shown as links near the body."""
    found = []
    for index, run in enumerate(sketch.runs):
        if sketch.zone(index) == "tags" and index > sketch.first_body and sketch.labels[index] != "teaser":
            found += [t.lstrip("#") for t, _ in run.links if 1 < len(t) <= 40 and not starts_with_cue("tags", t)]
    return tuple(dict.fromkeys(found))[:30]
