"""Spline coefficients of sampled data, and resampling by splines along axes: taps applied to arrays.

The prefilter is a band, so that it is one more operator which the lowerings apply: no recursion
runs along the axis, its adjoint is a band too, and every transform works.
"""

from collections.abc import Sequence
from functools import partial, reduce
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from .. import checks, dtypes
from ..lowering.primitive import resample
from ..resize import normalised_axes
from ..taps import Taps
from .bsplines import DEGREES
from .extensions import EXTENSIONS
from .spline_taps import coefficient_taps

if TYPE_CHECKING:
    from jaxtyping import Array, Inexact


def spline_filter(
    x: "Inexact[Array, '...']",
    order: int = 3,
    *,
    axes: int | Sequence[int] | None = None,
    mode: str = "mirror",
) -> "Inexact[Array, '...']":
    """B-spline coefficients of an array, as ``scipy.ndimage.spline_filter`` computes them.

    **Convention.** The result ``c`` has the shape of ``x``, and the spline ``sum_j c[j] B(u - j)`` of degree
    ``order`` goes through ``x[i]`` at ``u = i``. Beyond the array samples go on as ``mode`` says.
    `map_coordinates` with ``prefilter=False`` evaluates it, any number of times.

    Args:
      x: real or complex floating array of any rank.
      order: degree of the spline, 0 to 5; 0 and 1 return ``x``.
      axes: axes to filter, by default all.
      mode: ``"mirror"``, ``"constant"``, ``"wrap"`` and ``"grid-constant"`` (d c b | a b c d | c b a);
        ``"reflect"``, ``"grid-mirror"`` and ``"nearest"`` (c b a | a b c d | d c b); ``"grid-wrap"``
        (b c d | a b c d | a b c). On axes shorter than about 20 samples SciPy's filter for "reflect" is not
        exact, by up to 1 % on two samples with order 5; its numbers are followed.

    Returns:
      The coefficients, in ``x``'s dtype; float16 and bfloat16 are computed in float32 and rounded once. The
      filter magnifies noise, at most 2, 3, 4.8 and 7.5 times an axis for orders 2 to 5, and rounding with it.

    Linear in ``x``, in every mode and order of differentiation. A NaN or an infinity reaches as far as
    weights do that the dtype can tell from zero: 12 samples for order 3 in float32, where SciPy's recursion
    spreads it over the line.

    Raises:
      ValueError: an order outside 0 to 5, an unknown mode, an axis out of range or named twice, an empty
        axis.
      TypeError: ``x`` is no floating array, or axes are not static integers.

    Example:
      >>> import jax.numpy as jnp
      >>> import jax_resample as jr
      >>> jr.spline_filter(jnp.array([0.0, 0.0, 1.0, 0.0, 0.0]), 2).round(3)
      Array([ 0.083, -0.25 ,  1.417, -0.25 ,  0.083], dtype=float32)
    """
    x = checks.as_array(x, "x")
    if not jnp.issubdtype(x.dtype, jnp.inexact):
        checks.refuse("x", "be a floating array", f"dtype {x.dtype}", TypeError)
    check_order(order)
    checks.one_of(mode, EXTENSIONS, "mode")
    filtered = tuple(range(x.ndim)) if axes is None else normalised_axes(x, axes)
    checks.static_lengths(x, filtered, "x")
    return _filtered(x, order=int(order), axes=filtered, mode=mode)


@partial(jax.jit, static_argnames=("order", "axes", "mode"))
def _filtered(x: jax.Array, *, order: int, axes: tuple[int, ...], mode: str) -> jax.Array:
    with jax.named_scope("jax_resample"):
        if jnp.issubdtype(x.dtype, jnp.complexfloating):
            return jax.lax.complex(
                *(_filtered(p, order=order, axes=axes, mode=mode) for p in (x.real, x.imag))
            )
        wide = x.astype(dtypes.compute_dtype(x.dtype))
        taps = [coefficient_taps(x.shape[a], order, mode, 0, wide.dtype.name, padded=False) for a in axes]
        return apply(wide, axes, taps, mode, 0.0).astype(x.dtype)


def check_order(order: Any) -> int:
    """Refuses a degree that there is no row for."""
    if checks.an_integer(order, "order") not in DEGREES:
        checks.refuse("order", f"be from {DEGREES[0]} to {DEGREES[-1]}", repr(order))
    return int(order)


def coefficients(
    x: jax.Array, order: int, mode: str, *, axes: Sequence[int], margin: int, cval: Any
) -> jax.Array:
    """Coefficients along ``axes``, and ``margin`` more at either end, of a float32 or float64 array.

    With order 0 or 1 they are the samples. What lies outside follows `extensions.EXTENSIONS`.
    """
    taps = [coefficient_taps(x.shape[axis], order, mode, margin, x.dtype.name) for axis in axes]
    return apply(x, axes, taps, mode, cval)


def apply(x: jax.Array, axes: Sequence[int], taps: Sequence[Taps], mode: str, cval: Any) -> jax.Array:
    """Taps of a mode on their axes, with what `cval` outside the array adds."""
    x = periodic(x, mode, axes, taps)
    result = resample(x, tuple((a, t) for a, t in zip(axes, taps, strict=True) if not t.is_identity), "auto")
    left = EXTENSIONS[mode].fills
    return result + from_outside(taps, axes, cval, result) if left else result


def periodic(x: jax.Array, mode: str, axes: Sequence[int], taps: Sequence[Taps]) -> jax.Array:
    """In a periodic mode, ``x`` continued at either end as far as taps read; else ``x``.

    A band would close into a ring there, as wide as the axis.
    """
    if EXTENSIONS[mode].samples != "wrap":
        return x
    for axis, one in zip(axes, taps, strict=True):
        n = x.shape[axis]
        reach = (one.n - n) // 2
        turns, rest = divmod(reach, n)
        head, tail = (jax.lax.slice_in_dim(x, *ends, axis=axis) for ends in ((n - rest, n), (0, rest)))
        x = jnp.concatenate([head, *[x] * (2 * turns + 1), tail], axis=axis)
    return x


def from_outside(taps: Sequence[Taps], axes: Sequence[int], cval: Any, like: jax.Array) -> jax.Array:
    """What ``cval`` outside the array adds: it gets the weight that taps leave over, over all axes."""
    shares = (
        _snapped(one).astype(like.dtype).reshape([-1 if a == axis else 1 for a in range(like.ndim)])
        for axis, one in zip(axes, taps, strict=True)
    )
    left = 1 - reduce(jnp.multiply, map(jnp.asarray, shares))
    return jnp.where(left == 0, jnp.zeros_like(left), left * jnp.asarray(cval, like.dtype))


def _snapped(taps: Taps) -> np.ndarray:
    """Sums of weights, those that are one up to rounding being one."""
    total = taps.weights.sum(axis=1, dtype=np.float64)
    return np.where(abs(total - 1) < 32 * np.finfo(taps.weights.dtype).eps, 1.0, total)


@partial(jax.jit, static_argnames=("axes", "taps", "mode"))
def separable(
    x: jax.Array, cval: jax.Array, *, axes: tuple[int, ...], taps: tuple[Taps, ...], mode: str
) -> jax.Array:
    """``x`` resampled along each of ``axes`` by its `spline_taps`, in ``x``'s dtype."""
    with jax.named_scope("jax_resample"):
        if jnp.issubdtype(x.dtype, jnp.complexfloating):
            parts = ((x.real, cval.real), (x.imag, cval.imag))
            return jax.lax.complex(*(separable(v, c, axes=axes, taps=taps, mode=mode) for v, c in parts))
        if not dtypes.is_weighable(x.dtype):
            return _moved(x, axes, taps, mode, cval)
        wide = x.astype(dtypes.compute_dtype(x.dtype))
        return dtypes.round_away(apply(wide, axes, taps, mode, cval), x.dtype)


def _moved(x: jax.Array, axes: Sequence[int], taps: Sequence[Taps], mode: str, cval: jax.Array) -> jax.Array:
    """Order 0 for samples that are only moved, in their own dtype."""
    x = periodic(x, mode, axes, taps)
    moves = tuple(
        (a, Taps(t.n, t.start, np.ones((t.m, 1), np.float32))) for a, t in zip(axes, taps, strict=True)
    )
    read = (
        jnp.asarray(one.weights[:, 0] != 0).reshape([-1 if a == axis else 1 for a in range(x.ndim)])
        for axis, one in zip(axes, taps, strict=True)
    )
    return jnp.where(reduce(jnp.logical_and, read), resample(x, moves, "auto"), cval)
