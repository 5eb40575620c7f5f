"""The adjoint of sampling without colliding writes: sort by pixel, add in segments, write each pixel once.

On a GPU a scatter adds with atomic operations, in an order that changes from run to run, and so do the last
bits of its sums. Here the order is that of the sorted points, always.
"""

from functools import reduce
from itertools import product
from math import prod

import jax
import jax.numpy as jnp
from jax import lax

from .joint_weights import split_taps, tuple_weights
from .points_by_taps import updates
from .windows import pixel, weighted


def image(
    y: jax.Array, weights: list[jax.Array], index: list[jax.Array], spatial: tuple[int, ...]
) -> jax.Array:
    """``(B, *spatial, C)`` from values ``(B, P, C)``, and indices and weights ``(B, P, K)`` of each axis."""
    places, gains = zip(*updates(y, weights, index), strict=True)
    pixels = jnp.concatenate([pixel(place, spatial) for place in places], axis=1)
    order, ends = _sorted(pixels)
    sums = _segment_sums(_in_order(jnp.concatenate(gains, axis=1), order), ends)
    return _written(sums, pixels, order, ends, prod(spatial)).reshape(y.shape[0], *spatial, y.shape[-1])


def image_of_windows(
    y: jax.Array,
    weights: list[jax.Array],
    start: list[jax.Array],
    support: tuple[int, ...],
    spatial: tuple[int, ...],
) -> jax.Array:
    """The same from the first taps ``(B, P)`` and number of taps of each axis.

    Points are sorted and not their taps. What begins at a pixel is added up for each place in the window, and
    then these images, each moved by its place.
    """
    lengths = tuple(n - k + 1 for n, k in zip(spatial, support, strict=True))
    begins, channels = pixel(start, lengths), y.shape[-1]
    order, ends = _sorted(begins)
    planes = [split_taps(_in_order(w, order)) for w in weights]
    here = _in_order(y, order)
    gains = jnp.stack([weighted(w[..., None], here) for w in tuple_weights(planes)], axis=2)
    sums = _segment_sums(gains.reshape(*begins.shape, -1), ends)
    images = _written(sums, begins, order, ends, prod(lengths))
    images = images.reshape(y.shape[0], *lengths, prod(support), channels)

    def moved(place: int, taps: tuple[int, ...]) -> jax.Array:
        edges = [(k, n - k - m, 0) for k, n, m in zip(taps, spatial, lengths, strict=True)]
        return lax.pad(images[..., place, :], jnp.zeros((), y.dtype), [(0, 0, 0), *edges, (0, 0, 0)])

    return reduce(jnp.add, (moved(*item) for item in enumerate(product(*map(range, support)))))


def _sorted(pixels: jax.Array) -> tuple[jax.Array, jax.Array]:
    """The order ``(B, N)`` that sorts pixels, equal ones as they come, and which are the last of equals."""
    number = lax.broadcasted_iota(jnp.int32, pixels.shape, 1)
    found, order = lax.sort((pixels, number), dimension=1, is_stable=True, num_keys=1)
    return order, jnp.concatenate([found[:, 1:] != found[:, :-1], jnp.ones_like(found[:, :1], bool)], axis=1)


def _in_order(x: jax.Array, order: jax.Array) -> jax.Array:
    return jnp.take_along_axis(x, order[..., None], axis=1, mode="promise_in_bounds")


def _segment_sums(x: jax.Array, ends: jax.Array) -> jax.Array:
    """Running sums along axis 1 of ``(B, N, C)`` that start anew after the end of a segment."""
    begins = jnp.concatenate([jnp.ones_like(ends[:, :1]), ends[:, :-1]], axis=1)

    def add(
        left: tuple[jax.Array, jax.Array], right: tuple[jax.Array, jax.Array]
    ) -> tuple[jax.Array, jax.Array]:
        return left[0] | right[0], jnp.where(right[0], right[1], left[1] + right[1])

    return lax.associative_scan(add, (jnp.broadcast_to(begins[..., None], x.shape), x), axis=1)[1]


def _written(sums: jax.Array, pixels: jax.Array, order: jax.Array, ends: jax.Array, area: int) -> jax.Array:
    """``(B, area, C)`` with the sums at the ends of segments in their pixels."""
    pixels = jnp.take_along_axis(pixels, order, axis=1, mode="promise_in_bounds")
    number = lax.broadcasted_iota(jnp.int32, pixels.shape, 1)
    # All but the last of a segment are written past the end, each somewhere else, which drops them.
    target = jnp.where(ends, pixels, jnp.int32(area) + number)
    dimensions = lax.ScatterDimensionNumbers(
        update_window_dims=(2,),
        inserted_window_dims=(1,),
        scatter_dims_to_operand_dims=(1,),
        operand_batching_dims=(0,),
        scatter_indices_batching_dims=(0,),
    )
    return lax.scatter(
        jnp.zeros((sums.shape[0], area, sums.shape[-1]), sums.dtype),
        target[..., None],
        sums,
        dimensions,
        unique_indices=True,
        mode=lax.GatherScatterMode.FILL_OR_DROP,
    )
