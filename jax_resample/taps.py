"""Taps: the banded linear operator that resamples one axis, built, cached and transposed.

Output sample ``i`` is ``sum_k weights[i, k] * x[start[i] + k]``. Every tap lies inside the input, the
boundary rule having been applied, so the band is the whole operator and its transpose is a band too.
"""

import hashlib
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from .boundary import BOUNDARIES
from .conventions import Convention
from .coordinates import align_corners, floor_index, half_pixel, step, window_centre
from .dtypes import compute_dtype
from .kernels import KERNELS
from .rounding import ROUNDINGS

_CACHED_AXES = 1024


@dataclass(frozen=True)
class Axis:
    """What taps are built from: one axis of one resampling.

    Attributes:
      n: input samples.
      m: output samples.
      convention: the row that says how.
      dtype: name of the real type in which coordinates and weights are computed.
      factor: the caller's scale where it steps the coordinates instead of ``m / n``.
      fixed_point: weights as integers with a common number of fractional bits (uint8 images).
    """

    n: int
    m: int
    convention: Convention
    dtype: str = "float32"
    factor: float | None = None
    fixed_point: bool = False


@dataclass(frozen=True, eq=False)
class Taps:
    """A banded operator from ``n`` to ``m`` samples; equal and hashed by content.

    Attributes:
      n: input samples.
      start: ``(m,)`` int32, first input sample that each output reads.
      weights: ``(m, K)``, float32 or float64, or int32 in fixed point. Unread places hold zero.
      shift: fractional bits of fixed-point weights, else None.
    """

    n: int
    start: np.ndarray
    weights: np.ndarray
    shift: int | None = None
    _digest: bytes = field(init=False, repr=False)

    def __post_init__(self) -> None:
        parts = (self.start, self.weights)
        head = repr((self.n, self.shift, [(a.shape, a.dtype.str) for a in parts])).encode()
        digest = hashlib.blake2b(head, digest_size=16)
        for part in parts:
            part.setflags(write=False)
            digest.update(np.ascontiguousarray(part).data)
        object.__setattr__(self, "_digest", digest.digest())

    def __hash__(self) -> int:
        return hash(self._digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Taps) and self._digest == other._digest

    def __repr__(self) -> str:
        return f"Taps({self.n}->{self.m}, K={self.support}, {self.weights.dtype.name})"

    @property
    def m(self) -> int:
        """Output samples."""
        return len(self.start)

    @property
    def support(self) -> int:
        """Taps per output sample, ``K``."""
        return self.weights.shape[1]

    @cached_property
    def is_identity(self) -> bool:
        """Whether the output is the input."""
        return self.n == self.m and self.is_selection and bool((self.start == np.arange(self.m)).all())

    @cached_property
    def is_selection(self) -> bool:
        """Whether each output is one input sample, unweighted."""
        return self.support == 1 and self.shift is None and bool((self.weights == 1).all())

    def sum_dtype(self, dtype: Any) -> str:
        """Name of the type in which weighted samples of ``dtype`` are added; moved ones keep theirs."""
        if self.is_selection:
            return np.dtype(dtype).name
        return compute_dtype(dtype) if self.shift is None else "int32"

    def entries(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The weights other than zero, by output: the output, the input and the weight of each."""
        row, tap = np.nonzero(self.weights)
        return row, self.start[row] + tap, self.weights[row, tap]

    @cached_property
    def transposed(self) -> "Taps":
        """The adjoint: output samples become inputs, still a band."""
        row, column, value = self.entries()
        order = np.argsort(column, kind="stable")
        row, column, value = row[order], column[order], value[order]
        start = np.full(self.n, self.m, np.int64)
        np.minimum.at(start, column, row)
        start[start == self.m] = 0  # samples that nothing reads
        width = int((row - start[column]).max(initial=0)) + 1
        weights = np.zeros((self.n, width), self.weights.dtype)
        weights[column, row - start[column]] = value
        return Taps(self.m, start.astype(np.int32), weights, self.shift)

    def as_matrix(self) -> np.ndarray:
        """The dense ``(m, n)`` matrix, for inspection and tests; nothing computes with it."""
        matrix = np.zeros((self.m, self.n), self.weights.dtype)
        row, column, value = self.entries()
        matrix[row, column] = value
        return matrix


@lru_cache(maxsize=_CACHED_AXES)
def build(axis: Axis) -> Taps:
    """The taps of an axis; built once per distinct axis and kept in a bounded cache."""
    if axis.n == axis.m and (axis.convention.same_size_copies or axis.fixed_point):
        return _selection(axis, np.arange(axis.m))
    return _FAMILIES[axis.convention.family](axis)


def _step(axis: Axis) -> np.floating:
    align = axis.convention.align_corners
    return step(axis.n, axis.m, align_corners=align, factor=axis.factor, dtype=axis.dtype)


def _selection(axis: Axis, index: np.ndarray) -> Taps:
    return Taps(axis.n, index.astype(np.int32), np.ones((axis.m, 1), axis.dtype))


def _nearest(axis: Axis) -> Taps:
    rule = ROUNDINGS[axis.convention.rounding or ""]
    return _selection(axis, rule(axis.n, axis.m, axis.factor, axis.dtype))


def _interpolate(axis: Axis) -> Taps:
    row, size = axis.convention, _step(axis)
    kernel = KERNELS[row.kernel or ""]
    u = (align_corners if row.align_corners else half_pixel)(size, axis.m)
    if row.nonnegative:
        u = np.maximum(u, u.dtype.type(0))
    below = floor_index(u, axis.n)
    phase = np.clip(u - below.astype(u.dtype), u.dtype.type(0), u.dtype.type(1))
    assert kernel.at_phase is not None, row.kernel
    weights = np.stack(kernel.at_phase(phase), axis=1)
    index = below[:, None] + np.arange(1 - kernel.radius, 1 + kernel.radius)
    return _fold(axis, *BOUNDARIES[row.boundary or ""](index, weights, axis.n))


def _window(axis: Axis) -> Taps:
    """Every sample whose centre lies within the kernel's support around the window's centre.

    Each intermediate is rounded to the table's type where PyTorch's ``antialias`` tables are.
    """
    row, size = axis.convention, _step(axis)
    kernel, real = KERNELS[row.kernel or ""], size.dtype.type
    stretch = size if row.stretch and size >= 1 else real(1)
    support = real(kernel.radius * np.float64(stretch))
    centre = window_centre(size, axis.m)
    first = np.maximum(np.trunc((centre - support).astype(np.float64) + 0.5), 0).astype(np.int64)
    last = np.trunc((centre + support).astype(np.float64) + 0.5).astype(np.int64)
    index = first[:, None] + np.arange(2 * int(np.ceil(support)) + 1)
    offset = (index.astype(real) - centre[:, None]).astype(np.float64) + 0.5
    distance = (offset * np.float64(real(1.0 / np.float64(stretch)))).astype(real)
    weights = np.where(index < last[:, None], kernel.at_distance(distance), real(0))
    _, weights = BOUNDARIES[row.boundary or ""](index, weights, axis.n)
    return _finish(axis, first, weights, float(weights.max(initial=0)))


def _area(axis: Axis) -> Taps:
    """The mean over ``[floor(i n / m), ceil((i + 1) n / m))`` in integer arithmetic."""
    i = np.arange(axis.m, dtype=np.int64)
    first = i * axis.n // max(axis.m, 1)
    count = -(-(i + 1) * axis.n // max(axis.m, 1)) - first
    inside = np.arange(count.max(initial=1)) < count[:, None]
    real = np.dtype(axis.dtype).type
    weights = np.where(inside, real(1) / count[:, None].astype(real), real(0))
    return _finish(axis, first, weights, float(weights.max(initial=0)))


_FAMILIES = {"nearest": _nearest, "interpolate": _interpolate, "window": _window, "area": _area}


def _fold(axis: Axis, index: np.ndarray, weights: np.ndarray) -> Taps:
    """Adds the weights of taps that read the same sample, in tap order."""
    start = index.min(axis=1)
    place = index - start[:, None]
    folded = np.zeros((axis.m, int(place.max(initial=0)) + 1), weights.dtype)
    rows, peak = np.arange(axis.m), 0.0
    for tap in range(weights.shape[1]):
        folded[rows, place[:, tap]] += weights[:, tap]
        peak = max(peak, float(folded[rows, place[:, tap]].max(initial=0)))
    return _finish(axis, start, folded, peak)


def _finish(axis: Axis, start: np.ndarray, weights: np.ndarray, peak: float) -> Taps:
    """Quantises where asked, then trims every row to its first non-zero weight."""
    shift = None
    if axis.fixed_point:
        weights, shift = _quantise(weights, peak)
    live = weights != 0
    lead = np.where(live.any(axis=1), live.argmax(axis=1), 0)
    count = np.where(live.any(axis=1), live.shape[1] - live[:, ::-1].argmax(axis=1) - lead, 1)
    places = np.arange(int(count.max(initial=1)))
    source = np.minimum(lead[:, None] + places, live.shape[1] - 1)
    kept = np.where(places < count[:, None], np.take_along_axis(weights, source, axis=1), 0)
    return Taps(axis.n, (start + lead).astype(np.int32), kept.astype(weights.dtype), shift)


def _quantise(weights: np.ndarray, peak: float) -> tuple[np.ndarray, int]:
    """PyTorch's 16-bit weights: as many fractional bits as keep the largest weight in int16.

    ``peak`` is the largest weight met while equal taps were being added, which can exceed the largest
    that remains; PyTorch chooses the precision by it.
    """
    shift = next((p for p in range(22) if int(0.5 + peak * (1 << (p + 1))) >= 1 << 15), 22)
    scaled = weights * (1 << shift)
    return np.trunc(scaled + np.where(scaled < 0, -0.5, 0.5)).astype(np.int32), shift
