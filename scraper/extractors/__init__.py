"""Document -> Draft: the page's blocks, labelled, and ranked raw candidates for each field.

The way of a page: `blocks` cuts it into runs; `headline` finds the anchor; `body` scores the runs; `labels` gives
each run its one label; the other modules read their field off the labelled runs, beside what `structured` declares.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from scraper.document import Document
from scraper.extractors import visible
from scraper.extractors.access import read_access, read_rights
from scraper.extractors.blocks import segment, segment_text
from scraper.extractors.body import Body, choose_body, share_of_stated
from scraper.extractors.bylines import read_bylines
from scraper.extractors.cues import is_cue
from scraper.extractors.dump import find_dump_headline, label_dump
from scraper.extractors.headline import find_headline, slogans, title_candidates
from scraper.extractors.items import Item, read_items
from scraper.extractors.labels import Reading, label_runs
from scraper.extractors.layout import Layout, Run
from scraper.extractors.media import read_embeds, read_images
from scraper.extractors.model import Model
from scraper.extractors.ownership import own_bylines, own_days
from scraper.extractors.page_type import find_page_type
from scraper.extractors.pages import find_pages
from scraper.extractors.posters import find_poster, find_starter
from scraper.extractors.site_rules import hold_to_rule, look_up_rule, overrule, place_headline, put_first
from scraper.extractors.sketch import Sketch, words_of
from scraper.extractors.stories import read_related
from scraper.extractors.structured import Structured
from scraper.model import Block, BlockType, Byline, Candidate, Crumb, Draft, Link, PageType, Related, Warned
from scraper.rules import Rules

_LINED: Final[frozenset[BlockType]] = frozenset({"paragraph", "list_item", "quote"})
"""Types of blocks that keep the lines a page breaks them into."""
_MIN_STATED_SHARE: Final = 0.5
_MAX_SECTION_WORDS: Final = 5
"""A step of more words that leads nowhere is the page's own title, in whatever wording."""


def extract_draft(document: Document, model: Model | None = None, *, rules: Rules | None = None) -> Draft:
    """Return everything the page says about its article. Total: an empty page gives an empty Draft.

    `model` stands in for the shipped block model, as cross-validation needs. A site's rule beats the model.
    """
    layout = _layout(document)
    sketch = Sketch(document, Structured(document), layout)
    if document.is_plain:
        find_dump_headline(sketch)
        return _draft(sketch, *label_dump(sketch))
    ruling = look_up_rule(sketch, rules)
    if not place_headline(sketch, ruling):
        find_headline(sketch)
    body = choose_body(sketch, model)
    if ruling is None:
        reading = label_runs(sketch, body.selected, is_article=body.is_article)
        return _draft(sketch, body, reading, read_related(sketch, reading.cards))
    body = overrule(sketch, body, ruling)
    reading = label_runs(sketch, body.selected, is_article=body.is_article)
    hold_to_rule(sketch, ruling)
    cards = [card for card in reading.cards if sketch.labels[card.title] != "body"]
    return put_first(_draft(sketch, body, reading, read_related(sketch, cards)), ruling)


def _layout(document: Document) -> Layout:
    if document.is_plain:
        return segment_text(document.text)
    return segment(document.root) if document.root is not None else Layout()


def _draft(sketch: Sketch, body: Body, reading: Reading, related: tuple[Related, ...]) -> Draft:
    said, items = sketch.structured, read_items(sketch)
    crumbs, crumbs_origin = (reading.crumbs, "dom") if reading.crumbs else (said.breadcrumbs, "jsonld.BreadcrumbList")
    access, evidence = read_access(sketch)
    pages, pages_before = find_pages(sketch)
    kind = body.page_type if body.stated else find_page_type(sketch, body.page_type)
    return msgspec.structs.replace(
        _fields(sketch, kind, crumbs),
        blocks=(
            *(_block(sketch, i, items.get(i)) for i in range(len(sketch.runs))),
            *_stated_blocks(body, len(sketch.runs)),
        ),
        method=body.method,
        confidence=body.confidence,
        page_type=kind,
        page_types=body.type_probabilities,
        breadcrumbs=crumbs,
        breadcrumbs_origin=crumbs_origin if crumbs else None,
        images=read_images(sketch, reading.captions, related, is_article=body.is_article),
        embeds=read_embeds(sketch),
        related=related,
        page_urls=pages,
        pages_before=pages_before,
        access=access,
        access_evidence=evidence,
        rights=read_rights(sketch.document),
        warnings=_warnings(sketch, body),
    )


def _fields(sketch: Sketch, kind: PageType, crumbs: tuple[Crumb, ...]) -> Draft:
    """Return a Draft of the fields that several places of the page may tell, all they say, best first."""
    said, titles = sketch.structured, title_candidates(sketch, kind)
    shown_published, shown_modified = visible.dates(sketch)
    tags, tags_origin = said.tags if said.tags[0] else (visible.tags(sketch), "dom")
    trail = _section_of(crumbs, titles[0].value if titles else "", sketch.document.url)
    return Draft(
        title=titles,
        subtitle=(*said.subtitles, *visible.subtitles(sketch), *slogans(sketch, titles)),
        lead=visible.leads(sketch),
        authors=own_bylines(kind, _bylines(sketch, kind), crumbs),
        published=own_days(kind, (*said.published, *shown_published, *said.url_dates)),
        modified=own_days(kind, (*said.modified, *shown_modified)),
        section=(*said.sections, *visible.kickers(sketch), *trail),
        tags=tags,
        tags_origin=tags_origin if tags else None,
        language=said.languages,
        direction=_direction(sketch.document),
        site_name=said.site_names,
        canonical_url=said.canonical_url,
        reading_time=visible.reading_times(sketch),
    )


def _bylines(sketch: Sketch, kind: PageType) -> tuple[Byline, ...]:
    """Return who wrote it, the surest first: what is declared, what is shown; of a thread, who began it.

    Links with rel="author" stand in the cards of other stories as well: a line that names the author is surer.
    """
    told = sorted((*sketch.structured.authors, *read_bylines(sketch)), key=_doubt)
    if kind != "forum":
        return tuple(told)
    return (*find_starter(sketch), *told, *find_poster(sketch))


def _doubt(byline: Byline) -> int:
    return {"dom.byline": 1, "dom.rel=author": 2}.get(byline.origin, 3 if byline.origin.startswith("dom") else 0)


def _stated_blocks(body: Body, start: int) -> Iterator[Block]:
    """Yield the paragraphs of a body that stands in the page's JSON-LD alone."""
    for index, text in enumerate(body.stated, start):
        yield Block(index=index, label="body", type="paragraph", text=text, score=1.0, reasons=("body: articleBody",))


def _block(sketch: Sketch, index: int, item: Item | None) -> Block:
    run, label = sketch.runs[index], sketch.labels[index] or "other"
    links: list[Link] = []
    if run.anchors and label in {"body", "lead", "caption", "teaser"}:
        links = [Link(text=t, url=url) for t, h in run.links if t and (url := sketch.document.resolve(h))]
    kind: BlockType = "paragraph" if run.kind == "caption" or (item and item.is_begun) else run.kind
    return Block(
        index=index,
        label=label,
        type=kind,
        text=_text(run, kind) if label == "body" else run.text,
        level=run.level or None,
        number=item.number if item else None,
        links=tuple(links),
        score=round(sketch.scores[index], 4),
        reasons=sketch.reasons[index],
    )


def _text(run: Run, kind: BlockType) -> str:
    """Return the text of a body run with its lines."""
    return "\n".join(run.lines) if run.lines and kind in _LINED else run.text


def _section_of(crumbs: tuple[Crumb, ...], title: str, own: str) -> tuple[Candidate, ...]:
    """Return the last step of the trail that is neither the home page nor the page itself."""
    steps = [c for c in crumbs if not is_cue("home", c.name) and not _is_page_itself(c, title, own)]
    return tuple(Candidate(value=c.name, origin="breadcrumbs") for c in steps[-1:])


def _is_page_itself(crumb: Crumb, title: str, own: str) -> bool:
    """Whether a step is the page: by its title or, where it leads nowhere else, by its length or words of the title."""
    words, titled = words_of(crumb.name), words_of(title)
    if words == titled:
        return True
    if crumb.url is not None and crumb.url.partition("#")[0] != own.partition("#")[0]:
        return False
    return len(words) > _MAX_SECTION_WORDS or len({*words} & {*titled}) > len(words) / 2


def _direction(document: Document) -> str | None:
    html = document.tree.root if not document.is_plain else None
    declared = (html.attributes.get("dir") if html else None) or (
        document.root.attributes.get("dir") if document.root else None
    )
    return declared.lower() if declared and declared.lower() in {"ltr", "rtl"} else None


def _warnings(sketch: Sketch, body: Body) -> tuple[Warned, ...]:
    document = sketch.document
    found = [Warned(code=code) for code in dict.fromkeys((*document.warnings, *sketch.layout.warnings))]
    if body.stated:
        found.append(Warned(code="body_from_jsonld", field="text"))
    elif body.is_article and (share := share_of_stated(sketch)) < _MIN_STATED_SHARE:
        found.append(Warned(code="body_disagrees", field="text", detail=f"{share:.0%} of jsonld.articleBody is in it"))
    if not document.is_plain and document.json_ld.broken:
        found.append(Warned(code="jsonld_broken", detail=f"{document.json_ld.broken} of the page's scripts"))
    return tuple(found)
