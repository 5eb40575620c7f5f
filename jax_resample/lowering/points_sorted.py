"""The adjoint of sampling without colliding writes: sort by pixel, add in segments, write each pixel once.

On a GPU a scatter adds with atomic operations, in an order that changes from run to run, and so do the last
bits of its sums. Here the order is that of the sorted points, always.
"""

from math import prod

import jax
import jax.numpy as jnp
from jax import lax

from .points_by_taps import updates


def image(
    y: jax.Array, weights: list[jax.Array], index: list[jax.Array], spatial: tuple[int, ...]
) -> jax.Array:
    """``(B, *spatial, C)`` from values ``(B, P, C)``, and indices and weights ``(B, P, K)`` of each axis."""
    batch, channels, area = y.shape[0], y.shape[-1], prod(spatial)
    gains, pixels = [], []
    for place, update in updates(y, weights, index):
        flat = place[0]
        for n, i in zip(spatial[1:], place[1:], strict=True):
            flat = flat * jnp.int32(n) + i
        pixels.append(flat)
        gains.append(update)
    # Batches are apart, so that a pixel's number stays small.
    pixel, gain = jnp.concatenate(pixels, axis=1), jnp.concatenate(gains, axis=1)
    number = lax.broadcasted_iota(jnp.int32, pixel.shape, 1)
    pixel, order = lax.sort((pixel, number), dimension=1, is_stable=True, num_keys=1)
    gain = jnp.take_along_axis(gain, order[..., None], axis=1, mode="promise_in_bounds")
    ends = jnp.concatenate([pixel[:, 1:] != pixel[:, :-1], jnp.ones_like(pixel[:, :1], bool)], axis=1)
    begins = jnp.concatenate([jnp.ones_like(ends[:, :1]), ends[:, :-1]], axis=1)
    total = _segment_sums(gain, begins)
    # All but the last of a segment are written past the end, each somewhere else, which drops them.
    target = jnp.where(ends, pixel, jnp.int32(area) + number)
    dimensions = lax.ScatterDimensionNumbers(
        update_window_dims=(2,),
        inserted_window_dims=(1,),
        scatter_dims_to_operand_dims=(1,),
        operand_batching_dims=(0,),
        scatter_indices_batching_dims=(0,),
    )
    none = jnp.zeros((batch, area, channels), y.dtype)
    written = lax.scatter(
        none,
        target[..., None],
        total,
        dimensions,
        unique_indices=True,
        mode=lax.GatherScatterMode.FILL_OR_DROP,
    )
    return written.reshape(batch, *spatial, channels)


def _segment_sums(x: jax.Array, begins: jax.Array) -> jax.Array:
    """Running sums along axis 1 that start anew where a segment begins."""

    def add(
        left: tuple[jax.Array, jax.Array], right: tuple[jax.Array, jax.Array]
    ) -> tuple[jax.Array, jax.Array]:
        return left[0] | right[0], jnp.where(right[0], right[1], left[1] + right[1])

    return lax.associative_scan(add, (jnp.broadcast_to(begins[..., None], x.shape), x), axis=1)[1]
