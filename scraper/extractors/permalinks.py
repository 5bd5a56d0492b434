"""What documentation and wikis hang on headings for who cites or edits them: the ends of "Usage¶", "History[edit]"."""

from __future__ import annotations

import re
from typing import Final

from scraper.extractors.layout import Run

MARKS: Final = frozenset({"#", "##", "¶", "§", "🔗", "🔗\ufe0e", "🔗\ufe0f", "⚓", "⌗", "\uf0c1"})
"""Of Sphinx, MkDocs, rustdoc, Hugo and their like; the last is Font Awesome's chain, a letter of private use."""
_EDIT: Final = re.compile(r"\s*\[[^\[\]]{1,60}\]$")
_EDIT_ADDRESS: Final = "action=edit"
"""Source: https://www.mediawiki.org/wiki/Manual:Parameters_to_index.php"""


def cut_marks(run: Run) -> None:
    """Take the link to a run's own place off either end of its text, and off a heading the link to edit what follows.

    A mark alone proves nothing: "C#" is a language and "#1" the first of ten. It has to be a link to a fragment.
    """
    before = len(run.text)
    if run.text.endswith("]") and run.kind == "heading":
        _cut_edit(run)
    elif (mark := run.anchors[-1][0]) in MARKS and run.text.endswith(mark) and "#" in _address(run, -1):
        run.text = run.text[: -len(mark)].rstrip()
        run.anchors.pop()
    if run.anchors and (mark := run.anchors[0][0]) in MARKS and run.text.startswith(mark) and "#" in _address(run, 0):
        run.text = run.text[len(mark) :].lstrip()
        del run.anchors[0]
    if len(run.text) < before:
        run.link_chars, run.lines = min(sum(len(text) for text, _ in run.anchors), len(run.text)), ()


def _cut_edit(run: Run) -> None:
    """Cut "[edit]", "[edit | edit source]" and the same in any language, with the links in it."""
    match = _EDIT.search(run.text)
    if match is None or _EDIT_ADDRESS not in _address(run, -1):
        return
    run.text = run.text[: match.start()]
    while run.anchors and run.anchors[-1][0] in match[0] and "action=" in _address(run, -1):
        run.anchors.pop()


def _address(run: Run, at: int) -> str:
    return run.anchors[at][1].attributes.get("href") or ""
