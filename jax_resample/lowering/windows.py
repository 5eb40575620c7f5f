"""Windows of neighbouring pixels in an image: where they lie, and how their pixels are weighed."""

import jax
import jax.numpy as jnp
from jax import lax


def weighted(w: jax.Array, v: jax.Array) -> jax.Array:
    """``w * v``, nothing where a weight is zero: what is not read does not spread."""
    return jnp.where(w == 0, jnp.zeros((), v.dtype), w * v)


def first_pixel(x: jax.Array, start: list[jax.Array]) -> jax.Array:
    """The first pixel of each point's window, ``(B, P)``, in the order in which the whole batch is stored."""
    place = lax.broadcasted_iota(jnp.int32, start[0].shape, 0)
    for length, first in zip(x.shape[1:-1], start, strict=True):
        place = place * jnp.int32(length) + first
    return place


def distance(x: jax.Array, taps: tuple[int, ...]) -> int:
    """Pixels from the first of a window to the one with these taps."""
    place = 0
    for length, k in zip(x.shape[1:-1], taps, strict=True):
        place = place * length + k
    return place


def nothing(x: jax.Array) -> jax.Array:
    """Zero, varying over the axes of a mesh over which ``x`` varies."""
    return lax.slice(x, (0,) * x.ndim, (0,) * x.ndim).sum()
