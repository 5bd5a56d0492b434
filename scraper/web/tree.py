"""Trees as flat lists: each node has a number, in document order, and the number of its parent."""

from __future__ import annotations


def subtree_ends(parents: list[int]) -> list[int]:
    """Return for each node one past its last descendant: a child always follows its parent."""
    ends = [0] * len(parents)
    for index in range(len(parents) - 1, -1, -1):
        end = ends[index] = ends[index] or index + 1
        parent = parents[index]
        if parent >= 0 and not ends[parent]:  # the last child comes first
            ends[parent] = end
    return ends
