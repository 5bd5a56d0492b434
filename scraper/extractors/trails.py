"""The steps of a breadcrumb trail, read off the box that holds them.

Sites draw the same trail in many ways: list items, bare links, text with arrows in it, icons for the home page,
separators that only the style sheet knows, menus that open at a step, a last step that is cut short.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from selectolax.lexbor import LexborNode

from scraper.document import Document
from scraper.extractors.cues import is_cue, starts_with_cue
from scraper.model import Crumb

SEPARATORS: Final = "»>›→/|·•‹«←➔▸►▶❯＞∕⟩〉→⁄\\"
SPLIT: Final = re.compile(rf"\s+[{re.escape(SEPARATORS)}]+\s+|\s*[»›❯➔▸►▶⟩〉＞>]\s*")
_EDGES: Final = f" {SEPARATORS}<:：,"
_BACK: Final = re.compile(r"^\s*[<‹«←]")
_CODE: Final = re.compile(r"(?:\w+\s*#?\s*[:：]\s*|#)[\w-]*\d[\w-]*")
"""An article number at the end of a shop's trail."""
_PICTURES: Final = frozenset({"icon", "logo", "homeicon", "house", "homelogo", "image"})
_MIN_MENU_STEPS: Final = 5
_NOT_WORD: Final = re.compile(r"[\W_]+")
_DASHES: Final = re.compile(r"^[-–—~]+(?:\s+|$)|\s+[-–—~]+$")
_GLYPHS: Final = re.compile(
    r"[\ue000-\uf8ff\u200b-\u200f\ufeff]|\b(?:chevron|keyboard|navigate|arrow)_(?:\w+)|^\s*home(?=\s+\w+\s*$)"
)
"""What icon fonts leave in the text: private characters, and the names that ligatures stand for."""
_ICON: Final = re.compile(r"material-(?:icons|symbols)|\bicon-text\b")
_UNSEEN: Final = re.compile(r"sr-only|visually-?hidden|screen-?reader|vh\b|a11y|offscreen")
_MENU: Final = re.compile(r"dropdown-menu|drop-down|sub-?menu|flyout|tooltip")
_NOT_SHOWN: Final = frozenset({"script", "style", "svg", "template", "noscript", "select", "textarea", "dialog"})
_STYLING: Final = frozenset({"em", "i", "b", "strong", "u", "mark", "q", "cite", "sup", "sub", "font", "wbr", "small"})
_CUT: Final = ("…", "...")
MAX_STEPS: Final = 9
_MAX_STEP_CHARS: Final = 300


@dataclass(slots=True)
class _Piece:
    """Text that belongs together: that of one link, or of one element outside links."""

    link: LexborNode | None
    place: int
    seen: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What is shown, or else what is written for screen readers."""
        return _collapse("".join(self.seen)) or _collapse("".join(self.unseen))


def read_steps(box: LexborNode, document: Document) -> tuple[Crumb, ...]:
    """Return the steps in a box, from the home page down; () if what it holds is no trail."""
    steps = [step for item in _items(box) for step in _steps_of(item, document)]
    found = tidy_steps(steps)
    return () if _is_menu_row(found) or (len(found) == 1 and _BACK.search(box.text())) else found


def _is_menu_row(steps: tuple[Crumb, ...]) -> bool:
    """Whether these are sections side by side: many links, none of them home, each right below the top."""
    depths = {urlsplit(step.url).path.strip("/").count("/") if step.url else -1 for step in steps}
    return len(steps) >= _MIN_MENU_STEPS and depths == {0} and not is_root(steps[0].url)


def tidy_steps(steps: list[Crumb]) -> tuple[Crumb, ...]:
    """Return the steps in order and without repeats; () if there are too many.

    The words before the first are left out, and a last one that leads nowhere and says only "article".
    """
    found: list[Crumb] = []
    for step in steps:
        name = clean_name(step.name)
        if not step.url and not found and (cue := starts_with_cue("here", name)):
            name = clean_name(name[len(cue) :])
        if not fold_name(name) or (not step.url and _CODE.fullmatch(name)):
            continue
        if found and fold_name(name) == fold_name(found[0].name):
            if len(found) > 1:
                break  # the trail again, for small screens
            continue
        if len(name) > _MAX_STEP_CHARS or len(found) > MAX_STEPS:
            return ()
        if found and _is_cut_copy(found[-1].name, name):
            continue
        found.append(Crumb(name=name, url=step.url))
    if len(found) > 1 and not found[-1].url and is_cue("this_page", found[-1].name):
        found.pop()
    if len(found) > 1 and is_cue("home", found[-1].name) and not is_cue("home", found[0].name):
        found.reverse()
    return tuple(found)


@lru_cache(maxsize=4_096)
def clean_name(text: str) -> str:
    """Return a step's name without the separators and icons around it."""
    return _DASHES.sub("", _collapse(_GLYPHS.sub(" ", text)).strip(_EDGES)).strip(_EDGES)


@lru_cache(maxsize=4_096)
def fold_name(name: str) -> str:
    """Return a name's letters and figures, by which two steps are compared."""
    return _NOT_WORD.sub("", name.casefold())


@lru_cache(maxsize=1_024)
def is_root(url: str | None) -> bool:
    """Whether an address is a site's home page, perhaps of one language: `/`, `/en/`, `/index.html`."""
    path = urlsplit(url).path.strip("/").lower() if url else "-"
    return re.fullmatch(r"(?:[a-z]{2}(?:[-_][a-z]{2})?)?|(?:index|home|default)(?:\.\w+)?", path) is not None


def _is_cut_copy(before: str, name: str) -> bool:
    """Whether a name is the one before it, repeated or cut short."""
    own, other = fold_name(name), fold_name(before)
    return own == other or (name.endswith(_CUT) and bool(own) and other.startswith(own))


def _items(box: LexborNode) -> list[LexborNode]:
    """Return the elements that hold one step each: the items of the box's longest list; else the box itself."""
    groups: dict[int, list[LexborNode]] = {}
    nested: list[LexborNode] = []
    for item in box.css("li"):
        above = _above(item, box)
        if any(node.tag == "li" for node in above):
            nested.append(item)
        elif item.parent is not None and not any(_is_menu(node) for node in above):
            groups.setdefault(item.parent.mem_id, []).append(item)
    items = max(groups.values(), key=len, default=[])
    if len(items) == 1 and nested:
        return [*items, *nested]
    outside = sum(all(node.tag != "li" for node in _above(link, box)) for link in box.css("a")) if items else 0
    return items if items and (len(items) > 1 or outside == 0) and outside <= len(items) else [box]


def _above(node: LexborNode, box: LexborNode) -> list[LexborNode]:
    found = []
    parent = node.parent
    while parent is not None and parent.mem_id != box.mem_id:
        found.append(parent)
        parent = parent.parent
    return found


def _is_menu(node: LexborNode) -> bool:
    attributes = node.attributes
    return (
        attributes.get("role") in {"menu", "listbox", "tooltip"}
        or _MENU.search(attributes.get("class") or "") is not None
    )


def _steps_of(item: LexborNode, document: Document) -> list[Crumb]:
    """Return the steps in one item: one a link; text between links is cut at its separators."""
    steps: list[Crumb] = []
    single = item.tag == "li"
    pieces = _pieces(item, single)
    links = [p for p in pieces if p.link is not None]
    if single and len(links) <= 1:
        url = document.resolve(links[0].link.attributes.get("href")) if links and links[0].link is not None else None
        texts = [t for p in links if (t := clean_name(p.text))] or [t for p in pieces if (t := clean_name(p.text))]
        name = " ".join(texts) or (_label(links[0].link, url) if links and links[0].link is not None else "")
        return [Crumb(name=name, url=url)]
    for piece in pieces:
        if piece.link is not None:
            url = document.resolve(piece.link.attributes.get("href"))
            steps.append(Crumb(name=clean_name(piece.text) or _label(piece.link, url), url=url))
        else:
            whole = is_title(piece.text, document)
            parts = [piece.text] if whole else SPLIT.split(f" {piece.text} ")
            steps += [Crumb(name=part) for part in parts if not _is_count(part)]
    return steps


def is_title(text: str, document: Document) -> bool:
    """Whether a text is the page's title, as the title element begins with it."""
    own, title = fold_name(clean_name(text)), fold_name(document.title_tag or "")
    return bool(own) and title.startswith(own)


def _is_count(text: str) -> bool:
    return re.fullmatch(r"[\W\d_]*|\s*\(\d[^()]*\)\s*", text) is not None


def _label(link: LexborNode, url: str | None) -> str:
    """Return what a link without text is called; the home page's house is "Home"."""
    attributes = link.attributes
    labels = [
        attributes.get("title"),
        attributes.get("aria-label"),
        *(i.attributes.get("alt") for i in link.css("img")),
    ]
    labels += [node.text() for node in link.css("svg title")]
    labels += [node.attributes.get("aria-label") for node in link.css("[aria-label]")]
    named = (name for x in labels if x and fold_name(name := clean_name(x)) not in {"", *_PICTURES})
    return next(named, "Home" if is_root(url) else "")


def _pieces(box: LexborNode, single: bool) -> list[_Piece]:
    """Return what is written in a box, by link and element; without menus, and for one item without lists in it."""
    pieces: list[_Piece] = []
    skipped: set[int] = set()
    unseen: set[int] = set()
    links: dict[int, LexborNode] = {}
    for node in box.traverse(include_text=True):
        above = node.parent.mem_id if node.parent is not None else 0
        if node.mem_id != box.mem_id and above in skipped:
            skipped.add(node.mem_id)
        elif node.tag == "-text":
            _add_text(pieces, node, links.get(above), hidden=above in unseen)
        elif node.mem_id != box.mem_id and _is_left_out(node, single):
            skipped.add(node.mem_id)
        else:
            if node.tag == "a":
                links[node.mem_id] = node
                pieces.append(_Piece(node, node.mem_id))
            elif above in links:
                links[node.mem_id] = links[above]
            if above in unseen or _UNSEEN.search(node.attributes.get("class") or ""):
                unseen.add(node.mem_id)
    return pieces


def _is_left_out(node: LexborNode, single: bool) -> bool:
    if node.tag in _NOT_SHOWN or (single and node.tag in {"ul", "ol"}) or _is_menu(node):
        return True
    return _ICON.search(node.attributes.get("class") or "") is not None


def _add_text(pieces: list[_Piece], node: LexborNode, link: LexborNode | None, *, hidden: bool) -> None:
    text = node.text_content or ""
    place = link.mem_id if link is not None else _place_of(node)
    last = pieces[-1] if pieces else None
    if last is None or last.place != place:
        if text.isspace():
            return
        last = _Piece(link, place)
        pieces.append(last)
    (last.unseen if hidden else last.seen).append(text)


def _place_of(node: LexborNode) -> int:
    """Return the id of the nearest element above that does more than style its text."""
    parent = node.parent
    while parent is not None and parent.tag in _STYLING:
        parent = parent.parent
    return parent.mem_id if parent is not None else 0


def _collapse(text: str) -> str:
    return " ".join(text.split())
