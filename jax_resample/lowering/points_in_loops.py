"""The two adjoint programs of `points` where the taps of each axis are neighbours: loops over the points.

They are made for a CPU. Each step reads, or reads and writes back, one window: XLA makes such a loop machine
code without a call in it, while its scatter takes numbers one at a time. The loops run in order, so that
their sums are the same on every run.
"""

from collections.abc import Callable
from functools import partial
from itertools import product
from math import prod

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from .joint_weights import split_taps, tuple_weights
from .windows import distance, first_pixel, nothing, weighted

# Places without a sign, of which nobody asks whether they count from the end.
_INDEX = np.uint32
# A sum over channels is made in this many lanes, which a processor adds at once.
_LANES = 4
# The image gains up to this many taps of up to this many channels one by one.
_MOST_TAPS, _MOST_CHANNELS = 8, 8
# Channels that are one axis with the pixels of a row; 6 x 6 taps of 3 take 27 ns a point, and 267 apart.
_MOST_IN_A_ROW = 7
# XLA compiles loops over windows of up to about so many bytes; each step of others is a few calls, of which
# several points share those that count. Beyond eight calls it would hand them to other threads.
_MOST_BYTES, _POINTS_A_STEP = 400, 4


def image(
    y: jax.Array,
    weights: list[jax.Array],
    start: list[jax.Array],
    support: tuple[int, ...],
    spatial: tuple[int, ...],
) -> jax.Array:
    """The adjoint: every window of the image gains the weighed value of its point, in order."""
    batch, channels = y.shape[0], y.shape[-1]
    few = prod(support) <= _MOST_TAPS and channels <= _MOST_CHANNELS
    add = _add_taps if few else _add_window
    none = jnp.zeros((batch, *spatial, channels), y.dtype)
    return add(none, y.reshape(-1, channels), weights, start, support).reshape(none.shape)


def _add_taps(
    x: jax.Array, y: jax.Array, weights: list[jax.Array], start: list[jax.Array], support: tuple[int, ...]
) -> jax.Array:
    """Pixel by pixel, with the weights of one tap as they were computed, many points in a row."""
    channels = x.shape[-1]
    first = first_pixel(x, start).astype(_INDEX).reshape(-1)
    planes = [[plane.reshape(-1) for plane in split_taps(w)] for w in weights]
    places = [distance(x, taps) for taps in product(*map(range, support))]

    def add(p: jax.Array, total: jax.Array) -> jax.Array:
        value, begin = _row(y, p)[None], _row(first, p)
        tuples = tuple_weights([[_row(w, p) for w in taps] for taps in planes])
        for place, w in zip(places, tuples, strict=True):
            at = (begin + _INDEX(place), _INDEX(0))
            pixel = lax.dynamic_slice(total, at, (1, channels))
            total = lax.dynamic_update_slice(total, pixel + weighted(w, value), at)
        return total

    return _loop(y.shape[0], add, x.reshape(-1, channels), y, prod(support) * channels)


def _add_window(
    x: jax.Array, y: jax.Array, weights: list[jax.Array], start: list[jax.Array], support: tuple[int, ...]
) -> jax.Array:
    """All pixels of a window at once."""
    channels = x.shape[-1]
    flat_w = [w.reshape(-1, w.shape[-1]) for w in weights]
    images, corners, size = _windows(x, start, support)
    ones = tuple(1 for _ in support)

    def add(p: jax.Array, total: jax.Array) -> jax.Array:
        w = _outer([_row(v, p) for v in flat_w]).reshape(*support, 1)
        gain = weighted(w, _row(y, p).reshape(*ones, channels)).reshape(size)
        at = [_row(c, p) for c in corners]
        return lax.dynamic_update_slice(total, lax.dynamic_slice(total, at, size) + gain, at)

    return _loop(y.shape[0], add, images, y, prod(size))


def dots(x: jax.Array, y: jax.Array, start: list[jax.Array], support: tuple[int, ...]) -> jax.Array:
    """``(B, P, K_1 .. K_D)``: the products of each pixel of a window with the value of its point."""
    channels, taps = x.shape[-1], prod(support)
    flat_y = y.reshape(-1, channels)
    images, corners, size = _windows(x, start, support)
    lanes = _LANES if channels % _LANES == 0 else 1

    def store(p: jax.Array, done: jax.Array) -> jax.Array:
        window = lax.dynamic_slice(images, [_row(c, p) for c in corners], size)
        products = window.astype(y.dtype).reshape(taps, -1, lanes) * _row(flat_y, p).reshape(1, -1, lanes)
        return lax.dynamic_update_index_in_dim(done, products.sum(axis=1).sum(axis=-1), p, 0)

    none = jnp.zeros((flat_y.shape[0], taps), y.dtype)
    return _loop(flat_y.shape[0], store, none, y, prod(size)).reshape(*y.shape[:2], -1)


def _windows(
    x: jax.Array, start: list[jax.Array], support: tuple[int, ...]
) -> tuple[jax.Array, list[jax.Array], tuple[int, ...]]:
    """Images one after the other along their first axis, where in them windows begin, and a window's size.

    Few channels are one axis with the pixels of a row, whose numbers are neighbours; of more the compiler
    would have to find pixel and channel by division.
    """
    batch, *spatial, channels = x.shape
    image = lax.broadcasted_iota(jnp.int32, start[0].shape, 0)
    first = image * jnp.int32(spatial[0]) + start[0]
    corners = [c.astype(_INDEX).reshape(-1) for c in (first, *start[1:])]
    lengths = (batch * spatial[0], *spatial[1:])
    if channels <= _MOST_IN_A_ROW:
        *outer, last = corners
        images = x.reshape(*lengths[:-1], lengths[-1] * channels)
        return images, [*outer, last * _INDEX(channels)], (*support[:-1], support[-1] * channels)
    return x.reshape(*lengths, channels), [*corners, jnp.zeros_like(corners[0])], (*support, channels)


def _row(x: jax.Array, p: jax.Array) -> jax.Array:
    return lax.dynamic_index_in_dim(x, p, keepdims=False)


def _outer(vectors: list[jax.Array]) -> jax.Array:
    """The products of one number of each vector, with an axis for each."""
    count = len(vectors)
    shaped = (v.reshape(tuple(-1 if a == b else 1 for b in range(count))) for a, v in enumerate(vectors))
    shape = tuple(v.shape[0] for v in vectors)
    return prod((jnp.broadcast_to(v, shape) for v in shaped), start=jnp.ones(shape, vectors[0].dtype))


def _loop(
    points: int,
    body: Callable[[jax.Array, jax.Array], jax.Array],
    start: jax.Array,
    like: jax.Array,
    window: int,
) -> jax.Array:
    """``body(p, result)`` for every point ``p``, in order; varies over a mesh as ``like`` does.

    A step takes several points if windows, of so many numbers, are large; another loop takes those left over.
    """
    count, none = lax.convert_element_type(points, _INDEX), nothing(like)
    p, total = none.astype(_INDEX), start + none
    for size in (_POINTS_A_STEP, 1) if window * start.dtype.itemsize > _MOST_BYTES else (1,):
        step = partial(_step, body, size=_INDEX(size), count=count)
        p, total, _ = lax.while_loop(lambda state: state[2], step, (p, total, p + _INDEX(size) <= count))
    return total


def _step(
    body: Callable[[jax.Array, jax.Array], jax.Array],
    state: tuple[jax.Array, jax.Array, jax.Array],
    *,
    size: np.uint32,
    count: jax.Array,
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Some points, the next one, and whether there are as many left."""
    p, total, _ = state
    for k in range(size):
        total = body(p + _INDEX(k), total)
    p = p + size + _zero_after(total)
    return p, total, p + size <= count


def _zero_after(x: jax.Array) -> jax.Array:
    """Zero, of which XLA does not know before ``x`` is there. The compiler of the machine's code does.

    Without it XLA copies the counter in each step, for fear that the next is there before this was used.
    """
    number = lax.slice(x, (0,) * x.ndim, (1,) * x.ndim).reshape(())
    width = 8 * x.dtype.itemsize
    bits = lax.bitcast_convert_type(number, jnp.dtype(f"uint{width}"))
    return (lax.population_count(bits) > width).astype(_INDEX)
