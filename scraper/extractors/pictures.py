"""Addresses of pictures: the best one that an image offers, and which two show one picture."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

from scraper.extractors.layout import Media

_MIN_TELLING: Final = 2
"""A name of more words needs no folder to tell the picture from others."""
PictureKey = tuple[tuple[str, ...], frozenset[str], str]
_LAZY: Final = (
    "data-src",
    "data-original",
    "data-lazy-src",
    "data-lazy",
    "data-image",
    "data-hi-res-src",
    "data-url",
    "src",
)
_LAZY_SETS: Final = ("srcset", "data-srcset", "data-lazy-srcset")
_CANDIDATE: Final = re.compile(r"(\S*[^,\s])(?:\s+([\d.]+)([wx]))?\s*(?:,|$)")
_INNER: Final = re.compile(r".https?:/")
_ENDINGS: Final = re.compile(r"(?:\.(?:jpe?g|png|webp|gif|avif|jfif))+$")
_WORD: Final = re.compile(r"[^\W_]+")
_SIZE: Final = re.compile(
    r"\d{1,4}x\d{1,4}|[whxy]\d{2,4}|v\d|\d{3,4}w|\dx|scaled|large|medium|small|thumb|original|default|master|webp|jpe?g|png"
)
"""Words of an address that tell of a size or a format, and not of the picture."""
_WIDTH_AND_QUALITY: Final = re.compile(r"\d{2,4}@\d{1,3}")
_ID: Final = re.compile(r"(?=.*\d)(?!(?:19|20)\d{6}$|\d{1,5}$|\d{1,4}x\d{1,4}$).{6,}")
"""A word that names one picture: six signs or more with a figure among them, and no day."""


def best_source(media: Media) -> str | None:
    """Return the largest source an image offers: srcset by width or density, lazy-loading attributes, then src."""
    attributes = {**_picture_sets(media), **{k: v for k, v in media.attributes.items() if v}}
    for name in _LAZY_SETS:
        if name not in attributes:
            continue
        if candidates := [(float(m[2] or 1), m[1]) for m in _CANDIDATE.finditer(attributes.get(name) or "") if m[1]]:
            best = max(candidates, key=lambda c: c[0])[1]
            if not best.startswith("data:"):
                return best
    return next((v for name in _LAZY if (v := attributes.get(name)) and not v.startswith("data:")), None)


def _picture_sets(media: Media) -> dict[str, str | None]:
    """Return the srcset of the sources of the picture element around an image, if there is one."""
    parent = media.node.parent
    if parent is None or parent.tag != "picture":
        return {}
    sets = [
        s
        for source in parent.css("source")
        if (s := source.attributes.get("srcset") or source.attributes.get("data-srcset"))
    ]
    return {"srcset": ", ".join(sets)} if sets else {}


def is_picture(url: str) -> bool:
    """Whether an address names a picture by its ending."""
    return _ENDINGS.search(url.partition("?")[0].lower()) is not None


def name_picture(url: str) -> tuple[str, ...]:
    """Return the words that name a picture: of the last part of its path that has other ones than sizes.

    Of an address that a resizing service wraps, the inner one counts.

    >>> name_picture("https://img.example/2025/06/slip-at-dawn-585x439.jpg?w=300")
    ('slip', 'at', 'dawn')
    >>> name_picture("https://img.example/44152f97b643/16x9/original.jpg")
    ('44152f97b643',)
    """
    return _name_in(_path_of(url)) or (url,)


def _name_in(path: str) -> tuple[str, ...]:
    for part in reversed(path.split("/")):
        part = _ENDINGS.sub("", part)
        words = tuple(word for word in _WORD.findall(part) if not _SIZE.fullmatch(word))
        if words and not _WIDTH_AND_QUALITY.fullmatch(part):
            return words
    return ()


def key_picture(url: str) -> PictureKey:
    """Return what two addresses have in common if they show one picture on one page: name, ids of folders, format."""
    path = _path_of(url)
    name = _name_in(path) or (url,)
    words = () if len(name) > _MIN_TELLING or any(map(_ID.fullmatch, name)) else _WORD.findall(path)
    ending = _ENDINGS.search(path)
    return name, frozenset(filter(_ID.fullmatch, words)), ending[0].split(".")[1] if ending else ""


def _path_of(url: str) -> str:
    plain = (unquote(url) if "%" in url else url).lower()
    inner = list(_INNER.finditer(plain))
    plain = plain[inner[-1].start() + 1 if inner else 0 :].partition("?")[0].partition("://")[2]
    return plain.partition("/")[2]


def shows_same(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether the names of two pictures are of one picture in two sizes: they share an id or a beginning."""
    short, long = sorted((one, other), key=len)
    if long[: len(short)] == short and (len(short) > 1 or len(short[0]) > 3):
        return True
    return any(_ID.fullmatch(word) for word in {*one} & {*other})
