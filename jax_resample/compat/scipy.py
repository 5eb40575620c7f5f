"""``scipy.ndimage``'s spline interpolation on JAX arrays: the same signatures, defaults and numbers.

Results follow SciPy 1.17. Where it computes in float64 always, these functions do for float64 arrays and
compute all others in float32, so that float32 results differ from SciPy's by rounding, and integer ones where
SciPy's own value lies within that rounding of a half. ``output`` names a dtype; arrays cannot be written to.
Before it filters integers in mode "grid-constant", SciPy converts ``cval`` to their dtype, in which -1 may
become 255 and 2.5 becomes 2; here it stays what it is.
Errors are ``ValueError`` or ``TypeError`` where SciPy also raises ``RuntimeError``.

Numbers and NumPy arrays given as ``zoom``, ``shift``, ``matrix``, ``offset`` or ``angle`` are static:
coordinates are exact as in SciPy, operators without shear or rotation run as banded ones along each axis,
and another value is another program. JAX arrays (but not as ``zoom``) are data: they may be traced and
differentiated, one program serves all, and coordinates are computed in float32 (float64 where x or they are
float64).
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from .. import checks, dtypes
from ..resize import normalised_axes
from ..splines.map_coordinates import as_coordinates, as_value, check_options, sample_spline
from ..splines.spline import spline_filter as _spline_filter
from ._scipy_transforms import (
    affine,
    along_axes,
    bounds,
    cos_sin,
    dtype_of,
    numbers,
    on_diagonal,
    sizes_of,
    split,
    stored,
    zoomed,
)

if TYPE_CHECKING:
    from jax.typing import DTypeLike
    from jaxtyping import Array, Num, Real

__all__ = [
    "affine_transform",
    "map_coordinates",
    "rotate",
    "shift",
    "spline_filter",
    "spline_filter1d",
    "zoom",
]


def map_coordinates(
    input: "Num[Array, '...']",
    coordinates: "Real[Array, ' ndim *points'] | Sequence[Real[Array, '*points']]",
    output: "DTypeLike | None" = None,
    order: int = 3,
    mode: str = "constant",
    cval: float = 0.0,
    prefilter: bool = True,
) -> "Num[Array, '*points']":
    """``ndimage.map_coordinates``: see `jax_resample.map_coordinates`, which has all but ``output``.

    Raises:
      ValueError: see `jax_resample.map_coordinates`.
      TypeError: likewise, and if ``output`` is not a dtype.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import scipy as ndimage
      >>> ndimage.map_coordinates(jnp.arange(12.0).reshape(4, 3), jnp.array([[0.5], [0.5]]), order=1)
      Array([2.], dtype=float32)
    """
    x = checks.as_array(input, "input")
    points = as_coordinates(coordinates, x.ndim)
    axes = tuple(range(x.ndim))
    options = check_options(x, axes, order, mode, prefilter)
    return stored(x, output, lambda v: sample_spline(v, points, as_value(cval, v), axes=axes, **options))


def zoom(
    input: "Num[Array, '...']",
    zoom: float | Sequence[float],
    output: "DTypeLike | None" = None,
    order: int = 3,
    mode: str = "constant",
    cval: float = 0.0,
    prefilter: bool = True,
    *,
    grid_mode: bool = False,
) -> "Num[Array, '...']":
    """``ndimage.zoom``: resizes every axis by a static factor.

    Output lengths are ``round(n * zoom)``, halves to even. With ``grid_mode=False`` the first and last
    samples coincide, ``u(i) = i (n - 1) / (m - 1)``; with True the pixels' outer edges do,
    ``u(i) = (i + 1/2) n / m - 1/2``. As in SciPy, rounding may put the last sample beyond the end, where
    the mode "constant" gives ``cval``.

    Raises:
      ValueError: factors that leave no sample, an unknown mode or order.
      TypeError: factors that are not static numbers, a dtype that cannot be weighed.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import scipy as ndimage
      >>> ndimage.zoom(jnp.array([0.0, 1.0, 0.0]), 2, order=1)
      Array([0. , 0.4, 0.8, 0.8, 0.4, 0. ], dtype=float32)
    """
    x = checks.as_array(input, "input")
    axes = tuple(range(x.ndim))
    options = check_options(x, axes, order, mode, prefilter)
    checks.a_bool(grid_mode, "grid_mode")
    factors = [checks.a_number(f, "zoom") for f in checks.per_axis(zoom, x.ndim, "zoom")]
    sizes = [round(n * f) for n, f in zip(x.shape, factors, strict=True)]
    checks.positive_sizes(sizes, "zoom")
    if prefilter and all(f == 1 for f in factors):
        return stored(x, output, lambda v: v)
    at = [zoomed(n, m, grid_mode=grid_mode) for n, m in zip(x.shape, sizes, strict=True)]
    return stored(x, output, lambda v: along_axes(v, axes, at, cval, options))


def shift(
    input: "Num[Array, '...']",
    shift: "float | Sequence[float] | Real[Array, '...']",
    output: "DTypeLike | None" = None,
    order: int = 3,
    mode: str = "constant",
    cval: float = 0.0,
    prefilter: bool = True,
) -> "Num[Array, '...']":
    """``ndimage.shift``: output ``i`` reads the input at ``i - shift``, in pixels along every axis.

    ``shift`` is one number or one per axis; a JAX array is traced and differentiable.

    Raises:
      ValueError: a wrong number of shifts, an unknown mode or order.
      TypeError: shifts that are not real, a dtype that cannot be weighed.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import scipy as ndimage
      >>> ndimage.shift(jnp.array([1.0, 2.0, 3.0, 4.0]), 1.5, order=1, mode="nearest")
      Array([1. , 1. , 1.5, 2.5], dtype=float32)
    """
    x = checks.as_array(input, "input")
    axes = tuple(range(x.ndim))
    options = check_options(x, axes, order, mode, prefilter)
    offset = -numbers(shift, "shift", (x.ndim,))
    if isinstance(offset, np.ndarray):
        at = [np.arange(n, dtype=np.float64) + s for n, s in zip(x.shape, offset, strict=True)]
        return stored(x, output, lambda v: along_axes(v, axes, at, cval, options))
    return stored(
        x,
        output,
        lambda v: affine(v, axes, jnp.eye(x.ndim, dtype=offset.dtype), offset, x.shape, cval, options),
    )


def affine_transform(
    input: "Num[Array, '...']",
    matrix: "Real[Array, 'ndim ...']",
    offset: "float | Sequence[float] | Real[Array, '...']" = 0.0,
    output_shape: Sequence[int] | None = None,
    output: "DTypeLike | None" = None,
    order: int = 3,
    mode: str = "constant",
    cval: float = 0.0,
    prefilter: bool = True,
) -> "Num[Array, '...']":
    """``ndimage.affine_transform``: output ``o`` reads the input at ``matrix @ o + offset``, in pixels.

    ``matrix`` is ``(ndim, output ndim)``; ``(ndim,)``, the diagonal; or homogeneous, ``(ndim, ndim + 1)`` or
    ``(ndim + 1, ndim + 1)``, whose last column takes the place of ``offset``. ``output_shape`` is by default
    the input's. JAX arrays are traced and differentiable; their bottom row is taken to be 0 .. 0 1.

    Raises:
      ValueError: shapes that do not fit, a zero on a one-dimensional diagonal (where SciPy divides by it), a
        bottom row that is not 0 .. 0 1, an unknown mode or order.
      TypeError: entries that are not real, a dtype that cannot be weighed.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import scipy as ndimage
      >>> x = jnp.arange(6.0).reshape(2, 3)
      >>> ndimage.affine_transform(x, [[0, 1], [1, 0]], output_shape=(3, 2), order=1)
      Array([[0., 3.],
             [1., 4.],
             [2., 5.]], dtype=float32)
    """
    x = checks.as_array(input, "input")
    axes = tuple(range(x.ndim))
    options = check_options(x, axes, order, mode, prefilter)
    shape = sizes_of(output_shape, x)
    linear, offset = split(numbers(matrix, "matrix", None), offset, x.ndim, len(shape))
    offset = numbers(offset, "offset", (x.ndim,))
    if at := on_diagonal(linear, offset, shape):
        return stored(x, output, lambda v: along_axes(v, axes, at, cval, options))
    full = jnp.diag(jnp.asarray(linear)) if linear.ndim == 1 else jnp.asarray(linear)
    return stored(x, output, lambda v: affine(v, axes, full, jnp.asarray(offset), shape, cval, options))


def rotate(
    input: "Num[Array, '...']",
    angle: "float | Real[Array, '']",
    axes: Sequence[int] = (1, 0),
    reshape: bool = True,
    output: "DTypeLike | None" = None,
    order: int = 3,
    mode: str = "constant",
    cval: float = 0.0,
    prefilter: bool = True,
) -> "Num[Array, '...']":
    """``ndimage.rotate``: rotates the plane of two axes about its centre, by an angle in degrees.

    With ``reshape`` the output holds all of the input; the angle must be static then. A JAX array as angle is
    traced and differentiable. Multiples of 90 degrees are exact.

    Raises:
      ValueError: fewer than two axes, axes out of range or equal, an unknown mode or order.
      TypeError: an angle that is not real, or traced with ``reshape``; a dtype that cannot be weighed.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import scipy as ndimage
      >>> ndimage.rotate(jnp.arange(6.0).reshape(2, 3), 90, order=1)
      Array([[2., 5.],
             [1., 4.],
             [0., 3.]], dtype=float32)
    """
    x = checks.as_array(input, "input")
    if len(axes) != 2:
        checks.refuse("axes", "name two axes", repr(axes))
    plane = tuple(sorted(normalised_axes(x, tuple(axes))))
    options = check_options(x, plane, order, mode, prefilter)
    turn = numbers(angle, "angle", ())
    if checks.a_bool(reshape, "reshape") and isinstance(turn, jax.Array):
        checks.refuse("angle", "be a static number where `reshape` is True", "a JAX array", TypeError)
    xp = np if isinstance(turn, np.ndarray) else jnp
    c, s = cos_sin(turn, xp)
    matrix = xp.stack([xp.stack([c, s]), xp.stack([-s, c])])
    lengths = np.array([x.shape[axis] for axis in plane])
    shape = bounds(np.asarray(matrix), lengths) if reshape else lengths
    offset = xp.asarray((lengths - 1) / 2, matrix.dtype) - matrix @ xp.asarray((shape - 1) / 2, matrix.dtype)
    sizes = tuple(int(m) for m in shape)
    if at := on_diagonal(matrix, offset, sizes):
        return stored(x, output, lambda v: along_axes(v, plane, at, cval, options))
    matrix, offset = jnp.asarray(matrix), jnp.asarray(offset)
    return stored(x, output, lambda v: affine(v, plane, matrix, offset, sizes, cval, options))


def spline_filter(
    input: "Num[Array, '...']", order: int = 3, output: "DTypeLike" = float, mode: str = "mirror"
) -> "Num[Array, '...']":
    """``ndimage.spline_filter``: B-spline coefficients along all axes; see `jax_resample.spline_filter`.

    ``output`` is float64 by default, as in SciPy, where JAX has it enabled, and else float32.

    Raises:
      ValueError: an order outside 2 to 5, an unknown mode.
      TypeError: ``output`` is not a floating dtype.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import scipy as ndimage
      >>> ndimage.spline_filter(jnp.eye(3, dtype=jnp.uint8)).shape
      (3, 3)
    """
    if checks.an_integer(order, "order") not in (2, 3, 4, 5):
        checks.refuse("order", "be from 2 to 5", repr(order))
    x = _floating(input, output)
    return _spline_filter(x, order, mode=mode)


def spline_filter1d(
    input: "Num[Array, '...']",
    order: int = 3,
    axis: int = -1,
    output: "DTypeLike" = float,
    mode: str = "mirror",
) -> "Num[Array, '...']":
    """``ndimage.spline_filter1d``: B-spline coefficients along one axis; orders 0 and 1 return the input.

    Raises:
      ValueError: an order outside 0 to 5, an unknown mode, an axis out of range.
      TypeError: ``output`` is not a floating dtype.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import scipy as ndimage
      >>> ndimage.spline_filter1d(jnp.eye(3)).shape
      (3, 3)
    """
    return _spline_filter(_floating(input, output), order, axes=axis, mode=mode)


def _floating(input: Any, output: Any) -> jax.Array:
    """The input in the output's dtype, complex if it is."""
    x, dtype = checks.as_array(input, "input"), dtype_of(output)
    if not jnp.issubdtype(dtype, jnp.inexact):
        checks.refuse("output", "be a floating dtype", repr(output), TypeError)
    if jnp.issubdtype(x.dtype, jnp.complexfloating):
        dtype = jnp.complex128 if dtypes.widest(dtype) == "float64" else jnp.complex64
    return x.astype(dtype)
