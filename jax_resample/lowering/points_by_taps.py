"""The three programs of `points`, tap by tap: a gather or scatter of pixels for each combination of taps."""

from itertools import product
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

_BATCH = {"operand_batching_dims": (0,), "start_indices_batching_dims": (0,)}


def evaluate(
    arrays: list[Any],
    index: list[jax.Array],
    *,
    target: int,
    spatial: tuple[int, ...],
    dtype: Any,
    contiguous: bool,
) -> jax.Array:
    """The target from the other arrays: image, values, weights of each axis (see `points.py`)."""
    x, y, *weights = arrays
    if target == 0:
        return _image(y, weights, index, spatial).astype(dtype)
    if target == 1:
        return _values(x, weights, index, 0, [])
    return _weight(x, y, weights, index, target - 2)


def _weighted(w: jax.Array, v: jax.Array) -> jax.Array:
    """``w * v``, nothing where a weight is zero: what is not read does not spread."""
    return jnp.where(w == 0, jnp.zeros((), v.dtype), w * v)


def _read(x: jax.Array, index: list[jax.Array]) -> jax.Array:
    """``(B, P, C)`` pixels at one index of each axis, ``(B, P)`` each."""
    axes = tuple(range(1, x.ndim - 1))
    dimensions = lax.GatherDimensionNumbers(
        offset_dims=(2,), collapsed_slice_dims=axes, start_index_map=axes, **_BATCH
    )
    sizes = (1, *(1 for _ in axes), x.shape[-1])
    mode = lax.GatherScatterMode.PROMISE_IN_BOUNDS
    return lax.gather(x, jnp.stack(index, axis=-1), dimensions, sizes, mode=mode)


def _values(
    x: jax.Array, weights: list[jax.Array], index: list[jax.Array], axis: int, chosen: list[jax.Array]
) -> jax.Array:
    """The sum over the taps of ``axis`` and of those after it."""
    if axis == len(index):
        return _read(x, chosen).astype(weights[0].dtype)
    total = None
    for k in range(index[axis].shape[-1]):
        inner = _values(x, weights, index, axis + 1, [*chosen, index[axis][..., k]])
        term = _weighted(weights[axis][..., k, None], inner)
        total = term if total is None else total + term
    assert total is not None
    return total


def _image(
    y: jax.Array, weights: list[jax.Array], index: list[jax.Array], spatial: tuple[int, ...]
) -> jax.Array:
    """The adjoint of sampling: each value, weighed, is added to the pixels it was made of."""
    axes = tuple(range(1, len(spatial) + 1))
    dimensions = lax.ScatterDimensionNumbers(
        update_window_dims=(2,),
        inserted_window_dims=axes,
        scatter_dims_to_operand_dims=axes,
        operand_batching_dims=(0,),
        scatter_indices_batching_dims=(0,),
    )
    total = jnp.zeros((y.shape[0], *spatial, y.shape[-1]), weights[0].dtype)
    for taps in product(*(range(i.shape[-1]) for i in index)):
        update = y
        for k, w in zip(taps, weights, strict=True):
            update = _weighted(w[..., k, None], update)
        place = jnp.stack([i[..., k] for k, i in zip(taps, index, strict=True)], axis=-1)
        mode = lax.GatherScatterMode.PROMISE_IN_BOUNDS
        total = lax.scatter_add(total, place, update, dimensions, mode=mode)
    return total


def _weight(x: jax.Array, y: jax.Array, weights: list[Any], index: list[jax.Array], axis: int) -> jax.Array:
    """The derivative in the weights of one axis: products of pixels and values, summed over channels."""
    counts = [i.shape[-1] for i in index]

    def dots(chosen: list[int]) -> jax.Array:
        at = len(chosen)
        if at == len(index):
            pixels = _read(x, [i[..., k] for i, k in zip(index, chosen, strict=True)])
            return jnp.sum(_weighted(y, pixels.astype(y.dtype)), axis=-1)
        inner = [dots([*chosen, k]) for k in range(counts[at])]
        if at == axis:
            return jnp.stack(inner, axis=-1)
        own = weights[at]
        if at > axis:
            return sum(
                (_weighted(own[..., k], v) for k, v in enumerate(inner)), start=jnp.zeros_like(inner[0])
            )
        return sum(
            (_weighted(own[..., k, None], v) for k, v in enumerate(inner)), start=jnp.zeros_like(inner[0])
        )

    return dots([])
