"""Pixels of three or four bytes as vectors of four lanes: an instruction then reads or weighs a whole pixel.

For a CPU, and for long sums along rows of pixels of 8-bit channels. Four bytes are read where a pixel begins,
and what the fourth lane adds up, of the next pixels' first channels, is left out in the end. A row's last
pixel has no next one, so windows that reach it are read a byte earlier, and their first lane is left out.
"""

import operator
from functools import reduce
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from ..taps import Taps
from .apart import apart, lengthened, unknown_zero
from .gather import in_order, products, weights_for, windows
from .packed import of_bytes

_LANES = 4
# LLVM writes the loop over lanes out, number by number, where a pixel takes fewer instructions than this, of
# which a tap is so many by its count; of 22 taps it needs 4 more, of 18 some 20, of 12 some 50.
_WRITTEN_OUT, _OF_A_TAP = 118, 5
# With fewer taps words are as fast, and more than so many make a long program.
_FEWEST_TAPS, _MOST_TAPS = 18, 128


def takes(x: jax.Array, taps: Taps, axis: int, kind: Any) -> bool:
    """Whether a pass stores bytes and runs along rows of such pixels, which are longer than a window."""
    if axis != x.ndim - 2 or x.shape[-1] not in (_LANES - 1, _LANES):
        return False
    return of_bytes(x, taps, kind) and _FEWEST_TAPS <= taps.support <= _MOST_TAPS and taps.support < taps.n


def resample_rows(x: jax.Array, taps: Taps, kind: Any) -> jax.Array:
    """``(rows, n, C)`` to ``(rows, m, C)``, bytes in memory."""
    found, sums, (rows, _, channels) = windows(taps), taps.sums, x.shape
    assert sums is not None, taps
    spare, shape = _LANES - channels, (rows, taps.m, _LANES)
    reaches_end = found.first[0] == taps.n - taps.support
    place = (found.first[0] * channels - spare * reaches_end).astype(np.int32)
    # Weights that XLA does not know stay one array: of known ones it makes an array for each tap.
    weights = weights_for(x, found.weights[0].T, taps)
    weights = jnp.asarray(weights) + unknown_zero().astype(weights.dtype)

    def run(x: jax.Array, weights: jax.Array) -> jax.Array:
        return sums.finish(_weighted_sum(x, weights, place, taps), kind).reshape(shape)

    def other(x: jax.Array, weights: jax.Array) -> jax.Array:
        return jnp.broadcast_to(weights[:, :1].astype(jnp.uint8), shape)

    def pixels(lanes: jax.Array) -> jax.Array:
        return jnp.where(reaches_end[None, :, None], lanes[..., spare:], lanes[..., :channels])

    lanes = apart(run, other, x, weights)
    return apart(pixels, lambda lanes: lanes[..., :channels], lanes) if spare else lanes


def _weighted_sum(x: jax.Array, weights: jax.Array, place: np.ndarray, taps: Taps) -> jax.Array:
    """``(1, rows, m, 4)`` from weights ``(m, K)`` and where in a row of numbers each window begins."""
    rows, n, channels = x.shape
    numbers, sizes = x.reshape(1, rows, n * channels), (1, rows, _LANES)
    dimensions = lax.GatherDimensionNumbers((0, 1, 3), collapsed_slice_dims=(), start_index_map=(2,))
    mode = lax.GatherScatterMode.PROMISE_IN_BOUNDS
    length = (n - taps.support + 1) * channels
    terms = []
    for k in range(taps.support):
        shifted = lax.slice_in_dim(numbers, k * channels, k * channels + length, axis=2)
        read = lax.gather(shifted, place[:, None], dimensions, sizes, mode=mode)
        terms.append(products(read, weights[None, None, :, k, None], taps))
    total = reduce(operator.add, in_order(terms, taps))
    return lengthened(total, _WRITTEN_OUT - _OF_A_TAP * taps.support)
