"""What a tap outside the array reads: the boundary table.

A rule takes the sample indices of a set of taps (any integers) with their weights, and returns indices
inside ``[0, n)`` with the weights those samples get.
"""

from collections.abc import Callable

import numpy as np

Rule = Callable[[np.ndarray, np.ndarray, int], tuple[np.ndarray, np.ndarray]]


def _clamp(index: np.ndarray, weights: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """The edge sample is repeated (PyTorch without antialias, OpenCV's BORDER_REPLICATE)."""
    return np.clip(index, 0, n - 1), weights


def _drop(index: np.ndarray, weights: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Outside taps are dropped and the others share their weight (Pillow, PyTorch with antialias).

    The weights are summed one by one, in their own type, as those libraries sum them.
    """
    inside = (index >= 0) & (index < n)
    weights = np.where(inside, weights, weights.dtype.type(0))
    total = np.cumsum(weights, axis=1, dtype=weights.dtype)[:, -1:]
    safe = np.where(total == 0, weights.dtype.type(1), total)
    return np.clip(index, 0, n - 1), weights / safe


BOUNDARIES: dict[str, Rule] = {"clamp": _clamp, "drop": _drop}
