"""The three programs of `points` where the taps of each axis are neighbours: one window of pixels a point.

They are made for a CPU. Sampling gathers a window pixel by pixel, or by rows where it is large. The two
adjoint programs are loops over the points, whose bodies read, or read and write back, one window: XLA makes
such a loop machine code without a call in it, while its scatter takes numbers one at a time. The loops run
in order, so that their sums are the same on every run.
"""

from collections.abc import Callable
from functools import reduce
from itertools import product
from math import prod

import jax
import jax.numpy as jnp
from jax import lax

from .apart import apart
from .windows import distance, first_pixel, nothing, weighted

# A sum over channels is made in this many lanes, which a processor adds at once.
_LANES = 8
# Windows of up to this many pixels are gathered one by one, which is 2.5 times as fast for 4 x 4 of them; for
# 4 x 4 x 4 rows at once are, by 2, and a shorter program.
_PIXEL_BY_PIXEL = 16


def values(x: jax.Array, weights: list[jax.Array], start: list[jax.Array]) -> jax.Array:
    """``(B, P, C)`` from an image, weights ``(B, P, K)`` and the first taps ``(B, P)`` of each axis.

    XLA would fuse what comes before with the gathers and compute it anew for every channel and tap, and
    gather in the order of what comes after. The weights enter tap by tap, since the gathers read those of one
    tap for many points.
    """
    shape = (*start[0].shape, x.shape[-1])
    kind = weights[0].dtype

    def none(x: jax.Array, first: jax.Array, planes: list[list[jax.Array]]) -> jax.Array:
        return jnp.zeros(shape, kind) + nothing(x).astype(kind)

    planes = [[w[..., k] for k in range(w.shape[-1])] for w in weights]
    return apart(_values, none, x, first_pixel(x, start), planes)


def _values(x: jax.Array, first: jax.Array, planes: list[list[jax.Array]]) -> jax.Array:
    """Gathers of runs of pixels, from the image shifted by a run's place in the window.

    All of them then share their indices, which a compiler loads and checks once.
    """
    kind, channels, support = planes[0][0].dtype, x.shape[-1], tuple(len(w) for w in planes)
    dimensions = lax.GatherDimensionNumbers(offset_dims=(2,), collapsed_slice_dims=(), start_index_map=(0,))
    mode = lax.GatherScatterMode.PROMISE_IN_BOUNDS
    flat, place = x.reshape(-1), first[..., None] * jnp.int32(channels)
    run = 1 if prod(support) <= _PIXEL_BY_PIXEL else support[-1]
    length = flat.shape[0] - distance(x, (*(k - 1 for k in support[:-1]), support[-1] - run)) * channels
    terms = []
    for *outer, begin in product(*map(range, support[:-1]), range(0, support[-1], run)):
        shift = distance(x, (*outer, begin)) * channels
        shifted = lax.slice_in_dim(flat, shift, shift + length)
        pixels = lax.gather(shifted, place, dimensions, (run * channels,), mode=mode)
        for k in range(run):
            pixel = pixels[..., k * channels : (k + 1) * channels].astype(kind)
            w = reduce(jnp.multiply, (w[t] for t, w in zip((*outer, begin + k), planes, strict=True)))
            terms.append(weighted(w[..., None], pixel))
    return reduce(jnp.add, terms)


def image(
    y: jax.Array, weights: list[jax.Array], start: list[jax.Array], spatial: tuple[int, ...]
) -> jax.Array:
    """The adjoint: every window of the image gains the weighed value of its point, in order."""
    batch, channels = y.shape[0], y.shape[-1]
    support = tuple(w.shape[-1] for w in weights)
    none = jnp.zeros((batch, *spatial, channels), y.dtype)
    flat_y = y.reshape(-1, channels)
    flat_w = [w.reshape(-1, w.shape[-1]) for w in weights]
    corners = [c.reshape(-1) for c in _corners(none, start)]
    sizes = _window(support, channels)

    def add(p: jax.Array, total: jax.Array) -> jax.Array:
        w = _outer([v[p] for v in flat_w])
        update = weighted(w[..., None], jnp.broadcast_to(flat_y[p], (*support, channels)))
        at = [c[p] for c in corners]
        window = lax.dynamic_slice(total, at, sizes)
        return lax.dynamic_update_slice(total, window + update.reshape(sizes), at)

    return _loop(y, add, _rows(none)).reshape(none.shape)


def dots(x: jax.Array, y: jax.Array, support: tuple[int, ...], start: list[jax.Array]) -> jax.Array:
    """``(B, P, *support)``: the products of each pixel of a window with the value of its point."""
    channels = x.shape[-1]
    rows, sizes, flat_y = _rows(x), _window(support, channels), y.reshape(-1, channels)
    corners = [c.reshape(-1) for c in _corners(x, start)]
    lanes = _LANES if channels % _LANES == 0 else 1

    def store(p: jax.Array, done: jax.Array) -> jax.Array:
        window = lax.dynamic_slice(rows, [c[p] for c in corners], sizes)
        window = window.astype(y.dtype).reshape(*support, -1, lanes)
        products = window * jnp.broadcast_to(flat_y[p].reshape(-1, lanes), window.shape)
        return lax.dynamic_update_index_in_dim(done, products.sum(axis=-2).sum(axis=-1), p, 0)

    none = jnp.zeros((flat_y.shape[0], *support), y.dtype)
    return _loop(y, store, none).reshape(*y.shape[:2], *support)


def _rows(x: jax.Array) -> jax.Array:
    """The image with its batch in the first axis and its channels in the last: ``(B n_1, .., n_D C)``.

    A single spatial axis cannot be both and leaves the batch apart: ``(B, n C)``.
    """
    batch, *spatial, channels = x.shape
    if len(spatial) == 1:
        return x.reshape(batch, spatial[0] * channels)
    return x.reshape(batch * spatial[0], *spatial[1:-1], spatial[-1] * channels)


def _window(support: tuple[int, ...], channels: int) -> tuple[int, ...]:
    """The shape of a point's window among the `_rows`."""
    outer = support[:-1] or (1,)
    return (*outer, support[-1] * channels)


def _corners(x: jax.Array, start: list[jax.Array]) -> list[jax.Array]:
    """Where a point's window begins among the `_rows`, ``(B, P)`` each."""
    batch = lax.broadcasted_iota(jnp.int32, start[0].shape, 0)
    last = start[-1] * jnp.int32(x.shape[-1])
    return (
        [batch, last] if len(start) == 1 else [batch * jnp.int32(x.shape[1]) + start[0], *start[1:-1], last]
    )


def _outer(vectors: list[jax.Array]) -> jax.Array:
    """The products of one number of each vector, ``(K_1, .., K_D)``."""
    count = len(vectors)
    shaped = (v.reshape(tuple(-1 if a == b else 1 for b in range(count))) for a, v in enumerate(vectors))
    shape = tuple(v.shape[0] for v in vectors)
    return prod((jnp.broadcast_to(v, shape) for v in shaped), start=jnp.ones(shape, vectors[0].dtype))


def _loop(y: jax.Array, body: Callable[[jax.Array, jax.Array], jax.Array], start: jax.Array) -> jax.Array:
    """``body(p, result)`` for every point ``p``, in order; ``start`` varies over ``y``'s axes of a mesh."""
    points = lax.convert_element_type(y.shape[0] * y.shape[1], jnp.int32)
    start = start + nothing(y)

    def step(state: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
        return state[0] + jnp.int32(1), body(state[0], state[1])

    return lax.while_loop(lambda state: state[0] < points, step, (jnp.int32(0), start))[1]
