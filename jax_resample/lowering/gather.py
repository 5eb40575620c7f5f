"""Gather over taps: the lowering whose work grows with the output and not with its square.

Each pass is a sum of ``K`` gathered arrays, each times a row of weights. Where a gather copies vectors, each
tap has indices of its own. Where it copies single numbers, an output's taps are a window of consecutive
samples: the array is shifted by ``k``, and all gathers share the windows' first indices, which a compiler
loads and checks once. Nothing multiplies a sample whose weight is zero, so a NaN or an infinity reaches only
the outputs that weigh it.
"""

import operator
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, reduce
from math import prod
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from ..taps import Taps

# A gather copies vectors where each sample is at least this many contiguous numbers.
VECTOR = 16

_CACHED_TABLES = 1024

Array = jax.Array | np.ndarray
# From what is read to the samples that are weighted.
View = Callable[[jax.Array], jax.Array]


class Unrolling(NamedTuple):
    """How many taps make one expression.

    Attributes:
      most: up to so many; beyond them a loop adds a few at a time.
      turn: how many taps a turn of such a loop adds at most.
    """

    most: int
    turn: int


# XLA's CPU compiler does not vectorise long expressions: 16 taps of a photo's columns take 0.23 ns a product,
# and 0.05 ns in a loop. Where each tap reads a number there are no vectors, and a loop gains nothing but a
# smaller program: its turns are long, for each reads and writes the sums.
_OF_VECTORS, _OF_NUMBERS = Unrolling(most=12, turn=8), Unrolling(most=128, turn=64)
# On a GPU each turn would start kernels that read and write the whole sum. XLA divides long expressions as it
# sees fit: 128 taps become four kernels, which are compiled within a second.
_ON_GPU: dict[str, Unrolling] = dict.fromkeys(("cuda", "rocm"), Unrolling(most=128, turn=64))


@dataclass(frozen=True)
class Table:
    """Taps as columns, and which outputs read nothing (or None).

    Indices and weights have shape ``(turns, K / turns, m)``: a loop's turns, and what each adds.
    """

    index: np.ndarray
    weights: np.ndarray
    empty: np.ndarray | None


@lru_cache(maxsize=_CACHED_TABLES)
def table(taps: Taps, turns: int = 1) -> Table:
    """Gather columns in which unused places repeat a used one, divided among so many turns.

    A row with fewer than ``K`` taps must not multiply a stranger's NaN by zero. Its spare places read
    its heaviest sample again, and that sample's weight is split over them in exact powers of two; where
    the order of rounding counts they weigh nothing.
    """
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


@dataclass(frozen=True)
class Windows:
    """Taps as windows that lie inside the input.

    First samples have shape ``(turns, m)``, weights ``(turns, width, m)``, zero where a sample is not read.
    """

    first: np.ndarray
    weights: np.ndarray


@lru_cache(maxsize=_CACHED_TABLES)
def windows(taps: Taps, turns: int = 1) -> Windows:
    """Windows of all taps, or of as many as each of several turns adds."""
    each = -(-taps.support // turns)
    width = min(each, taps.n)
    first = np.minimum(taps.start + each * np.arange(turns)[:, None], taps.n - width)
    row, column, value = taps.entries()
    turn = (column - taps.start[row]) // each
    weights = np.zeros((turns, width, taps.m), taps.weights.dtype)
    weights[turn, column - first[turn, row], row] = value
    return Windows(first.astype(np.int32), weights)


def turns_of(taps: Taps, platform: str, *, vectors: bool) -> int:
    """Over how many turns of a loop a platform adds up taps, which read vectors or numbers."""
    unrolling = _ON_GPU.get(platform, _OF_VECTORS if vectors else _OF_NUMBERS)
    return -(-taps.support // unrolling.turn) if taps.support > unrolling.most else 1


def itself(x: jax.Array) -> jax.Array:
    """What is read is the sample."""
    return x


def apply_taps(x: jax.Array, taps: Taps, axis: int, view: View = itself, *, platform: str) -> jax.Array:
    """One pass: ``x`` resampled along ``axis``, in the sum's dtype (``taps.sum_dtype``).

    ``view`` makes a sample of what is read; the dtype is that of samples of its result.
    """
    if taps.is_selection:
        return view(take(x, taps.start, axis))
    ones = tuple(a for a, length in enumerate(x.shape) if length == 1 and a != axis)
    if taps.m == 1 and ones:  # a loop over taps may lay these out elsewhere, and copy the array for it
        before = sum(a < axis for a in ones)
        found = apply_taps(lax.squeeze(x, ones), taps, axis - before, view, platform=platform)
        return lax.expand_dims(found, ones)
    if taps.m == 1 and taps.sums is None and taps.weights.all() and _adds_whole(x, axis, platform):
        return _weighted_sum(x.astype(taps.sum_dtype(x.dtype)), taps, axis)
    vectors = copies_vectors(x.shape, axis)
    turns = turns_of(taps, platform, vectors=vectors)
    return (_by_vectors if vectors else _by_windows)(x, taps, axis, view, turns)


def _by_vectors(x: jax.Array, taps: Taps, axis: int, view: View, turns: int) -> jax.Array:
    columns, along = table(taps, turns), _along(x, axis)

    def terms(index: Array, weights: Array) -> Iterator[jax.Array]:
        # Samples are widened as they are read: before the loop they would be stored wide.
        pairs = zip(index, weights, strict=True)
        return (products(view(take(x, i, axis)), w.reshape(along), taps) for i, w in pairs)

    total = _sum(terms, columns.index, weights_for(x, columns.weights, taps), taps)
    if columns.empty is None:
        return total
    return jnp.where(columns.empty.reshape(along), jnp.zeros((), total.dtype), total)


def _by_windows(x: jax.Array, taps: Taps, axis: int, view: View, turns: int) -> jax.Array:
    found, along = windows(taps, turns), _along(x, axis)
    weights = weights_for(x, found.weights, taps)
    width = weights.shape[1]
    skips = (weights == 0).any(axis=(0, 2)) & (weights.dtype.kind == "f")

    def terms(first: Array, weights: Array) -> Iterator[jax.Array]:
        for k in range(width):
            w = weights[k].reshape(along)
            read = view(take(lax.slice_in_dim(x, k, k + taps.n - width + 1, axis=axis), first, axis))
            yield products(jnp.where(w != 0, read, jnp.zeros((), read.dtype)) if skips[k] else read, w, taps)

    return _sum(terms, found.first, weights, taps)


def _along(x: jax.Array, axis: int) -> tuple[int, ...]:
    """The shape that lets a vector along an axis meet the array."""
    return tuple(-1 if a == axis else 1 for a in range(x.ndim))


def _sum(
    terms: Callable[[Array, Array], Iterator[jax.Array]], index: np.ndarray, weights: np.ndarray, taps: Taps
) -> jax.Array:
    """The terms of all turns, the last first where a library adds them so."""
    # One by one where a library's rounding is to show; else those of a turn among themselves, first.
    one_by_one = taps.sums is not None and taps.sums.apart

    def added(index: Array, weights: Array) -> list[jax.Array]:
        return in_order(list(terms(index, weights)), taps)

    def turn(total: jax.Array, of_turn: tuple[Array, Array]) -> tuple[jax.Array, None]:
        here = added(*of_turn)
        return reduce(operator.add, here, total) if one_by_one else total + reduce(operator.add, here), None

    if len(index) == 1:
        return reduce(operator.add, added(index[0], weights[0]))
    none = jnp.zeros_like(next(terms(index[0], weights[0])))  # lies on a mesh as the terms do
    return lax.scan(turn, none, (index, weights), reverse=_is_backwards(taps))[0]


def in_order(terms: list[jax.Array], taps: Taps) -> list[jax.Array]:
    """Terms from the first tap to the last as they are added: the last first where a library adds them so."""
    return terms[::-1] if _is_backwards(taps) else terms


def _is_backwards(taps: Taps) -> bool:
    return taps.sums is not None and taps.sums.backwards


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


def _adds_whole(x: jax.Array, axis: int, platform: str) -> bool:
    """Whether a single output is best a product of two vectors.

    On a CPU, along the last axis; along others a loop adds contiguous rows and is as fast as reading them.
    """
    return axis == x.ndim - 1 or platform in _ON_GPU


def _weighted_sum(x: jax.Array, taps: Taps, axis: int) -> jax.Array:
    """A single output sample along an axis: the product of its window with its weights."""
    first = int(taps.start[0])
    window = lax.slice_in_dim(x, first, first + taps.support, axis=axis)
    weights = jnp.asarray(taps.weights[0], x.dtype)
    dimensions = (((axis,), (0,)), ((), ()))
    found = lax.dot_general(window, weights, dimensions, precision=lax.Precision.HIGHEST)
    return lax.expand_dims(found, (axis,))
