"""Which runs of a page are body, by aligning them with the page's true text."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

_CJK = "\u3040-\u30ff\u3400-\u9fff"
_WORD = re.compile(rf"[{_CJK}]|[^\W{_CJK}]+")


def words(text: str) -> list[str]:
    """Return the lower-case words of a text; each Han or Kana character is one (WCXB's measure)."""
    return _WORD.findall(text.lower())


def bag_f1(predicted: Counter[str], truth: Counter[str]) -> tuple[float, float, float]:
    """Return precision, recall and F1 of two bags of words."""
    a, b = sum(predicted.values()), sum(truth.values())
    if not a or not b:
        return (1.0, 1.0, 1.0) if a == b else (0.0, 0.0, 0.0)
    common = sum((predicted & truth).values())
    return common / a, common / b, 2 * common / (a + b)


def label_runs(texts: list[list[str]], truth: str) -> list[float]:
    """Return for each run (as words) the share of its 3-shingles that the truth holds, 0 to 1.

    A run of fewer words counts by whole lines, then by its neighbours; of copies of one text only as many as the
    truth holds are body, those in the best company.
    """
    reference = words(truth)
    shingles = Counter(zip(reference, reference[1:], reference[2:], strict=False))
    lines = {tuple(words(line)) for line in truth.splitlines()}
    joined = f" {' '.join(reference)} "
    raw = [_share(run, shingles, lines, joined) for run in texts]
    labels = list(raw)
    _resolve_copies(texts, raw, labels, joined)
    for i, run in enumerate(texts):
        if not run:
            labels[i] = float(_company(texts, raw, i) > 0.6)
        elif raw[i] > 0 and labels[i] > 0 and len(run) <= 3:
            company = _company(texts, raw, i)
            if company < 0.25:
                labels[i] = 0.0
            elif raw[i] <= 0.5:
                labels[i] = float(company > 0.5)
    return labels


def _share(run: list[str], shingles: Counter[tuple[str, str, str]], lines: set[tuple[str, ...]], joined: str) -> float:
    if not run:
        return -1.0
    if len(run) < 3:
        return 1.0 if tuple(run) in lines else 0.5 if f" {' '.join(run)} " in joined else 0.0
    own = Counter(zip(run, run[1:], run[2:], strict=False))
    share = sum((own & shingles).values()) / (len(run) - 2)
    return share * 0.5 if len(run) < 6 and share < 1 else share


def _resolve_copies(texts: list[list[str]], raw: list[float], labels: list[float], joined: str) -> None:
    copies: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for i, run in enumerate(texts):
        if run and raw[i] > 0:
            copies[tuple(run)].append(i)
    for run_words, places in copies.items():
        if len(places) > 1:
            kept = max(1, joined.count(f" {' '.join(run_words)} "))
            places.sort(key=lambda i: -_company(texts, raw, i))
            for i in places[kept:]:
                labels[i] = 0.0


def _company(texts: list[list[str]], raw: list[float], at: int, reach: int = 4) -> float:
    """Return the mean label of the runs around one, nearer and longer ones counting more."""
    total = weight = 0.0
    for distance in range(1, reach + 1):
        for i in (at - distance, at + distance):
            if 0 <= i < len(raw) and raw[i] >= 0:
                share = min(len(texts[i]), 30) / distance
                total += raw[i] * share * (1.0 if len(texts[i]) >= 3 else 0.5)
                weight += share
    return total / weight if weight else 0.0
