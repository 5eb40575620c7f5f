"""``skimage.transform``'s resizing on JAX arrays: the same signatures, defaults and numbers.

Results follow scikit-image 0.26. As there, float32 (and half precision) stays or becomes float32, and
integers become floats in [0, 1] or [-1, 1] unless ``preserve_range`` is True or ``order`` is 0; they become
float64 where JAX has it enabled, and else float32. Sizes and options are static.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from .. import checks
from ..banded import from_entries
from ..resize import normalised_axes
from ..splines.map_coordinates import as_value, check_options
from ..splines.spline import separable
from ..splines.spline_taps import spline_taps
from ..taps import Taps
from ._scipy_transforms import zoomed

if TYPE_CHECKING:
    from jaxtyping import Array, Num

__all__ = ["rescale", "resize", "resize_local_mean"]

# NumPy's names for padding, and the mode of `extensions.EXTENSIONS` that they stand for.
_MODES: dict[str, str] = {
    "constant": "grid-constant",
    "edge": "nearest",
    "symmetric": "reflect",
    "reflect": "mirror",
    "wrap": "grid-wrap",
}


def resize(
    image: "Num[Array, '...']",
    output_shape: Sequence[int],
    order: int | None = None,
    mode: str = "reflect",
    cval: float = 0,
    clip: bool = True,
    preserve_range: bool = False,
    anti_aliasing: bool | None = None,
    anti_aliasing_sigma: float | Sequence[float] | None = None,
) -> "Num[Array, '...']":
    """``transform.resize``: to a shape, by splines, after a Gaussian blur where an axis shrinks.

    Pixels' outer edges coincide. A shape with one entry less than ``image`` has axes keeps the last axis,
    one with more adds axes of length 1 first. ``order`` is 1 by default (0 for booleans), and
    ``anti_aliasing`` on where an axis shrinks, but for booleans and for integers with order 0. The blur's
    default is ``(n / m - 1) / 2`` pixels. ``clip`` keeps the result in the image's range, with gradient zero
    where it does.

    Raises:
      ValueError: shapes that do not fit, an unknown mode or order, a negative sigma, booleans with
        ``anti_aliasing`` or an order above 0; integers with ``anti_aliasing`` and order 0, which scikit-image
        blurs in integers.
      TypeError: sizes that are not static integers, options of the wrong type, complex images.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import skimage
      >>> skimage.resize(jnp.arange(16.0).reshape(4, 4), (2, 2), anti_aliasing=False)
      Array([[ 2.5,  4.5],
             [10.5, 12.5]], dtype=float32)
    """
    x = _real(image)
    checks.one_of(mode, _MODES, "mode")
    shape = _full_shape(x, output_shape)
    x = x.reshape(x.shape + (1,) * (len(shape) - x.ndim))
    is_bool, is_integer = x.dtype == bool, jnp.issubdtype(x.dtype, jnp.integer)
    order = (0 if is_bool else 1) if order is None else order
    axes = tuple(range(x.ndim))
    blurs = _blurs(x, order, shape, anti_aliasing)
    wide = _as_float(x, preserve_range) if order or not (is_bool or is_integer) else x
    options = check_options(wide, axes, order, _MODES[mode], prefilter=True)
    if is_bool and order:
        checks.refuse("order", "be 0 for booleans", repr(order))
    sigmas = _sigmas(x.shape, shape, anti_aliasing_sigma) if blurs else [0.0] * x.ndim
    degree = 0 if x.shape == shape else options["order"]
    kind = "float64" if wide.dtype == jnp.float64 else "float32"
    taps = tuple(
        spline_taps(zoomed(n, m, grid_mode=True), n, degree, _MODES[mode], kind, sigma=sigma)
        for n, m, sigma in zip(x.shape, shape, sigmas, strict=True)
    )
    outside = as_value(cval, wide)
    y = separable(wide, outside, axes=axes, taps=taps, mode=_MODES[mode])
    if not checks.a_bool(clip, "clip") or not jnp.issubdtype(y.dtype, jnp.floating):
        return y
    return _clipped(y, wide, outside if mode == "constant" else None)


def rescale(
    image: "Num[Array, '...']",
    scale: float | Sequence[float],
    order: int | None = None,
    mode: str = "reflect",
    cval: float = 0,
    clip: bool = True,
    preserve_range: bool = False,
    anti_aliasing: bool | None = None,
    anti_aliasing_sigma: float | Sequence[float] | None = None,
    *,
    channel_axis: int | None = None,
) -> "Num[Array, '...']":
    """``transform.rescale``: `resize` to ``round(n * scale)`` (halves to even) on every axis but the
    channels'.

    Raises:
      ValueError: a wrong number of scales, scales that are not positive; and see `resize`.
      TypeError: scales that are not static numbers; and see `resize`.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import skimage
      >>> skimage.rescale(jnp.zeros((8, 6, 3)), 0.5, channel_axis=-1).shape
      (4, 3, 3)
    """
    x = checks.as_array(image, "image")
    channel = None if channel_axis is None else normalised_axes(x, channel_axis)[0]
    moved = x if channel is None else jnp.moveaxis(x, channel, -1)
    spatial = moved.shape if channel is None else moved.shape[:-1]
    factors = [checks.a_number(f, "scale") for f in checks.per_axis(scale, len(spatial), "scale")]
    if any(f <= 0 for f in factors):
        checks.refuse("scale", "be positive", repr(scale))
    shape = [max(round(n * f), 1) for n, f in zip(spatial, factors, strict=True)]
    shape += moved.shape[len(spatial) :]
    y = resize(moved, shape, order, mode, cval, clip, preserve_range, anti_aliasing, anti_aliasing_sigma)
    return y if channel is None else jnp.moveaxis(y, -1, channel)


def resize_local_mean(
    image: "Num[Array, '...']",
    output_shape: Sequence[int],
    grid_mode: bool = True,
    preserve_range: bool = False,
    *,
    channel_axis: int | None = None,
) -> "Num[Array, '...']":
    """``transform.resize_local_mean``: the mean over the part of the input that an output pixel covers.

    With ``grid_mode`` pixels are squares, and both grids share their outer edges; without, they are points,
    the first and last of both grids coincide, and each stands for what lies nearest to it. ``output_shape``
    is as in `resize`; with ``channel_axis`` it may leave the channels out.

    Raises:
      ValueError: shapes that do not fit; without ``grid_mode``, an axis of length 1 that is to grow.
      TypeError: sizes that are not static integers, complex images.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import skimage
      >>> skimage.resize_local_mean(jnp.array([1.0, 2.0, 3.0]), (2,))
      Array([1.3333334, 2.6666667], dtype=float32)
    """
    x = _real(image)
    checks.a_bool(grid_mode, "grid_mode")
    shape = _full_shape(x, output_shape, channel_axis)
    x = _as_float(x, preserve_range).reshape(x.shape + (1,) * (len(shape) - x.ndim))
    changed = tuple(axis for axis, (n, m) in enumerate(zip(x.shape, shape, strict=True)) if n != m)
    taps = tuple(_mean_taps(x.shape[a], shape[a], x.dtype.name, grid_mode=grid_mode) for a in changed)
    return separable(x, jnp.zeros((), x.dtype), axes=changed, taps=taps, mode="mirror")


def _real(image: Any) -> jax.Array:
    x = checks.as_array(image, "image")
    if jnp.issubdtype(x.dtype, jnp.complexfloating):
        checks.refuse("image", "be real", f"dtype {x.dtype}", TypeError)
    checks.static_lengths(x, range(x.ndim), "image")
    return x


def _full_shape(x: jax.Array, output_shape: Any, channel_axis: int | None = None) -> tuple[int, ...]:
    """The output's shape with the channels that it may leave out."""
    if not isinstance(output_shape, Sequence):
        output_shape = np.asarray(output_shape).tolist()
    shape = [checks.an_integer(m, "output_shape") for m in output_shape]
    checks.positive_sizes(shape, "output_shape")
    channel = x.ndim - 1 if channel_axis is None else normalised_axes(x, channel_axis)[0]
    if len(shape) == x.ndim - 1:
        shape.insert(channel, x.shape[channel])
    if len(shape) < x.ndim or (channel_axis is not None and len(shape) > x.ndim):
        checks.refuse("output_shape", f"have {x.ndim} entries, or {x.ndim - 1}", repr(output_shape))
    if channel_axis is not None and shape[channel] != x.shape[channel]:
        checks.refuse("output_shape", "keep the channels", repr(output_shape))
    return tuple(shape)


def _as_float(x: jax.Array, preserve_range: bool) -> jax.Array:
    """scikit-image's float: float32 and float64 as they are, integers scaled to at most 1 unless not to."""
    keeps = checks.a_bool(preserve_range, "preserve_range")
    if jnp.issubdtype(x.dtype, jnp.floating):
        return x if x.dtype in (jnp.float32, jnp.float64) else x.astype(jnp.float32)
    wide = x.astype(jax.dtypes.canonicalize_dtype(float))
    if keeps or x.dtype == bool:
        return wide
    return jnp.maximum(wide / jnp.iinfo(x.dtype).max, -1)


def _blurs(x: jax.Array, order: Any, shape: tuple[int, ...], anti_aliasing: bool | None) -> bool:
    """Whether a blur goes first, by default where an axis shrinks and the image can be blurred."""
    moved = x.dtype == bool or (order == 0 and jnp.issubdtype(x.dtype, jnp.integer))
    if anti_aliasing is None:
        return not moved and any(m < n for n, m in zip(x.shape, shape, strict=True))
    if checks.a_bool(anti_aliasing, "anti_aliasing") and moved:
        checks.refuse("anti_aliasing", "be False for booleans, and for integers with order 0", "True")
    return bool(anti_aliasing)


def _sigmas(lengths: Sequence[int], shape: Sequence[int], given: Any) -> list[float]:
    """The blur of each axis in pixels."""
    if given is None:
        return [max(0.0, (n / m - 1) / 2) for n, m in zip(lengths, shape, strict=True)]
    sigmas = checks.per_axis(given, len(lengths), "anti_aliasing_sigma")
    sigmas = [checks.a_number(s, "anti_aliasing_sigma") for s in sigmas]
    if min(sigmas) < 0:
        checks.refuse("anti_aliasing_sigma", "not be negative", repr(given))
    return sigmas


@jax.jit
def _clipped(y: jax.Array, x: jax.Array, cval: jax.Array | None) -> jax.Array:
    """``y`` in the range of ``x``, widened by ``cval`` where that lies in the range of ``y``."""
    low, high = jnp.nanmin(x), jnp.nanmax(x)
    if cval is not None:
        shows = (jnp.nanmin(y) <= cval) & (cval <= jnp.nanmax(y))
        low = jnp.where(shows, jnp.minimum(low, cval), low)
        high = jnp.where(shows, jnp.maximum(high, cval), high)
    return jnp.clip(y, low, high)


def _mean_taps(n: int, m: int, dtype: str, *, grid_mode: bool) -> Taps:
    """Overlaps of the intervals that output pixels and input pixels stand for, by output."""
    if n == 1 and not grid_mode:
        checks.refuse("image", "have no axis of length 1 that grows where `grid_mode` is False", f"to {m}")
    old, new = (_breaks(n, n, grid_mode), _breaks(n, m, grid_mode))
    first = np.searchsorted(old, new[:-1], side="right") - 1
    last = np.searchsorted(old, new[1:], side="left")
    column = np.minimum(first[:, None] + np.arange((last - first).max()), n - 1)
    inside = first[:, None] + np.arange((last - first).max()) < n
    shared = np.minimum(new[1:, None], old[column + 1]) - np.maximum(new[:-1, None], old[column])
    weights = np.maximum(shared, 0) * inside
    weights /= weights.sum(axis=1, keepdims=True)
    row, place = np.nonzero(weights)
    return from_entries((m, n), row, column[row, place], weights[row, place], dtype)


def _breaks(n: int, m: int, grid_mode: bool) -> np.ndarray:
    """Where the intervals of ``m`` pixels end on an axis of ``n``."""
    if grid_mode:
        return np.linspace(0, n, m + 1)
    half = 0.5 * (n - 1) / (m - 1) if m > 1 else 0.0
    return np.concatenate([[0], np.linspace(half, n - 1 - half, m - 1), [n - 1]])
