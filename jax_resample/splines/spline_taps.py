"""The taps of splines: prefilter, weights at coordinates, and a blur before both, in one band.

What lies outside the array follows `extensions.EXTENSIONS`. Under a periodic rule a band would close into a
ring as wide as the axis; there, taps read an array that `spline.periodic` has continued at either end.
"""

from functools import lru_cache

import numpy as np

from ..banded import compose, from_entries
from ..boundary import BOUNDARIES
from ..taps import Taps
from .bsplines import POLES, filter_matrix, filter_taps, first_tap, weights
from .extensions import EXTENSIONS, place

_CACHED_AXES = 1024
# A Gaussian ends at so many standard deviations, as in ``scipy.ndimage.gaussian_filter``.
_TRUNCATE = 4.0


@lru_cache(maxsize=_CACHED_AXES)
def coefficient_taps(
    n: int, order: int, mode: str, margin: int, dtype: str, padded: bool = True, kind: str | None = None
) -> Taps:
    """From ``n`` samples to ``n + 2 margin`` coefficients.

    In a periodic mode, from as many more samples at either end as the filter reads. The filter ends where
    ``dtype`` can no longer tell it; weights are of type ``kind``, by default ``dtype``.
    """
    row = EXTENSIONS[mode]
    padding = row.padding if POLES[order] and padded else 0
    length = n + 2 * padding
    tail = _tail(dtype)
    wanted = np.arange(-margin, n + margin)
    if row.samples == "wrap":
        column, value = filter_taps(wanted, order, tail)
        reach = -int(column.min(initial=0))
        return _taps(n + 2 * reach, column + reach, value, kind or dtype)
    target, kept = BOUNDARIES[row.coefficients](wanted + padding, np.ones(len(wanted)), length)
    dense = filter_matrix(length, order, row.samples, tail)
    if dense is None:
        column, value = filter_taps(target, order, tail)
        column, value = BOUNDARIES[row.samples](column, value, length)
    else:
        column, value = np.broadcast_to(np.arange(length), (len(target), length)), dense[target]
    column, value = BOUNDARIES[row.coefficients](column - padding, value * kept[:, None], n)
    return _taps(n, column, value, kind or dtype)


def spline_taps(
    u: np.ndarray,
    n: int,
    order: int,
    mode: str,
    dtype: str,
    *,
    prefilter: bool = True,
    sigma: float = 0.0,
) -> Taps:
    """The spline at float64 coordinates ``u`` of an axis of ``n`` samples.

    ``sigma`` is the standard deviation, in pixels, of a Gaussian that blurs the samples first.
    """
    if prefilter and _meets_samples(u, n, order, mode):
        order = 0
    degree = order if prefilter else 0
    beyond, margin = reach(order, mode, prefilter)
    inside, reads = place(u, n, mode, beyond)
    first, phase = first_tap(inside, order)
    value = np.stack(weights(phase, order), axis=1) * reads[:, None]
    column = first.astype(np.int64)[:, None] + margin + np.arange(order + 1)
    found = _taps(n + 2 * margin, column, value, "float64")
    found = compose(found, coefficient_taps(n, degree, mode, margin, dtype, kind="float64"), "float64")
    if sigma > 0:
        found = compose(found, _gaussian_taps(found.n, n, sigma, mode), "float64")
    row, column, value = found.entries()
    kept = abs(value) >= _tail(dtype) * abs(value).max(initial=0)
    return from_entries((found.m, found.n), row[kept], column[kept], value[kept], dtype)


def _tail(dtype: str) -> float:
    """The least weight that is kept, relative to the largest: what a dtype cannot tell from zero."""
    return float(np.finfo(dtype).eps) / 8


def _meets_samples(u: np.ndarray, n: int, order: int, mode: str) -> bool:
    """Whether the spline is only read where it goes through samples."""
    exact = filter_matrix(n, order, EXTENSIONS[mode].samples, np.finfo(np.float64).eps) is None
    return (exact or n == 1) and bool(((u == np.floor(u)) & (u >= 0) & (u <= n - 1)).all())


def _gaussian_taps(length: int, n: int, sigma: float, mode: str) -> Taps:
    """A blur of ``n`` samples, or of the ``length`` that a periodic mode has continued."""
    radius = int(_TRUNCATE * sigma + 0.5)
    offset = np.arange(-radius, radius + 1)
    value = np.exp(-0.5 * (offset / sigma) ** 2)
    column = np.arange(length)[:, None] + offset
    value = np.broadcast_to(value / value.sum(), column.shape)
    if EXTENSIONS[mode].samples == "wrap":
        return _taps(length + 2 * radius, column + radius, value, "float64")
    return _taps(n, *BOUNDARIES[EXTENSIONS[mode].coefficients](column, value, n), "float64")


def reach(order: int, mode: str, prefilter: bool) -> tuple[int, int]:
    """How far beyond the array a coordinate counts, and how far out coefficients are needed for it.

    In modes that fold coordinates the first is a sample; in the others all is constant further out.
    """
    row = EXTENSIONS[mode]
    padding = row.padding if POLES[order] and prefilter else 0
    beyond = padding + order + 1 if row.padding else 1
    return beyond, beyond + order // 2 + 1


def _taps(n: int, column: np.ndarray, value: np.ndarray, dtype: str) -> Taps:
    row, which = np.nonzero(value)
    return from_entries((len(value), n), row, column[row, which], value[row, which], dtype)
