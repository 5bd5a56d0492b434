"""What the classifier sees of a page: one column a run, one row a feature.

Nearly all of the extractor's time is spent here, so: text is looked at once, what holds for an element is computed
once for the element, and everything else is arithmetic on whole arrays. The features are those of many tried that a
forest made use of (bench/train/NOTES.md).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from scraper.extractors import tags as T
from scraper.extractors.arrays import PageArrays
from scraper.extractors.layout import Layout
from scraper.extractors.pagefacts import PageFacts, fact_numbers, gather_facts, whole_numbers
from scraper.extractors.textstats import (
    END_MARK,
    LEVEL,
    LOG_CHARS,
    TEXT_ROWS,
    cue_bits,
)
from scraper.extractors.vocabulary import CLASS_GROUPS, CUE_GROUPS

__all__ = ["Features", "PageFacts", "compute_features", "gather_facts"]

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_MAX_ROWS: Final = 160
_FLAG_ROWS: Final = {
    "nav": T.NAV, "footer": T.FOOTER, "aside": T.ASIDE, "form": T.FORM, "main": T.MAIN, "figure": T.FIGURE,
    "caption": T.CAPTION, "button": T.BUTTON, "p": T.PARAGRAPH, "dialog": T.DIALOG,
}  # fmt: skip
_FLAG_NAMES: Final = [f"in_{name}" for name in _FLAG_ROWS]
_FLAGS: Final = np.array([*_FLAG_ROWS.values()])[:, None]
_NEAR_ROWS: Final = ("comment", "section", "side", "body", "form", "cta", "meta")
_NEAR_NAMES: Final = [f"near_{name}" for name in _NEAR_ROWS]
_NEAR_PLACES: Final = np.array([CLASS_GROUPS.index(name) for name in _NEAR_ROWS])[:, None]
_PATH_ROWS: Final = ("nav", "footer", "consent", "comment", "hidden", "section", "header", "body")
_PATH_NAMES: Final = [f"path_{name}" for name in _PATH_ROWS]
_PATH_PLACES: Final = np.array([CLASS_GROUPS.index(name) for name in _PATH_ROWS])[:, None]
_BAD_CUES: Final = sum(1 << CUE_GROUPS.index(name) for name in ("related", "share", "newsletter", "comment"))
_RELATED: Final = 1 << CUE_GROUPS.index("related")
_GATE_ONLY: Final = frozenset(
    ("ld_faq", "ld_body", "og_article", "og_product", "published", "url_dated", "url_docs", "url_product",
     "body_single", "body_list")
)  # fmt: skip
_WORD: Final = re.compile(r"[^\W_]+")


class Features:
    """The matrix (features, runs), the runs' sizes in words, and what a second look needs of the page."""

    __slots__ = ("element", "ends", "group", "matrix", "names", "page", "parents", "sizes")

    def __init__(self, runs: int) -> None:
        self.matrix: Floats = np.empty((_MAX_ROWS, runs), dtype=np.float32)
        self.names: list[str] = []
        self.sizes: Floats = np.zeros(runs, dtype=np.float32)
        self.page: list[float] = []
        """What holds for the page, for the gate."""
        none = np.zeros(0, dtype=np.int64)
        self.element: Ints = none
        """Of each run its element; `parents` and `ends` are over the elements, `group` over the runs again."""
        self.parents: Ints = none
        self.ends: Ints = none
        self.group: Ints = none
        """Runs of one group hang at elements of the same names under parents of the same names."""

    def put(self, name: str, values: npt.ArrayLike) -> None:
        """Add a row: an array over the runs, or one number for all."""
        self.matrix[len(self.names)] = values
        self.names.append(name)

    def put_rows(self, names: Sequence[str], values: npt.ArrayLike) -> None:
        """Add several rows at once: an array (rows, runs), or (rows, 1)."""
        self.matrix[len(self.names) : len(self.names) + len(names)] = values
        self.names += names


def compute_features(layout: Layout, facts: PageFacts) -> Features:
    """Return the features of every run of a page; of a page without runs, an empty matrix."""
    out = Features(len(layout.runs))
    if layout.runs:
        page = _Page(layout, facts, out)
        page.text()
        page.classes()
        page.position()
        page.container()
        page.ancestors()
        page.repetition()
        page.neighbours()
        page.whole()
    out.matrix = out.matrix[: len(out.names)]
    return out


class _Page(PageArrays):
    """The groups of features."""

    def __init__(self, layout: Layout, facts: PageFacts, out: Features) -> None:
        super().__init__(layout)
        self.facts, self.out = facts, out
        out.sizes, out.element, out.parents, out.ends = self.words, self.element, self.parents, self.ends

    def text(self) -> None:
        put = self.out.put
        self.out.put_rows(TEXT_ROWS, self.rows)
        self.cues = np.zeros(len(self.runs), dtype=np.int64)
        for i in np.flatnonzero(self.heading).tolist():
            self.cues[i] = cue_bits(self.runs[i].text)
        heads = np.maximum.accumulate(np.where(self.heading, self.order, -1))
        has = heads >= 0
        put("head_cue", np.where(has, self.cues[heads] & 0b1111111, 0) > 0)
        put("head_related", np.where(has, self.cues[heads] & _RELATED, 0))
        put("head_distance", np.where(has, np.minimum(self.order - heads, 60), 99))
        put("head_level", np.where(has, self.rows[LEVEL][heads], 0))
        put("bad_heads_before", np.minimum(np.cumsum((self.cues & _BAD_CUES) > 0), 9))
        self.out.put_rows(_FLAG_NAMES, (self.flags & _FLAGS) > 0)

    def classes(self) -> None:
        own = self.bits.copy()
        own[0] = 0
        parent = self.parents[self.element]
        near = own[self.element] | own[parent]
        mid = near | own[self.parents[parent]]
        self.out.put_rows(_NEAR_NAMES, ((near >> _NEAR_PLACES) & 1) + ((mid >> _NEAR_PLACES) & 1))
        self.out.put_rows(_PATH_NAMES, (self.path >> _PATH_PLACES) & 1)

    def position(self) -> None:
        put, order, count = self.out.put, self.order, len(self.runs)
        put("place", order / count)
        put("before", self.before / self.total)
        put("from_end", np.minimum(count - order, 200))
        put("depth", self.depth)
        first = self.heading & (self.rows[LEVEL] == 1)
        put("h1_before", np.minimum(np.cumsum(first) - first, 9))
        put("h1_count", min(int(first.sum()), 20))
        anchor = self._anchor()
        if anchor < 0:
            for name in ("from_anchor", "chars_from_anchor", "anchor_up", "anchor_meet"):
                put(name, -99)
            return
        gap = self.before - self.before[anchor]
        put("from_anchor", np.clip(order - anchor, -50, 300))
        put("chars_from_anchor", np.sign(gap) * np.log1p(np.abs(gap)))
        chain = self.chain(int(self.element[anchor]))
        shared = self.shared(chain)
        put("anchor_up", len(chain) - shared)
        put("anchor_meet", self.sums[2, np.array(chain)[shared - 1]] / max(1.0, float(self.sums[2, 0])))

    def _anchor(self) -> int:
        """Return the run of the headline: the heading most like the page's title, else the first h1, else -1."""
        title = _words(self.facts.title)
        first, best, most = -1, -1, 0
        for i in np.flatnonzero(self.heading).tolist():
            run = self.runs[i]
            if first < 0 and run.level == 1:
                first = i
            words = _words(run.text)
            alike = len(words & title)
            if alike > most and alike >= 0.6 * max(len(words), min(len(title), 3)):
                best, most = i, alike
        return best if best >= 0 else first

    def container(self) -> None:
        """Add where a run stands to the deepest elements that hold most of the running text."""
        put = self.out.put
        for name, mass, share in (("g60", 5, 0.6), ("c85", 2, 0.85), ("c60", 2, 0.6)):
            holder = self.holder(mass, share)
            inside = (self.element >= holder) & (self.element < self.ends[holder])
            put(f"{name}_in", inside)
            put(f"{name}_below", np.where(inside, self.depth - self.layout.depths[holder], -1))
        chain = self.chain(holder)
        shared = self.shared(chain)
        put("lca_up", len(chain) - shared)
        put("lca_down", self.depth - shared)
        places = np.flatnonzero(inside)
        first, last = (int(places[0]), int(places[-1])) if len(places) else (0, 0)
        put("from_start", np.clip(self.order - first, -60, 200))
        put("from_stop", np.clip(self.order - last, -200, 60))
        put("c60_share", self.sums[0, holder] / self.total)
        put("c60_links", self.sums[1, holder] / max(1.0, float(self.sums[0, holder])))
        past = np.maximum.accumulate(np.where(self.good, self.order, -100))
        coming = np.minimum.accumulate(np.where(self.good, self.order, len(self.runs) + 100)[::-1])[::-1]
        put("since_good", np.minimum(self.order - past, 60))
        put("to_good", np.minimum(coming - self.order, 60))
        put("core", self.core / max(1.0, float(self.core.max())))
        put("core_before", np.cumsum(self.core) / max(1.0, float(self.core.sum())))

    def ancestors(self) -> None:
        put, sums, at = self.out.put, self.sums, self.element
        for name in ("own", "p1", "p2", "p3"):
            chars, links, core, good, runs, _ = sums[:, at]
            put(f"{name}_links", links / np.maximum(chars, 1))
            put(f"{name}_share", chars / self.total)
            put(f"{name}_core", core / max(1.0, float(sums[2, 0])))
            put(f"{name}_mean", np.log1p(chars / np.maximum(runs, 1)))
            if name != "own":
                put(f"{name}_good", np.log1p(good))
                put(f"{name}_runs", np.log1p(runs))
            at = self.parents[at]
        nearest, count = self._articles()
        has = nearest >= 0
        put("article_share", np.where(has, sums[0, nearest] / self.total, -1))
        put("article_good", np.where(has, np.log1p(sums[3, nearest]), -1))
        put("articles", min(count, 20))

    def _articles(self) -> tuple[Ints, int]:
        """Return each run's nearest <article> (or -1), and how many the page has."""
        places = [i for i, tag in enumerate(self.layout.tags) if tag == "article"]
        nearest = np.full(len(self.runs), -1)
        for i in places[:200]:
            nearest[(self.element >= i) & (self.element < self.ends[i])] = i
        return nearest, len(places)

    def repetition(self) -> None:
        """Add how many siblings look alike, of the run and of what holds it, and of the run's group what it is like."""
        put, layout = self.out.put, self.layout
        alike = np.log1p(self._alike())
        at = self.element
        for name in ("own", "p1", "p2", "p3"):
            put(f"{name}_alike", alike[at])
            at = self.parents[at]
        groups: dict[tuple[str, str, str, str], int] = {}
        tags, tokens, parents = layout.tags, layout.tokens, layout.parents
        names = [(tags[e], tokens[e], tags[parents[e]], tokens[parents[e]]) for e in self.element.tolist()]
        group = self.out.group = np.array([groups.setdefault(name, len(groups)) for name in names])
        size, chars = np.bincount(group), np.bincount(group, self.chars)
        put("group_size", np.log1p(size)[group])
        put("group_share", (chars / self.total)[group])
        put("group_links", (np.bincount(group, self.link_chars) / np.maximum(chars, 1))[group])
        put("group_mean", np.log1p(chars / size)[group])
        put("group_good", (np.bincount(group, self.good) / size)[group])
        starts = [run.text[:80] for run in self.runs]
        texts = Counter(starts)
        put("copies", [min(texts[start], 5) for start in starts])

    def _alike(self) -> Floats:
        """Return for each element how many of its parent's children have its tag and its groups of class names."""
        numbers = {tag: number for number, tag in enumerate(set(self.layout.tags))}
        tags = np.array([numbers[tag] for tag in self.layout.tags], dtype=np.int64)
        above = self.parents + 1
        above[0] = 0
        keys = (above * len(numbers) + tags) << len(CLASS_GROUPS) | self.bits
        _, which, counts = np.unique(keys, return_inverse=True, return_counts=True)
        alike: Floats = counts[which].astype(np.float32)
        return alike

    def neighbours(self) -> None:
        signals = np.stack([self.rows[LOG_CHARS], self.link_share, self.rows[END_MARK], self.good]).astype(np.float64)
        for step in (1, 2, -1, -2):
            moved = np.full((2, len(self.runs)), -1.0)
            if step > 0:
                moved[:, step:] = signals[:2, :-step]
            else:
                moved[:, :step] = signals[:2, -step:]
            self.out.put(f"n{-step}_chars", moved[0])
            self.out.put(f"n{-step}_links", moved[1])
        weight = np.minimum(self.chars, 400)
        summed = np.concatenate([signals[[0, 2, 3]], np.stack([self.link_share * weight, weight])])
        prefix = np.zeros((5, len(self.runs) + 1))
        np.cumsum(summed, axis=1, out=prefix[:, 1:])
        for reach in (3, 8):
            low, high = np.maximum(self.order - reach, 0), np.minimum(self.order + reach + 1, len(self.runs))
            chars, end, good, links, mass = prefix[:, high] - prefix[:, low]
            self.out.put(f"w{reach}_chars", chars / (high - low))
            self.out.put(f"w{reach}_end", end / (high - low))
            self.out.put(f"w{reach}_good", good / (high - low))
            self.out.put(f"w{reach}_links", links / np.maximum(mass, 1e-6))

    def whole(self) -> None:
        """Add what holds for the page, the same for each of its runs."""
        numbers = {
            "page_chars": math.log1p(self.total),
            "page_links": float(self.link_chars.sum()) / self.total,
            "page_good": math.log1p(int(self.good.sum())),
            "page_runs": math.log1p(len(self.runs)),
            "page_longest": math.log1p(float(self.chars.max())),
            "page_good_share": float(self.chars[self.good].sum()) / self.total,
        }
        numbers |= whole_numbers(self.layout, self.bits, self.flags) | fact_numbers(self.facts, self.layout)
        self.out.page += numbers.values()
        shared = [name for name in numbers if name not in _GATE_ONLY]
        self.out.put_rows(shared, np.array([[numbers[name]] for name in shared]))


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))
