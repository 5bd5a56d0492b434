"""A colour for each label, in light and dark, with the contrast that WCAG asks of text (AA)."""

from __future__ import annotations

from collections.abc import Iterator
from colorsys import hls_to_rgb
from functools import cache
from typing import Final, NamedTuple

from scraper.model import LABELS, Label

INK: Final = ("#14171a", "#f1f3f5")
"""Text on a tint, light and dark."""
PAPER: Final = ("#ffffff", "#14171a")
"""Text on an edge."""
MIN_CONTRAST: Final = 5.0
"""WCAG 2.2, 1.4.3 asks for 4.5."""

_HUES: Final[dict[Label, tuple[int, float]]] = {
    "body": (135, 0.62), "heading": (172, 0.7), "lead": (88, 0.65), "byline": (262, 0.6), "dateline": (238, 0.6),
    "caption": (196, 0.75), "breadcrumb": (218, 0.7), "teaser": (28, 0.85), "ad": (0, 0.75), "navigation": (210, 0.25),
    "share": (318, 0.6), "newsletter": (340, 0.7), "consent": (288, 0.5), "comment": (48, 0.8), "paywall": (12, 0.8),
    "footer": (30, 0.14), "other": (220, 0.05),
}  # fmt: skip
"""Hue in degrees, and saturation: what belongs to the article in greens and blues, what does not in warm colours."""


class Shades(NamedTuple):
    """One label's colours, each light and dark: behind its blocks' text, and of its badge and edge."""

    tint: tuple[str, str]
    edge: tuple[str, str]


@cache
def shades_of(label: Label) -> Shades:
    """Return a label's colours. INK on a tint, and PAPER on an edge, have at least MIN_CONTRAST."""
    hue, saturation = _HUES[label]
    dark_edge = next(c for c in _from(hue, saturation, 0.5, 0.01) if contrast(c, PAPER[1]) >= MIN_CONTRAST + 1)
    light_edge = next(c for c in _from(hue, saturation, 0.5, -0.01) if contrast(c, PAPER[0]) >= MIN_CONTRAST)
    return Shades((_hex(hue, saturation, 0.92), _hex(hue, saturation * 0.6, 0.19)), (light_edge, dark_edge))


def label_css() -> str:
    """Return the rules that give every element with a `data-scraper-label` its colours, as --tint and --edge."""
    return "".join(
        f'[data-scraper-label="{label}"]{{--tint:light-dark({",".join(shades_of(label).tint)});'
        f"--edge:light-dark({','.join(shades_of(label).edge)})}}"
        for label in LABELS
    )


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two #rrggbb colours, 1 to 21.

    Source: WCAG 2.2, contrast ratio and relative luminance

    >>> contrast("#000000", "#ffffff")
    21.0
    """
    low, high = sorted((_luminance(one), _luminance(other)))
    return round((high + 0.05) / (low + 0.05), 2)


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _from(hue: int, saturation: float, lightness: float, step: float) -> Iterator[str]:
    """Yield ever lighter or darker colours of a hue."""
    while 0.0 <= lightness <= 1.0:
        yield _hex(hue, saturation, lightness)
        lightness += step


def _hex(hue: int, saturation: float, lightness: float) -> str:
    return "#" + "".join(f"{round(255 * c):02x}" for c in hls_to_rgb(hue / 360, lightness, saturation))
