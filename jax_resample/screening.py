"""A resize of a few outputs by NumPy in float64: enough to tell which operators are worth running in full."""

import numpy as np

from . import banded
from .lowering.schedule import Passes

_MOST_RESIZED, _MOST_OTHERS = 24, 4

Picks = tuple[np.ndarray, ...]


def picks(shape: tuple[int, ...], resized: tuple[int, ...]) -> Picks:
    """Outputs to look at along each axis: those at both ends, and some between."""
    return tuple(
        _some(length, _MOST_RESIZED if axis in resized else _MOST_OTHERS) for axis, length in enumerate(shape)
    )


def _some(length: int, most: int) -> np.ndarray:
    if length <= most:
        return np.arange(length)
    ends = most // 3
    between = np.linspace(ends, length - 1 - ends, most - 2 * ends).round().astype(int)
    return np.concatenate([np.arange(ends), between, np.arange(length - ends, length)])


def picked(array: np.ndarray, chosen: Picks) -> np.ndarray:
    """The chosen samples, in float64."""
    return array[np.ix_(*chosen)].astype(np.float64)


def resized(x: np.ndarray, passes: Passes, cval: float, chosen: Picks) -> np.ndarray:
    """The chosen outputs of the passes on ``x``, in float64, unrounded."""
    moved = dict(passes)
    kept = [np.arange(n) if axis in moved else chosen[axis] for axis, n in enumerate(x.shape)]
    total = x[np.ix_(*kept)].astype(np.float64) - cval
    for axis, taps in passes:
        rows = chosen[axis]
        weights = banded.real_weights(taps)[rows]
        shape = [-1 if a == axis else 1 for a in range(x.ndim)]
        total = sum(
            (
                total.take(np.minimum(taps.start[rows] + k, taps.n - 1), axis) * weights[:, k].reshape(shape)
                for k in range(taps.support)
            ),
            start=np.zeros(()),
        )
    return total + cval
