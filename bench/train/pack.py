"""From LightGBM's trees to the tables that the package evaluates."""

from __future__ import annotations

from typing import Any

import lightgbm as lgb
import numpy as np

from scraper.extractors.trees import LEAVES, Trees


def pack(booster: lgb.Booster) -> Trees:
    """Return the booster's trees as tables; their summed values equal its raw score."""
    trees = booster.dump_model()["tree_info"]
    shape = (LEAVES - 1, len(trees))
    feature = np.zeros(shape, np.uint16)
    threshold = np.full(shape, np.inf, np.float32)
    mask = np.zeros(shape, np.uint16)
    value = np.zeros((len(trees), LEAVES), np.float32)
    for column, tree in enumerate(trees):
        _fill(
            tree["tree_structure"], (feature[:, column], threshold[:, column], mask[:, column], value[column]), [0, 0]
        )
    return Trees(feature, threshold, mask, value)


def _fill(node: dict[str, Any], tables: tuple[Any, Any, Any, Any], used: list[int]) -> int:
    """Write one node and all below it; return the bits of the leaves below. `used` counts nodes and leaves."""
    feature, threshold, mask, value = tables
    if "leaf_value" in node:
        leaf = used[1]
        used[1] += 1
        value[leaf] = node["leaf_value"]
        return 1 << leaf
    place = used[0]
    used[0] += 1
    feature[place] = node["split_feature"]
    threshold[place] = _rounded_down(node["threshold"])
    left = _fill(node["left_child"], tables, used)
    mask[place] = left
    return left | _fill(node["right_child"], tables, used)


def _rounded_down(threshold: float) -> np.float32:
    """Return the greatest single-precision number not above, so that `x <= threshold` says the same of all of them."""
    near = np.float32(threshold)
    return near if float(near) <= threshold else np.nextafter(near, np.float32(-np.inf))
