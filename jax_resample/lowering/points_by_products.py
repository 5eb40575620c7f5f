"""The three programs of `points` as matrix products: each point's weights spread over all pixels of a map.

Matrix units multiply a map's every pixel by a weight, most of them zero, in less time than a gather takes to
find four, as long as the map is small: see ``_MOST_PIXELS`` in ``points_programs.py``. A product multiplies
what it does not read by zero too, so a NaN pixel reaches every point of its image.
"""

from math import prod

import jax
import jax.numpy as jnp
from jax import lax

Vectors = list[jax.Array]


def values(x: jax.Array, weights: Vectors, index: Vectors) -> jax.Array:
    """``(B, P, C)`` from an image, weights, and the taps' indices ``(B, P, K)`` of each axis."""
    spread = _spread(weights, index, x.shape[1:-1])
    pixels = x.reshape(x.shape[0], -1, x.shape[-1]).astype(spread.dtype)
    return _product("bpn,bnc->bpc", spread, pixels)


def image(y: jax.Array, weights: Vectors, index: Vectors, spatial: tuple[int, ...]) -> jax.Array:
    """The adjoint: ``(B, *spatial, C)`` from values ``(B, P, C)``."""
    total = _product("bpn,bpc->bnc", _spread(weights, index, spatial), y)
    return total.reshape(y.shape[0], *spatial, y.shape[-1])


def dots(x: jax.Array, y: jax.Array, index: Vectors) -> jax.Array:
    """``(B, P, K_1 .. K_D)``: the products of every pixel with every value, and of those the taps'."""
    pixels = x.reshape(x.shape[0], -1, x.shape[-1]).astype(y.dtype)
    every = _product("bpc,bnc->bpn", y, pixels).reshape(*y.shape[:2], *x.shape[1:-1])
    for taps, length in zip(index, x.shape[1:-1], strict=True):
        # The first remaining spatial axis is exchanged for its taps, which come last.
        chosen = [_chosen(taps[..., k], length, every) for k in range(taps.shape[-1])]
        every = jnp.stack([jnp.sum(jnp.where(at, every, 0), axis=2) for at in chosen], axis=-1)
    return every.reshape(*y.shape[:2], -1)


def _spread(weights: Vectors, index: Vectors, spatial: tuple[int, ...]) -> jax.Array:
    """Every point's weight of every pixel, ``(B, P, pixels)``."""
    if len(weights) < len(index):
        index, spatial = [_flat(index, spatial)], (prod(spatial),)
    total = jnp.ones((*index[0].shape[:2], 1), weights[0].dtype)
    for w, taps, length in zip(weights, index, spatial, strict=True):
        along = sum(
            (jnp.where(_hits(taps[..., k], length), w[..., k, None], 0) for k in range(taps.shape[-1])),
            start=jnp.zeros((*taps.shape[:2], length), w.dtype),
        )
        total = (total[..., None] * along[..., None, :]).reshape(*total.shape[:2], -1)
    return total


def _flat(index: Vectors, spatial: tuple[int, ...]) -> jax.Array:
    """The pixels ``(B, P, K_1 .. K_D)`` that the tuples of taps read, as if of a single axis."""
    pixels = jnp.zeros((*index[0].shape[:2], 1), jnp.int32)
    for taps, length in zip(index, spatial, strict=True):
        along = pixels[..., :, None] * jnp.int32(length) + taps[..., None, :]
        pixels = along.reshape(*taps.shape[:2], -1)
    return pixels


def _hits(index: jax.Array, length: int) -> jax.Array:
    """``(B, P, length)``: whether a tap reads a sample of its axis."""
    return index[..., None] == lax.broadcasted_iota(jnp.int32, (1, 1, length), 2)


def _chosen(index: jax.Array, length: int, every: jax.Array) -> jax.Array:
    hits = _hits(index, length)
    return hits.reshape(hits.shape + (1,) * (every.ndim - 3))


def _product(equation: str, a: jax.Array, b: jax.Array) -> jax.Array:
    return jnp.einsum(equation, a, b, precision=lax.Precision.HIGHEST)
