"""What the transforms of ``scipy.ndimage`` share: static or traced numbers, coordinates, output dtypes."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from .. import checks, dtypes
from ..splines.map_coordinates import as_value, sample_spline
from ..splines.spline import separable
from ..splines.spline_taps import spline_taps


def zoomed(n: int, m: int, *, grid_mode: bool) -> np.ndarray:
    """Where zoom reads, in float64 and SciPy's order of rounding."""
    i = np.arange(m, dtype=np.float64)
    if grid_mode:
        return (i + 0.5) * (n / m) - 0.5
    return i * ((n - 1) / (m - 1)) if m > 1 else i


def bounds(matrix: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Lengths of the smallest box around a rotated one."""
    height, width = lengths
    corners = matrix @ np.array([[0, 0, height, height], [0, width, 0, width]])
    return (np.ptp(corners, axis=1) + 0.5).astype(int)


def cos_sin(degrees: Any, xp: Any) -> tuple[Any, Any]:
    """Cosine and sine of an angle in degrees, exact at multiples of 90."""
    turns = xp.round(degrees / 90)
    rest = xp.deg2rad(degrees - 90 * turns)
    c, s = xp.cos(rest), xp.sin(rest)
    quarter = xp.mod(turns, 4)
    cosine = xp.where(quarter == 0, c, xp.where(quarter == 1, -s, xp.where(quarter == 2, -c, s)))
    sine = xp.where(quarter == 0, s, xp.where(quarter == 1, c, xp.where(quarter == 2, -s, -c)))
    return cosine, sine


def stored(x: jax.Array, output: Any, run: Callable[[jax.Array], jax.Array]) -> jax.Array:
    """``run`` in the wider of ``x``'s dtype and the output's, then rounded to the latter."""
    dtype = x.dtype if output is None else dtype_of(output)
    if jnp.issubdtype(x.dtype, jnp.complexfloating) and not jnp.issubdtype(dtype, jnp.complexfloating):
        checks.refuse("output", "be a complex dtype, as `input` is", repr(output), TypeError)
    if dtype == x.dtype:
        return run(x)
    if jnp.issubdtype(x.dtype, jnp.complexfloating):
        return run(x.astype(jnp.complex128 if jnp.complex128 in (x.dtype, dtype) else jnp.complex64)).astype(
            dtype
        )
    if jnp.issubdtype(x.dtype, jnp.inexact) or jnp.issubdtype(dtype, jnp.inexact):
        return dtypes.round_away(run(x.astype(dtypes.widest(x.dtype, dtype))), dtype)
    return dtypes.round_away(run(x.astype(np.promote_types(x.dtype, dtype))), dtype)


def dtype_of(output: Any) -> np.dtype:
    """The dtype that ``output`` names, narrowed where float64 is switched off."""
    if isinstance(output, (jax.Array, np.ndarray)):
        checks.refuse("output", "be a dtype; arrays cannot be written to", type(output).__name__, TypeError)
    return jax.dtypes.canonicalize_dtype(output)


def numbers(value: Any, argument: str, shape: tuple[int, ...] | None) -> Any:
    """Finite float64 numbers if they are static, a JAX array if any of them is one."""
    traced = any(isinstance(leaf, jax.Array) for leaf in jax.tree.leaves(value))
    array = jnp.asarray(value) if traced else np.asarray(value)
    if array.dtype == bool or not (
        np.issubdtype(array.dtype, np.integer) or jnp.issubdtype(array.dtype, jnp.floating)
    ):
        checks.refuse(argument, "be real numbers", f"dtype {array.dtype}", TypeError)
    if traced:
        array = array.astype(dtypes.compute_dtype(array.dtype))
    else:
        array = array.astype(np.float64)
        if not np.isfinite(array).all():
            checks.refuse(argument, "be finite", repr(value))
    if shape is not None and array.shape not in ((), shape):
        checks.refuse(argument, f"be one number or have shape {shape}", f"shape {array.shape}")
    return array if shape is None else (jnp if traced else np).broadcast_to(array, shape)


def sizes_of(output_shape: Sequence[int] | None, x: jax.Array) -> tuple[int, ...]:
    """The lengths asked for, by default ``x``'s."""
    if output_shape is None:
        return x.shape
    sizes = tuple(checks.an_integer(m, "output_shape") for m in output_shape)
    checks.positive_sizes(sizes, "output_shape")
    return sizes


def split(matrix: Any, offset: Any, rank: int, out_rank: int) -> tuple[Any, Any]:
    """The linear part and the offset; the latter from a homogeneous matrix's last column."""
    if matrix.ndim == 2 and matrix.shape[1] == rank + 1 and matrix.shape[0] in (rank, rank + 1):
        bottom = matrix[rank:]
        if isinstance(bottom, np.ndarray) and (bottom != np.eye(rank + 1)[rank]).any():
            checks.refuse("matrix", "have a bottom row of 0 .. 0 1 if it is homogeneous", repr(matrix[rank]))
        matrix, offset = matrix[:rank, :rank], matrix[:rank, rank]
    shapes = ((rank, out_rank), (rank,)) if rank == out_rank else ((rank, out_rank),)
    if matrix.shape not in shapes:
        checks.refuse("matrix", f"have shape {' or '.join(map(str, shapes))}", f"shape {matrix.shape}")
    if matrix.ndim == 1 and isinstance(matrix, np.ndarray) and not matrix.all():
        checks.refuse("matrix", "have no zero on a one-dimensional diagonal", repr(matrix))
    return matrix, offset


def on_diagonal(matrix: Any, offset: Any, shape: tuple[int, ...]) -> list[np.ndarray] | None:
    """Static coordinates along each axis of a map that mixes none, in SciPy's order of rounding."""
    if not (isinstance(matrix, np.ndarray) and isinstance(offset, np.ndarray)):
        return None
    ramps = [np.arange(m, dtype=np.float64) for m in shape]
    if matrix.ndim == 1:
        return [(i + b / a) * a for i, a, b in zip(ramps, matrix, offset, strict=True)]
    if matrix.shape[0] != matrix.shape[1] or np.diag(np.diag(matrix)).tolist() != matrix.tolist():
        return None
    return [i * a + b for i, a, b in zip(ramps, np.diag(matrix), offset, strict=True)]


def along_axes(
    x: jax.Array, axes: tuple[int, ...], at: Sequence[np.ndarray], cval: Any, options: dict[str, Any]
) -> jax.Array:
    """The spline at static coordinates of each axis."""
    order, mode, prefilter = options["order"], options["mode"], options["prefilter"]
    kind = dtypes.compute_dtype(x.dtype)
    taps = tuple(
        spline_taps(u, x.shape[axis], order, mode, kind, prefilter=prefilter)
        for axis, u in zip(axes, at, strict=True)
    )
    return separable(x, as_value(cval, x), axes=axes, taps=taps, mode=mode)


def affine(
    x: jax.Array,
    axes: tuple[int, ...],
    matrix: jax.Array,
    offset: jax.Array,
    shape: Sequence[int],
    cval: Any,
    options: dict[str, Any],
) -> jax.Array:
    """The spline at ``matrix @ o + offset`` for every place ``o`` of an output of ``shape``."""
    kind = dtypes.widest(matrix.dtype, offset.dtype, x.dtype)
    ramps = [jax.lax.broadcasted_iota(kind, shape, axis) for axis in range(len(shape))]
    matrix, offset = matrix.astype(kind), offset.astype(kind)
    rows = [
        sum(a * i for a, i in zip(row, ramps, strict=True)) + b for row, b in zip(matrix, offset, strict=True)
    ]
    y = sample_spline(x, jnp.stack(rows), as_value(cval, x), axes=axes, **options)
    return y if len(axes) == x.ndim else jnp.moveaxis(y, range(len(axes)), axes)
