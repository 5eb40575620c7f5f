"""Windows of neighbouring pixels in an image: where they lie, and how their pixels are weighed."""

from math import prod

import jax
import jax.numpy as jnp
from jax import lax


def weighted(w: jax.Array, v: jax.Array) -> jax.Array:
    """``w * v``, nothing where a weight is zero: what is not read does not spread."""
    return jnp.where(w == 0, jnp.zeros((), v.dtype), w * v)


def pixel(index: list[jax.Array], lengths: tuple[int, ...]) -> jax.Array:
    """A pixel's number in an image or a batch, from its index along each axis."""
    flat = index[0]
    for n, i in zip(lengths[1:], index[1:], strict=True):
        flat = flat * jnp.int32(n) + i
    return flat


def first_pixel(x: jax.Array, start: list[jax.Array]) -> jax.Array:
    """The first pixel of each point's window, ``(B, P)``, in the order in which the whole batch is stored."""
    image = lax.broadcasted_iota(jnp.int32, start[0].shape, 0)
    return pixel([image, *start], x.shape[:-1])


def distance(x: jax.Array, taps: tuple[int, ...]) -> int:
    """Pixels from the first of a window to the one with these taps."""
    place = 0
    for length, k in zip(x.shape[1:-1], taps, strict=True):
        place = place * length + k
    return place


def are_countable(x: jax.Array) -> bool:
    """Whether int32, as all places are, can count an image's numbers; a symbolic length counts as one."""
    return prod(n for n in x.shape if isinstance(n, int)) <= jnp.iinfo(jnp.int32).max


def numbers(
    x: jax.Array, first: list[jax.Array], channels_first: bool
) -> tuple[jax.Array, jax.Array, tuple[int, int]]:
    """The image's numbers as they are stored, the place of each point's first one, and two distances.

    These are of neighbours along the last spatial axis, and of channels. ``channels_first`` says that ``x``
    was transposed from ``(B, C, *spatial)``, where its planes still are.
    """
    channels, spatial = x.shape[-1], prod(x.shape[1:-1])
    if not channels_first:
        return x.reshape(-1), first_pixel(x, first) * jnp.int32(channels), (channels, 1)
    # The images of a batch lie as far apart as in any order.
    image = lax.broadcasted_iota(jnp.int32, first[0].shape, 0)
    place = first_pixel(x, first) + image * jnp.int32((channels - 1) * spatial)
    return jnp.moveaxis(x, -1, 1).reshape(-1), place, (1, spatial)


def nothing(x: jax.Array) -> jax.Array:
    """Zero, varying over the axes of a mesh over which ``x`` varies."""
    return lax.slice(x, (0,) * x.ndim, (0,) * x.ndim).sum()
