"""Taps at coordinates that are data: for each axis, which samples a point reads and with what weights.

The counterpart of `taps.py` for traced coordinates. Everything is elementwise in the points, and the
derivative of the weights is what carries the gradient to the coordinates.
"""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

from .boundary import FOLDS
from .kernels import Kernel, find_kernel

NEAREST = "nearest"
CONSTANT = "constant"
# Outside this one NaN weights are zero too: so does PyTorch's kernel for three dimensions pad with zeros.
SKIP = "constant (scalar)"
# A periodic axis has no folded coordinate between its last sample and its first.
_FOLDS_TAPS = (CONSTANT, SKIP, "wrap")


class PointTaps(NamedTuple):
    """Taps of one axis at points of shape ``(...)``.

    Attributes:
      index: ``(..., K)`` int32 in ``[0, n)``; neighbours in ascending order, unless the boundary wraps.
      weights: ``(..., K)``, zero for taps that read nothing.
      missing: ``(...)``, the sum of the weights that fell outside a constant boundary, else None.
    """

    index: jax.Array
    weights: jax.Array
    missing: jax.Array | None


def taps_at(u: jax.Array, n: int, kernel: str | Kernel, boundary: str) -> PointTaps:
    """The taps of an axis of ``n`` samples at coordinates ``u``, in pixels, float32 or float64.

    ``"nearest"`` rounds half to even and has no derivative. Where a kernel reads two samples at most, the
    boundary folds the coordinate, as PyTorch does; a longer kernel's taps are folded one by one.
    """
    short = kernel == NEAREST or find_kernel(kernel).reach == 1
    if short and boundary not in _FOLDS_TAPS:
        u, boundary = FOLDS[boundary](u, n, jnp), CONSTANT
    if kernel == NEAREST:
        return fold_taps(jnp.round(u)[..., None], jnp.ones((*u.shape, 1), u.dtype), n, boundary)
    row = find_kernel(kernel)
    below = jnp.floor(u)
    place = lax.broadcasted_iota(u.dtype, (*u.shape, 2 * row.reach), u.ndim) - u.dtype.type(row.reach - 1)
    phase = u - below
    if row.at_phase is not None:
        weights = jnp.stack(row.at_phase(phase, jnp), axis=-1)
    else:  # such kernels need not sum to one
        weights = row.at_distance(phase[..., None] - place, jnp)
        weights = weights / jnp.sum(weights, axis=-1, keepdims=True)
    return fold_taps(below[..., None] + place, weights, n, boundary)


def fold_taps(position: jax.Array, weights: jax.Array, n: int, boundary: str) -> PointTaps:
    """Taps at whole positions, given as real numbers ``(..., K)``, brought inside by a boundary rule.

    ``boundary`` is ``"constant"`` or a row of ``FOLDS``. Positions may be NaN, infinite or too large for an
    integer. Outside a constant boundary a weight becomes zero, unless it is NaN. The result has at most ``n``
    taps; those that come to the same sample are added.
    """
    missing = None
    if boundary in (CONSTANT, SKIP):
        inside = (position >= 0) & (position <= n - 1)
        zero = jnp.zeros_like(weights) if boundary == SKIP else lax.stop_gradient(weights * 0)
        missing = jnp.sum(jnp.where(inside, 0, weights), axis=-1)
        weights = jnp.where(inside, weights, zero)
    elif boundary != "clamp":
        position = FOLDS[boundary](position, n, jnp)
    index = _inside(position, n)
    if boundary != "wrap":
        index, weights = _window(index, weights, n)
    return PointTaps(index, weights, missing)


def _inside(position: Any, n: int) -> jax.Array:
    """Whole positions as indices in ``[0, n)``, whatever they are."""
    return lax.stop_gradient(FOLDS["clamp"](position, n, jnp)).astype(jnp.int32)


def _window(index: jax.Array, weights: jax.Array, n: int) -> tuple[jax.Array, jax.Array]:
    """Indices in a row, as many as there are taps or samples, and the sum of the weights at each."""
    support = index.shape[-1]
    width = min(support, n)
    start = jnp.minimum(jnp.min(index, axis=-1), jnp.int32(n - width))
    offset = index - start[..., None]
    zero = jnp.zeros((), weights.dtype)

    def at(place: int) -> jax.Array:
        first, *others = (jnp.where(offset[..., k] == place, weights[..., k], zero) for k in range(support))
        return sum(others, start=first)

    folded = jnp.stack([at(place) for place in range(width)], axis=-1)
    return start[..., None] + lax.broadcasted_iota(jnp.int32, folded.shape, folded.ndim - 1), folded
