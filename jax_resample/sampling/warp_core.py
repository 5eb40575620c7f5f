"""What every warp does: samples at a map of coordinates, by interpolation or by footprints."""

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from .. import checks, dtypes
from ..kernels import Kernel, find_kernel
from ..lowering.shards import merge_axes, split_axes
from . import footprint, projective
from .point_taps import NEAREST
from .sample import BOUNDARIES, arrange, check_kernel, constant_of, sample


class Options(NamedTuple):
    """What every warp does at its coordinates."""

    axes: tuple[int, ...]
    kernel: str | Kernel
    boundary: str


def project(
    x: jax.Array,
    matrix: projective.Matrix,
    sizes: tuple[int, ...],
    cval: Any,
    options: Options,
    antialias: bool,
    max_stretch: float | None,
    *,
    affine: bool = False,
) -> jax.Array:
    """Warps by a homogeneous matrix from output to input pixels."""
    kinds = dtypes.compute_dtype(x.dtype), dtypes.compute_dtype(matrix.dtype)
    # A matrix of float64 numbers that nobody asked to be float64 is computed with as the image is.
    kind = kinds[0] if isinstance(matrix, np.ndarray) else np.promote_types(*kinds)
    coordinates, jacobian = projective.project(jnp.asarray(matrix, kind), sizes, affine=affine)
    if not checks.a_bool(antialias, "antialias"):
        return warp_at(x, coordinates, None, cval, options, max_stretch)
    reach, numbers = None, projective.known(matrix) if affine and max_stretch is None else None
    if numbers is not None:
        rank = len(sizes)
        row = find_kernel(_antialiasing_kernel(options.kernel))
        reach, max_stretch = footprint.known_reach(numbers[..., :rank, :rank], row), np.inf
    return warp_at(x, coordinates, jacobian, cval, options, max_stretch, reach)


def warp_at(
    x: jax.Array,
    coordinates: jax.Array,
    jacobian: jax.Array | None,
    cval: Any,
    options: Options,
    max_stretch: float | None,
    reach: tuple[float, ...] | None = None,
) -> jax.Array:
    """Samples at a map of coordinates and puts the result where the axes were."""
    axes, kernel, boundary = options
    first, rank = min(axes), len(axes)
    if jacobian is None:
        if max_stretch is not None:
            checks.refuse("max_stretch", "be None unless `antialias` is True", repr(max_stretch))
        y = sample(x, coordinates, axes=axes, kernel=kernel, boundary=boundary, cval=cval)
        return jnp.moveaxis(y, range(first, first + rank), axes)
    row = _antialiasing_kernel(kernel)
    checks.one_of(boundary, (*BOUNDARIES, footprint.DROP), "boundary")
    checks.static_lengths(x, axes, "x")
    checks.a_weighable(x)
    if reach is None:
        if max_stretch is None:
            rule = "be given with `antialias`, unless an affine matrix is known when the program is made"
            checks.refuse("max_stretch", rule, "None")
        if checks.a_number(max_stretch, "max_stretch") < 1:
            checks.refuse("max_stretch", "be at least 1", repr(max_stretch))
        reach = footprint.largest_reach(max_stretch, rank, find_kernel(row))
    fill = constant_of(cval, boundary)
    y = _antialiased(
        x,
        coordinates,
        jacobian,
        jnp.zeros(()) if fill is None else fill,
        axes=axes,
        kernel=row,
        boundary=boundary,
        max_stretch=float(max_stretch or 1),
        reach=reach,
    )
    return jnp.moveaxis(y, range(first, first + rank), axes)


@partial(jax.jit, static_argnames=("axes", "kernel", "boundary", "max_stretch", "reach"))
def _antialiased(
    x: jax.Array,
    coordinates: jax.Array,
    jacobian: jax.Array,
    cval: jax.Array,
    *,
    axes: tuple[int, ...],
    kernel: str | Kernel,
    boundary: str,
    max_stretch: float,
    reach: tuple[float, ...],
) -> jax.Array:
    """Brings the arrays into the form of the core and the result out of it."""
    with jax.named_scope("jax_resample"):
        kind = np.promote_types(dtypes.compute_dtype(x.dtype), dtypes.compute_dtype(coordinates.dtype))
        images, points, groups = arrange(x, coordinates.astype(kind), axes)
        inverse = footprint.inverse_footprint(jacobian.astype(kind), max_stretch)
        batch = jnp.broadcast_shapes(x.shape[: min(axes)], coordinates.shape[: min(axes)])
        inverse = jnp.broadcast_to(inverse, (*batch, *coordinates.shape[min(axes) :], len(axes)))
        inverse = merge_axes(inverse, (len(groups[0]), len(groups[1]), 1, 1))
        read = partial(footprint.sample_footprint, kernel=kernel, boundary=boundary, reach=reach)
        if jnp.issubdtype(x.dtype, jnp.complexfloating):
            real = read(images.real, points, inverse, cval)
            y = jax.lax.complex(real, read(images.imag, points, inverse, jnp.zeros_like(cval)))
        else:
            y = dtypes.round_to(read(images, points, inverse, cval), x.dtype)
        return split_axes(y, groups)


def _antialiasing_kernel(kernel: str | Kernel) -> str | Kernel:
    """The kernel that is stretched; "cubic" is the one that `resize` stretches."""
    if kernel in ("cubic", "bicubic"):
        return "cubic(-0.5)"
    if kernel == NEAREST:
        checks.refuse("kernel", "not be 'nearest' with `antialias`", repr(kernel))
    return check_kernel(kernel)
