"""Gather over taps: the lowering whose work grows with the output and not with its square.

Each pass is a sum of ``K`` gathered arrays, each times a row of weights. Nothing in it reads a sample
whose weight is zero, so a NaN or an infinity reaches only the outputs that weigh it.
"""

import operator
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache, reduce
from math import prod
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from ..taps import Taps

# A gather copies vectors where each sample is at least this many contiguous numbers.
VECTOR = 16

# Up to this many taps the sum is one expression, beyond it a loop that adds a few of them at a time. XLA's
# CPU compiler does not vectorise long ones: 16 taps of a photo's columns take 0.23 ns a product, and 0.05 ns
# in a loop. Without vectors a loop gains nothing but a smaller program, and fixes the layout of its sum: 17
# taps along the rows of uint8 photos then take up to four times as long.
_UNROLLED_VECTOR_TAPS = 12
_UNROLLED_TAPS = 64
_TAPS_PER_TURN = 8
_CACHED_TABLES = 1024

Array = jax.Array | np.ndarray


@dataclass(frozen=True)
class Table:
    """Taps as columns, and which outputs read nothing (or None).

    Indices and weights have shape ``(turns, K / turns, m)``: a loop's turns, and what each adds.
    """

    index: np.ndarray
    weights: np.ndarray
    empty: np.ndarray | None


@lru_cache(maxsize=_CACHED_TABLES)
def table(taps: Taps, unrolled: int) -> Table:
    """Gather columns in which unused places repeat a used one; more than ``unrolled`` taps take turns.

    A row with fewer than ``K`` taps must not multiply a stranger's NaN by zero. Its spare places read
    its heaviest sample again, and that sample's weight is split over them in exact powers of two; where
    the order of rounding counts they weigh nothing.
    """
    turns = -(-taps.support // _TAPS_PER_TURN) if taps.support > unrolled else 1
    spare = -taps.support % turns
    weights = np.pad(taps.weights, ((0, 0), (0, spare)))
    live = weights != 0
    rows = np.arange(taps.m)
    heaviest = np.abs(weights).argmax(axis=1)
    index = taps.start[:, None] + np.where(live, np.arange(weights.shape[1]), heaviest[:, None])
    if taps.sums is None:
        shared = ~live
        shared[rows, heaviest] = True
        copies = shared.sum(axis=1)
        halvings = np.ceil(np.log2(copies)).astype(np.int64)
        large = (1 << halvings) - copies  # shares of twice the small size; the rest are small
        order = np.cumsum(shared, axis=1) - 1
        exponent = np.where(order < large[:, None], 1, 0) - halvings[:, None]
        share = np.ldexp(weights[rows, heaviest][:, None], exponent).astype(weights.dtype)
        weights = np.where(shared, share, weights)
    empty = ~live.any(axis=1)
    return Table(
        np.ascontiguousarray(index.T, dtype=np.int32).reshape(turns, -1, taps.m),
        np.ascontiguousarray(weights.T).reshape(turns, -1, taps.m),
        empty if empty.any() else None,
    )


def apply_taps(x: jax.Array, taps: Taps, axis: int) -> jax.Array:
    """One pass: ``x`` resampled along ``axis``, in the sum's dtype (``taps.sum_dtype``)."""
    if taps.is_selection:
        return take(x, taps.start, axis)
    kind = taps.sum_dtype(x.dtype)
    if taps.m == 1 and axis == x.ndim - 1 and taps.sums is None and taps.weights.all():
        return _weighted_sum(x.astype(kind), taps)
    columns = table(taps, _UNROLLED_VECTOR_TAPS if copies_vectors(x.shape, axis) else _UNROLLED_TAPS)
    along = tuple(-1 if a == axis else 1 for a in range(x.ndim))

    def terms(index: Array, weights: Array) -> Iterator[jax.Array]:
        # Samples are widened as they are read: before the loop they would be stored wide.
        pairs = zip(index, weights, strict=True)
        return (products(take(x, i, axis), w.reshape(along), taps) for i, w in pairs)

    def turn(total: jax.Array, columns: tuple[Array, Array]) -> tuple[jax.Array, None]:
        # One by one where a library's rounding is to show; else those of a turn among themselves, first.
        one_by_one = taps.sums is not None and taps.sums.apart
        added = terms(*columns)
        return (
            reduce(operator.add, added, total) if one_by_one else total + reduce(operator.add, added)
        ), None

    index, weights = columns.index, weights_for(x, columns.weights, taps)
    if taps.sums is not None and taps.sums.backwards:
        index, weights = index[::-1, ::-1], weights[::-1, ::-1]
    if len(index) == 1:
        total = reduce(operator.add, terms(index[0], weights[0]))
    else:
        one = jax.eval_shape(lambda i, w: next(terms(i, w)), index[0], weights[0])
        none = lax.full(one.shape, 0, one.dtype, sharding=one.sharding)
        total = lax.scan(turn, none, (index, weights))[0]
    if columns.empty is not None:
        total = jnp.where(columns.empty.reshape(along), jnp.zeros((), kind), total)
    return total


def weights_for(x: jax.Array, weights: np.ndarray, taps: Taps) -> np.ndarray:
    """Weights in the type in which they meet samples of ``x``; integers keep theirs."""
    return weights if weights.dtype.kind == "i" else weights.astype(taps.sum_dtype(x.dtype))


def products(x: jax.Array, weights: Array, taps: Taps) -> jax.Array:
    """Samples times weights, as the taps add them."""
    return x.astype(weights.dtype) * weights if taps.sums is None else taps.sums.products(x, weights)


def copies_vectors(shape: tuple[Any, ...], axis: int) -> bool:
    """Whether a gather along an axis copies vectors; it is taken to where a length is symbolic."""
    inner = shape[axis + 1 :]
    return not all(isinstance(length, int) for length in inner) or prod(inner) >= VECTOR


def take(x: jax.Array, index: Array, axis: int) -> jax.Array:
    """Samples ``index``, all of which exist, along ``axis``: one gather of slices."""
    others = tuple(a for a in range(x.ndim) if a != axis)
    dimensions = lax.GatherDimensionNumbers(
        offset_dims=others, collapsed_slice_dims=(axis,), start_index_map=(axis,)
    )
    sizes = tuple(1 if a == axis else length for a, length in enumerate(x.shape))
    return lax.gather(x, index[:, None], dimensions, sizes, mode=lax.GatherScatterMode.PROMISE_IN_BOUNDS)


def _weighted_sum(x: jax.Array, taps: Taps) -> jax.Array:
    """A single output sample along the last axis: the product of its window with its weights.

    Along other axes the loop over taps adds contiguous rows and is as fast as reading them.
    """
    first = int(taps.start[0])
    window = lax.slice_in_dim(x, first, first + taps.support, axis=-1)
    weights = jnp.asarray(taps.weights[0], x.dtype)
    dimensions = (((x.ndim - 1,), (0,)), ((), ()))
    return lax.dot_general(window, weights, dimensions, precision=lax.Precision.HIGHEST)[..., None]
