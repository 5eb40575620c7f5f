"""Taps of an axis: a family's indices and weights, the boundary rule, fixed point; built once and cached."""

from functools import lru_cache
from types import ModuleType
from typing import Any

import numpy as np

from . import checks
from .arithmetic import ARITHMETICS
from .axis import Axis
from .boundary import BOUNDARIES
from .conventions import Convention
from .coordinates import MAPS, OUTPUT_SIZES
from .families import FAMILIES
from .fixed_point import FIXED_POINT
from .kernels import find_kernel
from .order import PASS_ORDERS
from .rounding import ROUNDINGS
from .taps import Taps
from .windows import WINDOWS

_CACHED_AXES = 1024

_TABLES: dict[str, Any] = {
    "family": FAMILIES,
    "boundary": BOUNDARIES,
    "rounding": ROUNDINGS,
    "coordinates": MAPS,
    "arithmetic": ARITHMETICS,
    "window": WINDOWS,
    "fixed_point": FIXED_POINT,
    "output_size": OUTPUT_SIZES,
    "pass_order": PASS_ORDERS,
}


@lru_cache(maxsize=_CACHED_AXES)
def check_convention(row: Convention) -> None:
    """Refuses a row that names a rule which no table has."""
    for column, table in _TABLES.items():
        if (name := getattr(row, column)) is not None:
            checks.one_of(name, table, f"convention.{column}")
    if row.kernel is not None:
        find_kernel(row.kernel)
    for column, family in (("rounding", "nearest"), ("window", "window")):
        if row.family == family and getattr(row, column) is None:
            checks.refuse(f"convention.{column}", f"be given for family {family!r}", "None")
    if row.kernel is None and row.family in ("interpolate", "window"):
        checks.refuse("convention.kernel", f"be given for family {row.family!r}", "None")


@lru_cache(maxsize=_CACHED_AXES)
def build(axis: Axis) -> Taps:
    """The taps of an axis; built once per distinct axis and kept in a bounded cache."""
    if copies(axis):
        return Taps(axis.n, np.arange(axis.m, dtype=np.int32), np.ones((axis.m, 1), axis.dtype))
    index, weights = weigh(axis)
    rule = axis.rule
    if rule is None or rule.quantise is None:
        start, band = _fold(axis, index, weights)
        return _trim(axis.n, start, band.astype(axis.dtype), None)
    if rule.weigh_first:
        weights, shift = rule.quantise(weights, 0.0)
        return _trim(axis.n, *_fold(axis, index, weights), shift)
    start, band = _fold(axis, index, weights)
    return _trim(axis.n, start, *rule.quantise(band, _peak(index, weights)))


@lru_cache(maxsize=_CACHED_AXES)
def build_beyond(axis: Axis) -> tuple[Taps, Taps]:
    """The same as a repetition of the samples at the ends, and taps that each have a sample of their own."""
    assert axis.rule is not None
    beyond, quantise = axis.rule.beyond, axis.rule.quantise
    index, weights = FAMILIES[axis.convention.family](axis, np)
    band, shift = (weights.astype(axis.dtype), None) if quantise is None else quantise(weights, 0.0)
    repeated = np.clip(np.arange(-beyond, axis.n + beyond), 0, axis.n - 1).astype(np.int32)
    ends = Taps(axis.n, repeated, np.ones((len(repeated), 1), axis.dtype))
    return ends, _trim(ends.m, index[:, 0] + beyond, band, shift)


def copies(axis: Axis) -> bool:
    """Whether the axis is copied without a look at its coordinates."""
    equal = axis.convention.same_size_copies or (axis.rule is not None and not axis.rule.every_axis)
    return axis.n == axis.m and axis.is_whole and equal


def weigh(axis: Axis, xp: ModuleType = np) -> tuple[Any, Any]:
    """The samples inside the input that each output reads, and their weights: both ``(m, K)``.

    The same lines build a static table with NumPy and trace with ``jax.numpy``, where the axis's factor or
    box are traced. A sample may occur twice in a row.
    """
    row = axis.convention
    index, weights = FAMILIES[row.family](axis, xp)
    if row.normalise:
        total = xp.cumsum(weights, axis=1, dtype=weights.dtype)[:, -1:]
        weights = weights / xp.where(total == 0, xp.ones_like(total), total)
    if row.boundary is not None:
        index, weights = BOUNDARIES[row.boundary](index, weights, axis.n, xp)
    if row.margin is not None:
        u, margin = axis.coordinates(xp)[:, None], axis.real.type(row.margin)
        read = (u >= -margin) & (u <= axis.real.type(axis.n - 1) + margin)
        weights = xp.where(read, weights, weights.dtype.type(0))
    return index, weights


def _fold(axis: Axis, index: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A band: weights of taps that read the same sample are added, in tap order."""
    start = index.min(axis=1, initial=axis.n)
    place = index - start[:, None]
    folded = np.zeros((axis.m, int(place.max(initial=0)) + 1), weights.dtype)
    np.add.at(folded, (np.arange(axis.m)[:, None], place), weights)
    return start, folded


def _peak(index: np.ndarray, weights: np.ndarray) -> float:
    """The largest sum met while `_fold` adds, which can exceed the largest that remains."""
    place = index - index.min(axis=1, keepdims=True)
    folded, rows, peak = (
        np.zeros((len(index), int(place.max()) + 1), weights.dtype),
        np.arange(len(index)),
        0.0,
    )
    for tap in range(weights.shape[1]):
        folded[rows, place[:, tap]] += weights[:, tap]
        peak = max(peak, float(folded[rows, place[:, tap]].max()))
    return peak


def _trim(n: int, start: np.ndarray, weights: np.ndarray, shift: int | None) -> Taps:
    """The taps, every row from its first weight other than zero."""
    live = weights != 0
    lead = np.where(live.any(axis=1), live.argmax(axis=1), 0)
    count = np.where(live.any(axis=1), live.shape[1] - live[:, ::-1].argmax(axis=1) - lead, 1)
    places = np.arange(int(count.max(initial=1)))
    source = np.minimum(lead[:, None] + places, live.shape[1] - 1)
    kept = np.where(places < count[:, None], np.take_along_axis(weights, source, axis=1), 0)
    return Taps(n, (start + lead).astype(np.int32), kept.astype(weights.dtype), shift)
