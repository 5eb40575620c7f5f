"""Phases: where one length divides the other, taps repeat and slices replace gathers.

Enlarging ``s`` times, outputs ``r, r + s, r + 2 s, ...`` (phase ``r``) read the input at a fixed offset,
so each phase is a sum of ``K`` shifted copies of the input, and the phases interleave. Shrinking ``s`` times
there is one phase, and the copies are strided. Only the rows at the edges have other weights, which is why
weights are vectors along the axis. What pads the input meets zero weights only.
"""

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache, partial, reduce
from math import prod
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from ..taps import Taps
from .gather import View, apply_taps, in_order, products, weights_for

# Beyond this many slices the program grows long and the gather's loop is as fast.
_MOST_SLICES = 64
# Phases of at least so many outputs are put together by a choice.
_MANY_OUTPUTS = 32
# Short rows are merged up to so many outputs, whose weights are constants of the program.
_MOST_MERGED = 1024
_CACHED_PATTERNS = 1024

# From a function that makes sums of the samples that a view gives, the sums as they are stored.
Stored = Callable[[Callable[[View], jax.Array]], jax.Array]


@dataclass(frozen=True)
class Phase:
    """The outputs of one phase: ``sum_k weights[k] * x[offset + k + stride * q]`` for ``q = 0, 1, ...``."""

    offset: int
    weights: np.ndarray  # (K, outputs of the phase)


@dataclass(frozen=True)
class Pattern:
    """Phases to interleave, and the distance in the input between neighbours of one phase.

    ``ends`` are the taps of outputs that are apart from those of the only phase, ``before`` of them first.
    """

    stride: int
    phases: tuple[Phase, ...]
    ends: Taps | None = None
    before: int = 0

    @property
    def count(self) -> int:
        """The number of phases."""
        return len(self.phases)

    @property
    def products(self) -> float:
        """Products of an output, as a mean over the phases."""
        return sum(len(phase.weights) for phase in self.phases) / self.count


@lru_cache(maxsize=_CACHED_PATTERNS)
def pattern(taps: Taps) -> Pattern | None:
    """The repeating pattern of taps whose lengths divide each other, or None where there is none."""
    if not taps.n or not taps.m or (taps.m % taps.n and taps.n % taps.m):
        return None
    count, stride = max(taps.m // taps.n, 1), max(taps.n // taps.m, 1)
    if repeats(taps):
        phases: tuple[Phase | None, ...] = (_phase(taps, slice(0, None, count), stride),) * count
    elif count * taps.support > _MOST_SLICES:
        return None
    else:
        phases = tuple(_phase(taps, slice(r, None, count), stride) for r in range(count))
    found = tuple(phase for phase in phases if phase is not None)
    return _with_ends(taps, Pattern(stride, found)) if len(found) == count else None


@lru_cache(maxsize=_CACHED_PATTERNS)
def repeats(taps: Taps) -> bool:
    """Whether every sample, times a number, is repeated so many times."""
    if taps.support != 1 or taps.sums is not None or not 0 < taps.n < taps.m or taps.m % taps.n:
        return False
    in_order = taps.start == np.arange(taps.m) // (taps.m // taps.n)
    return bool((in_order & (taps.weights[:, 0] == taps.weights[0, 0])).all())


def _phase(taps: Taps, rows: slice, stride: int) -> Phase | None:
    """One phase, or None where a row reaches much beyond its neighbours' window."""
    weights = taps.weights[rows]
    base = np.arange(len(weights)) * stride
    live = weights != 0
    places = taps.start[rows, None] + np.arange(taps.support) - base[:, None]
    if not live.any():
        return None
    offset, width = places[live].min(), int(np.ptp(places[live])) + 1
    # Rounding moves some windows by one; samples that are only moved meet no sums.
    if width > taps.support + (not taps.is_selection):
        return None
    regular = np.zeros((len(weights), width), weights.dtype)
    row, tap = np.nonzero(live)
    regular[row, places[row, tap] - offset] = weights[row, tap]
    return Phase(int(offset), np.ascontiguousarray(regular.T))


def _with_ends(taps: Taps, found: Pattern) -> Pattern:
    """The pattern without the outputs that read beyond the input's ends, if it is strided.

    A processor reads a vector of neighbours in part, which makes padding cheap, but not every s-th sample.
    """
    (phase, *others), stride = found.phases, found.stride
    last = phase.offset + stride * (taps.m - 1) + len(phase.weights) - taps.n
    if others or stride == 1 or max(-phase.offset, last) <= 0:
        return found
    before, after = (max(-(-beyond // stride), 0) for beyond in (-phase.offset, last))
    if before + after >= taps.m:
        return found
    inner = phase.weights[:, before : taps.m - after]
    kept = Phase(phase.offset + stride * before, np.ascontiguousarray(inner))
    rows = np.r_[:before, taps.m - after : taps.m]
    return Pattern(stride, (kept,), replace(taps, start=taps.start[rows], weights=taps.weights[rows]), before)


def apply_phases(x: jax.Array, taps: Taps, axis: int, stored: Stored, platform: str) -> jax.Array:
    """One pass: ``x`` resampled along ``axis`` by slices, whose sums are ``stored``."""
    shape = tuple(taps.m if a == axis else length for a, length in enumerate(x.shape))
    if repeats(taps):
        return repeated(x, {axis: taps}).reshape(shape)
    parts = list(_parts(x, taps, axis, stored, platform, alike=True))
    return parts[0] if len(parts) == 1 else jnp.stack(parts, axis=axis + 1).reshape(shape)


def merged_rows(shape: tuple[Any, ...], taps: Taps, axis: int) -> tuple[tuple[Any, ...], Taps, int]:
    """The array's shape, the taps and their axis, with short rows made longer by those that follow them.

    In memory a row begins where the last one ends, and taps of several rows are taps of one long row.
    """
    outputs = min(taps.n, taps.m)
    before, after = shape[:axis], shape[axis + 1 :]
    if outputs >= _MANY_OUTPUTS or not all(isinstance(n, int) for n in shape) or prod(after) != 1:
        return shape, taps, axis
    rows = prod(before)
    groups = range(-(-_MANY_OUTPUTS // outputs), min(rows, _MOST_MERGED // outputs) + 1)
    enough = (g for g in groups if rows % g == 0)
    group = next(enough, 1)
    if group == 1 or pattern(of_many_rows(taps, group)) is None:
        return shape, taps, axis
    return (rows // group, group * taps.n), of_many_rows(taps, group), 1


@lru_cache(maxsize=_CACHED_PATTERNS)
def of_many_rows(taps: Taps, times: int) -> Taps:
    """The operator that resamples each of several rows which are stored as one."""
    start = taps.start + taps.n * np.arange(times, dtype=np.int32)[:, None]
    return replace(taps, n=taps.n * times, start=start.reshape(-1), weights=np.tile(taps.weights, (times, 1)))


def split_length(taps: Taps) -> tuple[int, ...]:
    """The axes of outputs and of phases, which make one."""
    found = pattern(taps)
    assert found is not None, taps
    return (taps.m // found.count, found.count) if found.count > 1 else (taps.m,)


def apply_phases_apart(x: jax.Array, taps: Taps, axis: int, stored: Stored) -> jax.Array:
    """The same with an axis more, of the phases, after ``axis``: for a CPU, as a program of its own.

    XLA writes what is stacked one operand after another, in two sweeps of single numbers. What is chosen by
    the place it writes in one, from which its compiler makes whole vectors, but only while the phases are an
    axis of the result. Chosen numbers that others are computed from would be computed anew for each of them.
    """
    parts = list(_parts(x, taps, axis, stored, "cpu", alike=False))
    if len(parts) == 1:
        return parts[0]
    if prod(x.shape[axis + 1 :]) > 1 or parts[0].shape[axis] < _MANY_OUTPUTS:
        return jnp.stack(parts, axis=axis + 1)
    shape = (*parts[0].shape[: axis + 1], len(parts), *parts[0].shape[axis + 1 :])
    phase = lax.broadcasted_iota(jnp.int32, shape, axis + 1)
    *others, result = (jnp.broadcast_to(lax.expand_dims(p, (axis + 1,)), shape) for p in parts)
    for r, part in enumerate(others):
        result = jnp.where(phase == r, part, result)
    return result


def repeated(x: jax.Array, passes: dict[int, Taps]) -> jax.Array:
    """``x`` with an axis more after each of those that repeat samples, along which they are repeated."""
    for taps in passes.values():
        if not taps.is_selection:
            x = products(x, weights_for(x, taps.weights[:1, 0], taps)[0], taps)
    times = {axis: taps.m // taps.n for axis, taps in passes.items()}
    pairs = [(length, times[a]) if a in times else (length,) for a, length in enumerate(x.shape)]
    begins = [sum(map(len, pairs[:a])) for a in range(x.ndim)]
    return lax.broadcast_in_dim(x, [n for pair in pairs for n in pair], begins)


def _parts(
    x: jax.Array, taps: Taps, axis: int, stored: Stored, platform: str, *, alike: bool
) -> Iterator[jax.Array]:
    """The outputs of each phase, as they are stored.

    ``alike`` lets XLA see what the phases have in common. It would compute that by itself and store it,
    although it is but a slice.
    """
    found = pattern(taps)
    assert found is not None, taps
    x = x if taps.sums is not None else x.astype(taps.sum_dtype(x.dtype))
    for phase in found.phases:
        part = stored(partial(_sum_of_slices, x, taps, phase, found.stride, axis))
        if found.ends is not None:
            ends = stored(partial(apply_taps, x, found.ends, axis, platform=platform))
            before, after = jnp.split(ends, [found.before], axis)
            part = lax.concatenate([before, part, after], axis)
        yield part
        x = x if alike else lax.optimization_barrier(x)


def _sum_of_slices(x: jax.Array, taps: Taps, phase: Phase, stride: int, axis: int, view: View) -> jax.Array:
    along = tuple(-1 if a == axis else 1 for a in range(x.ndim))
    outputs = phase.weights.shape[1]
    terms = []
    for tap, weights in enumerate(weights_for(x, phase.weights, taps)):
        place = phase.offset + tap
        beyond = -place, place + stride * (outputs - 1) + 1 - x.shape[axis]
        padded = max(beyond) > 0
        edges = [(*beyond, 0) if a == axis else (0, 0, 0) for a in range(x.ndim)]
        term = lax.pad(x, jnp.zeros((), x.dtype), edges) if padded else x
        begin = 0 if padded else place
        term = view(lax.slice_in_dim(term, begin, begin + stride * (outputs - 1) + 1, stride, axis))
        reads = place + stride * np.arange(outputs)
        spared = (weights == 0) & (reads >= 0) & (reads < x.shape[axis])
        if taps.sums is None and spared.any():
            term = jnp.where(spared.reshape(along), jnp.zeros((), term.dtype), term)
        if taps.sums is not None or (weights != 1).any():
            # A number for all would be folded into what pads, and that into branches, which are not vectors.
            uniform = not padded and (weights == weights[0]).all()
            term = products(term, weights[0] if uniform else weights.reshape(along), taps)
        terms.append(term)
    return reduce(operator.add, in_order(terms, taps))
