"""Warps: arrays resampled through affine, projective and arbitrary maps, antialiased if asked."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import jax
import numpy as np

from .. import checks
from ..kernels import Kernel
from ..resize import normalised_axes
from . import projective, warp_core
from .point_taps import CONSTANT
from .sample import sampled_axes

if TYPE_CHECKING:
    from jaxtyping import Array, Float, Num


def warp(
    x: "Num[Array, '...']",
    coordinates: "Float[Array, '... dimensions']",
    *,
    axes: int | Sequence[int] | None = None,
    kernel: str | Kernel = "linear",
    boundary: str = CONSTANT,
    cval: "float | Float[Array, '']" = 0.0,
    antialias: bool = False,
    jacobian: "Float[Array, '... dimensions dimensions'] | None" = None,
    max_stretch: float | None = None,
) -> "Num[Array, '...']":
    """Resamples axes of an array at a map of coordinates, with a footprint that follows the map if asked.

    **Convention.** Output pixel ``p`` reads the input at ``coordinates[..., p, :]``, in pixels, whole
    coordinates being the centres of samples, in the order of ``axes`` (row before column). Without
    ``antialias`` this is `sample`, except that results take the places of the axes that were sampled. With
    it, the kernel is stretched along the directions in which the map shrinks, by as much as it does there:
    its footprint is the polar factor ``(J J^T)^(1/2)`` of the map's Jacobian, no stretch being less than 1.
    Where the map does not shrink nothing changes; where it shrinks along the axes, by any factor, it is
    `resize` with ``antialias=True``.

    Args:
      x: array of any rank.
      coordinates: ``(*batch, *size, D)`` floating; ``batch`` are the axes of ``x`` before the first
        resampled one, each of equal length or 1, and ``size`` the ``D`` output lengths.
      axes: the ``D`` axes to resample. By default all axes of an array with ``D`` of them, and those of a
        channels-last batch, ``1`` to ``D``, of an array with ``D + 2``.
      kernel: as in `sample`; with ``antialias``, "cubic" has a = -0.5, as in `resize`, and "nearest" is
        refused.
      boundary: as in `sample`; with ``antialias`` also ``"drop"``: what lies outside is left out and the
        other weights make up for it, as in `resize` with ``antialias``; 0 where nothing is left.
      cval: the constant of ``boundary="constant"``; may be traced and is differentiable.
      antialias: whether the footprint follows the map.
      jacobian: ``(*batch, *size, D, D)``, or with 1 for any length: the derivative of coordinate ``i`` along
        output axis ``j`` in ``[..., i, j]``. By default central differences of ``coordinates``.
      max_stretch: the longest stretch that is followed, at least 1; required with ``antialias``. Where the
        map shrinks more the footprint stays at it, and aliasing returns by degrees. An output reads about
        ``(2 r (1 + (max_stretch - 1) (1 + sqrt(D)) / 2)) ** D`` samples, ``r`` being the kernel's radius.

    Returns:
      ``x`` with ``size`` in the place of the axes' lengths, in its dtype; arithmetic as in `sample`.

    Gradients reach ``x``, ``cval``, ``coordinates`` and ``jacobian``, in every mode. They are right in every
    order, except that second derivatives in the Jacobian of three or more axes need stretches that differ.
    A NaN sample reaches the results whose footprint gives it weight. With ``antialias`` a NaN or an infinite
    coordinate gives NaN.

    Raises:
      ValueError: shapes or options that do not fit the above.
      TypeError: coordinates that are not floating, or a dtype that cannot be averaged.

    Source: the elliptical weighted average of Greene and Heckbert (1986) and Heckbert (1989), with separable
    kernels; see ``footprint.py``.

    Example:
      >>> import jax.numpy as jnp
      >>> import jax_resample as jr
      >>> x = jnp.array([0.0, 8.0, 0.0, 8.0, 0.0, 8.0])
      >>> every_other = jnp.array([[0.0], [2.0], [4.0]])
      >>> jr.warp(x, every_other)
      Array([0., 0., 0.], dtype=float32)
      >>> jr.warp(x, every_other, antialias=True, max_stretch=2.0, boundary="mirror")
      Array([4., 4., 4.], dtype=float32)
    """
    x, coordinates = checks.as_array(x, "x"), checks.as_array(coordinates, "coordinates")
    checks.a_floating(coordinates, "coordinates")
    if coordinates.ndim == 0:
        checks.refuse("coordinates", "have a last axis with one coordinate for each axis", "shape ()")
    resampled = sampled_axes(x, axes, coordinates)
    rank, first = len(resampled), min(resampled)
    if coordinates.ndim != first + rank + 1:
        rule = f"have {first} batch axes, {rank} output axes and a last one for the coordinates"
        checks.refuse("coordinates", rule, f"shape {coordinates.shape}")
    options = warp_core.Options(resampled, kernel, boundary)
    if not checks.a_bool(antialias, "antialias"):
        if jacobian is not None:
            checks.refuse("jacobian", "be None unless `antialias` is True", "an array")
        return warp_core.warp_at(x, coordinates, None, cval, options, max_stretch)
    if jacobian is None:
        jacobian = projective.differences(coordinates, first)
    jacobian, whole = checks.as_array(jacobian, "jacobian"), (*coordinates.shape, rank)
    fits = len(jacobian.shape) == len(whole) and jacobian.shape[-2:] == (rank, rank)
    if not fits or any(a not in (1, b) for a, b in zip(jacobian.shape, whole, strict=True)):
        rule = f"have shape {whole}, or 1 for any length but the last two"
        checks.refuse("jacobian", rule, f"shape {jacobian.shape}")
    return warp_core.warp_at(x, coordinates, jacobian, cval, options, max_stretch)


def warp_affine(
    x: "Num[Array, '...']",
    matrix: "Float[Array, '... dimensions columns']",
    size: int | Sequence[int] | None = None,
    *,
    direction: str = "output_to_input",
    axes: int | Sequence[int] | None = None,
    kernel: str | Kernel = "linear",
    boundary: str = CONSTANT,
    cval: "float | Float[Array, '']" = 0.0,
    antialias: bool = False,
    max_stretch: float | None = None,
) -> "Num[Array, '...']":
    """Warps axes of an array by an affine map, of any rank: rotation, scale, shear and translation.

    **Convention.** With ``direction="output_to_input"`` output pixel ``p`` reads the input at
    ``matrix[:, :D] @ p + matrix[:, D]``, in pixels, whole coordinates being the centres of samples, in the
    order of ``axes`` (row before column); with ``"input_to_output"`` the matrix moves input pixels to output
    pixels and its inverse is used, as in OpenCV without ``WARP_INVERSE_MAP``. SciPy's ``affine_transform``
    has the same order and direction.

    Args:
      x: array of any rank.
      matrix: ``(D, D + 1)``, or ``(*batch, D, D + 1)`` with the axes of ``x`` before the first resampled one,
        each of equal length or 1. Traced or not.
      size: output length of each axis, in samples; one integer serves all of them. By default the input's.
      direction: ``"output_to_input"`` or ``"input_to_output"``.
      axes: axes to warp. By default those of a channels-last batch, ``1`` to ``ndim - 2``; all axes of an
        array with fewer than three.
      kernel: as in `warp`.
      boundary: as in `warp`.
      cval: the constant of ``boundary="constant"``; may be traced and is differentiable.
      antialias: average over what shrinking skips: the footprint of each output is the image of the kernel
        under the map; see `warp`.
      max_stretch: the longest stretch that is followed, as in `warp`. By default the map's own, which needs a
        matrix that is not traced.

    Returns:
      The warped array, in ``x``'s dtype; arithmetic as in `sample`. Coordinates are computed in float32
      (float64 where ``x`` or the matrix is), to about 1e-7 of their size.

    Gradients reach ``x``, ``matrix`` and ``cval``, as in `warp`, and so does NaN.

    Raises:
      ValueError: shapes or options that do not fit, or a matrix without inverse where one is needed.
      TypeError: a size that is not static, or a dtype that cannot be averaged.

    Example:
      >>> import jax.numpy as jnp
      >>> import jax_resample as jr
      >>> x = jnp.array([[1.0, 2.0], [3.0, 4.0]])
      >>> quarter_turn = jnp.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 1.0]])
      >>> jr.warp_affine(x, quarter_turn)
      Array([[2., 4.],
             [1., 3.]], dtype=float32)
    """
    x = checks.as_array(x, "x")
    resampled = normalised_axes(x, axes)
    sizes = _output_sizes(x, resampled, size)
    affine = projective.homogeneous(_matrix(x, matrix, resampled, rows=len(resampled)))
    pulling = projective.pulling(affine, direction)
    return warp_core.project(
        x,
        pulling,
        sizes,
        cval,
        warp_core.Options(resampled, kernel, boundary),
        antialias,
        max_stretch,
        affine=True,
    )


def warp_perspective(
    x: "Num[Array, '...']",
    matrix: "Float[Array, '... rows columns']",
    size: int | Sequence[int] | None = None,
    *,
    direction: str = "output_to_input",
    axes: int | Sequence[int] | None = None,
    kernel: str | Kernel = "linear",
    boundary: str = CONSTANT,
    cval: "float | Float[Array, '']" = 0.0,
    antialias: bool = False,
    max_stretch: float | None = None,
) -> "Num[Array, '...']":
    """Warps axes of an array by a projective map, of any rank: a homography of images.

    **Convention.** With ``direction="output_to_input"`` output pixel ``p`` reads the input at
    ``q[:D] / q[D]`` with ``q = matrix @ (p, 1)``, in pixels, whole coordinates being the centres of samples,
    in the order of ``axes`` (row before column, where OpenCV has x before y); with ``"input_to_output"`` the
    matrix moves input pixels to output pixels and its inverse is used. Where ``q[D]`` is 0 the coordinate is
    infinite or NaN, with the results that `sample` has there.

    Args:
      x: array of any rank.
      matrix: ``(D + 1, D + 1)``, or with batch axes as in `warp_affine`. Traced or not.
      size: output length of each axis, in samples; one integer serves all of them. By default the input's.
      direction: ``"output_to_input"`` or ``"input_to_output"``.
      axes: axes to warp, as in `warp_affine`.
      kernel: as in `warp`.
      boundary: as in `warp`.
      cval: the constant of ``boundary="constant"``; may be traced and is differentiable.
      antialias: average over what shrinking skips; the footprint follows the map's Jacobian at every pixel.
      max_stretch: the longest stretch that is followed, as in `warp`; required with ``antialias``.

    Returns:
      The warped array, in ``x``'s dtype; arithmetic as in `warp_affine`.

    Gradients reach ``x``, ``matrix`` and ``cval``, as in `warp`, and so does NaN.

    Raises:
      ValueError: shapes or options that do not fit, or a matrix without inverse where one is needed.
      TypeError: a size that is not static, or a dtype that cannot be averaged.

    Example:
      >>> import jax.numpy as jnp
      >>> import jax_resample as jr
      >>> tilt = jnp.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.25, 1.0]])
      >>> jr.warp_perspective(jnp.array([[0.0, 10.0, 20.0]]), tilt)
      Array([[ 0.      ,  8.      , 13.333334]], dtype=float32)
    """
    x = checks.as_array(x, "x")
    resampled = normalised_axes(x, axes)
    sizes = _output_sizes(x, resampled, size)
    pulling = projective.pulling(_matrix(x, matrix, resampled, rows=len(resampled) + 1), direction)
    return warp_core.project(
        x, pulling, sizes, cval, warp_core.Options(resampled, kernel, boundary), antialias, max_stretch
    )


def _output_sizes(x: jax.Array, axes: tuple[int, ...], size: Any) -> tuple[int, ...]:
    lengths = checks.static_lengths(x, axes, "x")
    if size is None:
        return lengths
    return checks.sizes_per_axis(size, len(axes), "size")


def _matrix(x: jax.Array, matrix: Any, axes: tuple[int, ...], *, rows: int) -> projective.Matrix:
    """A real matrix of the right shape, with a 1 for every batch axis of ``x`` where it has none."""
    if not isinstance(matrix, np.ndarray):
        matrix = checks.as_array(matrix, "matrix")
    checks.a_floating(matrix, "matrix")
    batch, core = x.shape[: min(axes)], (rows, len(axes) + 1)
    given = matrix.shape[:-2]
    fits = len(given) == len(batch) and all(1 in (a, b) or a == b for a, b in zip(given, batch, strict=True))
    if matrix.shape[-2:] != core or (given and not fits):
        rule = f"have shape {core}, or that after the batch axes of `x`, {batch}, each of them or 1"
        checks.refuse("matrix", rule, f"shape {matrix.shape}")
    return matrix if given else matrix.reshape((1,) * len(batch) + core)
