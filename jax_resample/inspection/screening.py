"""A resize of a few outputs by NumPy in float64: enough to tell which operators are worth running in full."""

import numpy as np

from .. import banded
from ..lowering.schedule import Passes
from ..taps import Taps

_MOST_RESIZED, _MOST_OTHERS = 24, 4
_SHORT = 256

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
    """The chosen outputs of the passes on ``x``, in float64, unrounded; what is not finite counts as 0."""
    moved = dict(passes)
    kept = [np.arange(n) if axis in moved else chosen[axis] for axis, n in enumerate(x.shape)]
    total = np.nan_to_num(x[np.ix_(*kept)].astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0) - cval
    for axis, taps in passes:
        total = _along(axis, taps, total, chosen[axis])
    return total + cval


def _along(axis: int, taps: Taps, x: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Some outputs of one pass: by one product where the axis is short, else tap by tap."""
    weights, start = banded.real_weights(taps)[rows], taps.start[rows]
    column = np.minimum(start[:, None] + np.arange(taps.support), taps.n - 1)
    if taps.n <= _SHORT:
        dense = np.zeros((len(rows), taps.n))
        np.add.at(dense, (np.arange(len(rows))[:, None], column), weights)
        return np.moveaxis(np.tensordot(dense, x, (1, axis)), 0, axis)
    shape = [-1 if a == axis else 1 for a in range(x.ndim)]
    total = np.zeros(())
    for k in range(taps.support):
        total = total + x.take(column[:, k], axis) * weights[:, k].reshape(shape)
    return total
