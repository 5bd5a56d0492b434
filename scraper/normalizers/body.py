"""The body's blocks, and the text and Markdown made from them. Pure and total."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from math import isnan
from typing import Final

from scraper.model import Block, ContentBlock, Link, Removed
from scraper.normalizers.text import clean_text
from scraper.web.body import count_words

# CommonMark 0.31, 2.4: any ASCII punctuation may be escaped; these can mean something inside a paragraph.
_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>~|])")
_QUOTED: Final = re.compile(r'[\\"&]')
_REFERENCE: Final = re.compile(r"&(?=#?[a-zA-Z0-9]+;)")
_LINE_START: Final = re.compile(r"\s*([#+=-]|\d{1,9}(?=[.)]))")
_MAX_NESTING: Final = 9
_MAX_NUMBER: Final = 999_999_999
"""CommonMark 0.31, 5.2: a list item's number has at most nine digits."""
_URL_UNSAFE: Final = str.maketrans({" ": "%20", "(": "%28", ")": "%29", "<": "%3C", ">": "%3E", "\n": "", "\\": "%5C"})


def content_blocks(blocks: Sequence[Block]) -> tuple[tuple[ContentBlock, ...], tuple[int, ...]]:
    """Return the blocks labelled body, cleaned, in order, and the page index of each.

    What is left without text is dropped.
    """
    indexed = tuple(_indexed_content(blocks))
    return tuple(content for _, content in indexed), tuple(index for index, _ in indexed)


def _indexed_content(blocks: Sequence[Block]) -> Iterator[tuple[int, ContentBlock]]:
    for block in blocks:
        if block.label == "body":
            content = _content_block(block)
            if content.text:
                yield block.index, content


def round_share(share: float) -> float | None:
    """Return the number forced into 0 to 1, four digits; None for not-a-number."""
    return None if isnan(share) else round(min(max(share, 0.0), 1.0), 4)


def count_removed(blocks: Sequence[Block]) -> Removed:
    """Return how many blocks of each label stand outside the body, and the words in them together."""
    outside = [block for block in blocks if block.label != "body"]
    counts = Counter(str(block.label) for block in outside)
    return Removed(**counts, words=count_words("\n".join(block.text for block in outside)))


def content_place(indexes: Sequence[int], index: int | None) -> int | None:
    """Return the place among content_blocks of what stands before page block `index`; their number for the end.

    `indexes` are those that content_blocks gave.
    """
    return None if index is None else bisect_left(indexes, index)


def render_markdown(blocks: Sequence[ContentBlock]) -> str:
    """Return the blocks as CommonMark (tables as in GFM): text stays text, whatever it looks like.

    Source: https://spec.commonmark.org/0.31.2/

    >>> render_markdown([ContentBlock(type="paragraph", text="1. *not* a list")])
    '1\\\\. \\\\*not\\\\* a list'
    """
    parts: list[str] = []
    at = 0
    while at < len(blocks):
        if blocks[at].type in {"list_item", "quote"}:
            stop = _group_end(blocks, at)
            parts.append(_render_group(blocks[at:stop]))
            at = stop
        else:
            parts.append(_render(blocks[at]))
            at += 1
    return "\n\n".join(filter(None, parts))


def _group_end(blocks: Sequence[ContentBlock], at: int) -> int:
    """Return one past the last block that belongs to the same list or the same quotation as block `at`."""
    stop, kind = at + 1, blocks[at].type
    while stop < len(blocks) and (
        blocks[stop].type == kind or (kind == "list_item" and blocks[stop].type == "paragraph" and blocks[stop].level)
    ):
        stop += 1
    return stop


def _render_group(blocks: Sequence[ContentBlock]) -> str:
    if blocks[0].type == "list_item":
        return "\n".join(_render_list(blocks))
    return "\n>\n".join(f"> {_render_inline(block, '> ')}" for block in blocks)


def _render_list(blocks: Sequence[ContentBlock]) -> Iterator[str]:
    """Yield the lines of a list, each below the text of the item that holds it.

    A list whose numbers do not go on is another one, which CommonMark (5.3) tells by the sign behind the number. One
    that does not begin at 1 needs a blank line above it, or its number is text of the item that holds it (5.2).
    """
    columns, last, signs = [0], dict[int, int | None](), dict[int, str]()
    """Where the items of each level begin, the number of the last at each, and the sign behind it."""
    for block in blocks:
        level = min(block.level or 1, _MAX_NESTING)
        if block.type == "paragraph":
            indent = " " * columns[min(level, len(columns) - 1)]
            yield f"\n{indent}{_render_inline(block, indent)}"
            continue
        del columns[level:]
        columns += [columns[-1]] * (level - len(columns))
        last = {deep: number for deep, number in last.items() if deep <= level}
        sign = signs.get(level, ".")
        if (before := last.get(level)) is not None and block.number not in {before + 1, None}:
            sign = ")" if sign == "." else "."
        gap = "\n" if before is None and level > 1 and block.number not in {1, None} else ""
        last[level], signs[level] = block.number, sign
        mark = "- " if block.number is None else f"{block.number}{sign} "
        columns.append(columns[-1] + len(mark))
        yield f"{gap}{' ' * columns[-2]}{mark}{_render_inline(block, ' ' * columns[-1])}"


def _content_block(block: Block) -> ContentBlock:
    return ContentBlock(
        type=block.type,
        text=_clean_block_text(block),
        level=block.level if block.level and block.level > 0 else None,
        number=block.number if block.number is not None and 0 <= block.number <= _MAX_NUMBER else None,
        links=tuple(Link(text=clean_text(link.text), url=link.url) for link in block.links),
        confidence=round_share(block.score),
    )


def _clean_block_text(block: Block) -> str:
    match block.type:
        case "code" | "table":
            return clean_text(block.text, layout=block.type)
        case "paragraph" | "list_item" | "quote" if "\n" in block.text:
            return "\n".join(filter(None, map(clean_text, block.text.split("\n"))))
        case _:
            return clean_text(block.text)


def _escape_start(text: str) -> str:
    """Return the text so that its first letters begin no list, heading or the like."""
    match = _LINE_START.match(text)
    if match is None:
        return text
    place = match.end() if match[1].isdigit() else match.start(1)
    return f"{text[:place]}\\{text[place:]}"


def _render(block: ContentBlock) -> str:
    match block.type:
        case "heading":
            return f"{'#' * min(block.level or 2, 6)} {_render_heading(block)}"
        case "code":
            return _render_code(block.text)
        case "table":
            return _render_table(block.text)
        case "image" | "embed":
            return _render_embed(block)
        case _:
            return _render_inline(block)


def _render_inline(block: ContentBlock, indent: str = "") -> str:
    """Return the text with its links, fit to begin a block; `indent` goes before each line but the first."""
    return f"\\\n{indent}".join(map(_escape_start, _render_links(block).split("\n")))


def _render_links(block: ContentBlock) -> str:
    """Return the text with its links; a link whose words are not found in order is left as text."""
    text, parts, at = block.text, [], 0
    unbroken = text.replace("\n", " ")
    for link in block.links:
        start = unbroken.find(link.text, at) if link.text else -1
        if start >= 0:
            parts.append(_escape_inline(text[at:start]))
            at = start + len(link.text)
            parts.append(f"[{_escape_inline(text[start:at])}]({_safe_url(link.url)})")
    parts.append(_escape_inline(text[at:]))
    return "".join(parts)


def _render_heading(block: ContentBlock) -> str:
    """Return a heading's text: nothing begins a block there, but signs at its end would close it (CommonMark, 4.2)."""
    text = _render_links(block)
    return text if not text.endswith("#") else f"{text[:-1]}\\#"


def _render_code(text: str) -> str:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"


def _render_table(text: str) -> str:
    rows = [[_escape_inline(cell) for cell in line.split("\t")] for line in text.split("\n")]
    width = max(len(row) for row in rows)
    lines = [f"| {' | '.join(row + [''] * (width - len(row)))} |" for row in rows]
    return "\n".join([lines[0], "|" + " --- |" * width, *lines[1:]])


def _escape_inline(text: str) -> str:
    text = _SPECIAL.sub(r"\\\1", text)
    return _REFERENCE.sub(r"\\&", text) if "&" in text else text


def _render_embed(block: ContentBlock) -> str:
    """Return an image or a link to what is embedded; a caption that is not the text already is its title."""
    if not block.links:
        return ""
    link, mark = block.links[0], "!" if block.type == "image" else ""
    title = _QUOTED.sub(r"\\\g<0>", link.text) if link.text not in {"", block.text} else ""
    titled = f' "{title}"' if title else ""
    return f"{mark}[{_escape_inline(block.text)}]({_safe_url(link.url)}{titled})"


def _safe_url(url: str) -> str:
    return url.translate(_URL_UNSAFE)
