"""Products by blocks: outputs that lie together read inputs that lie together, and multiply only those.

Up to a number of blocks each is a product with a slice of the input. Longer axes make one batched product, so
that the program does not grow with them: of tiles and their neighbours' edges where the lengths' ratio allows
tiles of one size, and else of a stack of slices.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import gcd
from typing import Protocol

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from ..taps import Taps

# Outputs of a block: the width of a TPU's matrix unit; on long axes, to keep the blocks few, up to four.
_OUTPUTS = 128
_MOST_OUTPUTS = 512
_MOST_BLOCKS = 16
# A slab begins and ends where a TPU's registers do: rows of eight float32 or sixteen bfloat16.
_ROWS = 16
_CACHED = 256


class Product(Protocol):
    """A product of weights with an array, at the precision that the caller has chosen."""

    def __call__(self, weights: np.ndarray, x: jax.Array, dimensions: lax.DotDimensionNumbers) -> jax.Array:
        """The product, weights first."""
        ...


@dataclass(frozen=True)
class Block:
    """Outputs that lie together: ``weights @ x[first : first + weights.shape[1]]``."""

    first: int
    weights: np.ndarray

    def slab(self, x: jax.Array, axis: int) -> jax.Array:
        """The inputs that it reads."""
        return lax.slice_in_dim(x, self.first, self.first + self.weights.shape[1], axis=axis)


@dataclass(frozen=True)
class Tiles:
    """Blocks whose slabs follow each other at one distance: a tile each, and edges of its neighbours'.

    Attributes:
      size: samples of a tile.
      before: samples that a block reads of the tile before its own.
      after: samples that it reads of the tile after.
      weights: ``(tiles, outputs, before + size + after)``.
    """

    size: int
    before: int
    after: int
    weights: np.ndarray


def apply_blocks(x: jax.Array, taps: Taps, axis: int, product: Product) -> jax.Array:
    """One pass: ``x`` resampled along ``axis`` by blocks."""
    if taps.m <= _MOST_BLOCKS * _MOST_OUTPUTS:
        along = (((1,), (axis,)), ((), ()))
        parts = [product(one.weights, one.slab(x, axis), along) for one in blocks(taps)]
        return jnp.moveaxis(jnp.concatenate(parts), 0, axis)
    return apply_batched(x, taps, axis, product)


def apply_batched(x: jax.Array, taps: Taps, axis: int, product: Product) -> jax.Array:
    """The same as one product, of tiles or else of slabs, however long the axis is."""
    found = tiles(taps)
    slabs, weights = stacked(x, taps, axis) if found is None else (_tiled(x, found, axis), found.weights)
    return batched(slabs, weights, taps.m, axis, product)


def batched(slabs: jax.Array, weights: np.ndarray, m: int, axis: int, product: Product) -> jax.Array:
    """The first ``m`` outputs of blocks whose slabs are an axis after the one that counts blocks."""
    blocked = product(weights, slabs, (((2,), (axis + 1,)), ((0,), (axis,))))
    flat = blocked.reshape(weights.shape[0] * weights.shape[1], *slabs.shape[:axis], *slabs.shape[axis + 2 :])
    return jnp.moveaxis(flat[:m], 0, axis)


@lru_cache(maxsize=_CACHED)
def blocks(taps: Taps) -> tuple[Block, ...]:
    """Blocks of outputs, at most 16 on the axes that are not long."""
    outputs = -(-taps.m // (_MOST_BLOCKS * _OUTPUTS)) * _OUTPUTS
    begin, end = _reach(taps, outputs)
    begin, end = begin // _ROWS * _ROWS, np.minimum(-(-end // _ROWS) * _ROWS, taps.n)
    row, column, value = taps.entries()
    block = row // outputs
    found = []
    for number, (first, last) in enumerate(zip(begin.tolist(), end.tolist(), strict=True)):
        here = block == number
        weights = np.zeros((min(outputs, taps.m - number * outputs), last - first), taps.weights.dtype)
        weights[row[here] - number * outputs, column[here] - first] = value[here]
        found.append(Block(first, weights))
    return tuple(found)


@lru_cache(maxsize=_CACHED)
def tiles(taps: Taps) -> Tiles | None:
    """Tiles for blocks of about 512 outputs, or None where none of that size read whole tiles alike."""
    unit = taps.m // gcd(taps.n, taps.m)
    outputs = max(1, round(_MOST_OUTPUTS / unit)) * unit
    size = outputs * taps.n // taps.m
    row, column, value = taps.entries()
    block = row // outputs
    before = max(0, int((block * size - column).max(initial=0)))
    after = max(0, int((column + 1 - (block + 1) * size).max(initial=0)))
    if outputs > 2 * _MOST_OUTPUTS or max(before, after) > size:
        return None
    weights = np.zeros((-(-taps.m // outputs), outputs, before + size + after), taps.weights.dtype)
    weights[block, row % outputs, column - (block * size - before)] = value
    return Tiles(size, before, after, weights)


def _tiled(x: jax.Array, found: Tiles, axis: int) -> jax.Array:
    """The slabs of tiles, as an axis after the one that counts tiles; beyond the ends there are zeros."""
    count = len(found.weights)
    edges = [(0, count * found.size - x.shape[axis], 0) if a == axis else (0, 0, 0) for a in range(x.ndim)]
    zero = jnp.zeros((), x.dtype)
    own = lax.pad(x, zero, edges).reshape(*x.shape[:axis], count, found.size, *x.shape[axis + 1 :])

    def neighbour(begin: int, end: int, step: int) -> jax.Array:
        part = lax.slice_in_dim(own, begin, end, axis=axis + 1)
        return lax.pad(part, zero, [(step, -step, 0) if a == axis else (0, 0, 0) for a in range(own.ndim)])

    before = neighbour(found.size - found.before, found.size, 1)
    return jnp.concatenate([before, own, neighbour(0, found.after, -1)], axis + 1)


def stacked(x: jax.Array, taps: Taps, axis: int) -> tuple[jax.Array, np.ndarray]:
    """The slabs of blocks, cut one by one, and their weights."""
    first, weights = slabs(taps, _MOST_OUTPUTS)
    length = weights.shape[2]
    parts = [lax.slice_in_dim(x, start, start + length, axis=axis) for start in first.tolist()]
    return jnp.stack(parts, axis), weights


@lru_cache(maxsize=_CACHED)
def slabs(taps: Taps, outputs: int = _OUTPUTS) -> tuple[np.ndarray, np.ndarray]:
    """First input of each block's slab, and weights ``(blocks, outputs, slab)``: all slabs of one length."""
    first, last = _reach(taps, outputs)
    length = min(taps.n, -(-int((last - first).max()) // _ROWS) * _ROWS)
    first = np.minimum(first, taps.n - length)
    row, column, value = taps.entries()
    block = row // outputs
    weights = np.zeros((len(first), outputs, length), taps.weights.dtype)
    weights[block, row % outputs, column - first[block]] = value
    return first, weights


def _reach(taps: Taps, outputs: int) -> tuple[np.ndarray, np.ndarray]:
    """The first input that each block reads, and the one after the last; a block without any is given one."""
    row, column, _ = taps.entries()
    block = row // outputs
    count = -(-taps.m // outputs)
    first, last = np.full(count, taps.n - 1), np.zeros(count, np.int64)
    np.minimum.at(first, block, column)
    np.maximum.at(last, block, column)
    return np.minimum(first, last), last + 1
