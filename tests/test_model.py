"""The classifier: its inference, its choice, and what it makes of pages written for it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from selectolax.lexbor import LexborHTMLParser

from scraper.extractors.blocks import Layout, segment, segment_text
from scraper.extractors.features import PageFacts
from scraper.extractors.model import Model, Verdict, load_model, predict
from scraper.extractors.selection import drop_copies, select
from scraper.extractors.trees import LEAVES, Trees

SENTENCE = (
    "The council of the town met on Tuesday and decided, after a long debate, that the old bridge will be rebuilt. "
)
NAV = (
    "<nav><ul>"
    + "".join(f"<li><a href=/{w}>{w}</a></li>" for w in ("News", "Sport", "Culture", "Money"))
    + "</ul></nav>"
)
FOOTER = "<footer><p>© 2024 Example Media. All rights reserved. <a href=/privacy>Privacy policy</a></p></footer>"


def layout_of(html: str) -> Layout:
    body = LexborHTMLParser(html).body
    assert body is not None
    return segment(body)


def story(paragraphs: int, extra: str = "") -> str:
    body = "".join(f"<p>{i}. {SENTENCE * 2}</p>" for i in range(paragraphs))
    return f"{NAV}<main><article><h1>Old bridge to be rebuilt</h1>{body}{extra}</article></main>{FOOTER}"


FACTS = PageFacts(
    url="https://news.example/2024/05/old-bridge-to-be-rebuilt", title="Old bridge to be rebuilt", og_type="article"
)


def taken(layout: Layout, verdict: Verdict) -> list[str]:
    return [run.text for run, ok in zip(layout.runs, verdict.selected, strict=True) if ok]


def test_a_plain_story_is_its_paragraphs() -> None:
    """Menus and footers stay out, every paragraph is in, and the page is an article."""
    layout = layout_of(story(8))
    verdict = predict(layout, FACTS)
    texts = taken(layout, verdict)
    assert [t for t in texts if "council" in t] == [r.text for r in layout.runs if "council" in r.text]
    assert not [t for t in texts if t in {"News", "Sport", "Culture", "Money"} or "©" in t]
    assert verdict.page_type == "article" and verdict.confidence > 0.8
    assert sum(verdict.type_probabilities.values()) == pytest.approx(1, abs=1e-4)


def test_short_news_never_comes_back_empty() -> None:
    """One short paragraph is still the body."""
    layout = layout_of(story(1))
    assert any("council" in text for text in taken(layout, predict(layout, FACTS)))


def test_a_copy_for_another_width_is_dropped() -> None:
    """The same long paragraphs rendered twice are taken once."""
    html = story(4)
    layout = layout_of(
        html.replace("</main>", "</main><div class=mobile-only>" + html[html.index("<article>") :] + "</div>")
    )
    texts = [t for t in taken(layout, predict(layout, FACTS)) if len(t) > 60]
    assert len(texts) == len(set(texts)) >= 4


@pytest.mark.parametrize("layout", [Layout(), segment_text(""), layout_of("")], ids=["none", "no text", "empty page"])
def test_a_page_without_text_has_no_body(layout: Layout) -> None:
    """Nothing in, nothing out, and no confidence in it."""
    verdict = predict(layout, PageFacts())
    assert (verdict.scores, verdict.selected, verdict.page_type, verdict.confidence) == ([], [], "other", 0.0)


def test_plain_text_can_be_judged() -> None:
    """Lines of plain text need no elements."""
    layout = segment_text("\n\n".join(["Home", SENTENCE * 3, SENTENCE * 2, "© 2024"]))
    verdict = predict(layout, PageFacts())
    assert len(verdict.scores) == len(layout.runs) and any(verdict.selected)


def test_a_live_blog_is_told_by_its_declaration() -> None:
    """An article that declares LiveBlogPosting is a live blog."""
    facts = PageFacts(url=FACTS.url, title=FACTS.title, og_type="article", jsonld_types=frozenset({"LiveBlogPosting"}))
    assert predict(layout_of(story(8)), facts).page_type == "live_blog"


def test_the_model_survives_being_stored(tmp_path: object) -> None:
    """What was learned is read back as it was written."""
    model = load_model()
    again = Model.from_arrays(model.to_arrays())
    assert all(
        np.array_equal(a, b) for a, b in zip(model.to_arrays().values(), again.to_arrays().values(), strict=True)
    )


def walk(trees: Trees, nodes: dict[int, tuple[int, int]], tree: int, column: np.ndarray) -> float:
    """Evaluate one tree the slow way: the first leaf that no failed test rules out."""
    dead = 0
    for place in range(LEAVES - 1):
        if column[trees.feature[place, tree]] > trees.threshold[place, tree]:
            dead |= int(trees.mask[place, tree])
    leaf = next(bit for bit in range(LEAVES) if not dead >> bit & 1)
    return float(trees.value[tree, leaf])


def test_forests_equal_walking_them() -> None:
    """The whole-array evaluation gives what testing node by node gives."""
    trees = load_model().forests["general"]
    random = np.random.default_rng(5)
    matrix = random.normal(1, 3, (int(trees.feature.max()) + 1, 7)).astype(np.float32)
    slow = [[walk(trees, {}, t, matrix[:, c]) for c in range(7)] for t in range(trees.value.shape[0])]
    assert np.allclose(trees.score(matrix), slow)


scores = st.integers(1, 30).flatmap(
    lambda n: st.tuples(
        arrays(np.float32, n, elements=st.floats(0, 1, width=32)),
        arrays(np.float32, n, elements=st.floats(1, 500, width=32)),
    )
)


@settings(max_examples=100, deadline=None)
@given(scores, st.sampled_from([0.0, 0.4, 0.9]))
def test_selection_is_never_empty_and_never_skips_a_better_run(
    drawn: tuple[np.ndarray, np.ndarray], floor: float
) -> None:
    """Something is always taken, nothing taken scores below anything left out, and the expectation is a share."""
    values, sizes = drawn
    chosen, expected = select(values, sizes, floor)
    assert chosen.any() and 0 <= expected <= 1 + 1e-6
    assert chosen.all() or values[chosen].min() >= values[~chosen].max()


def test_the_floor_keeps_doubtful_runs_out() -> None:
    """A run below the floor is left out where a better one is there."""
    chosen, _ = select(np.array([0.9, 0.3], np.float32), np.array([10, 10], np.float32), 0.4)
    assert chosen.tolist() == [True, False]


def test_the_better_copy_stays() -> None:
    """Of two long copies the clearly better scored one is kept; short texts may repeat."""
    texts = ["x" * 80, "y", "x" * 80, "y"]
    kept = drop_copies(np.ones(4, bool), np.array([0.5, 0.9, 0.9, 0.9], np.float32), texts)
    assert kept.tolist() == [False, True, True, True]
