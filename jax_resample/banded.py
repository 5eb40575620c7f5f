"""Algebra of banded operators: products, pseudo-inverses and dense matrices of taps.

Everything here happens once per operator, in float64 on the host; what comes out is taps again, which
meet the same lowerings as any others.
"""

from typing import Any

import numpy as np

from .taps import Taps


def matrix(taps: Taps) -> np.ndarray:
    """The dense ``(m, n)`` matrix in float64, which holds float32 and fixed-point weights exactly."""
    return _real(taps.as_matrix(), taps)


def real_weights(taps: Taps) -> np.ndarray:
    """``(m, K)`` weights in float64, those of fixed point scaled back."""
    return _real(taps.weights, taps)


def terms(taps: Taps, output: int) -> list[tuple[float, int]]:
    """The weights other than zero of one output, each with the sample that it weighs."""
    row = _real(taps.weights[output], taps)
    return [(float(row[k]), int(taps.start[output]) + int(k)) for k in np.flatnonzero(row)]


def compose(outer: Taps, inner: Taps, dtype: Any) -> Taps:
    """``inner``, then ``outer``, as one band with weights rounded once to ``dtype``."""
    row, middle, left = outer.entries()
    column = inner.start[middle][:, None] + np.arange(inner.support)
    value = _real(left, outer)[:, None] * _real(inner.weights[middle], inner)
    read = value != 0
    rows = np.broadcast_to(row[:, None], read.shape)
    return from_entries((outer.m, inner.n), rows[read], column[read], value[read], dtype)


def pseudo_inverse(taps: Taps, dtype: Any, rcond: float | None) -> Taps:
    """The Moore-Penrose inverse; singular values up to ``rcond`` times the largest are taken for zero.

    By default that is the rounding of the weights. The inverse of a band is full, but for entries that are
    zero up to the rounding of float64.
    """
    rounding = max(taps.m, taps.n) * np.finfo(np.float64).eps
    given = max(taps.m, taps.n) * np.finfo(dtype).eps if rcond is None else rcond
    inverse = np.linalg.pinv(matrix(taps), rcond=given)
    inverse[abs(inverse) <= rounding * abs(inverse).max(initial=0)] = 0
    row, column = np.nonzero(inverse)
    return from_entries(inverse.shape, row, column, inverse[row, column], dtype)


def from_entries(
    shape: tuple[int, int], row: np.ndarray, column: np.ndarray, value: np.ndarray, dtype: Any
) -> Taps:
    """Taps with the sums of the values given for the same place."""
    m, n = shape
    start = np.full(m, n, np.int64)
    np.minimum.at(start, row, column)
    start[start == n] = 0  # outputs that read nothing
    weights = np.zeros((m, int((column - start[row]).max(initial=0)) + 1))
    np.add.at(weights, (row, column - start[row]), value)
    return Taps(n, start.astype(np.int32), weights.astype(dtype))


def _real(weights: np.ndarray, taps: Taps) -> np.ndarray:
    """Weights of real samples: those of a pass that shifts and scales are integers."""
    sums = taps.sums
    if sums is None:
        return weights.astype(np.float64)
    bits = sums.sample_bits + sums.product_bits + sums.shift
    return weights.astype(np.float64) * (1.0 if sums.scale is None else sums.scale) / (1 << bits)
