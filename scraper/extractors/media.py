"""Pictures and embedded things of the article, with the captions and credits that belong to them."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import urlsplit

from scraper.extractors.credits import ends_with_credit, is_credit, split_credit
from scraper.extractors.layout import Media, Run
from scraper.extractors.pictures import PictureKey, best_source, is_picture, key_picture, name_picture, shows_same
from scraper.extractors.sketch import Sketch, first_word, words_of
from scraper.extractors.tags import BUTTON, CAPTION, FIGURE
from scraper.extractors.zones import Zone
from scraper.model import Embed, Image, Related
from scraper.web.urls import registrable_domain

_MARKUP: Final = re.compile(r"</?(?:b|i|em|strong|p|span|br|a|u|mark|font|div|h\d)\b[^<>]*>", re.I)
_PIXEL: Final = re.compile(
    r"(?:pixel|spacer|blank|1x1|transparent|beacon|noscript|placeholder|/ads?/|doubleclick|gravatar|avatar|emoji|sprite|icon|logo)"
    r"|(?:loading|loader|spinner|leer|empty)[\w.-]*\.(?:gif|svg)\b",
    re.I,
)
_PORTRAIT: Final = re.compile(r"gravatar\.com/|/avatars/", re.I)
_EMBED_SKIP: Final = re.compile(
    r"googletagmanager|doubleclick|googlesyndication|google\.com/(?:recaptcha|ads)|apis\.google\.com|/(?:page)?ads?/|//ads?\.|"
    r"(?:pos|cpro|union)\.baidu\.com|\.mediav\.com|datafeedfile\.com|"
    r"facebook\.com/(?:v[\d.]+/)?plugins/(?!post|video)|safeframe|syncframe|about:blank",
    re.I,
)
_NO_PICTURES: Final[frozenset[Zone]] = frozenset(
    {"related", "ad", "bio", "comment", "share", "navigation", "footer", "byline"}
)
_MIN_SIDE_PX: Final = 60
_MIN_PLAIN_PX: Final = 100
"""A picture with a shorter side needs a caption to be more than a banner, a badge or the thumbnail of a teaser."""
_MIN_DRAWING_PX: Final = 200
_MARKS: Final = frozenset({"logo", "icon", "favicon"})
_MAX_MARK_WORDS: Final = 3
"""A picture for other sites whose name is so short and has one of these words is the site's mark."""
_MAX_ABOVE: Final = 2
"""More pictures without captions above the headline are slides."""
_MAX_CLIMB: Final = 4
_MAX_SUFFIX_CHARS: Final = 3
_SUFFIX_LABELS: Final = 2
"""A name so short before the last dot may be part of a suffix of two labels ("co.uk")."""
_MAX_RUNS_AWAY: Final = 3
_MAX_RUNS_FIRST: Final = 2
"""The first run of a caption is no farther from its picture."""
_MAX_TEXT_CHARS: Final = 400
_MAX_BUTTON_CHARS: Final = 60
_SURE: Final = 0.9
"""A run scored higher is body: a paragraph may begin with the word photography."""


def mark_captions(sketch: Sketch) -> dict[int, list[int]]:
    """Mark runs that are captions or credits and return them by the element of the picture's box.

    A caption is a figcaption, a run in a box named so next to a picture, or a run that repeats a picture's alt text.
    """
    found: dict[int, list[int]] = {}
    below = {m.run for m in sketch.layout.media if m.tag in {"img", "picture", "amp-img"}}
    alts = {_plain(m.attributes.get("alt") or ""): m for m in sketch.layout.media if m.tag in {"img", "amp-img"}}
    firsts = {first_word(alt) for alt in alts}
    near = {m.run + step for m in sketch.layout.media for step in range(-_MAX_RUNS_AWAY, _MAX_RUNS_AWAY + 1)}
    for index, (run, zone) in enumerate(zip(sketch.runs, sketch.run_zones, strict=True)):
        if (index not in near and zone != "caption") or _is_button(run):
            continue
        if index in below and ends_with_credit(run.text, sure=sketch.scores[index] >= _SURE):
            sketch.mark(index, "caption", "right below a picture, and names its photographer")
            found.setdefault(run.element, []).append(index)
            continue
        if index in near and is_credit(run.text):
            for line in (index - 1, index) if _is_between(sketch, index - 1, below) else (index,):
                sketch.mark(line, "caption", "below a picture, with its photographer")
                found.setdefault(sketch.runs[line].element, []).append(line)
            continue
        prose = run.kind != "heading" and run.link_chars <= 0.5 * len(run.text) and index != sketch.headline
        may_repeat = prose and index in near and len(run.text) > 12
        may_repeat = may_repeat and ("<" in run.text or first_word(run.text) in firsts)
        repeats = alts.get(_plain(run.text)) if may_repeat else None
        if repeats is not None and abs(repeats.run - index) > _MAX_RUNS_AWAY:
            repeats = None
        if repeats is not None or (zone == "caption" and len(run.text) <= 800):
            sketch.mark(index, "caption", "repeats a picture's alt text" if repeats else "stands in a caption")
            found.setdefault(repeats.element if repeats else run.element, []).append(index)
    return found


def _is_button(run: Run) -> bool:
    """Whether a run is what a button says, such as "enlarge the picture"."""
    return bool(run.flags & BUTTON) and not run.flags & CAPTION and len(run.text) <= _MAX_BUTTON_CHARS


def _is_between(sketch: Sketch, index: int, below: set[int]) -> bool:
    """Whether a run stands right below a picture, as the text between it and its credit does."""
    return index in below and sketch.runs[index].kind == "paragraph" and len(sketch.runs[index].text) <= _MAX_TEXT_CHARS


def read_images(
    sketch: Sketch, captions: dict[int, list[int]], related: Iterable[Related], *, is_article: bool = True
) -> tuple[Image, ...]:
    """Return the pictures between headline and the end of the body, and the one the metadata names if not shown.

    On a page that is no article, small pictures and those of the `related` are what the page is about.
    """
    images: dict[PictureKey, Image] = {}
    above: list[PictureKey] = []
    boxes = sorted(captions)
    teased = {text for story in related if is_article for text in (story.url, story.title.casefold()) if text}
    for media in sketch.layout.media:
        source = _content_source(sketch, media) if media.tag in {"img", "amp-img"} else None
        if source and (url := sketch.document.resolve(source)) and (key := key_picture(url)) not in images:
            image = _image(sketch, media, url, _captions_of(sketch, media, captions, boxes))
            if (is_article and _is_small(image)) or _is_furniture(sketch, image, images.values()):
                continue
            over = is_article and image.caption is None and _stands_above(sketch, media)
            href = _href_around(sketch, media) if over or teased else None
            if not (over and href) and not _is_teased(media, href, teased):
                images[key] = image
                above += [key] if over else []
    for key in above if len(above) > _MAX_ABOVE else ():
        del images[key]
    for url in sketch.structured.lead_images[:1]:
        key, named = key_picture(url), name_picture(url)
        shown = key in images or any(shows_same(named, name_picture(image.url)) for image in images.values())
        if not shown and not (len(named) <= _MAX_MARK_WORDS and _MARKS.intersection(named)):
            images = {key: Image(url=url, role="lead"), **images}
    return tuple(images.values())


def _is_small(image: Image) -> bool:
    """Whether a picture without a caption is a banner, a badge or a thumbnail."""
    sides = (side for side in (image.width, image.height) if side is not None)
    return image.caption is None and min(sides, default=_MIN_PLAIN_PX) < _MIN_PLAIN_PX


def _is_furniture(sketch: Sketch, image: Image, others: Iterable[Image]) -> bool:
    """Whether a picture is the page's own: a portrait of the author, a small drawing without a caption of its own.

    The sign over another picture, to look closer at it, stands in one figure with it.
    """
    if tuple(word for word in words_of(image.alt or "") if word != "avatar") in sketch.author_names:
        return True
    is_drawing = image.url.partition("?")[0].lower().endswith(".svg")
    if not is_drawing or max(image.width or 0, image.height or 0) >= _MIN_DRAWING_PX:
        return False
    return image.caption is None or any(other.caption == image.caption for other in others)


def _stands_above(sketch: Sketch, media: Media) -> bool:
    """Whether a picture stands above the headline: where articles have their lead picture, and sites their slides."""
    return sketch.headline is not None and media.element < sketch.runs[sketch.headline].element


def _is_teased(media: Media, href: str | None, teased: set[str]) -> bool:
    """Whether a picture belongs to a teaser: its link leads to the story, or its text is the story's title."""
    return href in teased or " ".join((media.attributes.get("alt") or "").split()).casefold() in teased


def _href_around(sketch: Sketch, media: Media) -> str | None:
    """Return the address of the page that a picture's link leads to; None without a link, and for one to a picture."""
    node = media.node.parent
    for _ in range(_MAX_CLIMB):
        if node is None or node.tag == "a":
            break
        node = node.parent
    url = sketch.document.resolve(node.attributes.get("href")) if node is not None and node.tag == "a" else None
    return None if url is None or is_picture(url) or url == sketch.document.url else url


def read_embeds(sketch: Sketch) -> tuple[Embed, ...]:
    """Return frames and posts embedded between headline and the end of the body."""
    found: dict[str, Embed] = {}
    for media in sketch.layout.media:
        if media.tag not in {"iframe", "blockquote", "video"} or not _in_article(sketch, media):
            continue
        attributes = media.attributes
        source = attributes.get("src") or attributes.get("data-src") or attributes.get("cite")
        text = None
        if media.tag == "blockquote":
            anchors = [a.attributes.get("href") for a in media.node.css("a[href]")]
            source = attributes.get("data-instgrm-permalink") or source or (anchors[-1] if anchors else None)
            text = " ".join(media.node.text(separator=" ").split()) or None
        elif media.tag == "video" and not source:
            child = media.node.css_first("source[src]")
            source = child.attributes.get("src") if child else None
        url = sketch.document.resolve(source)
        if url and not _EMBED_SKIP.search(url):
            found.setdefault(url, Embed(provider=_provider(url), url=url, text=text, block=media.run))
    return tuple(found.values())


def clean_alt(text: str) -> str:
    """Return alt text without tags that were escaped into view."""
    return " ".join(_MARKUP.sub("", text).split())


def _plain(text: str) -> str:
    return " ".join(words_of(_MARKUP.sub("", text) if "<" in text else text))


def _content_source(sketch: Sketch, media: Media) -> str | None:
    """Return the source of a picture that belongs to the article; None for the page's furniture."""
    if sketch.zones[media.element] in _NO_PICTURES or not _in_article(sketch, media):
        return None
    source = best_source(media)
    if not source or _PIXEL.search(source.rsplit("/", 1)[-1]) or _PORTRAIT.search(source):
        return None
    attributes = media.attributes
    sides = [_pixels(attributes.get(side)) for side in ("width", "height")]
    return None if any(s is not None and s < _MIN_SIDE_PX for s in sides) else source


def _in_article(sketch: Sketch, media: Media) -> bool:
    if sketch.last_body < 0:
        return False
    start = (
        sketch.headline if sketch.headline is not None and sketch.headline < sketch.first_body else sketch.first_body
    )
    above = media.run >= max(0, start - 2)
    held = next((i for i in range(media.run - 1, -1, -1) if sketch.labels[i] != "caption"), -1)
    inside_teaser = (
        media.run < len(sketch.labels) and sketch.labels[media.run] == "teaser" and media.run > sketch.last_body
    )
    return (
        above
        and held <= sketch.last_body
        and not inside_teaser
        and sketch.zones[media.element] not in {"related", "ad", "comment"}
    )


def _image(sketch: Sketch, media: Media, url: str, captions: Iterable[int]) -> Image:
    attributes = media.attributes
    texts = [sketch.runs[i].text for i in sorted({*captions})]
    caption, credit = split_credit(texts)
    alt = clean_alt(attributes.get("alt") or "")
    return Image(
        url=url,
        role="lead" if media.run <= sketch.first_body else "inline",
        alt=alt or None,
        caption=clean_alt(caption) or None if caption else None,
        credit=credit,
        width=_pixels(attributes.get("width")),
        height=_pixels(attributes.get("height")),
        block=media.run,
    )


def _captions_of(sketch: Sketch, media: Media, captions: dict[int, list[int]], boxes: Sequence[int]) -> list[int]:
    """Return the caption runs of a picture: those that repeat it, else those in the smallest box around both.

    `boxes` are the keys of the captions, in order. None is the picture's where one of its box stands far above it.
    """
    if own := captions.get(media.element):
        return own
    layout, element = sketch.layout, media.element
    for _ in range(4):
        element = layout.parents[element]
        if element <= 0:
            break
        inside: list[int] = []
        for place in range(bisect_left(boxes, element), bisect_left(boxes, layout.ends[element])):
            reached = (i for i in captions[boxes[place]] if i <= media.run + _MAX_RUNS_AWAY)
            inside += (i for i in reached if _may_caption(sketch, i, media))
            if inside and min(inside) < media.run - _MAX_RUNS_FIRST:
                return []
        if inside and min(inside) <= media.run + _MAX_RUNS_FIRST:
            return inside
    return []


def _may_caption(sketch: Sketch, index: int, media: Media) -> bool:
    """Whether a caption may be told of a picture: what stands in a figure is told of that figure's pictures."""
    figure = sketch.layout.climb(sketch.runs[index].element, FIGURE, "figure")
    return figure < 0 or sketch.layout.within(media.element, figure)


def _pixels(value: str | None) -> int | None:
    match = re.match(r"\s*(\d{1,5})(?:\.\d+)?\s*(?:px)?\s*$", value or "")
    return int(match[1]) if match else None


def _provider(url: str) -> str:
    """Return the name that somebody registered; of a bucket in a store of files the store's."""
    host = (urlsplit(url).hostname or "").split(".")
    name = host[-2] if len(host) > 1 else host[0]
    if len(name) <= _MAX_SUFFIX_CHARS and len(host) > _SUFFIX_LABELS:
        name = (registrable_domain(".".join(host)) or name).split(".")[0]
    named = {"youtu": "youtube", "x": "twitter", "youtube-nocookie": "youtube", "t": "telegram"}
    return named.get(name, name)
