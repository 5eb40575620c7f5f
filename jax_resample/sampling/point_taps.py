"""Taps at coordinates that are data: for each axis, which samples a point reads and with what weights.

The counterpart of `taps.py` for traced coordinates. Everything is elementwise in the points, and the
derivative of the weights is what carries the gradient to the coordinates.
"""

from functools import reduce
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax import lax

from ..boundary import FOLDS
from ..kernels import Kernel, find_kernel

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

    index: jax.Array  # pyright: ignore[reportIncompatibleMethodOverride]
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
        return _folded([jnp.round(u)], [jnp.ones_like(u)], n, boundary, neighbours=True)
    row = find_kernel(kernel)
    below = jnp.floor(u)
    phase, places = u - below, range(1 - row.reach, 1 + row.reach)
    if row.at_phase is not None:
        weights = list(row.at_phase(phase, jnp))
    else:  # such kernels need not sum to one
        weights = [row.at_distance(phase - u.dtype.type(place), jnp) for place in places]
        total = _added(weights)
        weights = [w / total for w in weights]
    return _folded([below + u.dtype.type(place) for place in places], weights, n, boundary, neighbours=True)


def fold_taps(position: jax.Array, weights: jax.Array, n: int, boundary: str) -> PointTaps:
    """Taps at whole positions, given as real numbers ``(..., K)``, brought inside by a boundary rule.

    ``boundary`` is ``"constant"`` or a row of ``FOLDS``. Positions may be NaN, infinite or too large for an
    integer. Outside a constant boundary a weight becomes zero, unless it is NaN. The result has at most ``n``
    taps; those that come to the same sample are added.
    """
    taps = range(position.shape[-1])
    return _folded([position[..., k] for k in taps], [weights[..., k] for k in taps], n, boundary)


def _folded(
    position: list[jax.Array], weights: list[jax.Array], n: int, boundary: str, *, neighbours: bool = False
) -> PointTaps:
    """`fold_taps` on one array for each tap: XLA keeps the taps of a point in registers only so.

    ``neighbours`` tells that the positions ascend by one.
    """
    missing = None
    if boundary in (CONSTANT, SKIP):
        inside = [(p >= 0) & (p <= n - 1) for p in position]
        missing = _added([jnp.where(i, 0, w) for i, w in zip(inside, weights, strict=True)])
        zeros = [jnp.zeros_like(w) if boundary == SKIP else lax.stop_gradient(w * 0) for w in weights]
        if neighbours and n >= len(weights):
            return PointTaps(*_stacked(*_moved_inside(position[0], weights, zeros, n)), missing)
        weights = [jnp.where(*each) for each in zip(inside, weights, zeros, strict=True)]
    elif boundary != "clamp":
        position = [FOLDS[boundary](p, n, jnp) for p in position]
    index = [_inside(p, n) for p in position]
    if boundary != "wrap":
        index, weights = _window(index, weights, n)
    return PointTaps(*_stacked(index, weights), missing)


def _stacked(index: list[jax.Array], weights: list[jax.Array]) -> tuple[jax.Array, jax.Array]:
    return jnp.stack(index, axis=-1), jnp.stack(weights, axis=-1)


def _inside(position: Any, n: int) -> jax.Array:
    """Whole positions as indices in ``[0, n)``, whatever they are."""
    return lax.stop_gradient(FOLDS["clamp"](position, n, jnp)).astype(jnp.int32)


def _moved_inside(
    place: jax.Array, weights: list[jax.Array], zeros: list[jax.Array], n: int
) -> tuple[list[jax.Array], list[jax.Array]]:
    """Indices in a row from the first inside, and the weights of neighbours from ``place`` on that are there.

    What `_window` makes of them, in fewer operations: only at an end of the array do weights move.
    """
    count = len(weights)
    start = FOLDS["clamp"](place, n - count + 1, jnp)
    shift = start - place
    moved = []
    for at, w in enumerate(zeros):
        for k, weight in enumerate(weights):
            w = jnp.where(shift == k - at, weight, w)
        moved.append(w)
    first = lax.stop_gradient(start).astype(jnp.int32)
    return [first + jnp.int32(k) for k in range(count)], moved


def _window(
    index: list[jax.Array], weights: list[jax.Array], n: int
) -> tuple[list[jax.Array], list[jax.Array]]:
    """Indices in a row, as many as there are taps or samples, and the sum of the weights at each."""
    width = min(len(index), n)
    start = jnp.minimum(reduce(jnp.minimum, index), jnp.int32(n - width))
    zero = jnp.zeros((), weights[0].dtype)
    windows = [start + jnp.int32(place) for place in range(width)]
    pairs = list(zip(index, weights, strict=True))
    return windows, [_added([jnp.where(i == at, w, zero) for i, w in pairs]) for at in windows]


def _added(terms: list[jax.Array]) -> jax.Array:
    return reduce(jnp.add, terms)
