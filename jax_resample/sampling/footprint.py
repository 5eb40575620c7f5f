"""Sampling with a footprint: the kernel is stretched and turned as the map of coordinates is, locally.

Where neighbouring outputs lie further apart than neighbouring samples, a kernel of fixed size skips samples
and aliases. With the map's Jacobian ``J`` (input pixels to one output pixel) the footprint is the positive
factor of its polar decomposition, ``P = (J J^T)^(1/2)``, whose eigenvalues, the *stretches*, are brought up
to 1: the kernel never becomes smaller than the one that interpolates. A sample at distance ``d`` from the
coordinate has the weight ``k(v_1) k(v_2) ...`` with ``v = P^-1 d``, divided by the sum of all weights. A map
that does not shrink in any direction, a rotation for one, has ``P = 1`` and is interpolated; one that shrinks
along the axes is the antialiased resize.

This is the elliptical weighted average with separable kernels in the footprint's own coordinates: Greene and
Heckbert (1986), Creating raster Omnimax images from multiple perspective views using the elliptical weighted
average filter; Heckbert (1989), Fundamentals of texture mapping and image warping, sections 3.4 and 3.5.
"""

from collections.abc import Sequence
from itertools import product
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .. import dtypes
from ..kernels import Kernel, find_kernel
from ..lowering.points import gather_points
from .point_taps import CONSTANT, fold_taps
from .term_by_term import accumulate

DROP = "drop"  # what lies outside is left out, and the other weights make up for it
_SLACK = 1e-6  # of a pixel: taps at the very edge of a footprint weigh nothing


def known_reach(jacobian: np.ndarray, kernel: Kernel) -> tuple[float, ...]:
    """Half the extent of footprints along each axis, in pixels, for known Jacobians ``(..., D, D)``."""
    turn, stretches, _ = np.linalg.svd(jacobian)
    factor = (turn * np.maximum(stretches, 1)[..., None, :]) @ np.swapaxes(turn, -1, -2)
    extent = np.abs(factor).sum(axis=-1).reshape(-1, jacobian.shape[-1]).max(axis=0)
    return tuple((kernel.radius * extent).tolist())


def largest_reach(max_stretch: float, rank: int, kernel: Kernel) -> tuple[float, ...]:
    """The same where all that is known is that no stretch exceeds ``max_stretch``.

    A symmetric matrix with eigenvalues between 1 and s has rows whose magnitudes sum to at most
    ``1 + (s - 1) (1 + sqrt(D)) / 2``.
    """
    return (kernel.radius * (1 + (max_stretch - 1) * (1 + np.sqrt(rank)) / 2),) * rank


def sample_footprint(
    x: jax.Array,
    points: jax.Array,
    inverse: jax.Array,
    cval: jax.Array,
    *,
    kernel: str | Kernel,
    boundary: str,
    reach: Sequence[float],
) -> jax.Array:
    """``(B, *spatial, C)`` at points ``(B, P, D)``, to ``(B, P, C)`` in the dtype that computes.

    ``inverse`` is ``P^-1`` at each point, ``(B, P, D, D)``, and ``reach`` what half of any footprint extends
    along each axis, in pixels. Reads ``prod(2 reach)`` samples a point, one after another.
    """
    row = find_kernel(kernel)
    kind = dtypes.compute_dtype(x.dtype)
    counts = [max(int(np.ceil(2 * r - _SLACK)), 1) for r in reach]
    rule = CONSTANT if boundary == DROP else boundary

    def term(step: jax.Array, x: jax.Array, points: jax.Array, inverse: jax.Array) -> tuple[jax.Array, ...]:
        position = [
            jnp.floor(points[..., a] - points.dtype.type(r)) + 1 + step[a].astype(points.dtype)
            for a, r in enumerate(reach)
        ]
        position = [jax.lax.stop_gradient(p) for p in position]
        offset = [p - points[..., a] for a, p in enumerate(position)]
        weight = jnp.ones_like(offset[0])
        for i in range(len(reach)):
            place = sum((inverse[..., i, j] * d for j, d in enumerate(offset)), start=jnp.zeros_like(weight))
            weight = weight * row.at_distance(place, jnp)
        weights = [weight, *(jnp.ones_like(weight) for _ in reach[1:])]
        taps = [
            fold_taps(p[..., None], w[..., None], n, rule)
            for p, w, n in zip(position, weights, x.shape[1:-1], strict=True)
        ]
        inside = jnp.prod(jnp.stack([t.weights[..., 0] for t in taps]), axis=0)
        index = tuple(t.index for t in taps)
        value = gather_points(x, index, tuple(t.weights.astype(kind) for t in taps))
        return value, inside, weight

    steps = np.array(list(product(*map(range, counts))), np.int32)
    value, inside, total = accumulate(term, steps, x, points, inverse)
    if boundary == DROP:
        total = jnp.where(inside == 0, jnp.ones_like(inside), inside)
    value = value / total.astype(kind)[..., None]
    if boundary == CONSTANT:
        value = value + cval.astype(kind) * (1 - inside / total).astype(kind)[..., None]
    return value


def inverse_footprint(jacobian: jax.Array, max_stretch: float) -> jax.Array:
    """``P^-1`` of Jacobians ``(..., D, D)``, their stretches brought into ``[1, max_stretch]``.

    Differentiable in every order for one and two axes; for more, once, and again where stretches differ.
    """
    rank = jacobian.shape[-1]
    if rank == 1:
        return 1 / jnp.clip(jnp.abs(jacobian), 1, max_stretch)
    square = jnp.einsum("...ij,...kj->...ik", jacobian, jacobian, precision="highest")
    if rank > 2:
        return jnp.linalg.inv(_clipped_root(square, max_stretch))
    volume = jnp.abs(jacobian[..., 0, 0] * jacobian[..., 1, 1] - jacobian[..., 0, 1] * jacobian[..., 1, 0])
    a, b, c = _clipped_root_of_two(
        square[..., 0, 0], square[..., 0, 1], square[..., 1, 1], volume, max_stretch
    )
    rows = jnp.stack([jnp.stack([c, -b], axis=-1), jnp.stack([-b, a], axis=-1)], axis=-2)
    return rows / (a * c - b * b)[..., None, None]


def _clipped_root_of_two(
    a: jax.Array, b: jax.Array, c: jax.Array, volume: jax.Array, max_stretch: float
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """The entries of ``f(A)`` for ``A = [[a, b], [b, c]]``, with ``f(t) = clip(sqrt(t), 1, max_stretch)``.

    ``f(A) = f(low) + slope (A - low)`` with the eigenvalues ``low <= high`` of ``A`` and the slope between
    them. Where ``f`` is the root at both, this is ``(A + volume) / (sqrt(low) + sqrt(high))``, which has
    all its derivatives where the eigenvalues coincide too.
    """
    kind = a.dtype.type
    half = (a + c) * kind(0.5)
    spread = jnp.square((a - c) * kind(0.5)) + jnp.square(b)
    apart = spread > 0
    radius = jnp.where(
        apart, jnp.sqrt(jnp.where(apart, spread, jnp.ones_like(spread))), jnp.zeros_like(spread)
    )
    tiny = kind(np.finfo(a.dtype).tiny)
    low, high = (jnp.sqrt(jnp.maximum(t, tiny)) for t in (half - radius, half + radius))
    f_low, f_high = jnp.clip(low, 1, max_stretch), jnp.clip(high, 1, max_stretch)
    width = jnp.where(apart, 2 * radius, jnp.ones_like(radius))
    slope = jnp.where(apart, (f_high - f_low) / width, jnp.zeros_like(radius))
    roots = (low >= 1) & (high <= max_stretch) & (high > 1)
    twice = jnp.sqrt(jnp.where(roots, 2 * (half + volume), jnp.ones_like(half)))
    slope = jnp.where(roots, 1 / twice, slope)
    rest = jnp.where(roots, volume / twice, f_low - slope * (half - radius))
    return rest + slope * a, slope * b, rest + slope * c


@jax.custom_jvp
def _clipped_root(square: jax.Array, max_stretch: Any) -> jax.Array:
    """``f(A)`` of symmetric matrices, with ``f(t) = clip(sqrt(t), 1, max_stretch)``."""
    return _in_eigenbasis(square, max_stretch)[0]


def _in_eigenbasis(square: jax.Array, max_stretch: Any) -> tuple[jax.Array, ...]:
    values, turn = jnp.linalg.eigh(square)
    f = jnp.clip(jnp.sqrt(jnp.maximum(values, jnp.zeros_like(values))), 1, max_stretch)
    root = jnp.einsum("...ik,...k,...jk->...ij", turn, f, turn, precision="highest")
    return root, values, turn, f


@_clipped_root.defjvp
def _clipped_root_jvp(primals: tuple[Any, ...], tangents: tuple[Any, ...]) -> tuple[jax.Array, jax.Array]:
    """The derivative in the eigenbasis is multiplied by the slopes of ``f`` between pairs of eigenvalues."""
    square, max_stretch = primals
    root, values, turn, f = _in_eigenbasis(square, max_stretch)
    f_i, f_j = f[..., :, None], f[..., None, :]
    gap = values[..., :, None] - values[..., None, :]
    equal = jnp.abs(gap) <= 1e-5 * (f_i * f_j)
    rising = (f_i > 1) & (f_i < max_stretch)
    of_equal = jnp.where(rising, 1 / (f_i + f_j), jnp.zeros_like(gap))
    slope = jnp.where(equal, of_equal, (f_i - f_j) / jnp.where(equal, jnp.ones_like(gap), gap))
    inner = jnp.einsum("...ki,...kl,...lj->...ij", turn, tangents[0], turn, precision="highest")
    return root, jnp.einsum("...ik,...kl,...jl->...ij", turn, slope * inner, turn, precision="highest")
