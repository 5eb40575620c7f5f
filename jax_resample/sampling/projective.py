"""Projective maps of pixel coordinates: where every output pixel reads, and how the map shrinks there."""

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.core import Tracer

from .. import checks

DIRECTIONS = ("output_to_input", "input_to_output")
Matrix = jax.Array | np.ndarray


def pulling(matrix: Matrix, direction: str) -> Matrix:
    """The homogeneous matrix from output to input pixels; inverted in float64 where it is known."""
    checks.one_of(direction, DIRECTIONS, "direction")
    if direction == "output_to_input":
        return matrix
    if not isinstance(matrix, np.ndarray):
        return jnp.linalg.inv(matrix)
    try:
        return np.linalg.inv(matrix.astype(np.float64))
    except np.linalg.LinAlgError:
        return checks.refuse("matrix", f"have an inverse, for direction={direction!r}", f"\n{matrix}")


def homogeneous(matrix: Matrix) -> Matrix:
    """An affine matrix ``(..., D, D + 1)`` with the row ``(0, .., 0, 1)`` below."""
    numbers: Any = np if isinstance(matrix, np.ndarray) else jnp
    row = matrix[..., :1, :]
    last = numbers.concatenate([numbers.zeros_like(row[..., 1:]), numbers.ones_like(row[..., :1])], axis=-1)
    return numbers.concatenate([matrix, last], axis=-2)


def project(matrix: jax.Array, sizes: Sequence[int], *, affine: bool) -> tuple[jax.Array, jax.Array]:
    """Coordinates ``(*batch, *sizes, D)`` and Jacobians ``(*batch, *sizes, D, D)`` of a homogeneous matrix.

    The Jacobian of an affine map is the same everywhere and has 1 for every size.
    """
    rank, batch = len(sizes), matrix.shape[:-2]
    shape = (*batch, *sizes)
    ones = (1,) * rank
    entries = matrix.reshape(*batch, *ones, rank + 1, rank + 1)
    pixel = [jax.lax.broadcasted_iota(matrix.dtype, shape, len(batch) + axis) for axis in range(rank)]

    def row(i: int) -> jax.Array:
        terms = (jnp.broadcast_to(entries[..., i, j], shape) * p for j, p in enumerate(pixel))
        return sum(terms, start=jnp.zeros(shape, matrix.dtype)) + jnp.broadcast_to(
            entries[..., i, rank], shape
        )

    if affine:
        return jnp.stack([row(i) for i in range(rank)], axis=-1), entries[..., :rank, :rank]
    depth = row(rank)
    coordinates = jnp.stack([row(i) / depth for i in range(rank)], axis=-1)
    moved = coordinates[..., :, None] * entries[..., rank : rank + 1, :rank]
    return coordinates, (entries[..., :rank, :rank] - moved) / depth[..., None, None]


def differences(coordinates: jax.Array, first: int) -> jax.Array:
    """The Jacobian of a map ``(*batch, *size, D)``: central differences, one-sided at its ends."""
    rank = coordinates.shape[-1]
    return jnp.stack([_difference(coordinates, first + axis) for axis in range(rank)], axis=-1)


def _difference(u: jax.Array, axis: int) -> jax.Array:
    n = u.shape[axis]
    if n == 1:
        return jnp.zeros_like(u)
    step = jnp.diff(u, axis=axis)
    before = jnp.concatenate([jax.lax.slice_in_dim(step, 0, 1, axis=axis), step], axis=axis)
    after = jnp.concatenate([step, jax.lax.slice_in_dim(step, n - 2, n - 1, axis=axis)], axis=axis)
    return (before + after) / 2


def known(matrix: Any) -> np.ndarray | None:
    """The numbers of a matrix that is not traced."""
    return None if isinstance(matrix, Tracer) else np.asarray(matrix)
