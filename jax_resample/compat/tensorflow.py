"""``tf.image.resize`` and the ``tf.compat.v1.image.resize`` functions: signatures, dtypes and numbers.

Images are ``(height, width, channels)`` or batches of them. As in TensorFlow all but "nearest" (and, in
version 1, images that keep their size) return float32.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from .. import checks
from ..conventions import Convention
from ..conventions.tensorflow import TF1, TF2
from ..resize import resample_axes

if TYPE_CHECKING:
    from jaxtyping import Array, Num

__all__ = [
    "resize",
    "resize_area",
    "resize_bicubic",
    "resize_bilinear",
    "resize_nearest_neighbor",
    "resize_v1",
]

METHODS: tuple[str, ...] = tuple(dict.fromkeys(method for method, _ in TF2))
METHODS_V1: tuple[str, ...] = tuple(dict.fromkeys(method for method, _ in TF1))


def resize(
    images: "Num[Array, '...']",
    size: Sequence[int],
    method: str = "bilinear",
    preserve_aspect_ratio: bool = False,
    antialias: bool = False,
) -> "Num[Array, '...']":
    """``tf.image.resize`` of TensorFlow 2.21, on its CPU.

    Args:
      images: ``(height, width, channels)`` or ``(batch, height, width, channels)``.
      size: ``(height, width)`` of the result, in samples.
      method: ``"bilinear"``, ``"nearest"``, ``"bicubic"``, ``"area"``, ``"lanczos3"``, ``"lanczos5"``,
        ``"gaussian"`` or ``"mitchellcubic"``.
      preserve_aspect_ratio: take the largest size of the image's proportions that fits in ``size``.
      antialias: stretch the kernel when shrinking; "nearest" and "area" ignore it, as there.

    Returns:
      float32, whatever the images are, except with "nearest". float64 images are computed in float64 with
      TensorFlow's float32 weights before the result is rounded. Gradients and NaN as in
      `jax_resample.resize`.

    Raises:
      ValueError: an unknown method, a wrong rank or size.
      TypeError: sizes that are not static integers, or a dtype that cannot be averaged.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import tensorflow as tf
      >>> tf.resize(jnp.eye(5)[..., None], (3, 5))[0, :, 0]
      Array([0.6666667, 0.3333333, 0.       , 0.       , 0.       ], dtype=float32)
    """
    images, sizes = _checked(images, size, preserve_aspect_ratio)
    checks.one_of(method, METHODS, "method")
    smooth = checks.a_bool(antialias, "antialias") and (method, True) in TF2
    return _resample(images, sizes, TF2[method, smooth])


def resize_v1(
    images: "Num[Array, '...']",
    size: Sequence[int],
    method: str = "bilinear",
    align_corners: bool = False,
    preserve_aspect_ratio: bool = False,
) -> "Num[Array, '...']":
    """``tf.compat.v1.image.resize``: output ``i`` reads ``i n / m``, or ``i (n - 1) / (m - 1)``.

    Args:
      images: ``(height, width, channels)`` or ``(batch, height, width, channels)``.
      size: ``(height, width)`` of the result, in samples.
      method: ``"bilinear"``, ``"nearest"``, ``"bicubic"`` (a = -0.75) or ``"area"``.
      align_corners: the centres of the corner samples coincide.
      preserve_aspect_ratio: take the largest size of the image's proportions that fits in ``size``.

    Returns:
      float32 except with "nearest"; images that have the size already are returned as they are.

    Raises:
      ValueError: an unknown method, a wrong rank or size.
      TypeError: sizes that are not static integers, or a dtype that cannot be averaged.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import tensorflow as tf
      >>> tf.resize_v1(jnp.arange(2.0).reshape(1, 2, 1), (1, 4)).ravel()
      Array([0. , 0.5, 1. , 1. ], dtype=float32)
    """
    images, sizes = _checked(images, size, preserve_aspect_ratio)
    checks.one_of(method, METHODS_V1, "method")
    grid = "-align-corners" if checks.a_bool(align_corners, "align_corners") else ""
    unchanged = images.shape[-3:-1] == sizes
    return images if unchanged else _resample(images, sizes, TF1[method, grid])


def resize_bilinear(
    images: "Num[Array, '...']",
    size: Sequence[int],
    align_corners: bool = False,
    half_pixel_centers: bool = False,
) -> "Num[Array, '...']":
    """``tf.compat.v1.image.resize_bilinear``.

    Args:
      images: ``(height, width, channels)`` or ``(batch, height, width, channels)``.
      size: ``(height, width)`` of the result, in samples.
      align_corners: the centres of the corner samples coincide.
      half_pixel_centers: the outer edges coincide, as in TensorFlow 2; not with ``align_corners``.

    Returns:
      float32.

    Raises:
      ValueError: a wrong rank or size, or both flags.
      TypeError: sizes that are not static integers, or a dtype that cannot be averaged.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import tensorflow as tf
      >>> tf.resize_bilinear(jnp.arange(2.0).reshape(1, 2, 1), (1, 3), align_corners=True).ravel()
      Array([0. , 0.5, 1. ], dtype=float32)
    """
    return _v1("bilinear", images, size, align_corners, half_pixel_centers)


def resize_bicubic(
    images: "Num[Array, '...']",
    size: Sequence[int],
    align_corners: bool = False,
    half_pixel_centers: bool = False,
) -> "Num[Array, '...']":
    """``tf.compat.v1.image.resize_bicubic``: a = -0.75, or -0.5 with ``half_pixel_centers``.

    Args:
      images: ``(height, width, channels)`` or ``(batch, height, width, channels)``.
      size: ``(height, width)`` of the result, in samples.
      align_corners: the centres of the corner samples coincide.
      half_pixel_centers: the outer edges coincide, as in TensorFlow 2; not with ``align_corners``.

    Returns:
      float32.

    Raises:
      ValueError: a wrong rank or size, or both flags.
      TypeError: sizes that are not static integers, or a dtype that cannot be averaged.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import tensorflow as tf
      >>> tf.resize_bicubic(jnp.arange(3.0).reshape(1, 3, 1), (1, 5), align_corners=True).ravel()
      Array([0.     , 0.40625, 1.     , 1.59375, 2.     ], dtype=float32)
    """
    return _v1("bicubic", images, size, align_corners, half_pixel_centers)


def resize_nearest_neighbor(
    images: "Num[Array, '...']",
    size: Sequence[int],
    align_corners: bool = False,
    half_pixel_centers: bool = False,
) -> "Num[Array, '...']":
    """``tf.compat.v1.image.resize_nearest_neighbor``.

    Args:
      images: ``(height, width, channels)`` or ``(batch, height, width, channels)``.
      size: ``(height, width)`` of the result, in samples.
      align_corners: the centres of the corner samples coincide.
      half_pixel_centers: the outer edges coincide, as in TensorFlow 2; not with ``align_corners``.

    Returns:
      Samples of the images, in their dtype, which may be any.

    Raises:
      ValueError: a wrong rank or size, or both flags.
      TypeError: sizes that are not static integers.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import tensorflow as tf
      >>> tf.resize_nearest_neighbor(jnp.arange(3).reshape(1, 3, 1), (1, 5)).ravel()
      Array([0, 0, 1, 1, 2], dtype=int32)
    """
    return _v1("nearest", images, size, align_corners, half_pixel_centers)


def resize_area(
    images: "Num[Array, '...']", size: Sequence[int], align_corners: bool = False
) -> "Num[Array, '...']":
    """``tf.compat.v1.image.resize_area``: means over fractions of pixels.

    Args:
      images: ``(height, width, channels)`` or ``(batch, height, width, channels)``.
      size: ``(height, width)`` of the result, in samples.
      align_corners: the step is ``(n - 1) / (m - 1)``.

    Returns:
      float32.

    Raises:
      ValueError: a wrong rank or size.
      TypeError: sizes that are not static integers, or a dtype that cannot be averaged.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import tensorflow as tf
      >>> tf.resize_area(jnp.arange(3.0).reshape(1, 3, 1), (1, 2)).ravel()
      Array([0.33333334, 1.6666667 ], dtype=float32)
    """
    return _v1("area", images, size, align_corners, False)


def _v1(method: str, images: Any, size: Any, align_corners: bool, half_pixel_centers: bool) -> jax.Array:
    images, sizes = _checked(images, size, False)
    align = checks.a_bool(align_corners, "align_corners")
    if checks.a_bool(half_pixel_centers, "half_pixel_centers") and align:
        checks.refuse("half_pixel_centers", "be False with `align_corners`", "True")
    grid = "-align-corners" if align else "-half-pixel" if half_pixel_centers else ""
    return _resample(images, sizes, TF1[method, grid])


def _checked(images: Any, size: Any, preserve: bool) -> tuple[jax.Array, tuple[int, ...]]:
    """The images and the size of the result."""
    images = checks.as_array(images, "images")
    if images.ndim not in (3, 4):
        checks.refuse("images", "have 3 or 4 axes, channels last", f"shape {images.shape}")
    if len(given := tuple(size) if isinstance(size, (Sequence, np.ndarray)) else ()) != 2:
        checks.refuse("size", "be (height, width)", repr(size))
    sizes = tuple(checks.an_integer(s, "size") for s in given)
    checks.positive_sizes(sizes, "size")
    if checks.a_bool(preserve, "preserve_aspect_ratio"):
        lengths = np.asarray(
            checks.static_lengths(images, (images.ndim - 3, images.ndim - 2), "images"), np.float32
        )
        scale = (np.asarray(sizes, np.float32) / lengths).min()
        sizes = tuple(int(length) for length in np.round(scale * lengths))
        checks.positive_sizes(sizes, "size")
    return images, sizes


def _resample(images: jax.Array, sizes: tuple[int, ...], row: Convention) -> jax.Array:
    """Resampled in float32 or better, and returned in float32 unless samples are only moved."""
    axes = (images.ndim - 3, images.ndim - 2)
    if row.family == "nearest":
        return resample_axes(images, axes, sizes, row)
    wide = images if images.dtype == jnp.float64 else images.astype(jnp.float32)
    return resample_axes(wide, axes, sizes, row).astype(jnp.float32)
