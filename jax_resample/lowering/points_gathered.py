"""Two programs of `points` by gathers, where the taps of each axis are neighbours: for many points at once.

They are made for a CPU. The image is read as one row of numbers, from a tap's place or another channel on, so
that the gathers of a point share one index, which is loaded and checked once. XLA would fuse what comes
before with the gathers and compute it anew for each of them, and gather in the order of what comes after:
they are kept apart.
"""

from collections.abc import Callable, Iterator
from functools import reduce
from itertools import product
from math import prod
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from .apart import apart, in_vectors, stored
from .joint_weights import split_taps, tuple_weights
from .windows import distance, first_pixel, nothing, numbers, weighted

# Windows of up to this many pixels are gathered one by one, which is 2.5 times as fast for 4 x 4 of them; for
# 4 x 4 x 4 rows at once are, by 2, and a shorter program.
_PIXEL_BY_PIXEL = 16


def values_by_pixels(
    x: jax.Array, weights: list[jax.Array], start: list[jax.Array], support: tuple[int, ...]
) -> jax.Array:
    """``(B, P, C)`` from an image, weights, and the first taps ``(B, P)`` and number of taps of each axis.

    One index finds all channels of a pixel, or of a row of a large window.
    """
    kind, channels = weights[0].dtype, x.shape[-1]
    run = 1 if prod(support) <= _PIXEL_BY_PIXEL else support[-1]
    begins = product(*map(range, support[:-1]), range(0, support[-1], run))
    shifts = [distance(x, taps) * channels for taps in begins]

    def gathered(row: jax.Array, place: jax.Array, planes: list[list[jax.Array]]) -> jax.Array:
        runs = _shifted(row, place * jnp.int32(channels), shifts, run * channels)
        pixels = (v[..., k * channels : (k + 1) * channels] for v in runs for k in range(run))
        pairs = zip(tuple_weights(planes), pixels, strict=True)
        total = reduce(jnp.add, (weighted(w[..., None], v.astype(kind)) for w, v in pairs))
        return in_vectors(total, prod(support))

    operands = x.reshape(-1), first_pixel(x, start), [split_taps(w) for w in weights]
    return _in_memory(gathered, (*start[0].shape, channels), kind, *operands)


def values_by_numbers(
    x: jax.Array,
    weights: list[jax.Array],
    start: list[jax.Array],
    support: tuple[int, ...],
    *,
    channels_first: bool,
) -> jax.Array:
    """The same, a number at a time: neighbours in a processor's vectors are neighbouring points of a channel.

    ``channels_first`` says that ``x`` was transposed from ``(B, C, *spatial)``, where its planes still are.
    """
    kind, channels = weights[0].dtype, x.shape[-1]
    row, place, (pixel, channel) = numbers(x, start, channels_first)
    shifts = [distance(x, taps) * pixel for taps in product(*map(range, support))]

    def gathered(row: jax.Array, place: jax.Array, planes: list[list[jax.Array]]) -> jax.Array:
        of_channel = lax.broadcasted_iota(jnp.int32, (1, channels, 1), 1) * jnp.int32(channel)
        read = _shifted(row, place[:, None] + of_channel, shifts)
        pairs = zip(tuple_weights(planes), read, strict=True)
        return reduce(jnp.add, (weighted(w[:, None], v[..., 0].astype(kind)) for w, v in pairs))

    operands = row, place, [split_taps(w) for w in weights]
    if channels == 1:
        # One loop computes places and weights too, where else each of them would be a program of its own.
        return jnp.moveaxis(stored(gathered(*operands)), 1, -1)
    total = _in_memory(gathered, (place.shape[0], channels, place.shape[1]), kind, *operands)
    return jnp.moveaxis(total, 1, -1)


def dots(
    x: jax.Array, y: jax.Array, start: list[jax.Array], support: tuple[int, ...], *, channels_first: bool
) -> jax.Array:
    """``(B, P, K_1 .. K_D)``: the products of each pixel of a window with its point's value ``(B, P, C)``."""
    row, place, (pixel, channel) = numbers(x, start, channels_first)
    of_taps = [distance(x, taps) * pixel for taps in product(*map(range, support))]
    from_first = np.array(of_taps, np.int32).reshape(1, -1, 1)
    shifts = [c * channel for c in range(x.shape[-1])]

    def gathered(row: jax.Array, place: jax.Array, y: jax.Array) -> jax.Array:
        read = _shifted(row, place[:, None] + from_first, shifts)
        return reduce(jnp.add, (v[..., 0].astype(y.dtype) * y[:, c, None] for c, v in enumerate(read)))

    # The taps of one image after another, while it and its values are at hand.
    shape = (place.shape[0], len(of_taps), place.shape[1])
    return jnp.moveaxis(_in_memory(gathered, shape, y.dtype, row, place, jnp.moveaxis(y, -1, 1)), 1, -1)


def _shifted(row: jax.Array, place: jax.Array, shifts: list[int], count: int = 1) -> Iterator[jax.Array]:
    """So many numbers, ``(*place.shape, count)``, at the places shifted; the last shift is the largest."""
    dimensions = lax.GatherDimensionNumbers((place.ndim,), collapsed_slice_dims=(), start_index_map=(0,))
    mode = lax.GatherScatterMode.PROMISE_IN_BOUNDS
    length = row.shape[0] - shifts[-1]
    for shift in shifts:
        shifted = lax.slice_in_dim(row, shift, shift + length)
        yield lax.gather(shifted, place[..., None], dimensions, (count,), mode=mode)


def _in_memory(
    program: Callable[..., jax.Array], shape: tuple[int, ...], kind: Any, row: jax.Array, *operands: Any
) -> jax.Array:
    """``program(row, *operands)``, of this shape and dtype, kept apart from what is around it."""

    def none(row: jax.Array, *_: Any) -> jax.Array:
        return jnp.zeros(shape, kind) + nothing(row).astype(kind)

    return apart(program, none, row, *operands)
