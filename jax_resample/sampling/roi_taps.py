"""What regions of interest read: the taps of grids of samples in boxes, and their sums.

A box's samples lie on a grid, so that each axis has its own coordinates and taps, and all boxes and axes meet
the image in one gather.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from itertools import product
from math import prod
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from .. import dtypes
from ..arithmetic import opaque
from ..lowering.points import gather_points
from .term_by_term import accumulate


class Grid(NamedTuple):
    """The sampling grids of all boxes; each array is ``(*count, D)``, axes in the order of the image.

    Attributes:
      low: pixel coordinate of a box's lower edge.
      bins: length of a bin, in pixels.
      counts: samples of a bin.
    """

    low: jax.Array
    bins: jax.Array
    counts: jax.Array


@dataclass(frozen=True)
class _Taps:
    """What the samples of all boxes read along one axis: ``(*count, m, K)``; none of it where invalid."""

    index: jax.Array
    weights: jax.Array
    valid: jax.Array


@partial(jax.jit, static_argnames=("sizes", "most", "mode"))
def pool(
    x: jax.Array,
    grid: Grid,
    images: jax.Array | None,
    *,
    sizes: tuple[int, ...],
    most: tuple[int, ...],
    mode: str,
) -> jax.Array:
    """RoIAlign in the dtype that computes: one step for each sample of a bin, all bins at once."""
    kind = POOLS[mode]

    def term(step: jax.Array, x: jax.Array, grid: Grid, images: jax.Array | None) -> jax.Array:
        taps = [_bin_taps(grid, axis, step[axis], m, x) for axis, m in enumerate(sizes)]
        used = jnp.all(jnp.broadcast_to(step, grid.counts.shape) < grid.counts.astype(step.dtype), axis=-1)
        value = kind.read(x, taps, images)
        return jnp.where(_beside(used, value), value, jnp.asarray(kind.start, value.dtype))

    steps = np.array(list(product(*map(range, most))), np.int32)
    total = accumulate(term, steps, x, grid, images, combine=kind.combine)
    samples = _beside(jnp.prod(grid.counts, axis=-1), total)
    if mode == "avg":
        return total / jnp.maximum(samples, jnp.ones_like(samples)).astype(total.dtype)
    return jnp.where(samples > 0, total, jnp.zeros_like(total))


@partial(jax.jit, static_argnames=("sizes", "method", "fill"))
def crop(
    x: jax.Array,
    corners: jax.Array,
    images: jax.Array | None,
    *,
    sizes: tuple[int, ...],
    method: str,
    fill: float,
) -> jax.Array:
    """`crop_and_resize` in the dtype that computes."""
    taps = []
    for axis, m in enumerate(sizes):
        last = corners.dtype.type(x.shape[1 + axis] - 1)
        low, high = corners[..., axis, None], corners[..., axis + len(sizes), None]
        if m > 1:
            step = (high - low) * last / opaque(corners.dtype.type(m - 1), low, jnp)
            # Every product is rounded by itself: a box's edge may lie on the image's and must not cross it.
            position = opaque(low * last, low, jnp) + opaque(_outputs(low, m) * step, low, jnp)
        else:
            position = corners.dtype.type(0.5) * (low + high) * last
        valid = (position >= 0) & (position <= last)
        taps.append(CROP_TAPS[method](jnp.where(valid, position, jnp.zeros_like(position)), valid, axis, x))
    value = _weighted_sum(x, taps, images)
    inside = True if images is None else _beside(_in_batch(images, x), value)
    for axis, tap in enumerate(taps):
        shape = [*tap.valid.shape[:-1], *(1 for _ in range(len(sizes) + 1))]
        shape[tap.valid.ndim - 1 + axis] = sizes[axis]
        inside = inside & tap.valid.reshape(shape)
    return jnp.where(inside, value, jnp.asarray(fill, value.dtype))


def _bin_taps(grid: Grid, axis: int, sample: jax.Array, m: int, x: jax.Array) -> _Taps:
    """Bilinear taps of one sample of every bin; a sample up to a pixel outside is moved to the edge."""
    low, bins, counts = (part[..., axis, None] for part in grid)
    kind, n = low.dtype, x.shape[1 + axis]
    place = (sample.astype(kind) + kind.type(0.5)) * bins / jnp.maximum(counts, jnp.ones_like(counts))
    position = low + _outputs(low, m) * bins + place
    valid = (position >= -1) & (position <= n)
    # Selected, not clipped: at the edge itself the derivative is the inner one, beyond it zero.
    return _linear_taps(jnp.where(valid & (position > 0), position, jnp.zeros_like(position)), valid, axis, x)


def _outputs(low: jax.Array, m: int) -> jax.Array:
    """``0 .. m - 1`` beside every box: ``(*count, m)``."""
    return jax.lax.broadcasted_iota(low.dtype, (*low.shape[:-1], m), low.ndim - 1)


def _linear_taps(position: jax.Array, valid: jax.Array, axis: int, x: jax.Array) -> _Taps:
    """Two neighbouring pixels around positions in ``[0, n)``; beyond the last pixel, that one."""
    kind, last = position.dtype, x.shape[1 + axis] - 1
    below = jnp.minimum(jnp.floor(jax.lax.stop_gradient(position)), jnp.asarray(max(last - 1, 0), kind))
    above = jnp.where(position >= last, jnp.ones_like(position), position - below)
    weights = jnp.stack([1 - above, above], axis=-1)
    first = below.astype(jnp.int32)
    index = jnp.stack([first, first + min(last, 1)], axis=-1)
    return _taps(index, weights, valid, x)


def _nearest_taps(position: jax.Array, valid: jax.Array, axis: int, x: jax.Array) -> _Taps:
    """The nearest pixel, halves upwards."""
    below = jnp.floor(jax.lax.stop_gradient(position))
    index = below + (position - below >= 0.5).astype(position.dtype)
    return _taps(index.astype(jnp.int32)[..., None], jnp.ones_like(position)[..., None], valid, x)


def _taps(index: jax.Array, weights: jax.Array, valid: jax.Array, x: jax.Array) -> _Taps:
    weights = jnp.where(valid[..., None], weights, jnp.zeros_like(weights))
    return _Taps(index, weights.astype(dtypes.compute_dtype(x.dtype)), valid)


def _weighted_sum(x: jax.Array, taps: Sequence[_Taps], images: jax.Array | None) -> jax.Array:
    """``(*count, *sizes, C)``: every box's grid of points, read in one gather."""
    count = taps[0].index.shape[:-2]
    sizes = tuple(tap.index.shape[-2] for tap in taps)
    points = prod(sizes) * count[-1]

    def spread(part: jax.Array, axis: int) -> jax.Array:
        shape = [*count, *(1 for _ in sizes), part.shape[-1]]
        shape[len(count) + axis] = sizes[axis]
        whole = jnp.broadcast_to(part.reshape(shape), (*count, *sizes, part.shape[-1]))
        if images is None:
            return whole.reshape(-1, points, part.shape[-1])
        return whole.reshape(points, part.shape[-1])[None]  # in two steps, as JAX wants of sharded boxes

    index = [spread(tap.index, axis) for axis, tap in enumerate(taps)]
    weights = [spread(tap.weights, axis) for axis, tap in enumerate(taps)]
    contiguous = all(n > 1 for n in x.shape[1:-1])
    if images is not None:  # the batch is one more axis to read at a point
        known, batch = _in_batch(images, x), x.shape[0]

        def repeated(numbers: jax.Array) -> jax.Array:
            whole = jnp.broadcast_to(numbers[:, None], (*numbers.shape, prod(sizes)))
            return whole.reshape(points, 1)[None]

        index.insert(0, repeated(jnp.clip(images, 0, batch - 1)))
        weights.insert(0, repeated(known.astype(weights[0].dtype)))
        x = x[None]
    y = gather_points(x, tuple(index), tuple(weights), contiguous=contiguous)
    y = y if images is None else y[0]
    return y.reshape(*count, *sizes, x.shape[-1])


def _largest_term(x: jax.Array, taps: Sequence[_Taps], images: jax.Array | None) -> jax.Array:
    """The largest of the weighted pixels of every sample."""
    corners = product(*(range(tap.index.shape[-1]) for tap in taps))
    terms = (
        [
            _Taps(t.index[..., k : k + 1], t.weights[..., k : k + 1], t.valid)
            for t, k in zip(taps, at, strict=True)
        ]
        for at in corners
    )
    return reduce(jnp.maximum, (_weighted_sum(x, term, images) for term in terms))


class Pool(NamedTuple):
    """How the samples of a bin are read and become one number."""

    read: Callable[..., jax.Array]
    combine: Callable[..., jax.Array]
    start: float


POOLS = {"avg": Pool(_weighted_sum, jnp.add, 0.0), "max": Pool(_largest_term, jnp.maximum, -np.inf)}
CROP_TAPS = {"bilinear": _linear_taps, "nearest": _nearest_taps}


def _beside(numbers: jax.Array, values: jax.Array) -> jax.Array:
    """Numbers of boxes, shaped to meet the values of their bins."""
    return numbers.reshape(numbers.shape + (1,) * (values.ndim - numbers.ndim))


def _in_batch(images: jax.Array, x: jax.Array) -> jax.Array:
    return (images >= 0) & (images < x.shape[0])
