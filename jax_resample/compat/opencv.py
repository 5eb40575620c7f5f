"""``cv2`` on JAX arrays: `resize` with OpenCV 5's numbers, and its warps.

An image is an array ``(height, width)`` or ``(..., height, width, channels)``; leading axes are batches.
Sizes are in OpenCV's order, width first. The numbers are those of OpenCV's portable code, which
``cv2.ipp.setUseIPP(False)`` asks for; Intel's IPP, which the x86 wheels use otherwise, differs from it in
float32 ``INTER_LINEAR`` and ``INTER_CUBIC`` by up to 1.2e-5 of the range, and in 8-bit ``INTER_CUBIC`` by one
level in 3 % of the samples.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jax
import numpy as np

from .. import checks
from ..conventions import conventions
from ..conventions.opencv import chosen
from ..coordinates import OUTPUT_SIZES
from ..resize import resample_axes
from . import _opencv_names as cv
from ._opencv_names import *  # noqa: F403
from ._opencv_warp import remap, warpAffine, warpPerspective

if TYPE_CHECKING:
    from jaxtyping import Array, Shaped

__all__ = ["remap", "resize", "warpAffine", "warpPerspective"]
__all__ += cv.__all__

_ROWS = {
    cv.INTER_NEAREST: "nearest",
    cv.INTER_LINEAR: "linear",
    cv.INTER_CUBIC: "cubic",
    cv.INTER_AREA: "area",
    cv.INTER_LANCZOS4: "lanczos4",
    cv.INTER_LINEAR_EXACT: "linear-exact",
    cv.INTER_NEAREST_EXACT: "nearest-exact",
}
_WEIGHED = ("uint8", "uint16", "int16", "float32", "float64")
# OpenCV adds up 2 x 2 blocks of 8 bits by vectors, which round half up, for these numbers of channels.
_VECTORED = (1, 3, 4)
_MOST_AREA_CHANNELS = 4


def resize(
    src: "Shaped[Array, '...']",
    dsize: Sequence[int] | None,
    fx: float = 0,
    fy: float = 0,
    interpolation: int = cv.INTER_LINEAR,
) -> "Shaped[Array, '...']":
    """``cv2.resize``: OpenCV 5.0's numbers, on arrays.

    **Convention.** Half-pixel centres and repeated edges; only ``INTER_AREA`` averages when shrinking. Where
    both axes shrink to exactly half, ``INTER_LINEAR`` is ``INTER_AREA``; where one of them grows,
    ``INTER_AREA`` is a kind of linear interpolation. 8-bit images are summed in integers (11 fractional bits,
    8 in ``INTER_LINEAR_EXACT``) or, by ``INTER_AREA``, in float32, width first, and rounded once after both.

    Args:
      src: ``(height, width)`` or ``(..., height, width, channels)``. uint8, uint16, int16, float32 and
        float64; the nearest ones take any dtype.
      dsize: ``(width, height)`` in pixels; None or ``(0, 0)`` to scale by ``fx`` and ``fy``, rounding the
        size half to even. A size that is given decides the scale.
      fx: factor of the width.
      fy: factor of the height.
      interpolation: one of the ``INTER_`` constants.

    Returns:
      The image, resized, in the same dtype: uint8 equal in every value (``INTER_CUBIC``: but for the last
      up to seven samples of a row, where OpenCV rounds ties another way), uint16 and int16 to one level,
      floats to a few units in the last place. Weights are float32, also for float64. Gradients of floats are
      those of a linear map. A NaN or infinite sample reaches only outputs that give it a weight other than 0.

    Raises:
      ValueError: neither a size nor factors, sizes below 1, an unknown interpolation, or ``INTER_AREA`` that
        shrinks more than 4 channels, which OpenCV refuses too.
      TypeError: sizes that are not static integers, factors that are not static numbers, or a dtype that
        cannot be averaged.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import opencv
      >>> opencv.resize(jnp.array([[0, 100]], jnp.uint8), (4, 1))
      Array([[  0,  25,  75, 100]], dtype=uint8)
      >>> opencv.resize(jnp.zeros((480, 640, 3)), None, fx=0.5, fy=0.5).shape
      (240, 320, 3)
    """
    x = checks.as_array(src, "src")
    if x.ndim < 2:
        checks.refuse("src", "be (height, width) or (..., height, width, channels)", f"shape {x.shape}")
    first = 0 if x.ndim == 2 else x.ndim - 3
    axes, channels = (first, first + 1), 1 if x.ndim == 2 else x.shape[-1]
    lengths = checks.static_lengths(x, axes, "src")
    sizes, factors = _checked_sizes(dsize, (fy, fx), lengths)
    number = checks.an_integer(interpolation, "interpolation")
    if number not in _ROWS:
        known = ", ".join(
            f"INTER_{name.upper().replace('-', '_')} ({value})" for value, name in _ROWS.items()
        )
        checks.refuse("interpolation", f"be one of {known}", repr(interpolation))
    if number not in (cv.INTER_NEAREST, cv.INTER_NEAREST_EXACT) and np.dtype(x.dtype).name not in _WEIGHED:
        checks.refuse("src", f"have one of the dtypes {', '.join(_WEIGHED)}", str(x.dtype), TypeError)
    if sizes == lengths:
        return x
    return _resize(x, axes, sizes, factors, number, channels)


def _resize(
    x: jax.Array,
    axes: tuple[int, int],
    sizes: tuple[int, int],
    factors: tuple[float | None, float | None],
    number: int,
    channels: Any,
) -> jax.Array:
    lengths = checks.static_lengths(x, axes, "src")
    row = conventions[f"opencv:{_ROWS[number]}"]
    if number == cv.INTER_LINEAR_EXACT and x.dtype != np.uint8:
        row = replace(conventions["opencv:linear"], across=None)
    row = chosen(row, lengths, sizes, factors)
    if number == cv.INTER_AREA and row.family != "opencv-two-samples" and not channels <= _MOST_AREA_CHANNELS:
        checks.refuse("src", f"have at most {_MOST_AREA_CHANNELS} channels to shrink by area", f"{channels}")
    if row.fixed_point == "OpenCV blocks" and channels not in _VECTORED:
        row = replace(row, fixed_point="OpenCV blocks, half even")
    if not row.factor_steps:
        factors = (None, None)
    return resample_axes(x, axes, sizes, row, factors=factors)


def _checked_sizes(
    dsize: Any, factors: tuple[Any, Any], lengths: tuple[int, ...]
) -> tuple[tuple[int, int], tuple[float | None, float | None]]:
    """Height and width, and the factors that step the coordinates where no size is given."""
    if dsize is not None:
        if not isinstance(dsize, Sequence | np.ndarray) or isinstance(dsize, str):
            checks.refuse("dsize", "be None or (width, height)", repr(dsize), TypeError)
        width, height = (checks.an_integer(s, "dsize") for s in checks.per_axis(dsize, 2, "dsize"))
        if (width, height) != (0, 0):
            checks.positive_sizes((width, height), "dsize")
            return (height, width), (None, None)
    down, across = (checks.a_number(f, name) for f, name in zip(factors, ("fy", "fx"), strict=True))
    if down <= 0 or across <= 0:
        checks.refuse("fx` and `fy", "be above 0 where `dsize` is not given", f"{across} and {down}")
    size = OUTPUT_SIZES["round half even"]
    height, width = size(lengths[0], down), size(lengths[1], across)
    checks.positive_sizes((height, width), "fx` and `fy")
    return (height, width), (down, across)
