"""Phases: where one length divides the other, taps repeat and slices replace gathers.

Enlarging ``s`` times, outputs ``r, r + s, r + 2 s, ...`` (phase ``r``) read the input at a fixed offset,
so each phase is a sum of ``K`` shifted copies of the input, and the phases interleave. Shrinking ``s`` times
there is one phase, and the copies are strided. Only the rows at the edges have other weights, which is why
weights are vectors along the axis. The zeros that pad the input meet zero weights only.
"""

import operator
from dataclasses import dataclass
from functools import lru_cache, reduce

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from ..taps import Taps
from .gather import products, weights_for

# Beyond this many slices the program grows long and the gather's loop is as fast.
_MOST_SLICES = 64
_CACHED_PATTERNS = 1024


@dataclass(frozen=True)
class Phase:
    """The outputs of one phase: ``sum_k weights[k] * x[offset + k + stride * q]`` for ``q = 0, 1, ...``."""

    offset: int
    weights: np.ndarray  # (K, outputs of the phase)


@dataclass(frozen=True)
class Pattern:
    """Phases to interleave, and the distance in the input between neighbours of one phase."""

    stride: int
    phases: tuple[Phase, ...]


@lru_cache(maxsize=_CACHED_PATTERNS)
def pattern(taps: Taps) -> Pattern | None:
    """The repeating pattern of taps whose lengths divide each other, or None where there is none."""
    if not taps.n or not taps.m or (taps.m % taps.n and taps.n % taps.m):
        return None
    count, stride = max(taps.m // taps.n, 1), max(taps.n // taps.m, 1)
    if count * taps.support > _MOST_SLICES:
        return None
    phases = tuple(_phase(taps, slice(r, None, count), stride) for r in range(count))
    found = tuple(phase for phase in phases if phase is not None)
    return Pattern(stride, found) if len(found) == count else None


def _phase(taps: Taps, rows: slice, stride: int) -> Phase | None:
    """One phase, or None where a row reaches beyond its neighbours' window or skips a sample in it."""
    weights = taps.weights[rows]
    base = np.arange(len(weights)) * stride
    live = weights != 0
    places = taps.start[rows, None] + np.arange(taps.support) - base[:, None]
    if not live.any():
        return None
    offset, width = places[live].min(), int(np.ptp(places[live])) + 1
    if width > taps.support:
        return None
    regular = np.zeros((len(weights), width), weights.dtype)
    row, tap = np.nonzero(live)
    regular[row, places[row, tap] - offset] = weights[row, tap]
    reads = base[:, None] + offset + np.arange(width)
    inside = (reads >= 0) & (reads < taps.n)
    if (inside & (regular == 0)).any():
        return None  # a zero weight there would let a NaN through
    return Phase(int(offset), np.ascontiguousarray(regular.T))


def apply_phases(x: jax.Array, taps: Taps, axis: int) -> jax.Array:
    """One pass: ``x`` resampled along ``axis`` by slices, in the sum's dtype (``taps.sum_dtype``)."""
    found = pattern(taps)
    assert found is not None, taps
    x = x if taps.sums is not None else x.astype(taps.sum_dtype(x.dtype))
    n, stride = x.shape[axis], found.stride
    first = min(phase.offset for phase in found.phases)
    ends = [p.offset + len(p.weights) + stride * (p.weights.shape[1] - 1) for p in found.phases]
    lead, trail = max(-first, 0), max(max(ends) - n, 0)
    if lead or trail:
        edges = [(lead, trail, 0) if a == axis else (0, 0, 0) for a in range(x.ndim)]
        x = lax.pad(x, jnp.zeros((), x.dtype), edges)
    parts = [_sum_of_slices(x, taps, phase, lead, axis) for phase in found.phases]
    if len(parts) == 1:
        return parts[0]
    length = len(parts) * parts[0].shape[axis]
    return jnp.stack(parts, axis=axis + 1).reshape(*x.shape[:axis], length, *x.shape[axis + 1 :])


def _sum_of_slices(x: jax.Array, taps: Taps, phase: Phase, lead: int, axis: int) -> jax.Array:
    along = tuple(-1 if a == axis else 1 for a in range(x.ndim))
    outputs, stride = phase.weights.shape[1], max(taps.n // taps.m, 1)
    terms = []
    for tap, weights in enumerate(weights_for(x, phase.weights, taps)):
        begin = lead + phase.offset + tap
        term = lax.slice_in_dim(x, begin, begin + stride * (outputs - 1) + 1, stride, axis)
        uniform = (weights == weights[0]).all()
        if taps.sums is not None or (weights != 1).any():
            term = products(term, weights[0] if uniform else weights.reshape(along), taps)
        terms.append(term)
    backwards = taps.sums is not None and taps.sums.backwards
    return reduce(operator.add, terms[::-1] if backwards else terms)
