"""``keras.ops.image.resize`` of Keras 3 on its JAX backend: signature, layouts, cropping and padding."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import jax.numpy as jnp
import numpy as np

from .. import checks, dtypes
from . import jax_image

if TYPE_CHECKING:
    from jaxtyping import Array, Num

__all__ = ["resize"]

_INTERPOLATIONS = ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")
_LAYOUTS = ("channels_last", "channels_first")


def resize(
    images: "Num[Array, '...']",
    size: Sequence[int],
    interpolation: str = "bilinear",
    antialias: bool = False,
    crop_to_aspect_ratio: bool = False,
    pad_to_aspect_ratio: bool = False,
    fill_mode: str = "constant",
    fill_value: float = 0.0,
    data_format: str | None = None,
) -> "Num[Array, '...']":
    """``keras.ops.image.resize`` of Keras 3.15.1 on JAX.

    Args:
      images: ``(height, width, channels)`` or a batch of them; channels before height and width with
        ``data_format="channels_first"``.
      size: ``(height, width)`` of the result.
      interpolation: ``"nearest"``, ``"bilinear"``, ``"bicubic"``, ``"lanczos3"`` or ``"lanczos5"``.
      antialias: stretch the kernel along axes that shrink.
      crop_to_aspect_ratio: cut the largest centred part of the result's proportions first.
      pad_to_aspect_ratio: fill up to the result's proportions first, with the same number of samples at
        both ends, as many as fit.
      fill_mode: ``"constant"``.
      fill_value: what is filled in.
      data_format: ``"channels_last"`` (also None) or ``"channels_first"``.

    Returns:
      The resized images, in their dtype; integers are rounded half to even. Gradients and NaN as in
      `jax_resample.resize`.

    Raises:
      ValueError: an unknown interpolation, mode or layout, a wrong rank or size, or both ways of keeping
        the proportions.
      TypeError: sizes that are not static integers.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import keras
      >>> keras.resize(jnp.ones((2, 4, 6, 3)), (2, 2), crop_to_aspect_ratio=True).shape
      (2, 2, 2, 3)
    """
    images = checks.as_array(images, "images")
    checks.one_of(interpolation, _INTERPOLATIONS, "interpolation")
    checks.one_of(fill_mode, ("constant",), "fill_mode")
    checks.one_of(data_format := data_format or "channels_last", _LAYOUTS, "data_format")
    crop = checks.a_bool(crop_to_aspect_ratio, "crop_to_aspect_ratio")
    if crop and checks.a_bool(pad_to_aspect_ratio, "pad_to_aspect_ratio"):
        checks.refuse("pad_to_aspect_ratio", "be False with `crop_to_aspect_ratio`", "True")
    if images.ndim not in (3, 4):
        checks.refuse("images", "have 3 or 4 axes", f"shape {images.shape}")
    if not isinstance(size, Sequence) or len(size) != 2:
        checks.refuse("size", "be (height, width)", repr(size))
    sizes = tuple(checks.an_integer(s, "size") for s in size)
    checks.positive_sizes(sizes, "size")
    first = images.ndim - (3 if data_format == "channels_last" else 2)
    if crop:
        images = _cropped(images, first, sizes)
    elif checks.a_bool(pad_to_aspect_ratio, "pad_to_aspect_ratio"):
        images = _padded(images, first, sizes, checks.a_number(fill_value, "fill_value"))
    shape = list(images.shape)
    shape[first : first + 2] = sizes
    return dtypes.round_to(jax_image.resize(images, shape, interpolation, antialias=antialias), images.dtype)


def _proportions(images: "Num[Array, '...']", first: int, sizes: tuple[int, ...]) -> tuple[int, int]:
    """Height for the width and width for the height, in the result's proportions."""
    height, width = images.shape[first : first + 2]
    return int(float(width * sizes[0]) / sizes[1]), int(float(height * sizes[1]) / sizes[0])


def _cropped(images: "Num[Array, '...']", first: int, sizes: tuple[int, ...]) -> "Num[Array, '...']":
    cut = [slice(None)] * images.ndim
    for axis, wanted in enumerate(_proportions(images, first, sizes), first):
        kept = max(min(images.shape[axis], wanted), 1)
        begin = int(float(images.shape[axis] - kept) / 2)
        cut[axis] = slice(begin, begin + kept)
    return images[tuple(cut)]


def _padded(
    images: "Num[Array, '...']", first: int, sizes: tuple[int, ...], value: float
) -> "Num[Array, '...']":
    """Of the axes that lack samples only the first is filled up."""
    for axis, wanted in enumerate(_proportions(images, first, sizes), first):
        if ends := int(float(max(images.shape[axis], wanted) - images.shape[axis]) / 2):
            widths = [(ends, ends) if a == axis else (0, 0) for a in range(images.ndim)]
            fill = np.asarray(value).astype(images.dtype)
            return jnp.pad(images, widths, constant_values=fill)
    return images
