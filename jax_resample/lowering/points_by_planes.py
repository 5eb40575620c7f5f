"""Sampling where the taps of each axis are neighbours, for many points at once.

The program is made for a CPU. The image is read as one row of numbers, shifted by a tap's place, so that all
gathers of a point share one index, which is loaded and checked once. Neighbouring points are neighbours in
whatever else is read or written, and a processor's vectors hold as many of them.
"""

from functools import reduce
from itertools import product
from math import prod

import jax
import jax.numpy as jnp
from jax import lax

from .apart import apart
from .windows import distance, first_pixel, nothing, weighted


def values(
    x: jax.Array, weights: list[jax.Array], start: list[jax.Array], *, channels_first: bool
) -> jax.Array:
    """``(B, P, C)`` from an image, weights ``(B, P, K)`` and the first taps ``(B, P)`` of each axis.

    ``channels_first`` says that ``x`` was transposed from ``(B, C, *spatial)``, where its planes still are.
    """
    kind, spatial, channels = weights[0].dtype, prod(x.shape[1:-1]), x.shape[-1]
    shape = (start[0].shape[0], channels, start[0].shape[1])
    # Numbers from one pixel to the next along the last axis, and from one channel to the next.
    pixel, channel = (1, spatial) if channels_first else (channels, 1)
    support = [range(w.shape[-1]) for w in weights]
    shifts = [distance(x, taps) * pixel for taps in product(*support)]

    def gathered(numbers: jax.Array, first: jax.Array, planes: list[list[jax.Array]]) -> jax.Array:
        place = first[:, None] + lax.broadcasted_iota(jnp.int32, (1, channels, 1), 1) * jnp.int32(channel)
        dimensions = lax.GatherDimensionNumbers((), collapsed_slice_dims=(0,), start_index_map=(0,))
        mode = lax.GatherScatterMode.PROMISE_IN_BOUNDS
        length = numbers.shape[0] - shifts[-1]
        terms = []
        for shift, w in zip(shifts, product(*planes), strict=True):
            shifted = lax.slice_in_dim(numbers, shift, shift + length)
            found = lax.gather(shifted, place[..., None], dimensions, (1,), mode=mode)
            terms.append(weighted(reduce(jnp.multiply, w)[:, None], found.astype(kind)))
        return reduce(jnp.add, terms)

    def none(numbers: jax.Array, first: jax.Array, planes: list[list[jax.Array]]) -> jax.Array:
        return jnp.zeros(shape, kind) + nothing(numbers).astype(kind)

    planes = [[w[..., k] for k in taps] for w, taps in zip(weights, support, strict=True)]
    numbers = (jnp.moveaxis(x, -1, 1) if channels_first else x).reshape(-1)
    first = first_pixel(x, start) * jnp.int32(pixel)
    if channels_first:  # the images of a batch lie as far apart as in any order
        image = lax.broadcasted_iota(jnp.int32, first.shape, 0)
        first = first + image * jnp.int32((channels - 1) * spatial)
    return jnp.moveaxis(apart(gathered, none, numbers, first, planes), 1, -1)
