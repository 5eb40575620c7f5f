"""The three programs of `points` for taps anywhere: a gather or scatter of pixels for each tuple of taps."""

from collections.abc import Iterator
from functools import partial, reduce
from itertools import product
from math import prod
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from .joint_weights import split_taps, tuple_weights
from .windows import pixel, weighted

_BATCH: dict[str, Any] = {"operand_batching_dims": (0,), "start_indices_batching_dims": (0,)}
_PLANES: dict[str, Any] = {"operand_batching_dims": (0, 1), "start_indices_batching_dims": (0, 1)}
_IN_BOUNDS = lax.GatherScatterMode.PROMISE_IN_BOUNDS


def values(
    x: jax.Array, weights: list[jax.Array], index: list[jax.Array], *, planes: bool = False
) -> jax.Array:
    """``(B, P, C)`` from an image, weights, and the taps' indices ``(B, P, K)`` of each axis.

    ``planes`` says that ``x`` was transposed from ``(B, C, *spatial)``, where numbers are to be read.
    """
    pairs = zip(_tuples(index), tuple_weights([split_taps(w) for w in weights]), strict=True)
    read = partial(_read, x, planes=planes)
    return reduce(jnp.add, (weighted(w[..., None], read(at).astype(w.dtype)) for at, w in pairs))


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


def dots(x: jax.Array, y: jax.Array, index: list[jax.Array], *, planes: bool = False) -> jax.Array:
    """``(B, P, K_1 .. K_D)``: products of each pixel of a point with its value, over channels."""
    read = partial(_read, x, planes=planes)
    found = [jnp.sum(y * read(at).astype(y.dtype), axis=-1) for at in _tuples(index)]
    return jnp.stack(found, axis=-1)


def updates(
    y: jax.Array, weights: list[jax.Array], index: list[jax.Array]
) -> Iterator[tuple[list[jax.Array], jax.Array]]:
    """For each tuple of taps its pixels, an index ``(B, P)`` for each axis, and what they gain."""
    for at, w in zip(_tuples(index), tuple_weights([split_taps(w) for w in weights]), strict=True):
        yield at, weighted(w[..., None], y)


def _tuples(index: list[jax.Array]) -> Iterator[list[jax.Array]]:
    """One index ``(B, P)`` of each axis, for every tuple of taps."""
    return map(list, product(*map(split_taps, index)))


def _read(x: jax.Array, index: list[jax.Array], *, planes: bool) -> jax.Array:
    """``(B, P, C)`` pixels at one index ``(B, P)`` of each axis.

    XLA moves the axes that it gathers along to the front, so that planes it would transpose: their numbers
    are read one by one. Batches stay an axis of their own, which may lie on a mesh.
    """
    flat, channels = pixel(index, x.shape[1:-1]), x.shape[-1]
    if not planes:
        dimensions = lax.GatherDimensionNumbers(
            (2,), collapsed_slice_dims=(1,), start_index_map=(1,), **_BATCH
        )
        pixels = x.reshape(x.shape[0], prod(x.shape[1:-1]), channels)
        return lax.gather(pixels, flat[..., None], dimensions, (1, 1, channels), mode=_IN_BOUNDS)
    dimensions = lax.GatherDimensionNumbers((), collapsed_slice_dims=(2,), start_index_map=(2,), **_PLANES)
    numbers = jnp.moveaxis(x, -1, 1).reshape(x.shape[0], channels, prod(x.shape[1:-1]))
    place = jnp.broadcast_to(flat[:, None], (flat.shape[0], channels, flat.shape[1]))
    found = lax.gather(numbers, place[..., None], dimensions, (1, 1, 1), mode=_IN_BOUNDS)
    return jnp.moveaxis(found, 1, -1)
