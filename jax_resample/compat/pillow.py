"""``PIL.Image`` on JAX arrays: `resize` and `reduce` with the bytes of Pillow 13.

An image is an array ``(..., height, width)``, or ``(..., height, width, bands)`` for the modes that have more
than one band; leading axes are batches. Sizes and boxes are in Pillow's order, width or x first.
"""

import math
from collections.abc import Sequence
from dataclasses import replace
from enum import IntEnum
from functools import partial
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from .. import checks
from ..alpha import premultiply, unpremultiply
from ..block_mean import block_mean
from ..conventions import Convention, conventions
from ..kernels import find_kernel
from ..resize import resample_axes
from ._pillow_modes import IRREDUCIBLE, MODES, MOVED, PREMULTIPLIED, axes_of, checked_image

if TYPE_CHECKING:
    from jaxtyping import Array, Shaped

__all__ = ["Resampling", "reduce", "resize"]

Box = tuple[float, float, float, float]


class Resampling(IntEnum):
    """Pillow's filters, by its numbers."""

    NEAREST = 0
    LANCZOS = 1
    BILINEAR = 2
    BICUBIC = 3
    BOX = 4
    HAMMING = 5
    MKS2013 = 6
    MKS2021 = 7


def resize(
    image: "Shaped[Array, '...']",
    size: Sequence[int],
    resample: int | None = None,
    box: Sequence[float] | None = None,
    reducing_gap: float | None = None,
    *,
    mode: str | None = None,
) -> "Shaped[Array, '...']":
    """``Image.resize``: every byte as in Pillow 13.0 on x86-64, inside ``jit`` too.

    **Convention.** Half-pixel centres; filters are stretched when shrinking, and what lies outside the image
    is left out. 8-bit bands are summed with 22 fractional bits and rounded after each of the two passes, the
    vertical one first where the height shrinks by more than twice as many pixels as the width. ``"I"``,
    ``"I;16"`` and ``"F"`` are summed in float64, which is used inside whether or not JAX has it switched on,
    and rounded to their own type after each pass; in ``"I"`` what does not fit becomes the least integer.
    ``"LA"`` and ``"RGBA"`` are resampled premultiplied.

    Args:
      image: ``(..., height, width)`` or ``(..., height, width, bands)``, of the mode's dtype.
      size: ``(width, height)`` in pixels.
      resample: a `Resampling`; by default ``BICUBIC``. Modes ``"1"`` and ``"P"`` take ``NEAREST`` anyway.
      box: ``(left, upper, right, lower)``, the part of the image to resize, in pixels from the upper left
        corner; fractions are allowed. By default all of it.
      reducing_gap: at least 1: the image is first shrunk by whole numbers (`reduce`), to no less than this
        times the size. None does not, nor does ``NEAREST``.
      mode: Pillow's name of the mode, a key of ``MODES``. By default bool is ``"1"``, uint8 is ``"L"``, int32
        ``"I"``, uint16 ``"I;16"`` and float32 ``"F"`` if there are two axes, and with more of them uint8 is
        ``"LA"``, ``"RGB"`` or ``"RGBA"`` by the last axis.

    Returns:
      The image, resized, in the same dtype. Gradients of ``"F"`` are those of a linear map, through the same
      weights. A NaN or infinite sample reaches only the outputs that give it a weight other than zero.

    Raises:
      ValueError: an unknown filter or mode, a size below 1, a box that is not inside the image or is turned
        round, a gap below 1, or a mode and an image that do not fit.
      TypeError: sizes that are not static integers, a box that is not four static numbers, or a dtype that is
        not the mode's.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import pillow
      >>> pillow.resize(jnp.array([[0, 100, 200]], jnp.uint8), (2, 1), pillow.Resampling.BOX)
      Array([[ 50, 200]], dtype=uint8)
    """
    x, name = checked_image(image, mode)
    height, width = _lengths(x, name)
    target = _checked_size(size)
    chosen = _checked_filter(resample)
    if reducing_gap is not None and checks.a_number(reducing_gap, "reducing_gap") < 1:
        checks.refuse("reducing_gap", "be None or at least 1", repr(reducing_gap))
    corners = _checked_box(box, width, height)
    if target == (width, height) and corners == (0, 0, width, height):
        return x
    if name in MOVED:
        chosen = Resampling.NEAREST
    return _resize(x, name, target, chosen, corners, reducing_gap)


def reduce(
    image: "Shaped[Array, '...']",
    factor: int | Sequence[int],
    box: Sequence[int] | None = None,
    *,
    mode: str | None = None,
) -> "Shaped[Array, '...']":
    """``Image.reduce``: means of blocks of pixels, every byte as in Pillow 13.0.

    The size is rounded up; blocks at the right and lower edge average what they hold. Modes, dtypes, axes and
    gradients are as in `resize`.

    Args:
      image: as in `resize`.
      factor: pixels of a block, one integer or ``(horizontal, vertical)``.
      box: ``(left, upper, right, lower)`` in whole pixels, the part to reduce; by default all of it.
      mode: as in `resize`.

    Raises:
      ValueError: a factor below 1, a box that is empty or not inside the image, or modes ``"1"``, ``"P"`` and
        ``"I;16"``, which Pillow does not reduce.
      TypeError: as in `resize`.

    Example:
      >>> import jax.numpy as jnp
      >>> from jax_resample.compat import pillow
      >>> pillow.reduce(jnp.array([[0, 100, 200]], jnp.uint8), (2, 1))
      Array([[ 50, 200]], dtype=uint8)
    """
    x, name = checked_image(image, mode)
    height, width = _lengths(x, name)
    across, down = (checks.an_integer(f, "factor") for f in checks.per_axis(factor, 2, "factor"))
    checks.positive_sizes((across, down), "factor")
    left, upper, right, lower = _checked_box(box, width, height)
    corners = (
        tuple(checks.an_integer(edge, "box") for edge in box) if box is not None else (0, 0, width, height)
    )
    if right == left or lower == upper:
        checks.refuse("box", "not be empty", repr(tuple(corners)))
    if (across, down) == (1, 1):
        return _cropped(x, name, corners)
    if name in IRREDUCIBLE:
        checks.refuse(
            "mode", f"be another than {', '.join(map(repr, IRREDUCIBLE))} to be reduced", repr(name)
        )
    return _reduce(x, name, (across, down), corners)


@partial(jax.jit, static_argnums=(1, 2, 3, 4, 5))
def _resize(
    x: jax.Array, mode: str, size: tuple[int, int], chosen: Resampling, box: Box, gap: float | None
) -> jax.Array:
    """Jitted, so that a call outside jit is one program."""
    if MODES[mode].alpha and chosen != Resampling.NEAREST:
        return unpremultiply(_resize(premultiply(x), PREMULTIPLIED[mode], size, chosen, box, gap))
    if gap is not None and chosen != Resampling.NEAREST:
        x, box = _reduced_first(x, mode, size, chosen, box, gap)
    # Pillow keeps the box, and its width and height, in float32.
    left, upper, right, lower = (np.float32(edge) for edge in box)
    if left % 1 == 0 and upper % 1 == 0 and (right - left, lower - upper) == size:
        return _cropped(x, mode, (int(left), int(upper), int(right), int(lower)))
    across = float(left), float(left) + float(right - left)
    down = float(upper), float(upper) + float(lower - upper)
    return resample_axes(x, axes_of(x, mode), size[::-1], _row(chosen, mode), boxes=(down, across))


def _row(chosen: Resampling, mode: str) -> Convention:
    """The row of the table, with Pillow's own arithmetic for every dtype and not only for bytes."""
    row = conventions[f"pillow:{chosen.name.lower()}"]
    if chosen != Resampling.NEAREST:
        return replace(row, fixed_point="Pillow's, every type")
    return replace(row, rounding="floor of centre") if mode == "I;16" else row


def _reduced_first(
    x: jax.Array, mode: str, size: tuple[int, int], chosen: Resampling, box: Box, gap: float
) -> tuple[jax.Array, Box]:
    """The image shrunk by whole numbers around the box, and the box in it."""
    height, width = _lengths(x, mode)
    left, upper, right, lower = box
    scales = (right - left) / size[0], (lower - upper) / size[1]
    across, down = (int(scale / gap) or 1 for scale in scales)
    if (across, down) == (1, 1):
        return x, box
    if mode in IRREDUCIBLE:
        checks.refuse("reducing_gap", f"be None in mode {mode!r} where it would reduce", repr(gap))
    spare = find_kernel(conventions[f"pillow:{chosen.name.lower()}"].kernel).radius - 0.5
    wide, tall = (spare * scale for scale in scales)
    first = max(0, int(left - wide)), max(0, int(upper - tall))
    last = min(width, math.ceil(right + wide)), min(height, math.ceil(lower + tall))
    inner = (left - first[0]) / across, (upper - first[1]) / down
    return _reduce(x, mode, (across, down), (*first, *last)), (
        *inner,
        (right - first[0]) / across,
        (lower - first[1]) / down,
    )


@partial(jax.jit, static_argnums=(1, 2, 3))
def _reduce(x: jax.Array, mode: str, factor: tuple[int, int], box: tuple[int, ...]) -> jax.Array:
    if MODES[mode].alpha:
        return unpremultiply(_reduce(premultiply(x), PREMULTIPLIED[mode], factor, box))
    axes = axes_of(x, mode)
    cropped = jnp.moveaxis(_cropped(x, mode, box), axes, (0, 1))
    return jnp.moveaxis(block_mean(cropped, (factor[1], factor[0])), (0, 1), axes)


def _cropped(x: jax.Array, mode: str, box: Sequence[int]) -> jax.Array:
    left, upper, right, lower = box
    rows, columns = axes_of(x, mode)
    x = jax.lax.slice_in_dim(x, upper, lower, axis=rows)
    return jax.lax.slice_in_dim(x, left, right, axis=columns)


def _lengths(x: jax.Array, mode: str) -> tuple[int, ...]:
    return checks.static_lengths(x, axes_of(x, mode), "image")


def _checked_size(size: Any) -> tuple[int, int]:
    if not isinstance(size, Sequence | np.ndarray) or isinstance(size, str):
        checks.refuse("size", "be (width, height)", repr(size), TypeError)
    width, height = checks.sizes_per_axis(size, 2, "size")
    return width, height


def _checked_filter(resample: Any) -> Resampling:
    if resample is None:
        return Resampling.BICUBIC
    number = checks.an_integer(resample, "resample")
    if number not in tuple(Resampling):
        known = ", ".join(f"{one.name} ({one.value})" for one in Resampling)
        checks.refuse("resample", f"be one of {known}", repr(resample))
    return Resampling(number)


def _checked_box(box: Any, width: int, height: int) -> Box:
    if box is None:
        return (0, 0, width, height)
    edges = tuple(box) if isinstance(box, Sequence | np.ndarray) and not isinstance(box, str) else ()
    if len(edges) != 4:
        checks.refuse("box", "be None or (left, upper, right, lower)", repr(box), TypeError)
    left, upper, right, lower = (checks.a_number(edge, "box") for edge in edges)
    if left < 0 or upper < 0 or right > width or lower > height:
        checks.refuse("box", f"lie inside the image, (0, 0, {width}, {height})", repr(edges))
    if right < left or lower < upper:
        checks.refuse("box", "have its right and lower edges beyond the others", repr(edges))
    return left, upper, right, lower
