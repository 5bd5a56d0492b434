"""What the classifier sees of a page: one column a run, one row a feature.

Nearly all of the extractor's time is spent here, so: text is looked at once, what holds for an element is computed
once for the element, and everything else is arithmetic on whole arrays.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import Final
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt

from scraper.document import Document
from scraper.extractors import tags as T
from scraper.extractors.layout import Layout, Run
from scraper.extractors.vocabulary import APPEAL, CLASS_GROUPS, CONSENT, CUE_GROUPS, CUE_OF, STOP, group_bits
from scraper.model import Value
from scraper.web.jsonld import types_of

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]


class PageFacts(Value, frozen=True, kw_only=True):
    """What the page says of itself outside its text."""

    url: str = ""
    title: str = ""
    description: str = ""
    og_type: str = ""
    jsonld_types: frozenset[str] = frozenset()
    has_published: bool = False
    article_body_chars: int = 0


def gather_facts(document: Document) -> PageFacts:
    """Return the facts of a parsed page."""
    meta = document.first_meta
    nodes = document.json_ld.nodes
    title = meta("og:title", "twitter:title")
    description = meta("og:description", "description")
    og_type = meta("og:type")
    return PageFacts(
        url=document.url,
        title=title[1] if title else document.title_tag or "",
        description=description[1] if description else "",
        og_type=og_type[1].lower() if og_type else "",
        jsonld_types=frozenset(t for node in nodes for t in types_of(node)),
        has_published=meta("article:published_time", "article:published") is not None,
        article_body_chars=max((len(b) for node in nodes if isinstance(b := node.get("articleBody"), str)), default=0),
    )


class Features:
    """The matrix (features x runs), and the runs' sizes in words."""

    __slots__ = ("element", "ends", "group", "matrix", "names", "page", "parents", "sizes")

    def __init__(self, rows: int, runs: int) -> None:
        self.matrix: Floats = np.empty((rows, runs), dtype=np.float32)
        self.names: list[str] = []
        self.sizes: Floats = np.zeros(runs, dtype=np.float32)
        self.page: list[float] = []
        none = np.zeros(0, dtype=np.int64)
        self.element: Ints = none
        """Of each run its element; `parents` and `ends` are over the elements, `group` over the runs again."""
        self.parents: Ints = none
        self.ends: Ints = none
        self.group: Ints = none
        """Runs of one group hang at elements of the same names under parents of the same names."""

    def put(self, name: str, values: npt.ArrayLike) -> None:
        self.matrix[len(self.names)] = values
        self.names.append(name)


_CJK: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_UNSPACED: Final = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")
_EDGE: Final = ".,:;!?()[]«»\"'|"
_TEXT_ROWS: Final = (
    "log_chars", "log_words", "link_share", "log_links", "word_chars", "commas", "end_mark", "digits", "upper", "stop",
    "titled", "pipe", "sentences", "question", "lower_first", "price", "kind", "level", "bold", "after_br", "consent", "appeal", "ellipsis",
)  # fmt: skip
_KIND: Final = {"paragraph": 0, "heading": 1, "list_item": 2, "quote": 3, "code": 4, "table": 5, "caption": 6}
_FLAG_ROWS: Final = {
    "nav": T.NAV, "header": T.HEADER, "footer": T.FOOTER, "aside": T.ASIDE, "form": T.FORM, "article": T.ARTICLE,
    "main": T.MAIN, "section": T.SECTION, "table": T.TABLE, "list": T.LIST, "quote": T.QUOTE, "figure": T.FIGURE,
    "caption": T.CAPTION, "link": T.LINK, "button": T.BUTTON, "hidden": T.HIDDEN, "details": T.DETAILS,
    "address": T.ADDRESS, "p": T.PARAGRAPH, "dialog": T.DIALOG, "noscript": T.NOSCRIPT,
}  # fmt: skip
_MAX_ROWS: Final = 240
_FURNITURE: Final = T.NAV | T.FOOTER | T.ASIDE | T.DIALOG | T.FORM | T.BUTTON
_FURNITURE_GROUPS: Final = sum(
    1 << CLASS_GROUPS.index(name) for name in ("nav", "footer", "comment", "related", "consent", "ad", "side", "bio")
)


def compute_features(layout: Layout, facts: PageFacts) -> Features:
    """Return the features of every run of a page."""
    runs = layout.runs
    out = Features(_MAX_ROWS, len(runs))
    if not runs:
        return out
    page = _Page(layout, facts)
    out.element, out.parents, out.ends = page.element, page.parents, page.ends
    page.text(out)
    page.flags(out)
    page.classes(out)
    page.position(out)
    page.container(out)
    page.ancestors(out)
    page.repetition(out)
    page.neighbours(out)
    page.whole(out)
    out.matrix = out.matrix[: len(out.names)]
    return out


def _text_row(run: Run) -> tuple[float, ...]:
    """Return the numbers of one text, in the order of _TEXT_ROWS, then its words and its cue bits."""
    text, size = run.text, len(run.text)
    head = text if size <= 400 else text[:400]
    low = head.lower()
    lower = low.split()
    count = len(lower) if size <= 400 else text.count(" ") + 1
    seen = min(len(lower), 60)
    cue = 0
    if count <= 30:
        for word in lower[:14]:
            cue |= CUE_OF.get(word.strip(_EDGE), 0)
    last, short = text[-1], text[:100]
    return (
        math.log1p(size),
        math.log1p(count),
        run.link_chars / size,
        math.log1p(len(run.anchors)),
        (size - count + 1) / count,
        (text.count(",") + text.count("，") + text.count("、")) / count,
        1.0 if last in ".!?…。！？؟।" else 0.7 if last in "\"”’')»」』" else 0.4 if last in ":;,：" else 0.0,
        sum(map(short.count, "0123456789")) / len(short),
        float(short.isupper()),
        sum(map(STOP.__contains__, lower[:60])) / seen,
        sum(map(str.istitle, short.split()[:12])) / min(12, max(1, len(short.split()))),
        float("|" in short or "©" in short or "›" in short or "»" in short),
        text.count(". ") + text.count("? ") + text.count("。"),
        float("?" in short or "？" in short),
        float(text[0].islower()),
        float("$" in short or "€" in short or "£" in short),
        _KIND[run.kind],
        run.level,
        float(run.bold_only),
        float(run.after_br),
        sum(map(low.__contains__, CONSENT)),
        sum(map(low.__contains__, APPEAL)),
        float(text.endswith(("...", "…", "…]", "...]"))),
        count,
        cue,
    )


class _Page:
    """The arrays that several groups of features share."""

    def __init__(self, layout: Layout, facts: PageFacts) -> None:
        self.layout, self.facts, self.runs = layout, facts, layout.runs
        self.count = len(self.runs)
        self.order = np.arange(self.count)
        self.rows = np.array([_text_row(run) for run in self.runs], dtype=np.float32).T
        self.words = self._words()
        self.cues = self.rows[-1].astype(np.int64)
        self.chars = np.array([len(run.text) for run in self.runs], dtype=np.float64)
        self.link_chars = np.array([run.link_chars for run in self.runs], dtype=np.float64)
        self.link_share = self.rows[2]
        self.total = float(self.chars.sum())
        self.element = np.array([run.element for run in self.runs])
        self.run_flags = np.array([run.flags for run in self.runs])
        self.heading = (self.run_flags & T.HEADING) > 0
        self.parents = np.array(layout.parents)
        self.parents[0] = 0
        self.ends = np.array(layout.ends)
        self.depths = np.array(layout.depths)
        self.bits = [group_bits(token) if token else 0 for token in layout.tokens]
        self.path = self._path()
        self.good = (self.words >= 15) & (self.link_share < 0.35)
        self.core = self._core()
        self.sums = self._sums()
        self.before = np.cumsum(self.chars) - self.chars

    def _words(self) -> Floats:
        """Return each text's words: of scripts without spaces characters are counted."""
        words: Floats = self.rows[-2].copy()
        joined = "".join([run.text[:60] for run in self.runs])
        if not joined.isascii() and (_CJK.search(joined) or _UNSPACED.search(joined)):
            for i, run in enumerate(self.runs):
                words[i] += len(_CJK.findall(run.text)) + len(_UNSPACED.findall(run.text)) / 5
        return words

    def _path(self) -> Ints:
        """Return the groups of each run's element and of all above it but the root."""
        parents, path = self.layout.parents, [0] * len(self.bits)
        for i in range(1, len(path)):
            path[i] = path[parents[i]] | self.bits[i]
        return np.asarray(path)[self.element].astype(np.int64)

    def _core(self) -> Floats:
        """Return each run's words where they could be the body's: running text outside of furniture."""
        flags = self.run_flags
        doubt = 1.0 * ((flags & _FURNITURE) > 0) + ((self.path & _FURNITURE_GROUPS) > 0) + (self.rows[20] > 0)
        doubt += 0.5 * ((flags & T.HIDDEN) > 0)
        core: Floats = self.words * self.good / (1 + 3 * doubt)
        return core

    def _sums(self) -> npt.NDArray[np.float64]:
        """Return chars, link chars, good words, good runs and runs below (and in) each element."""
        ones = np.ones(self.count)
        weights = (self.chars, self.link_chars, self.core, self.good, ones)
        size = len(self.ends)
        own = np.stack([np.bincount(self.element, w, size) for w in weights])
        prefix = np.zeros((len(weights), size + 1))
        np.cumsum(own, axis=1, out=prefix[:, 1:])
        return prefix[:, self.ends] - prefix[:, :-1]

    def text(self, out: Features) -> None:
        out.sizes = self.words
        self.rows[1] = np.log1p(self.words)
        for i, name in enumerate(_TEXT_ROWS):
            out.put(name, self.rows[i])
        for i, name in enumerate(CUE_GROUPS):
            out.put(f"cue_{name}", (self.cues >> i) & 1)
        heads = np.maximum.accumulate(np.where(self.heading, self.order, -1))
        has = heads >= 0
        out.put("head_cue", np.where(has, self.cues[heads] & 0b1111111, 0) > 0)
        out.put("head_related", np.where(has, self.cues[heads] & 1, 0))
        out.put("head_distance", np.where(has, np.minimum(self.order - heads, 60), 99))
        out.put("head_level", np.where(has, self.rows[17][heads], 0))

    def flags(self, out: Features) -> None:
        for name, flag in _FLAG_ROWS.items():
            out.put(f"in_{name}", (self.run_flags & flag) > 0)

    def classes(self, out: Features) -> None:
        own = np.array(self.bits)
        own[0] = 0
        b = self.element
        p1 = self.parents[b]
        near = own[b] | own[p1]
        mid = near | own[self.parents[p1]]
        whole = self.path
        for i, name in enumerate(CLASS_GROUPS):
            out.put(f"near_{name}", ((near >> i) & 1) + ((mid >> i) & 1))
            out.put(f"path_{name}", (whole >> i) & 1)

    def position(self, out: Features) -> None:
        order, count = self.order, self.count
        out.put("place", order / count)
        out.put("before", self.before / self.total)
        out.put("from_end", np.minimum(count - order, 200))
        out.put("depth", self.depths[self.element])
        anchor = self._anchor()
        out.put("has_anchor", float(anchor >= 0))
        if anchor >= 0:
            gap = self.before - self.before[anchor]
            out.put("from_anchor", np.clip(order - anchor, -50, 300))
            out.put("chars_from_anchor", np.sign(gap) * np.log1p(np.abs(gap)))
        else:
            out.put("from_anchor", -99)
            out.put("chars_from_anchor", -99)
        lead = _key(self.facts.description)[:40]
        out.put("is_description", [len(lead) > 25 and lead in run.text[:300].lower() for run in self.runs])

    def _anchor(self) -> int:
        """Return the run of the headline: the first heading like the page's title, else the first h1, else -1."""
        title = set(_key(self.facts.title).split())
        first = -1
        for i in np.flatnonzero(self.heading).tolist():
            run = self.runs[i]
            if first < 0 and run.level == 1:
                first = i
            words = set(_key(run.text).split())
            if title and len(words & title) >= 0.6 * max(len(words), min(len(title), 3)):
                return int(i)
        return first

    def container(self, out: Features) -> None:
        plain = np.bincount(self.element, self.words * self.good, len(self.ends)).cumsum()
        plain = plain[self.ends - 1] - np.concatenate(([0.0], plain[:-1]))
        holder = _deepest(plain, 0.6)
        inside = (self.element >= holder) & (self.element < self.ends[holder])
        out.put("g60_in", inside)
        out.put("g60_below", np.where(inside, self.depths[self.element] - self.depths[holder], -1))
        for share in (0.6, 0.85):
            holder = _deepest(self.sums[2], share)
            stop = self.ends[holder]
            inside = (self.element >= holder) & (self.element < stop)
            name = f"c{int(share * 100)}"
            out.put(f"{name}_in", inside)
            out.put(f"{name}_below", np.where(inside, self.depths[self.element] - self.depths[holder], -1))
            if share == 0.6:
                self._around(out, holder, inside)
        last = np.maximum.accumulate(np.where(self.good, self.order, -100))
        coming = np.minimum.accumulate(np.where(self.good, self.order, self.count + 100)[::-1])[::-1]
        out.put("since_good", np.minimum(self.order - last, 60))
        out.put("to_good", np.minimum(coming - self.order, 60))
        out.put("core", self.core / max(1.0, float(self.core.max())))
        out.put("length_rank", self.words / max(1.0, float(self.words.max())))
        mass = np.cumsum(self.core)
        out.put("good_before", mass / max(1.0, float(mass[-1])))

    def _around(self, out: Features, holder: int, inside: npt.NDArray[np.bool_]) -> None:
        chain = [holder]
        while chain[-1] > 0:
            chain.append(self.layout.parents[chain[-1]])
        chain.reverse()
        starts, stops = np.array(chain), self.ends[chain]
        shared = np.minimum(
            np.searchsorted(starts, self.element, "right"), np.searchsorted(-stops, -self.element, "left")
        )
        out.put("lca_up", len(chain) - shared)
        out.put("lca_down", self.depths[self.element] - shared)
        places = np.flatnonzero(inside)
        first, last = (int(places[0]), int(places[-1])) if len(places) else (0, 0)
        out.put("from_start", np.clip(self.order - first, -60, 200))
        out.put("from_stop", np.clip(self.order - last, -200, 60))
        out.put("c60_share", self.sums[0, holder] / self.total)
        out.put("c60_links", self.sums[1, holder] / max(1.0, self.sums[0, holder]))

    def ancestors(self, out: Features) -> None:
        sums, at = self.sums, self.element
        for name in ("own", "p1", "p2", "p3"):
            chars, links, core, good, runs = sums[:, at]
            out.put(f"{name}_core", core / max(1.0, float(sums[2, 0])))
            out.put(f"{name}_links", links / np.maximum(chars, 1))
            out.put(f"{name}_share", chars / self.total)
            out.put(f"{name}_good", np.log1p(good))
            out.put(f"{name}_mean", np.log1p(chars / np.maximum(runs, 1)))
            if name != "own":
                out.put(f"{name}_runs", np.log1p(runs))
            at = self.parents[at]
        articles, near = 0, [-1] * len(self.bits)
        for i, tag in enumerate(self.layout.tags):
            if tag == "article":
                articles += 1
                near[i] = i
            elif i:
                near[i] = near[self.layout.parents[i]]
        nearest = np.array(near)[self.element]
        has = nearest >= 0
        out.put("article_share", np.where(has, sums[0, nearest] / self.total, -1))
        out.put("article_good", np.where(has, np.log1p(sums[3, nearest]), -1))
        out.put("articles", min(articles, 20))

    def repetition(self, out: Features) -> None:
        layout, bits = self.layout, self.bits
        keys = list(zip(layout.parents, layout.tags, bits, strict=True))
        counted = Counter(keys)
        alike = np.log1p(np.array([counted[key] for key in keys], dtype=np.float32))
        at = self.element
        for name in ("own", "p1", "p2", "p3"):
            out.put(f"{name}_alike", alike[at])
            at = self.parents[at]
        groups: dict[tuple[str, str, str, str], int] = {}
        tags, tokens, parents = layout.tags, layout.tokens, layout.parents
        group = np.array(
            [
                groups.setdefault((tags[e], tokens[e], tags[parents[e]], tokens[parents[e]]), len(groups))
                for e in self.element.tolist()
            ]
        )
        out.group = group
        size = np.bincount(group)
        chars = np.bincount(group, self.chars)
        out.put("group_size", np.log1p(size)[group])
        out.put("group_share", (chars / self.total)[group])
        out.put("group_links", (np.bincount(group, self.link_chars) / np.maximum(chars, 1))[group])
        out.put("group_mean", np.log1p(chars / size)[group])
        out.put("group_good", (np.bincount(group, self.good) / size)[group])
        texts = Counter([run.text[:80] for run in self.runs])
        out.put("copies", [min(texts[run.text[:80]], 5) for run in self.runs])

    def neighbours(self, out: Features) -> None:
        signals = np.stack([self.rows[0], self.link_share, self.rows[6], self.heading, self.good]).astype(np.float64)
        names = ("chars", "links", "end", "head", "good")
        for step in (1, 2, -1, -2):
            moved = np.full_like(signals, -1.0)
            if step > 0:
                moved[:, step:] = signals[:, :-step]
            else:
                moved[:, :step] = signals[:, -step:]
            for name, row in zip(names, moved, strict=True):
                out.put(f"n{-step}_{name}", row)
        weight = np.minimum(self.chars, 400)
        summed = np.concatenate([signals[[0, 2, 4]], np.stack([self.link_share * weight, weight])])
        prefix = np.zeros((5, self.count + 1))
        np.cumsum(summed, axis=1, out=prefix[:, 1:])
        for reach in (3, 8):
            low, high = np.maximum(self.order - reach, 0), np.minimum(self.order + reach + 1, self.count)
            chars, end, good, links, mass = prefix[:, high] - prefix[:, low]
            out.put(f"w{reach}_chars", chars / (high - low))
            out.put(f"w{reach}_end", end / (high - low))
            out.put(f"w{reach}_good", good / (high - low))
            out.put(f"w{reach}_links", links / np.maximum(mass, 1e-6))

    def whole(self, out: Features) -> None:
        """Add what holds for the page, the same for each of its runs."""
        for name, value in self._facts().items():
            out.put(name, value)
            out.page.append(float(value))

    def _facts(self) -> dict[str, float]:
        facts, flags = self.facts, self.run_flags
        types, body = facts.jsonld_types, self.layout.tokens[0]
        path = urlsplit(facts.url).path if "[" not in facts.url else ""
        segments = [s for s in path.split("/") if s]
        return {
            "page_chars": math.log1p(self.total),
            "page_links": self.link_chars.sum() / self.total,
            "page_good": math.log1p(self.good.sum()),
            "page_runs": math.log1p(self.count),
            "page_longest": math.log1p(self.chars.max()),
            "page_good_share": self.chars[self.good].sum() / self.total,
            "page_heads": self.heading.mean(),
            "page_items": ((flags & T.ITEM) > 0).mean(),
            "page_prices": self.rows[15].mean(),
            "page_questions": self.rows[13].mean(),
            "page_hidden": ((flags & T.HIDDEN) > 0).mean(),
            "page_forms": ((flags & T.FORM) > 0).mean(),
            "page_forum": _share_with(self.bits, "forum"),
            "page_comment": _share_with(self.bits, "comment"),
            "page_product": _share_with(self.bits, "product"),
            "page_cards": _share_with(self.bits, "card"),
            "ld_article": float(bool(types & _ARTICLE_TYPES)),
            "ld_product": float(bool(types & {"Product", "ProductGroup", "Offer"})),
            "ld_forum": float(bool(types & {"DiscussionForumPosting", "QAPage", "Question", "Comment"})),
            "ld_list": float(bool(types & {"ItemList", "CollectionPage"})),
            "ld_faq": float("FAQPage" in types),
            "ld_body": math.log1p(facts.article_body_chars),
            "og_article": float(facts.og_type == "article"),
            "og_product": float(facts.og_type.startswith("product")),
            "published": float(facts.has_published),
            "url_depth": len(segments),
            "url_dated": float(bool(_DATED.search(path))),
            "url_slug": segments[-1].count("-") + segments[-1].count("_") if segments else -1,
            "url_chars": len(path),
            "url_digits": sum(map(path.count, "0123456789")),
            "url_list": float(bool(_LIST_URL.search(path))),
            "url_forum": float(bool(_FORUM_URL.search(facts.url))),
            "url_docs": float(bool(_DOCS_URL.search(facts.url))),
            "url_product": float(bool(_PRODUCT_URL.search(path))),
            "body_single": float("single" in body or "article" in body),
            "body_list": float("archive" in body or "category" in body or "home" in body),
        }


def _deepest(mass: npt.NDArray[np.float64], share: float) -> int:
    """Return the deepest element that holds this share of the page's mass, 0 where there is none."""
    return int(np.flatnonzero(mass >= share * mass[0])[-1]) if mass[0] > 0 else 0


_ARTICLE_TYPES: Final = frozenset(
    ("Article", "NewsArticle", "BlogPosting", "ReportageNewsArticle", "TechArticle", "Report", "AnalysisNewsArticle",
     "OpinionNewsArticle", "LiveBlogPosting", "ScholarlyArticle", "MedicalWebPage", "Recipe"),
)  # fmt: skip
_DATED: Final = re.compile(r"/(?:19|20)\d\d[/-]")
_LIST_URL: Final = re.compile(
    r"/(?:category|categories|tag|tags|topic|topics|collections?|archive|author|search)(?:/|$)"
)
_FORUM_URL: Final = re.compile(r"forum|/threads?/|/t/|/topic|community|/questions?/|discuss|viewtopic|reddit\.com/r/")
_DOCS_URL: Final = re.compile(
    r"//docs?\.|/docs?/|/documentation|/manual|/reference|/api/|/guide|/wiki/|readthedocs|/help/"
)
_PRODUCT_URL: Final = re.compile(r"/(?:products?|p|dp|shop|item|store|buy)/")
_NOT_WORD: Final = re.compile(r"[\W_]+")


def _key(text: str) -> str:
    return _NOT_WORD.sub(" ", text.lower()).strip()


def _share_with(bits: list[int], group: str) -> float:
    bit = 1 << CLASS_GROUPS.index(group)
    return sum(1 for b in bits if b & bit) / len(bits)
