"""The three programs of `points` for taps anywhere: a gather or scatter of pixels for each tuple of taps."""

from collections.abc import Iterator
from itertools import product
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from .windows import weighted

_BATCH: dict[str, Any] = {"operand_batching_dims": (0,), "start_indices_batching_dims": (0,)}
_IN_BOUNDS = lax.GatherScatterMode.PROMISE_IN_BOUNDS


def values(x: jax.Array, weights: list[jax.Array], index: list[jax.Array]) -> jax.Array:
    """``(B, P, C)`` from an image, and indices and weights ``(B, P, K)`` of each axis."""

    def total(chosen: list[jax.Array]) -> jax.Array:
        axis = len(chosen)
        if axis == len(index):
            return _read(x, chosen).astype(weights[0].dtype)
        first, *others = (
            weighted(weights[axis][..., k, None], total([*chosen, index[axis][..., k]]))
            for k in range(index[axis].shape[-1])
        )
        return sum(others, start=first)

    return total([])


def image(
    y: jax.Array, weights: list[jax.Array], index: list[jax.Array], spatial: tuple[int, ...]
) -> jax.Array:
    """The adjoint by XLA's scatter: each value, weighed, is added to the pixels it was made of."""
    axes = tuple(range(1, len(spatial) + 1))
    dimensions = lax.ScatterDimensionNumbers(
        update_window_dims=(2,),
        inserted_window_dims=axes,
        scatter_dims_to_operand_dims=axes,
        operand_batching_dims=(0,),
        scatter_indices_batching_dims=(0,),
    )
    total = jnp.zeros((y.shape[0], *spatial, y.shape[-1]), y.dtype)
    for place, update in updates(y, weights, index):
        total = lax.scatter_add(total, jnp.stack(place, axis=-1), update, dimensions, mode=_IN_BOUNDS)
    return total


def dots(x: jax.Array, y: jax.Array, index: list[jax.Array]) -> jax.Array:
    """``(B, P, K_1, .., K_D)``: products of each pixel of a point with its value, over channels."""
    support = [i.shape[-1] for i in index]
    found = []
    for taps in product(*map(range, support)):
        pixels = _read(x, [i[..., k] for i, k in zip(index, taps, strict=True)])
        found.append(jnp.sum(y * pixels.astype(y.dtype), axis=-1))
    return jnp.stack(found, axis=-1).reshape(*y.shape[:2], *support)


def updates(
    y: jax.Array, weights: list[jax.Array], index: list[jax.Array]
) -> Iterator[tuple[list[jax.Array], jax.Array]]:
    """For each combination of taps its pixels, an index ``(B, P)`` for each axis, and what they gain."""
    for taps in product(*(range(i.shape[-1]) for i in index)):
        update = y
        for k, w in zip(taps, weights, strict=True):
            update = weighted(w[..., k, None], update)
        yield [i[..., k] for k, i in zip(taps, index, strict=True)], update


def _read(x: jax.Array, index: list[jax.Array]) -> jax.Array:
    """``(B, P, C)`` pixels at one index ``(B, P)`` of each axis."""
    axes = tuple(range(1, x.ndim - 1))
    dimensions = lax.GatherDimensionNumbers(
        offset_dims=(2,), collapsed_slice_dims=axes, start_index_map=axes, **_BATCH
    )
    sizes = (1, *(1 for _ in axes), x.shape[-1])
    return lax.gather(x, jnp.stack(index, axis=-1), dimensions, sizes, mode=_IN_BOUNDS)
