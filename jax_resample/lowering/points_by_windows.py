"""The three programs of `points` where the taps of each axis are neighbours: one window of pixels a point.

They are made for a CPU. Sampling gathers windows whose rows are contiguous numbers. The two adjoint programs
are loops over the points, whose bodies read, or read and write back, one window: XLA compiles such a loop to
machine code without a call in it, while its scatter takes numbers one at a time. The loops run in order, so
that their sums are the same on every run.
"""

from collections.abc import Callable
from math import prod
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

# A sum over channels is made in this many lanes, which a processor adds at once.
_LANES = 8


def weighted(w: jax.Array, v: jax.Array) -> jax.Array:
    """``w * v``, nothing where a weight is zero: what is not read does not spread."""
    return jnp.where(w == 0, jnp.zeros((), v.dtype), w * v)


def values(x: jax.Array, weights: list[jax.Array], start: list[jax.Array]) -> jax.Array:
    """``(B, P, C)`` from an image, weights ``(B, P, K)`` and the first taps ``(B, P)`` of each axis."""
    kind, channels, support = weights[0].dtype, x.shape[-1], [w.shape[-1] for w in weights]
    batch = lax.broadcasted_iota(jnp.int32, start[0].shape, 0)
    place = jnp.stack([batch, *start[:-1], start[-1] * jnp.int32(channels)], axis=-1)
    dimensions = lax.GatherDimensionNumbers(
        offset_dims=tuple(range(2, 2 + len(start))),
        collapsed_slice_dims=(0,),
        start_index_map=tuple(range(1 + len(start))),
    )
    sizes = (1, *support[:-1], support[-1] * channels)
    mode = lax.GatherScatterMode.PROMISE_IN_BOUNDS
    windows = lax.gather(_rows(x), place, dimensions, sizes, mode=mode)

    def total(axis: int, taps: tuple[int, ...]) -> jax.Array:
        if axis == len(start):
            first = taps[-1] * channels
            return windows[(..., *taps[:-1], slice(first, first + channels))].astype(kind)
        terms = (
            weighted(weights[axis][..., k, None], total(axis + 1, (*taps, k))) for k in range(support[axis])
        )
        return _added(terms)

    return total(0, ())


def image(
    y: jax.Array, weights: list[jax.Array], start: list[jax.Array], spatial: tuple[int, ...]
) -> jax.Array:
    """The adjoint: every window of the image gains the weighed value of its point, in order."""
    batch, channels = y.shape[0], y.shape[-1]
    support = tuple(w.shape[-1] for w in weights)
    flat_y, flat_w, place = _by_point(y, weights, start)
    sizes = (1, *support[:-1], support[-1] * channels)

    def add(p: jax.Array, total: jax.Array) -> jax.Array:
        w = _outer([v[p] for v in flat_w])
        update = weighted(w[..., None], jnp.broadcast_to(flat_y[p], (*support, channels)))
        at = place(p)
        window = lax.dynamic_slice(total, at, sizes)
        return lax.dynamic_update_slice(total, window + update.reshape(sizes), at)

    none = jnp.zeros((batch, *spatial[:-1], spatial[-1] * channels), y.dtype)
    return _loop(y, add, none).reshape(batch, *spatial, channels)


def dots(x: jax.Array, y: jax.Array, support: tuple[int, ...], start: list[jax.Array]) -> jax.Array:
    """``(B, P, *support)``: the products of each pixel of a window with the value of its point."""
    channels = x.shape[-1]
    flat_y, _, place = _by_point(y, [], start)
    rows, sizes = _rows(x), (1, *support[:-1], support[-1] * channels)
    lanes = _LANES if channels % _LANES == 0 else 1

    def store(p: jax.Array, done: jax.Array) -> jax.Array:
        window = lax.dynamic_slice(rows, place(p), sizes).astype(y.dtype).reshape(*support, -1, lanes)
        products = window * jnp.broadcast_to(flat_y[p].reshape(-1, lanes), window.shape)
        return lax.dynamic_update_index_in_dim(done, products.sum(axis=-2).sum(axis=-1), p, 0)

    none = jnp.zeros((flat_y.shape[0], *support), y.dtype)
    return _loop(y, store, none).reshape(*y.shape[:2], *support)


def _rows(x: jax.Array) -> jax.Array:
    """``(B, .., n C)``: the channels of neighbours along the last axis follow one another."""
    return x.reshape(*x.shape[:-2], x.shape[-2] * x.shape[-1])


def _by_point(
    y: jax.Array, weights: list[jax.Array], start: list[jax.Array]
) -> tuple[jax.Array, list[jax.Array], Callable[[jax.Array], tuple[Any, ...]]]:
    """Values and weights with one axis of points, and where a point's window begins among the rows."""
    batch, count, channels = y.shape
    corners = [s.reshape(batch * count) for s in start]

    def place(p: jax.Array) -> tuple[Any, ...]:
        *outer, last = (corner[p] for corner in corners)
        return (p // jnp.int32(count), *outer, last * jnp.int32(channels))

    flat = [w.reshape(batch * count, w.shape[-1]) for w in weights]
    return y.reshape(batch * count, channels), flat, place


def _outer(vectors: list[jax.Array]) -> jax.Array:
    """The products of one number of each vector, ``(K_1, .., K_D)``."""
    count = len(vectors)
    shaped = (v.reshape(tuple(-1 if a == b else 1 for b in range(count))) for a, v in enumerate(vectors))
    shape = tuple(v.shape[0] for v in vectors)
    return prod((jnp.broadcast_to(v, shape) for v in shaped), start=jnp.ones(shape, vectors[0].dtype))


def _added(terms: Any) -> jax.Array:
    first, *others = terms
    return sum(others, start=first)


def _loop(y: jax.Array, body: Callable[[jax.Array, jax.Array], jax.Array], start: jax.Array) -> jax.Array:
    """``body(p, result)`` for every point ``p``, in order; ``start`` varies over ``y``'s axes of a mesh."""
    points = lax.convert_element_type(y.shape[0] * y.shape[1], jnp.int32)
    start = start + lax.slice(y, (0, 0, 0), (0, 0, 0)).sum()

    def step(state: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
        return state[0] + jnp.int32(1), body(state[0], state[1])

    return lax.while_loop(lambda state: state[0] < points, step, (jnp.int32(0), start))[1]
